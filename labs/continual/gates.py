"""Why claims are not to be judged on a table: empty where they are."""

from collections.abc import Callable
from functools import partial

import numpy as np

from labs.continual.measures import acc, own, sequences
from labs.continual.published import (
    BASE_STEPS,
    BATCH,
    EXAMPLES,
    LEARNED,
    STEPS,
    TAUGHT,
)
from labs.kit.claims import Protocol
from labs.kit.table import Table

Gate = Callable[[Table], str]
PROTOCOL = Protocol(
    {"examples": EXAMPLES, "steps": STEPS, "base_steps": BASE_STEPS, "batch": BATCH}
)
WHOLE = ("base", "joint")  # methods without a task that was learned alone


def unlearned(table: Table) -> str:
    """A base that does not read clean signals says nothing about modules."""
    least = min((row["clean"] for row in table), default=100.0)
    return f"a base reads {least:.1f} of {LEARNED} % right" if least < LEARNED else ""


def taught(*methods: str, sequence: str = "") -> Gate:
    """A gate: methods must have learned the tasks of a sequence, or of all, before it is asked what
    they forget of them."""
    return partial(_taught, methods=methods, sequence=sequence)


def level(*methods: str, sequence: str) -> Gate:
    """A gate: and by the full protocol, on the base of published sizes."""
    return partial(_level, methods=methods, sequence=sequence)


def _taught(table: Table, methods: tuple[str, ...], sequence: str) -> str:
    poor = [
        f"{method} reads {found:.1f} of {TAUGHT[name]:g} % of {name}"
        for method in methods
        for name in sequences(table, method)
        if sequence in ("", name) and (found := _read(table, method, name)) < TAUGHT[name]
    ]
    return unlearned(table) or ", ".join(poor)


def _read(table: Table, method: str, sequence: str) -> float:
    values = (acc if method in WHOLE else own)(table, method, sequence)
    return float(np.mean([*values.values()])) if values else 100.0


def _level(table: Table, methods: tuple[str, ...], sequence: str) -> str:
    small = "the small base" if any(row["small"] for row in table) else ""
    return _taught(table, methods, sequence) or small or PROTOCOL(table)
