"""The recurrence of modules that share one state, with its gradient written out.

At every step each of S modules makes a new state from the shared one, as an LSTM does (Hochreiter
& Schmidhuber 1997, with a forget gate), and the new shared state is their mixture:

    i, f, o, n = sigmoid, sigmoid, sigmoid, tanh of W_m [h; x_t]
    c_m = f c + i n,  h_m = o tanh(c_m),  h = sum_m p_m h_m,  c = sum_m p_m c_m

A step does little arithmetic, so the bookkeeping of automatic differentiation would cost more. Time
is first and the batch last, so that a gate is a contiguous block; rows of W are ordered module by
module, then gate by gate.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from labs.nn.products import in_place, product, tanh

_sigmoid_grad = torch.ops.aten.sigmoid_backward.grad_input
_tanh_grad = torch.ops.aten.tanh_backward.grad_input
_where_positive = torch.ops.aten.threshold_backward.grad_input


def scan(
    weight: Tensor, x: Tensor, mixture: Tensor | None, dispatch: Tensor | None, state: int
) -> Tensor:
    """States of modules whose weights p in the mixture are known beforehand; differentiable once.

    Args:
        weight: W, (M, 4 S h, h + inputs); with `dispatch` (M, 4 h, R (h + inputs)).
        x: inputs (M, inputs, T, B).
        mixture: p (M, S, T, B); None where one module has p = 1.
        dispatch: one-hot codes (M, R, T, B) of the one module of R that works at a step, so that S
            is 1 and only its gates are computed. None: all S modules work.
        state: h.

    Returns:
        Tensor: h at every step, (M, h, T, B).
    """
    return _Scan.apply(weight, x, mixture, dispatch, state)


def scored_scan(weight: Tensor, score: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """States of modules that score themselves, p = softmax over m of s_m relu([V_m h; U_m x_t])
    where W_m = [V_m U_m]; differentiable once.

    weight W (M, 4 R h, h + inputs), score s (M, 2, R, 4 h), x (M, inputs, T, B). Returns h
    (M, h, T, B) and p (M, R, T, B).
    """
    of_state, of_input = weight.split((score.shape[3] // 4, x.shape[1]), 2)
    return _ScoredScan.apply(of_state, of_input, score, x)


class _Trace(NamedTuple):
    """What a scan leaves for its gradient, step by step."""

    columns: Tensor  # [h; x] (T + 1, M, h + inputs, B)
    cells: Tensor  # c (T + 1, M, h, B)
    gates: Tensor  # i, f, o, n (T, M, S, 4, h, B)
    squashed: Tensor  # tanh(c_m) (T, M, S, h, B)
    made: Tensor  # h_m, c_m (T, M, S, 2, h, B)


def _trace(x: Tensor, state: int, modules: int) -> _Trace:
    members, inputs, steps, batch = x.shape
    columns = x.new_empty(steps + 1, members, state + inputs, batch)
    columns[0, :, :state] = 0
    columns[:steps, :, state:] = x.permute(2, 0, 1, 3)
    return _Trace(
        columns,
        x.new_zeros(steps + 1, members, state, batch),
        x.new_empty(steps, members, modules, 4, state, batch),
        x.new_empty(steps, members, modules, state, batch),
        x.new_empty(steps, members, modules, 2, state, batch),
    )


def _advance(trace: _Trace, t: int, mixture: Tensor | None) -> None:
    """From the pre-activations of step t, which become gates in place, to the next state."""
    gates, squashed, made = trace.gates[t], trace.squashed[t], trace.made[t]
    gates[:, :, :3].sigmoid_()
    tanh(gates[:, :, 3], gates[:, :, 3])
    i, f, o, new = gates.unbind(2)
    hidden, cell = made.unbind(2)
    torch.mul(i, new, out=cell).addcmul_(f, trace.cells[t].unsqueeze(1))
    tanh(cell, squashed)
    torch.mul(o, squashed, out=hidden)
    if mixture is not None:
        hidden, cell = (made * mixture[:, :, None, None]).unbind(2)
    torch.sum(hidden, 1, out=trace.columns[t + 1, :, : hidden.shape[2]])
    torch.sum(cell, 1, out=trace.cells[t + 1])


def _retreat(
    trace: _Trace, t: int, mixture: Tensor | None, grad: Tensor, grad_gates: Tensor
) -> None:
    """Gradient in the pre-activations of step t, and that in the state before, in place of that in
    the state after it (M, 1, 2, h, B), whose h is left to the caller."""
    i, f, o, new = trace.gates[t].unbind(2)
    of_made = (
        grad.expand_as(trace.made[t]).clone()
        if mixture is None
        else grad * mixture[:, :, None, None]
    )
    hidden, cell = of_made.unbind(2)
    of_i, of_f, of_o, of_new = grad_gates.unbind(2)
    torch.mul(hidden, trace.squashed[t], out=of_o)
    _tanh_grad(hidden.mul_(o), trace.squashed[t], grad_input=hidden)
    cell.add_(hidden)
    torch.mul(cell, new, out=of_i)
    torch.mul(cell, trace.cells[t].unsqueeze(1), out=of_f)
    torch.mul(cell, i, out=of_new)
    sigmoids = grad_gates[:, :, :3]
    _sigmoid_grad(sigmoids, trace.gates[t, :, :, :3], grad_input=sigmoids)
    _tanh_grad(of_new, new, grad_input=of_new)
    torch.sum(cell.mul_(f), 1, out=grad[:, 0, 1])


def _expanded(column: Tensor, dispatch: Tensor | None, t: int) -> Tensor:
    """The column where the module works and zeros elsewhere, (M, R * inputs, B)."""
    if dispatch is None:
        return column
    return (dispatch[:, :, t].unsqueeze(2) * column.unsqueeze(1)).flatten(1, 2)


def _collected(grad: Tensor, dispatch: Tensor | None, t: int) -> Tensor:
    if dispatch is None:
        return grad
    own = dispatch[:, :, t].unsqueeze(2)
    return grad.unflatten(1, (own.shape[1], -1)).mul_(own).sum(1)


@in_place
def _forward(
    trace: _Trace, weight: Tensor, mixture: Tensor | None, dispatch: Tensor | None
) -> None:
    for t, gates in enumerate(trace.gates.flatten(2, 4)):
        product(weight, _expanded(trace.columns[t], dispatch, t), gates)
        _advance(trace, t, None if mixture is None else mixture[:, :, t])


@in_place
def _backward(
    trace: _Trace,
    weight: Tensor,
    mixture: Tensor | None,
    dispatch: Tensor | None,
    grads: Tensor,
    grad_weight: Tensor,
    grad_x: Tensor,
    grad_mixture: Tensor | None,
) -> None:
    steps, members, _, _, state, batch = trace.gates.shape
    turned = weight.transpose(1, 2).contiguous()
    grad_gates = torch.empty_like(trace.gates[0])
    grad = weight.new_zeros(members, 1, 2, state, batch)  # in the state
    for t in range(steps - 1, -1, -1):
        grad[:, 0, 0] += grads[:, :, t]
        if grad_mixture is not None:
            torch.sum(trace.made[t] * grad, (2, 3), out=grad_mixture[:, :, t])
        _retreat(trace, t, None if mixture is None else mixture[:, :, t], grad, grad_gates)
        rows, column = grad_gates.flatten(1, 3), _expanded(trace.columns[t], dispatch, t)
        grad_weight += product(rows, column.transpose(1, 2))
        grad_column = _collected(product(turned, rows), dispatch, t)
        grad[:, 0, 0], grad_x[:, :, t] = grad_column[:, :state], grad_column[:, state:]


class _Scan(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        weight: Tensor,
        x: Tensor,
        mixture: Tensor | None,
        dispatch: Tensor | None,
        state: int,
    ) -> Tensor:
        trace = _trace(x, state, weight.shape[1] // (4 * state))
        _forward(trace, weight, mixture, dispatch)
        ctx.save_for_backward(weight, mixture, dispatch, *trace)
        return trace.columns[1:, :, :state].permute(1, 2, 0, 3)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        weight, mixture, dispatch, *saved = ctx.saved_tensors
        trace = _Trace(*saved)
        steps, members, _, _, state, batch = trace.gates.shape
        grad_weight = torch.zeros_like(weight)
        grad_x = weight.new_empty(members, trace.columns.shape[2] - state, steps, batch)
        grad_mixture = torch.empty_like(mixture) if ctx.needs_input_grad[2] else None
        _backward(trace, weight, mixture, dispatch, grads[0], grad_weight, grad_x, grad_mixture)
        return grad_weight, grad_x, grad_mixture, None, None


@in_place
def _forward_scored(
    trace: _Trace, of_state: Tensor, of_input: Tensor, score: Tensor, shares: Tensor, p: Tensor
) -> None:
    members, _, modules, width = score.shape
    state, batch = width // 4, p.shape[-1]
    rows = score.flatten(0, 2).unsqueeze(1)
    for t, share in enumerate(shares):
        column = trace.columns[t]
        of_h, of_x = share.flatten(2, 3).unbind(1)
        product(of_state, column[:, :state], of_h)
        product(of_input, column[:, state:], of_x)
        torch.add(of_h, of_x, out=trace.gates[t].flatten(1, 3))
        logits = product(rows, share.relu_().flatten(0, 2)).view(members, 2, modules, batch)
        p[t] = logits.sum(1).softmax(1)
        _advance(trace, t, p[t])


@in_place
def _backward_scored(
    trace: _Trace,
    of_state: Tensor,
    of_input: Tensor,
    score: Tensor,
    shares: Tensor,
    p: Tensor,
    grads: tuple[Tensor, ...],
    own: Sequence[Tensor],
) -> None:
    grad_of_state, grad_of_input, grad_score, grad_x = own
    steps, members, _, _, state, batch = trace.gates.shape
    turned = [t.transpose(1, 2) for t in (of_state, of_input)]
    grad_rows = grad_score.flatten(0, 2).unsqueeze(2)
    grad_gates, grad_shares = torch.empty_like(trace.gates[0]), torch.empty_like(shares[0])
    grad = score.new_zeros(members, 1, 2, state, batch)  # in the state
    for t in range(steps - 1, -1, -1):
        grad[:, 0, 0] += grads[0][:, :, t]
        grad_p = (trace.made[t] * grad).sum((2, 3)) + grads[1][:, :, t]
        grad_logits = torch._softmax_backward_data(grad_p, p[t], 1, p.dtype)
        both = grad_logits.unsqueeze(1).expand(-1, 2, -1, -1)
        grad_rows += product(shares[t].flatten(0, 2), both.reshape(-1, batch, 1))
        torch.mul(score.unsqueeze(4), both.unsqueeze(3), out=grad_shares)
        _where_positive(grad_shares, shares[t], 0, grad_input=grad_shares)
        _retreat(trace, t, p[t], grad, grad_gates)
        grad_shares += grad_gates.flatten(2, 3).unsqueeze(1)
        of_h, of_x = grad_shares.flatten(2, 3).unbind(1)
        column = trace.columns[t].transpose(1, 2)
        grad_of_state += product(of_h, column[..., :state])
        grad_of_input += product(of_x, column[..., state:])
        grad[:, 0, 0] = product(turned[0], of_h)
        grad_x[:, :, t] = product(turned[1], of_x)


class _ScoredScan(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, of_state: Tensor, of_input: Tensor, score: Tensor, x: Tensor
    ) -> tuple[Tensor, Tensor]:
        members, _, steps, batch = x.shape
        _, _, modules, width = score.shape
        state = width // 4
        trace = _trace(x, state, modules)
        shares = x.new_empty(steps, members, 2, modules, width, batch)
        p = x.new_empty(steps, members, modules, batch)
        _forward_scored(trace, of_state, of_input, score, shares, p)
        ctx.save_for_backward(of_state, of_input, score, shares, p, *trace)
        return trace.columns[1:, :, :state].permute(1, 2, 0, 3), p.permute(1, 2, 0, 3)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        of_state, of_input, score, shares, p, *saved = ctx.saved_tensors
        trace = _Trace(*saved)
        members, _, steps, batch = grads[1].shape
        own = [t.new_zeros(t.shape) for t in (of_state, of_input, score)]
        own.append(score.new_empty(members, of_input.shape[2], steps, batch))
        _backward_scored(trace, of_state, of_input, score, shares, p, grads, own)
        return tuple(own)
