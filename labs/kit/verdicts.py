"""Judging: from the values of the replicates to `holds`, `contradicted` or `undecided`.

A claim holds when its whole interval lies on the claimed side and is contradicted when the whole
interval lies on the other. Each family of claims (see `labs.kit.claims`) has at most 5 % of wrong
verdicts, by Holm's steps (Holm 1979): the k-th most clear-cut of m claims is judged with an error
of 0.05 / (m - k + 1), and the first that stays open ends the steps. The last of several claims is
judged like the last but one, for a right decision must not loosen the rule of a wrong one: two
claims whose measures go together, at either side of their thresholds, would be decided wrongly in
6 % of runs. With a threshold only one of the two decisions can be wrong, so an error a is spent by
an interval of confidence 1 - 2a; with a window (`within`) "contradicted" can be wrong on either
side, and the confidence is 1 - a. A run with several looks divides the 5 % over them. Intervals of
shares are exact, those of means are right for values not far from normal.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from labs.kit.claims import FAMILIES, Claim, Verdict
from labs.kit.intervals import Interval, Sample
from labs.kit.measures import Values
from labs.kit.table import Table

ERROR = 0.05  # chance of a wrong verdict in a family of claims of a lab
FEWEST = 5  # replicates below which nothing is decided
PLAIN = 0.95  # confidence of the interval that is shown beside the one that was used

Decision = Literal["holds", "contradicted", "undecided", "not judged"]


@dataclass(frozen=True)
class Measured:
    """What a claim's measure gives on a table, or the reason why it is not judged."""

    claim: Claim
    values: Values
    reason: str

    @property
    def sample(self) -> Sample:
        claim = self.claim
        values = np.array(list(self.values.values()), dtype=float)
        return Sample(values, claim.share, claim.grid, claim.limits)

    @property
    def decidable(self) -> bool:
        """Whether it counts among the claims of its family."""
        return not self.reason and len(self.values) >= FEWEST


@dataclass(frozen=True)
class Judged:
    """A decision with the error that was allowed for it."""

    decision: Decision
    error: float


