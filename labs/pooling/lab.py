"""When does pooling help?

Varied: what two convolutions do between them and the readout (nothing, stride 2, or max, average
or L2 pooling over pairs of positions) and the number of training examples. Measured: accuracy in
percent on test examples, over training steps and at the end.

Controls: a net without pooling that has as few parameters as the pooled ones (stride 2 has exactly
as many), and a longer training with the largest set, where the published one is 12 epochs.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 9.
"""

from labs.kit.lab import Deferred, Lab
from labs.pooling.claims import CLAIMS
from labs.pooling.figure import curves, gains
from labs.pooling.grid import PRESETS, Cell, Config, Record, cells, seconds
from labs.pooling.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name="pooling",
    version=1,
    question="When does pooling help?",
    finding="With 1,000 training examples pooling gains {P1}, with 50,000 {P3}. Much with few "
    "examples: {P1:verdict}; not much difference with many: {P3:verdict}; stride is no better than "
    "no pooling: {P4:verdict}.",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 9",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    within=("replicate",),
    members=10,
    train=Deferred("labs.pooling.training:train"),
    claims=CLAIMS,
    remarks=remarks,
    figures={"curves": curves, "gains": gains},
    seconds=seconds,
    bench=Deferred("labs.pooling.speed:bench"),
    devices=Deferred("labs.nn:devices"),
)
