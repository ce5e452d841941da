"""The wiring: which recovered columns belong to one module, from when they are active together.

A module's column of the count is as active as the module: it is the one whose coefficients have a
mean, and the module's attributes are never active without it. A module whose count was not
recovered leaves its attributes without a place of their own.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

from labs.sketches.checks import numbers

COUNTED = 0.3  # mean over root mean square of a count's coefficients, at least
TOGETHER = 0.15  # correlation of magnitudes of an attribute and its module's count, at least


def count_like(coefficients: np.ndarray) -> np.ndarray:
    """Which columns look like counts (L,) bool: their coefficients (S, L) have a mean.

    Coefficients of attributes of either sign have a mean of about 1 / sqrt(S) of their root mean
    square, those of the count of a module that fires with chance p one of sqrt(p).

    >>> count_like(np.array([[1.0, 1.0], [0.0, 0.0], [1.0, -1.0]])).tolist()
    [True, False]
    """
    sizes = np.sqrt((coefficients**2).mean(0))
    return np.abs(coefficients.mean(0)) > COUNTED * np.where(sizes > 0, sizes, np.inf)


def wiring(coefficients: np.ndarray) -> np.ndarray:
    """Group columns into modules.

    Args:
        coefficients: (S, L) of the columns in S samples.

    Returns:
        (L,) whole numbers, the group of each column: one per count-like column, and -1 for what is
        active together with none of them.

    Raises:
        TypeError, ValueError: coefficients that are not such an array of finite numbers.

    >>> fires, sign = np.array([1, 1, 0, 0, 1, 0, 0, 0]), np.array([1, -1, 1, -1, -1, 1, 1, -1])
    >>> wiring(np.stack([fires, fires * sign, (1 - fires) * sign], axis=1)).tolist()
    [0, 0, -1]
    """
    coefficients = numbers("coefficients", coefficients)
    if coefficients.ndim != 2 or not len(coefficients) or not np.isfinite(coefficients).all():
        raise ValueError(
            f"coefficients must be finite, of shape (S, L), got shape {coefficients.shape}"
        )
    counts = count_like(coefficients)
    groups = np.full(len(counts), -1)
    if counts.any():
        together = correlations(np.abs(coefficients))[:, counts]
        found = together.max(1) > TOGETHER
        groups[found] = together[found].argmax(1)
    return groups


def placed(groups: np.ndarray, modules: np.ndarray) -> float:
    """Share of columns that lie in the right group, under the best assignment of groups to modules.

    Args:
        groups: (L,) whole numbers, the group of every column; below 0 it has none, and is not
            placed right.
        modules: (L,) whole numbers, its module.

    Returns:
        0 to 1; NaN without columns.

    >>> placed(np.array([5, 5, 5, 2]), np.array([0, 0, 1, 1]))
    0.75
    """
    if not len(groups):
        return float("nan")
    has = groups >= 0
    if not has.any():
        return 0.0
    _, rows = np.unique(groups[has], return_inverse=True)
    _, places = np.unique(modules[has], return_inverse=True)
    table = np.zeros((rows.max() + 1, places.max() + 1))
    np.add.at(table, (rows, places), 1)
    best = linear_sum_assignment(table, maximize=True)
    return float(table[best].sum() / len(groups))


def chance(groups: np.ndarray, modules: np.ndarray, rng: np.random.Generator) -> float:
    """What `placed` gives on average where the same groups are dealt to columns at random.

    >>> groups, rng = np.array([0, 0, 1, 1]), np.random.default_rng(0)
    >>> placed(groups, groups), round(chance(groups, groups, rng), 1)  # two thirds, in theory
    (1.0, 0.7)
    """
    return float(np.mean([placed(rng.permutation(groups), modules) for _ in range(100)]))


def correlations(values: np.ndarray) -> np.ndarray:
    """Correlations of columns (S, N): (N, N); 0 of one that is constant.

    >>> values = np.array([[1.0, -2.0, 5.0], [2.0, -4.0, 5.0], [3.0, -6.0, 5.0]])
    >>> correlations(values).round(6).tolist()
    [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    centred = values - values.mean(0)
    lengths = np.linalg.norm(centred, axis=0)
    centred /= np.where(lengths > 0, lengths, 1)
    found: np.ndarray = centred.T @ centred
    return found
