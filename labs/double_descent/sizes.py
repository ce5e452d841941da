"""How many parameters a network of a size has, and which sizes lie about a threshold.

A size is a number of hidden units (nets "one" and "two", by hidden layers, and "gru"), of channels
("cnn") or of features ("transformer").
"""

import math

from labs.data.mnist1d import CLASSES, LENGTH

HEADS, WIDE, PATCH = 2, 2, 4  # of a transformer; `WIDE` times its features in its wide layer


def parameters(net: str, size: float, outputs: int = CLASSES) -> float:
    """Trainable numbers of a network; also between whole sizes, to interpolate.

    >>> parameters("two", 47), parameters("one", 190), parameters("cnn", 24)
    (4663, 9700, 4858)
    >>> parameters("gru", 6), parameters("transformer", 16)
    (5134, 2634)
    """
    if net == "one":
        return (LENGTH + 1 + outputs) * size + outputs
    if net == "two":
        return size**2 + (LENGTH + 2 + outputs) * size + outputs
    if net == "gru":  # two directions of three gates, and a readout of all their states
        return 6 * size**2 + (18 + 2 * LENGTH * outputs) * size + outputs
    if net == "transformer":
        linear = PATCH + LENGTH // PATCH + WIDE + outputs + 10
        return (4 + 2 * WIDE) * size**2 + linear * size + outputs
    return 6 * size**2 + (8 + 5 * outputs) * size + outputs


def threshold_widths(examples: int, outputs: int, ratios: tuple[float, float]) -> list[int]:
    """Widths of one hidden layer, half an octave apart, around the threshold to be found.

    The number of parameters goes from the lower to the upper ratio times n.

    >>> threshold_widths(1000, 10, (0.5, 2.0))
    [10, 14, 19, 28, 39]
    """
    low, high = ratios
    rungs = int(2 * math.log2(high / low) + 0.01) + 1
    units = LENGTH + 1 + outputs
    ladder = (low * 2 ** (rung / 2) * examples for rung in range(rungs))
    return sorted({max(1, round((count - outputs) / units)) for count in ladder})
