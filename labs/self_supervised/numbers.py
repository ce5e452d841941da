"""Stored accuracies of probes on the published 1000 test examples, by layer."""

from labs.kit.published import Published
from labs.self_supervised.grid import ARMS, last_layer
from labs.self_supervised.measures import accuracy
from labs.self_supervised.published import LINEAR, NEIGHBOURS

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
