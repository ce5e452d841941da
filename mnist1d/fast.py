"""The fast stream: the same law as the exact stream, in float32 from a modern generator."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from mnist1d.checks import LARGEST, shown, whole
from mnist1d.memory import CHUNK, fitting, fitting_samples, of_moments, of_tables, sizes_of
from mnist1d.pipeline import Array, Draws, Pipeline, pipeline
from mnist1d.recipe import Recipe, checked_recipe
from mnist1d.templates import checked_templates


class ModernStream:
    """Samples from a numpy Generator, every kind of draw at once."""

    name = "fast"
    dtype = np.dtype(np.float32)

    def __init__(self, seed: int | np.random.Generator) -> None:
        self.generator = np.random.default_rng(seed)

    def draws(self, recipe: Recipe, n: int) -> Draws:
        """The draws of the next n samples."""
        rng, (low, high) = self.generator, recipe.padding
        smooth, white = _normal_pairs(rng, (n, recipe.canvas))
        return Draws(
            pad=rng.integers(high - low + 1, size=n),
            height=rng.random(n, dtype=np.float32),
            shift=rng.integers(recipe.max_translation, size=n),
            smooth=smooth,
            white=white,
            slope=rng.random(n, dtype=np.float32),
        )

    def samples(self, line: Pipeline, rows: Array) -> tuple[Array, Array]:
        """Samples of (n,) rows of the templates in a random order, and these rows permuted."""
        rows = self.generator.permutation(rows)
        return self.ordered(line, rows), rows

    def ordered(self, line: Pipeline, rows: Array) -> Array:
        """Samples of (n,) rows of the templates: (n, points) float32, not standardised."""
        samples = np.empty((len(rows), line.recipe.final_seq_length), dtype=np.float32)
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            samples[start : start + CHUNK] = line.render(part, self.draws(line.recipe, len(part)))
        return samples


def _normal_pairs(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Two arrays of standard normals (Box and Muller, 1958), faster than standard_normal's."""
    radius = 1 - rng.random(shape, dtype=np.float32)
    np.sqrt(-2 * np.log(radius, out=radius), out=radius)
    angle = rng.random(shape, dtype=np.float32)
    angle *= 2 * np.pi
    first = np.cos(angle)
    first *= radius
    second = np.sin(angle, out=angle)
    second *= radius
    return first, second


def draw(
    recipe: Recipe,
    n: int,
    rng: np.random.Generator,
    templates: Mapping[str, npt.ArrayLike] | None = None,
) -> tuple[Array, Array]:
    """Fresh samples from the law of a recipe, of random classes and not standardised.

    Parameters
    ----------
    recipe
        The law; its sizes, ``seed`` and ``shuffle_seq`` play no part.
    n
        How many samples, at least 0.
    rng
        The generator to draw from.
    templates
        The classes, as :func:`mnist1d.get_templates` returns them; None for the ten digits.

    Returns
    -------
    x : (n, recipe.final_seq_length) float32
        Raw signals: subtract and divide by the two :func:`moments` to standardise them.
    y : (n,) int64
        Their labels, independent and uniform over the classes.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or value, or more is asked for than fits in memory.

    Examples
    --------
    >>> x, y = draw(Recipe(), 3, np.random.default_rng(0))
    >>> x.shape, x.dtype.name, y.dtype.name
    ((3, 40), 'float32', 'int64')
    """
    recipe, n = checked_recipe(recipe), whole("n", n, 0, LARGEST)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy Generator, got {shown(rng)}")
    classes = checked_templates(templates)
    with fitting_samples(recipe, len(classes["y"]), ModernStream.dtype.itemsize, {"n": n}):
        line = pipeline(recipe, classes["x"], np.float32)
        rows = rng.integers(len(classes["y"]), size=n)
        return ModernStream(rng).ordered(line, rows), classes["y"][rows]


def moments(
    recipe: Recipe, templates: Mapping[str, npt.ArrayLike] | None = None
) -> tuple[float, float]:
    """Mean and standard deviation of a point of a raw sample, over the whole law of a recipe.

    In closed form, not estimated: they standardise batches that never end, where no finished set
    is there to be measured. Kept after the first call.

    >>> mean, sd = moments(Recipe())
    >>> x, _ = draw(Recipe(), 20_000, np.random.default_rng(0))
    >>> bool(abs(x.mean() - mean) < 0.01 * sd), bool(abs(x.std() - sd) < 0.01 * sd)
    (True, True)
    """
    recipe, digits = checked_recipe(recipe), checked_templates(templates)["x"]
    sizes = {**sizes_of(recipe, len(digits)), "max_translation": recipe.max_translation}
    with fitting(of_tables(recipe, len(digits)) + of_moments(recipe), sizes):
        return pipeline(recipe, digits, np.float64).moments
