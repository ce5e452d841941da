"""What a run says after its claims: gains by training examples, and the longer training."""

from collections.abc import Callable
from functools import partial

from labs.kit.intervals import Interval, interval
from labs.kit.lab import Remark
from labs.kit.measures import Measure, Values
from labs.kit.table import Table
from labs.pooling.grid import ARMS
from labs.pooling.measures import accuracy, ahead, by_size, error_ratio, prolonged
from labs.pooling.published import MANY

Columns = dict[str, Callable[[int], Measure]]

BY_SIZE: dict[str, Columns] = {
    "Points that pooling gains, by training examples, over": {
        "no pooling": ahead,
        "8 channels": partial(ahead, over="matched"),
        "stride 2": partial(ahead, over="stride"),
    },
    "Points that the other kinds of pooling gain over max pooling": {
        "average": partial(ahead, over="max", arm="avg"),
        "L2": partial(ahead, over="max", arm="l2"),
    },
    "No pooling: its errors per error with pooling, and its training accuracy in percent": {
        "ratio of errors": error_ratio,
        "training accuracy": partial(accuracy, "none", of="final_train"),
    },
}


def remarks(table: Table) -> list[Remark]:
    """Small tables by training examples, and accuracies of the longer training."""
    found = [_by_size(table, text, columns) for text, columns in BY_SIZE.items()]
    return [*filter(None, found), *_longer(prolonged(table).where(examples=MANY))]


def _by_size(
    table: Table, text: str, columns: dict[str, Callable[[int], Measure]]
) -> Remark | None:
    values = [by_size(table, measure) for measure in columns.values()]
    rows = tuple(
        (f"{n:,}", *map(_interval, own))
        for n, *own in zip(values[0], *(column.values() for column in values), strict=True)
        if any(own)
    )
    return Remark(text, ("examples", *columns), rows, ".2f") if rows else None


def _longer(table: Table) -> list[Remark]:
    if not table:
        return []
    row = table.rows[0]
    after = {"final": row["steps"], "longer": row["steps"] + row["further"]}
    rows = tuple(
        (arm.label, *(_interval(accuracy(name, MANY, of)(table)) for of in after))
        for name, arm in ARMS.items()
        if table.where(arm=name)
    )
    text = f"Test accuracy in percent with {MANY:,} training examples"
    return [Remark(text, ("", *(f"{steps:,} steps" for steps in after.values())), rows, ".1f")]


def _interval(values: Values) -> Interval | None:
    return interval(list(values.values())) if values else None
