"""Which layer holds the digit when no label was used?

Varied: the projector between the convolutions and the loss of a SimCLR encoder (the published one
of two layers, none, a deep one of four), the loss (InfoNCE in one direction, as upstream has it, or
the full NT-Xent), the random offset among the augmentations, which the text omits, and whether the
test inputs are trained on too, as the text says and the code does not; and labels: the same
convolutions trained to classify. Measured: test accuracy in percent of a linear classifier and of
10 nearest neighbours fitted to each layer's representation of the labelled training set; of the
former on 5000 examples, the published 1000 and 4000 fresh draws of the same law.

Layer 0 is the signal, layers 1 to 3 are the rectified convolutions, then come the projector's
layers (rectified but for the last, the embedding). Without a projector layer 3 is the embedding.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 8. Replicate r redraws the data set (seed 42 + r; replicate 0 is the published one), the
starting weights, the batch order and the views; its arms share them.
"""

from labs.kit.lab import Deferred, Lab
from labs.self_supervised.claims import CLAIMS
from labs.self_supervised.grid import (
    MEMBERS,
    NAME,
    PRESETS,
    Cell,
    Config,
    Record,
    cells,
    megabytes,
    seconds,
)
from labs.self_supervised.method import METHOD
from labs.self_supervised.numbers import NUMBERS
from labs.self_supervised.pictures import PICTURES
from labs.self_supervised.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Which layer holds the digit when no label was used?",
    finding="Without labels an encoder's last convolution tells a linear probe {S1} of the digits "
    "(82 ± 2: {S1:verdict}), and its projector then loses {S2} (above 0: {S2:verdict}). The "
    "best convolution leads all other layers by {S3-default} (above 0: {S3-default:verdict}), the "
    "second of them leads by {S3-second} (above 0: {S3-second:verdict}).",
    source="Greydanus & Kobak 2024, arXiv:2011.14439v5, Figure 8",
    presets=PRESETS,
    looks={"full": (12, 24)},
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.self_supervised.training:train"),
    claims=CLAIMS,
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=("mapped", "replicate"),
    members=MEMBERS,
    bench=Deferred("labs.self_supervised.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
