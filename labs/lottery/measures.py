"""What a replicate of the lottery says in one number."""

import numpy as np

from labs.kit.intervals import Interval, deviation
from labs.kit.measures import Measure, Values, average, column, lowest_elsewhere, measured, minus
from labs.kit.table import Table


def found(table: Table, arm: str, order: str = "original", varied: str = "all") -> Table:
    """One arm at the ticket's level (dense: at none), on the data that its ticket was found on."""
    rows = table.where(data="own", order=order, arm=arm, varied=varied)
    return Table(row for row in rows if row["sparsity"] in (0.0, row["ticket"]))


def transferred(table: Table, order: str, start: str, arm: str) -> Table:
    """One arm on new data."""
    return table.where(data="new", order=order, start=start, arm=arm)


def on_upstreams(table: Table, order: str) -> Table:
    """Dense nets on the data that upstream has as new ones."""
    return table.where(data="upstream", order=order)


def own(arm: str, order: str = "original") -> Measure:
    """Final test accuracy (%) on the data that the ticket was found on, as `found`."""
    return measured(_own, arm, order)


def sweep(arm: str, low: float, high: float) -> Measure:
    """Final test accuracy (%) of the sweep, mean of the levels from `low` to `high`."""
    return measured(_sweep, arm, low, high)


def least_gain(low: float, high: float, over: str = "random") -> Measure:
    """Points of final test accuracy by which the ticket of the sweep is above another arm, at the
    level from `low` to `high` at which the other replicates gain least."""
    return measured(_least_gain, low, high, over)


def new(order: str, start: str = "rewound", arm: str = "lottery") -> Measure:
    """Final test accuracy (%) on new data."""
    return column("test_accuracy", data="new", order=order, start=start, arm=arm)


def gain(order: str, start: str = "rewound", over: str = "dense") -> Measure:
    """Points of the ticket over another arm of the same initial weights, on new data."""
    return new(order, start) - new(order, start, over)


def neighbours(
    length: int,
    order: str = "original",
    arm: str = "lottery",
    runs: str = "runs",
    chance: str = "chance",
) -> Measure:
    """Runs of `length` neighbours that masks keep, divided by what chance gives; `runs`
    and `chance` name columns.

    The counts are small, so both are pooled: the mean over replicates is the ratio of the sums, and
    a replicate's value what it adds to that (Cochran 1977, Sampling Techniques, Chapter 6)."""
    return measured(_neighbours, length, order, arm, runs, chance)


def _own(table: Table, arm: str, order: str) -> Values:
    return found(table, arm, order).values("test_accuracy")


def _sweep(table: Table, arm: str, low: float, high: float) -> Values:
    rows = table.where(data="own", order="original", arm=arm, varied="all")
    levels = sorted({level for level in rows.column("sparsity") if low <= level <= high})
    return average(*(rows.values("test_accuracy", sparsity=level) for level in levels))


def _least_gain(table: Table, low: float, high: float, over: str) -> Values:
    rows = table.where(data="own", order="original", varied="all")
    tickets, others = rows.where(arm="lottery"), rows.where(arm=over)
    gains = {
        level: minus(
            tickets.values("test_accuracy", sparsity=level),
            others.values("test_accuracy", sparsity=level),
        )
        for level in sorted(set(others.column("sparsity")))
        if low <= level <= high
    }
    return lowest_elsewhere(gains)


def _neighbours(table: Table, length: int, order: str, arm: str, runs: str, chance: str) -> Values:
    rows = found(table, arm, order)
    counts, expected = rows.values(runs), rows.values(chance)
    i = length - 2
    both = {r: (counts[r][i], expected[r][i]) for r in counts}
    if not any(chances for _, chances in both.values()):
        return {}
    kept, by_chance = (sum(parts) / len(both) for parts in zip(*both.values(), strict=True))
    ratio = kept / by_chance
    return {r: ratio + (own - ratio * chances) / by_chance for r, (own, chances) in both.items()}


def spread(values: Values) -> Interval | None:
    """Standard deviation over replicates, None of fewer than two."""
    if len(values) < 2:
        return None
    return deviation({0: float(np.var([*values.values()], ddof=1))}, len(values) - 1)
