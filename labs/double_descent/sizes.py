"""How many parameters a network of a size has, and which sizes lie about a threshold.

A size is a number of hidden units (nets "one" and "two", by hidden layers) or of channels ("cnn").
"""

import math

from labs.data.mnist1d import CLASSES, LENGTH


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
    loss: str, examples: int, outputs: int, ratios: tuple[float, float]
) -> list[int]:
    """Widths of one hidden layer, half an octave apart, around the threshold to be found.

    The number of parameters goes from the lower ratio times n to the upper one times n, and with
    squared error times the number of outputs: the widths cover both laws, n and n K.

    >>> threshold_widths("nll", 1000, 10, (0.5, 2.0))
    [10, 14, 19, 28, 39]
    >>> len(threshold_widths("mse", 1000, 10, (0.5, 2.0)))
    11
    """
    low, high = ratios
    high *= outputs if loss == "mse" else 1
    rungs = int(2 * math.log2(high / low) + 0.01) + 1
    units = LENGTH + 1 + outputs
    ladder = (low * 2 ** (rung / 2) * examples for rung in range(rungs))
    return sorted({max(1, round((count - outputs) / units)) for count in ladder})
