"""What a run says beside its claims: accuracies, losses and rates of all activations, ranks."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from labs.activation.grid import BASELINES, LEARNED, SHORT, TASKS
from labs.activation.measures import RANKS, column, functions, loss, rank
from labs.activation.shape import MIDDLE, POINTS, extrema
from labs.kit.intervals import Interval, Sample, interval
from labs.kit.lab import Remark
from labs.kit.table import Table

TRAININGS = {
    "accuracy_usual": "published rate",
    "tuned_accuracy": "best rate",
    "long_accuracy": "longer, best rate",
}
Row = tuple[str | float | Interval | None, ...]


def remarks(table: Table) -> list[Remark]:
    """Tables of what there is."""
    tables = (
        Remark(
            "Test accuracy of fresh networks in percent.",
            ("activation", *TRAININGS.values()),
            tuple(_by_arm(table, *TRAININGS)),
            ".1f",
        ),
        Remark(
            "Mean training loss (nats) of the last 200 steps on fresh networks at the published "
            "rate; the published numbers compare different windows.",
            ("activation", "loss"),
            tuple(_by_arm(table, "loss_usual")),
            ".3f",
        ),
        Remark(
            "Best rates at an end of those tried, and in how many replicates.",
            ("activation", "trainings", "rate", "replicates"),
            tuple(_at_an_end(table)),
        ),
        Remark(
            "How many extrema the learned activations have from -5 to 5.",
            ("activation", "fewest", "most", "mean"),
            tuple(_extrema(table)),
        ),
        Remark(
            "Ranks among seven in CNNs by training loss of the first epoch and by final test loss; "
            "those of the polyline learned on one network are claims.",
            ("task", "activation", "first epoch", "at the end"),
            tuple(_ranks(table)),
            ".1f",
        ),
        Remark(
            "The usual activation with the lowest mean final test loss in CNNs.",
            ("task", "activation", "loss"),
            tuple(_best(table)),
            ".3f",
        ),
    )
    return [remark for remark in tables if remark.rows]


def _by_arm(table: Table, *names: str) -> Iterator[Row]:
    for arm, label in SHORT.items():
        row = [_interval(column(table, name, arm)) for name in names]
        if any(row):
            yield label, *row


def _interval(values: dict[int, Any]) -> Interval | None:
    return interval(list(values.values())) if values else None


def _at_an_end(table: Table) -> Iterator[Row]:
    for name, trainings in (("tuned", "short"), ("long", "longer")):
        rows = [row for row in table if f"{name}_rate" in row]
        counts = Counter((row["arm"], row[f"{name}_rate"]) for row in rows)
        tried = [rate for row in rows for rate in row["rates"]]
        for (arm, rate), count in counts.items():
            # stored in float32
            if not min(tried) * 1.01 < rate < max(tried) * 0.99:
                yield SHORT[arm], trainings, rate, count


def _extrema(table: Table) -> Iterator[Row]:
    for arm in LEARNED:
        found = [extrema(POINTS[MIDDLE], f[MIDDLE]) for f in functions(table, arm).values()]
        counts = [len(e.maxima) + len(e.minima) for e in found]
        if counts:
            yield SHORT[arm], min(counts), max(counts), float(np.mean(counts))


def _ranks(table: Table) -> Iterator[Row]:
    for task, title in TASKS.items():
        for arm, lines in (("paper", False), ("fresh", False), ("fresh", True)):
            ranks = (rank(table, arm, task, what, lines) for what in ("first", "final"))
            first, final = (
                Sample(np.array(list(r.values())), grid=1, limits=RANKS).interval(0.95)
                for r in ranks
            )
            if first:
                yield title, f"{SHORT[arm]}{', polyline' if lines else ''}", first, final


def _best(table: Table) -> Iterator[Row]:
    for task, title in TASKS.items():
        losses = {
            label: float(np.mean([loss(value) for value in values.values()]))
            for arm, label in BASELINES.items()
            if (values := column(table, f"{task}_final", arm))
        }
        if losses:
            best = min(losses, key=losses.__getitem__)
            yield title, best, losses[best]
