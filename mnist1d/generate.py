"""Whole data sets at once: what `generate` returns, and how its splits and units come about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist1d.checks import shown
from mnist1d.exact import LegacyStream
from mnist1d.extras import missing
from mnist1d.fast import ModernStream
from mnist1d.memory import examples_of, fitting_samples
from mnist1d.pipeline import Array, Pipeline, interpolation, pipeline
from mnist1d.recipe import Recipe, recipe_or_published
from mnist1d.templates import checked_templates
from mnist1d.writing import save

if TYPE_CHECKING:
    import torch


class Tensors(NamedTuple):
    """The arrays of a data set as torch tensors, see :meth:`Data.torch`."""

    x: torch.Tensor
    y: torch.Tensor
    x_val: torch.Tensor
    y_val: torch.Tensor
    x_test: torch.Tensor
    y_test: torch.Tensor
    t: torch.Tensor


@dataclass(frozen=True, eq=False)
class Data:
    """A data set in three splits.

    Attributes
    ----------
    x, x_val, x_test
        Samples (n, points), C-contiguous, float64 on the exact stream and float32 on the fast
        one. All splits together have mean 0 and standard deviation 1.
    y, y_val, y_test
        Labels (n,) int64.
    t
        Positions (points,) of the points, in the units of the standardised samples.
    templates
        The classes: a mapping with ``x``, ``t`` and ``y``, see :func:`mnist1d.get_templates`.
    recipe
        The recipe the data were made from.
    stream
        ``"exact"`` or ``"fast"``.
    moments
        Mean and standard deviation that all samples together had before they were standardised,
        for further samples in the same units; None for data read from a file.
    """

    x: Array
    y: Array
    x_val: Array
    y_val: Array
    x_test: Array
    y_test: Array
    t: Array
    templates: Mapping[str, Array] = field(repr=False)
    recipe: Recipe
    stream: str
    moments: tuple[float, float] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        sizes = "/".join(str(len(y)) for y in (self.y, self.y_val, self.y_test))
        return f"<MNIST-1D data: {sizes} samples of {len(self.t)} points, {self.stream} stream>"

    def as_dict(self) -> dict[str, Any]:
        """Upstream's plain dict: ``x, x_test, y, y_test, t, templates``.

        Its arrays are those of this object, so an edit in place changes both. With a validation
        split it also holds ``x_val`` and ``y_val``.
        """
        names = ["x", "x_test", "y", "y_test", "t", "templates"]
        if len(self.y_val):
            names += ["x_val", "y_val"]
        return {name: getattr(self, name) for name in names}

    def torch(
        self, device: str | torch.device = "cpu", dtype: torch.dtype | None = None
    ) -> Tensors:
        """The arrays as torch tensors on `device`.

        Parameters
        ----------
        device
            Where the tensors live.
        dtype
            Floating type of samples and ``t``, float32 for None. Labels are int64.

        Returns
        -------
        Tensors
            Named tuple ``(x, y, x_val, y_val, x_test, y_test, t)`` of copies.

        Raises
        ------
        ImportError
            Without torch; the message says which extra installs it.
        """
        try:
            import torch
        except ImportError as error:
            raise missing("torch", "Data.torch", error) from error

        def tensor(array: Array) -> torch.Tensor:
            kind = torch.int64 if array.dtype == np.int64 else dtype or torch.float32
            return torch.tensor(array, dtype=kind, device=device)

        return Tensors(*(tensor(getattr(self, name)) for name in Tensors._fields))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the data to `path`; see :func:`mnist1d.writing.save`."""
        save(self, path)


