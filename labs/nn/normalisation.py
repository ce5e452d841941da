"""Layer normalisation, with its gradient written out for the short rows of small networks.

With a gain of its own for every member torch normalises and scales in two passes, and over rows of
32 numbers it spends most of the time on the start and the end of each. Means by matrix products
take less than half of that.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.nn.products import gradients, written_out

EPS = 1e-5  # torch's default


def normalise(x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """gain (x - mean) / sqrt(variance + 1e-5) + shift, mean and variance those of the last axis
    (Ba, Kiros and Hinton 2016).

    Args:
        x: (..., features), float32; float64 goes the plain way.
        gain, shift: with as many axes as x, each of x's length or of 1, the last of features.

    Returns:
        (..., features). Differentiable, twice too.
    """
    if not written_out(x, gain, shift):
        return plain(x, gain, shift)
    if gain.numel() == shift.numel() == x.shape[-1]:  # all rows have the same
        return F.layer_norm(x, x.shape[-1:], gain.flatten(), shift.flatten(), EPS)
    return _Normalised.apply(x, gain, shift)


def plain(x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """`normalise` as it is read, by torch alone."""
    return torch.addcmul(shift, F.layer_norm(x, x.shape[-1:], eps=EPS), gain)


class _Normalised(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
        features = x.shape[-1]
        rows, share = x.reshape(-1, features), x.new_full((features,), 1 / features)
        mean = torch.mv(rows, share)
        own = rows - mean.unsqueeze(1)
        inverse = torch.mv(own * own, share).add_(EPS).rsqrt_()
        own = own.mul_(inverse.unsqueeze(1)).view(x.shape)
        ctx.save_for_backward(
            x, gain, shift, mean, inverse, own if ctx.needs_input_grad[1] else None
        )
        return torch.addcmul(shift, own, gain)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,), (x, gain, shift, mean, inverse, own) = grads, ctx.saved_tensors
        if torch.is_grad_enabled():  # it will be differentiated again
            return gradients(plain, (x, gain, shift), ctx.needs_input_grad, grad)
        by_x = by_gain = by_shift = None
        if ctx.needs_input_grad[0]:
            moments = (t.view(*x.shape[:-1], 1) for t in (mean, inverse))
            by_x, _, _ = torch.ops.aten.native_layer_norm_backward(
                grad * gain, x, x.shape[-1:], *moments, None, None, [True, False, False]
            )
        if ctx.needs_input_grad[1]:
            by_gain = (grad * own).sum_to_size(gain.shape)
        if ctx.needs_input_grad[2]:
            by_shift = grad.sum_to_size(shift.shape)
        return by_x, by_gain, by_shift
