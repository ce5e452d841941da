"""What a run says after its claims."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from labs.activation.grid import BASELINES, LEARNED, SHORT, TASKS
from labs.activation.measures import RANKS, functions, loss, rank
from labs.activation.shape import MIDDLE, POINTS, extrema
from labs.kit.intervals import Interval, Sample, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import column
from labs.kit.table import Table

TRAININGS = {
    "accuracy_usual": "published rate",
    "tuned_accuracy": "best rate",
    "long_accuracy": "longer, best rate",
}
Row = tuple[str | float | Interval | None, ...]
Rows = tuple[Row, ...]


def remarks(table: Table) -> list[Remark]:
    """Accuracies, losses, rates, extrema and ranks of all activations."""
    parts = (_fresh, _at_an_end, _extrema, _ranks, _transferred, _best)
    return [remark for part in parts for remark in part(table)]


def _fresh(table: Table) -> Iterator[Remark]:
    fewer = (
        " What is learned without noise has fewer outer steps, so that it is no control of the "
        "others; A5 compares after as many."
    )
    yield Remark(
        "Test accuracy of fresh networks in percent." + fewer * bool(table.where(arm="quiet").rows),
        ("activation", *TRAININGS.values()),
        _by_arm(table, *TRAININGS),
        ".1f",
    )
    yield Remark(
        "Mean training loss (nats) of the last 200 steps on fresh networks at the published rate; "
        "the published numbers compare different windows.",
        ("activation", "loss"),
        _by_arm(table, "loss_usual"),
        ".3f",
    )


def _by_arm(table: Table, *names: str) -> Rows:
    found = (
        (label, *(interval_or_none(column(name, arm=arm)(table)) for name in names))
        for arm, label in SHORT.items()
    )
    return tuple(row for row in found if any(row[1:]))


def _at_an_end(table: Table) -> Iterator[Remark]:
    rows: list[Row] = []
    for name, trainings in (("tuned", "short"), ("long", "longer")):
        chosen = [row for row in table if f"{name}_rate" in row]
        counts = Counter((row["arm"], row[f"{name}_rate"]) for row in chosen)
        tried = [rate for row in chosen for rate in row["rates"]]
        rows += [
            (SHORT[arm], trainings, rate, count)
            for (arm, rate), count in counts.items()
            if not min(tried) * 1.01 < rate < max(tried) * 0.99  # stored in float32
        ]
    yield Remark(
        "Best rates at an end of those tried, and in how many replicates.",
        ("activation", "trainings", "rate", "replicates"),
        tuple(rows),
    )


def _extrema(table: Table) -> Iterator[Remark]:
    rows: list[Row] = []
    for arm in LEARNED:
        found = [extrema(POINTS[MIDDLE], f[MIDDLE]) for f in functions(table, arm).values()]
        counts = [len(e.maxima) + len(e.minima) for e in found]
        if counts:
            rows.append((SHORT[arm], min(counts), max(counts), float(np.mean(counts))))
    yield Remark(
        "How many extrema the learned activations have from -5 to 5.",
        ("activation", "fewest", "most", "mean"),
        tuple(rows),
    )


def _ranks(table: Table) -> Iterator[Remark]:
    rows: list[Row] = []
    for task, title in TASKS.items():
        for arm, lines in (("paper", False), ("fresh", False), ("fresh", True)):
            ranks = (rank(table, arm, task, what, lines) for what in ("first", "final"))
            first, final = (
                Sample(np.array([*r.values()]), grid=1, limits=RANKS).interval(0.95) for r in ranks
            )
            if first:
                rows.append((title, f"{SHORT[arm]}{', polyline' if lines else ''}", first, final))
    yield Remark(
        "Ranks among seven in CNNs by training loss of the first epoch and by final test loss; "
        "those of the polyline learned on one network are claims.",
        ("task", "activation", "first epoch", "at the end"),
        tuple(rows),
        ".1f",
    )


def _transferred(table: Table) -> Iterator[Remark]:
    rows: list[Row] = []
    for arm, label in SHORT.items():
        part, what = ("lines_", f"{label}, polyline") if arm in LEARNED else ("", label)
        names = [f"{part}{task}_accuracy" for task in TASKS]
        rows.append((what, *(interval_or_none(column(name, arm=arm)(table)) for name in names)))
    yield Remark(
        "Test accuracy in percent of CNNs after training, in which a lower loss need not be a "
        "higher accuracy.",
        ("activation", *TASKS.values()),
        tuple(row for row in rows if any(row[1:])),
        ".2f",
    )


def _best(table: Table) -> Iterator[Remark]:
    rows: list[Row] = []
    for task, title in TASKS.items():
        losses = {
            label: float(np.mean([loss(value) for value in values.values()]))
            for arm, label in BASELINES.items()
            if (values := column(f"{task}_final", arm=arm)(table))
        }
        if losses:
            best = min(losses, key=losses.__getitem__)
            rows.append((title, best, losses[best]))
    yield Remark(
        "The usual activation with the lowest mean final test loss in CNNs.",
        ("task", "activation", "loss"),
        tuple(rows),
        ".3f",
    )
