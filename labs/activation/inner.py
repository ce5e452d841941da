"""The inner loop: a stack of MLPs trained for some hundred steps.

Each network is 40-128-10 with an activation f, trained by RMSprop as upstream writes it (second
moment 1 at the start, no bias correction). After the activation a noise is added, one number for
each hidden unit and step, the same for all examples of the batch.

Gradients are written out, over memory that the next step uses again. Large products are numpy's
(`labs.nn.products`); of ten rows or columns torch's take less where there is AVX2 only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from labs.activation.tabulated import Function
from labs.data.mnist1d import CLASSES, LENGTH
from labs.nn.products import product
from labs.nn.training import batch_indices

HIDDEN, BATCH = 128, 100
SHAPES = ((LENGTH + 1, HIDDEN), (CLASSES, HIDDEN), (CLASSES, 1))
SIZES = [rows * columns for rows, columns in SHAPES]
DECAY, EPSILON = 0.4, 1e-8  # of RMSprop
TINY = 1e-30  # far below EPSILON squared; keeps moments of dead units out of the slow subnormals

ValueAndSlope = Callable[[Tensor], tuple[Tensor, Tensor]]


class Batch(NamedTuple):
    """Inputs (M, B, 41) float32, the last of them 1, and labels (M, 1, B) int64."""

    x: Tensor
    y: Tensor


class Examples(NamedTuple):
    """The training set of each member: inputs (M, n, 41), the last of them 1, and labels (M, n)."""

    x: Tensor
    y: Tensor

    def batches(
        self, steps: int, shuffles: Sequence[torch.Generator | None] | None = None
    ) -> Iterator[Batch]:
        """One batch for each step, in the fixed cyclic order or in that of the generators."""
        members, n, _ = self.x.shape
        offsets = torch.arange(members).unsqueeze(1) * n
        orders = batch_indices(n, BATCH, steps, shuffles or [None] * members)
        for indices in orders:
            rows = (indices + offsets).flatten()
            x = self.x.flatten(0, 1).index_select(0, rows).unflatten(0, indices.shape)
            y = self.y.flatten().index_select(0, rows).unflatten(0, indices.shape)
            yield Batch(x, y.unsqueeze(1))


class Layers(NamedTuple):
    """The weights of a stack, or derivatives by them: all of them (M * 6538,), and as views of it
    the first layer (M, 41, 128) with the bias in its last row, the second (M, 10, 128) and its bias
    (M, 10, 1)."""

    flat: Tensor
    first: Tensor
    second: Tensor
    bias: Tensor

    @classmethod
    def of(cls, flat: Tensor, members: int) -> Layers:
        """Those of these numbers."""
        parts = flat.split([members * size for size in SIZES])
        views = (part.view(members, *shape) for part, shape in zip(parts, SHAPES, strict=True))
        return cls(flat, *views)

    @classmethod
    def blank(cls, members: int, dtype: torch.dtype) -> Layers:
        """Room for them."""
        return cls.of(torch.empty(members * sum(SIZES), dtype=dtype), members)

    def clone(self) -> Layers:
        """The same numbers in memory of their own."""
        return Layers.of(self.flat.clone(), len(self.first))


class Room(NamedTuple):
    """Memory of one step that the next uses again: the hidden units before the activation (M, B,
    128), the loss's derivatives by them, and the probabilities (M, 10, B)."""

    before: Tensor
    by_input: Tensor
    probability: Tensor

    @classmethod
    def blank(cls, members: int, dtype: torch.dtype) -> Room:
        """For a stack of this size."""
        before, by_input = (torch.empty(members, BATCH, HIDDEN, dtype=dtype) for _ in range(2))
        return cls(before, by_input, torch.empty(members, CLASSES, BATCH, dtype=dtype))


def start(generators: Sequence[torch.Generator], dtype: torch.dtype = torch.float32) -> Layers:
    """Weights of networks that start as torch's `Linear` layers do, in their order."""
    weights = Layers.blank(len(generators), dtype)
    for member, generator in enumerate(generators):

        def draw(inputs: int, *shape: int, generator: torch.Generator = generator) -> Tensor:
            return torch.empty(shape).uniform_(-(inputs**-0.5), inputs**-0.5, generator=generator)

        weights.first[member, :-1] = draw(LENGTH, HIDDEN, LENGTH).T
        weights.first[member, -1] = draw(LENGTH, HIDDEN)
        weights.second[member] = draw(HIDDEN, CLASSES, HIDDEN)
        weights.bias[member, :, 0] = draw(HIDDEN, CLASSES)
    return weights


