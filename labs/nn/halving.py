"""A chain of rectified convolutions that halve the length, with its gradient written out.

A convolution as one product wants its windows side by side: a copy larger than its input, forward
and backward, which costs more than the arithmetic. With kernel 3, stride 2 and padding 1 the
window of output p is positions 2p - 1, 2p and 2p + 1. Keep positions in pairs, 2p beside 2p + 1,
and the window is pair p and the second half of pair p - 1: two products on plain views.

Layout: (M, pairs, B, 2, channels), so that the pair before lies B rows up in the same matrix, and
the window at the left edge, whose first position is padding, is the first B rows, which the second
product leaves out. The right padding, where the length is odd, is a half pair of zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from labs.nn.layers import Conv1d
from labs.nn.products import product, summed

HALVING = (3, 2, 1)  # kernel, stride, padding
_rectify = torch.ops.aten.threshold_backward  # (gradient, what was rectified, 0) -> gradient


def rectified(x: Tensor, first: Conv1d, *others: Conv1d) -> Tensor:
    """`conv(x).relu()` for one convolution after the other.

    x (M, B, length, inputs) -> (M, B, positions, outputs of the last). On a CPU, where every
    convolution but the first halves the length (kernel 3, stride 2, padding 1), in one program
    that copies no windows; it is differentiable once, in x and in every weight.
    """
    if x.device.type != "cpu" or not others or any(c.geometry != HALVING for c in others):
        for conv in (first, *others):
            x = conv(x).relu()
        return x
    affine = torch.cat([first.weight, first.bias], dim=1)
    parameters = (p for conv in others for p in (conv.weight, conv.bias))
    return _Rectified.apply(paired_windows(x, *first.geometry), affine, *parameters)


def paired_windows(x: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Windows of the first convolution in pairs, (M, pairs, B, 2, kernel * inputs + 1): the last
    column is 1, for the bias, and the half pair at the end is 0 where the length is odd."""
    positions = (x.shape[2] + 2 * padding - kernel) // stride + 1
    span = 2 * stride * -(-positions // 2)
    x = F.pad(x, (0, 0, padding, kernel + stride)).transpose(1, 2).contiguous()
    columns = [x[:, j : j + span : stride] for j in range(kernel)]
    columns.append(x.new_ones(1).expand_as(columns[0][..., :1]))
    rows = torch.cat([c.unflatten(1, (-1, 2)).transpose(2, 3) for c in columns], dim=-1)
    if positions % 2:
        rows[:, -1, :, 1] = 0
    return rows


def _paired(z: Tensor, bias: Tensor) -> Tensor:
    """relu(z + bias), from positions (M, P, B, C) to pairs."""
    members, positions, batch, channels = z.shape
    pairs = z.new_empty(members, -(-positions // 2), batch, 2, channels)
    if positions % 2:
        pairs[:, -1, :, 1] = 0
    torch.add(z[:, 0::2], bias, out=pairs[:, :, :, 0])
    torch.add(z[:, 1::2], bias, out=pairs[:, : positions // 2, :, 1])
    return pairs.relu_()


def _rows(pairs: Tensor, positions: int) -> Tensor:
    """Back from pairs to one row per position and example, (M, P * B, C)."""
    return pairs.transpose(2, 3).flatten(1, 2)[:, :positions].flatten(1, 2)


def _convolved(pairs: Tensor, weight: Tensor) -> Tensor:
    members, positions, batch, _, channels = pairs.shape
    x = pairs.flatten(3).flatten(1, 2)
    z = product(x, weight[:, channels:])
    z[:, batch:].add_(product(x[:, :-batch, channels:], weight[:, :channels]))
    return z.view(members, positions, batch, -1)


def _gradients(grad: Tensor, pairs: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Of `_convolved`, in the pairs and in the weight; grad (M, P * B, outputs)."""
    batch, channels = pairs.shape[2], pairs.shape[4]
    x = pairs.flatten(3).flatten(1, 2)
    grad_weight = torch.empty_like(weight)
    product(x.transpose(1, 2), grad, grad_weight[:, channels:])
    before = x[:, :-batch, channels:]
    product(before.transpose(1, 2), grad[:, batch:], grad_weight[:, :channels])
    turned = weight.transpose(1, 2)
    grad_x = product(grad, turned[..., channels:])
    grad_x[:, :-batch, channels:].add_(product(grad[:, batch:], turned[..., :channels]))
    return grad_x.view_as(pairs), grad_weight


class Chain(NamedTuple):
    """A forward pass: its result, and what the backward pass needs.

    outputs (M, B, positions, channels); rows: the windows of the first convolution, affine: its
    weight and bias in one matrix; pairs: what each further convolution read, weights: theirs.
    """

    outputs: Tensor
    rows: Tensor
    affine: Tensor
    pairs: list[Tensor]
    weights: list[Tensor]

    @classmethod
    def forward(cls, rows: Tensor, affine: Tensor, others: Sequence[Tensor]) -> Chain:
        """The pass over `rows`, windows; `others`: weight and bias of each further convolution."""
        weights, biases = [*others[0::2]], [b.unsqueeze(1) for b in others[1::2]]
        pairs = [product(rows.flatten(1, 3), affine).relu_().unflatten(1, rows.shape[1:4])]
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            pairs.append(_paired(_convolved(pairs[-1], weight), bias))
        z = _convolved(pairs[-1], weights[-1])
        outputs = z.add_(biases[-1]).relu_().transpose(1, 2).contiguous()
        return cls(outputs, rows, affine, pairs, weights)

    def backward(self, grad: Tensor) -> tuple[Tensor, list[Tensor]]:
        """From the gradient by the outputs to those by what the first product gives, (M, pairs * B
        * 2, channels), and by `affine` and each of the others."""
        grad = _rectify(grad.contiguous(), self.outputs, 0).transpose(1, 2).flatten(1, 2)
        collected: list[Tensor] = []
        for i in range(len(self.pairs) - 1, -1, -1):
            pairs = self.pairs[i]
            own, grad_weight = _gradients(grad, pairs, self.weights[i])
            collected = [grad_weight, summed(grad), *collected]
            _rectify.grad_input(own, pairs, 0, grad_input=own)
            if i:
                grad = _rows(own, self.pairs[i - 1].shape[1])
        grad = own.flatten(1, 3)
        return grad, [product(self.rows.flatten(1, 3).transpose(1, 2), grad), *collected]


class _Rectified(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, affine: Tensor, *others: Tensor) -> Tensor:
        chain = Chain.forward(rows, affine, others)
        ctx.save_for_backward(chain.outputs, rows, affine, *chain.pairs, *chain.weights)
        return chain.outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        outputs, rows, affine, *saved = ctx.saved_tensors
        pairs, weights = saved[: len(saved) // 2], saved[len(saved) // 2 :]
        grad, collected = Chain(outputs, rows, affine, pairs, weights).backward(grads[0])
        if not ctx.needs_input_grad[0]:
            return None, *collected
        return product(grad, affine.transpose(1, 2)).view_as(rows), *collected
