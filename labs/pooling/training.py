"""Training: the replicates of one arm with one number of examples, side by side."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import torch

from labs.data import mnist1d
from labs.kit.seeds import seed
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit, stacked
from labs.pooling.grid import ARMS, NAME, Cell, Record
from labs.pooling.nets import PoolNet
from labs.pooling.published import BATCH, RATE

SEEN = 1000  # training examples on which training accuracy is measured
CHUNK = 200  # examples evaluated at a time: what one member computes of them stays in its cache


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell."""
    cell = cells[0]
    arm = ARMS[cell.arm]
    net = PoolNet(len(cells), arm.pool, arm.channels)
    net.reset([seed(NAME, "initialisation", c.replicate) for c in cells]).to(device)
    x, y, x_test, y_test = stacked(map(split, cells), device)
    training = fit(
        net,
        x,
        y,
        optimizer=Optimizer(net, torch.optim.Adam, lr=RATE),
        steps=cell.steps + cell.further,
        every=cell.every,
        batch=BATCH,
    )
    steps: list[int] = []
    curve: list[list[float]] = []
    for step in training:
        steps.append(step)
        curve.append(evaluate(net, x_test, y_test, CHUNK).accuracy.tolist())
        if step == cell.steps:
            seen = evaluate(net, x[:, :SEEN], y[:, :SEEN], CHUNK).accuracy.tolist()
    last = steps.index(cell.steps)
    for own, final_train in zip(map(list, zip(*curve, strict=True)), seen, strict=True):
        yield Record(steps, own, own[last], own[-1], final_train, net.parameter_count())


def split(cell: Cell) -> tuple[np.ndarray, ...]:
    """A cell's training set and the test set that all sizes share: x (n, 40) float32, y (n,) int64,
    x_test and y_test."""
    x, y, x_test, y_test = drawn(cell.replicate, cell.drawn, cell.test_examples)
    return x[: cell.examples], y[: cell.examples], x_test, y_test


@lru_cache(maxsize=16)
def drawn(replicate: int, examples: int, test_examples: int) -> tuple[np.ndarray, ...]:
    """The one draw of a replicate: as `split`, with the training examples of the largest size."""
    data = mnist1d.drawn(
        mnist1d.SEED + replicate, train=examples, test=test_examples, stream="fast"
    )
    return *data.train, *data.test
