"""The data of the sweeps, and the training of one stack."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from labs.data import mnist1d
from labs.data.mnist1d import CLASSES, EXAMPLES, SEED
from labs.double_descent.grid import DROPPED, NAME, RATES, Cell, Record
from labs.double_descent.sizes import HEADS, PATCH, WIDE
from labs.kit.seeds import seed, stream
from labs.nn import nets
from labs.nn.losses import cross_entropy, squared_error
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit, stacked
from mnist1d.labels import flip_to_another_class, flip_to_any_class

FLIPS = {"any": flip_to_any_class, "another": flip_to_another_class}
LOSS = {"nll": cross_entropy, "mse": squared_error}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train networks of one size by one protocol; yields one record per cell."""
    cell = cells[0]
    net = network(cell, len(cells)).reset([_start(c) for c in cells]).to(device)
    x, y, x_test, y_test = stacked(map(split, cells), device)
    data = {"train": (x, y), "test": (x_test, y_test)}
    orders = [seed(NAME, "batch order", c.replicate) for c in cells]
    settings = {"lr": cell.rate} | ({"momentum": cell.momentum} if cell.momentum else {})
    loss, optimizer = LOSS[cell.loss], Optimizer(net, OPTIMIZERS[cell.optimizer], **settings)
    curves: dict[str, list[list[float]]] = defaultdict(list)
    for step in fit(
        net,
        x,
        y,
        optimizer=optimizer,
        steps=cell.steps,
        every=1,
        batch=cell.batch,
        shuffles=[torch.Generator().manual_seed(order) for order in orders],
        loss=loss,
    ):
        if cell.schedule == "cosine" and step % max(cell.steps // RATES, 1) == 0:
            optimizer.scale_rate((1 + math.cos(math.pi * step / cell.steps)) / 2)
        if step in cell.looks:
            for part, examples in data.items():
                scores = evaluate(net, *examples, loss=loss)
                curves[f"{part}_error"].append((100 - scores.accuracy).tolist())
                curves[f"{part}_loss"].append(scores.loss.tolist())
    epochs = [step / math.ceil(cell.examples / cell.batch) for step in cell.looks]
    for member in range(len(cells)):
        own: dict[str, Any] = {n: [look[member] for look in of] for n, of in curves.items()}
        final: dict[str, Any] = {f"final_{name}": curve[-1] for name, curve in own.items()}
        yield Record(epochs, **own, **final, parameters=net.parameter_count())


def network(cell: Cell, members: int) -> nets.Net:
    """A stack of the cell's networks."""
    if cell.net == "cnn":
        return nets.CNN(members, cell.size)
    if cell.net == "gru":
        return nets.GRUNet(members, cell.size)
    if cell.net == "transformer":
        return nets.Transformer(members, cell.size, HEADS, WIDE * cell.size, PATCH)
    depth = 1 if cell.net == "one" else 2
    return nets.MLP(members, cell.size, depth=depth, residual=False, classes=cell.outputs)


def _start(cell: Cell) -> int:
    purpose = f"initialisation {cell.start}" if cell.start else "initialisation"
    return seed(NAME, purpose, cell.replicate)


def split(cell: Cell) -> tuple[np.ndarray, ...]:
    """Training inputs (n, 40) float32 and labels (n,), and those of the test."""
    x, y, x_test, y_test = dropped(cell) if cell.digits == DROPPED else merged(cell)
    if cell.noise:
        rng = stream(NAME, "label noise", cell.replicate)
        y, _ = FLIPS[cell.noise_kind](y, cell.noise, rng=rng, classes=np.arange(cell.classes))
    if cell.whitened:
        x, x_test = whitened(x, x_test)
    return x, y, x_test, y_test


def merged(cell: Cell) -> tuple[np.ndarray, ...]:
    """The first examples of the replicate's data set, their labels the digits modulo K; as `split`
    returns it, without noise."""
    x, y, x_test, y_test = drawn(cell.replicate, max(cell.examples, EXAMPLES), cell.test_examples)
    n = cell.examples
    return x[:n], y[:n] % cell.classes, x_test, y_test % cell.classes


def dropped(cell: Cell) -> tuple[np.ndarray, ...]:
    """The first examples of digits below K of a data set large enough; as `split` returns it,
    without noise.

    Raises:
        ValueError: a draw with fewer of these digits, which a spare fifth makes improbable.
    """
    sizes = cell.examples, cell.test_examples
    drawn_of = (round(1.2 * size * CLASSES / cell.classes) for size in sizes)
    x, y, x_test, y_test = drawn(cell.replicate, *drawn_of)
    parts = zip((x, x_test), (y, y_test), sizes, strict=True)
    pairs = [_first(*part, cell.classes) for part in parts]
    return *pairs[0], *pairs[1]


def _first(x: np.ndarray, y: np.ndarray, size: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    kept = np.flatnonzero(y < classes)[:size]
    if len(kept) < size:
        raise ValueError(f"digits below {classes} must be {size} at least, got {len(kept)}")
    return x[kept], y[kept]


@lru_cache(maxsize=32)
def drawn(replicate: int, examples: int, test_examples: int) -> tuple[np.ndarray, ...]:
    """The data set of a replicate, as `split` returns it."""
    data = mnist1d.drawn(SEED + replicate, train=examples, test=test_examples)
    return *data.train, *data.test


def whitened(x: np.ndarray, x_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inputs with mean 0 and unit covariance on the training set.

    A first layer can undo an invertible map of its inputs: the same functions, the same number of
    parameters, but far easier to fit.
    """
    mean = x.mean(0)
    _, scale, axes = np.linalg.svd(x - mean, full_matrices=False)
    whiten = (axes.T / scale * len(x) ** 0.5).astype(np.float32)
    return (x - mean) @ whiten, (x_test - mean) @ whiten
