"""Stored accuracies of probes on the published 1000 test examples, by layer, and what was printed
while training: there ours are on all test examples."""

from labs.kit.measures import Measure, Values, measured
from labs.kit.published import Published
from labs.kit.table import Table
from labs.self_supervised.grid import ARMS, last_layer
from labs.self_supervised.measures import accuracy
from labs.self_supervised.published import LINEAR, LOSS, NEIGHBOURS, PROBED


def after(epoch: int, column: str) -> Measure:
    """A column by epoch of the default projector, after one of them; none where nobody looked."""
    return measured(_after, epoch, column)


def _after(table: Table, epoch: int, column: str) -> Values:
    found = {}
    for row in table.where(arm="default"):
        # of the loss, which is none before training, the first epoch is missing
        by_epoch = dict(zip(reversed(row["epoch"]), reversed(row[column]), strict=False))
        if epoch in by_epoch:
            found[row["replicate"]] = by_epoch[epoch]
    return found


NUMBERS = [
    Published(
        what=f"{ARMS[arm].name}, layer {layer}: linear probe",
        value=value,
        unit="%",
        measure=accuracy(arm, layer, "linear_published"),
    )
    for arm, values in LINEAR.items()
    for layer, value in enumerate(values)
]
NUMBERS += [
    Published(
        what=f"{ARMS[arm].name}, embedding: 10 nearest neighbours",
        value=value,
        unit="%",
        measure=accuracy(arm, last_layer(arm), "neighbours"),
    )
    for arm, value in NEIGHBOURS.items()
]
NUMBERS += [
    Published(
        what=f"default projector: mean loss in epoch {epoch}",
        value=value,
        unit="nats",
        measure=after(epoch, "loss"),
    )
    for epoch, value in LOSS.items()
]
NUMBERS += [
    Published(
        what=f"default projector: linear probe of the last convolution after epoch {epoch}",
        value=value,
        unit="%",
        measure=after(epoch, "linear_by_epoch"),
    )
    for epoch, value in PROBED.items()
]
