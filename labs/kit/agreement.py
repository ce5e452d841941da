"""Does the published value lie where ours do? In our 95 % interval of the mean; and in the 95 %
prediction interval of one run, mean ± t(n - 1) s sqrt(1 + 1/n): where one more run of ours would
fall, which is what a published number mostly is."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from labs.kit.intervals import Sample

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Agreement:
    """Whether a published value lies in our interval, and in that of one run; None where there is
    no such interval."""

    mean: bool | None
    run: bool | None


def agreement(claim: Mapping[str, Any], *, share: bool = False) -> Agreement | None:
    """Return how a claim's published number agrees with ours; None where there is none of both.

    Args:
        claim: judged, as plain values.
        share: its measure is 0 or 1: one run tells nothing of a share, and the published 1 of a
            sentence that has no exception lies in every interval that reaches it.
    """
    if share or not numeric(claim["published"]) or claim["estimate"] is None:
        return None
    ends = claim.get("low_95"), claim.get("high_95")
    run = prediction(list((claim.get("values") or {}).values()))
    return Agreement(_inside(claim["published"], ends), _inside(claim["published"], run))


def prediction(values: list[float]) -> tuple[float, float] | None:
    """Return the 95 % prediction interval of one more value; None of fewer than two, or of values
    that are all equal.

    >>> low, high = prediction([1.0, 2.0, 3.0])
    >>> round(low, 3), round(high, 3)
    (-2.968, 6.968)
    """
    sample = Sample(np.array(values, dtype=float))
    if math.isnan(deviation := sample.deviation):
        return None
    quantile = float(scipy.special.stdtrit(sample.n - 1, 0.5 + CONFIDENCE / 2))
    scale = quantile * math.sqrt(1 + 1 / sample.n)
    mean = float(sample.values.mean())
    return mean - scale * deviation, mean + scale * deviation


def numeric(value: Any) -> bool:
    """Return whether a published value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _inside(value: float, ends: tuple[float | None, float | None] | None) -> bool | None:
    if ends is None or ends[0] is None or ends[1] is None:
        return None
    return ends[0] <= value <= ends[1]


def summary(found: Iterable[Agreement | None]) -> str:
    """Return how many published numbers agree, as sentences.

    >>> summary([Agreement(True, None), Agreement(False, True), None])
    'Of 2 claims with a published number, the number lies in our 95 % interval of the mean in 1 of \
2, and in the 95 % prediction interval of one run in 1 of 1.'
    """
    both = [each for each in found if each]
    mean, run = (Counter(getattr(each, name) for each in both) for name in ("mean", "run"))
    return (
        f"Of {len(both)} claims with a published number, the number lies in our 95 % interval of "
        f"the mean in {mean[True]} of {mean[True] + mean[False]}, and in the 95 % prediction "
        f"interval of one run in {run[True]} of {run[True] + run[False]}."
    )
