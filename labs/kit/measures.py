"""Measures: what reduces a table to one number per replicate, `{replicate: number}`.

A claim's measure is any function of a table that returns such values. Those written here can be
added, subtracted and averaged; only replicates that all parts have are kept, so that a comparison
is paired.

>>> from labs.kit.table import Table
>>> table = Table([
...     {"model": "mlp", "replicate": 0, "accuracy": 68.0},
...     {"model": "cnn", "replicate": 0, "accuracy": 94.0},
...     {"model": "cnn", "replicate": 1, "accuracy": 93.5},
... ])
>>> gain = column("accuracy", model="cnn") - column("accuracy", model="mlp")
>>> gain(table)
{0: 26.0}
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from labs.kit.table import Table

Values = dict[int, float]  # by replicate


@dataclass(frozen=True, eq=False)
class Measure:
    """A measure with arithmetic.

    Args:
        function: (table, *parts, **where) -> values.
        parts: what it is made of: other measures, numbers.
        where: its further arguments.
    """

    function: Callable[..., Values]
    parts: tuple[Any, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, table: Table) -> Values:
        """The value of every replicate that has one, in ascending order."""
        found = self.function(table, *self.parts, **self.where)
        return dict(sorted(found.items()))

    def __sub__(self, other: Measure | float) -> Measure:
        return Measure(_combined, (operator.sub, self, other))

    def __add__(self, other: Measure | float) -> Measure:
        return Measure(_combined, (operator.add, self, other))

    def __mul__(self, other: Measure | float) -> Measure:
        return Measure(_combined, (operator.mul, self, other))

    def __truediv__(self, other: Measure | float) -> Measure:
        return Measure(_combined, (operator.truediv, self, other))

    def __gt__(self, threshold: float) -> Measure:
        """1 where it is above the threshold, else 0: for shares of replicates."""
        return Measure(_combined, (operator.gt, self, threshold))


def column(name: str, **where: Any) -> Measure:
    """One column of the rows that `where` selects and that have it: one row per replicate."""
    return Measure(_column, (name,), where)


def measured(function: Callable[..., Values], *parts: Any, **where: Any) -> Measure:
    """A lab's own function of a table and further arguments, as a measure with arithmetic."""
    return Measure(function, parts, where)


def mean(*measures: Callable[[Table], Values]) -> Measure:
    """The mean of measures."""
    return Measure(_mean, measures)


def shared(*values: Mapping[int, Any]) -> list[int]:
    """The replicates that all of some values have, in ascending order; none of no values.

    >>> shared({0: 1.0, 2: 3.0}, {2: 5.0, 1: 2.0})
    [2]
    """
    return sorted(set.intersection(*map(set, values))) if values else []


def minus(a: Mapping[int, float], b: Mapping[int, float]) -> Values:
    """`a - b` for every replicate that both have.

    >>> minus({0: 3.0, 1: 4.0}, {1: 1.0})
    {1: 3.0}
    """
    return {r: a[r] - b[r] for r in shared(a, b)}


def average(*values: Mapping[int, float]) -> Values:
    """The mean of values, for every replicate that all have."""
    return {r: float(np.mean([v[r] for v in values])) for r in shared(*values)}


def lowest_elsewhere(values: Mapping[Any, Mapping[int, float]]) -> Values:
    """Of each replicate that all have, the value of the one that is lowest on average over the
    *other* replicates, so that its own fluctuation does not choose; empty below two replicates.

    >>> lowest_elsewhere({"a": {0: 1.0, 1: 9.0}, "b": {0: 2.0, 1: 3.0}})
    {0: 2.0, 1: 9.0}
    """
    replicates = shared(*values.values())
    if len(replicates) < 2:
        return {}
    found = {}
    for replicate in replicates:
        rest = [other for other in replicates if other != replicate]
        lowest = min(values.values(), key=lambda own: float(np.mean([own[r] for r in rest])))
        found[replicate] = lowest[replicate]
    return found


def aligned(values: Sequence[Mapping[int, float]]) -> dict[int, list[float]]:
    """By replicate the list of its values, for every replicate that all have.

    >>> aligned([{0: 1.0, 1: 2.0}, {1: 4.0}])
    {1: [2.0, 4.0]}
    """
    return {r: [v[r] for v in values] for r in shared(*values)}


def _column(table: Table, name: str, **where: Any) -> Values:
    rows = [row for row in table.where(**where) if name in row]
    return Table(rows).values(name) if rows else {}


def _combined(table: Table, operation: Callable[[Any, Any], Any], *parts: Any) -> Values:
    found = [part(table) if callable(part) else part for part in parts]
    replicates = shared(*(values for values in found if isinstance(values, Mapping)))

    def at(values: Any, replicate: int) -> float:
        return float(values[replicate] if isinstance(values, Mapping) else values)

    return {r: float(reduce(operation, (at(values, r) for values in found))) for r in replicates}


def _mean(table: Table, *measures: Callable[[Table], Values]) -> Values:
    return average(*(measure(table) for measure in measures))
