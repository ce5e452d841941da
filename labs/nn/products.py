"""Products of stacks of matrices, tanh, and the affine map of a layer, fast for small networks.

The matrices of a small network are far from what a library tunes its batched product for: with 100
rows and 10 columns torch's reaches a sixth of a core's speed, and one product after the other by
the BLAS that numpy carries three quarters of it. So on a CPU numpy multiplies, in the tensors' own
memory; anywhere else torch does. (On AMD's processors torch's MKL does without AVX-512, too.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import _get_current_dispatch_mode

_MINUS_ONE = torch.tensor(-1.0)
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def in_place(compute: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Decorate a computation over memory of its own: torch keeps no account of it, which costs a
    small operation a third of its time, and numpy leaves infinities for the caller to see.

    Tensors that it makes are torch's inference tensors, which no one may differentiate or write
    into elsewhere: what lasts is made before.
    """
    return np.errstate(all="ignore")(torch.inference_mode()(compute))


def written_out(*tensors: Tensor) -> bool:
    """Whether a computation of these may take the form that is written out for small networks: on a
    CPU, in single precision, while nobody counts torch's products, who would not see numpy's
    (`labs.adapters.costs`)."""
    single = all(t.device.type == "cpu" and t.dtype == torch.float32 for t in tensors)
    return single and _get_current_dispatch_mode() is None


def gradients(
    plain: Callable[..., Tensor], inputs: Sequence[Tensor], needs: Sequence[bool], grad: Tensor
) -> tuple[Tensor | None, ...]:
    """What the backward pass of a written-out computation returns where it will be differentiated
    itself: the gradients of `plain`, by each of its inputs that needs one."""
    asked = [t for t, need in zip(inputs, needs, strict=True) if need]
    found = iter(torch.autograd.grad(plain(*inputs), asked, grad, create_graph=True))
    return tuple(next(found) if need else None for need in needs)


def product(a: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
    """a @ b for stacks of matrices, without a gradient; returns `out`.

    Args:
        a: (..., n, k), requiring no gradient; a transposed view is as good as a contiguous tensor.
        b: (..., k, m), of the same kind.
        out: where to write, (..., n, m); default: a new tensor.

    Raises:
        ValueError, RuntimeError: shapes that do not fit, as numpy and torch say it.
    """
    if out is None:
        out = a.new_empty(*a.shape[:-1], b.shape[-1])
    if a.device.type == "cpu":
        with np.errstate(all="ignore"):  # infinities are the caller's to see, as in torch
            np.matmul(a.numpy(), b.numpy(), out=out.numpy())
    else:
        torch.matmul(a, b, out=out)
    return out


def summed(x: Tensor, out: Tensor | None = None) -> Tensor:
    """Sum over the rows of each matrix, (M, n, m) -> (M, 1, m), as `product`."""
    # not one expanded: BLAS takes no stride of 0
    return product(x.new_ones(x.shape[0], 1, x.shape[1]), x, out)


def tanh(x: Tensor, out: Tensor) -> Tensor:
    """tanh of each element, without a gradient, into `out`, which may be x; to 2e-7 in single
    precision. It is 2 sigmoid(2 x) - 1, which takes a CPU less than half the time."""
    torch.mul(x, 2, out=out).sigmoid_()
    return torch.add(_MINUS_ONE.to(x), out, alpha=2, out=out)


def affine(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """x weight + bias: x (M, B, inputs), weight (M, inputs, outputs), bias (M, 1, outputs) ->
    (M, B, outputs). Differentiable in every argument, and so is weight x + bias of examples in
    columns: bias may have any shape that expands to the result's.

    All of one dtype, on one device.

    Raises:
        ValueError, RuntimeError: as `product`.
    """
    if x.device.type == "cpu":
        return _Affine.apply(x, weight, bias)
    return torch.baddbmm(bias, x, weight)


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """a @ b for stacks of matrices, (M, n, k) and (M, k, m) -> (M, n, m), of one dtype and on one
    device. Differentiable in both.

    Raises:
        ValueError, RuntimeError: as `product`.
    """
    if a.device.type == "cpu":
        return _Affine.apply(a, b, None)
    return torch.bmm(a, b)


class _Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.bias = bias if bias is None else bias.shape
        y = product(x, weight)
        return y if bias is None else y.add_(bias)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,), (x, weight) = grads, ctx.saved_tensors
        by_x, by_weight, by_bias = ctx.needs_input_grad
        if torch.is_grad_enabled():  # it will be differentiated again
            bias = grad.sum_to_size(ctx.bias) if by_bias else None
            return grad @ weight.transpose(1, 2), x.transpose(1, 2) @ grad, bias
        return (
            _by_input(x, grad, weight) if by_x else None,
            product(x.transpose(1, 2), grad) if by_weight else None,
            _by_bias(grad, ctx.bias) if by_bias else None,
        )


def _by_bias(grad: Tensor, shape: torch.Size) -> Tensor:
    if shape[1] < grad.shape[1]:
        grad = summed(grad)
    if shape[2] < grad.shape[2]:
        grad = product(grad, grad.new_ones(grad.shape[0], grad.shape[2], 1))
    return grad


def _by_input(x: Tensor, grad: Tensor, weight: Tensor) -> Tensor:
    if x.stride(1) == 1:  # rows last in memory, and so is the gradient
        return product(weight, grad.transpose(1, 2)).transpose(1, 2)
    return product(grad, weight.transpose(1, 2))
