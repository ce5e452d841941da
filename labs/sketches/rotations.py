"""Random matrices of a sketch, each from a stream with a name: rotations and block columns.

In the spirit of Ghazi, Panigrahy and Wang 2019 (arXiv:1905.12730): a random rotation R keeps inner
products and makes <Rx, y> small, of the order 1 / sqrt(d); the transparent matrix (I + R) / 2 keeps
half of its input in place beside a scrambled half.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from scipy.fft import dct, idct
from scipy.stats import ortho_group

from labs.kit.checks import check_sizes
from labs.kit.seeds import stream
from labs.sketches.checks import check_share, check_whole, numbers

NAME = "sketches"
LEAK = 0.5  # what a transparent matrix leaves in place


class Map(Protocol):
    """An orthonormal map R of R^d; both methods act on the last axis of arrays (..., d)."""

    def apply(self, x: np.ndarray) -> np.ndarray:
        """R x."""

    def transpose(self, x: np.ndarray) -> np.ndarray:
        """R^T x, the inverse."""


@dataclass(frozen=True)
class Rotation:
    """A random orthonormal map in O(d log d) time and O(d) memory.

    R = S2 P1 C S1 P0 C S0: random signs S, the orthonormal cosine transform C (DCT-II), random
    permutations P. Orthonormal to rounding, and its transpose is exact; errors of sketches made
    with it are those of Haar's matrices (`Haar`), which a test compares.

    Args:
        d: dimension.
        name: of the stream of its signs and permutations.
        seed: another seed, another map; 0 or more.

    Raises:
        ValueError: `d` below 1, an empty name or a negative seed.

    >>> turn = Rotation(64, "example")
    >>> x = np.arange(64.0)
    >>> bool(np.allclose(turn.transpose(turn.apply(x)), x, atol=1e-12))
    True
    """

    d: int
    name: str
    seed: int = 0

    def __post_init__(self) -> None:
        check_sizes(d=self.d)
        check_stream(self.name, self.seed)

    @cached_property
    def _drawn(self) -> tuple[np.ndarray, np.ndarray]:
        rng = stream(NAME, self.name, self.seed)
        signs = rng.integers(0, 2, size=(3, self.d)) * 2.0 - 1.0
        return signs, np.stack([rng.permutation(self.d) for _ in range(2)])

    @cached_property
    def _back(self) -> np.ndarray:
        back = np.empty_like(self._drawn[1])
        np.put_along_axis(back, self._drawn[1], np.arange(self.d)[None], axis=1)
        return back

    def apply(self, x: np.ndarray) -> np.ndarray:
        """R x over the last axis of x (..., d), float64.

        Raises:
            TypeError, ValueError: no array of numbers, or of another dimension.
        """
        signs, orders = self._drawn
        x = dct(_rows(x, self.d) * signs[0], norm="ortho").take(orders[0], -1) * signs[1]
        x = dct(x, norm="ortho", overwrite_x=True).take(orders[1], -1)
        x *= signs[2]
        return x

    def transpose(self, x: np.ndarray) -> np.ndarray:
        """R^T x over the last axis of x (..., d), float64. Errors are those of `apply`."""
        signs, back = self._drawn[0], self._back
        x = (
            idct((_rows(x, self.d) * signs[2]).take(back[1], -1), norm="ortho", overwrite_x=True)
            * signs[1]
        )
        x = idct(x.take(back[0], -1), norm="ortho", overwrite_x=True)
        x *= signs[0]
        return x


@dataclass(frozen=True)
class Haar:
    """A uniformly random orthonormal matrix, stored whole: the oracle of `Rotation`, for small d.

    Arguments and errors are those of `Rotation`; d^2 memory.

    >>> turn, x = Haar(16, "example"), np.arange(16.0)
    >>> bool(np.allclose(turn.matrix @ turn.matrix.T, np.eye(16)))
    True
    >>> bool(np.allclose(turn.transpose(turn.apply(x)), x))
    True
    """

    d: int
    name: str
    seed: int = 0

    def __post_init__(self) -> None:
        check_sizes(d=self.d)
        check_stream(self.name, self.seed)

    @cached_property
    def matrix(self) -> np.ndarray:
        """R (d, d) float64."""
        rng = stream(NAME, self.name, self.seed)
        drawn: np.ndarray = ortho_group.rvs(self.d, random_state=rng).reshape(self.d, self.d)
        return drawn

    def apply(self, x: np.ndarray) -> np.ndarray:
        """R x over the last axis of x (..., d)."""
        return _rows(x, self.d) @ self.matrix.T

    def transpose(self, x: np.ndarray) -> np.ndarray:
        """R^T x over the last axis of x (..., d)."""
        return _rows(x, self.d) @ self.matrix


def _rows(x: np.ndarray, d: int) -> np.ndarray:
    """x (..., d) in float64; a single number, or one in place of d, would be repeated."""
    x = numbers("x", x)
    if x.ndim < 1 or x.shape[-1] != d:
        raise ValueError(f"x must be of shape (..., {d}), got {x.shape}")
    return x


def transparent(map_: Map, x: np.ndarray) -> np.ndarray:
    """(I + R) / 2 applied to x (..., d): half of x stays in place.

    >>> R = Rotation(4096, "example")
    >>> x = np.eye(1, 4096)[0]
    >>> round(float(transparent(R, x) @ x), 1)
    0.5
    """
    return LEAK * (np.asarray(x) + map_.apply(x))


def transparent_transpose(map_: Map, x: np.ndarray) -> np.ndarray:
    """The transpose of `transparent`, (I + R^T) / 2, applied to x (..., d).

    >>> R, (x, y) = Rotation(64, "example"), np.random.default_rng(0).standard_normal((2, 64))
    >>> bool(np.isclose(transparent(R, x) @ y, x @ transparent_transpose(R, y)))
    True
    """
    return LEAK * (np.asarray(x) + map_.transpose(x))


class Blocks(NamedTuple):
    """The law of block-random columns: every column is cut into blocks of `length` numbers, each of
    which is non-zero with chance `share`; its numbers are then +-1 / sqrt(d share).

    >>> blocks = Blocks(length=64, share=0.1)
    >>> 1280 // blocks.length * blocks.share  # blocks of a column that are non-zero, on average
    2.0
    """

    length: int
    share: float


def check_stream(name: str, seed: int) -> None:
    """Refuse a name or a seed that no stream has.

    Raises:
        TypeError: a name that is not text.
        ValueError: an empty name, a seed that is not a whole number of at least 0.

    >>> check_stream("example", -1)
    Traceback (most recent call last):
        ...
    ValueError: seed must be a whole number of at least 0, got -1
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be text, got {name!r}")
    if not name:
        raise ValueError("name must hold a text, got ''")
    check_whole("seed", seed, 0)


