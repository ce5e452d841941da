"""The recurrence of a GRU over many independent sequences at once, with its gradient written out.

A recurrent layer of six units does so little arithmetic per step that the bookkeeping of automatic
differentiation costs several times more than the arithmetic itself. Here one matrix product per
step gives all gates, and the backward pass visits each step once while its values are still in the
cache. Layout: time first, batch last, so that a gate is a contiguous block.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def scan(
    x: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor
) -> Tensor:
    """Hidden states of D independent GRUs, started from zero (Cho et al. 2014, in torch's form and
    gate order).

    x (T, D, inputs, B); weight_ih (D, 3H, inputs); weight_hh (D, 3H, H); biases (D, 3H, 1); gates
    in the order reset, update, new. Returns (T, D, H, B). Differentiable once, in every argument.
    """
    hidden = weight_hh.shape[-1]
    return _Scan.apply(_merged(weight_ih, weight_hh, bias_ih, bias_hh, hidden), x)


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
    @staticmethod
    def forward(ctx: Any, weight: Tensor, x: Tensor) -> Tensor:
        steps, sequences, inputs, batch = x.shape
        hidden = weight.shape[1] // 4
        columns = weight.new_empty(steps + 1, sequences, hidden + inputs + 1, batch)
        columns[0, :, :hidden] = 0
        columns[:steps, :, hidden:-1] = x
        columns[:, :, -1] = 1
        gates = weight.new_empty(steps, sequences, 4 * hidden, batch)
        for t in range(steps):
            state = columns[t, :, :hidden]
            torch.bmm(weight, columns[t], out=gates[t])
            reset, update, recurrent, new = gates[t].split(hidden, dim=1)
            gates[t, :, : 2 * hidden].sigmoid_()
            new.addcmul_(reset, recurrent).tanh_()
            torch.lerp(new, state, update, out=columns[t + 1, :, :hidden])
        ctx.save_for_backward(weight, columns, gates)
        return columns[1:, :, :hidden]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        weight, columns, gates = ctx.saved_tensors
        (grad_states,) = grads
        hidden = weight.shape[1] // 4
        transposed = weight[:, :, :-1].transpose(1, 2).contiguous()
        grad_weight = torch.zeros_like(weight)
        grad_x = torch.empty_like(columns[:-1, :, hidden:-1])
        grad_gates = torch.empty_like(gates[0])
        d_reset, d_update, d_recurrent, d_new = grad_gates.split(hidden, dim=1)
        grad = torch.zeros_like(grad_states[0])
        for t in range(len(gates) - 1, -1, -1):
            reset, update, recurrent, new = gates[t].split(hidden, dim=1)
            grad = grad + grad_states[t]
            kept = grad * update  # state = update * old + (1 - update) * new
            torch.mul(columns[t, :, :hidden] - new, kept, out=d_update)
            d_update.addcmul_(d_update, update, value=-1)
            torch.sub(grad, kept, out=d_new)
            d_new.addcmul_(d_new * new, new, value=-1)
            torch.mul(d_new, reset, out=d_recurrent)
            torch.mul(d_recurrent, recurrent, out=d_reset)
            d_reset.addcmul_(d_reset, reset, value=-1)
            grad_weight.baddbmm_(grad_gates, columns[t].transpose(1, 2))
            grad_column = torch.bmm(transposed, grad_gates)
            grad = kept + grad_column[:, :hidden]
            grad_x[t] = grad_column[:, hidden:]
        return grad_weight, grad_x
