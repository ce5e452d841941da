"""Convolution over images with the member axis in front, as `labs.nn.layers` over sequences."""

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.nn.layers import Convolution


class Conv2d(Convolution):
    """Square convolution over channels-last images; twin: `torch.nn.Conv2d`.

    Input (M, B, height, width, inputs), output (M, B, rows, columns, outputs). Torch's own
    convolution, member by member: over images it takes less than half the time of a product over
    windows, which no longer stay in the cache.
    """

    axes = 2

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride, padding = self.geometry
        height, width = (size + 2 * padding for size in x.shape[2:4])
        if min(height, width) < kernel:
            raise ValueError(f"kernel must fit the padded image {(height, width)}, got {kernel}")
        # as torch has them: outputs, inputs, rows, columns
        weights = self.weight.unflatten(1, (kernel, kernel, -1)).permute(0, 4, 3, 1, 2)
        images = x.permute(0, 1, 4, 2, 3)
        members = zip(images, weights, self.bias, strict=True)
        outputs = [F.conv2d(one, weight, bias[0], stride, padding) for one, weight, bias in members]
        return torch.stack(outputs).permute(0, 1, 3, 4, 2)
