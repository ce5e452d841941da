"""Refusals of what is no number, no place and no seed: "NAME must be RULE, got VALUE"."""

from numbers import Integral, Real
from typing import Any

import numpy as np


def numbers(name: str, value: Any) -> np.ndarray:
    """The value as an array of float64.

    Raises:
        TypeError: a value that holds anything else than real numbers.

    >>> numbers("sketch", ["1.0"])
    Traceback (most recent call last):
        ...
    TypeError: sketch must be an array of real numbers, got ['1.0']
    """
    try:
        found = np.asarray(value)
    except ValueError:  # of rows of different lengths
        found = np.empty(0, object)
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be an array of real numbers, got {value!r}")
    return found.astype(float, copy=False)


def sequence(name: str, value: Any) -> tuple[Any, ...]:
    """The values of anything that is iterable, which is read once; of arrays (and tensors) Python's
    numbers.

    Raises:
        TypeError: something that is not.

    >>> sequence("weights", 0.5)
    Traceback (most recent call last):
        ...
    TypeError: weights must be a sequence, got 0.5
    """
    if not np.iterable(value):
        raise TypeError(f"{name} must be a sequence, got {value!r}")
    return tuple(value.tolist() if hasattr(value, "tolist") else value)


def check_whole(name: str, value: int, low: int, high: int | None = None) -> None:
    """Refuse what is not a whole number from `low` to `high`.

    Raises:
        ValueError: naming the number, the rule and the value.

    >>> check_whole("position", 2, 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: position must be a whole number from 0 to 1, got 2
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        rule = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be a whole number {rule}, got {value!r}")


def check_share(name: str, value: float, *, zero: bool = False) -> None:
    """Refuse what is not a number from 0 to 1; 0 itself too, unless `zero`.

    Raises:
        ValueError: naming the number, the rule and the value.

    >>> check_share("weight", 1.5)
    Traceback (most recent call last):
        ...
    ValueError: weight must be a number above 0 and at most 1, got 1.5
    """
    within = isinstance(value, Real) and 0 <= value <= 1
    if not within or (value == 0 and not zero):
        rule = "from 0 to 1" if zero else "above 0 and at most 1"
        raise ValueError(f"{name} must be a number {rule}, got {value!r}")
