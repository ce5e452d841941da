"""Image sets from files that the reader has: MNIST (IDX) and CIFAR-10 (binary version).

Nothing is downloaded. The files may lie anywhere below a folder, as their publishers name them,
gzipped or not; those nearest to it count. The formats are those of the sets' own pages: LeCun,
Cortes & Burges, "The MNIST database", and Krizhevsky, "The CIFAR-10 dataset".
"""

import gzip
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Images(NamedTuple):
    """x (n, channels, height, width) float32 in [0, 1]; y (n,) int64, classes 0 to 9."""

    x: np.ndarray
    y: np.ndarray


MNIST = (
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
)
CIFAR10 = (tuple(f"data_batch_{part}.bin" for part in range(1, 6)), ("test_batch.bin",))
CIFAR10_SHAPE = (3, 32, 32)
IDX_BYTES = 0x08  # the code of unsigned bytes in the header of an IDX file


def mnist(data_dir: str | Path) -> tuple[Images, Images]:
    """Read MNIST's four IDX files below a folder: (training set, test set), one channel.

    Raises:
        ValueError: a folder that is not there, a file that is missing, there twice or not what its
            name says.
    """
    files = _files(data_dir, "mnist", MNIST)
    train, test = (_images(_idx(images, 3)[:, None], _idx(labels, 1)) for images, labels in files)
    return train, test


def cifar10(data_dir: str | Path) -> tuple[Images, Images]:
    """Read the six files of CIFAR-10's binary version below a folder: (training set, test set),
    three channels.

    Raises:
        ValueError: a folder that is not there, a file that is missing, there twice or not what its
            name says.
    """
    train, test = (
        _images(*map(np.concatenate, zip(*map(_records, paths), strict=True)))
        for paths in _files(data_dir, "cifar10", CIFAR10)
    )
    return train, test


READERS: dict[str, Callable[[str | Path], tuple[Images, Images]]] = {
    "mnist": mnist,
    "cifar10": cifar10,
}


def held(data_dir: str | Path) -> tuple[str, ...]:
    """The names in `READERS` of the sets whose files lie below a folder.

    Raises:
        ValueError: a folder that is not there or holds none of them, a set that lacks a file or has
            it twice.
    """
    sets = {"mnist": MNIST, "cifar10": CIFAR10}
    names = [
        name for name, parts in sets.items() if any(_found(data_dir, f) for f in sum(parts, ()))
    ]
    if not names:
        wanted = " or ".join(f"{parts[0][0]} ({name})" for name, parts in sets.items())
        raise ValueError(f"data_dir must hold {wanted}, got {str(data_dir)!r} with neither")
    for name in names:
        _files(data_dir, name, sets[name])
    return tuple(names)


def _found(data_dir: str | Path, name: str) -> Path | None:
    if not Path(data_dir).is_dir():
        raise ValueError(f"data_dir must be a folder with image files, got {str(data_dir)!r}")
    # torchvision and others put a dot before the kind: train-images.idx3-ubyte
    spellings = [name, name.replace("-idx", ".idx")]
    paths = [
        path
        for spelling in spellings
        for path in Path(data_dir).rglob(f"{spelling}*")
        if path.name.removesuffix(".gz") in spellings and path.is_file()
    ]
    depth = min((len(path.parts) for path in paths), default=0)
    nearest = [path for path in paths if len(path.parts) == depth]
    # Fashion-MNIST and others go by MNIST's names: nothing but the folder tells them apart.
    folders = sorted({str(path.parent) for path in nearest})
    if len(folders) > 1:
        raise ValueError(f"data_dir must hold one {name}, got one in each of {folders}")
    return min(nearest, default=None)


def _files(
    data_dir: str | Path, name: str, parts: tuple[tuple[str, ...], ...]
) -> list[tuple[Path, ...]]:
    found = [[(file, _found(data_dir, file)) for file in part] for part in parts]
    missing = [file for part in found for file, path in part if path is None]
    if missing:
        raise ValueError(
            f"data_dir must hold {missing[0]} (or .gz) for {name}, got {str(data_dir)!r} without"
        )
    return [tuple(path for _, path in part if path is not None) for part in found]


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".gz":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path.name} must be a whole gzip file, got: {error}") from None


def _idx(path: Path, axes: int) -> np.ndarray:
    content = _read(path)
    start = 4 + 4 * axes
    whole = content[:4] == bytes([0, 0, IDX_BYTES, axes]) and len(content) >= start
    shape = np.frombuffer(content[4:start], ">u4").tolist() if whole else []
    if not whole or len(content) != start + math.prod(shape):
        raise ValueError(
            f"{path.name} must be an IDX file of bytes with {axes} axes, got other bytes"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _records(path: Path) -> tuple[np.ndarray, np.ndarray]:
    content = np.frombuffer(_read(path), np.uint8)
    length = 1 + math.prod(CIFAR10_SHAPE)
    if len(content) == 0 or len(content) % length:
        raise ValueError(
            f"{path.name} must hold records of {length} bytes, got {len(content)} bytes"
        )
    records = content.reshape(-1, length)
    return records[:, 1:].reshape(-1, *CIFAR10_SHAPE), records[:, 0]


def _images(pixels: np.ndarray, labels: np.ndarray) -> Images:
    if len(pixels) != len(labels):
        raise ValueError(f"labels must be one per image, got {len(labels)} for {len(pixels)}")
    if labels.max(initial=0) > 9:
        raise ValueError(f"labels must be 0 to 9, got {labels.max()}")
    return Images(pixels.astype(np.float32) / 255, labels.astype(np.int64))
