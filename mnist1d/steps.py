"""One digit after each transform, for those who want to see or show how a sample is made."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mnist1d.checks import whole
from mnist1d.fast import ModernStream
from mnist1d.pipeline import Array, pipeline
from mnist1d.recipe import Recipe
from mnist1d.templates import get_templates

SEED = 12  # of the pictures: one whose draws make every transform easy to see


class Step(NamedTuple):
    """A digit after one transform.

    ``x`` (n,) is the signal; ``at`` (n,) the positions of its points on the canvas; ``digit`` (n,)
    says which of them belong to the digit and not to the padding; ``shift`` is how many points
    the transform moved it.
    """

    name: str
    note: str
    at: Array
    x: Array
    digit: Array
    shift: int = 0


def pipeline_steps(digit: int = 3, seed: int = SEED) -> list[Step]:
    """One digit after each transform of the published recipe, from template to finished sample.

    Parameters
    ----------
    digit
        Which template, 0 to 9.
    seed
        Seed of the random draws, at least 0.

    Examples
    --------
    >>> [step.name for step in pipeline_steps()]
    ['template', 'pad', 'dilate', 'scale', 'translate', 'smooth noise', 'white noise', 'shear', \
'subsample', 'standardise']
    """
    digit, seed = whole("digit", digit, 0, 9), whole("seed", seed, 0)
    recipe, template = Recipe(), get_templates()["x"][digit]
    line = pipeline(recipe, template[None], np.float64)
    draws = ModernStream(seed).draws(recipe, 1)
    pad, shift = int(draws.pad[0]), int(draws.shift[0])
    zeros, canvas = line.pads[pad], np.arange(recipe.canvas)
    factor = 1 + recipe.scale_coeff * (draws.height[0] - 0.5)
    slope = recipe.shear_scale * (draws.slope[0] - 0.5)

    padded = np.concatenate([template, np.zeros(zeros)])
    dilated = line.stretched[0, pad]
    shifted = np.roll(factor * dilated, shift)
    inside = shifted != 0
    smooth = np.where(inside, shifted, line.smoother @ draws.smooth[0])
    white = smooth + recipe.iid_noise_scale * draws.white[0]
    sheared = white - slope * np.linspace(-0.5, 0.5, recipe.canvas)
    at = np.linspace(0, recipe.canvas - 1, recipe.final_seq_length)
    sample, kept = sheared @ line.subsample, inside[at.round().astype(int)]
    mean, sd = line.moments

    return [
        Step("template", f"{len(template)} points", *_written(template, len(template))),
        Step("pad", f"+ {zeros} zeros", *_written(padded, len(template))),
        Step("dilate", f"to {recipe.canvas} points", canvas, dilated, dilated != 0),
        Step("scale", f"times {factor:.2f}", canvas, factor * dilated, dilated != 0),
        Step("translate", f"by {shift} points", canvas, shifted, inside, shift),
        Step("smooth noise", "in the padding", canvas, smooth, inside),
        Step("white noise", f"sd {recipe.iid_noise_scale:g}", canvas, white, inside),
        Step("shear", f"slope {-slope:+.2f}", canvas, sheared, inside),
        Step("subsample", f"to {recipe.final_seq_length} points", at, sample, kept),
        Step("standardise", "mean 0, sd 1", at, (sample - mean) / sd, kept),
    ]


def _written(x: Array, length: int) -> tuple[Array, Array, Array]:
    at = np.arange(len(x))
    return at, x, at < length
