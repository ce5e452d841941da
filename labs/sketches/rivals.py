"""What a network's recovery is compared with: scikit-learn's methods on whole sketches, and
regression where the activities are known.

S sketches span at most S dimensions, so the methods work on the sketches' coordinates there, which
changes no distance and no inner product.
"""

import warnings

import numpy as np
from numpy.typing import ArrayLike
from sklearn.decomposition import MiniBatchDictionaryLearning
from sklearn.exceptions import ConvergenceWarning

from labs.kit.checks import check_sizes
from labs.kit.seeds import seed as seed_of
from labs.kit.seeds import stream
from labs.sketches.atoms import components
from labs.sketches.rotations import NAME

PATIENCE = 200  # iterations of the analysis, at most
SPARSITY = 0.05  # weight of the L1 penalty, where a sketch has norm 1: the best of those tried
BATCH = 100
NOTHING = 1e-9  # of the largest variance or singular value


def whole_components(sketches: np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """FastICA (tanh) of whole sketches.

    Args:
        sketches: (S, d).
        count: components at most, also at most as many as the sketches have dimensions.
        seed: of the start.

    Returns:
        (d, L) what each component adds to a sketch, where its variance is 1.

    Raises:
        ValueError: sketches that are not such an array, a count below 1.

    >>> rng = np.random.default_rng(0)
    >>> sketches = rng.laplace(size=(500, 2)) @ np.eye(2, 9)
    >>> np.abs(whole_components(sketches, 2)).max(0).round().tolist()
    [1.0, 1.0]
    """
    _check(sketches, count)
    sides, scales, axes = _coordinates(sketches - sketches.mean(0), count)
    white = sides * np.sqrt(len(sketches))
    rng = stream(NAME, "start of whole components", seed)
    found = components(white, "logcosh", rng, iterations=PATIENCE)
    shown: np.ndarray = found @ (scales[:, None] / np.sqrt(len(sketches)) * axes)
    return shown.T


def sparse_code(sketches: np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """Mini-batch dictionary learning of whole sketches (Mairal et al. 2009): (d, count), of norm 1.

    Arguments and errors are those of `whole_components`, but for at most S directions.

    >>> rng = np.random.default_rng(0)
    >>> activities = rng.standard_normal((400, 3)) * (rng.random((400, 3)) < 0.2)
    >>> found = sparse_code(activities @ np.eye(3, 9), 3)
    >>> found.shape, np.abs(found).max(0).round(1).tolist()
    ((9, 3), [1.0, 1.0, 1.0])
    """
    _check(sketches, count)
    sides, scales, axes = _coordinates(sketches, len(sketches))
    learner = MiniBatchDictionaryLearning(
        min(count, len(sketches)),
        alpha=SPARSITY,
        batch_size=BATCH,
        fit_algorithm="cd",
        max_iter=30,
        random_state=seed_of(NAME, "dictionary learning", seed) % 2**32,
    )
    values = sides * scales
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        learner.fit(values / np.sqrt((values**2).sum(1).mean()))
    shown: np.ndarray = learner.components_ @ axes
    return shown.T


def columns_from(activities: ArrayLike, sketches: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Columns by least squares where activities are known.

    Args:
        activities: (S, C).
        sketches: (S, d).

    Returns:
        The columns (d, C), of the least norm where there is a choice, and which of them the samples
        determine (C,) bool.

    Raises:
        ValueError: arrays that do not fit together.

    >>> columns, determined = columns_from([[1.0, 0, 0], [1, 1, 1]], [[2.0], [5]])
    >>> columns.round(6).tolist(), determined.tolist()
    ([[2.0, 1.5, 1.5]], [True, False, False])
    """
    activities, sketches = np.asarray(activities, float), np.asarray(sketches, float)
    if activities.ndim != 2 or sketches.ndim != 2 or len(activities) != len(sketches):
        raise ValueError(
            "activities and sketches must be of shapes (S, C) and (S, d), got "
            f"{activities.shape} and {sketches.shape}"
        )
    sides, values, axes = np.linalg.svd(activities, full_matrices=False)
    keep = values > NOTHING * values[0]
    found = (axes[keep].T / values[keep]) @ (sides[:, keep].T @ sketches)
    return found.T, (axes[keep] ** 2).sum(0) > 1 - NOTHING


def _check(sketches: np.ndarray, count: int) -> None:
    check_sizes(count=count)
    if np.ndim(sketches) != 2 or len(sketches) < 2 or not np.isfinite(np.sum(sketches)):
        raise ValueError(
            "sketches must be finite, of shape (S, d), S at least 2, got shape "
            f"{np.shape(sketches)}"
        )


def _coordinates(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Singular vectors and values (S, k), (k,), (k, d) of values (S, d), the largest first."""
    squares, sides = np.linalg.eigh(values @ values.T)
    keep = np.flatnonzero(squares > NOTHING * squares[-1])[::-1][:most]
    scales, sides = np.sqrt(squares[keep]), sides[:, keep]
    return sides, scales, (sides / scales).T @ values
