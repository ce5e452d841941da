"""Does the activation transfer: small CNNs on MNIST-1D, on digits, and on MNIST and CIFAR-10."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor

from labs.activation.evaluation import drawn
from labs.activation.grid import NAME
from labs.activation.tabulated import Function
from labs.data import images
from labs.data.mnist1d import CLASSES, EXAMPLES, LENGTH
from labs.kit.seeds import seed, stream
from labs.nn.conv2d import Conv2d
from labs.nn.layers import Conv1d, Linear
from labs.nn.losses import cross_entropy
from labs.nn.nets import Net
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit, stacked

BATCH = 100
Arrays = dict[str, tuple[np.ndarray, np.ndarray]]
Tensors = dict[str, tuple[Tensor, Tensor]]


class SequenceNet(Net):
    """The benchmark's CNN, three convolutions of stride 2 with 25 channels, with any activation."""

    def __init__(self, members: int, function: Function) -> None:
        super().__init__(members)
        self.function = function
        self.first = Conv1d(members, 1, 25, 5, 2, 1)
        self.second = Conv1d(members, 25, 25, 3, 2, 1)
        self.third = Conv1d(members, 25, 25, 3, 2, 1)
        self.head = Linear(members, -(-LENGTH // 8) * 25, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = x.unsqueeze(-1)
        for conv in (self.first, self.second, self.third):
            h = self.function(conv(h))
        return self.head(h.flatten(2))


class ImageNet(Net):
    """Three 3 by 3 convolutions of stride 2 with 16, 32 and 32 channels, and a linear readout.

    Input (M, B, height, width, channels).
    """

    def __init__(self, members: int, function: Function, shape: Sequence[int]) -> None:
        height, width, channels = shape
        super().__init__(members, height=height, width=width, channels=channels)
        self.function = function
        self.first = Conv2d(members, channels, 16, 3, 2, 1)
        self.second = Conv2d(members, 16, 32, 3, 2, 1)
        self.third = Conv2d(members, 32, 32, 3, 2, 1)
        self.head = Linear(members, -(-height // 8) * -(-width // 8) * 32, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        for conv in (self.first, self.second, self.third):
            x = self.function(conv(x))
        return self.head(x.flatten(2))


class Result(NamedTuple):
    """For each member: mean training loss of the first epoch, test loss and accuracy in percent at
    the end, all at the rate with the least validation loss at the end."""

    first: Tensor
    final: Tensor
    accuracy: Tensor
    rate: Tensor


def transfer(
    task: str,
    function: Function,
    replicates: Sequence[int],
    *,
    examples: int,
    epochs: int,
    rates: Sequence[float],
    folder: str = "",
) -> Result:
    """Train CNNs with an activation, one for each replicate and rate (Adam), and choose the rate.

    Args:
        task: ``"mnist1d"``, ``"digits"``, ``"mnist"`` or ``"cifar10"``.
        function: elementwise on (M, ...), differentiable once.
        replicates: of the data set, the start and the batch order.
        examples: of the MNIST-1D data set.
        epochs: of training.
        rates: of Adam.
        folder: with the files of MNIST and CIFAR-10.
    """
    data = _data(task, replicates, examples, folder)  # its parts, a gigabyte of images, are gone
    runs = [_train(task, function, data, replicates, epochs, rate) for rate in rates]
    val, first, final, accuracy = (torch.stack(part) for part in zip(*runs, strict=True))
    best = val.nan_to_num(torch.inf).argmin(0, keepdim=True)
    first, final, accuracy = (part.gather(0, best)[0] for part in (first, final, accuracy))
    return Result(first, final, accuracy, torch.tensor(rates)[best[0]])


def _data(task: str, replicates: Sequence[int], examples: int, folder: str) -> Tensors:
    sets = [_load(task, replicate, examples, folder) for replicate in replicates]
    data: Tensors = {}
    for name in ("train", "val", "test"):
        x, y = stacked(own[name] for own in sets)
        data[name] = x, y
    return data


def _load(task: str, replicate: int, examples: int, folder: str) -> Arrays:
    if task == "mnist1d":
        parts = drawn(replicate, examples)
        x, y = parts["train"]
        return parts | {"train": (x[:EXAMPLES], y[:EXAMPLES])}
    return _digits(replicate) if task == "digits" else _images(replicate, task, folder)


def _train(
    task: str,
    function: Function,
    data: Tensors,
    replicates: Sequence[int],
    epochs: int,
    rate: float,
) -> tuple[Tensor, ...]:
    x, y = data["train"]
    members, shape = len(replicates), x.shape[2:]
    net: Net = (
        SequenceNet(members, function) if task == "mnist1d" else ImageNet(members, function, shape)
    )
    net.reset([seed(NAME, f"{task} start", replicate) for replicate in replicates])
    orders = [seed(NAME, f"{task} order", replicate) for replicate in replicates]
    losses: list[Tensor] = []

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        values = cross_entropy(logits, labels)
        losses.append(values.detach())  # with its graph each would hold on to memory
        return values

    epoch = -(-x.shape[1] // BATCH)
    for _ in fit(
        net,
        x,
        y,
        optimizer=Optimizer(net, torch.optim.Adam, lr=rate),
        steps=epochs * epoch,
        every=epochs * epoch,
        batch=BATCH,
        shuffles=[torch.Generator().manual_seed(order) for order in orders],
        loss=loss,
    ):
        pass
    first = torch.stack(losses[:epoch]).mean(0).double()
    val, test = (evaluate(net, *data[name]) for name in ("val", "test"))
    return val.loss, first, test.loss, test.accuracy


@lru_cache(maxsize=16)
def _digits(replicate: int) -> Arrays:
    digits = load_digits()
    order = stream(NAME, "digits split", replicate).permutation(len(digits.target))
    x = _standard(digits.images[order, :, :, None], 1200)
    y = digits.target[order].astype(np.int64)
    cuts = {"train": slice(0, 1200), "val": slice(1200, 1400), "test": slice(1400, None)}
    return {name: (x[cut], y[cut]) for name, cut in cuts.items()}


def _images(replicate: int, task: str, folder: str) -> Arrays:
    train, test = images.READERS[task](folder)
    order = stream(NAME, f"{task} split", replicate).permutation(len(train.y))
    x = np.moveaxis(np.concatenate([train.x[order], test.x]), 1, -1)
    y = np.concatenate([train.y[order], test.y])
    held = len(order) - len(order) // 12
    x = _standard(x, held)
    cuts = {
        "train": slice(0, held),
        "val": slice(held, len(order)),
        "test": slice(len(order), None),
    }
    return {name: (x[cut], y[cut]) for name, cut in cuts.items()}


def _standard(x: np.ndarray, train: int) -> np.ndarray:
    """Mean 0 and standard deviation 1 over the training images, float32."""
    x = x.astype(np.float32)
    x -= x[:train].mean()
    x /= x[:train].std()
    return x
