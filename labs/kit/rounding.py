"""Numbers as text, with the digits that they deserve."""

import math


def number(value: float) -> str:
    """Return a number with four significant digits.

    >>> number(68.1234), number(0.0), number(-1234567.0)
    ('68.12', '0', '-1.235e+06')
    """
    return f"{value:.4g}"


def rounded(value: float, low: float | None, high: float | None) -> str:
    """Return a number with the digits that its interval leaves: two of half its width.

    >>> rounded(28.034, 25.94, 30.13), rounded(0.63333, -0.3609, 1.628), rounded(28.034, None, None)
    ('28.0', '0.63', '28.03')
    """
    if low is None or high is None or not 1e-4 < high - low < 2e5:
        return number(value)
    digits = max(0, 1 - math.floor(math.log10((high - low) / 2)))
    return f"{round(value, digits) + 0.0:.{digits}f}"  # no -0.00


def ends(low: float | None, high: float | None) -> str:
    """Return the two ends of an interval, a dash where there is none."""
    if low is None or high is None:
        return "-"
    return f"[{rounded(low, low, high)}, {rounded(high, low, high)}]"