def elementwise(function: Function) -> ValueAndSlope:
    """Value and slope of a function that torch can differentiate."""

    def activation(x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            value = function(x)
            (slope,) = torch.autograd.grad(value, x, torch.ones_like(value))
        return value.detach(), slope

    return activation


@torch.no_grad()
def fit(
    weights: Layers,
    batches: Iterable[Batch],
    shifts: Iterable[Tensor | float],
    activation: ValueAndSlope,
    rate: Tensor,
) -> tuple[Tensor, Layers]:
    """Train, and forget how.

    Args:
        weights: at the start; they stay.
        batches: one for each step.
        shifts: for each step what is added after the activation, of shape (M, 1, 128) or (M, 1, 1).
        activation: elementwise.
        rate: (M, 1).

    Returns:
        the losses before each step (steps, M), and the last weights.
    """
    members, dtype, losses = len(weights.first), weights.flat.dtype, []
    now, gradient = weights.clone(), Layers.blank(members, dtype)
    moment, root = torch.ones_like(now.flat), torch.empty_like(now.flat)
    room, rates = Room.blank(members, dtype), everywhere(rate)
    for batch, shift in zip(batches, shifts, strict=True):
        value, slope = activation(product(batch.x, now.first, room.before))
        losses.append(differentiate(now, batch, value, slope, shift, gradient, room))
        update(now.flat, moment, gradient.flat, rates, root, now.flat)
    return torch.stack(losses), now


@torch.no_grad()
def accuracy(
    weights: Layers, examples: Examples, function: Function, shift: Tensor | float = 0.0
) -> Tensor:
    """Right answers in percent (M,), with a shift of the hidden units as in `fit`."""
    hidden = function(product(examples.x, weights.first)) + shift
    right = logits(weights, hidden).argmax(1) == examples.y
    return 100 * right.double().mean(1)


def everywhere(rate: Tensor) -> Tensor:
    """Each member's rate (M, 1) for each of its weights, as `Layers.flat` has them."""
    members = len(rate)
    return torch.cat([rate.expand(members, size).flatten() for size in SIZES])


def logits(weights: Layers, hidden: Tensor) -> Tensor:
    """Of hidden units (M, B, 128), (M, 10, B): softmax over a short last axis is slow."""
    return torch.bmm(weights.second, hidden.mT).add_(weights.bias)


def differentiate(
    weights: Layers,
    batch: Batch,
    value: Tensor,
    slope: Tensor,
    shift: Tensor | float,
    gradient: Layers,
    room: Room,
) -> Tensor:
    """The loss (M,) of one step, from the activation's value and slope (M, B, 128). The value
    becomes the hidden layer in place; the gradient, and what `Room` names, are written there."""
    hidden = value.add_(shift)
    log_p = logits(weights, hidden).log_softmax(1)
    by_logits = residual(torch.exp(log_p, out=room.probability), batch.y)
    torch.bmm(by_logits.mT, weights.second, out=room.by_input).mul_(slope)
    by_weights(batch.x, room.by_input, hidden, by_logits, gradient)
    return -log_p.gather(1, batch.y).mean((1, 2))


def residual(probability: Tensor, y: Tensor) -> Tensor:
    """The derivative of the mean cross-entropy by the logits."""
    minus = probability.new_full(y.shape, -1)
    return probability.scatter_add(1, y, minus).div_(y.shape[-1])


def by_weights(x: Tensor, by_input: Tensor, hidden: Tensor, by_logits: Tensor, out: Layers) -> None:
    """A derivative by the weights, from those by the activation's input and by the logits."""
    product(x.mT, by_input, out.first)
    torch.bmm(by_logits, hidden, out=out.second)
    torch.sum(by_logits, 2, keepdim=True, out=out.bias)


def update(
    weights: Tensor, moment: Tensor, gradient: Tensor, rates: Tensor, root: Tensor, out: Tensor
) -> None:
    """One step of RMSprop, all (M * 6538,): the moment in place, its root, and into `out` the
    weights, which it may be."""
    moment.mul_(DECAY).addcmul_(gradient, gradient, value=1 - DECAY).add_(TINY)
    scaled = gradient / torch.sqrt(moment, out=root).add(EPSILON)
    torch.addcmul(weights, scaled, rates, value=-1, out=out)
