"""Convolution over images with the member axis in front, as `labs.nn.layers` over sequences."""

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.nn.layers import Convolution


class Conv2d(Convolution):
    """Square convolution over channels-last images; twin: `torch.nn.Conv2d`.

    Input (M, B, height, width, inputs), output (M, B, rows, columns, outputs).
    """

    axes = 2

    def forward(self, x: Tensor) -> Tensor:
        rows = _windows(x, *self.geometry)
        product = torch.baddbmm(self.bias, rows.flatten(1, 3), self.weight)
        return product.unflatten(1, rows.shape[1:4])


def _windows(x: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Sliding windows as rows, (M, B, rows, columns, kernel * kernel * channels)."""
    x = F.pad(x, (0, 0, padding, padding, padding, padding))
    if min(x.shape[2:4]) < kernel:
        raise ValueError(f"kernel must fit the padded image {tuple(x.shape[2:4])}, got {kernel}")
    down, right = ((size - kernel) // stride * stride + 1 for size in x.shape[2:4])
    shifted = [
        x[:, :, i : i + down : stride, j : j + right : stride]
        for i in range(kernel)
        for j in range(kernel)
    ]
    return torch.cat(shifted, dim=-1)