def generate(
    recipe: Recipe | None = None,
    *,
    templates: Mapping[str, npt.ArrayLike] | None = None,
    stream: str = "exact",
) -> Data:
    """The MNIST-1D data set of a recipe.

    Parameters
    ----------
    recipe
        The knobs; None for the published data set.
    templates
        The classes, any number of any length: a mapping with ``x`` (n_classes, length), ``t``
        (length,) and ``y`` (n_classes,) integer labels. None for the ten digits.
    stream
        ``"exact"``: upstream's data, labels and order identical and samples to 1e-12, float64.
        ``"fast"``: another draw from the same law, float32, many times faster.

    Returns
    -------
    Data
        The same for equal arguments; no global generator is touched.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, there are fewer samples than classes, or more are asked
        for than fit in memory.

    Notes
    -----
    Exact sizes (``n_train``, ``n_val``, ``n_test``) are stratified: in each split by itself the
    counts of the classes differ by one at most, and where the number of classes does not divide
    its size, the stream draws the classes that come once more.
    ``num_samples`` and ``train_split`` are the original's law: classes are balanced over all
    splits together, one permutation mixes them, and the splits are cut from it as it falls.
    Table 2 and figure 1 of Greydanus and Kobak (2024), arXiv:2011.14439.

    Examples
    --------
    >>> data = generate()
    >>> data
    <MNIST-1D data: 4000/0/1000 samples of 40 points, exact stream>
    >>> data.y[:8]
    array([2, 6, 4, 5, 6, 6, 6, 0])
    >>> np.bincount(generate(Recipe(n_train=23, n_test=20)).y_test).tolist()
    [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    >>> generate(Recipe(n_train=95, n_val=20, n_test=5), stream="fast").x_val.dtype.name
    'float32'
    """
    recipe = recipe_or_published(recipe)
    if stream not in ("exact", "fast"):
        raise ValueError(f"stream must be 'exact' or 'fast', got {shown(stream)}")
    classes = checked_templates(templates)
    if stream == "exact":
        return generate_from(LegacyStream(recipe.seed), recipe, classes)
    return generate_from(ModernStream(recipe.seed), recipe, classes)


def generate_from(
    stream: LegacyStream | ModernStream, recipe: Recipe, classes: dict[str, Array]
) -> Data:
    """The data set of a recipe from a seeded stream, which is left where the data set ends."""
    n_classes = len(classes["y"])
    sizes = recipe.sizes_for(n_classes)
    if sum(sizes) < 1:
        raise ValueError(
            f"num_samples must be at least the number of classes, {n_classes}, "
            f"got {recipe.num_samples}"
        )
    with fitting_samples(recipe, n_classes, stream.dtype.itemsize, examples_of(recipe)):
        return _made(stream, recipe, classes, sizes)


def _made(
    stream: LegacyStream | ModernStream,
    recipe: Recipe,
    classes: dict[str, Array],
    sizes: tuple[int, int, int],
) -> Data:
    line = pipeline(recipe, classes["x"], stream.dtype)
    samples, rows = _drawn(stream, line, sizes if recipe.n_train is not None else (sum(sizes),))
    if recipe.shuffle_seq:
        order = stream.generator.permutation(recipe.final_seq_length)
        samples = np.take(samples, order, axis=1)
    mean, sd = _standardise(samples)
    t = classes["t"] @ interpolation(len(classes["t"]), recipe.canvas) @ line.subsample / sd
    x, x_val, x_test = _split(samples, sizes)
    y, y_val, y_test = _split(classes["y"][rows], sizes)
    return Data(
        *(x, y, x_val, y_val, x_test, y_test),
        t=t.astype(stream.dtype),
        templates=classes,
        recipe=recipe,
        stream=stream.name,
        moments=(mean, sd),
    )


def _drawn(
    stream: LegacyStream | ModernStream, line: Pipeline, sizes: Sequence[int]
) -> tuple[Array, Array]:
    """Samples and rows of the templates of some sets, one behind the other, each stratified."""
    sets = [stream.samples(line, _balanced(stream, n, len(line.stretched))) for n in sizes]
    samples, rows = zip(*sets, strict=True)
    return np.concatenate(samples), np.concatenate(rows)


def _balanced(stream: LegacyStream | ModernStream, size: int, n_classes: int) -> Array:
    """`size` rows of the templates in order, every class as often as any other or once more."""
    counts = np.full(n_classes, size // n_classes)
    if more := size % n_classes:  # drawn only here: the published data know no such draw
        counts[stream.generator.permutation(n_classes)[:more]] += 1
    return np.repeat(np.arange(n_classes), counts)


def _standardise(samples: Array) -> tuple[float, float]:
    """Bring all samples together to mean 0 and standard deviation 1, in place; the old ones."""
    mean = float(samples.mean(dtype=np.float64))
    samples -= mean
    squares = float(np.einsum("np,np->", samples, samples, dtype=np.float64))
    sd = (squares / samples.size) ** 0.5
    if sd == 0:
        raise ValueError("all samples are one constant: the templates and the noise are all 0")
    samples /= sd
    return mean, sd


def _split(array: Array, sizes: tuple[int, int, int]) -> list[Array]:
    return np.split(array, np.cumsum(sizes[:2]))
