"""The recurrence of a GRU over many independent sequences at once, with its gradient written out.

A recurrent layer of six units does so little arithmetic per step that the bookkeeping of automatic
differentiation costs several times more than the arithmetic itself, and torch's tanh on a CPU more
than all the rest. Here one matrix product per step gives all gates, a few operations in place do
the rest, and the backward pass visits each step once. Layout: batch last, so that what a GRU has of
a gate at a step is a contiguous block.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from labs.nn.products import in_place

_MINUS_ONE = torch.tensor(-1.0)
_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input  # (gradient, sigmoid) -> gradient
_tanh_backward = torch.ops.aten.tanh_backward.grad_input


def scan(
    x: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor
) -> Tensor:
    """Hidden states of D independent GRUs, started from zero (Cho et al. 2014, in torch's form and
    gate order).

    x (T, D, inputs, B); weight_ih (D, 3H, inputs); weight_hh (D, 3H, H); biases (D, 3H, 1); gates
    in the order reset, update, new. Returns (T, D, H, B). Differentiable in every argument, on a
    CPU once.
    """
    if x.device.type != "cpu":
        return stepwise(x, weight_ih, weight_hh, bias_ih, bias_hh)
    states: Tensor = _Scan.apply(merged((weight_ih, weight_hh, bias_ih, bias_hh)), x)
    return states


def stepwise(
    x: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor
) -> Tensor:
    """`scan` as the equations read, on any device; differentiable any number of times."""
    state = x.new_zeros(x.shape[1], weight_hh.shape[-1], x.shape[3])
    states = []
    for inputs in x:
        from_input = torch.baddbmm(bias_ih, weight_ih, inputs).chunk(3, dim=1)
        from_state = torch.baddbmm(bias_hh, weight_hh, state).chunk(3, dim=1)
        reset, update = (
            (i + s).sigmoid() for i, s in zip(from_input[:2], from_state, strict=False)
        )
        new = (from_input[2] + reset * from_state[2]).tanh()
        state = torch.lerp(new, state, update)
        states.append(state)
    return torch.stack(states)


def merged(parameters: Sequence[Tensor], out: Tensor | None = None) -> Tensor:
    """weight_ih, weight_hh, bias_ih and bias_hh, as `scan` takes them, in one matrix per GRU,
    (D, 4H, H + inputs + 1).

    Rows: reset, update, the state's and the input's share of `new` (the reset gate scales the
    former alone). Columns: state, input, one. So what the nonlinearities of a step are taken of is
    one product with the column [state; input; 1]. Without `out`, which must be zero where no
    parameter stands, it is differentiable.
    """
    weight_ih, weight_hh, bias_ih, bias_hh = parameters
    sequences, gates, hidden = weight_hh.shape
    both = 2 * hidden
    if out is None:
        out = weight_hh.new_zeros(sequences, gates + hidden, hidden + weight_ih.shape[2] + 1)
    out[:, :gates, :hidden] = weight_hh
    out[:, :gates, -1:] = bias_hh
    out[:, :both, hidden:-1] = weight_ih[:, :both]
    out[:, gates:, hidden:-1] = weight_ih[:, both:]
    out[:, :both, -1:] += bias_ih[:, :both]
    out[:, gates:, -1:] = bias_ih[:, both:]
    return out


def separated(merged: Tensor, out: Sequence[Tensor]) -> None:
    """A gradient by what `merged` gives as those by the parameters, written into `out`."""
    weight_ih, weight_hh, bias_ih, bias_hh = out
    _, gates, hidden = weight_hh.shape
    both = 2 * hidden
    weight_hh[:] = merged[:, :gates, :hidden]
    bias_hh[:] = merged[:, :gates, -1:]
    for own, columns in ((weight_ih, slice(hidden, -1)), (bias_ih, slice(-1, None))):
        own[:, :both] = merged[:, :both, columns]
        own[:, both:] = merged[:, gates:, columns]


class _Step(NamedTuple):
    column: np.ndarray  # (D, H + inputs + 1, B)
    product: np.ndarray  # (D, 4H, B), all gates
    both: Tensor  # (D, 2, H, B), reset and update
    reset: Tensor  # (D, H, B), as those that follow
    update: Tensor
    recurrent: Tensor
    new: Tensor
    before: Tensor
    after: Tensor


class Pass:
    """A pass of D GRUs over a sequence, forward and back, in memory that the next one uses again.

    Args:
        like: a tensor on the CPU, of the dtype wanted.
        sequences: D. steps: T. inputs, hidden: of each GRU. batch: B.

    Attributes:
        columns: (D, T + 1, H + inputs + 1, B), what the product of each step takes: the state
            before it, its input and a one. The caller writes the inputs. The last slot is no
            step's: it has the last state, and an input of 0.
    """

    def __init__(
        self, like: Tensor, sequences: int, steps: int, inputs: int, hidden: int, batch: int
    ) -> None:
        self.hidden = hidden
        self.columns = like.new_zeros(sequences, steps + 1, hidden + inputs + 1, batch)
        self.columns[:, :, -1] = 1
        gates = like.new_empty(steps, sequences, 4, hidden, batch)
        self._slopes = torch.empty_like(gates[0])
        self._grad, self._kept, self._part = like.new_empty(3, sequences, hidden, batch)
        self._by_weight = like.new_empty(2, sequences, 4 * hidden, hidden + inputs + 1)
        columns = self.columns.unbind(1)
        self._steps = [
            _Step(
                before.numpy(),
                gate.flatten(1, 2).numpy(),
                gate[:, :2],
                gate[:, 0],
                gate[:, 1],
                gate[:, 2],
                gate[:, 3],
                before[:, :hidden],
                after[:, :hidden],
            )
            for gate, before, after in zip(gates, columns[:-1], columns[1:], strict=True)
        ]

    @property
    def states(self) -> Tensor:
        """The state after each step, (D, T, H, B), a view."""
        return self.columns[:, 1:, : self.hidden]

    @in_place
    def forward(self, weight: Tensor) -> None:
        """Fill in the states; weight (D, 4H, H + inputs + 1) as `merged` gives it."""
        weight = weight.clone()
        weight[:, 3 * self.hidden :] *= 2
        weights = weight.numpy()
        for column, product, both, reset, update, recurrent, new, before, after in self._steps:
            np.matmul(weights, column, out=product)
            both.sigmoid_()
            # tanh a = 2 sigmoid(2 a) - 1, for the sigmoid is fast on every processor
            torch.addcmul(new, reset, recurrent, value=2, out=new).sigmoid_()
            torch.add(_MINUS_ONE, new, alpha=2, out=new)
            torch.lerp(new, before, update, out=after)

    @in_place
    def backward(self, weight: Tensor, grads: Tensor, by_input: Tensor | None = None) -> Tensor:
        """The gradient by `weight`, from those by the states (D, T, H, B); those by the inputs
        (D, T, inputs, B) are written into `by_input`."""
        grad, kept, part, slopes = self._grad.zero_(), self._kept, self._part, self._slopes
        by_reset, by_update, by_recurrent, by_new = slopes.unbind(1)
        by_weight, total = self._by_weight
        total.zero_()
        turned = weight.transpose(1, 2).contiguous().numpy()
        of_state, of_input = turned[:, : self.hidden], turned[:, self.hidden : -1]
        merged, grad_array, by_weight_array = (
            t.numpy() for t in (slopes.flatten(1, 2), grad, by_weight)
        )
        by_inputs = repeat(None) if by_input is None else reversed(by_input.numpy().swapaxes(0, 1))
        steps = zip(reversed(self._steps), reversed(grads.unbind(1)), by_inputs, strict=False)
        for (column, _, _, reset, update, recurrent, new, _, after), by_state, own_input in steps:
            grad.add_(by_state)
            torch.mul(grad, update, out=kept)  # by the state before
            grad.sub_(kept)  # by `new`
            torch.sub(after, new, out=part)  # update (before - new)
            torch.mul(part, grad, out=by_update)
            _tanh_backward(grad, new, grad_input=by_new)
            torch.mul(by_new, reset, out=by_recurrent)
            torch.mul(by_new, recurrent, out=part)
            _sigmoid_backward(part, reset, grad_input=by_reset)
            np.matmul(of_state, merged, out=grad_array)
            grad.add_(kept)
            np.matmul(merged, column.transpose(0, 2, 1), out=by_weight_array)
            total.add_(by_weight)
            if own_input is not None:
                np.matmul(of_input, merged, out=own_input)
        return total


class _Scan(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor, x: Tensor) -> Tensor:
        steps, sequences, inputs, batch = x.shape
        own = Pass(weight, sequences, steps, inputs, weight.shape[1] // 4, batch)
        own.columns[:, :-1, own.hidden : -1] = x.transpose(0, 1)
        own.forward(weight)
        ctx.own = own
        ctx.save_for_backward(weight, own.columns)  # so that torch notices who writes into a state
        return own.states.transpose(0, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None]:
        weight, _ = ctx.saved_tensors
        steps, sequences, _, batch = grads[0].shape
        by_input = None
        if ctx.needs_input_grad[1]:
            inputs = weight.shape[2] - ctx.own.hidden - 1
            by_input = weight.new_empty(sequences, steps, inputs, batch)
        by_weight = ctx.own.backward(weight, grads[0].transpose(0, 1), by_input).clone()
        return by_weight, None if by_input is None else by_input.transpose(0, 1)
