"""What a run says after its claims."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Measure
from labs.kit.table import Table
from labs.pooling.measures import accuracy, ahead, error_ratio, sizes

Columns = Mapping[str, Callable[[int], Measure]]
_interval = partial(interval_or_none, limits=(-100, 100))  # percent, points, small ratios

BY_SIZE: Mapping[str, Columns] = {
    "Points that pooling gains over the nets without it, by training examples.": {
        "no pooling": ahead,
        "8 channels": partial(ahead, over="matched"),
        "stride 2": partial(ahead, over="stride"),
    },
    "Points that the other kinds of pooling gain over max pooling.": {
        "average": partial(ahead, over="max", arm="avg"),
        "L2": partial(ahead, over="max", arm="l2"),
    },
    "No pooling: its errors per error with pooling, and its training accuracy in percent.": {
        "ratio of errors": error_ratio,
        "training accuracy": partial(accuracy, "none", of="final_train"),
    },
}


def remarks(table: Table) -> list[Remark]:
    """Small tables by training examples."""
    return [*_by_size(table)]


def _by_size(table: Table) -> Iterator[Remark]:
    for text, columns in BY_SIZE.items():
        found = {n: [measure(n)(table) for measure in columns.values()] for n in sizes(table)}
        rows = [(f"{n:,}", *map(_interval, own)) for n, own in found.items() if any(own)]
        yield Remark(text, ("examples", *columns), tuple(rows), ".2f")
