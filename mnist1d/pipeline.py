"""The transforms of many signals at once: what the exact and the fast stream have in common.

After a digit is padded, stretched and shifted, everything that follows is linear in the signal
and its noise. So the few hundred stretched digits are computed once, and a batch of samples is a
look-up and three small matrix products.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist1d.recipe import Recipe

Array = npt.NDArray[Any]

EPSILON = 1e-8  # lifts a digit off zero: on the canvas, exactly zero means padding
SMOOTHING = 2.0  # standard deviation of the Gaussian that smooths the noise, in canvas points


class Draws(NamedTuple):
    """What is random about n samples, in the order in which one sample draws it.

    ``pad`` (n,) zeros appended to the template, counted from ``padding[0]``; ``height`` (n,) in
    [0, 1); ``shift`` (n,) in points of the canvas; ``smooth`` and ``white`` (n, canvas) standard
    normals; ``slope`` (n,) in [0, 1).
    """

    pad: Array
    height: Array
    shift: Array
    smooth: Array
    white: Array
    slope: Array


class Pipeline:
    """The transforms of one recipe with one set of templates, ready for batches of one dtype."""

    def __init__(self, recipe: Recipe, digits: Array, dtype: npt.DTypeLike) -> None:
        from scipy.ndimage import gaussian_filter1d  # half of the time of importing the package

        self.recipe = recipe
        self.dtype = np.dtype(dtype)
        self.stretched = np.stack(
            [[_stretch(row, pad, recipe.canvas) for pad in self.pads] for row in digits]
        )
        self.subsample = interpolation(recipe.canvas, recipe.final_seq_length)
        smoother = gaussian_filter1d(np.eye(recipe.canvas), SMOOTHING, axis=0)
        self.smoother = recipe.corr_noise_scale * smoother
        self.ramp = recipe.shear_scale * np.linspace(-0.5, 0.5, recipe.canvas) @ self.subsample

        # Row k of the window starts where a digit must start to appear shifted by k points.
        twice = np.concatenate([self.stretched, self.stretched], axis=-1).astype(self.dtype)
        windows = np.lib.stride_tricks.sliding_window_view(twice, recipe.canvas, axis=-1)
        self._shifted = windows[:, :, ::-1]
        self._smooth, self._subsample, self._ramp = (
            np.ascontiguousarray(part, dtype=self.dtype)
            for part in (self.smoother.T, self.subsample, self.ramp)
        )

    @property
    def pads(self) -> range:
        """The possible numbers of appended zeros."""
        return range(self.recipe.padding[0], self.recipe.padding[1] + 1)

    @property
    def shifts(self) -> Array:
        """The possible shifts; one of the whole canvas or more leaves the signal in place."""
        shifts = np.arange(self.recipe.max_translation)
        return np.where(shifts < self.recipe.canvas, shifts, 0)

    def clean(self, classes: Array, pad: Array, shift: Array) -> Array:
        """The digits of (n,) rows of the templates, stretched and shifted: (n, canvas)."""
        shift = np.where(shift < self.recipe.canvas, shift, 0)
        return self._shifted[classes, pad, shift]

    def render(self, classes: Array, draws: Draws) -> Array:
        """The samples (n, final_seq_length), not standardised; overwrites the drawn noise."""
        signal = self.clean(classes, draws.pad, draws.shift)
        padding = signal == 0
        signal *= (1 + self.recipe.scale_coeff * (draws.height - 0.5))[:, None].astype(self.dtype)
        signal += np.matmul(draws.smooth, self._smooth) * padding
        signal += np.multiply(draws.white, self.recipe.iid_noise_scale, out=draws.white)
        sample = signal @ self._subsample
        sample -= (draws.slope - 0.5).astype(self.dtype)[:, None] * self._ramp
        return sample

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of a point of a sample, over the whole law, in closed form.

        Sums over every class, pad and shift; height, slope and noise enter by their variances.
        """
        recipe, weights = self.recipe, self.subsample
        covariance = self.smoother @ self.smoother.T
        mean = square = noise = 0.0
        for digit in self.stretched.reshape(-1, recipe.canvas):
            shifted = np.stack([np.roll(digit, shift) for shift in self.shifts])
            sample = shifted @ weights
            mean += sample.mean()
            square += (sample**2).mean()
            noise += _masked_variance(shifted == 0, covariance, weights).mean()
        rows = len(self.stretched) * len(self.pads)
        mean, square, noise = mean / rows, square / rows, noise / rows
        variance = square * (1 + recipe.scale_coeff**2 / 12) - mean**2 + noise
        variance += recipe.iid_noise_scale**2 * (weights**2).sum(axis=0).mean()
        variance += (self.ramp**2).mean() / 12
        return float(mean), float(np.sqrt(variance))


def interpolation(length: int, points: int) -> Array:
    """The matrix (length, points) that interpolates a row of values linearly at equal steps."""
    grid, at = np.linspace(0, 1, length), np.linspace(0, 1, points)
    return np.stack([np.interp(at, grid, row) for row in np.eye(length)])


def pipeline(recipe: Recipe, digits: Array, dtype: npt.DTypeLike) -> Pipeline:
    """The pipeline of a recipe; kept, so that asking again for the same law costs nothing."""
    return _cached(recipe.law, digits.tobytes(), digits.shape, np.dtype(dtype))


@lru_cache(maxsize=8)
def _cached(law: Recipe, digits: bytes, shape: tuple[int, int], dtype: np.dtype[Any]) -> Pipeline:
    return Pipeline(law, np.frombuffer(digits).reshape(shape), dtype)


def _stretch(digit: Array, pad: int, canvas: int) -> Array:
    padded = np.concatenate([digit + EPSILON, np.zeros(pad)])
    return np.interp(np.linspace(0, 1, canvas), np.linspace(0, 1, len(padded)), padded)


def _masked_variance(mask: Array, covariance: Array, weights: Array) -> Array:
    """Variances of ``(mask * noise) @ weights`` for each mask (n, canvas): (n, points)."""
    # A linear interpolation weighs two neighbours, so only their covariance enters.
    own = covariance.diagonal()[:, None] * weights**2
    shared = 2 * covariance.diagonal(1)[:, None] * weights[:-1] * weights[1:]
    return mask @ own + (mask[:, :-1] & mask[:, 1:]) @ shared
