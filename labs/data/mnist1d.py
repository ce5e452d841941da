"""The data set of a replicate: the published split, and as many fresh examples as asked for; and
data sets of other sizes.

Replicate r is the data set of seed 42 + r; replicate 0 is the published one (Greydanus and Kobak
2024, arXiv:2011.14439). Fresh examples follow the same law in the same units: they are standardised
with the published set's own mean and deviation, not with their own.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from labs.kit import seeds
from labs.kit.checks import check_sizes
from mnist1d.generate import Data, generate
from mnist1d.recipe import Recipe, whole

SEED = 42  # of replicate 0
EXAMPLES = 4000  # that train in the published data set
CLASSES, LENGTH = 10, 40
BLOCK = 1000  # fresh examples that are drawn at once


class Split(NamedTuple):
    """Inputs x (n, 40) float32 and labels y (n,) int64."""

    x: np.ndarray
    y: np.ndarray


class Published(NamedTuple):
    """A replicate's data: what trains, the 1000 published test examples, and fresh ones."""

    train: Split
    test: Split
    fresh: Split


class Drawn(NamedTuple):
    """A data set of its own: what trains, validates and tests."""

    train: Split
    val: Split
    test: Split


def drawn(seed: int, *, train: int, val: int = 0, test: int = 0, stream: str = "exact") -> Drawn:
    """Return a data set of any sizes by the published law, standardised on its own.

    Args:
        seed: of the data set; `SEED` + replicate for a replicate's own.
        train, val, test: numbers of examples.
        stream: ``"exact"``, upstream's generator, or ``"fast"``, as `mnist1d.generate` takes it.

    Raises:
        TypeError, ValueError: sizes that are no whole numbers of at least 0, or all 0; an unknown
            stream.
    """
    for name, size in {"train": train, "val": val, "test": test}.items():
        whole(name, size, 0)
    # One draw, cut as the published set is cut: `generate` would stratify every part by itself.
    data = generate(Recipe(seed=seed, n_train=train + val + test), stream=stream)
    cuts = (train, train + val)
    pairs = zip(np.split(data.x, cuts), np.split(data.y, cuts), strict=True)
    return Drawn(*(_split(x, y) for x, y in pairs))


def published(replicate: int, *, train: int = EXAMPLES, test: int = 0) -> Published:
    """Return the published split of a replicate and a fresh test set.

    Args:
        replicate: 0 for the published data set.
        train: training examples: the first of the published 4000, and where more are asked for,
            fresh ones behind them.
        test: examples of the fresh test set.

    Returns:
        Splits `train`, `test` (1000 examples) and `fresh`; copies, the caller's own.

    Raises:
        ValueError: `train` below 1, `test` below 0, or a negative replicate.

    >>> data = published(0, train=5000, test=20_000)
    >>> data.train.x.shape, data.test.y.shape, data.fresh.x.shape
    ((5000, 40), (1000,), (20000, 40))
    """
    check_sizes(train=train)
    for name, value in {"replicate": replicate, "test": test}.items():
        if isinstance(value, bool) or value < 0:
            raise ValueError(f"{name} must be at least 0, got {value!r}")
    own = _published(replicate)
    first = _split(own.x[:train], own.y[:train])
    if train > EXAMPLES:
        more = fresh(replicate, train - EXAMPLES, "further training examples")
        first = Split(*map(np.concatenate, zip(first, more, strict=True)))
    return Published(
        first, _split(own.x_test, own.y_test), fresh(replicate, test, "fresh test set")
    )


def fresh(replicate: int, examples: int, purpose: str) -> Split:
    """Further examples of a replicate's law in its units; fewer of them are the first of more.

    Args:
        replicate: whose data set they belong to.
        examples: how many, 0 or more; every `BLOCK` of them holds all classes alike.
        purpose: names the stream: another purpose, other examples.
    """
    mean, sd = units(replicate)
    x = np.empty((examples, LENGTH), np.float32)
    y = np.empty(examples, np.int64)
    for start, seed in blocks(replicate, examples, purpose):
        more = generate(Recipe(n_train=BLOCK, n_test=0, seed=seed), stream="fast")
        own_mean, own_sd = _moments(more)
        here = slice(start, start + BLOCK)
        raw = more.x * np.float32(own_sd) + np.float32(own_mean - mean)
        x[here] = raw[: examples - start] / np.float32(sd)
        y[here] = more.y[: examples - start]
    return Split(x, y)


def blocks(replicate: int, examples: int, purpose: str) -> Iterator[tuple[int, int]]:
    """Blocks that fresh examples are drawn in: the place of the first example, and the seed.

    Args:
        replicate, examples, purpose: as `fresh` takes them.

    >>> [start for start, _ in blocks(0, 2500, "test")]
    [0, 1000, 2000]
    """
    for start in range(0, examples, BLOCK):
        yield start, seeds.seed("mnist1d", f"{purpose} {start}", replicate) % 2**32


def units(replicate: int) -> tuple[float, float]:
    """Mean and deviation of a replicate's published set before it was standardised.

    >>> mean, sd = units(0)
    >>> round(mean, 3), round(sd, 3)
    (-0.006, 0.155)
    """
    return _moments(_published(replicate))


def shuffled_order(replicate: int) -> np.ndarray:
    """The order (40,) of the shuffled positions of a replicate; of replicate 0 upstream's.

    >>> shuffled_order(0)[:5]
    array([19, 16, 15, 26,  4])
    """
    return np.random.RandomState(SEED + replicate).permutation(LENGTH)


@lru_cache(maxsize=64)
def _published(replicate: int) -> Data:
    return generate(Recipe(seed=SEED + replicate))


def _moments(data: Data) -> tuple[float, float]:
    assert data.moments is not None  # generated here, not read from a file
    return data.moments


def _split(x: np.ndarray, y: np.ndarray) -> Split:
    return Split(x.astype(np.float32), y.copy())
