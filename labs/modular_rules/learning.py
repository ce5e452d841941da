"""Which architectures have learned their tasks: networks that have not say nothing about modules.

In every setting GT-Modular, which is told the rule, must be below a share of what a predictor
reaches that learns nothing of the rules: in regression that of zero, in classification the best
that is blind to the rule, or where that is not defined (RNN) a coin.

The networks with equally wide states are settings of their own, looked at for their own claim.
"""

from functools import lru_cache

import numpy as np

from labs.kit.measures import Values
from labs.kit.table import Table
from labs.modular_rules.published import ARCHITECTURES, GT
from labs.modular_rules.rows import Setting, of, reference, settings

LINES = {  # of these predictors the first that there is; the classifier that says 0 is a coin
    "regression": {"zero": "zero's loss"},
    "classification": {"blind": "the rule-blind predictor's errors", "zero": "a coin's errors"},
}
SHARES = {"regression": 0.05, "classification": 0.5}  # that are to be passed


@lru_cache(maxsize=8)  # every claim asks
def shortfall(table: Table, architecture: str, state: int = 0) -> str:
    """Why an architecture is not judged, such as ``"MHA: told the rule 35 % of zero's loss
    (regression, 2 rules), not below 5 %"``; empty where it has learned, or was not trained.

    Args:
        table: of a run.
        architecture: which.
        state: width of the states, where it is the control's networks that are asked for.
    """
    for setting in settings(table, architecture=architecture, state=state):
        name, share = level(table, setting)
        most = SHARES[setting.loss]
        if not share < most:
            wide = f", states of {state}" if state else ""
            return (
                f"{ARCHITECTURES[architecture]}: told the rule {100 * share:.0f} % of "
                f"{LINES[setting.loss][name]} ({setting.loss}, {setting.rules} rules{wide}), "
                f"not below {100 * most:.0f} %"
            )
    return ""


def level(table: Table, setting: Setting) -> tuple[str, float]:
    """The predictor that GT-Modular is measured by, and its loss over that one's, mean over tasks;
    nan where it was not trained."""
    name, line = line_of(table, setting)
    return name, _mean(_shares(table, setting, line))


def worst(table: Table, architecture: str, state: int = 0) -> Values:
    """Where the gate was passed most closely: GT-Modular's loss by task, over what it must be below
    on average, in the setting in which that is largest; empty where it was not trained."""
    found = [
        {task: share / SHARES[s.loss] for task, share in own.items()}
        for s in settings(table, architecture=architecture, state=state)
        if (own := _shares(table, s, line_of(table, s)[1]))
    ]
    return max(found, key=_mean, default={})


def _shares(table: Table, setting: Setting, line: Values) -> Values:
    return {task: loss / line[task] for task, loss in of(table, setting, GT, "id").items()}


def _mean(values: Values) -> float:
    return float(np.mean([*values.values()])) if values else float("nan")


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
