"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.embedding.figure import datasets, neighbours, sizes
from labs.kit.lab import Picture

PICTURES = {
    "neighbours": Picture(
        neighbours,
        "Maps by t-SNE, in which neighbours stay neighbours: (a) the signals of MNIST-1D and (b) "
        "scikit-learn's images of digits, 8 by 8 pixels. A point is an example, its colour the "
        "digit, a number stands where its digit is densest. Where classes are clusters, colours "
        "lie apart; the silhouette measures it, from -1 to 1. Below: of signals as they lie, "
        "without a map: how many a vote of their 10 nearest training examples reads, {E2} (about "
        "59.6: {E2:verdict}), and how many of an example's 10 nearest "
        "neighbours are of its class, {E1-purity} (fewer than half: {E1-purity:verdict}). "
        "Nothing was trained.",
    ),
    "sizes": Picture(
        sizes,
        "(a) Test accuracy on MNIST-1D over the number of training examples, by a vote of the 10 "
        "nearest of them and by logistic regression, a linear readout; the published values are of "
        "4,000 examples, where the vote has {E2}. The more examples, the closer the neighbours. "
        "Bands are 95 % intervals over data sets drawn anew. (b) By how much "
        "neighbours read more signals than logistic regression, {E3} (above 0: {E3:verdict}), and "
        "more images than signals where both have as many examples, {E5} (above 32: {E5:verdict}).",
    ),
    "datasets": Picture(
        datasets,
        "Signals of MNIST-1D beside images of digits, 8 by 8 pixels (and MNIST, where a reader has "
        "its files), the signals also with as few examples as there are digits. (a) Test accuracy "
        "of a vote of 10 neighbours and of logistic regression. (b) How many of an example's 10 "
        "nearest neighbours are of its class, by distances of signals or pixels and in the t-SNE "
        "map. (c) How well the classes are clusters of the map: {E6-mnist1d} of signals (below "
        "0.25: {E6-mnist1d:verdict}), {E6-mnist} of as many of MNIST's images; "
        "none is about the digits.",
    ),
}
