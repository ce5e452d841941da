"""What is compared: the networks, and the numbers that compare them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from labs.kit.table import Table


class Arm(NamedTuple):
    """One network of the comparison; `parameters` are its trainable numbers."""

    label: str
    pool: str  # of `labs.pooling.nets.PoolNet`
    channels: int
    parameters: int


ARMS = {
    "none": Arm("no pooling", "none", 20, 9310),
    "matched": Arm("no pooling, 8 channels", "none", 8, 3442),  # the count nearest to 3310
    "stride": Arm("stride 2", "stride", 20, 3310),
    "max": Arm("max", "max", 20, 3310),
    "avg": Arm("average", "avg", 20, 3310),
    "l2": Arm("L2", "l2", 20, 3310),
}
POOLED = ("max", "avg", "l2")
POOLING = "pooling"  # their mean
FEW, MANY = 1000, 50_000  # training examples at the ends of the published range
HIGH = 20_000  # from here on the published text speaks of high data
STEPS = 6000  # of the published training
# Final test accuracy of the stored run of 2024, by training examples, then in the order of SHOWN.
SHOWN = ("none", "stride", "max", "avg", "l2")
PUBLISHED = {
    1000: (59.2, 57.4, 78.2, 78.0, 77.2),
    2000: (82.0, 81.7, 89.2, 90.0, 89.9),
    5000: (91.9, 89.9, 94.5, 94.0, 95.3),
    10_000: (94.3, 91.3, 97.0, 96.0, 96.6),
    20_000: (94.4, 92.2, 96.8, 96.2, 97.8),
    50_000: (96.3, 95.4, 98.1, 97.3, 97.1),
}

Values = dict[int, float]  # by replicate


def sizes(table: Table) -> list[int]:
    """Training examples, ascending."""
    return sorted(set(table.column("examples")))


def accuracy(table: Table, arm: str, examples: int, column: str = "final") -> Values:
    """Test accuracy in percent of an arm's replicates; of `POOLING` the mean over its three kinds,
    of the replicates that have all three."""
    if arm != POOLING:
        return table.values(column, arm=arm, examples=examples)
    kinds = [accuracy(table, kind, examples, column) for kind in POOLED]
    shared = sorted(set.intersection(*map(set, kinds)))
    return {r: float(np.mean([values[r] for values in kinds])) for r in shared}


def ahead(
    table: Table, examples: int, over: str = "none", arm: str = POOLING, column: str = "final"
) -> Values:
    """Points of test accuracy by which an arm is ahead of another."""
    mine, other = (accuracy(table, name, examples, column) for name in (arm, over))
    return {r: mine[r] - other[r] for r in mine if r in other}


def error_ratio(table: Table, examples: int, over: str = "none") -> Values:
    """Errors of an arm per error with pooling; no error at all counts as half of one."""
    mine, other = (accuracy(table, name, examples) for name in (POOLING, over))
    least = 50 / max(table.column("test_examples"), default=1)
    return {r: max(100 - other[r], least) / max(100 - mine[r], least) for r in mine if r in other}


def prolonged(table: Table) -> Table:
    """The rows whose training went on, past the published steps."""
    return Table(row for row in table if row["further"] and row["steps"] + row["further"] > STEPS)


def complete(by_size: dict[int, Values]) -> dict[int, list[float]]:
    """By replicate, the values over the sizes, of the replicates that have all sizes."""
    shared = set.intersection(*map(set, by_size.values())) if by_size else set()
    return {r: [values[r] for values in by_size.values()] for r in sorted(shared)}


def slopes(by_size: dict[int, Values]) -> list[float]:
    """Of each replicate, the least-squares slope per decade of training examples.

    >>> [f"{slope:.1f}" for slope in slopes({100: {0: 9.0}, 1000: {0: 6.0}, 10000: {0: 3.0}})]
    ['-3.0']
    """
    if len(by_size) < 2:
        return []
    x = np.log10(list(by_size))
    return [float(np.polyfit(x, y, 1)[0]) for y in complete(by_size).values()]
