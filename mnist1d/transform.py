"""The transforms of one signal, under upstream's names and on numpy's global generator.

They are for playing with single signals and for code written for the original package, which
expects them to draw from ``numpy.random`` as it was last seeded. Whole data sets come from
:func:`mnist1d.generate`, which computes the same numbers for all samples at once and leaves the
global generator alone. Whatever the original takes is taken here: nothing is refused but what
cannot be computed.
"""
# ruff: noqa: NPY002  (the global generator is what this face promises)

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.arguments import knobs_of
from mnist1d.pipeline import EPSILON
from mnist1d.refusals import in_the_recipes_words, must

# What the original has here: notebooks import all of it with a star.
__all__ = [
    "corr_noise_like",
    "iid_noise_like",
    "interpolate",
    "np",
    "pad",
    "shear",
    "transform",
    "translate",
]

Array = npt.NDArray[Any]

KNOBS = (
    "padding",
    "template_len",
    "scale_coeff",
    "max_translation",
    "corr_noise_scale",
    "iid_noise_scale",
    "shear_scale",
    "final_seq_length",
)


def pad(x: npt.ArrayLike, padding: Sequence[int]) -> Array:
    """Append a random number of zeros.

    Parameters
    ----------
    x
        A signal (n,), or several (m, n), which get the same number.
    padding
        ``(low, high)``: the number is uniform over low..high. (The wrong way round, as in the
        original, it is uniform over high + 2..low.)

    Returns
    -------
    (n + p,) or (m, n + p) array

    Examples
    --------
    >>> pad(np.ones(2), (3, 3))
    array([1., 1., 0., 0., 0.])
    """
    x = np.asarray(x)
    with must("padding must be a pair (low, high) of numbers of zeros", padding):
        low, high = padding
        zeros = np.zeros((*x.shape[:-1], low + int(np.random.rand() * (high - low + 1))))
    with must("x must hold a signal of numbers", x):
        return np.concatenate([x, zeros], axis=-1)


def shear(x: npt.ArrayLike, scale: float = 10) -> Array:
    """Subtract a straight line through the middle, of random slope.

    Over the whole signal the line rises by ``scale * U(-1/2, 1/2)``.
    """
    with must("scale must be a number", scale):
        rise = scale * (np.random.rand() - 0.5)
    with must("x must hold a signal of numbers", x):
        return np.asarray(x) - rise * np.linspace(-0.5, 0.5, len(x))  # type: ignore[arg-type]


def translate(x: npt.ArrayLike, max_translation: int | npt.ArrayLike) -> Array:
    """Shift a signal circularly by a random number of points, uniform over 0..max_translation - 1.

    A shift of the whole length or more leaves it in place. In place of a number of shifts there may
    be a row of shifts to choose from.

    >>> translate(np.arange(4), 1)
    array([0, 1, 2, 3])
    """
    with must("max_translation must be a number of shifts, at least 1", max_translation):
        shift = np.random.choice(max_translation)
    with must("x must hold a signal of numbers", x):
        return np.roll(x, shift if abs(shift) < len(x) else 0, axis=0)  # type: ignore[arg-type]


def corr_noise_like(x: npt.ArrayLike, scale: float) -> Array:
    """Smooth noise in the shape of `x`: normal, of standard deviation `scale`, then filtered.

    The filter is a Gaussian of two points along every axis; on one axis it leaves 0.38 of the
    standard deviation.
    """
    from scipy.ndimage import gaussian_filter  # slow to import, as is interp1d below

    return gaussian_filter(iid_noise_like(x, scale), 2)


def iid_noise_like(x: npt.ArrayLike, scale: float) -> Array:
    """White normal noise of standard deviation `scale` in the shape of `x`."""
    with must("scale must be a number", scale):
        return scale * np.random.randn(*np.shape(x))


def interpolate(x: npt.ArrayLike, N: int) -> Array:
    """Resample a signal to `N` points at equal steps, linearly and along its first axis.

    >>> interpolate([0, 2, 4], 5)
    array([0., 1., 2., 3., 4.])
    """
    from scipy.interpolate import interp1d

    with must("N must be a number of points", N):
        at = np.linspace(0, 1, N)
    with must("x must hold a signal of numbers", x):
        return interp1d(np.linspace(0, 1, len(x)), x, axis=0)(at)  # type: ignore[arg-type]


def transform(
    x: npt.ArrayLike, y: npt.ArrayLike, args: object, eps: float = EPSILON
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
    values = knobs_of(args, KNOBS, stacklevel=2)
    knobs = SimpleNamespace(**values)
    with in_the_recipes_words(values):
        return sample(x, knobs, eps), positions(y, knobs)


def sample(x: npt.ArrayLike, knobs: Any, eps: float = EPSILON) -> Array:
    """One random sample (final_seq_length,) of a template (n,), not standardised."""
    x = interpolate(pad(np.asarray(x) + eps, knobs.padding), _canvas(knobs))
    x *= 1 + knobs.scale_coeff * (np.random.rand() - 0.5)
    x = translate(x, knobs.max_translation)
    digit = x != 0
    # Sums and not a choice, so that a noise that is nowhere a number leaves no number.
    x = digit * x + ~digit * corr_noise_like(x, knobs.corr_noise_scale)
    x = x + iid_noise_like(x, knobs.iid_noise_scale)
    return interpolate(shear(x, knobs.shear_scale), knobs.final_seq_length)


def positions(t: npt.ArrayLike, knobs: Any) -> Array:
    """The positions (final_seq_length,) of the points of a sample, from those of a template."""
    return interpolate(interpolate(t, _canvas(knobs)), knobs.final_seq_length)


def _canvas(knobs: Any) -> int:
    return knobs.template_len + knobs.padding[-1]


def __getattr__(name: str) -> Any:
    if name in ("gaussian_filter", "interp1d"):
        module = "scipy.ndimage" if name == "gaussian_filter" else "scipy.interpolate"
        return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
