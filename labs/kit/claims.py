"""Claims as code: a published sentence, the number that measures it, and the rule that judges it.

The replicate is the unit: a measure reduces the table to one number per replicate, and the rule is
a threshold that was written down before the run. `labs.kit.verdicts` judges.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from labs.kit.checks import known
from labs.kit.digest import digest
from labs.kit.measures import Measure, Values
from labs.kit.table import Table

FAMILIES = {
    "published": "sentences of the source",
    "control": "controls",
    "own": "our own readings, and other papers",
}


@dataclass(frozen=True)
class Protocol:
    """A gate: a claim about a published protocol is not judged where networks trained for less.

    Args:
        least: column -> the number that all networks must have in it, such as
            ``{"steps": 6000}``; rows with 0 or None there have no such number.
    """

    least: Mapping[str, float]

    def __call__(self, table: Table) -> str:
        """The reason not to judge, such as ``"2,000 of 6,000 steps"``; empty: judge."""
        for name, least in self.least.items():
            found = min((row[name] for row in table if row[name]), default=least)
            if found < least:
                return f"{found:,} of {least:,} {name.replace('_', ' ')}"
        return ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A sentence that an experiment can contradict.

    Args:
        id: short name, unique in the lab, such as ``"C1"``.
        sentence: what is claimed, in words.
        source: paper with its figure, table or section.
        unit: unit of the measure, such as ``"% accuracy"``.
        measure: reduces the table to ONE number per replicate, ``{replicate: number}``; empty
            where the preset lacks an arm of the comparison.
        above, below, within: the rule, exactly one of them, in the unit of the measure.
        because: why the threshold is where it is.
        published: the published value of the measure, where there is one; of several versions of a
            source the last one's.
        earlier: that of an earlier version, where it is another.
        family: ``"published"``, a sentence of the source; ``"control"``; or ``"own"``, our reading
            or another paper's. Each family of a lab has 5 % of wrong verdicts.
        share: the measure is 0 or 1, and its mean the share of replicates.
        grid: distance of neighbouring values, of a measure that is a count or lies on a grid.
        limits: ends of the measure's range.
        gate: why the claim is not to be judged on a table, empty where it is: a shorter protocol
            than the one that the claim is about (`Protocol`), networks that have not learned. It
            does not look at the claim's own measure, or the 5 % would not hold.
        cause: the cause in one sentence, shown when the claim is contradicted; the word "likely"
            is in it where no experiment has shown it (`guessed`).
        changed: what of the rule or the measure was changed after a look at results, and when.

    Raises:
        ValueError: not exactly one rule, thresholds that are not finite or not ordered, an
            unknown family, limits that exclude the rule, or an empty text.
    """

    id: str
    sentence: str
    source: str
    unit: str
    measure: Measure | Callable[[Table], Values]
    because: str
    above: float | None = None
    below: float | None = None
    within: tuple[float, float] | None = None
    published: float | str | None = None
    earlier: float | None = None
    family: Literal["published", "control", "own"] = "published"
    share: bool = False
    grid: float | None = None
    limits: tuple[float, float] = (-math.inf, math.inf)
    gate: Callable[[Table], str] | None = None
    cause: str = ""
    changed: str = ""

    def __post_init__(self) -> None:
        for name in ("id", "sentence", "source", "because"):
            if not getattr(self, name):
                raise ValueError(f"claim {self.id!r}: {name} must hold a text, got ''")
        rules = [r for r in (self.above, self.below, self.within) if r is not None]
        if len(rules) != 1:
            raise ValueError(
                f"claim {self.id!r}: above, below and within must be given one of the three, "
                f"got {len(rules)}"
            )
        low, high = self.claimed
        if math.isnan(low) or math.isnan(high) or not low < high or np.isinf([low, high]).all():
            raise ValueError(
                f"claim {self.id!r}: the rule must be finite and ordered, got {rules[0]}"
            )
        if self.grid is not None and not 0 < self.grid < math.inf:
            raise ValueError(f"claim {self.id!r}: grid must be above 0, got {self.grid!r}")
        if not self.limits[0] < self.limits[1]:
            raise ValueError(f"claim {self.id!r}: limits must ascend, got {self.limits}")
        bottom, top = self.range
        inside = [bottom <= end <= top for end in (low, high) if math.isfinite(end)]
        if not (low < top and bottom < high and (self.within or all(inside))):
            raise ValueError(
                f"claim {self.id!r}: the rule must lie within {bottom:g} and {top:g}, "
                f"got {rules[0]}"
            )
        known(f"claim {self.id!r}: family", self.family, FAMILIES)

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest value of the measure."""
        return (0, 1) if self.share else self.limits

    @property
    def claimed(self) -> tuple[float, float]:
        """The claimed side as an open interval, infinite on its free side."""
        if self.within is not None:
            return self.within
        low = -math.inf if self.above is None else self.above
        return low, math.inf if self.below is None else self.below

    @property
    def threshold(self) -> str:
        """The rule in words, without its reason."""
        unit = f" {self.unit}" if self.unit else ""
        if self.within is not None:
            return f"between {self.within[0]:g} and {self.within[1]:g}{unit}"
        if self.above is not None:
            return f"above {self.above:g}{unit}"
        return f"below {self.below:g}{unit}"

    @property
    def rule(self) -> str:
        """The rule and its reason in words."""
        return f"{self.threshold}, because {self.because}"

    @property
    def digests(self) -> dict[str, str]:
        """What is stored when training starts: the rule in words, and digests of it and the
        measure."""
        judged = (self.claimed, self.family, self.share, self.grid, self.limits, self.gate)
        return {
            "threshold": self.threshold,
            "rule": digest(judged),
            "measure": digest(self.measure),
        }


def guessed(cause: str) -> bool:
    """Return whether a cause is a guess, which no experiment has tested.

    >>> guessed("Likely: the base has not seen such signals."), guessed("The optimum moves.")
    (True, False)
    """
    return "likely" in cause.lower()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A judged claim; the fields are the keys of `claims.json`.

    `above` and `below` are the ends of the claimed side, None where it has none.
    `estimate`, `low` and `high` are the mean and the interval that was used; None where there are
    too few replicates to compute them, or values that are all equal. `n` counts replicates.
    `error` is the chance of a wrong verdict that was spent on it. `low_95` and `high_95` are the
    ends of the unadjusted interval. `look` is the number of replicates at which it was decided,
    where a run has several looks. `reason` says why it is not judged. `younger` says what of the
    rule is younger than the networks. `values` are those of the replicates.
    """

    id: str
    sentence: str
    source: str
    published: float | str | None
    unit: str
    estimate: float | None
    low: float | None
    high: float | None
    n: int
    rule: str
    verdict: Literal["holds", "contradicted", "undecided", "not judged"]
    family: str = "published"
    above: float | None = None
    below: float | None = None
    error: float | None = None
    low_95: float | None = None
    high_95: float | None = None
    look: int | None = None
    reason: str = ""
    cause: str = ""
    younger: str = ""
    earlier: float | None = None
    values: Mapping[str, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain values, in the order of the fields."""
        return asdict(self)


VerdictsById = Mapping[str, Verdict]
