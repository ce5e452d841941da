"""Refusing bad input in one form of sentence: "NAME must be RULE, got VALUE"."""

import difflib
import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any


def known(name: str, value: str, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`.

    Raises:
        ValueError: naming what it is the `name` of, the choices, the value and the nearest choice.

    >>> known("preset", "quik", ["smoke", "quick", "full"])
    Traceback (most recent call last):
        ...
    ValueError: preset must be one of smoke, quick, full, got 'quik': did you mean 'quick'?
    """
    names = list(choices)
    if value in names:
        return value
    near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.5)
    hint = f": did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{name} must be one of {', '.join(names) or 'none'}, got {value!r}{hint}")


def check_sizes(**sizes: int) -> None:
    """Refuse sizes that are not whole numbers of at least 1.

    Raises:
        ValueError: naming the size, the rule and the value.

    >>> check_sizes(steps=10, batch=0)
    Traceback (most recent call last):
        ...
    ValueError: batch must be a whole number of at least 1, got 0
    """
    for name, value in sizes.items():
        if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")


def finite(name: str, value: Any) -> float:
    """Return a finite real number as a float; one of numpy or torch is a number, too.

    Raises:
        ValueError: naming what it is the `name` of, and the value.

    >>> finite("gain", 3)
    3.0
    >>> finite("gain", float("nan"))
    Traceback (most recent call last):
        ...
    ValueError: gain must be a finite number, got nan
    """
    given = value
    if callable(getattr(value, "item", None)) and getattr(value, "shape", None) == ():
        value = value.item()
    try:
        fine = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number that is no float
        fine = False
    if not fine:
        raise ValueError(f"{name} must be a finite number, got {given!r}")
    return float(value)
