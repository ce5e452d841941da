"""Power: how small an effect a run can see, from the spread of an earlier one.

An effect is the distance of the mean from the claim's threshold. It is detectable where four runs
of five would decide the claim: with an error a and n replicates of standard deviation s it is
(t(1 - a) + t(0.8)) s / sqrt(n), quantiles of Student's t with n - 1 degrees of freedom. The error
is that of the first of Holm's steps: a family's 5 % over its claims and the looks.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from labs.kit import references
from labs.kit.claims import Claim
from labs.kit.intervals import Sample
from labs.kit.plan import Plan
from labs.kit.verdicts import ERROR, FEWEST

POWER = 0.8


@dataclass(frozen=True)
class Power:
    """What a run of n replicates can see of a claim.

    `factor` is the smallest effect that is decided in four runs of five, in standard deviations
    over replicates. `deviation` is that of the reference, `detectable` the effect in the claim's
    unit, `distance` how far the reference lies from the nearest threshold; None where the
    reference does not say.
    """

    id: str
    family: str
    unit: str
    replicates: int
    factor: float
    deviation: float | None
    detectable: float | None
    distance: float | None


def of(plan: Plan) -> list[Power]:
    """Return the power of a run, by the spread of the lab's committed reference."""
    lab = plan.lab
    reference = references.reference(lab.name, references.home(lab)) or {"claims": []}
    claims = reference["claims"] if reference.get("version", lab.version) == lab.version else []
    replicates = len({cell.replicate for cell in plan.cells})
    return table(lab.claims, claims, replicates, len(plan.looks))


def table(
    claims: Sequence[Claim],
    reference: Sequence[Mapping[str, Any]],
    replicates: Mapping[str, int] | int,
    looks: int = 1,
) -> list[Power]:
    """Return the power of each claim.

    Args:
        claims: of a lab.
        reference: its committed verdicts, as `Verdict.as_dict` gives them; may be empty.
        replicates: of the run, for all claims or by id.
        looks: how many.
    """
    before = {verdict["id"]: verdict for verdict in reference}
    family = Counter(claim.family for claim in claims)
    rows = []
    for claim in claims:
        n = replicates if isinstance(replicates, int) else replicates[claim.id]
        error = ERROR / max(looks, 1) / family[claim.family] / (2 if claim.within else 1)
        seen, times = before.get(claim.id), factor(n, error)
        spread = deviation(claim, seen)
        effect = None if spread is None else times * spread
        far = _distance(claim, seen)
        rows.append(Power(claim.id, claim.family, claim.unit, n, times, spread, effect, far))
    return rows


def factor(n: int, error: float) -> float:
    """Return the detectable effect in standard deviations; infinite below `FEWEST` replicates.

    >>> f"{factor(12, 0.05 / 20):.2f}"
    '1.26'
    """
    if n < FEWEST:
        return math.inf
    decided, seen = scipy.special.stdtrit(n - 1, 1 - error), scipy.special.stdtrit(n - 1, POWER)
    return float((decided + seen) / math.sqrt(n))


def deviation(claim: Claim, verdict: Mapping[str, Any] | None) -> float | None:
    """Return the spread over the replicates of a committed verdict, None where it has no values."""
    values = np.array(list(((verdict or {}).get("values") or {}).values()), dtype=float)
    if len(values) < 2:
        return None
    if claim.share:
        return float(values.std(ddof=1))
    spread = Sample(values, grid=claim.grid).deviation
    return None if math.isnan(spread) else spread


def _distance(claim: Claim, verdict: Mapping[str, Any] | None) -> float | None:
    if verdict is None or verdict["estimate"] is None:
        return None
    ends = [end for end in claim.claimed if math.isfinite(end)]
    return min(abs(float(verdict["estimate"]) - end) for end in ends)


def summary(rows: Sequence[Power]) -> str:
    """Return the table as text for a terminal: what four runs of five would decide."""
    parts = [
        f"{row.id} {row.detectable:.2g} {row.unit}".strip()
        for row in rows
        if row.detectable is not None and math.isfinite(row.detectable)
    ]
    if rows and not parts:  # no reference with values, or too few replicates for any claim
        least, most = (end(row.factor for row in rows) for end in (min, max))
        if not math.isfinite(least):
            return f"below {FEWEST} replicates nothing is decided"
        ends = dict.fromkeys(f"{end:.2g}" for end in (least, most))
        parts = [f"{' to '.join(ends)} standard deviations over replicates"]
    return f"detects effects of {', '.join(parts)}" if parts else ""
