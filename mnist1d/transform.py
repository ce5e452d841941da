"""The transforms of one signal, under upstream's names and on numpy's global generator.

They are for playing with single signals and for code written for the original package, which
expects them to draw from ``numpy.random`` as it was last seeded. Whole data sets come from
:func:`mnist1d.generate`, which computes the same numbers for all samples at once and leaves the
global generator alone.
"""
# ruff: noqa: NPY002  (the global generator is what this face promises)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.recipe import Recipe, checked_padding, real, whole

Array = npt.NDArray[Any]


def pad(x: npt.ArrayLike, padding: Sequence[int]) -> Array:
    """Append a random number of zeros.

    Parameters
    ----------
    x
        A signal (n,), or several (m, n), which get the same number.
    padding
        ``(low, high)``: the number is uniform over low..high.

    Returns
    -------
    (n + p,) or (m, n + p) array

    Examples
    --------
    >>> pad(np.ones(2), (3, 3))
    array([1., 1., 0., 0., 0.])
    """
    x = _signal(x)
    low, high = checked_padding(padding)
    p = low + int(np.random.rand() * (high - low + 1))
    return np.concatenate([x, np.zeros((*x.shape[:-1], p))], axis=-1)


def shear(x: npt.ArrayLike, scale: float = 10) -> Array:
    """Subtract a straight line through the middle, of random slope.

    Over the whole signal the line rises by ``scale * U(-1/2, 1/2)``.
    """
    x = _signal(x)
    coeff = real("scale", scale) * (np.random.rand() - 0.5)
    return x - coeff * np.linspace(-0.5, 0.5, len(x))


def translate(x: npt.ArrayLike, max_translation: int) -> Array:
    """Shift a signal circularly by a random number of points, uniform over 0..max_translation - 1.

    A shift of the whole length or more leaves it in place.

    >>> translate(np.arange(4), 1)
    array([0, 1, 2, 3])
    """
    x = _signal(x)
    k = np.random.choice(whole("max_translation", max_translation, 1))
    return np.roll(x, k if k < len(x) else 0, axis=0)


def corr_noise_like(x: npt.ArrayLike, scale: float) -> Array:
    """Smooth noise in the shape of `x`: normal, of standard deviation `scale`, then filtered.

    The filter is a Gaussian of two points along every axis; on one axis it leaves 0.38 of the
    standard deviation.
    """
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(iid_noise_like(x, scale), 2)


def iid_noise_like(x: npt.ArrayLike, scale: float) -> Array:
    """White normal noise of standard deviation `scale` in the shape of `x`."""
    return real("scale", scale) * np.random.randn(*_signal(x).shape)


def interpolate(x: npt.ArrayLike, N: int) -> Array:
    """Resample a signal to `N` points at equal steps, linearly and along its first axis.

    >>> interpolate([0, 2, 4], 5)
    array([0., 1., 2., 3., 4.])
    """
    x = _signal(x)
    grid, at = np.linspace(0, 1, len(x)), np.linspace(0, 1, whole("N", N, 1))
    return np.apply_along_axis(lambda row: np.interp(at, grid, row), 0, x)


def transform(
    x: npt.ArrayLike, y: npt.ArrayLike, args: object, eps: float = 1e-8
) -> tuple[Array, Array]:
    """A template through all transforms, to one random sample.

    Pad, stretch to ``template_len + padding[1]`` points, scale, translate, fill the padding with
    smooth noise, add white noise, shear and subsample.

    Parameters
    ----------
    x, y
        The template (n,) and the positions of its points (n,).
    args
        An object with the knobs as attributes, such as a :class:`mnist1d.Recipe`; a missing one
        takes its default.
    eps
        Lifts the template off zero: where the stretched signal is exactly zero, it is padding.

    Returns
    -------
    x, y : (final_seq_length,) arrays
        The sample, not standardised, and the positions of its points.

    Notes
    -----
    Figure 1 of Greydanus and Kobak (2024), arXiv:2011.14439. ``python -m mnist1d show`` draws it.

    Examples
    --------
    >>> from mnist1d import get_dataset_args, get_templates
    >>> templates = get_templates()
    >>> np.random.seed(42)
    >>> x, t = transform(templates["x"][0], templates["t"], get_dataset_args())
    >>> x.shape, t.shape
    ((40,), (40,))
    """
    recipe = Recipe.from_args(args)
    x = interpolate(pad(_signal(x) + eps, recipe.padding), recipe.canvas)
    x *= 1 + recipe.scale_coeff * (np.random.rand() - 0.5)
    x = translate(x, recipe.max_translation)
    x = np.where(x != 0, x, corr_noise_like(x, recipe.corr_noise_scale))
    x = x + iid_noise_like(x, recipe.iid_noise_scale)
    x = interpolate(shear(x, recipe.shear_scale), recipe.final_seq_length)
    return x, interpolate(interpolate(y, recipe.canvas), recipe.final_seq_length)


def _signal(x: npt.ArrayLike) -> Array:
    signal = np.asarray(x)
    if signal.ndim < 1 or len(signal) < 1 or not np.issubdtype(signal.dtype, np.number):
        raise ValueError(f"x must hold a signal of numbers, got {signal!r}")
    return signal
