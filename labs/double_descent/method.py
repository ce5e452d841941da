"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "Networks of one family are trained in many sizes, from too small to fit the training set to "
    "far larger, with clean or noisy labels, and with cross-entropy or squared error for several "
    "numbers of examples and classes, which are ten digits merged or the first digits alone; with "
    "cross-entropy also a CNN, a GRU and a transformer. Measured are error and loss on training "
    "and test data over training, and the interpolation threshold, from which size on the training "
    "set is fitted. Where a valley or a peak is measured, the other replicates say where it lies. "
    "The networks of a replicate share data, start, batch order and noise.",
    differences=(
        "The notebook of 2020 was never published: its networks follow from the sizes in the "
        "figure, its training is inferred.",
        "The sentence on thresholds of 2020 was withdrawn in 2024, and its figure with squared "
        "error never published; here its law is measured over examples and classes.",
    ),
    limitations=(
        "A network that fails to fit may lack training and not parameters: thresholds are upper "
        "bounds, and controls with less training and another start say how tight.",
        "A threshold is interpolated between two sizes of a sweep; one beyond the sizes is known "
        "as a bound alone, and counts by censored regression.",
        "The law of other networks and optimisers may differ.",
    ),
    changed=(
        "2026-11-27 (2b670c1): after the reference had shown that half the training moves the "
        "threshold of squared error with most examples, it trains four times as long there, at a "
        "lower rate, chosen on replicates 100 to 103, which no run has; the CNN ends at 100 "
        "channels and the MLP at 300 units, as published, and both have ten replicates.",
    ),
)
