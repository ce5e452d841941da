"""The inner loop: a stack of MLPs trained for some hundred steps, and the way back through it.

Each network is 40-128-10 with an activation f, trained by RMSprop as upstream writes it (second
moment 1 at the start, no bias correction). After the activation a noise is added, one number for
each hidden unit and step, the same for all examples of the batch.

The way back (reverse mode) is written out. Let g be the gradient of a step's loss by the weights
and u the adjoint of g, that is, the outer objective's derivative by it. What g depends on, the
weights and f, has as adjoint its derivative of <u, g>; and <u, g> is the loss's derivative in the
direction u. So one pass of directional derivatives, forward and then backward (a Hessian-vector
product), gives them at the cost of about one more step and without a graph. f enters it by value
and slope at each unit and example, whose adjoints go to its table (`labs.activation.tabulated`).

Weights are one vector per member, (M, 6538): first layer (41, 128) with the bias in its last row,
second layer (10, 128), its bias (10, 1).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from labs.activation.tabulated import Function, Look, Tabulated
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


class Saved(NamedTuple):
    """What the way back needs of one step."""

    batch: Batch
    weights: Tensor
    gradient: Tensor
    moment: Tensor  # after the step
    probability: Tensor
    look: Look  # its value is the hidden layer, noise included


def start(generators: Sequence[torch.Generator], dtype: torch.dtype = torch.float32) -> Tensor:
    """Weights (M, 6538) of networks that start as torch's `Linear` layers do, in their order."""
    weights = torch.empty(len(generators), sum(SIZES), dtype=dtype)
    first, second, bias = split(weights)
    for member, generator in enumerate(generators):

        def draw(inputs: int, *shape: int, generator: torch.Generator = generator) -> Tensor:
            return torch.empty(shape).uniform_(-(inputs**-0.5), inputs**-0.5, generator=generator)

        first[member, :-1] = draw(LENGTH, HIDDEN, LENGTH).T
        first[member, -1] = draw(LENGTH, HIDDEN)
        second[member] = draw(HIDDEN, CLASSES, HIDDEN)
        bias[member, :, 0] = draw(HIDDEN, CLASSES)
    return weights


def split(weights: Tensor) -> list[Tensor]:
    """First layer (M, 41, 128), second layer (M, 10, 128) and its bias (M, 10, 1), as views."""
    parts = weights.split(SIZES, dim=1)
    return [part.unflatten(1, shape) for part, shape in zip(parts, SHAPES, strict=True)]


class Pass(NamedTuple):
    """Of one step: loss (M,), its gradient (M, 6538), probabilities (M, 10, B)."""

    loss: Tensor
    gradient: Tensor
    probability: Tensor


