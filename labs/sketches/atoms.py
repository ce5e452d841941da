"""Atoms: what blocks of sketches are made of, found in each block alone.

Where the columns of a network are block-random, few of them are non-zero in a given block, and
there each of them is one number times a pattern of signs: an atom. The activities that multiply
atoms are far from Gaussian, so independent component analysis finds them, and a component that is
no atom betrays itself because its numbers are not of one size.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning

from labs.kit.checks import check_sizes
from labs.kit.seeds import stream
from labs.sketches.checks import check_whole, numbers
from labs.sketches.rotations import NAME, Blocks, check_blocks

ABOVE = 1.12  # an eigenvalue that counts, over what pure noise of the median's size reaches
FLOOR = 1e-6  # and over the largest, where there is no noise
UNEVEN = 0.35  # standard deviation over mean of an atom's magnitudes, at most
SAME = 0.6  # cosine of two components that are one atom
ITERATIONS, TOLERANCE = 20, 1e-3  # of each analysis: more of them find no more


class Atoms(NamedTuple):
    """Atoms of sketches (S, d), N of them in all blocks.

    Attributes:
        signs: (N, length) of +-1.
        blocks: (N,) the block of each.
        activities: (S, N) what the atoms are multiplied with, by least squares in each block.
    """

    signs: np.ndarray
    blocks: np.ndarray
    activities: np.ndarray


def block_atoms(
    sketches: np.ndarray, blocks: Blocks, *, least: float = 0.0, seed: int = 0
) -> Atoms:
    """Find the atoms of every block, each up to its sign.

    The covariance of a block is cut at the eigenvalues that noise alone would hardly reach, what is
    left is whitened, and FastICA looks for components twice: with a cubic nonlinearity (kurtosis)
    and with tanh, which is better where samples are few. Components of uneven magnitudes are
    dropped, and of those that are alike the most even one stays.

    Args:
        sketches: (S, d), one row per sample, S at least 2.
        blocks: the law of the columns.
        least: a variance of less than this, per number of a block, is rounding.
        seed: of the start of the analyses.

    Raises:
        TypeError: sketches that are no array of real numbers, blocks that are no `Blocks`.
        ValueError: sketches that are not such an array of finite numbers, or whose squares are not;
            a length of blocks that does not divide d, a share outside (0, 1], a negative seed.

    >>> from labs.sketches.rotations import block_columns
    >>> blocks, rng = Blocks(length=64, share=0.1), np.random.default_rng(0)
    >>> columns = block_columns(1280, 6, blocks, "example")
    >>> activities = rng.standard_normal((400, 6)) * (rng.random((400, 6)) < 0.2)
    >>> atoms = block_atoms(activities @ columns.T, blocks)
    >>> int((columns[::64] != 0).sum()), atoms.signs.shape
    (13, (13, 64))
    """
    sketches = checked_sketches(sketches, blocks)
    check_whole("seed", seed, 0)
    rng = stream(NAME, "start of components", seed)
    parts = [
        (signs, np.full(len(signs), place), block @ np.linalg.pinv(signs))
        for place, block in enumerate(_cut(sketches, blocks.length))
        if len(signs := _signs(block, least, rng))
    ]
    none = (np.empty((0, blocks.length)), np.empty(0, int), np.empty((len(sketches), 0)))
    signs, places, activities = zip(none, *parts, strict=True)
    return Atoms(np.vstack(signs), np.concatenate(places), np.hstack(activities))


def checked_sketches(sketches: np.ndarray, blocks: Blocks) -> np.ndarray:
    """Sketches (S, d) as float64.

    Raises:
        TypeError, ValueError: see `block_atoms`.

    >>> checked_sketches(np.ones((1, 64)), Blocks(length=8, share=0.5))
    Traceback (most recent call last):
        ...
    ValueError: sketches must be of shape (S, d), S at least 2, got (1, 64)
    """
    sketches = numbers("sketches", sketches)
    if sketches.ndim != 2 or len(sketches) < 2:
        raise ValueError(f"sketches must be of shape (S, d), S at least 2, got {sketches.shape}")
    check_sizes(d=sketches.shape[1])
    check_blocks(sketches.shape[1], blocks)
    with np.errstate(all="ignore"):
        squares = float(np.vdot(sketches, sketches))
    if not np.isfinite(squares):
        raise ValueError(f"sketches must be finite, and the sum of their squares, got {squares}")
    return sketches


def components(
    white: np.ndarray,
    contrast: str | Callable,
    rng: np.random.Generator,
    *,
    iterations: int = ITERATIONS,
) -> np.ndarray:
    """Independent components of white samples (S, k): orthonormal rows (k, k).

    >>> rng, turn = np.random.default_rng(0), np.array([[0.6, 0.8], [-0.8, 0.6]])
    >>> mixed = rng.laplace(size=(2000, 2)) / np.sqrt(2) @ turn  # variance 1 in all directions
    >>> found = components(mixed, "logcosh", rng)
    >>> np.abs(found @ turn.T).max(0).round(1).tolist()  # the rows of turn again
    [1.0, 1.0]
    """
    count = white.shape[1]
    search = FastICA(
        whiten=False,
        fun=contrast,
        max_iter=iterations,
        tol=TOLERANCE,
        w_init=rng.standard_normal((count, count)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found: np.ndarray = search.fit(white).components_
    return found


def cubic(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x^3 and its mean slope; scikit-learn's own takes a power, five times as long.

    >>> values, slopes = cubic(np.array([[1.0, -2.0]]))
    >>> values.tolist(), slopes.tolist()
    ([[1.0, -8.0]], [7.5])
    """
    squares = x * x
    return squares * x, 3 * squares.mean(-1)


CONTRASTS: tuple[str | Callable, ...] = ("logcosh", cubic)


def _cut(sketches: np.ndarray, length: int) -> Iterator[np.ndarray]:
    for start in range(0, sketches.shape[1], length):
        yield sketches[:, start : start + length]


def _signs(block: np.ndarray, least: float, rng: np.random.Generator) -> np.ndarray:
    """The atoms of one block (S, length), most even first: (count, length) of +-1."""
    centred = block - block.mean(0)
    values, axes = np.linalg.eigh(centred.T @ centred / len(block))
    keep = values > max(_threshold(values, len(block)), least)
    if not keep.any():
        return np.empty((0, len(axes)))
    scales, axes = np.sqrt(values[keep]), axes[:, keep]
    white, back = centred @ (axes / scales), (axes * scales).T
    found = np.vstack([components(white, contrast, rng) @ back for contrast in CONTRASTS])
    sizes = np.abs(found)
    uneven = sizes.std(1) / sizes.mean(1)
    order = np.argsort(uneven, kind="stable")
    return _different(np.where(found[order[uneven[order] < UNEVEN]] < 0, -1.0, 1.0))


def _threshold(values: np.ndarray, samples: int) -> float:
    edge = (1 + np.sqrt(len(values) / samples)) ** 2  # of the spectrum of noise
    return max(ABOVE * float(np.median(values)) * edge, FLOOR * values[-1], np.finfo(float).tiny)


def _different(signs: np.ndarray) -> np.ndarray:
    """Of vectors that are alike up to sign, the first."""
    kept: list[np.ndarray] = []
    for row in signs:
        if all(abs(row @ other) < SAME * len(row) for other in kept):
            kept.append(row)
    return np.array(kept).reshape(-1, signs.shape[1])
