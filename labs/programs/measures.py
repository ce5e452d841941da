"""Relative errors by length, their ratios in octaves, and accuracies of recall, one number per
replicate. What a table lacks gives no values."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from labs.kit.measures import Values, minus, shared
from labs.kit.table import Table
from labs.programs.grid import GROUPS, LONGER, RECALLERS, SYMBOLS, TOLD, TRAINED
from labs.programs.operations import PAIRS, commute

LATER = GROUPS[-len(LONGER) :]
LEAST = 1e-9  # percent that an error counts as at least: affine modules leave rounding alone


def of(table: Table, arm: str, name: str) -> dict[int, Any]:
    """A column of an arm by replicate, where it was measured."""
    rows = [row for row in table if row["arm"] == arm and row.get(name) is not None]
    return {row["replicate"]: row[name] for row in rows}


def error(table: Table, arm: str, groups: Sequence[str] = LATER) -> Values:
    """Relative error in percent, mean over the programs of groups, groups alike."""
    places = [GROUPS.index(name) for name in groups]
    found = of(table, arm, "errors").items()
    return {r: float(np.mean([np.mean(own[place]) for place in places])) for r, own in found}


def trained_error(table: Table, arm: str) -> Values:
    """Relative error in percent, mean over all programs that train."""
    found = of(table, arm, "errors").items()
    return {r: float(np.mean(own[0] + own[1])) for r, own in found}


def octaves(table: Table, arm: str, over: str, groups: Sequence[str] = LATER) -> Values:
    """How many times the error of an arm doubles to that of another, mean over groups.

    >>> table = Table([
    ...     {"arm": "modular", "replicate": 0, "errors": [[1.0]] * 6},
    ...     {"arm": "monolith", "replicate": 0, "errors": [[8.0]] * 6},
    ... ])
    >>> octaves(table, "modular", "monolith")
    {0: 3.0}
    """
    logs = [
        minus(_logs(error(table, over, (name,))), _logs(error(table, arm, (name,))))
        for name in groups
    ]
    return {r: float(np.mean([own[r] for own in logs])) for r in shared(*logs)}


def held_out(table: Table, arm: str = "modular") -> Values:
    """Octaves from the error of trained to that of held-out programs of length 2."""
    trained, held = (error(table, arm, (name,)) for name in GROUPS[1:3])
    return minus(_logs(held), _logs(trained))


def by_length(table: Table, arm: str) -> dict[int, list[float]]:
    """The logarithm to base 2 of the error in percent, mean over programs, of length 1 to 5 (5,);
    those of length 2 are trained and held out."""
    found = of(table, arm, "errors")
    return {
        r: [
            float(np.log2(np.maximum(part, LEAST)).mean())
            for part in (own[0], own[1] + own[2], *own[3:])
        ]
        for r, own in found.items()
    }


def bend(table: Table, arm: str = "modular") -> Values:
    """By how many octaves a step from length 3 to 5 raises the error more than one from 1 to 3: 0
    where errors grow geometrically, -0.42 where they add up, as the length does.

    >>> table = Table([{"arm": "modular", "replicate": 0, "errors":
    ...     [[1.0], [2.0], [2.0], [3.0], [4.0], [5.0]]}])
    >>> round(bend(table)[0], 2)
    -0.42
    """
    curves = by_length(table, arm).items()
    return {r: (own[4] - own[2]) / 2 - (own[2] - own[0]) / 2 for r, own in curves}


def growth(table: Table, arm: str = "modular") -> Values:
    """Octaves of error per further operation: the least-squares slope over lengths 1 to 5."""
    steps = np.arange(1, 6)
    curves = by_length(table, arm).items()
    return {r: float(np.polyfit(steps, own, 1)[0]) for r, own in curves}


def entry(table: Table, arm: str, name: str, place: int) -> Values:
    """One number of a list."""
    return {r: float(own[place]) for r, own in of(table, arm, name).items()}


def control(table: Table, name: str) -> Values:
    """Mean over lengths of what is measured of modules as a control."""
    return {r: float(np.mean(own)) for r, own in of(table, "modular", name).items()}


def untrained(table: Table, arm: str = "modular") -> Values:
    """Relative error in percent before training, mean over longer lengths."""
    return {r: float(np.mean(own[-3:])) for r, own in of(table, arm, "untrained").items()}


def of_pairs(table: Table, name: str, commuting: bool) -> Values:
    """Mean over those pairs of operations that commute, or over those that do not."""
    places = [place for place, pair in enumerate(PAIRS) if commute(*pair) == commuting]
    found = of(table, "modular", name).items()
    return {r: float(np.mean([own[place] for place in places])) for r, own in found}


def recall(table: Table, arm: str, pairs: Sequence[int]) -> Values:
    """Right answers in percent, mean over numbers of pairs."""
    places = [TOLD.index(number) for number in pairs]
    found = of(table, arm, "accuracy").items()
    return {r: float(np.mean([own[place] for place in places])) for r, own in found}


def ahead(table: Table, pairs: Sequence[int]) -> Values:
    """Points of accuracy by which the memory is ahead of the GRU."""
    memory, recurrent = (recall(table, arm, pairs) for arm in RECALLERS)
    return minus(memory, recurrent)


def guess(pairs: int) -> float:
    """Right answers in percent of one who names any of the symbols that were told.

    >>> guess(2)
    56.25
    """
    return 100 * (1 / pairs + (1 - 1 / pairs) / SYMBOLS)


GUESSED = float(np.mean([guess(number) for number in TRAINED]))


def _logs(values: Values) -> Values:
    return {r: float(np.log2(max(value, LEAST))) for r, value in values.items()}
