"""Why claims are not to be judged on a table: empty where they are."""

from collections.abc import Callable
from functools import partial

import numpy as np

from labs.composition.grid import TASKS
from labs.composition.measures import (
    admitted,
    answered,
    entry,
    gained,
    in_pairs,
    known,
    mean_of,
    of,
    tuned,
)
from labs.composition.published import (
    BASE_STEPS,
    BATCH,
    ENOUGH,
    EXAMPLES,
    KNOWN,
    LEARNED,
    NEAR,
    STEPS,
    TAUGHT,
    USEFUL,
)
from labs.kit.claims import Protocol
from labs.kit.measures import Values
from labs.kit.table import Table

Gate = Callable[[Table], str]
PROTOCOL = Protocol(
    {"examples": EXAMPLES, "steps": STEPS, "base_steps": BASE_STEPS, "batch": BATCH}
)


def small(table: Table) -> str:
    """The numbers are about the base of published sizes."""
    return "the small base" if any(row["small"] for row in table) else ""


def unlearned(table: Table) -> str:
    """A base that does not read clean signals says nothing about modules."""
    least = min((row["clean"] for row in table if row.get("clean") is not None), default=100.0)
    return f"a base reads {least:.1f} of {LEARNED} % right" if least < LEARNED else ""


def level(table: Table) -> str:
    """Levels are about the full protocol."""
    return unlearned(table) or small(table) or PROTOCOL(table)


def composing(method: str) -> Gate:
    """A gate: there must be a gap to close in a few pairs, whose tasks are known."""
    return partial(_composing, method=method)


def apart(method: str) -> Gate:
    """A gate: and task modules in a block of their own must have learned their tasks, too."""
    return partial(_apart, method=method)


def composing_level(method: str) -> Gate:
    """A gate: both, and the full protocol."""
    return partial(_composing_level, method=method)


def joined(method: str) -> Gate:
    """A gate: and networks that were trained jointly must have learned their own pairs as oracles
    have."""
    return partial(_joined, method=method)


def ending(*lines: str, full: bool = False) -> Gate:
    """A gate: what stands at the ends of lines must have learned (`full`: by the full protocol)."""
    return partial(_ending, lines=lines, full=full)


def forgetting(table: Table) -> str:
    """Only what is known can be unlearned."""
    mean = _mean(known(table))
    lacking = f"reverse is read {mean:.1f} of {KNOWN} % right" if mean < KNOWN else ""
    return unlearned(table) or lacking


def forgetting_level(table: Table) -> str:
    """A level of it."""
    return forgetting(table) or level(table)


def summing(table: Table) -> str:
    """What is added must have been learned."""
    mean = _mean(tuned(table))
    lacking = f"a domain's own network reads {mean:.1f} of {KNOWN} % right" if mean < KNOWN else ""
    return unlearned(table) or lacking


def summing_level(table: Table) -> str:
    """A level of it."""
    return summing(table) or level(table)


def mixing(table: Table) -> str:
    """In the new domain something must be better than the base."""
    mean = _mean(gained(table))
    lacking = f"{mean:.1f} of {USEFUL} points are gained in the new domain" if mean < USEFUL else ""
    return unlearned(table) or lacking


def _apart(table: Table, method: str) -> str:
    found = {task: answered(table, method, task, "apart") for task in TASKS}
    poor = [
        f"{task} is answered {own:.1f} of {TAUGHT[task]} % right"
        for task, own in found.items()
        if own is not None and own < TAUGHT[task]
    ]
    return _composing(table, method) or ", ".join(poor)


def _joined(table: Table, method: str) -> str:
    seen, top = _mean(of(table, "seen", "joint")), _mean(mean_of(in_pairs(table, "oracle", method)))
    lacking = f"joint networks read {seen:.1f} % of what they learned, oracles {top:.1f}"
    return _composing(table, method) or (lacking if seen < top - NEAR else "")


def _ending(table: Table, lines: tuple[str, ...], full: bool) -> str:
    found = {name: of(table, "line", "line", name) for name in lines}
    ends = {name: min(_mean(entry(own, place)) for place in (0, -1)) for name, own in found.items()}
    poor = [f"{name} ends at {own:.1f} of {KNOWN} %" for name, own in ends.items() if own < KNOWN]
    return unlearned(table) or ", ".join(poor) or (level(table) if full else "")


def _mean(values: Values) -> float:
    return float(np.mean([*values.values()])) if values else 0.0


def _composing(table: Table, method: str) -> str:
    count = len(admitted(table, method))
    lacking = f"{count} of {ENOUGH} pairs are known and have a gap" if count < ENOUGH else ""
    return unlearned(table) or lacking


def _composing_level(table: Table, method: str) -> str:
    return _composing(table, method) or level(table)
