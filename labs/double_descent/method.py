"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "Networks of one family are trained in many sizes, from too small to fit the training set to "
    "far larger, with clean or noisy labels, and with cross-entropy or squared error for several "
    "numbers of examples and classes, which are ten digits merged or the first digits alone; with "
    "cross-entropy also a CNN, a GRU and a transformer. Measured are error and loss on training "
    "and test data over training, and the interpolation threshold, the smallest size at which the "
    "training set is fitted. Where a valley or a peak is measured, the other replicates say where "
    "it lies. The networks of a replicate share data, start, batch order and noise.",
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
        "as a bound alone, and counts by censored regression. A peak at the last size, of which "
        "nobody knows whether it is one, counts as that size (DD6-where).",
        "Near a threshold the count of errors falls from many to none within a step of the sweep: "
        "thresholds are known to about a step, up to half an octave of parameters, which the "
        "interval over replicates does not show.",
        "With squared error effort goes with n: the most examples have four times the steps, at a "
        "quarter of the rate, fewer examples do not. What more training would move at these is in "
        "the slope over n; half the training is controlled at two n, with two classes alone.",
        "Two classes by dropping digits are one pair, 0 against 1, and five are 0 to 4: how hard "
        "other digits are to tell apart is in the slope over K.",
        "The law of other networks and optimisers may differ.",
    ),
    left_out=(
        "The place of its threshold may explain some advantage of log-likelihood over squared "
        "error (2020): it is a guess, and no measure of the advantage is named.",
        "The line of the threshold at 10,000 parameters (figure of 2020): the number of examples "
        "was not published, so that it tells no law; DD6-where judges the peak.",
        "The levels of loss in the figure of 2020: data, optimiser and length were not published "
        "and are inferred from it; ratios and the place of the peak are judged.",
        "The outputs of version 4, of 1000 epochs and as many test as training examples: version 5 "
        "put others in their place, and these are compared.",
        "The experiment takes 30 minutes on a GPU or an hour on a CPU: a time is of a machine and "
        "a program.",
    ),
    changed=(
        "2026-11-27 (2b670c1): after the reference had shown that half the training moves the "
        "threshold of squared error with 4000 examples, it trains four times as long there, at a "
        "lower rate, chosen by training losses of replicates 100 and 101, which no run has. For "
        "its cost five classes went there, which moves DD5-mse-k, open until then at 1.164 [1.074, "
        "1.255], and so did widths below 0.55 n (K - 1) and above n K (before, 0.25 n to 1.42 n "
        "K).",
        "2026-11-27 (2b670c1): after the reference had thresholds of cross-entropy above the "
        "widths at 250 examples, these go from 0.5 n to 5.66 n there (before, 0.25 n to 2 n).",
        "2026-11-27 (2b670c1): after the reference, in full the CNN ends at 100 channels (before, "
        "55) and the MLP with label noise at 300 units (177), as published; with clean labels the "
        "MLP ends at 104 (177); and CNNs have ten replicates (five), as MLPs had.",
        "2026-11-27 (c539530): while full trained by these rules, and before its results were "
        "looked at, networks were added to it: CNNs of 28, 35 and 50 channels, the narrowest MLPs "
        "of two digits with cross-entropy, whose place was sought on replicates 100 to 103, and "
        "half the training of squared error with two classes at 1000 examples.",
        "2026-11-27 (24f4cd9): after a reference, and before it was made again, DD3-noise-error, "
        "DD3-cnn-error and DD6-cnn were added, sentences of the source that nothing had judged, "
        "and for the last one the CNNs of 2020 in nine sizes.",
        "2026-11-27 (4f2f1ce): the reference was made again since sums round otherwise (0.3.0), by "
        "which every long training becomes another. DD7-cnn, open before, holds since; DD6-where "
        "and DD6-fall, which held, and DD8-fall, which was contradicted, are open; no rule "
        "changed.",
    ),
)
