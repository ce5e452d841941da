"""MNIST as the benchmark's row of it: the data, and the published nets over images.

No code of that row was published. These are the plain analogues: the same layers over 28 by 28
pixels, the CNN's convolutions in two dimensions, the GRU over rows.
"""

from functools import lru_cache

import numpy as np
from torch import Tensor

from labs.data import images
from labs.data.mnist1d import CLASSES, Split
from labs.nn import nets
from labs.nn.conv2d import Conv2d
from labs.nn.layers import Linear

SIDE = 28
PIXELS = SIDE * SIDE


@lru_cache(maxsize=1)
def split(folder: str) -> dict[str, Split]:
    """The parts "train" (50,000), "val" (the last 10,000 that are published to train) and "test"
    (10,000): pixels (n, 784) float32, standardised by the moments of what trains, as MNIST-1D is.

    Raises:
        ValueError: as `labs.data.images.mnist`.
    """
    published, test = images.mnist(folder)
    cut = len(published.y) - len(published.y) // 6
    mean, sd = published.x[:cut].mean(), published.x[:cut].std()

    def part(x: np.ndarray, y: np.ndarray) -> Split:
        return Split((x.reshape(len(x), PIXELS) - mean) / sd, y)

    x, y = published
    return {"train": part(x[:cut], y[:cut]), "val": part(x[cut:], y[cut:]), "test": part(*test)}


class ImageCNN(nets.Net):
    """The CNN's three convolutions of stride 2 in two dimensions; 15,960 parameters."""

    def __init__(self, members: int, channels: int = 25) -> None:
        super().__init__(members, channels=channels)
        self.first = Conv2d(members, 1, channels, kernel=5, stride=2, padding=1)
        self.second = Conv2d(members, channels, channels, kernel=3, stride=2, padding=1)
        self.third = Conv2d(members, channels, channels, kernel=3, stride=2, padding=1)
        self.head = Linear(members, 4 * 4 * channels, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = x.unflatten(-1, (SIDE, SIDE)).unsqueeze(-1)
        for conv in (self.first, self.second, self.third):
            h = conv(h).relu()
        return self.head(h.movedim(-1, 2).flatten(2))  # channel by channel, as torch flattens


def net(model: str, members: int) -> nets.Net:
    """The stack of a published model over images.

    Raises:
        ValueError: none of the four published models.
    """
    if model == "logistic":
        return nets.Logistic(members, length=PIXELS)
    if model == "mlp":
        return nets.MLP(members, length=PIXELS)
    if model not in ("cnn", "gru"):
        raise ValueError(f"model must be logistic, mlp, cnn or gru, got {model!r}")
    if model == "cnn":
        return ImageCNN(members)
    # one row of pixels at a step; 4,666 parameters
    return nets.GRUNet(members, length=SIDE, inputs=SIDE)
