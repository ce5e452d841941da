"""Upstream's `mnist1d.data`: the same names, calls and numbers, computed at once where they can be.

What differs on purpose: nothing is downloaded, and a file whose contents do not match the
arguments is not returned in silence.
"""

from __future__ import annotations

import difflib
import os
import warnings
from numbers import Number
from os import PathLike
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from mnist1d.arguments import PUBLISHED
from mnist1d.asked import Asked, Templates, asked
from mnist1d.cached import is_sound, write
from mnist1d.checks import shown
from mnist1d.one_by_one import global_generators
from mnist1d.paths import expanded
from mnist1d.templates import get_templates
from mnist1d.transform import transform
from mnist1d.utils import ObjectView, from_pickle, set_seed, to_pickle

# What the original has here: names that its clients import from this module.
__all__ = [
    "ObjectView",
    "from_pickle",
    "get_dataset",
    "get_dataset_args",
    "get_templates",
    "make_dataset",
    "np",
    "os",
    "set_seed",
    "to_pickle",
    "transform",
]

URL = "https://github.com/greydanus/mnist1d/raw/master/mnist1d_data.pkl"


def get_dataset_args(as_dict: bool = False) -> Any:
    """The knobs of the published data set.

    Parameters
    ----------
    as_dict
        Whether to return a dict instead of an object with attributes.

    Returns
    -------
    ObjectView or dict
        Upstream's names and values, ``url`` (which nothing here reads) among them; meant to be
        edited and handed to :func:`make_dataset`.

    Examples
    --------
    >>> args = get_dataset_args()
    >>> args.num_samples = 10_000
    >>> make_dataset(args)["x"].shape
    (8000, 40)
    """
    args = {**PUBLISHED, "padding": list(PUBLISHED["padding"]), "url": URL}
    return args if as_dict else ObjectView(args)


def make_dataset(args: object = None, template: Templates | None = None) -> dict[str, Any]:
    """Compute a data set, and leave the global generators as upstream leaves them.

    Parameters
    ----------
    args
        An object with the knobs as attributes (:class:`ObjectView`, a namespace, a configuration,
        a :class:`mnist1d.Recipe`); None for the published data set. Only what upstream reads is
        read: a missing knob takes its default, other attributes are somebody's own.
    template
        The classes, as :func:`get_templates` returns them; None for the ten digits. Signals may
        have different lengths, and labels be anything.

    Returns
    -------
    dict
        ``x`` (n_train, points), ``x_test`` (n_test, points) and ``t`` (points,), float64, ``y`` and
        ``y_test`` int64 or of the type of the labels, and ``templates``. Writable and C-contiguous.

    Warns
    -----
    UserWarning
        If upstream computes with a knob that :class:`mnist1d.Recipe` refuses, such as
        ``scale_coeff=4``, which turns half of the digits round.

    Raises
    ------
    TypeError, ValueError
        If upstream cannot compute it either; the generators are then untouched.

    Notes
    -----
    Afterwards ``random`` is seeded with ``args.seed`` (None: with fresh entropy) and
    ``numpy.random`` stands where drawing the data set has left it, because notebooks draw their
    label noise from there. For the same data without that side effect see
    :func:`mnist1d.generate`.
    """
    return asked(args, template, stacklevel=2).computed(stacklevel=2)


def get_dataset(
    args: object = None,
    path: str | PathLike[str] | None = None,
    verbose: bool = True,
    download: bool = True,
    regenerate: bool = False,
    template: Templates | None = None,
    **ignored: Any,
) -> dict[str, Any]:
    """The data set of `args`, from the file at `path` when that is what the file holds.

    Parameters
    ----------
    args, template
        As in :func:`make_dataset`.
    path
        A pickle that is read when it is there and written when it is not; None for
        ``./mnist1d_data.pkl``.
    verbose
        Whether to print where the data come from.
    download
        Accepted for the sake of existing calls. Nothing is ever downloaded: the data are computed,
        and are those of `args` and not only of the published settings.
    regenerate
        Whether to compute the data anew and replace the file.
    **ignored
        Names that upstream takes and does not use either, such as ``force_download``.

    Returns
    -------
    dict
        As from :func:`make_dataset`.

    Warns
    -----
    UserWarning
        If the file is there, but cannot be read safely or does not hold the data of `args`: it is
        left as it is, and the data of `args` are returned. Also if one of `ignored` looks like a
        name misspelt, and as in :func:`make_dataset`.

    Notes
    -----
    A file written here is known by a digest that stands behind its pickle, where no reader looks:
    the data are computed only to be compared with a file of another origin. The global generators
    move only where upstream moves them: when it would compute the data, because of `regenerate`,
    because there is no file and `download` is false, or because the file cannot be read.
    """
    for name in ignored:
        _check_spelling(name)
    what = asked(args, template, stacklevel=2)
    target = expanded("mnist1d_data.pkl" if path is None else path)
    if regenerate or not target.exists():
        with global_generators(keep=download and not regenerate):
            data = what.computed(stacklevel=2)
        write(data, target, what.identity(), stacklevel=2)
        _say(verbose, f"Computed the data set and saved it to {target}")
        return data
    try:
        stored = from_pickle(target)
    except UnpicklingError as error:
        _warn(target, f"cannot be read ({error})")
        return what.computed(stacklevel=2)
    if not is_sound(target, stored, what.identity()):
        with global_generators(keep=True):
            data = what.computed(stacklevel=2)
        if not _same(stored, data, what):
            _warn(target, "does not hold the data of these arguments")
            return data
    _say(verbose, f"Loaded the data set from {target}")
    return stored


def _same(stored: object, data: dict[str, Any], what: Asked) -> bool:
    if not isinstance(stored, dict) or not data.keys() <= stored.keys():
        return False
    pairs = [(np.asarray(stored[k]), np.asarray(v)) for k, v in data.items() if k != "templates"]
    if any(old.dtype != new.dtype or old.shape != new.shape for old, new in pairs):
        return False
    if not _same_templates(stored["templates"], data["templates"]):
        return False
    return what.is_fresh or all(_close(old, new) for old, new in pairs)


def _same_templates(stored: Any, templates: Templates) -> bool:
    try:
        return all(_alike(stored[name], templates[name]) for name in "xty")
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        return False  # what Python and numpy raise where two things are not to be compared


def _alike(old: Any, new: Any) -> bool:
    """One by one, as signals may have different lengths, and labels be anything."""
    old, new = (part.item() if getattr(part, "ndim", None) == 0 else part for part in (old, new))
    if isinstance(new, Number):
        return bool(old == new or abs(old - new) <= 1e-9 or (old != old and new != new))
    if isinstance(new, str) or not hasattr(new, "__len__"):
        return bool(old == new)
    return len(old) == len(new) and all(map(_alike, old, new))


def _close(old: Any, new: Any) -> bool:
    if np.issubdtype(new.dtype, np.number):
        return np.allclose(old, new, rtol=0, atol=1e-9, equal_nan=True)
    return np.array_equal(old, new)


def _check_spelling(name: str) -> None:
    names = ("args", "path", "verbose", "download", "regenerate", "template")
    if close := difflib.get_close_matches(name, names, n=1, cutoff=0.8):
        warnings.warn(f"{shown(name)} has no effect; did you mean {close[0]}?", stacklevel=3)


def _say(verbose: bool, text: str) -> None:
    if verbose:
        print(text)


def _warn(path: Path, why: str) -> None:
    warnings.warn(
        f"the file {path} {why}; it is left as it is and the data are computed "
        f"(regenerate=True replaces it)",
        stacklevel=3,
    )
