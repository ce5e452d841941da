"""The affine map of a base and of its modules, whose weights all members may share."""

from __future__ import annotations

import torch
from torch import Tensor

from labs.nn import products


def affine(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x weight + bias over the last axis, as one matrix product per set of weights: x (M, ..., in),
    weight (M, in, out), bias (M, 1, out) -> (M, ..., out); of weights with leading axis 1 one
    product serves all members."""
    members = weight.shape[0]
    rows = x.reshape(members, -1, x.shape[-1])
    own = products.written_out(rows, weight)
    if bias is not None and bias.shape[0] == members:
        y = products.affine(rows, weight, bias) if own else torch.baddbmm(bias, rows, weight)
    else:
        y = products.matmul(rows, weight) if own else torch.bmm(rows, weight)
        if bias is not None:  # members share the weight and not the bias
            y = y.view(bias.shape[0], -1, weight.shape[-1]) + bias
    return y.view(*x.shape[:-1], -1)
