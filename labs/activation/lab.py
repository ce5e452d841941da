"""Can gradient descent find its own nonlinearity?

An MLP 40-128-10 is trained for 301 steps with an activation that has parameters of its own; these
follow the gradient of the mean training loss of the last 200 steps, through the whole training.
Varied: how the activation is learned (as published, on one start and batch order of the network
again and again; on a fresh start and order every time; as published but without the noise that the
published code calls important), and the six usual activations beside it. Measured: test accuracy
of fresh networks at the published learning rate and at the best of each activation, after 301
steps and after 2000; the shape of what was learned; its rank among the six in small CNNs on
MNIST-1D, on scikit-learn's 8x8 digits and, where `data_dir` holds them, on MNIST and CIFAR-10.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 7; Greydanus 2020 (version 1) and the released notebook for the transfer. Replicate r redraws
the data set (seed 42 + r; replicate 0 is the published run, number for number), the activation's
and the networks' starts, the batch orders and the noise; its arms share them. A cell is one
activation in one replicate, with all the networks that were trained to learn and to judge it.
"""

from labs.activation.claims import CLAIMS
from labs.activation.grid import (
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
from labs.activation.method import METHOD
from labs.activation.numbers import NUMBERS
from labs.activation.pictures import PICTURES
from labs.activation.remarks import remarks
from labs.kit.lab import Deferred, Lab

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Can gradient descent find its own nonlinearity?",
    finding="In fresh networks an activation learned by gradient descent leads ReLU by {A1-relu} "
    "after the published training (more than 5: {A1-relu:verdict}), by {A2-long-paper} after a "
    "longer one at the best rate of each (more than 5: {A2-long-paper:verdict}). In the "
    "first epoch of a CNN on MNIST-1D it stands, among seven activations, at {A6-1st-mnist1d} "
    "by training loss (first or second: {A6-1st-mnist1d:verdict}), and after training at "
    "{A6-end-mnist1d} by test loss (third to fifth: {A6-end-mnist1d:verdict}).",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 7; 2011.14439v1 (2020), Section on "
    "activation functions",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.activation.training:train"),
    claims=CLAIMS,
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    members=members,
    bench=Deferred("labs.activation.speed:bench"),
    races=Deferred("labs.activation.races:races"),
    remarks=remarks,
    method=METHOD,
)
