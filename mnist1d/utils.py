"""Upstream's `mnist1d.utils`: seeding, pickles that are safe to read, pictures of signals."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mnist1d.pickles import load_plain
from mnist1d.recipe import whole
from mnist1d.writing import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def set_seed(seed: int) -> None:
    """Seed the global generators of ``random``, of numpy and, where it is imported, of torch.

    Upstream seeded torch too until 2024 and then lost it, so that notebooks which rely on it (the
    lottery tickets rewind to an initialisation this way) no longer repeat themselves; here they do.

    Parameters
    ----------
    seed
        From 0 to 2**32 - 1.
    """
    seed = whole("seed", seed, 0, 2**32 - 1)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (the global generator is what this function is for)
    if (torch := sys.modules.get("torch")) is not None:
        torch.manual_seed(seed)


class ObjectView:
    """The entries of a dict as attributes; both views share the entries.

    >>> settings = {"seed": 1}
    >>> view = ObjectView(settings)
    >>> view.seed = 2
    >>> settings
    {'seed': 2}
    """

    def __init__(self, d: dict[str, Any]) -> None:
        self.__dict__ = d


def to_pickle(thing: object, path: str | PathLike[str]) -> None:
    """Pickle `thing` to the file `path`, whole or not at all."""
    with replacing(Path(path)) as temporary, open(temporary, "wb") as handle:
        pickle.dump(thing, handle, protocol=4)


def from_pickle(path: str | PathLike[str]) -> Any:
    """What the pickle at `path` holds, if that is numpy arrays and plain containers only.

    A pickle from elsewhere can run anything when it is read. This function refuses whatever is not
    a number, a string, an array of these or a list, tuple, dict or set.

    Raises
    ------
    pickle.UnpicklingError
        If the file holds anything else (the message says what, and how to load it knowingly) or
        is damaged.
    """
    with open(path, "rb") as handle:
        return load_plain(handle)


def plot_signals(
    xs: npt.ArrayLike,
    t: npt.ArrayLike,
    labels: Sequence[Any] | npt.NDArray[Any] | None = None,
    args: object = None,
    ratio: float = 2.6,
    do_transform: bool = False,
    dark_mode: bool = False,
    zoom: float = 1,
) -> Figure:
    """Draw the first ten signals side by side; see :func:`mnist1d.pictures.plot_signals`."""
    from mnist1d import pictures

    return pictures.plot_signals(xs, t, labels, args, ratio, do_transform, dark_mode, zoom)