def check_blocks(d: int, blocks: Blocks) -> None:
    """Refuse a law of block-random columns that does not fit.

    Raises:
        TypeError: something else than `Blocks`.
        ValueError: a length that does not divide `d`, a share outside (0, 1].

    >>> check_blocks(100, Blocks(length=64, share=0.1))
    Traceback (most recent call last):
        ...
    ValueError: length of blocks must divide d = 100, got 64
    """
    if not isinstance(blocks, Blocks):
        raise TypeError(f"blocks must be Blocks(length, share), got {blocks!r}")
    check_sizes(length=blocks.length)
    if d % blocks.length:
        raise ValueError(f"length of blocks must divide d = {d}, got {blocks.length}")
    check_share("share of blocks", blocks.share)


def block_columns(d: int, count: int, blocks: Blocks, name: str, seed: int = 0) -> np.ndarray:
    """Draw block-random columns, the family for network recovery in the spirit of the paper.

    Args:
        d: dimension.
        count: number of columns.
        blocks: their law.
        name, seed: of the stream.

    Returns:
        (d, count) float64. A column's squared norm is 1 on average, its standard deviation
        sqrt(length (1 - share) / (d share)).

    Raises:
        ValueError: sizes below 1, a length that does not divide d, a share outside (0, 1].

    >>> columns = block_columns(8, 2, Blocks(length=4, share=0.5), "example")
    >>> columns.shape, sorted(set(np.abs(columns).ravel().tolist()))
    ((8, 2), [0.0, 0.5])
    """
    check_sizes(d=d, count=count)
    check_blocks(d, blocks)
    check_stream(name, seed)
    rng = stream(NAME, name, seed)
    present = rng.random((d // blocks.length, count)) < blocks.share
    signs = rng.integers(0, 2, size=(d, count)) * 2.0 - 1.0
    columns: np.ndarray = signs * present.repeat(blocks.length, axis=0)
    return columns / np.sqrt(d * blocks.share)


MAPS: dict[str, Callable[[int, str, int], Map]] = {"structured": Rotation, "haar": Haar}
