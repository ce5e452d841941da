"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.pooling.figure import curves, gains, kinds, longer

PICTURES = {
    "gains": Picture(
        gains,
        "Small convolutional networks with pooling, with stride or with neither, trained on 1,000 "
        "to 50,000 signals of MNIST-1D. (a) How many points of test accuracy pooling (mean of "
        "max, average and L2) and stride gain over neither, by the number of training examples (k: "
        "thousand): at 1,000 pooling gains {P1} (more than 12: {P1:verdict}). Without pooling a "
        "network has 2.8 times the parameters; the dotted line compares with one that has as many. "
        "(b) The claims on small differences: with 50,000 examples pooling gains {P3-hinders} "
        "(below 0, it hinders: {P3-hinders:verdict}; between -1.5 and 2.5: {P3:verdict}).",
    ),
    "kinds": Picture(
        kinds,
        "(a) Points of test accuracy that each kind of pooling gains over no pooling, by the "
        "number of training examples (k: thousand). (b) Points must shrink where all networks "
        "near 100 %; ratios of errors need not: errors of networks without pooling per error with "
        "it, above 1 where pooling is ahead. (c) How the gain changes with ten times the examples, "
        "{P2} (below 0: {P2:verdict}), and (d) the ratio, in octaves, doublings, {P2-ratio} (below "
        "0: {P2-ratio:verdict}). Bands are 95 % intervals over replicates.",
    ),
    "curves": Picture(
        curves,
        "Test accuracy over training steps, a panel for every number of training examples, of "
        "small convolutional networks without pooling, with stride 2, and with three kinds of "
        "pooling; 8 channels have as few parameters as the pooled ones. Every panel has its own "
        "vertical axis, which shows the last part of the way. Crosses are the accuracies stored by "
        "the authors at the end of one training of each. Lines are means, bands 95 % intervals "
        "over replicates, each with data, start and order of its own.",
    ),
    "longer": Picture(
        longer,
        "Does pooling hinder where data are plenty and training goes on? (a) Test accuracy over "
        "training steps with the most examples, twice as long as published; crosses are the "
        "published accuracies. (b) What pooling gains after the published steps, {P3-hinders} "
        "(below 0: {P3-hinders:verdict}), and after the longer training, {P5-longer} (below 0: "
        "{P5-longer:verdict}). Where no network was trained for longer, (a) is empty.",
    ),
}
