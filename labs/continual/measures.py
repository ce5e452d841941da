"""Accuracy, backward and forward transfer of the matrix R, and what names and copies are worth.

R[i][j] is the accuracy on task j after task i. ACC is the mean of its last row; BWT the mean over
all tasks but the last of what has changed since a task was learned; FWT the mean over all tasks but
the first of what a task has gained before it was learned. What a table lacks gives no values.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from labs.continual.grid import FROZEN, LATE, SEQUENCES, TASKS
from labs.kit.measures import Values, minus, shared
from labs.kit.table import Table

Matrix = list[list[float]]
Lists = dict[int, Any]  # by replicate
OLD = range(TASKS - 1)  # places of all tasks but the last


@lru_cache(maxsize=4)
def _indexed(table: Table) -> dict[tuple[str, str], dict[int, Any]]:
    found: dict[tuple[str, str], dict[int, Any]] = {}
    for row in table:
        found.setdefault((row["sequence"], row["method"]), {})[row["replicate"]] = row
    return found


def of(table: Table, name: str, method: str, sequence: str) -> Lists:
    """A column of a method on a sequence by replicate, where it was measured."""
    rows = _indexed(table).get((sequence, method), {})
    return {r: row[name] for r, row in rows.items() if row.get(name) is not None}


def sequences(table: Table, method: str) -> list[str]:
    """The sequences that a method has learned, in their order."""
    return [name for name in SEQUENCES if (name, method) in _indexed(table)]


def one_by_one(matrix: Matrix) -> bool:
    """Whether a matrix has a row after each task."""
    return len(matrix) == TASKS + 1


def _over(
    table: Table, method: str, sequence: str, reduce: Callable[[Matrix], float], of_: str
) -> Values:
    found = of(table, of_, method, sequence)
    return {r: float(reduce(own)) for r, own in found.items() if one_by_one(own)}


def acc(table: Table, method: str, sequence: str, name: str = "matrix") -> Values:
    """ACC: percent after the last task, mean over the five."""
    return {r: float(np.mean(own[-1])) for r, own in of(table, name, method, sequence).items()}


def bwt(table: Table, method: str, sequence: str, name: str = "matrix") -> Values:
    """BWT in points: below 0, what was learned is forgotten.

    >>> steps = [[0.0] * 5, [60.0] * 5, [50.0, 70.0, 0, 0, 0], *[[40.0, 60.0, 80.0, 80, 9]] * 3]
    >>> _bwt(steps)
    -7.5
    """
    return _over(table, method, sequence, _bwt, name)


def fwt(table: Table, method: str, sequence: str, name: str = "matrix") -> Values:
    """FWT in points: above 0, a task profits from earlier ones before it was learned."""
    return _over(table, method, sequence, _fwt, name)


def own(table: Table, method: str, sequence: str) -> Values:
    """Percent on a task right after it was learned, mean over the five."""
    return _over(table, method, sequence, _own, "matrix")


def late(table: Table, method: str, sequence: str) -> Values:
    """The same over the late tasks."""
    return _over(table, method, sequence, _late, "matrix")


def old(table: Table, method: str, sequence: str, name: str = "matrix") -> Values:
    """Percent after the last task, mean over all tasks but that."""
    return _over(table, method, sequence, _old, name)


def _bwt(matrix: Matrix) -> float:
    return float(np.mean([matrix[-1][j] - matrix[j + 1][j] for j in OLD]))


def _fwt(matrix: Matrix) -> float:
    return float(np.mean([matrix[j][j] - matrix[0][j] for j in range(1, TASKS)]))


def _own(matrix: Matrix) -> float:
    return float(np.mean([matrix[j + 1][j] for j in range(TASKS)]))


def _late(matrix: Matrix) -> float:
    return float(np.mean([matrix[j + 1][j] for j in LATE]))


def _old(matrix: Matrix) -> float:
    return float(np.mean([matrix[-1][j] for j in OLD]))


def listed(table: Table, name: str, method: str, sequence: str) -> Values:
    """The mean over tasks of a column of them, such as "shuffled", "inferred" or "gradient"."""
    return {r: float(np.mean(v)) for r, v in of(table, name, method, sequence).items()}


def moved(table: Table, method: str) -> Values:
    """The largest change of an old task's logit over all sequences; 1 at least where not all logits
    are the same to the bit."""
    found: dict[int, float] = {}
    for sequence in sequences(table, method):
        changed, equal = (of(table, n, method, sequence) for n in ("changed", "equal"))
        for r in shared(changed, equal):
            change = max(*changed[r], 0.0 if equal[r] == 1 else 1.0)
            found[r] = max(found.get(r, 0.0), change)
    return found


def drift(table: Table, methods: Sequence[str] = FROZEN) -> Values:
    """The largest BWT of some methods on any sequence, without its sign."""
    pairs = [(method, name) for method in methods for name in sequences(table, method)]
    values = [bwt(table, *pair) for pair in pairs]
    return {r: max(abs(own[r]) for own in values) for r in shared(*values)}


def ahead(
    measure: Callable[[Table, str, str], Values], table: Table, one: str, other: str, sequence: str
) -> Values:
    """Points of a measure by which a method is ahead of another on a sequence."""
    return minus(measure(table, one, sequence), measure(table, other, sequence))


def acc_over(table: Table, one: str, other: str, sequence: str) -> Values:
    """The same of ACC."""
    return ahead(acc, table, one, other, sequence)


def late_over(table: Table, one: str, other: str, sequence: str) -> Values:
    """The same of late tasks, when they were learned."""
    return ahead(late, table, one, other, sequence)


def first_apart(table: Table, one: str, other: str) -> Values:
    """The largest difference of two methods on the first task, when it was learned."""
    found: dict[int, float] = {}
    for name in sequences(table, one):
        both = [of(table, "matrix", method, name) for method in (one, other)]
        for r in shared(*both):
            found[r] = max(found.get(r, 0.0), abs(both[0][r][1][0] - both[1][r][1][0]))
    return found


def connections(table: Table, method: str = "progressive") -> Values:
    """Pairs of columns that are connected: numbers between columns over those of one pair."""
    found: Values = {}
    for name in sequences(table, method):
        for r, own_ in of(table, "laterals", method, name).items():
            found[r] = sum(own_) / max(own_[1], 1)
    return found


def trained_over_random(table: Table, sequence: str) -> Values:
    """Points by which masks that were trained are ahead of random ones with as many weights."""
    return minus(acc(table, "supsup", sequence), listed(table, "random", "supsup", sequence))
