"""One number per replicate: who wins what, and how well it is read.

What a table lacks gives no values.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from labs.kit.measures import Measure, Values, measured, shared
from labs.kit.table import Table
from labs.mechanisms.grid import COUNT, MECHANISMS, NEW, SWAPPED
from labs.mechanisms.scores import idle as idle_of
from labs.mechanisms.scores import largest as largest_of
from labs.mechanisms.scores import matched as matched_of

ALIKE = ("gain", "square")  # both shrink signals
PLACE = SWAPPED.index(NEW)
SCORES = {"matched": matched_of, "largest": largest_of, "idle": idle_of}


def of(table: Table, name: str, arm: str, experts: int = COUNT) -> dict[int, Any]:
    """A column of an arm by replicate, where it was measured."""
    rows = [row for row in table if (row["arm"], row["experts"]) == (arm, experts)]
    return {row["replicate"]: row[name] for row in rows if row.get(name) is not None}


def wins(score: str, arm: str = "competing", experts: int = COUNT) -> Measure:
    """A number of `labs.mechanisms.scores` of an arm's wins: "matched", "largest" or "idle"."""
    return measured(_wins, score, arm, experts)


def merged(arm: str = "competing") -> Measure:
    """Share that matched experts win where gain and square count as one mechanism."""
    return measured(_merged, arm)


def read(
    arm: str = "competing",
    column: str = "treated",
    among: Sequence[str] = MECHANISMS,
    experts: int = COUNT,
) -> Measure:
    """Accuracy on a column's signals as a share of the clean accuracy, mean over mechanisms."""
    places = [MECHANISMS.index(name) for name in among]
    return measured(_read, arm, column, tuple(places), experts)


def new(column: str = "swap") -> Measure:
    """The same of the new mechanism alone, after the swap."""
    return measured(_read, "competing", column, (PLACE,), COUNT)


def error(arm: str, mechanism: str, column: str = "error") -> Measure:
    """Squared distance to the clean signal, relative to its variance."""
    return measured(_error, arm, column, MECHANISMS.index(mechanism))


def changed() -> Measure:
    """Numbers of the other experts' outputs that differ after one was refitted."""
    return measured(_changed)


def _wins(table: Table, score: str, arm: str, experts: int) -> Values:
    found = of(table, "wins", arm, experts)
    return {r: float(SCORES[score](np.array(own))) for r, own in found.items()}


def _merged(table: Table, arm: str) -> Values:
    pair = [MECHANISMS.index(name) for name in ALIKE]
    found = {r: np.array(own) for r, own in of(table, "wins", arm).items()}
    return {
        r: matched_of(np.vstack([np.delete(own, pair, 0), own[pair].mean(0)]))
        for r, own in found.items()
    }


def _read(table: Table, arm: str, column: str, places: tuple[int, ...], experts: int) -> Values:
    found, clean = of(table, column, arm, experts), of(table, "clean", arm, experts)
    return {
        r: float(np.mean([found[r][place] for place in places]) / clean[r])
        for r in shared(found, clean)
        if clean[r]
    }


def _error(table: Table, arm: str, column: str, place: int) -> Values:
    return {r: float(own[place]) for r, own in of(table, column, arm).items()}


def _changed(table: Table) -> Values:
    return {r: float(own) for r, own in of(table, "changed", "competing").items()}
