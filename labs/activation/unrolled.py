"""A training of a stack that can be differentiated, and the way back through it.

The way back (reverse mode) is written out. Let g be the gradient of a step's loss by the weights
and u the adjoint of g, that is, the outer objective's derivative by it. What g depends on, the
weights and f, has as adjoint its derivative of <u, g>; and <u, g> is the loss's derivative in the
direction u. So one pass of directional derivatives, forward and then backward (a Hessian-vector
product), gives them at the cost of about one more step and without a graph. f enters it by value
and slope at each unit and example, whose adjoints go to its table (`labs.activation.tabulated`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor

from labs.activation import inner
from labs.activation.inner import BATCH, DECAY, EPSILON, HIDDEN, Batch, Layers, Room
from labs.activation.tabulated import Look, Tabulated
from labs.nn.products import in_place, product


class Step(NamedTuple):
    """What the way back needs of one step."""

    weights: Layers  # before it
    gradient: Layers
    root: Tensor  # of the moment after it, (M * 6538,)
    probability: Tensor  # (M, 10, B)
    look: Look  # its value is the hidden layer, noise included

    @classmethod
    def blank(cls, members: int, dtype: torch.dtype) -> Step:
        """Room for it."""
        weights, gradient = (Layers.blank(members, dtype) for _ in range(2))
        probability = torch.empty(members, inner.CLASSES, BATCH, dtype=dtype)
        look = Look.blank(members, BATCH, HIDDEN, dtype=dtype)
        return cls(weights, gradient, torch.empty_like(weights.flat), probability, look)


class Unrolled:
    """A training that can be differentiated: memory for `steps` steps of M networks, used again.

    Args:
        members: networks M.
        steps: of training.
        dtype: of the weights and activations.
    """

    def __init__(self, members: int, steps: int, dtype: torch.dtype = torch.float32) -> None:
        self._steps = [Step.blank(members, dtype) for _ in range(steps)]
        self._passed: list[tuple[Step, Batch]] = []
        self._room = Room.blank(members, dtype)
        self._back = Back(members, dtype)

    def fit(
        self,
        weights: Layers,
        batches: Iterable[Batch],
        shifts: Iterable[Tensor | float],
        table: Tabulated,
        rate: Tensor,
    ) -> tuple[Tensor, Layers]:
        """As the function `inner.fit`, with a tabulated activation."""
        self._table, self._rates = table, inner.everywhere(rate)
        losses, last = weights.flat.new_empty(len(self._steps), len(rate)), weights.clone()
        self._fit(weights, batches, shifts, losses, last)
        return losses, last

    @in_place
    def _fit(
        self,
        weights: Layers,
        batches: Iterable[Batch],
        shifts: Iterable[Tensor | float],
        losses: Tensor,
        last: Layers,
    ) -> None:
        self._passed.clear()
        self._steps[0].weights.flat.copy_(weights.flat)
        moment = torch.ones_like(weights.flat)
        following = [step.weights.flat for step in self._steps[1:]] + [last.flat]
        steps = zip(self._steps, following, losses, batches, shifts, strict=True)
        for step, after, loss, batch, shift in steps:
            now, room = step.weights, self._room._replace(probability=step.probability)
            look = self._table.look(product(batch.x, now.first, room.before), step.look)
            loss.copy_(
                inner.differentiate(now, batch, look.value, look.slope, shift, step.gradient, room)
            )
            inner.update(now.flat, moment, step.gradient.flat, self._rates, step.root, after)
            self._passed.append((step._replace(look=look), batch))

    def backward(self, first: int) -> Tensor:
        """Differentiate each member's mean loss over the steps from `first` on; once per `fit`.

        The table accumulates the derivatives by its values and slopes; those by each step's shift,
        one for all hidden units, are returned, (steps, M).
        """
        members = len(self._steps[0].look.value)
        by_shifts = self._rates.new_empty(len(self._passed), members)
        self._backward(first, by_shifts)
        return by_shifts

    @in_place
    def _backward(self, first: int, by_shifts: Tensor) -> None:
        steps, back = len(self._passed), self._back
        back.weights.zero_()
        back.moment.zero_()
        for number in reversed(range(steps)):
            step, batch = self._passed.pop()
            back.update(step, self._rates)
            share = 1 / (steps - first) if number >= first else 0.0
            by_shifts[number] = back.step(step, batch, share, self._table)


class Back:
    """The way back through one step, over memory that the next uses again.

    Derivatives of the outer objective: by the weights and by the moment (M * 6538,), after a step
    and then before it, and by the step's gradient.
    """

    def __init__(self, members: int, dtype: torch.dtype) -> None:
        self.by_gradient, self.more = (Layers.blank(members, dtype) for _ in range(2))
        self.weights, self.moment, *self._rooms = (
            torch.empty_like(self.more.flat) for _ in range(4)
        )
        self._hidden = [torch.empty(members, BATCH, HIDDEN, dtype=dtype) for _ in range(5)]

    def update(self, step: Step, rates: Tensor) -> None:
        """Through the update: to the step's gradient and to the moment before. (The derivative by
        the new weights is one by the old weights, too.)"""
        scaled, below = self._rooms
        gradient, by_gradient = step.gradient.flat, self.by_gradient.flat
        torch.add(step.root, EPSILON, out=below)
        torch.mul(self.weights, rates, out=scaled).div_(below)
        torch.mul(scaled, gradient, out=by_gradient).div_(below.mul_(step.root))
        self.moment.add_(by_gradient, alpha=0.5)
        torch.mul(self.moment, gradient, out=by_gradient).mul_(2 * (1 - DECAY)).sub_(scaled)
        self.moment.mul_(DECAY)

    def step(self, step: Step, batch: Batch, share: float, table: Tabulated) -> Tensor:
        """Through the gradient and, with `share`, the loss: to the weights, by way of the table,
        which accumulates its own, and to a shift of all hidden units (M,), which is returned."""
        (_, _, second, _), along, look, (x, y) = step.weights, self.by_gradient, step.look, batch
        p, (a, h, by_value, by_slope, by_input) = step.probability, self._hidden
        # the derivative in the direction `along`, forward ...
        product(x, along.first, a)
        torch.mul(look.slope, a, out=h)
        z = inner.logits(along, look.value).add_(torch.bmm(second, h.mT))
        # ... and backward, with the share of the loss itself
        by_logits = inner.residual(p, y)
        z = (z - (p * z).sum(1, keepdim=True)).mul_(p).div_(p.shape[2]).add_(by_logits, alpha=share)
        torch.bmm(z.mT, second, out=by_value).baddbmm_(by_logits.mT, along.second)
        torch.bmm(by_logits.mT, second, out=by_slope).mul_(a)
        torch.mul(by_value, look.slope, out=by_input).addcmul_(by_slope, look.curvature)
        inner.by_weights(x, by_input, look.value, z, self.more)
        self.more.second.add_(torch.bmm(by_logits, h))
        self.weights.add_(self.more.flat)
        by_shift = by_value.sum((1, 2))
        table.accumulate(look, by_value, by_slope)
        return by_shift
