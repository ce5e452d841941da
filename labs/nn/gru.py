"""The recurrence of a GRU over many independent sequences at once, with its gradient written out.

A recurrent layer of six units does so little arithmetic per step that the bookkeeping of automatic
differentiation costs several times more than the arithmetic itself, and torch's tanh on a CPU more
than all the rest. Here one matrix product per step gives all gates, torch's sigmoid and numpy do
the rest in place, and the backward pass visits each step once while its values are still in the
cache. Layout: time first, batch last, so that a gate is a contiguous block.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

Array = np.ndarray


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
    weight = _merged(weight_ih, weight_hh, bias_ih, bias_hh, weight_hh.shape[-1])
    states: Tensor = _Scan.apply(weight, x)
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


def _merged(
    weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor, hidden: int
) -> Tensor:
    # Rows: reset, update, the state's and the input's share of `new` (the reset gate scales the
    # former alone). Columns: state, input, one. So a step's pre-activations are one product with
    # the column [state; input; 1].
    gates = 2 * hidden
    zeros_h, zeros_x = (
        torch.zeros_like(weight_hh[:, gates:]),
        torch.zeros_like(weight_ih[:, gates:]),
    )
    bias = bias_ih + bias_hh
    both = torch.cat([weight_hh[:, :gates], weight_ih[:, :gates], bias[:, :gates]], dim=2)
    state = torch.cat([weight_hh[:, gates:], zeros_x, bias_hh[:, gates:]], dim=2)
    new = torch.cat([zeros_h, weight_ih[:, gates:], bias_ih[:, gates:]], dim=2)
    return torch.cat([both, state, new], dim=1)


class _Scan(torch.autograd.Function):
    # gates (4, D, H, B) in every step: reset, update, recurrent, new
    @staticmethod
    def forward(ctx: Any, weight: Tensor, x: Tensor) -> Tensor:
        steps, sequences, inputs, batch = x.shape
        hidden = weight.shape[1] // 4
        columns = weight.new_empty(steps, sequences, hidden + inputs + 1, batch)
        columns[:, :, hidden:-1] = x
        columns[:, :, -1] = 1
        states = weight.new_empty(steps + 1, sequences, hidden, batch)
        states[0] = 0
        gates = weight.new_empty(steps, 4, sequences, hidden, batch)
        by_gate = torch.stack(weight.split(hidden, dim=1))
        _forward(by_gate.numpy(), columns.numpy(), states.numpy(), gates)
        ctx.save_for_backward(weight, columns, states, gates)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None]:
        weight, columns, states, gates = ctx.saved_tensors
        hidden = states.shape[2]
        turned = weight.unflatten(1, (4, hidden)).permute(1, 0, 3, 2).contiguous()
        slopes = torch.empty_like(gates)
        own = turned[:, :, :hidden].contiguous()
        _backward(*(t.numpy() for t in (own, states, gates, grads[0], slopes)))
        grad = np.matmul(slopes.numpy(), columns.transpose(2, 3).unsqueeze(1).numpy()).sum(0)
        grad_weight = torch.from_numpy(grad).transpose(0, 1).flatten(1, 2)
        if not ctx.needs_input_grad[1]:
            return grad_weight, None
        return grad_weight, (turned[:, :, hidden:-1] @ slopes).sum(1)


@np.errstate(all="ignore")  # infinities are the caller's to see, as in torch
def _forward(weight: Array, columns: Array, states: Array, gates: Tensor) -> None:
    part = np.empty_like(states[0])
    parts = zip(columns, gates.numpy(), gates[:, :2].unbind(), strict=True)
    for t, (column, gate, both) in enumerate(parts):
        old, state = states[t], states[t + 1]
        column[:, : old.shape[1]] = old
        np.matmul(weight, column, out=gate)
        both.sigmoid_()
        reset, update, recurrent, new = gate
        np.multiply(reset, recurrent, out=part)
        new += part
        np.tanh(new, out=new)
        np.subtract(old, new, out=state)  # update * old + (1 - update) * new
        state *= update
        state += new


@np.errstate(all="ignore")
def _backward(weight: Array, states: Array, gates: Array, grads: Array, slopes: Array) -> None:
    """Fill `slopes` with the gradient by what the gates' nonlinearities are taken of."""
    grad = np.zeros_like(states[0])
    by_gate, kept, part = np.empty_like(gates[0]), np.empty_like(grad), np.empty_like(grad)
    for t in range(len(gates) - 1, -1, -1):
        reset, update, recurrent, new = gates[t]
        d_reset, d_update, d_recurrent, d_new = slopes[t]
        grad += grads[t]
        np.multiply(grad, update, out=kept)  # of the old state
        np.subtract(states[t], new, out=d_update)
        d_update *= kept
        np.multiply(d_update, update, out=part)
        d_update -= part
        np.subtract(grad, kept, out=d_new)
        np.multiply(new, new, out=part)
        part *= d_new
        d_new -= part
        np.multiply(d_new, reset, out=d_recurrent)
        np.multiply(d_recurrent, recurrent, out=d_reset)
        np.multiply(d_reset, reset, out=part)
        d_reset -= part
        np.matmul(weight, slopes[t], out=by_gate)
        np.add.reduce(by_gate, axis=0, out=grad)
        grad += kept
