"""What the notebook prints of single networks: one start, 500 test examples, with noise."""

from labs.activation.grid import BASELINES
from labs.activation.published import ACCURACIES, LOSSES, OUTER
from labs.kit.measures import column
from labs.kit.published import Published

NUMBERS = [
    Published(
        what="learned activation: mean training loss of the last 200 steps",
        value=OUTER,
        unit="nats",
        measure=column("published_window", arm="paper"),
    )
]
NUMBERS += [
    Published(
        what=f"{BASELINES.get(arm, 'learned activation')}: test accuracy of one network",
        value=value,
        unit="%",
        measure=column("published_accuracy", arm=arm),
    )
    for arm, value in ACCURACIES.items()
]
NUMBERS += [
    Published(
        what=f"{BASELINES[arm]}: mean training loss of all steps",
        value=value,
        unit="nats",
        measure=column("published_loss", arm=arm),
    )
    for arm, value in LOSSES.items()
]
