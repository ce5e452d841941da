"""Convolutions that rectify and pool, with the gradient written out, and the nets made of them.

Layout: (M, positions, channels, B), the batch last. The window of a position, itself and its two
neighbours with all their channels, is then one stretch of memory, a matrix of 3 C rows and B
columns; the windows of all positions are one batched product on a view, and nothing is laid side
by side. So is the gradient in the input, over windows of the outputs' gradient. Pooling combines
whole rows. Members follow one another: what one of them computes is read again from the cache.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from labs.kit.checks import check_sizes, known
from labs.nn.halving import rectified
from labs.nn.layers import Conv1d, Linear
from labs.nn.nets import CLASSES, LENGTH, Net
from labs.nn.products import product

KERNEL = 3
TINY = 1e-30  # in place of zero, whose square root takes thirty times as long
LEFT, RIGHT = slice(0, None, 2), slice(1, None, 2)  # of every pair of positions

_where_positive = torch.ops.aten.threshold_backward  # the gradient of the rectifier


class Pool(NamedTuple):
    """What becomes of `width` positions of a convolution, rectified: one.

    Args:
        width: positions that become one.
        forward: (z, out) writes the pooled z (positions, channels, B) to out. z may be changed; at
            width 1 it is out.
        backward: (grad, out, z, grad_z) writes the gradient in what the convolution gave to grad_z,
            from the gradient in out, and from out and z as `forward` left them.
    """

    width: int
    forward: Callable[[Tensor, Tensor], None]
    backward: Callable[[Tensor, Tensor, Tensor, Tensor], None]


def _none(z: Tensor, out: Tensor) -> None:
    out.relu_()


def _none_grad(grad: Tensor, out: Tensor, z: Tensor, grad_z: Tensor) -> None:
    _where_positive.grad_input(grad, out, 0, grad_input=grad_z)


def _max(z: Tensor, out: Tensor) -> None:
    # The maximum of the rectified is the rectified maximum, at half the work.
    torch.maximum(z[LEFT], z[RIGHT], out=out).relu_()


def _max_grad(grad: Tensor, out: Tensor, z: Tensor, grad_z: Tensor) -> None:
    left, right = grad_z[LEFT], grad_z[RIGHT]
    _where_positive.grad_input(grad, out, 0, grad_input=left)
    torch.sub(z[RIGHT], z[LEFT], out=right)
    _where_positive.grad_input(left, right, 0, grad_input=right)
    left.sub_(right)  # of equals the first is the maximum, as in torch


def _avg(z: Tensor, out: Tensor) -> None:
    z.relu_()
    torch.add(z[LEFT], z[RIGHT], out=out).mul_(0.5)


def _avg_grad(grad: Tensor, out: Tensor, z: Tensor, grad_z: Tensor) -> None:
    left, right = grad_z[LEFT], grad_z[RIGHT]
    torch.mul(grad, 0.5, out=left)
    _where_positive.grad_input(left, z[RIGHT], 0, grad_input=right)
    _where_positive.grad_input(left, z[LEFT], 0, grad_input=left)


def _l2(z: Tensor, out: Tensor) -> None:
    z.relu_()
    torch.mul(z[LEFT], z[LEFT], out=out).addcmul_(z[RIGHT], z[RIGHT]).clamp_min_(TINY).sqrt_()


def _l2_grad(grad: Tensor, out: Tensor, z: Tensor, grad_z: Tensor) -> None:
    left, right = grad_z[LEFT], grad_z[RIGHT]
    torch.div(grad, out, out=left)
    torch.mul(left, z[RIGHT], out=right)
    left.mul_(z[LEFT])


POOLS = {
    "none": Pool(1, _none, _none_grad),
    "max": Pool(2, _max, _max_grad),
    "avg": Pool(2, _avg, _avg_grad),
    "l2": Pool(2, _l2, _l2_grad),  # root of the sum of squares, as torch's lp_pool1d
}
STRIDE = "stride"  # no pooling, but convolutions that go two positions at a time


def conv_pool(pool: str, x: Tensor, conv: Conv1d, *, ends: int) -> Tensor:
    """A convolution (kernel 3, stride 1, padding 1), rectified and pooled.

    It is differentiable once, in x and in the weights; the padding counts as constant.

    Args:
        pool: a key of `POOLS`.
        x: (M, P + 2, inputs, B), contiguous, its first and last position zero; P is a multiple of
            the pool's width.
        conv: the weights.
        ends: positions of zeros at either end of the output: 1 pads it for the next convolution.

    Returns:
        Tensor: (M, P / width + 2 ends, outputs, B).

    Raises:
        ValueError: an unknown pool, a convolution of another geometry, ends other than 0 and 1, an
            x that is not contiguous or whose positions do not make pairs.
    """
    known("pool", pool, POOLS)
    if conv.geometry != (KERNEL, 1, 1):
        raise ValueError(f"conv must have kernel 3, stride 1 and padding 1, got {conv.geometry}")
    if ends not in (0, 1):
        raise ValueError(f"ends must be 0 or 1, got {ends!r}")
    if not x.is_contiguous():
        raise ValueError(f"x must be contiguous, got strides {x.stride()}")
    if (x.shape[1] - 2) % POOLS[pool].width:
        raise ValueError(f"x must hold pairs of positions and padding, got {x.shape[1]} positions")
    return _ConvPool.apply(POOLS[pool], ends, x, conv.weight, conv.bias)


def _windows(x: Tensor) -> Tensor:
    """A view of (M, P + 2, C, B) as (M, P, 3 C, B)."""
    members, positions, channels, batch = x.shape
    row = channels * batch
    sizes = (members, positions - 2, KERNEL * channels, batch)
    return x.as_strided(sizes, (positions * row, row, batch, 1))


def _at_every(weight: Tensor, positions: int) -> Tensor:
    """A view of (M, O, I) as (M, positions, O, I)."""
    return weight.unsqueeze(1).expand(-1, positions, -1, -1)


def _inside(padded: Tensor, ends: int) -> Tensor:
    return padded[:, ends : padded.shape[1] - ends]


class _ConvPool(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, pool: Pool, ends: int, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        members, positions, _, batch = x.shape
        positions, outputs = positions - 2, weight.shape[2]
        padded = x.new_empty(members, positions // pool.width + 2 * ends, outputs, batch)
        if ends:
            padded[:, 0] = padded[:, -1] = 0
        out = _inside(padded, ends)
        z = out if pool.width == 1 else x.new_empty(members, positions, outputs, batch)
        weights = _at_every(weight.transpose(1, 2), positions)
        for rows, w, b, own_z, own_out in zip(
            _windows(x), weights, bias.transpose(1, 2), z, out, strict=True
        ):
            product(w, rows, own_z).add_(b)
            pool.forward(own_z, own_out)
        ctx.pool, ctx.ends = pool, ends
        ctx.save_for_backward(x, weight, padded, *([] if pool.width == 1 else [z]))
        return padded

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, padded, *kept = ctx.saved_tensors
        out, grad = _inside(padded, ctx.ends), _inside(grads[0], ctx.ends)
        (z,) = kept or (out,)
        positions, batch = x.shape[1] - 2, x.shape[3]
        grad_x = torch.empty_like(x) if ctx.needs_input_grad[2] else None
        grad_weight, grad_bias = torch.empty_like(weight), weight.new_empty(len(x), 1, z.shape[2])
        grad_z = x.new_zeros(1, positions + 2, z.shape[2], batch)  # of one member after the other
        own_z, around = grad_z[0, 1:-1], _windows(grad_z)[0]
        flipped = weight.unflatten(1, (KERNEL, -1)).flip(1).transpose(1, 2).flatten(2)
        weights = _at_every(flipped, positions)
        products = x.new_empty(positions, *weight.shape[1:])
        # A product along the last axis of both is slow, but for few rows a copy is slower.
        turned = own_z.transpose(1, 2)
        columns = torch.empty_like(turned, memory_format=torch.contiguous_format)
        copies = weight.shape[1] > KERNEL
        for m, rows in enumerate(_windows(x)):
            ctx.pool.backward(grad[m], out[m], z[m], own_z)
            product(rows, columns.copy_(turned) if copies else turned, products)
            torch.sum(products, 0, out=grad_weight[m])
            torch.sum(own_z.sum(0), 1, out=grad_bias[m, 0])
            if grad_x is not None:
                product(weights[m], around, grad_x[m, 1:-1])
        if grad_x is not None:
            grad_x[:, 0] = grad_x[:, -1] = 0
        return None, None, grad_x, grad_weight, grad_bias


class Readout(Linear):
    """Affine map of all positions and channels; twin: `torch.nn.Linear` on the flattened (B,
    channels, positions) that `torch.nn.Conv1d` gives.

    Input (M, positions, channels, B), output (M, B, outputs); weight (M, positions * channels,
    outputs), bias (M, 1, outputs).
    """

    def __init__(self, members: int, positions: int, channels: int, outputs: int) -> None:
        check_sizes(positions=positions, channels=channels)
        super().__init__(members, positions * channels, outputs)
        self._twin_inputs = (channels, positions)

    def load(self, member: int, *tensors: Tensor) -> None:
        weight, bias = tensors
        ours = weight.unflatten(1, self._twin_inputs).transpose(1, 2).flatten(1)
        super().load(member, ours, bias)

    def forward(self, h: Tensor) -> Tensor:
        weight, bias = self.weight.transpose(1, 2), self.bias.transpose(1, 2)
        return torch.baddbmm(bias, weight, h.flatten(1, 2)).transpose(1, 2)


class PoolNet(Net):
    """Two convolutions, each rectified and pooled, and a linear readout.

    Without pooling 3 c^2 + 405 c + 10 parameters for c channels, of 20 9,310; with pooling or
    stride 3 c^2 + 105 c + 10, of 20 3,310. (Greydanus & Kobak 2024, Figure 9.)

    Args:
        members: networks in the stack.
        pool: ``"none"``, ``"max"``, ``"avg"`` or ``"l2"``, over pairs of positions; ``"stride"``:
            no pooling, but convolutions of stride 2.
        channels: of both convolutions.
        length: of the inputs, a multiple of 4 unless `pool` is ``"none"``.

    Raises:
        ValueError: an unknown pool, a size below 1, a length that is not a multiple of 4.
    """

    def __init__(self, members: int, pool: str, channels: int = 20, length: int = LENGTH) -> None:
        super().__init__(members, channels=channels, length=length)
        self.pool = known("pool", pool, (*POOLS, STRIDE))
        if pool != "none" and length % 4:
            raise ValueError(f"length must be a multiple of 4 with pool {pool!r}, got {length}")
        stride = 2 if pool == STRIDE else 1
        self.first = Conv1d(members, 1, channels, KERNEL, stride, padding=1)
        self.second = Conv1d(members, channels, channels, KERNEL, stride, padding=1)
        positions = length if pool == "none" else length // 4
        self.head = Readout(members, positions, channels, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        if self.pool == STRIDE:
            h = rectified(x.unsqueeze(-1), self.first, self.second)
            return self.head(h.permute(0, 2, 3, 1))
        h = F.pad(x, (1, 1)).transpose(1, 2).contiguous().unsqueeze(2)
        h = conv_pool(self.pool, h, self.first, ends=1)
        h = conv_pool(self.pool, h, self.second, ends=0)
        return self.head(h)