def elementwise(function: Function) -> ValueAndSlope:
    """Value and slope of a function that torch can differentiate."""

    def activation(x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            value = function(x.requires_grad_())
            (slope,) = torch.autograd.grad(value, x, torch.ones_like(value))
        return value.detach(), slope

    return activation


@torch.no_grad()
def fit(
    weights: Tensor,
    batches: Iterable[Batch],
    shifts: Iterable[Tensor | float],
    activation: ValueAndSlope,
    rate: Tensor,
) -> tuple[Tensor, Tensor]:
    """Train, and forget how.

    Args:
        weights: (M, 6538).
        batches: one for each step.
        shifts: for each step what is added after the activation, of shape (M, 1, 128) or (M, 1, 1).
        activation: elementwise.
        rate: (M, 1).

    Returns:
        the losses before each step (steps, M), and the last weights.
    """
    losses, moment = [], torch.ones_like(weights)
    for batch, shift in zip(batches, shifts, strict=True):
        here = differentiate(weights, batch, *activation(before(weights, batch)), shift)
        losses.append(here.loss)
        weights, moment = update(weights, moment, here.gradient, rate)
    return torch.stack(losses), weights


class Unrolled:
    """A training that can be differentiated: memory for `steps` steps of M networks, used again.

    Args:
        members: networks M.
        steps: of training.
        dtype: of the weights and activations.
    """

    def __init__(self, members: int, steps: int, dtype: torch.dtype = torch.float32) -> None:
        self._looks = [Look.blank(members, BATCH, HIDDEN, dtype=dtype) for _ in range(steps)]
        self._saved: list[Saved] = []

    @torch.no_grad()
    def fit(
        self,
        weights: Tensor,
        batches: Iterable[Batch],
        shifts: Iterable[Tensor | float],
        table: Tabulated,
        rate: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """As the function `fit`, with a tabulated activation."""
        self._saved.clear()
        self._table, self._rate = table, rate
        losses, moment = [], torch.ones_like(weights)
        for batch, shift, room in zip(batches, shifts, self._looks, strict=True):
            look = table.look(before(weights, batch), room)
            here = differentiate(weights, batch, look.value, look.slope, shift)
            losses.append(here.loss)
            old = weights
            weights, moment = update(weights, moment, here.gradient, rate)
            self._saved.append(Saved(batch, old, here.gradient, moment, here.probability, look))
        return torch.stack(losses), weights

    @torch.no_grad()
    def backward(self, first: int) -> Tensor:
        """Differentiate each member's mean loss over the steps from `first` on; once per `fit`.

        The table accumulates the derivatives by its values and slopes; those by each step's shift,
        one for all hidden units, are returned, (steps, M).
        """
        steps = len(self._saved)
        weights, moment = (torch.zeros_like(self._saved[0].weights) for _ in range(2))
        shifts = []
        for step in reversed(range(steps)):
            saved = self._saved.pop()
            by_gradient, moment = update_backward(saved, weights, moment, self._rate)
            share = 1 / (steps - first) if step >= first else 0.0
            more, shift = step_backward(saved, by_gradient, share, self._table)
            weights += more
            shifts.append(shift)
        return torch.stack(shifts[::-1])


@torch.no_grad()
def accuracy(
    weights: Tensor, examples: Examples, function: Function, shift: Tensor | float = 0.0
) -> Tensor:
    """Right answers in percent (M,), with a shift of the hidden units as in `fit`."""
    first, second, bias = split(weights)
    hidden = function(product(examples.x, first)) + shift
    right = _logits(hidden, second, bias).argmax(1) == examples.y
    return 100 * right.double().mean(1)


def _logits(hidden: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    # Classes before examples: softmax over a short last axis is slow.
    logits = product(hidden, weight.transpose(1, 2)).add_(bias.transpose(1, 2))
    return logits.transpose(1, 2)


def before(weights: Tensor, batch: Batch) -> Tensor:
    """What the hidden units have before the activation, (M, B, 128)."""
    return product(batch.x, split(weights)[0])


def differentiate(
    weights: Tensor, batch: Batch, value: Tensor, slope: Tensor, shift: Tensor | float
) -> Pass:
    """Loss and gradient of one step, from the activation's value and slope (M, B, 128); the value
    becomes the hidden layer in place."""
    _, second, bias = split(weights)
    hidden = value.add_(shift)
    log_p = _logits(hidden, second, bias).log_softmax(1)
    loss = -log_p.gather(1, batch.y).mean((1, 2))
    probability = log_p.exp_()
    by_logits = _residual(probability, batch.y)
    by_input = product(by_logits.transpose(1, 2), second).mul_(slope)
    gradient = torch.empty_like(weights)
    _by_weights(gradient, batch.x, by_input, hidden, by_logits)
    return Pass(loss, gradient, probability)


def _residual(probability: Tensor, y: Tensor) -> Tensor:
    """The derivative of the mean cross-entropy by the logits."""
    minus = probability.new_full(y.shape, -1)
    return probability.scatter_add(1, y, minus).div_(y.shape[-1])


def _by_weights(
    out: Tensor, x: Tensor, by_input: Tensor, hidden: Tensor, by_logits: Tensor
) -> None:
    first, second, bias = split(out)
    product(x.transpose(1, 2), by_input, first)
    product(by_logits, hidden, second)
    torch.sum(by_logits, 2, keepdim=True, out=bias)


def update(
    weights: Tensor, moment: Tensor, gradient: Tensor, rate: Tensor
) -> tuple[Tensor, Tensor]:
    """One step of RMSprop; rate (M, 1)."""
    moment = (moment * DECAY).addcmul_(gradient, gradient, value=1 - DECAY).add_(TINY)
    scaled = gradient / moment.sqrt().add_(EPSILON)
    return torch.addcmul(weights, scaled, rate, value=-1), moment


def update_backward(
    saved: Saved, by_weights: Tensor, by_moment: Tensor, rate: Tensor
) -> tuple[Tensor, Tensor]:
    """From derivatives by a step's new weights and moment to those by its gradient and by the
    moment before it. (That by the new weights is one by the old weights, too.)"""
    root = saved.moment.sqrt()
    below = root + EPSILON
    scaled = (by_weights * rate).div_(below)
    by_moment = by_moment + (scaled * saved.gradient).div_(root.mul_(below)).mul_(0.5)
    by_gradient = (by_moment * saved.gradient).mul_(2 * (1 - DECAY)).sub_(scaled)
    return by_gradient, by_moment.mul_(DECAY)


def step_backward(
    saved: Saved, along: Tensor, share: float, table: Tabulated
) -> tuple[Tensor, Tensor]:
    """From derivatives by a step's gradient, `along`, and by its loss, `share`, to those by its
    weights (M, 6538) and by a shift of all hidden units (M,); the table accumulates its own."""
    second = split(saved.weights)[1]
    first_along, second_along, bias_along = split(along)
    look, (x, y), p = saved.look, saved.batch, saved.probability
    # the derivative in the direction `along`, forward ...
    a = product(x, first_along)
    h = look.slope * a
    z = _logits(look.value, second_along, bias_along)
    z = z + product(h, second.transpose(1, 2)).transpose(1, 2)
    # ... and backward, with the share of the loss itself
    by_logits = _residual(p, y)
    z = (z - (p * z).sum(1, keepdim=True)).mul_(p).div_(p.shape[2]).add_(by_logits, alpha=share)
    by_value = product(z.transpose(1, 2), second)
    by_value.add_(product(by_logits.transpose(1, 2), second_along))
    by_slope = product(by_logits.transpose(1, 2), second).mul_(a)
    by_input = torch.mul(by_value, look.slope).addcmul_(by_slope, look.curvature)
    by_weights = torch.empty_like(along)
    _by_weights(by_weights, x, by_input, look.value, z)
    split(by_weights)[1].add_(product(by_logits, h))
    by_shift = by_value.sum((1, 2))
    table.accumulate(look, by_value, by_slope)
    return by_weights, by_shift
