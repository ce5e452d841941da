"""Why claims are not to be judged on a table: empty where they are."""

from collections.abc import Callable
from functools import partial

import numpy as np

from labs.kit.claims import Protocol
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.routing.grid import PAIR
from labs.routing.measures import Arm, accuracy, sharer, starts
from labs.routing.published import BASE_STEPS, BATCH, LEARNED, STEPS, TAUGHT

Gate = Callable[[Table], str]
PROTOCOL = Protocol({"steps": STEPS, "base_steps": BASE_STEPS, "batch": BATCH})


def learned(labels: str = "conflict") -> Gate:
    """A gate: experts that are not learned by those who are told the domain say nothing about
    routers."""
    return partial(_learned, arm=Arm("oracle", labels=labels))


def level(labels: str = "conflict") -> Gate:
    """A gate: and numbers are about the full protocol and the base of published sizes."""
    return partial(_level, arm=Arm("oracle", labels=labels))


def factor(table: Table) -> str:
    """A gate: with two experts the two domains of one factor must be learned."""
    reason = _learned(table, Arm("oracle", PAIR, domains="factor"))
    return reason and f"of one factor {reason}"


def factor_level(table: Table) -> str:
    """A gate: and numbers are about the full protocol and the base of published sizes."""
    return factor(table) or _protocol(table)


def new(table: Table) -> str:
    """A gate: experts must be learned where labels agree, and the new one from chance, too."""
    mean = _mean({r: chance[-1] for r, (_, chance) in starts(table).items()})
    if mean is None or mean >= LEARNED:
        return _learned(table, Arm("oracle", labels="shared"))
    return f"the new expert from chance reads {mean:.1f} of {LEARNED} % right"


def new_level(table: Table) -> str:
    """A gate: and numbers are about the full protocol and the base of published sizes."""
    return new(table) or _protocol(table)


def taught(table: Table) -> str:
    """A gate: pairs must be learned by those who are told their skills."""
    mean = _mean(sharer(table, "told", "seen"))
    return (
        "" if mean is None or mean >= TAUGHT else f"pairs are read {mean:.1f} of {TAUGHT} % right"
    )


def taught_level(table: Table) -> str:
    """A gate: and numbers are about the full protocol and the base of published sizes."""
    return taught(table) or _protocol(table)


def _level(table: Table, arm: Arm) -> str:
    return _learned(table, arm) or _protocol(table)


def _learned(table: Table, arm: Arm) -> str:
    mean = _mean(accuracy(table, arm))
    if mean is None or mean >= LEARNED:
        return ""
    return f"the oracle reads {mean:.1f} of {LEARNED} % right"


def _protocol(table: Table) -> str:
    return "the small base" if any(row["small"] for row in table) else PROTOCOL(table)


def _mean(values: Values) -> float | None:
    return float(np.mean([*values.values()])) if values else None
