"""Final accuracies of the stored run of 2024, of every net at every size."""

from labs.kit.published import Published
from labs.pooling.grid import ARMS
from labs.pooling.measures import accuracy
from labs.pooling.published import ACCURACY, SHOWN

NUMBERS = [
    Published(
        what=f"{ARMS[arm].label}, {examples:,} examples",
        value=value,
        unit="%",
        measure=accuracy(arm, examples),
    )
    for examples, values in ACCURACY.items()
    for arm, value in zip(SHOWN, values, strict=True)
]
