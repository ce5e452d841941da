"""Locality of a mask: how often a unit keeps inputs that are neighbours, and what chance gives.

A mask is the first layer's, bool of shape (positions, units). Runs of 2, 3 and 4 are counted as
the paper counts them, overlapping: a row of four neighbours is one run of 4, two of 3, three of 2.
"""

import numpy as np

LENGTHS = (2, 3, 4)
SAMPLES, MIXING = 100, 20  # random masks to average over, a trade apart; trades before the first


def runs(mask: np.ndarray) -> np.ndarray:
    """Count runs of 2, 3 and 4 neighbouring live positions over all units; shape (3,) float64.

    >>> runs(np.array([[1, 1, 1, 0, 1]], bool).T)
    array([2., 1., 0.])
    """
    positions = len(_checked(mask))
    windows = [np.stack([mask[i : positions - n + 1 + i] for i in range(n)]) for n in LENGTHS]
    return np.array([window.all(axis=0).sum() for window in windows], dtype=float)


def expected_runs(mask: np.ndarray) -> np.ndarray:
    """Mean of `runs` when the positions of every unit are permuted; shape (3,).

    Each unit keeps its number of live positions: of r among L, all of n given neighbours are live
    with probability r (r - 1) ... / (L (L - 1) ...), and there are L - n + 1 places for a run.
    """
    positions = len(_checked(mask))
    live = mask.sum(axis=0)
    means = []
    for n in LENGTHS:
        chance = np.prod([(live - i) / (positions - i) for i in range(n)], axis=0)
        means.append((positions - n + 1) * chance.sum())
    return np.array(means)


def stricter_runs(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mean of `runs` over random masks that keep the live positions of every unit AND the units of
    every position; shape (3,).

    Edges of the input are pruned more, which raises the number of neighbours by itself; this null
    has that too. Masks are drawn by trades (Strona et al. 2014, Carstens 2018): all units are
    paired, and each pair deals anew the positions that only one of the two has; `rng` draws them.

    Raises:
        ValueError: a mask of another kind.
    """
    current = _checked(mask).copy()
    total = np.zeros(len(LENGTHS))
    for trade in range(MIXING + SAMPLES):
        _trade(current, rng)
        if trade >= MIXING:
            total += runs(current)
    return total / SAMPLES


def per_place(counts: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Divide counts of `runs` by the number of places where a run fits: the paper's p(2), p(3) and
    p(4) with the right divisor (it has 40 positions throughout)."""
    positions, units = _checked(mask).shape
    return counts / [units * (positions - n + 1) for n in LENGTHS]


def _trade(mask: np.ndarray, rng: np.random.Generator) -> None:
    units = rng.permutation(mask.shape[1])
    half = len(units) // 2
    left, right = units[:half], units[half : 2 * half]
    a, b = mask[:, left], mask[:, right]
    single = a ^ b
    keys = np.where(single, rng.random(single.shape), 2.0)
    rank = keys.argsort(axis=0).argsort(axis=0)
    dealt = single & (rank < (a & single).sum(axis=0))
    mask[:, left], mask[:, right] = (a & b) | dealt, (a & b) | (single & ~dealt)


def _checked(mask: np.ndarray) -> np.ndarray:
    if mask.ndim != 2 or mask.dtype != bool or len(mask) < max(LENGTHS):
        raise ValueError(
            f"mask must be bool of shape (at least {max(LENGTHS)} positions, units), "
            f"got {mask.dtype} of {mask.shape}"
        )
    return mask
