"""What is swept: networks, losses and optimisers, and the sizes they come in."""

from __future__ import annotations

import math
from typing import NamedTuple

BATCH = 100
CLASSES = 10
LENGTH = 40


class Sweep(NamedTuple):
    """One protocol; a size is a number of hidden units or channels."""

    net: str  # "one" or "two" hidden layers, or "cnn"
    loss: str  # "nll": cross-entropy; "mse": one-hot squared error, mean over outputs
    optimizer: str  # "sgd" with momentum 0.9, or "adam"
    strong: bool = False  # is everything done to fit: inputs whitened, rate falling to zero?
    noisy: bool = False  # are training labels flipped?


SWEEPS = {
    "clean": Sweep("two", "nll", "sgd"),  # Figure 5a of 2024
    "noise": Sweep("two", "nll", "sgd", noisy=True),  # 5b
    "cnn": Sweep("cnn", "nll", "sgd", noisy=True),  # 5c
    "nll": Sweep("one", "nll", "adam", strong=True),  # the threshold against n and K
    "mse": Sweep("one", "mse", "adam", strong=True),
    "mlp2020": Sweep("one", "nll", "adam"),  # Figure 6 of 2020
    "cnn2020": Sweep("cnn", "nll", "adam"),
}
LOSSES = {"nll": "cross-entropy", "mse": "squared error"}
MSE_FITTED = 1e-3  # squared error of a fitted training set, mean over the outputs in use


def parameters(net: str, size: int, outputs: int = CLASSES) -> int:
    """Trainable numbers of a network.

    >>> parameters("two", 47), parameters("one", 190), parameters("cnn", 24)
    (4663, 9700, 4858)
    """
    if net == "one":
        return (LENGTH + 1 + outputs) * size + outputs
    if net == "two":
        return size**2 + (LENGTH + 2 + outputs) * size + outputs
    return 6 * size**2 + (8 + 5 * outputs) * size + outputs


def threshold_widths(
    loss: str, examples: int, classes: int, outputs: int, ratios: tuple[float, float]
) -> list[int]:
    """Widths of one hidden layer, half an octave apart, around the threshold to be found.

    The number of parameters goes from the lower ratio times n to the upper one times n, and with
    squared error times the number of outputs: the widths cover both laws, n and n K.

    >>> threshold_widths("nll", 1000, 10, 10, (0.5, 2.0))
    [10, 14, 19, 28, 39]
    >>> len(threshold_widths("mse", 1000, 10, 10, (0.5, 2.0)))
    11
    """
    low, high = ratios
    high *= outputs if loss == "mse" else 1
    rungs = int(2 * math.log2(high / low) + 0.01) + 1
    units = LENGTH + 1 + outputs
    ladder = (low * 2 ** (rung / 2) * examples for rung in range(rungs))
    return sorted({max(1, round((count - outputs) / units)) for count in ladder})


def epochs_seen(epochs: int, looks: int = 20) -> list[int]:
    """Epochs after which a net is looked at, evenly on a logarithmic scale.

    >>> epochs_seen(500)
    [1, 2, 3, 4, 5, 7, 10, 14, 19, 26, 37, 51, 70, 97, 135, 187, 260, 361, 500]
    """
    return sorted({round(epochs ** (look / (looks - 1))) for look in range(looks)})
