"""The numbers that compare learners: one per replicate, whose learners share a world.

Arms are named with the length of their tasks, as ``"flat 3"``.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from labs.kit.measures import Values, shared
from labs.kit.table import Table
from labs.options.grid import LEARNED
from labs.options.world import tasks

Row = Any


def rows(table: Table, arm: str) -> dict[int, Row]:
    """The row of every replicate of an arm."""
    kind, _, length = arm.partition(" ")
    return {row["replicate"]: row for row in table.where(arm=kind, length=int(length))}


def at_budget(table: Table, arm: str, of: str = "success") -> Values:
    """A curve's value when the budget of environment steps is used; of random moves their own."""
    return {
        replicate: row[of][row["steps"].index(row["budget"]) if row["steps"][-1] else 0]
        for replicate, row in rows(table, arm).items()
        if row.get(of) is not None
    }


def untrained(table: Table, arm: str, of: str = "success") -> Values:
    """A curve's value before training."""
    return {r: row[of][0] for r, row in rows(table, arm).items() if row.get(of) is not None}


def of_arm(table: Table, arm: str, column: str) -> Values:
    """A number of an arm's records."""
    found = rows(table, arm).items()
    return {replicate: row[column] for replicate, row in found if row.get(column) is not None}


def at_end(table: Table, arm: str) -> Values:
    """Success at the end of training."""
    return {r: row["success"][-1] for r, row in rows(table, arm).items()}


def reached(row: Row, of: str = "success", end: float = math.inf) -> int | None:
    """The first evaluation after training with 95 % or more, and in the next one, too: one alone
    may be luck. None where there is none.

    Args:
        row: of a learner.
        of: the curve.
        end: evaluations after more steps than these do not count.

    >>> row = {"steps": [0, 1, 2, 4, 8], "success": [0.0, 96.0, 94.0, 97.0, 95.0]}
    >>> reached(row), reached(row, end=4)
    (3, None)
    """
    good = [v >= LEARNED and n <= end for v, n in zip(row[of], row["steps"], strict=True)]
    return next((place for place in range(1, len(good) - 1) if all(good[place : place + 2])), None)


def first(table: Table, arm: str, unit: str = "steps", of: str = "success") -> Values:
    """Environment steps, or episodes of each task, until 95 % are solved; where that is never so,
    all of the training, which is too few."""
    found = {r: (row, reached(row, of)) for r, row in rows(table, arm).items()}
    return {r: row[unit][-1 if place is None else place] for r, (row, place) in found.items()}


def never(table: Table, arm: str) -> Values:
    """1 where 95 % are never solved, else 0."""
    return {r: float(reached(row) is None) for r, row in rows(table, arm).items()}


def later(table: Table, arm: str, than: str) -> Values:
    """Octaves by which an arm needs more steps until 95 % than another, up to where both are
    tested: who has not got there by then counts as at that end. Where neither has, 0; where the
    other alone has not, minus all octaves from the first evaluation to that end."""
    slow, fast = rows(table, arm), rows(table, than)
    return {r: _later(slow[r], fast[r]) for r in shared(slow, fast)}


def _later(slow: Row, fast: Row) -> float:
    end = min(slow["steps"][-1], fast["steps"][-1])
    a, b = reached(slow, end=end), reached(fast, end=end)
    if b is None:
        return 0.0 if a is None else -float(np.log2(end / fast["steps"][1]))
    return float(np.log2((end if a is None else slow["steps"][a]) / fast["steps"][b]))


def beyond(table: Table, arm: str) -> Values:
    """Octaves from the budget to the steps until 95 %."""
    budget = of_arm(table, arm, "budget")
    return {r: float(np.log2(steps / budget[r])) for r, steps in first(table, arm).items()}


def dearer(table: Table) -> Values:
    """How many times the episodes options need until 95 % of pairs where their order is learned
    with them; infinite where that never is, 0 where they never get there with sketches."""
    slow, fast = rows(table, "learned 2"), rows(table, "options 2")
    found = {r: (_episodes(slow[r]), _episodes(fast[r])) for r in shared(slow, fast)}
    return {r: 0.0 if math.isinf(told) else order / told for r, (order, told) in found.items()}


def dearer_triples(table: Table) -> Values:
    """How many times the episodes, of all tasks, triples need where the order of given options is
    learned in every one, the training of these options included, which sketches need alone;
    infinite where it is never learned."""
    given, order = at_budget(table, "options 2", "episodes"), rows(table, "chosen 3")
    pairs, triples = len(tasks(2)), len(tasks(3))
    return {r: 1 + triples * _episodes(order[r]) / (pairs * given[r]) for r in shared(given, order)}


def _episodes(row: Row) -> float:
    place = reached(row)
    return math.inf if place is None else float(row["episodes"][place])


def between(table: Table, of: Callable[[Table], Values], low: float, high: float) -> Values:
    """1 where a measure lies between two ends, which are included, else 0."""
    return {r: float(low <= value <= high) for r, value in of(table).items()}


def least_used(table: Table, arm: str) -> Values:
    """Percent of steps of the option that is used least."""
    return {r: min(row["use"]) for r, row in rows(table, arm).items()}


def collapsed(table: Table, arm: str, below: float) -> Values:
    """Percent of options with less than so many percent of the steps."""
    return {
        r: 100 * float(np.mean(np.less(row["use"], below))) for r, row in rows(table, arm).items()
    }
