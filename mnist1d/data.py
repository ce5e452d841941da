"""Upstream's `mnist1d.data`: the same names, calls and numbers, computed at once.

What differs on purpose: nothing is downloaded, and a file whose contents do not match the
arguments is not returned in silence.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.exact import LegacyStream
from mnist1d.generate import generate, generate_from
from mnist1d.recipe import Recipe
from mnist1d.templates import checked_templates, get_templates
from mnist1d.utils import ObjectView, from_pickle, to_pickle

__all__ = ["get_dataset", "get_dataset_args", "get_templates", "make_dataset"]

Templates = Mapping[str, npt.ArrayLike]


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
    args = {
        "num_samples": 5000,
        "train_split": 0.8,
        "template_len": 12,
        "padding": [36, 60],
        "scale_coeff": 0.4,
        "max_translation": 48,
        "corr_noise_scale": 0.25,
        "iid_noise_scale": 0.02,
        "shear_scale": 0.75,
        "shuffle_seq": False,
        "final_seq_length": 40,
        "seed": 42,
        "url": "https://github.com/greydanus/mnist1d/raw/master/mnist1d_data.pkl",
    }
    return args if as_dict else ObjectView(args)


def make_dataset(args: object = None, template: Templates | None = None) -> dict[str, Any]:
    """Compute a data set, and leave the global generators as upstream leaves them.

    Parameters
    ----------
    args
        An object with the knobs as attributes (:class:`ObjectView`, a namespace, a
        :class:`mnist1d.Recipe`); None for the published data set. A missing knob takes its default,
        other attributes are ignored.
    template
        The classes, as :func:`get_templates` returns them; None for the ten digits.

    Returns
    -------
    dict
        ``x`` (n_train, points), ``x_test`` (n_test, points) and ``t`` (points,), float64, ``y`` and
        ``y_test`` int64, and ``templates``. Writable and C-contiguous.

    Raises
    ------
    TypeError, ValueError
        If a knob has the wrong type or lies outside its range; the generators are then untouched.

    Notes
    -----
    Afterwards ``random`` is seeded with ``args.seed`` and ``numpy.random`` stands where drawing
    the data set has left it, because notebooks draw their label noise from there. For the same
    data without that side effect see :func:`mnist1d.generate`.
    """
    recipe = Recipe() if args is None else Recipe.from_args(args)
    stream = LegacyStream(recipe.seed)
    data = generate_from(stream, recipe, checked_templates(template)).as_dict()
    random.seed(recipe.seed)
    np.random.set_state(stream.generator.get_state())  # noqa: NPY002  (the point of this face)
    return data if template is None else {**data, "templates": template}


def get_dataset(
    args: object = None,
    path: str | PathLike[str] | None = None,
    verbose: bool = True,
    download: bool = True,
    regenerate: bool = False,
    template: Templates | None = None,
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

    Returns
    -------
    dict
        As from :func:`make_dataset`.

    Warns
    -----
    UserWarning
        If the file is there, but cannot be read safely or does not hold the data of `args`. It is
        left as it is, and the data of `args` are returned.

    Notes
    -----
    The global generators move only where upstream moves them: when it would compute the data,
    because of `regenerate` or because there is no readable file and `download` is false.
    """
    recipe = Recipe() if args is None else Recipe.from_args(args)
    target = Path("mnist1d_data.pkl" if path is None else path)
    if regenerate or not target.exists():
        compute = make_dataset if regenerate or not download else _computed
        data = compute(recipe, template)
        to_pickle(data, target)
        if verbose:
            print(f"Computed the data set and saved it to {target}")
        return data
    data = _computed(recipe, template)
    try:
        stored = from_pickle(target)
    except UnpicklingError as error:
        _warn(target, f"cannot be read ({error})")
        return data if download else make_dataset(recipe, template)
    if not _same(stored, data):
        _warn(target, "does not hold the data of these arguments")
        return data
    if verbose:
        print(f"Loaded the data set from {target}")
    return stored


def _computed(recipe: Recipe, template: Templates | None) -> dict[str, Any]:
    return generate(recipe, templates=template).as_dict()


def _same(stored: object, data: dict[str, Any]) -> bool:
    if not isinstance(stored, dict) or not set(data) <= set(stored):
        return False
    for name in data.keys() - {"templates"}:
        old, new = np.asarray(stored[name]), data[name]
        if old.dtype != new.dtype or old.shape != new.shape:
            return False
        if not np.allclose(old, new, rtol=0, atol=1e-9):
            return False
    return True


def _warn(path: Path, why: str) -> None:
    warnings.warn(
        f"the file {path} {why}; it is left as it is and the data are computed "
        f"(regenerate=True replaces it)",
        stacklevel=3,
    )
