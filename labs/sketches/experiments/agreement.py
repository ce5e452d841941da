"""How well similarities agree with what is shared in truth."""

import numpy as np
from scipy.stats import rankdata


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The size of the shared multiset of every two histograms (n, c) and (m, c): (n, m).

    >>> overlap(np.array([[2, 1, 0]]), np.array([[1, 1, 1], [0, 0, 3]])).tolist()
    [[2, 0]]
    """
    return np.minimum(a[:, None], b).sum(axis=-1)


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Spearman's correlation of every two rows of (n, m) and (n, m): (n,), 0 where all values of
    a row are one.

    >>> spearman(np.array([[1, 2, 3], [1, 1, 1]]), np.array([[1, 4, 9], [1, 2, 3]])).tolist()
    [1.0, 0.0]
    """
    x, y = (rankdata(values, axis=1) - (values.shape[1] + 1) / 2 for values in (a, b))
    norm = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    product: np.ndarray = (x * y).sum(axis=1)
    return np.divide(product, norm, out=np.zeros(len(norm)), where=norm > 0)


def top(scores: np.ndarray, values: np.ndarray, m: int) -> float:
    """The mean value of the m best scored of every row, of (n, k) and (n, k)."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :m]
    return float(np.take_along_axis(values, best, 1).mean())
