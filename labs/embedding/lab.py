"""Are neighbours in signal space of one kind?

Varied: the data (MNIST-1D; scikit-learn's 8x8 digits beside it; MNIST where the reader has its
files) and the number of examples, for neighbours come closer as examples get more: MNIST-1D is
drawn at the published size, at the digits' size and at larger ones.
Measured: how often a vote of the 10 nearest training examples names a test example's class, beside
logistic regression (of MNIST-1D on 50,000 fresh examples, and on the published 1000); the share of
an example's 10 nearest neighbours that are of its class (purity) and the silhouette of the classes,
in signal space and in the t-SNE map of all examples.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 3 and its sentence that neighbours in pixel space are not semantically meaningful; 59.6 % of
10 nearest neighbours is the output stored in the authors' self-supervised notebook.
"""

from labs.embedding.claims import CLAIMS
from labs.embedding.grid import NAME, PRESETS, Cell, Config, Record, cells, megabytes, seconds
from labs.embedding.method import METHOD
from labs.embedding.numbers import NUMBERS
from labs.embedding.pictures import PICTURES
from labs.embedding.remarks import remarks
from labs.kit.lab import Deferred, Lab

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=2,
    question="Are neighbours in signal space of one kind?",
    finding="{E1-purity} of MNIST-1D's signals are of the signal's class (fewer "
    "than half: {E1-purity:verdict}), yet a vote of 10 reads {E2}, {E3} more than a linear readout "
    "(above 0: {E3:verdict}). In t-SNE maps the signals' classes have {E6-mnist1d} (no clusters: "
    "{E6-mnist1d:verdict}), those of MNIST, in a map of as many images, {E6-mnist}.",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 3",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.embedding.training:train"),
    claims=CLAIMS,
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=(),  # nothing trains together: a data set is a job of its own
    members=1,
    remarks=remarks,
    method=METHOD,
)
