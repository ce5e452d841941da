"""The stem of a base, two convolutions with a GELU behind each, with its gradient written out.

The second convolution (kernel 5, stride 2, padding 2) as one product wants its windows side by
side: two and a half copies of its input, forward and backward, which cost as much as the product.
Keep positions in pairs, 2p beside 2p + 1, and the window of output p is pairs p and p + 1 and the
first half of pair p + 2, padding counted: three products on plain views, each one row further down.

Layout: (M, rows, 2 * channels), with a row for each of the 20 pairs of a signal of 40 samples and
one before them for padding, which ends the signal before, too. Output p of signal b stands in row
21 b + p; the last of a signal's rows is a window over two signals, which nobody reads.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.nn.layers import windows
from labs.nn.linear import affine
from labs.nn.products import gradients, written_out

KERNEL, STRIDE, PADDING = 5, 2, 2  # the first convolution has stride 1
_by_gelu = torch.ops.aten.gelu_backward


def stem(x: Tensor, *parameters: Tensor) -> Tensor:
    """gelu(second(gelu(first(x)))), with the exact GELU (Hendrycks and Gimpel 2016).

    Args:
        x: signals (M, B, length), of an even length, float32; float64 goes the plain way.
        parameters: weight (M, 5, channels) and bias (M, 1, channels) of the first convolution,
            weight (M, 5 * channels, features) and bias (M, 1, features) of the second; with leading
            axis 1 where all members share them.

    Returns:
        (M, B, length / 2, features). Differentiable, twice too.
    """
    one_each = len({len(p) for p in parameters}) == 1
    if one_each and not x.requires_grad and written_out(x, *parameters):
        return _Stem.apply(x, *parameters)
    return plain(x, *parameters)


def plain(x: Tensor, *parameters: Tensor) -> Tensor:
    """`stem` as it is read, by torch alone."""
    weight1, bias1, weight2, bias2 = parameters
    h = F.gelu(affine(windows(x.unsqueeze(-1), KERNEL, 1, PADDING), weight1, bias1))
    return F.gelu(affine(windows(h, KERNEL, STRIDE, PADDING), weight2, bias2))


class _Stem(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, *parameters: Tensor) -> Tensor:
        weight1, bias1, weight2, bias2 = parameters
        members, _, channels = weight1.shape
        signals, tokens = x.shape[0] * x.shape[1] // members, x.shape[2] // 2
        count = signals * (tokens + 1)
        read = windows(x.unsqueeze(-1), KERNEL, 1, PADDING).view(members, -1, KERNEL)
        first = torch.baddbmm(bias1, read, weight1)
        pairs = x.new_empty(members, count + 2, 2 * channels)
        pairs[:, :: tokens + 1] = pairs[:, -1] = 0
        inner = pairs[:, :count].view(members, signals, tokens + 1, -1)[:, :, 1:]
        inner.copy_(F.gelu(first).view(inner.shape))
        second = bias2
        for down, part in enumerate(weight2.split(2 * channels, 1)):
            rows = pairs[:, down : down + count, : part.shape[1]]
            second = torch.baddbmm(second, rows, part)
        second = second.view(members, signals, tokens + 1, -1)[:, :, :-1]
        ctx.save_for_backward(x, *parameters, read, first, pairs, second)
        return F.gelu(second).view(*x.shape[:2], tokens, -1)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,), (x, *parameters, read, first, pairs, second) = grads, ctx.saved_tensors
        needs = ctx.needs_input_grad
        if torch.is_grad_enabled():  # it will be differentiated again
            return gradients(plain, (x, *parameters), needs, grad)
        weight1, _, weight2, _ = parameters
        members, signals, tokens, features = second.shape
        count, channels = signals * (tokens + 1), weight1.shape[2]
        lower = grad.new_empty(members, count + 2, features)  # than the outputs, by two rows
        lower[:, :2] = 0
        own = lower[:, 2:].view(members, signals, tokens + 1, features)
        own[:, :, -1] = 0
        own[:, :, :-1] = _by_gelu(grad.reshape(second.shape), second)
        by_second = lower[:, 2:]
        by_weight1 = by_bias1 = by_weight2 = by_bias2 = None
        if needs[3]:
            widths = (2 * channels, 2 * channels, channels)
            parts = (pairs[:, i : i + count, :width].mT for i, width in enumerate(widths))
            by_weight2 = torch.cat([torch.bmm(part, by_second) for part in parts], 1)
        if needs[4]:
            by_bias2 = by_second.sum(1, keepdim=True)
        if needs[1] or needs[2]:
            whole, next_whole, half = weight2.mT.split(2 * channels, 2)
            by_pairs = torch.bmm(by_second, whole).baddbmm_(lower[:, 1:-1], next_whole)
            by_pairs[..., :channels].baddbmm_(lower[:, :-2], half)
            by_first = by_pairs.view(members, signals, tokens + 1, -1)[:, :, 1:]
            by_first = _by_gelu(by_first, first.view(by_first.shape)).view(first.shape)
            by_weight1 = torch.bmm(read.mT, by_first) if needs[1] else None
            by_bias1 = by_first.sum(1, keepdim=True) if needs[2] else None
        return None, by_weight1, by_bias1, by_weight2, by_bias2
