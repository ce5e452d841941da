"""Can gradient descent find its own learning rate?

Training is a differentiable function of its hyper-parameters, so an outer loop can descend on
them.

Varied: what the outer loop tunes (one learning rate; a schedule, one rate for each part of
training; rate, weight decay and momentum together), where it starts, and the horizon, the number
of inner steps.

Measured: the optimum it finds, the mean training loss over the horizon, which is what it minimises,
and what the tuned settings do for starts and batch orders that they were not tuned on. A grid
search that takes no gradient judges the optimum. What the three ways to the hyper-gradient cost is
measured by `python -m labs.hyperparameters.cost`.

Sources: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 6; Bengio 2000, "Gradient-Based Optimization of Hyperparameters" (Neural Computation 12);
Maclaurin, Duvenaud & Adams 2015, "Gradient-based Hyperparameter Optimization through Reversible
Learning" (arXiv:1502.03492).

Inner problem: a network 40-50-10 with tanh, SGD, batches of 50 in fixed order. Replicate r redraws
the data set (seed 42 + r), which is also the batch order, and the starting weights (torch's seed
r); replicate 0 is the published run to the printed digits.
"""

from labs.hyperparameters.claims import CLAIMS
from labs.hyperparameters.grid import (
    NAME,
    PRESETS,
    Cell,
    Config,
    Record,
    cells,
    megabytes,
    members,
    seconds,
)
from labs.hyperparameters.method import METHOD
from labs.hyperparameters.numbers import NUMBERS
from labs.hyperparameters.pictures import PICTURES
from labs.hyperparameters.remarks import remarks
from labs.kit.lab import Deferred, Lab

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Can gradient descent find its own learning rate?",
    finding="Descending on the learning rate ends at one rate from both starts for {M1-published} "
    "(most: {M1-published:verdict}); the optimum is {M2-level} on average, where the one "
    "published run has 0.62 (0.61 to 0.63: {M2-level:verdict}). In fresh runs a schedule "
    "tuned this way saves {S-fresh} of mean training loss (above 0: {S-fresh:verdict}) "
    "and {S-test} of final test loss (above 0: {S-test:verdict}).",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 6; Maclaurin et al. 2015, "
    "arXiv:1502.03492",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.hyperparameters.training:train"),
    claims=CLAIMS,
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=("start", "replicate"),
    members=members,
    bench=Deferred("labs.hyperparameters.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
