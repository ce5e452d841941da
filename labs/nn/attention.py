"""Attention of tokens to tokens, with its gradient written out for small ones on a CPU.

With 20 tokens and 8 features of a head torch spends most of the time on copies of heads, on
transposed products and on its softmax over so short an axis: two fifths of a base's training step.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from labs.nn.products import gradients, product, written_out

LARGE = 60.0  # of scores, as powers of two: their sums and shares stay far from the ends of float32


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """softmax(query key / sqrt(features)) value.

    Args:
        query: (..., heads, T, features).
        key: (..., heads, S, features).
        value: (..., heads, S, outputs). The leading axes of all three are the same.

    Returns:
        (..., heads, T, outputs). Differentiable, twice too.
    """
    if written_out(query, key, value):
        return _Attention.apply(query, key, value)
    return plain(query, key, value)


def plain(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """`attend` as it is read, by torch alone."""
    # keys before queries: torch's softmax is several times slower over a short last axis
    scores = key @ (query * query.shape[-1] ** -0.5).mT
    return scores.softmax(-2).mT @ value


class _Attention(torch.autograd.Function):
    """Heads may be views into tokens, as they are: each product takes them where they stand."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        share = product(query, key.mT).mul_(query.shape[-1] ** -0.5 / math.log(2))
        low, high = (float(end) for end in torch.aminmax(share))
        if not (low > -LARGE and high < LARGE):  # so written that NaN, too, comes here
            share.sub_(share.amax(-1, keepdim=True))
        share.exp2_()  # half of what exp takes
        share.mul_(_sums(share).reciprocal_())
        ctx.save_for_backward(query, key, value, share)
        tokens, heads = query.shape[-2], query.shape[-3]
        heard = value.new_empty(*query.shape[:-3], tokens, heads, value.shape[-1])
        return product(share, value, heard.transpose(-2, -3))

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,), (query, key, value, share) = grads, ctx.saved_tensors
        needs = ctx.needs_input_grad
        if torch.is_grad_enabled():  # it will be differentiated again
            return gradients(plain, (query, key, value), needs, grad)
        by_query = by_key = by_value = None
        if needs[2]:
            by_value = product(share.mT, grad, torch.empty_like(value))
        if needs[0] or needs[1]:
            by_score = product(grad, value.mT).mul_(share)
            by_score.addcmul_(share, _sums(by_score), value=-1).mul_(query.shape[-1] ** -0.5)
            if needs[0]:
                by_query = product(by_score, key, torch.empty_like(query))
            if needs[1]:
                by_key = product(by_score.mT, query, torch.empty_like(key))
        return by_query, by_key, by_value


def _sums(x: Tensor) -> Tensor:
    """Over the last axis, which stays: (..., n) -> (..., 1)."""
    n = x.shape[-1]
    return torch.mv(x.view(-1, n), x.new_ones(n)).view(*x.shape[:-1], 1)
