"""The numbers that compare networks: one per replicate, whose networks share data and order."""

from collections.abc import Callable, Mapping

import numpy as np

from labs.kit.measures import Measure, Values, aligned, average, column, mean, measured, shared
from labs.kit.table import Table
from labs.pooling.grid import POOLED
from labs.pooling.published import HIGH, MANY, STEPS

POOLING = "pooling"  # the mean of its three kinds


def sizes(table: Table) -> list[int]:
    """Training examples, ascending."""
    return sorted(set(table.column("examples")))


def by_size(table: Table, measure: Callable[[int], Measure]) -> dict[int, Values]:
    """A measure at every number of training examples."""
    return {n: measure(n)(table) for n in sizes(table)}


def accuracy(arm: str, examples: int, of: str = "final") -> Measure:
    """Test accuracy in percent; `of` names the column."""
    kinds = POOLED if arm == POOLING else (arm,)
    return mean(*(column(of, arm=kind, examples=examples) for kind in kinds))


def ahead(examples: int, over: str = "none", arm: str = POOLING, of: str = "final") -> Measure:
    """Points of test accuracy by which an arm is ahead of another."""
    return accuracy(arm, examples, of) - accuracy(over, examples, of)


def error_ratio(examples: int, over: str = "none") -> Measure:
    """Errors of an arm per error with pooling; no error at all counts as half of one."""
    return measured(_error_ratio, accuracy(over, examples), accuracy(POOLING, examples))


def _error_ratio(table: Table, other: Measure, pooling: Measure) -> Values:
    least = 50 / max(table.column("test_examples"), default=1)
    errors, fewer = other(table), pooling(table)
    return {
        r: max(100 - errors[r], least) / max(100 - fewer[r], least) for r in shared(errors, fewer)
    }


def prolonged(table: Table) -> Table:
    """The rows whose training went on, past the published steps."""
    return Table(row for row in table if row["further"] and row["steps"] + row["further"] > STEPS)


def ahead_longer(table: Table) -> Values:
    """Points that pooling gains with the most examples after the longer training."""
    return ahead(MANY, of="longer")(prolonged(table))


def gain_per_decade(table: Table) -> Values:
    """By how many points the gain of pooling changes per decade of training examples."""
    return slopes(by_size(table, ahead))


def ratio_per_decade(table: Table) -> Values:
    """By how many octaves the ratio of errors changes per decade of training examples."""
    ratios = by_size(table, error_ratio)
    return slopes({n: {r: float(np.log2(v)) for r, v in of.items()} for n, of in ratios.items()})


def slopes(by_size: Mapping[int, Values]) -> Values:
    """Of each replicate, the least-squares slope per decade of training examples.

    >>> found = slopes({100: {0: 9.0}, 1000: {0: 6.0}, 10000: {0: 3.0}})
    >>> {replicate: round(slope, 1) for replicate, slope in found.items()}
    {0: -3.0}
    """
    if len(by_size) < 2:
        return {}
    x = np.log10(list(by_size))
    return {r: float(np.polyfit(x, y, 1)[0]) for r, y in aligned([*by_size.values()]).items()}


def stride_at_its_best(table: Table) -> Values:
    """Points by which stride is ahead of no pooling, at the size that suits it best."""
    # That size is found on the other replicates: this one's own fluctuation must not make it the
    # best.
    rows = aligned([ahead(n, arm="stride")(table) for n in sizes(table)])
    if len(rows) < 2:
        return {}
    best = {r: np.mean([rows[other] for other in rows if other != r], axis=0) for r in rows}
    return {r: own[int(np.argmax(best[r]))] for r, own in rows.items()}


def max_over_l2(table: Table) -> Values:
    """Points by which max is ahead of L2 pooling, mean over the sizes of high data."""
    return average(*(ahead(n, "l2", "max")(table) for n in sizes(table) if n >= HIGH))
