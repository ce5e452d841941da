"""Endless fresh batches for torch, drawn on any device."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.checks import LARGEST, whole
from mnist1d.extras import missing
from mnist1d.memory import fitting, of_moments, of_tables, physical, sizes_of
from mnist1d.pipeline import pipeline
from mnist1d.recipe import Recipe, recipe_or_published
from mnist1d.templates import checked_templates

try:
    import torch
    from torch import Tensor
    from torch.utils.data import IterableDataset, get_worker_info
except ImportError as error:
    raise missing("torch", "mnist1d.batches", error) from error

Batch = tuple[Tensor, Tensor]

BLOCK = (
    4096  # samples drawn at once and handed out as batches: small batches cost no more per sample
)


def batches(
    recipe: Recipe | None = None,
    batch_size: int = 100,
    seed: int = 0,
    device: str | torch.device = "cpu",
    *,
    start: int = 0,
    templates: Mapping[str, npt.ArrayLike] | None = None,
) -> Batches:
    """Endless batches of samples that nobody has seen before, drawn on `device`.

    Batch number `step` depends on the recipe's law, `batch_size`, `seed` and `step` alone, so a run
    that stopped after `step` batches goes on with ``start=step``. The two kinds of device draw
    different numbers from the same law.

    They are an iterator and, for torch, an ``IterableDataset``:
    ``DataLoader(batches(...), batch_size=None, num_workers=2)`` hands out the same batches in the
    same order as without workers. Every worker draws them all, so that workers are for slow
    transforms and not for speed here. Each new pass of a loader with workers begins where these
    batches stood; without workers it goes on.

    Parameters
    ----------
    recipe
        The law; None is the published one. Its sizes and its seed play no part, except that with
        ``shuffle_seq`` its seed names the one permutation of the positions.
    batch_size
        Samples per batch, at least 1.
    seed
        Names the sequence of batches, at least 0.
    device
        Where the samples are drawn and stay.
    start
        Number of the first batch, at least 0.
    templates
        Digits in place of the ten published ones, as in `get_templates`.

    Returns
    -------
    Batches
        Iterator of ``(x, y)``: ``x`` (batch_size, final_seq_length) float32, standardised with the
        mean and the standard deviation of the law; ``y`` (batch_size,) int64, every class equally
        likely.

    Raises
    ------
    TypeError, ValueError
        At the call, if an argument has the wrong type, lies outside its range or asks for more
        than fits in memory.
    RuntimeError
        At the call, if torch does not know the device or cannot use it.

    Examples
    --------
    >>> x, y = next(batches(batch_size=3))
    >>> x.shape, x.dtype, y.shape, y.dtype
    (torch.Size([3, 40]), torch.float32, torch.Size([3]), torch.int64)
    >>> early = batches(seed=7)
    >>> for step in range(6):
    ...     x, y = next(early)
    >>> bool((x == next(batches(seed=7, start=5))[0]).all())
    True
    """
    size, seed = whole("batch_size", batch_size, 1, LARGEST), whole("seed", seed, 0)
    start, device = whole("start", start, 0), torch.device(device)
    recipe, classes = recipe_or_published(recipe), checked_templates(templates)
    sizes = sizes_of(recipe, len(classes["y"]))
    sizes |= {"max_translation": recipe.max_translation, "batch_size": size}
    with fitting(_need(recipe, len(classes["y"]), size), sizes, _memory(device)):
        return Batches(_Law(recipe, classes, device), size, seed, start)


def _need(recipe: Recipe, n_classes: int, size: int) -> int:
    drawn = 4 * max(size, BLOCK) * (6 * recipe.canvas + 2 * recipe.final_seq_length + 16)
    return of_tables(recipe, n_classes) + of_moments(recipe) + drawn


def _memory(device: torch.device) -> int:
    there = physical()
    if device.type == "cuda" and torch.cuda.is_available():
        return min(there, torch.cuda.get_device_properties(device).total_memory)
    return there


class Batches(IterableDataset[Batch], Iterator[Batch]):
    """What :func:`batches` returns."""

    def __init__(self, law: _Law, size: int, seed: int, start: int) -> None:
        self._law, self._size, self._seed = law, size, seed
        self._step, self._stride = start, 1
        self._block: tuple[int, list[Batch]] = (-1, [])

    def __iter__(self) -> Batches:
        """These batches themselves, or a worker's share of them: each in its turn."""
        if (worker := get_worker_info()) is None:
            return self
        share = copy.copy(self)
        share._step += worker.id * self._stride
        share._stride *= worker.num_workers
        return share

    def __next__(self) -> Batch:
        per_block = max(1, BLOCK // self._size)
        block, place = divmod(self._step, per_block)
        if self._block[0] != block:
            x, y = self._law.draw(per_block * self._size, self._seed, block)
            pairs = zip(x.split(self._size), y.split(self._size), strict=True)
            self._block = block, list(pairs)
        self._step += self._stride
        return self._block[1][place]


class _Law:
    def __init__(
        self, recipe: Recipe, templates: dict[str, npt.NDArray[Any]], device: torch.device
    ) -> None:
        parts = pipeline(recipe, templates["x"], np.float32)
        mean, sd = parts.moments
        order = np.arange(recipe.final_seq_length)
        if recipe.shuffle_seq:
            order = np.random.default_rng(recipe.seed).permutation(order)

        def tensor(values: npt.NDArray[Any]) -> Tensor:
            return torch.tensor(values, dtype=torch.float32, device=device)

        self.recipe, self.device = recipe, device
        self.labels = torch.tensor(templates["y"], device=device)
        # Each digit stands twice in a row, so that a shifted digit is a window on the pair.
        self.windows = tensor(np.tile(parts.stretched, 2)).unfold(-1, recipe.canvas, 1)
        self.starts = torch.tensor(recipe.canvas - parts.shifts, device=device)
        self.smoother = tensor(parts.smoother.T)
        self.subsample = tensor(parts.subsample[:, order] / sd)
        self.ramp = tensor(parts.ramp[order] / sd)
        self.centre = tensor(np.full(recipe.final_seq_length, -mean / sd))

    def draw(self, size: int, seed: int, block: int) -> tuple[Tensor, Tensor]:
        # torch's CPU generator keeps 32 bits of a seed: one for the digits and one for the noise
        # make it 64, so that no two blocks of a long run are alike.
        words = np.random.SeedSequence(seed, spawn_key=(block,)).generate_state(2)
        digits, noise = (torch.Generator(self.device).manual_seed(int(word)) for word in words)

        def below(high: int) -> Tensor:
            return torch.randint(high, (size,), generator=digits, device=self.device)

        classes, pads = self.windows.shape[:2]
        row, pad, shift = below(classes), below(pads), below(len(self.starts))
        signal = self.windows[row, pad, self.starts[shift]]
        # A program may have set other defaults of type and device: both are said.
        uniform = torch.empty(2, size, 1, dtype=torch.float32, device=self.device)
        height, slope = uniform.uniform_(generator=digits) - 0.5
        normal = torch.empty(2, size, self.recipe.canvas, dtype=torch.float32, device=self.device)
        smooth, white = normal.normal_(generator=noise)
        padding = signal == 0
        signal *= 1 + self.recipe.scale_coeff * height
        signal.addcmul_(smooth @ self.smoother, padding)
        signal.add_(white, alpha=self.recipe.iid_noise_scale)
        x = torch.addmm(self.centre, signal, self.subsample)
        return x.addcmul_(slope, self.ramp, value=-1), self.labels[row]
