"""Which architectures have learned their tasks: networks that have not say nothing about modules.

In every setting GT-Modular, which is told the rule, must be below a share of what a predictor
reaches that learns nothing of the rules: in regression that of zero, in classification the best
that is blind to the rule, or where that is not defined (RNN) a coin.
"""

from functools import lru_cache

import numpy as np

from labs.kit.measures import Values
from labs.kit.table import Table
from labs.modular_rules.published import ARCHITECTURES, GT
from labs.modular_rules.rows import Setting, of, reference, settings

LINES = {"regression": ("zero",), "classification": ("blind", "zero")}  # the first that there is
SHARES = {"regression": 0.05, "classification": 0.5}  # that are to be passed
WORDS = {"zero": "zero's", "blind": "blind's"}


@lru_cache(maxsize=8)  # every claim asks
def shortfall(table: Table, architecture: str) -> str:
    """Why an architecture is not judged, such as ``"MHA: told the rule 35 % of zero's loss
    (regression, 2 rules), not below 5 %"``; empty where it has learned, or was not trained."""
    for setting in settings(table, architecture=architecture):
        name, share = level(table, setting)
        most = SHARES[setting.loss]
        if not share < most:
            return (
                f"{ARCHITECTURES[architecture]}: told the rule {100 * share:.0f} % of "
                f"{WORDS[name]} loss ({setting.loss}, {setting.rules} rules), "
                f"not below {100 * most:.0f} %"
            )
    return ""


def level(table: Table, setting: Setting) -> tuple[str, float]:
    """The predictor that GT-Modular is measured by, and its loss over that one's, mean over tasks;
    nan where it was not trained."""
    name, line = line_of(table, setting)
    shares = [loss / line[task] for task, loss in of(table, setting, GT, "id").items()]
    return name, float(np.mean(shares)) if shares else float("nan")


def line_of(table: Table, setting: Setting) -> tuple[str, Values]:
    """That predictor and its loss by task."""
    lines = {name: reference(table, setting, name) for name in LINES[setting.loss]}
    name = next(name for name, line in lines.items() if line)
    return name, lines[name]


def trained(table: Table) -> list[str]:
    """The architectures of a table."""
    return list(dict.fromkeys(setting.architecture for setting in settings(table)))


def learned(table: Table) -> list[str]:
    """Those of them that have learned."""
    return [name for name in trained(table) if not shortfall(table, name)]


def pooled(table: Table, architecture: str | None = None) -> list[str]:
    """The architectures that a number is a mean over: the one that is asked for, else all that have
    learned, and where none has, all: what they give is not judged."""
    return [architecture] if architecture else learned(table) or trained(table)
