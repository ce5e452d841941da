"""Attention of a few tokens to one another, none to itself, with its gradient written out.

Heads of a few features over five or ten tokens are products of tiny matrices, and thousands of
them: a batched product spends its time between them. Here the batch is last, so one elementwise
product serves a whole batch. Token l attends to the tokens l + 1, ..., l + L - 1, counted round the
end: with keys and values written twice in a row, those at distance d are one stretch of memory, and
the token itself, distance 0, is left out rather than masked. A few members at a time: what one
operation leaves is in the cache when the next one needs it.
"""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

GROUP = 2  # members at a time


class Heads(NamedTuple):
    """Shape of the attention: `modules` with `heads` heads each, of `features` features, over
    `length` tokens (at least 2)."""

    modules: int
    heads: int
    features: int
    length: int

    @property
    def rows(self) -> int:
        """Features of all heads together."""
        return self.modules * self.heads * self.features


def attend(projected: Tensor, heads: Heads) -> Tensor:
    """What each module hears: softmax(q k / sqrt(features)) v over the other tokens of the
    sequence, head by head, and its share of the token's own features. Differentiable once.

    Args:
        projected: queries, keys, values and own features, each module by module, (M, 3 heads.rows +
            own, length * B), tokens before examples.
        heads: the shape.

    Returns:
        Tensor: (M, modules, (heads.rows + own) / modules, length * B).
    """
    if projected.device.type != "cpu":
        return plain(projected, heads)
    return _Attend.apply(projected, heads)


def plain(projected: Tensor, heads: Heads) -> Tensor:
    """`attend` by torch's own attention, with a mask."""
    qkv, own = projected.split((3 * heads.rows, projected.shape[1] - 3 * heads.rows), 1)
    tokens = qkv.unflatten(1, (3, -1, heads.features)).unflatten(-1, (heads.length, -1))
    others = ~torch.eye(heads.length, dtype=torch.bool, device=projected.device)
    query, key, value = tokens.permute(1, 0, 5, 2, 4, 3)
    heard = F.scaled_dot_product_attention(query, key, value, attn_mask=others)
    parts = heard.permute(0, 2, 4, 3, 1).flatten(3).flatten(1, 2), own
    return torch.cat([part.unflatten(1, (heads.modules, -1)) for part in parts], dim=2)


class _Views:
    """One group's projections by name, and its keys and values twice in a row, by distance."""

    def __init__(self, projected: Tensor, heads: Heads, twice: Tensor) -> None:
        qkv = projected[:, : 3 * heads.rows].unflatten(1, (3, *heads[:3]))
        self.query, self.key, self.value = qkv.unbind(1)
        self.own = projected[:, 3 * heads.rows :].unflatten(1, (heads.modules, -1))
        self.twice = twice[:, : len(projected)]
        columns = projected.shape[2]
        batch = columns // heads.length
        starts = range(batch, columns, batch)
        self.keys, self.values = ([t[..., s : s + columns] for s in starts] for t in self.twice)

    def double(self, scale: float) -> None:
        first, second = self.twice.chunk(2, dim=-1)
        torch.mul(self.key, scale, out=first[0])
        first[1].copy_(self.value)
        second.copy_(first)

    def fold(self, scale: float) -> None:
        """Of gradients: the two copies' into one."""
        (key, value), (other_key, other_value) = self.twice.chunk(2, dim=-1)
        torch.add(key, other_key, out=self.key).mul_(scale)
        torch.add(value, other_value, out=self.value)


def _heard(x: Tensor, heads: Heads) -> tuple[Tensor, Tensor]:
    """Of what modules hear: the heads' (members, modules, heads, features, N), the own features."""
    width = heads.heads * heads.features
    return x[:, :, :width].unflatten(2, heads[1:3]), x[:, :, width:]


def _attend(views: _Views, weights: Tensor, mixed: Tensor, product: Tensor) -> None:
    """Fills the weights (L - 1, members, modules, heads, N) and the values mixed by them."""
    for key, score in zip(views.keys, weights, strict=True):
        torch.sum(torch.mul(views.query, key, out=product), 3, out=score)
    weights.copy_(weights.softmax(0))
    first, *others = zip(weights.unsqueeze(4), views.values, strict=True)
    torch.mul(*first, out=mixed)
    for weight, value in others:
        mixed.addcmul_(weight, value)


def _attend_grad(
    views: _Views, weights: Tensor, grad_mixed: Tensor, grad: _Views, product: Tensor
) -> None:
    grad.twice.zero_()
    grad.query.zero_()
    grad_weights = torch.empty_like(weights)
    for d, weight in enumerate(weights.unsqueeze(4)):
        torch.mul(grad_mixed, views.values[d], out=product)
        torch.sum(product, 3, out=grad_weights[d])
        grad.values[d].addcmul_(weight, grad_mixed)
    whole = weights.contiguous()  # of one in strides torch before 2.6 gives wrong numbers
    grad_scores = torch._softmax_backward_data(grad_weights, whole, 0, weights.dtype)
    for d, grad_score in enumerate(grad_scores.unsqueeze(4)):
        grad.query.addcmul_(grad_score, views.keys[d])
        grad.keys[d].addcmul_(grad_score, views.query)


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, projected: Tensor, heads: Heads) -> Tensor:
        members, rows, columns = projected.shape
        own = (rows - 2 * heads.rows) // heads.modules
        heard = projected.new_empty(members, heads.modules, own, columns)
        attention = projected.new_empty(heads.length - 1, members, *heads[:2], columns)
        twice = projected.new_empty(2, min(GROUP, members), *heads[:3], 2 * columns)
        product = torch.empty_like(twice[0, ..., :columns])
        groups = projected.split(GROUP), heard.split(GROUP), attention.split(GROUP, 1)
        for x, out, weights in zip(*groups, strict=True):
            views, (mixed, self_heard) = _Views(x, heads, twice), _heard(out, heads)
            views.double(heads.features**-0.5)
            _attend(views, weights, mixed, product[: len(x)])
            self_heard.copy_(views.own)
        ctx.save_for_backward(projected, attention)
        ctx.heads = heads
        return heard

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (projected, attention), heads = ctx.saved_tensors, ctx.heads
        members, _, columns = projected.shape
        grad_projected = torch.empty_like(projected)
        twice = projected.new_empty(2, min(GROUP, members), *heads[:3], 2 * columns)
        grad_twice, product = torch.empty_like(twice), torch.empty_like(twice[0, ..., :columns])
        alike = (t.split(GROUP) for t in (projected, grad_projected, grads[0]))
        for x, grad_x, grad_heard, weights in zip(*alike, attention.split(GROUP, 1), strict=True):
            views, grad = _Views(x, heads, twice), _Views(grad_x, heads, grad_twice)
            grad_mixed, grad_own = _heard(grad_heard, heads)
            grad.own.copy_(grad_own)
            views.double(heads.features**-0.5)
            _attend_grad(views, weights, grad_mixed, grad, product[: len(x)])
            grad.fold(heads.features**-0.5)
        return grad_projected, None
