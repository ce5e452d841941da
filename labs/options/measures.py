"""The numbers that compare learners: one per replicate, whose learners share a world.

Arms are named with the length of their tasks, as ``"flat 3"``.
"""

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


def reached(row: Row, of: str = "success") -> int | None:
    """The first evaluation with 95 % or more, None where there is none.

    >>> reached({"success": [0.0, 90.0, 96.0, 94.0]})
    2
    """
    return next((place for place, value in enumerate(row[of]) if value >= LEARNED), None)


def first(table: Table, arm: str, unit: str = "steps", of: str = "success") -> Values:
    """Environment steps, or episodes of each task, until 95 % are solved; where that is never so,
    all of the training, which is too few."""
    found = {r: (row, reached(row, of)) for r, row in rows(table, arm).items()}
    return {r: row[unit][-1 if place is None else place] for r, (row, place) in found.items()}


def never(table: Table, arm: str, of: str = "success") -> Values:
    """1 where 95 % are never solved, else 0."""
    return {r: float(reached(row, of) is None) for r, row in rows(table, arm).items()}


def longer(table: Table, arm: str, than: str, unit: str = "steps", of: str = "success") -> Values:
    """Octaves by which an arm needs more steps or episodes until 95 % than another."""
    slow, fast = first(table, arm, unit), first(table, than, unit, of)
    return {r: float(np.log2(slow[r] / fast[r])) for r in shared(slow, fast)}


def beyond(table: Table, arm: str) -> Values:
    """Octaves from the budget to the steps until 95 %."""
    budget = of_arm(table, arm, "budget")
    return {r: float(np.log2(steps / budget[r])) for r, steps in first(table, arm).items()}


def dearer(table: Table) -> Values:
    """Octaves from the episodes, of all tasks, until triples are solved by their sketches, to the
    same and those that learn the order of given options in every triple."""
    given = first(table, "options 2", "episodes", "triples")
    order = first(table, "chosen 3", "episodes")
    pairs, triples = len(tasks(2)), len(tasks(3))
    return {
        r: float(np.log2(1 + triples * order[r] / (pairs * given[r]))) for r in shared(given, order)
    }


def least_used(table: Table, arm: str) -> Values:
    """Percent of steps of the option that is used least."""
    return {r: min(row["use"]) for r, row in rows(table, arm).items()}


def collapsed(table: Table, arm: str, below: float) -> Values:
    """Percent of options with less than so many percent of the steps."""
    return {
        r: 100 * float(np.mean(np.less(row["use"], below))) for r, row in rows(table, arm).items()
    }
