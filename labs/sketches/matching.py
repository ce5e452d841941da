"""How well estimated columns match the true ones, up to order and sign."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from labs.sketches.atoms import Atoms
from labs.sketches.dictionary import cosines

FOUND = 0.9  # cosine of a true column and an estimate of it, or of an atom, above


def matched(true: np.ndarray, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a true column (d, C) and its estimate (d, L) with |cos| > 0.9, each in one pair.

    Returns:
        Their places: two arrays (pairs,).

    >>> [places.tolist() for places in matched(np.eye(3), -np.eye(3)[:, [2, 0]])]
    [[0, 2], [1, 0]]
    """
    near = cosines(true, found)
    rows, places = linear_sum_assignment(near, maximize=True)
    good = near[rows, places] > FOUND
    return rows[good], places[good]


def ceiling(true: np.ndarray) -> float:
    """Share of columns (d, C) that are not zero; no method finds those that are.

    >>> ceiling(np.array([[0.5, 0.0], [-0.5, 0.0]]))  # the second has no block
    0.5
    """
    return float((np.abs(true).max(axis=0) > 0).mean())


def share_found(true: np.ndarray, found: np.ndarray) -> float:
    """Share of the true columns (d, C) with an estimate (d, L) of |cos| > 0.9.

    >>> found = np.array([[-1.0, 0, 0, 0], [1.0, 0, 0, 0], [0, 1, 1, 0]]).T
    >>> share_found(np.eye(4), found)  # the first, twice; the third estimate is of cosine 0.7
    0.25
    """
    return len(matched(true, found)[0]) / true.shape[1]


def atoms_recalled(true: np.ndarray, atoms: Atoms) -> float:
    """Share of the atoms of true columns (d, C) that are found: one of their block with |cos| >
    0.9. NaN where the columns have none.

    >>> true = np.array([[1.0, 1, 1, -1], [0, 0, 1, 1]]).T  # three atoms in two blocks of length 2
    >>> atoms = Atoms(np.array([[-1.0, -1], [1, 1]]), np.array([0, 1]), np.empty((9, 2)))
    >>> round(atoms_recalled(true, atoms), 2)
    0.67
    """
    length = atoms.signs.shape[1]
    cut = true.reshape(-1, length, true.shape[1])
    recalled = total = 0
    for place, block in enumerate(cut):
        own = block[:, block.any(0)]
        near = cosines(own, atoms.signs[atoms.blocks == place].T)
        total += len(near)
        recalled += int((near.max(1, initial=0) > FOUND).sum())
    return recalled / total if total else float("nan")


def correlation(true: np.ndarray, found: np.ndarray) -> float:
    """Mean |correlation| of columns (S, M) with those of the same places; NaN without any.

    >>> true = np.array([[1.0, 1], [-1, 1], [1, -1], [-1, -1]])
    >>> found = np.array([[-2.0, 1], [2, -1], [-2, -1], [2, 1]])
    >>> round(correlation(true, found), 6)  # the first is right but for its sign, the second wrong
    0.5
    """
    if not true.shape[1]:
        return float("nan")
    pairs = zip(true.T, found.T, strict=True)
    return float(np.mean([abs(np.corrcoef(a, b)[0, 1]) for a, b in pairs]))
