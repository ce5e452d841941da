"""Arguments, one at a time: refused in the form "NAME must be RULE, got VALUE"."""

from __future__ import annotations

import math
import operator
import reprlib
from typing import Any

import numpy as np

LARGEST = 2**63 - 1  # no array has more entries


class _Short(reprlib.Repr):
    def repr_int(self, x: int, level: int) -> str:
        # Python writes no integer of more than some thousand digits.
        bits = x.bit_length()
        return super().repr_int(x, level) if bits < 999 else f"an integer of {bits} bits"


_short = _Short()
_short.maxother = _short.maxstring = 200


def shown(value: object) -> str:
    """`value` as a message shows it: never longer than some lines, whatever it is.

    >>> shown("0.8"), shown(list(range(10**6)))
    ("'0.8'", '[0, 1, 2, 3, 4, 5, ...]')
    """
    return brief(_short.repr(value))


def brief(error: object, most: int = 400) -> str:
    """What an error of another library says, without the data that some carry."""
    text = str(error)
    return text if len(text) <= most else f"{text[:most]}..."


def whole(name: str, value: object, low: int, high: float = math.inf) -> int:
    """`value` as an int in [low, high]; TypeError or ValueError naming it otherwise.

    >>> whole("n_classes", 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: n_classes must be an integer of at least 1, got 0
    """
    rule = f"{name} must be an integer " + (
        f"of at least {low}" if high >= LARGEST else f"from {low} to {high}"
    )
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{rule}, got {shown(value)}") from None
    if isinstance(value, bool):
        raise TypeError(f"{rule}, got {value!r}")
    if not low <= number <= high:
        rule += f" and at most {high}" if number > high == LARGEST else ""
        raise ValueError(f"{rule}, got {shown(number)}")
    return number


def real(name: str, value: object, low: float = -math.inf, high: float = math.inf) -> float:
    """`value` as a finite float in [low, high]; TypeError or ValueError naming it otherwise.

    >>> real("train_split", 80, 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: train_split must lie in [0, 1], got 80.0
    """
    number = _number(name, value)
    if low <= number <= high and math.isfinite(number):
        return number
    if name == "scale_coeff":
        rule = "lie in [0, 2), so that the height factor stays positive"
    elif high < math.inf:
        rule = f"lie in [{low:g}, {high:g}]"
    else:
        rule = "be finite" + (f" and at least {low:g}" if low > -math.inf else "")
    raise ValueError(f"{name} must {rule}, got {number}")


def _number(name: str, value: Any) -> float:
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} must be a number, got {shown(value)}")
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except TypeError:  # an array of several
        raise TypeError(f"{name} must be a number, got {shown(value)}") from None


def checked_padding(value: Any) -> tuple[int, int]:
    """`value` as ``(low, high)`` with ``0 <= low <= high``; TypeError or ValueError otherwise."""
    try:
        low, high = value
    except (TypeError, ValueError):
        raise TypeError(f"padding must be a pair (low, high), got {shown(value)}") from None
    low, high = whole("padding[0]", low, 0, LARGEST), whole("padding[1]", high, 0, LARGEST)
    if low > high:
        raise ValueError(f"padding must have low <= high, got {(low, high)}")
    return low, high


def flag(name: str, value: object) -> bool:
    """`value` as a bool; TypeError naming it otherwise."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise TypeError(f"{name} must be True or False, got {shown(value)}")
