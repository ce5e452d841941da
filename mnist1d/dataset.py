"""MNIST-1D as a torch Dataset, in the shape of torchvision's MNIST."""

from __future__ import annotations

import json
import operator
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mnist1d.checks import brief, shown
from mnist1d.extras import missing
from mnist1d.files import load
from mnist1d.generate import Data, generate
from mnist1d.layout import SPLITS
from mnist1d.paths import expanded
from mnist1d.recipe import Recipe, recipe_or_published
from mnist1d.writing import save

try:
    import torch
    from torch import Tensor
    from torch.utils.data import Dataset, default_collate
except ImportError as error:
    raise missing("torch", "mnist1d.MNIST1D", error) from error


_Function = TypeVar("_Function", bound=Callable[..., Any] | None)


class MNIST1D(Dataset[tuple[Any, Any]]):
    """One split of MNIST-1D as a torch Dataset, called like torchvision's MNIST.

    Parameters
    ----------
    root
        Folder where the data set is kept as ``mnist1d-<recipe>.npz``, made when missing, ``~``
        being the home folder; None keeps nothing on disk. A file there that is damaged or holds
        other data is computed again, with a warning that names it.
    train
        Training split (default) or test split.
    transform, target_transform
        Functions of a sample (a tensor like ``data[index]``) and of a label (an int).
    download
        Accepted for torchvision's sake. Nothing is ever downloaded: the data are computed.
    split
        ``"train"``, ``"val"`` or ``"test"``, in place of `train`.
    recipe
        What to generate; None is the published data set. ``Recipe(n_val=500)`` holds out the last
        500 of its training samples for validation, and keeps its test set.
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
    class_to_idx
        Their numbers: ``{"0": 0, ..., "9": 9}``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or value, or the recipe leaves the split empty.

    Notes
    -----
    An index is an integer, from the end where it is negative, and gives a sample and its label;
    or a slice, a row of integers or a row of booleans, and gives the samples and the labels
    stacked, each sent through the transforms by itself.

    Examples
    --------
    >>> test = MNIST1D(train=False, channel=True)
    >>> len(test), test.data.shape, test.classes[:3]
    (1000, torch.Size([1000, 1, 40]), ['0', '1', '2'])
    >>> sample, label = test[0]
    >>> sample.shape, label
    (torch.Size([1, 40]), 2)
    >>> samples, labels = test[-3:]
    >>> samples.shape, labels
    (torch.Size([3, 1, 40]), tensor([9, 6, 4]))
    >>> test
    Dataset MNIST1D
        Number of datapoints: 1000
        Split: test
        Stream: exact
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
        recipe = recipe_or_published(recipe)
        self.split = _checked_split(split or ("train" if train else "test"), recipe)
        self.root = None if root is None else _checked_root(expanded(root, "root"))
        self.recipe, self.stream = recipe, stream
        self.transform = _checked_function("transform", transform)
        self.target_transform = _checked_function("target_transform", target_transform)
        data = generate(recipe, stream=stream) if self.root is None else self._kept(self.root)
        x, y = (getattr(data, name) for name in SPLITS[self.split])
        # On the CPU and float32, whatever a program has set as torch's defaults.
        self.data = torch.tensor(x[:, None] if channel else x, dtype=torch.float32, device="cpu")
        self.targets = torch.tensor(y, device="cpu")
        self.classes = [str(label) for label in data.templates["y"]]

    @property
    def class_to_idx(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.classes)}

    def __repr__(self) -> str:
        facts = {
            "Number of datapoints": len(self),
            "Root location": self.root,
            "Split": self.split,
            "Stream": self.stream,
            "Transform": self.transform,
            "Target transform": self.target_transform,
        }
        lines = [f"    {name}: {value}" for name, value in facts.items() if value is not None]
        return "\n".join(["Dataset MNIST1D", *lines])

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: Any) -> tuple[Any, Any]:
        if getattr(index, "ndim", 0) == 0 and hasattr(index, "__index__"):
            return self._pair(_row(index, len(self)))
        rows = _rows(index, len(self))
        if not len(rows) or (self.transform is None and self.target_transform is None):
            return self.data[rows], self.targets[rows]
        with torch.device("cpu"):
            samples, targets = default_collate([self._pair(int(row)) for row in rows])
        return samples, targets

    def _pair(self, row: int) -> tuple[Any, Any]:
        sample, target = self.data[row], int(self.targets[row])
        return (
            self.transform(sample) if self.transform else sample,
            self.target_transform(target) if self.target_transform else target,
        )

    def _kept(self, root: Path) -> Data:
        """The data set from the file that keeps it, written where it is not there or not sound."""
        identity = json.dumps([asdict(self.recipe), self.stream])
        path = root / f"mnist1d-{sha256(identity.encode()).hexdigest()[:12]}.npz"
        try:
            return load(path, self.recipe, self.stream)
        except FileNotFoundError:
            pass
        except ValueError as error:
            warnings.warn(f"{error}; it is written again", stacklevel=3)
        data = generate(self.recipe, stream=self.stream)
        path.parent.mkdir(parents=True, exist_ok=True)
        save(data, path)
        return data


def _row(index: Any, length: int) -> int:
    row = operator.index(index)
    if not -length <= row < length:  # an IndexError ends a loop over the data set
        raise IndexError(f"index must lie in [{-length}, {length}), got {shown(row)}")
    return row


def _rows(index: Any, length: int) -> Tensor:
    """The rows of (length,) that a slice, a row of integers or a row of booleans means."""
    row = index if isinstance(index, slice) else _as_row(index)
    try:
        rows = np.arange(length)[row]
    except (IndexError, ValueError, TypeError) as error:
        raise IndexError(f"index must suit {length} samples: {brief(error)}") from None
    return torch.from_numpy(rows.copy())


def _as_row(index: Any) -> npt.NDArray[Any]:
    given = index.detach().cpu().numpy() if isinstance(index, Tensor) else index
    with suppress(ValueError, TypeError):  # numpy's words where no array can be made of it
        row = np.asarray(given)
        if row.ndim == 1 and not isinstance(index, tuple):  # which means axes to numpy and torch
            if not len(row):
                return row.astype(np.int64)
            if row.dtype.kind in "biu":
                return row
    raise IndexError(
        f"index must be an integer, a slice or one row of integers or booleans, got {shown(index)}"
    )


def _checked_root(root: Path) -> Path:
    if root.is_file():
        raise ValueError(f"root must be a folder, got the file {root}")
    return root


def _checked_function(name: str, value: _Function) -> _Function:
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be callable or None, got {shown(value)}")
    return value


def _checked_split(split: str, recipe: Recipe) -> str:
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {shown(split)}")
    if not dict(zip(SPLITS, recipe.sizes, strict=True))[split]:
        raise ValueError(
            f"split {split!r} must hold samples, as in Recipe(n_val=500), "
            f"got a recipe of sizes {recipe.sizes}"
        )
    return split
