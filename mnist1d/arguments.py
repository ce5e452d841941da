"""Objects of arguments, and what the original reads off them: nothing else that may be there."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from inspect import getattr_static
from typing import Any

from mnist1d.checks import shown

PUBLISHED: dict[str, Any] = {
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
}

# Names that people set in vain, and what they mean. Where the knob meant is there, the name is
# somebody's own.
MISTAKEN = {
    "noise_scale": "corr_noise_scale (beside the digit) or iid_noise_scale (everywhere)",
    "num_test_samples": "num_samples and train_split",
    "num_train_samples": "num_samples and train_split",
    "random_state": "seed",
}

_MISSING = object()


class ObjectView:
    """The entries of a dict as attributes; both views share the entries.

    >>> settings = {"seed": 1}
    >>> view = ObjectView(settings)
    >>> view.seed = 2
    >>> settings
    {'seed': 2}
    """

    __module__ = "mnist1d.utils"  # where the original has it: pickles name it so

    def __init__(self, d: dict[str, Any]) -> None:
        self.__dict__ = d


def knobs_of(
    args: object, names: Iterable[str] = tuple(PUBLISHED), stacklevel: int = 1
) -> dict[str, Any]:
    """The knobs in the attributes of `args`; the published values of those that it lacks.

    Parameters
    ----------
    args
        Any object with attributes: a namespace, an attribute dictionary, the configuration of some
        library, a class.
    names
        Which knobs to read.
    stacklevel
        Of the warning about a name that is a known mistake, as in :func:`warnings.warn`.

    Raises
    ------
    TypeError
        If it has no knob at all, as a plain dict.

    >>> from types import SimpleNamespace
    >>> knobs_of(SimpleNamespace(seed=7, n_train=3)) == {**PUBLISHED, "seed": 7}
    True
    """
    knobs = {name: _read(args, name) for name in names}
    found = {name: value for name, value in knobs.items() if value is not _MISSING}
    if not found:
        raise TypeError(
            f"args must have knobs as attributes, as ObjectView(dict) does, got {shown(args)}"
        )
    for name, meant in MISTAKEN.items():
        if meant not in found and _read(args, name) is not _MISSING:
            text = f"args.{name} has no effect; did you mean {meant}?"
            warnings.warn(text, stacklevel=stacklevel + 1)
    return {name: found.get(name, PUBLISHED[name]) for name in knobs}


def _read(args: object, name: str) -> Any:
    if isinstance(args, Mapping) and name not in args and not _has(args, name):
        return _MISSING  # some attribute dictionaries make up what they lack, and keep it
    try:
        return getattr(args, name)
    except (AttributeError, LookupError):
        return _MISSING


def _has(args: object, name: str) -> bool:
    return getattr_static(args, name, _MISSING) is not _MISSING
