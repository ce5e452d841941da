"""What the claims compare, by replicate; its arms share data, starts, batch orders and noise."""

from collections.abc import Callable, Sequence

import numpy as np

from labs.activation.grid import BASELINES
from labs.activation.published import MAXIMUM, MINIMUM, POSITIVE
from labs.activation.shape import MIDDLE, POINTS, extrema
from labs.kit.measures import Measure, Values, column, lowest_elsewhere, shared
from labs.kit.table import Table

RANKS = (1, 7)  # of a learned activation among the six


def lead(name: str, arm: str, other: str) -> Measure:
    """How much a column is larger in one arm than in another."""
    return column(name, arm=arm) - column(name, arm=other)


def functions(table: Table, arm: str) -> dict[int, np.ndarray]:
    """The learned functions at `POINTS`."""
    return {r: np.asarray(f) for r, f in column("function", arm=arm)(table).items()}


def share(table: Table, arm: str, has: Callable[[np.ndarray], bool]) -> Values:
    """1 where the learned function has a property, else 0."""
    return {r: float(has(f)) for r, f in functions(table, arm).items()}


def has_published_shape(f: np.ndarray) -> bool:
    """Has the function a maximum and a minimum about where the published one has them?"""
    found = extrema(POINTS[MIDDLE], f[MIDDLE])
    return any(MAXIMUM[0] <= x <= MAXIMUM[1] for x in found.maxima) and any(
        MINIMUM[0] <= x <= MINIMUM[1] for x in found.minima
    )


def is_positive_left(f: np.ndarray) -> bool:
    """Is the function positive anywhere between -4 and -1?"""
    return bool((f[(POSITIVE[0] < POINTS) & (POSITIVE[1] > POINTS)] > 0).any())


def distance(table: Table) -> Values:
    """How far the functions learned on fresh networks and on one network lie apart, as a share of
    how far the latter has come from the start that both share (root mean square, -5 to 5)."""
    fresh, paper = functions(table, "fresh"), functions(table, "paper")
    found = column("snapshots", arm="paper")(table)
    starts = {r: np.asarray(snapshots)[0] for r, snapshots in found.items()}
    return {r: _rms(fresh[r] - paper[r]) / _rms(paper[r] - starts[r]) for r in shared(fresh, paper)}


def _rms(f: np.ndarray) -> float:
    return float(np.sqrt(np.mean(f[MIDDLE] ** 2)))


def roughness(table: Table) -> Values:
    """By how many octaves the median norm of the meta-gradient is larger without noise, over as
    many outer steps."""
    values = [column("gradient_norm", arm=arm)(table) for arm in ("quiet", "paper")]
    norms = {r: [np.asarray(own[r]) for own in values] for r in shared(*values)}
    return {
        r: _octaves(quiet) - _octaves(paper[: len(quiet)]) for r, (quiet, paper) in norms.items()
    }


def _octaves(norms: np.ndarray) -> float:
    return float(np.log2(np.nanmedian(norms)))


def rank(table: Table, arm: str, task: str, what: str, lines: bool = False) -> Values:
    """The rank of a learned activation (or of its polyline) among the six and itself by a loss in
    a CNN, 1 the lowest, in the replicates that have all seven."""
    own = column(f"{'lines_' if lines else ''}{task}_{what}", arm=arm)(table)
    others = [column(f"{task}_{what}", arm=baseline)(table) for baseline in BASELINES]
    return {
        r: 1 + sum(loss(other[r]) < loss(own[r]) for other in others) for r in shared(own, *others)
    }


def behind(table: Table, arm: str, task: str, others: Sequence[str]) -> Values:
    """By how many nats the final test loss of a learned activation's polyline in a CNN is above
    that of the worst of others, as the other replicates have them."""
    own = column(f"lines_{task}_final", arm=arm)(table)
    lost = {o: column(f"{task}_final", arm=o)(table) for o in others}
    worst = lowest_elsewhere({o: {r: -v for r, v in found.items()} for o, found in lost.items()})
    return {r: own[r] + worst[r] for r in shared(own, worst)}


def loss(value: float) -> float:
    """A training that diverged has no loss: it comes last."""
    return value if np.isfinite(value) else np.inf
