"""What a run says after its claims."""

from collections.abc import Iterator

import numpy as np

from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Measure, Values
from labs.kit.table import Table
from labs.self_supervised.grid import ARMS, last_layer
from labs.self_supervised.measures import accuracy, then
from labs.self_supervised.published import LINEAR, NEIGHBOURS

STORED = 160  # epoch of the best of the stored runs


def remarks(table: Table) -> list[Remark]:
    """Accuracy by layer, what collapsed, neighbours, and what training and labels add."""
    parts = (_layers, _fallen, _neighbours, _before_projector)
    return [remark for part in parts for remark in part(table)]


def _layers(table: Table) -> Iterator[Remark]:
    depth = max(map(last_layer, ARMS)) + 1
    rows = []
    for arm, training in ARMS.items():
        layers = [accuracy(arm, layer)(table) for layer in range(last_layer(arm) + 1)]
        means = [sum(values.values()) / len(values) for values in layers if values]
        if means:
            rows.append((training.name, *means, *[None] * (depth - len(means))))
    text = "Linear accuracy (%, mean over replicates) by layer; 0 is the signal."
    yield Remark(text, ("", *map(str, range(depth))), tuple(rows), ".1f")


def _fallen(table: Table) -> Iterator[Remark]:
    rows = []
    for arm in (arm for arm in LINEAR if ARMS[arm].projector):
        last, first = accuracy(arm)(table), accuracy(arm, 1)(table)
        fallen = {r: last[r] for r in last if last[r] < first[r]}
        others = {r: last[r] for r in last if r not in fallen}
        if fallen:
            counts = f"{len(fallen)} of {len(last)}"
            rows.append((ARMS[arm].name, counts, *map(_mean, (fallen, others))))
    text = (
        "Replicates whose last convolution holds less than the first, and its accuracy (%, mean)."
    )
    yield Remark(text, ("", "replicates", "in these", "in the others"), tuple(rows), ".1f")


def _mean(values: Values) -> float | None:
    # few collapse: an interval over two would reach beyond 100 %
    return float(np.mean([*values.values()])) if values else None


def _neighbours(table: Table) -> Iterator[Remark]:
    found = {arm: accuracy(arm, last_layer(arm), "neighbours")(table) for arm in NEIGHBOURS}
    rows = [
        (ARMS[arm].name, interval_or_none(values), NEIGHBOURS[arm])
        for arm, values in found.items()
        if values
    ]
    text = "10 nearest neighbours by angle in the embedding, accuracy (%)."
    yield Remark(text, ("", "measured", "published"), tuple(rows), ".1f")


def _before_projector(table: Table) -> Iterator[Remark]:
    start, end = then("default", 0), then("default", -1)
    measures: dict[str, Measure] = {
        "before any training (%)": start,
        "training without labels adds": end - start,
        "with labels (%)": accuracy("supervised"),
        "labels add": accuracy("supervised") - accuracy("default"),
        "the test inputs add, on all examples": accuracy("both") - accuracy("default"),
    }
    epochs: list[int] = next(iter(table.values("epoch", arm="default").values()), [])
    if STORED in epochs[:-1]:
        stored = then("default", epochs.index(STORED))
        measures[f"epoch {STORED}, best of the stored runs, adds to the last"] = stored - end
    found = {text: measure(table) for text, measure in measures.items()}
    rows = tuple((text, interval_or_none(values)) for text, values in found.items() if values)
    text = "Linear accuracy of the last convolution (%) and differences (points)."
    yield Remark(text, ("", "default projector"), rows, ".1f")
