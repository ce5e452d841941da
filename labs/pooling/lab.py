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
from labs.pooling.grid import NAME, PRESETS, Cell, Config, Record, cells, megabytes, seconds
from labs.pooling.method import METHOD
from labs.pooling.numbers import NUMBERS
from labs.pooling.pictures import PICTURES
from labs.pooling.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="When does pooling help?",
    finding="With 1,000 training examples pooling gains {P1} (more than 12: {P1:verdict}), with "
    "50,000 {P3-hinders} (below 0, it hinders: {P3-hinders:verdict}; no difference, -1.5 to 2.5: "
    "{P3:verdict}). Stride in its place changes accuracy by {P4} at its best size (below 0: "
    "{P4:verdict}).",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 9",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.pooling.training:train"),
    claims=CLAIMS,
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    members=10,
    bench=Deferred("labs.pooling.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
