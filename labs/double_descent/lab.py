"""Does test error fall a second time past the interpolation threshold, and where does it lie?

Varied: the size of a network, from too small to fit its training set to far larger than needed;
clean labels or noisy ones; the loss (cross-entropy, NLL, or one-hot squared error, MSE), the
number n of training examples, the number K of classes (digits merged or dropped) and the
architecture. Measured: error and loss on training and test data over training time, and the
interpolation threshold: the smallest size, interpolated between those of the sweep, at which the
training set is fitted (no training error; with squared error also a training loss below 0.001).

Sources: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439v5),
Figure 5, and its first version of 2020, Figure 6, which said that the threshold lies at n K
parameters with squared error and at n with cross-entropy; the sentence was withdrawn in 2024 and
its squared-error figure never published.
"""

from labs.double_descent.claims import CLAIMS
from labs.double_descent.config import PRESETS, Config
from labs.double_descent.costs import megabytes, members, seconds
from labs.double_descent.grid import NAME, Cell, Record, cells
from labs.double_descent.method import METHOD
from labs.double_descent.numbers import NUMBERS
from labs.double_descent.pictures import PICTURES
from labs.double_descent.published import SOURCE
from labs.double_descent.remarks import remarks
from labs.kit.lab import Deferred, Lab

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=3,
    question="Does test error fall a second time past the interpolation threshold, and where does "
    "the threshold lie?",
    finding="With label noise the MLP's test error rises by {DD1-noise-rise} from its valley to a "
    "later peak (that it rises: {DD1-noise-rise:verdict}) and falls by {DD1-noise-fall} from there "
    "(that it falls: {DD1-noise-fall:verdict}). The threshold follows the number of examples with "
    "{DD5-nll-n} for cross-entropy (0.75 to 1.25: {DD5-nll-n:verdict}) and {DD5-mse-n} for squared "
    "error (the same: {DD5-mse-n:verdict}).",
    source=SOURCE,
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.double_descent.training:train"),
    claims=CLAIMS,
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=("sweep", "noise", "noise_kind", "start", "replicate"),
    members=members,
    bench=Deferred("labs.double_descent.speed:bench"),
    races=Deferred("labs.double_descent.races:races"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
