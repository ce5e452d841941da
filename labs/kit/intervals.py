"""Intervals of a mean over replicates, and the evidence that the mean lies above a threshold.

Both say the same: the interval of confidence 1 - 2a excludes a threshold exactly where the evidence
for one of its sides is at most a.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy


class Interval(NamedTuple):
    """A mean with the two ends of its confidence interval."""

    mean: Any
    low: Any
    high: Any


class Evidence(NamedTuple):
    """Chances of data at least as far to one side, were the mean at a threshold: small `above` is
    evidence that the mean lies above the threshold."""

    above: float
    below: float


NOTHING = Evidence(1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Sample:
    """One number per replicate, and how its mean is to be judged.

    Args:
        values: shape (n,).
        share: the values are 0 or 1; the interval is the exact one of a binomial share (Clopper and
            Pearson 1934). Wilson's is too short for few replicates: of five, all 1, it excludes a
            share of one half at 1.3 %, which happens in 3.1 % of experiments.
        grid: distance of two neighbouring values that the measure can take, where it is a count
            or lies on a grid. The standard deviation is then taken for half of it at least,
            the most that two neighbouring values can have: equal values are no certainty.
        limits: ends of the measure's range, which the interval does not leave.

    Values that are all equal, with no grid, have no interval.
    """

    values: np.ndarray
    share: bool = False
    grid: float | None = None
    limits: tuple[float, float] = (-math.inf, math.inf)

    @property
    def n(self) -> int:
        """The number of replicates."""
        return len(self.values)

    @property
    def deviation(self) -> float:
        """The standard deviation over replicates, NaN where there is no interval."""
        if self.share or self.n < 2:
            return math.nan
        deviation = float(self.values.std(ddof=1))
        # the same number again and again differs from its mean by rounding alone
        still = deviation <= 1e-12 * float(np.abs(self.values).max())
        if self.grid is not None:
            return max(deviation, self.grid / 2)
        return math.nan if still else deviation

    def interval(self, confidence: float) -> Interval | None:
        """The two-sided interval, or None where the values do not give one."""
        if self.n == 0:
            return None
        mean = float(self.values.mean())
        if self.share:
            return Interval(mean, *self._exact(confidence))
        half = (
            scipy.special.stdtrit(self.n - 1, 0.5 + confidence / 2)
            * self.deviation
            / math.sqrt(self.n)
        )
        if math.isnan(half):
            return None
        low, high = self.limits
        return Interval(mean, float(max(mean - half, low)), float(min(mean + half, high)))

    def evidence(self, threshold: float) -> Evidence:
        """The evidence for each side of a threshold."""
        if self.share:
            ones = self.values.sum()
            below = scipy.special.bdtr(ones, self.n, threshold) if ones < self.n else 1.0
            above = scipy.special.bdtrc(ones - 1, self.n, threshold) if ones > 0 else 1.0
            return Evidence(float(above), float(below))
        scale = self.deviation / math.sqrt(self.n) if self.n > 1 else math.nan
        if math.isnan(scale):
            return NOTHING
        distance = (self.values.mean() - threshold) / scale
        freedom = self.n - 1
        return Evidence(
            float(scipy.special.stdtr(freedom, -distance)),
            float(scipy.special.stdtr(freedom, distance)),
        )

    def _exact(self, confidence: float) -> tuple[float, float]:
        ones, tail = float(self.values.sum()), (1 - confidence) / 2
        low = scipy.special.betaincinv(ones, self.n - ones + 1, tail) if ones > 0 else 0.0
        high = scipy.special.betaincinv(ones + 1, self.n - ones, 1 - tail) if ones < self.n else 1.0
        return float(low), float(high)


def interval(
    values: Sequence[Any] | Mapping[int, Any],
    confidence: float = 0.95,
    limits: tuple[float, float] = (-math.inf, math.inf),
) -> Interval:
    """Return the t interval of a mean, for drawing and describing.

    Args:
        values: by replicate, or array-like of shape (n,) or (n, ...), one entry per replicate
            along the first axis; the interval of every further position is computed on its own.
        confidence: between 0 and 1.
        limits: ends of the range of the values, which the interval does not leave.

    Returns:
        mean, low, high: floats for shape (n,), otherwise arrays. With one value the ends are NaN.

    Raises:
        ValueError: no values, one outside of `limits`, or `confidence` not between 0 and 1.

    >>> mean, low, high = interval([1.0, 2.0, 3.0])
    >>> f"{mean:.2f} [{low:.2f}, {high:.2f}]"
    '2.00 [-0.48, 4.48]'
    >>> interval([99.0, 100.0, 100.0], limits=(0, 100)).high
    100.0
    """
    sample = np.asarray(numbers(values), dtype=float)
    n = _check(sample, confidence)
    if (sample < limits[0]).any() or (sample > limits[1]).any():
        raise ValueError(f"values must lie within {limits[0]:g} and {limits[1]:g}, got {values}")
    mean = sample.mean(axis=0)
    if n == 1:
        half = np.full_like(mean, math.nan)
    else:
        half = (
            scipy.special.stdtrit(n - 1, 0.5 + confidence / 2)
            * sample.std(axis=0, ddof=1)
            / math.sqrt(n)
        )
    low, high = np.maximum(mean - half, limits[0]), np.minimum(mean + half, limits[1])
    if sample.ndim == 1:
        return Interval(float(mean), float(low), float(high))
    return Interval(mean, low, high)


def interval_or_none(
    values: Sequence[Any] | Mapping[int, Any], limits: tuple[float, float] = (-math.inf, math.inf)
) -> Interval | None:
    """Return the 95 % interval, as a table of remarks shows it, or None of no values."""
    return interval(values, limits=limits) if len(values) else None


def wilson(hits: int, of: int) -> Interval:
    """Return a share with Wilson's interval of 95 %, in percent, to draw and describe many cases.

    Args:
        hits, of: how many of how many; at least one.

    >>> "{:.1f} [{:.1f}, {:.1f}]".format(*wilson(383, 400))
    '95.8 [93.3, 97.3]'
    """
    z = float(scipy.special.ndtri(0.975))
    middle = (hits + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * math.sqrt(hits * (of - hits) / of + z * z / 4)
    return Interval(100 * hits / of, 100 * (middle - half), 100 * (middle + half))


def numbers(values: Sequence[Any] | Mapping[int, Any]) -> Sequence[Any]:
    """Return the entries of values, which may be given by replicate."""
    return list(values.values()) if isinstance(values, Mapping) else values


def _check(sample: np.ndarray, confidence: float) -> int:
    if sample.ndim == 0 or len(sample) == 0:
        raise ValueError("values must hold at least one number per replicate, got none")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence!r}")
    return len(sample)


def deviation(parts: Mapping[int, float], freedom: int) -> Interval | None:
    """The root of a mean of squared deviations with the 95 % interval of a standard deviation, or
    None of no parts.

    Args:
        parts: by replicate, squares whose mean estimates a variance of normal values.
        freedom: how many of them are free.

    >>> found = deviation({0: 1.0, 1: 1.0, 2: 4.0}, 3)
    >>> f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"
    '1.41 [0.80, 5.27]'
    """
    if not parts or freedom < 1:
        return None
    variance = float(np.mean([*parts.values()]))
    low, high = (
        math.sqrt(variance * freedom / scipy.special.chdtri(freedom, tail))
        for tail in (0.025, 0.975)
    )
    return Interval(math.sqrt(variance), low, high)
