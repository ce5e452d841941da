"""MNIST-1D for torch: endless fresh batches on any device, and a Dataset in torchvision's shape."""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import Dataset

from mnist1d.files import load
from mnist1d.generate import Data, generate
from mnist1d.pipeline import pipeline
from mnist1d.recipe import Recipe, whole
from mnist1d.templates import checked_templates
from mnist1d.writing import SPLITS, save

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
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches of samples that nobody has seen before, drawn on `device`.

    Batch number `step` depends on the recipe's law, `batch_size`, `seed` and `step` alone, so a run
    that stopped after `step` batches goes on with ``start=step``. The two kinds of device draw
    different numbers from the same law.

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
    iterator of (x, y)
        ``x`` (batch_size, final_seq_length) float32, standardised with the mean and the standard
        deviation of the law; ``y`` (batch_size,) int64, every class equally likely.

    Raises
    ------
    TypeError, ValueError
        At the call, if an argument has the wrong type or lies outside its range.
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
    size, seed = whole("batch_size", batch_size, 1), whole("seed", seed, 0)
    start = whole("start", start, 0)
    law = _Law(_checked(recipe), checked_templates(templates), torch.device(device))
    return _sliced(law, size, seed, start)


def _sliced(law: _Law, size: int, seed: int, start: int) -> Iterator[tuple[Tensor, Tensor]]:
    per_block = max(1, BLOCK // size)
    first, skip = divmod(start, per_block)
    for block in itertools.count(first):
        x, y = law.draw(per_block * size, seed, block)
        yield from itertools.islice(zip(x.split(size), y.split(size), strict=True), skip, None)
        skip = 0


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
        height, slope = torch.rand(2, size, 1, generator=digits, device=self.device) - 0.5
        smooth, white = torch.randn(
            2, size, self.recipe.canvas, generator=noise, device=self.device
        )
        padding = signal == 0
        signal *= 1 + self.recipe.scale_coeff * height
        signal.addcmul_(smooth @ self.smoother, padding)
        signal.add_(white, alpha=self.recipe.iid_noise_scale)
        x = torch.addmm(self.centre, signal, self.subsample)
        return x.addcmul_(slope, self.ramp, value=-1), self.labels[row]


class MNIST1D(Dataset[tuple[Any, Any]]):
    """One split of MNIST-1D as a torch Dataset, called like torchvision's MNIST.

    Parameters
    ----------
    root
        Folder where the data set is kept as ``mnist1d-<recipe>.npz``, made when missing; None
        keeps nothing on disk. A file there that is damaged or holds other data is computed
        again, with a warning that names it.
    train
        Training split (default) or test split.
    transform, target_transform
        Functions of a sample (a tensor like ``data[index]``) and of a label (an int).
    download
        Accepted for torchvision's sake. Nothing is ever downloaded: the data are computed.
    split
        ``"train"``, ``"val"`` or ``"test"``, in place of `train`.
    recipe
        What to generate; None is the published data set. For a validation split that keeps the
        published test set, hold out the last of the training samples:
        ``Recipe(n_train=3500, n_val=500, n_test=1000)``.
    stream
        ``"exact"`` or ``"fast"``, as in `generate`.
    channel
        Whether samples have a channel axis, as ``torch.nn.Conv1d`` wants it.

    Attributes
    ----------
    data
        float32 tensor (n, final_seq_length), or (n, 1, final_seq_length) with `channel`.
    targets
        int64 tensor (n,).
    classes
        Names of the labels, ``["0", ..., "9"]``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or value, or the recipe leaves the split empty.

    Examples
    --------
    >>> test = MNIST1D(train=False, channel=True)
    >>> len(test), test.data.shape, test.classes[:3]
    (1000, torch.Size([1000, 1, 40]), ['0', '1', '2'])
    >>> sample, label = test[0]
    >>> sample.shape, label
    (torch.Size([1, 40]), 2)
    """

    def __init__(
        self,
        root: str | PathLike[str] | None = None,
        train: bool = True,
        transform: Callable[[Tensor], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
        download: bool = False,
        *,
        split: str | None = None,
        recipe: Recipe | None = None,
        stream: str = "exact",
        channel: bool = False,
    ) -> None:
        split = split or ("train" if train else "test")
        recipe = _checked(recipe)
        _check_split(split, recipe)
        self.transform, self.target_transform = transform, target_transform
        data = generate(recipe, stream=stream) if root is None else _kept(root, recipe, stream)
        x, y = (getattr(data, name) for name in SPLITS[split])
        self.data = torch.tensor(x[:, None] if channel else x, dtype=torch.float32)
        self.targets = torch.tensor(y)
        self.classes = [str(label) for label in data.templates["y"]]

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        sample, target = self.data[index], int(self.targets[index])
        return (
            self.transform(sample) if self.transform else sample,
            self.target_transform(target) if self.target_transform else target,
        )


def _check_split(split: str, recipe: Recipe) -> None:
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
    if not dict(zip(SPLITS, recipe.sizes, strict=True))[split]:
        raise ValueError(
            f"split {split!r} must hold samples, as in Recipe(n_train=3500, n_val=500, n_test=1000)"
            f", got a recipe of sizes {recipe.sizes}"
        )


def _checked(recipe: Recipe | None) -> Recipe:
    if recipe is None:
        return Recipe()
    if not isinstance(recipe, Recipe):
        raise TypeError(f"recipe must be a Recipe or None, got {type(recipe).__name__}")
    return recipe


def _kept(root: str | PathLike[str], recipe: Recipe, stream: str) -> Data:
    identity = json.dumps([asdict(recipe), stream])
    path = Path(root) / f"mnist1d-{sha256(identity.encode()).hexdigest()[:12]}.npz"
    try:
        return load(path, recipe, stream)
    except FileNotFoundError:
        pass
    except ValueError as error:
        warnings.warn(f"{error}; it is written again", stacklevel=3)
    data = generate(recipe, stream=stream)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(data, path)
    return data
