"""The affine map of a base and of its modules, whose weights all members may share."""

from __future__ import annotations

import torch
from torch import Tensor


def affine(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x weight + bias over the last axis, as one matrix product per set of weights: x (M, ..., in),
    weight (M, in, out), bias (M, 1, out) -> (M, ..., out); of weights with leading axis 1 one
    product serves all members."""
    members = weight.shape[0]
    rows = x.reshape(members, -1, x.shape[-1])
    if bias is None:
        y = rows @ weight
    elif bias.shape[0] > members:  # members share the weight and not the bias
        y = (rows @ weight).view(bias.shape[0], -1, weight.shape[-1]) + bias
    else:
        y = torch.baddbmm(bias, rows, weight)
    return y.view(*x.shape[:-1], -1)
