"""Label noise: two kinds, which papers mix up."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.checks import real, shown, whole
from mnist1d.pipeline import Array


def flip_to_another_class(
    y: npt.ArrayLike,
    fraction: float,
    *,
    rng: int | np.random.Generator,
    classes: npt.ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Replace a fraction of the labels by a wrong one.

    ``round(fraction * n)`` labels, chosen at random, each become one of the *other* classes, all
    equally likely: with `fraction` 0.15, 15 % of the labels are wrong afterwards.

    Parameters
    ----------
    y
        Labels (n,), integers.
    fraction
        How many to replace, in [0, 1].
    rng
        A seed, or the generator to draw from.
    classes
        The possible labels, at least two; by default those that occur in `y`.

    Returns
    -------
    noisy : (n,) array of the dtype of `y`
        The labels with noise; `y` itself is left as it is.
    mask : (n,) bool
        Where they differ from `y`.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or value, or a label is none of `classes`.

    Examples
    --------
    >>> noisy, mask = flip_to_another_class(np.arange(1000) % 10, 0.15, rng=0)
    >>> int(mask.sum())
    150
    """
    return _noisy(y, fraction, rng, classes, lowest_step=1)


def flip_to_any_class(
    y: npt.ArrayLike,
    fraction: float,
    *,
    rng: int | np.random.Generator,
    classes: npt.ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Replace a fraction of the labels by one that may happen to be right.

    ``round(fraction * n)`` labels, chosen at random, are drawn anew from *all* classes, all
    equally likely. One in ``n_classes`` of them keeps its value: with ten classes and `fraction`
    0.15, which papers call 15 % label noise, 13.5 % of the labels are wrong on average.

    Parameters, returns and errors are those of :func:`flip_to_another_class`; the mask again says
    where the noisy labels differ from `y`, so it holds fewer than ``fraction * n`` labels.

    Examples
    --------
    >>> noisy, mask = flip_to_any_class(np.arange(100_000) % 10, 0.15, rng=0)
    >>> round(float(mask.mean()), 3)
    0.135
    """
    return _noisy(y, fraction, rng, classes, lowest_step=0)


def _noisy(
    y: npt.ArrayLike,
    fraction: float,
    rng: int | np.random.Generator,
    classes: npt.ArrayLike | None,
    lowest_step: int,
) -> tuple[Array, Array]:
    labels = _labels("y", y)
    fraction = real("fraction", fraction, 0.0, 1.0)
    names = np.unique(labels if classes is None else _labels("classes", classes))
    if len(names) < 2 and len(labels):
        raise ValueError(f"classes must hold at least two labels, got {names.tolist()}")
    if (others := np.setdiff1d(labels, names)).size:
        raise ValueError(f"y must hold labels of classes only, got {shown(others.tolist())}")
    generator = _generator(rng)
    chosen = generator.permutation(len(labels))[: round(fraction * len(labels))]
    # A step of s from class to class, modulo their number: s = 0 is the class itself.
    step = generator.integers(lowest_step, len(names), size=len(chosen))
    noisy = labels.copy()
    noisy[chosen] = names[(np.searchsorted(names, labels[chosen]) + step) % len(names)]
    return noisy, noisy != labels


def _generator(rng: int | np.random.Generator) -> np.random.Generator:
    if isinstance(rng, np.random.Generator):
        return rng
    if not hasattr(rng, "__index__"):
        raise TypeError(f"rng must be a seed or a numpy Generator, got {shown(rng)}")
    return np.random.default_rng(whole("rng", rng, 0))


def _labels(name: str, value: npt.ArrayLike) -> npt.NDArray[Any]:
    labels = np.asarray(value)
    if labels.shape == (0,) and not hasattr(value, "dtype"):
        return labels.astype(np.int64)  # an empty list, of which numpy thinks as of floats
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(
            f"{name} must be a row of integers, got {labels.dtype} of shape {labels.shape}"
        )
    return labels
