"""Why a claim is open: its mean is not told from its threshold, or the effect, if any, is small.

Both are told by the interval that was used and the rule, so that a stored verdict of any age says
it.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from labs.kit.rounding import rounded

RULE = re.compile(r"(above|below|between) (\S+)(?: and (\S+))?")


def claimed(claim: Mapping[str, Any]) -> tuple[float, float]:
    """Return the claimed side, infinite on its free end; of an old reference from its rule.

    >>> claimed({"rule": "between -2 and 2 points, because so"})
    (-2.0, 2.0)
    >>> claimed({"rule": "above 0, because so", "above": 0.25, "below": None})
    (0.25, inf)
    """
    low, high = claim.get("above"), claim.get("below")
    if low is None and high is None and (words := RULE.match(claim["rule"])):
        side, first, second = words.groups()
        low = None if side == "below" else _number(first)
        high = None if side == "above" else _number(second or first)
    return (-math.inf if low is None else low), (math.inf if high is None else high)


def why(verdict: Mapping[str, Any]) -> str:
    """Return why an undecided claim is open, as part of a sentence.

    Args:
        verdict: as plain values, of a run or of a committed reference.

    Returns:
        Empty for a claim that is not undecided, has no interval, or has a reason of its own, such
        as too few replicates. A direction, a rule above or below 0, says how large the effect may
        be at most; any other rule, how far the mean may lie from the threshold.

    >>> rule = {"verdict": "undecided", "unit": "points", "above": 0.0, "below": None}
    >>> why(rule | {"low": -0.52, "high": 2.04})
    'the effect, if any, is below 2.0 points (0.5 the other way)'
    >>> why(rule | {"low": 3.1, "high": 9.3, "above": 5.0})
    'not told from its threshold, 5 points: at most 4.3 off'
    """
    low, high = verdict["low"], verdict["high"]
    if verdict["verdict"] != "undecided" or verdict.get("reason") or low is None:
        return ""
    ends = [end for end in claimed(verdict) if math.isfinite(end)]
    if not ends:  # an old rule in words of its own
        return ""
    if all(low <= end <= high for end in ends[:2]) and len(ends) == 2:
        length = _said(high - low, verdict)
        return f"the interval, {length} long, is longer than the claimed range"
    if ends == [0]:
        return _effect(verdict)
    end = min(ends, key=lambda end: max(low - end, end - high))
    far = _digits(max(end - low, high - end), low, high)
    threshold = f"{end:g} {verdict['unit']}".rstrip()
    return f"not told from its threshold, {threshold}: at most {far} off"


def _effect(verdict: Mapping[str, Any]) -> str:
    low, high = verdict["low"], verdict["high"]
    with_it, against = (-low, high) if claimed(verdict)[1] == 0 else (high, -low)
    other = f" ({_digits(against, low, high)} the other way)" if against > 0 else ""
    return f"the effect, if any, is below {_said(with_it, verdict)}{other}"


def _said(length: float, verdict: Mapping[str, Any]) -> str:
    return f"{_digits(length, verdict['low'], verdict['high'])} {verdict['unit']}".rstrip()


def _digits(length: float, low: float, high: float) -> str:
    text = rounded(length, low, high)
    return text if float(text) else f"{length:.1g}"  # small beside the other end


def _number(words: str) -> float | None:
    try:
        return float(words.rstrip(","))
    except ValueError:
        return None
