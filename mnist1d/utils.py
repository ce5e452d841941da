"""Upstream's `mnist1d.utils`: seeding, pickles that are safe to read, pictures of signals."""

from __future__ import annotations

import codecs
import pickle
import random
import sys
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mnist1d.arguments import ObjectView
from mnist1d.checks import shown, whole
from mnist1d.extras import library
from mnist1d.paths import expanded
from mnist1d.pickles import load_plain
from mnist1d.pickling import write_pickle, written_here
from mnist1d.transform import transform

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What the original has here: notebooks import all of it with a star.
__all__ = [
    "ObjectView",
    "from_pickle",
    "np",
    "pickle",
    "plot_signals",
    "random",
    "set_seed",
    "to_pickle",
    "transform",
]


def set_seed(seed: int | None) -> None:
    """Seed the global generators of ``random``, of numpy and, where it is imported, of torch.

    Upstream seeded torch too until 2024 and then lost it, so that notebooks which rely on it (the
    lottery tickets rewind to an initialisation this way) no longer repeat themselves; here they do.

    Parameters
    ----------
    seed
        From 0 to 2**32 - 1; None for fresh entropy.
    """
    if seed is not None:
        seed = whole("seed", int(seed) if isinstance(seed, bool) else seed, 0, 2**32 - 1)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (the global generator is what this function is for)
    if (torch := sys.modules.get("torch")) is not None:
        torch.seed() if seed is None else torch.manual_seed(seed)


def to_pickle(thing: object, path: str | PathLike[str]) -> None:
    """Pickle `thing` to the file `path`, whole or not at all.

    Warns
    -----
    UserWarning
        If it is more than plain data, so that another process reads it with ``trust=True`` only.
    """
    write_pickle(thing, expanded(path), stacklevel=2)


def from_pickle(path: str | PathLike[str], *, trust: bool = False, encoding: str = "latin1") -> Any:
    """What the pickle at `path` holds, if that is plain data or was written by this process.

    A pickle from elsewhere can run anything when it is read. This function refuses whatever is not
    a number, a text, a date, a path, a numpy array or a torch tensor of numbers or texts, an
    :class:`ObjectView` or a namespace, or a list, tuple, dict, set or deque of these.

    Parameters
    ----------
    path
        The file.
    trust
        Whether to read anything, and so to run whatever the file says.
    encoding
        Of the strings in a pickle of Python 2. With the default its arrays are read, and its texts
        as far as they are Latin; ``"bytes"`` leaves texts as bytes.

    Raises
    ------
    pickle.UnpicklingError
        If the file holds anything else (the message says what) or is damaged.
    """
    _check_encoding(encoding)
    with open(expanded(path), "rb") as handle:
        if trust:
            return pickle.load(handle, encoding=encoding)
        if (own := written_here(handle)) is not None:
            return pickle.load(own)
        return load_plain(handle, encoding)


def _check_encoding(encoding: str) -> None:
    try:
        codecs.lookup("latin1" if encoding == "bytes" else encoding)
    except (TypeError, LookupError):
        raise ValueError(
            f"encoding must be 'bytes' or one that Python knows, got {shown(encoding)}"
        ) from None


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


def __getattr__(name: str) -> Any:
    if name == "plt":
        return library("matplotlib.pyplot", "mnist1d.utils.plt")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
