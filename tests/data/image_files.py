"""Writes small image sets in the published formats, for tests."""

import struct
from pathlib import Path

import numpy as np


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_mnist(folder: Path, train: int = 20, test: int = 10, size: int = 28) -> None:
    rng = np.random.default_rng(0)
    for part, count in (("train", train), ("t10k", test)):
        pixels = rng.integers(256, size=(count, size, size), dtype=np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(pixels))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))


def write_cifar10(folder: Path, each: int = 10) -> None:
    rng = np.random.default_rng(1)
    for name in (*(f"data_batch_{part}.bin" for part in range(1, 6)), "test_batch.bin"):
        records = rng.integers(256, size=(each, 3073), dtype=np.uint8)
        records[:, 0] = np.arange(each) % 10
        (folder / name).write_bytes(records.tobytes())
