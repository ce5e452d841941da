"""MNIST as rows of pixels, where the reader has its files."""

from functools import lru_cache

import numpy as np

from labs.data import images


@lru_cache(maxsize=1)
def mnist(folder: str) -> tuple[np.ndarray, np.ndarray]:
    """Training images, then test images: x (n, 784) float32 in [0, 1], y (n,) int64.

    Raises:
        ValueError: as `labs.data.images.mnist`.
    """
    train, test = images.mnist(folder)
    x = np.concatenate([train.x, test.x])
    return x.reshape(len(x), -1), np.concatenate([train.y, test.y])