def judge(
    claims: Sequence[Claim],
    table: Table,
    *,
    looks: Sequence[int] = (),
    younger: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """Judge every claim of a lab on its table.

    Args:
        claims: of one lab; each of their families is judged on its own.
        table: the results.
        looks: numbers of replicates at which the run is judged, ascending; empty for one look.
        younger: claim id -> what of its rule is younger than the networks.

    A claim that is decided at one look stays so, with the interval of that look.

    Raises:
        ValueError: a measure gives NaN, an infinity, something else than one number per replicate,
            or a number outside of its limits; the message names the claim.
    """
    whole = measure(claims, table)
    counts = [look for look in looks if look < table.count] + [table.count]
    error = ERROR / max(len(looks), 1)
    verdicts: dict[str, Verdict] = {}
    for count in counts:
        part = whole if count == table.count else measure(claims, table.first(count))
        for found, judged in decide(part, error):
            before = verdicts.get(found.claim.id)
            if before is None or before.verdict not in ("holds", "contradicted"):
                look = count if len(looks) > 1 else None
                verdicts[found.claim.id] = _verdict(found, judged, look)
    notes = {claim.id: claim.changed for claim in claims} | dict(younger or {})
    return [_with_all(verdicts[m.claim.id], m, notes[m.claim.id]) for m in whole]


def measure(claims: Iterable[Claim], table: Table) -> list[Measured]:
    """Compute every claim's values and whether it is to be judged; errors as `judge`."""
    return [_measure(claim, table) for claim in claims]


def decide(found: Sequence[Measured], error: float = ERROR) -> list[tuple[Measured, Judged]]:
    """Judge measured claims, family by family, each with a chance `error` of a wrong verdict."""
    decided: dict[str, Judged] = {}
    for family in FAMILIES:
        members = [m for m in found if m.claim.family == family and m.decidable]
        spent = holm([strength(m.claim, m.sample) for m in members], error)
        for member, (allowed, clear) in zip(members, spent, strict=True):
            decision = side(member.claim, member.sample) if clear else "undecided"
            decided[member.claim.id] = Judged(decision, allowed)
    rest: dict[bool, Decision] = {True: "not judged", False: "undecided"}
    return [(m, decided.get(m.claim.id, Judged(rest[bool(m.reason)], math.nan))) for m in found]


def holm(strengths: Sequence[float], error: float) -> list[tuple[float, bool]]:
    """Return for each claim the error allowed for it and whether it is decided.

    `strengths` are the smallest errors at which each would be decided.

    >>> holm([0.04, 0.001, 0.03], 0.05)
    [(0.025, False), (0.016666666666666666, True), (0.025, False)]
    >>> holm([0.03, 0.001], 0.05), holm([0.03], 0.05)
    ([(0.025, False), (0.025, True)], [(0.05, True)])
    """
    count, open_, allowed = len(strengths), False, error
    result = [(error, False)] * count
    for step, i in enumerate(sorted(range(count), key=strengths.__getitem__)):
        if not open_:
            allowed = error / max(count - step, min(count, 2))
            open_ = not strengths[i] <= allowed
        result[i] = (allowed, not open_)
    return result


def strength(claim: Claim, sample: Sample) -> float:
    """Return the smallest error at which a claim is decided either way; 1 where none is."""
    holds, contradicted = _evidence(claim, sample)
    return min(1.0, (2 if claim.within else 1) * min(holds, contradicted))


def side(claim: Claim, sample: Sample) -> Literal["holds", "contradicted"]:
    """Return the decision that the data are nearer to."""
    holds, contradicted = _evidence(claim, sample)
    return "holds" if holds < contradicted else "contradicted"


def confidence(claim: Claim, error: float) -> float:
    """Return the confidence of the interval that spends an error on a claim."""
    return 1 - error if claim.within else 1 - 2 * error


def _evidence(claim: Claim, sample: Sample) -> tuple[float, float]:
    low, high = claim.claimed
    at_low = sample.evidence(low) if math.isfinite(low) else None
    at_high = sample.evidence(high) if math.isfinite(high) else None
    ends = [end for end in (at_low, at_high) if end is not None]
    inside = [e for e in (at_low and at_low.above, at_high and at_high.below) if e is not None]
    outside = [e for e in (at_low and at_low.below, at_high and at_high.above) if e is not None]
    return (max(inside), min(outside)) if ends else (1.0, 1.0)


def _measure(claim: Claim, table: Table) -> Measured:
    try:
        values = claim.measure(table)
        _check(claim, values, table)
        reason = "no data" if not values else claim.gate(table) if claim.gate else ""
    except Exception as error:
        error.add_note(f"(in the measure of claim {claim.id!r})")
        raise
    return Measured(claim, values, reason)


def _check(claim: Claim, values: Values, table: Table) -> None:
    if not isinstance(values, dict) or not values.keys() <= set(table.replicates):
        raise ValueError(
            f"claim {claim.id!r}: the measure must be {{replicate: number}}, got {values!r}"
        )
    numbers = np.array(list(values.values()), dtype=float)
    if numbers.shape != (len(values),) or not np.isfinite(numbers).all():
        raise ValueError(f"claim {claim.id!r}: the measure must be finite numbers, got {values}")
    low, high = claim.range
    if not ((low <= numbers) & (numbers <= high)).all():
        raise ValueError(
            f"claim {claim.id!r}: the measure must lie within {low:g} and {high:g}, got {values}"
        )
    if claim.share and not np.isin(numbers, (0, 1)).all():
        raise ValueError(f"claim {claim.id!r}: the measure of a share must be 0 or 1, got {values}")


def _verdict(found: Measured, judged: Judged, look: int | None) -> Verdict:
    claim, sample = found.claim, found.sample
    level = PLAIN if math.isnan(judged.error) else confidence(claim, judged.error)
    mean, low, high = _plain(sample, sample.interval(level))
    decided = judged.decision in ("holds", "contradicted")
    low_end, high_end = claim.claimed
    return Verdict(
        id=claim.id,
        sentence=claim.sentence,
        source=claim.source,
        published=claim.published,
        earlier=claim.earlier,
        unit=claim.unit,
        estimate=mean,
        low=low,
        high=high,
        n=sample.n,
        rule=claim.rule,
        verdict=judged.decision,
        family=claim.family,
        above=low_end if math.isfinite(low_end) else None,
        below=high_end if math.isfinite(high_end) else None,
        error=None if math.isnan(judged.error) else judged.error,
        look=look if decided else None,
        reason=found.reason or _why_open(sample),
        cause=claim.cause if judged.decision == "contradicted" else "",
    )


def _with_all(verdict: Verdict, whole: Measured, younger: str) -> Verdict:
    """The verdict with the values and the 95 % interval of all replicates."""
    _, low, high = _plain(whole.sample, whole.sample.interval(PLAIN))
    values = {str(replicate): value for replicate, value in whole.values.items()}
    added = {"low_95": low, "high_95": high, "values": values, "younger": younger}
    return Verdict(**{**vars(verdict), **added})


def _why_open(sample: Sample) -> str:
    if 0 < sample.n < FEWEST:
        return f"fewer than {FEWEST} replicates"
    return "all values are equal" if sample.n and sample.interval(PLAIN) is None else ""


def _plain(
    sample: Sample, interval: Interval | None
) -> tuple[float | None, float | None, float | None]:
    if interval is not None:
        return interval.mean, interval.low, interval.high
    return (float(sample.values.mean()) if sample.n else None), None, None
