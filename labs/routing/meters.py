"""How experts are used, how choices change in training and what they overfit, as one number per
replicate.

Meters of use are means over blocks of what `labs.nn.metrics` says of a block's activation matrix:
collapse and entropy from mean gates, specialisation from shares of the highest gate.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from labs.kit.measures import Values, minus, shared
from labs.kit.table import Table
from labs.nn import metrics
from labs.routing.measures import MANY, Arm, accuracy, ahead, best, mean_of, of

METERS: dict[str, tuple[Callable[[Any], Any], str]] = {  # function, and the column that it is of
    "collapse": (metrics.collapse_avg, "use"),
    "worst": (metrics.collapse_worst, "use"),
    "entropy": (metrics.entropy, "use"),
    "nmi": (metrics.normalized_mi, "chosen"),
    "alignment": (metrics.alignment, "chosen"),
}


def meter(table: Table, name: str, arm: Arm, before: bool = False) -> Values:
    """One of `METERS` (`before`: of the untrained router)."""
    function, column = METERS[name]
    uses = of(table, f"{column}_before" if before else column, arm)
    return {r: float(np.mean(function(use))) for r, use in uses.items()}


def learned_meter(table: Table, name: str, arm: Arm) -> Values:
    """By how much training raised a meter."""
    return minus(meter(table, name, arm), meter(table, name, arm, before=True))


def over(table: Table, name: str, arm: Arm, other: Arm) -> Values:
    """By how much a meter of one arm is above that of another."""
    return minus(meter(table, name, arm), meter(table, name, other))


def gained_over(table: Table, name: str, arm: Arm, other: Arm) -> Values:
    """By how much training raised it more."""
    return minus(learned_meter(table, name, arm), learned_meter(table, name, other))


def idle(table: Table, router: str, before: bool = False) -> Values:
    """Experts of all blocks, of `MANY` in each, that no test example is sent to."""
    uses = of(table, "chosen_before" if before else "chosen", Arm(router, MANY))
    return {r: float((np.max(own, axis=1) == 0).sum()) for r, own in uses.items()}


def idle_over(table: Table, router: str, other: str) -> Values:
    """How many more than with another router."""
    return minus(idle(table, router), idle(table, other))


def dead(table: Table, router: str, before: bool = False) -> Values:
    """1 where there is one, be it in one block, else 0."""
    return {r: float(count > 0) for r, count in idle(table, router, before).items()}


def spread(table: Table, router: str) -> Values:
    """Points between a replicate's distance from its oracle and the router's median distance."""
    found = ahead(table, Arm("oracle"), Arm(router))
    median = float(np.median([*found.values()])) if found else 0.0
    return {r: abs(own - median) for r, own in found.items()}


def spread_over(table: Table, router: str, other: str, times: float) -> Values:
    """Spread of one router over so many times that of another."""
    return minus(spread(table, router), {r: times * s for r, s in spread(table, other).items()})


def churn(table: Table, router: str) -> Values:
    """Share of choices that change between two looks, mean over looks."""
    return mean_of(of(table, "churn", Arm(router)))


def churn_over(table: Table, router: str, other: str) -> Values:
    """By how much it is above that of another."""
    return minus(churn(table, router), churn(table, other))


def gap(table: Table, router: str, grain: str) -> Values:
    """Points of few training examples over test examples, of a router with choices of a grain."""
    arm = Arm(router, level="layer", grain=grain, few=True)
    return minus(of(table, "train", arm), accuracy(table, arm))


def overfitted(table: Table, router: str) -> Values:
    """By how much that of tokens is above the larger one of signals and of tasks."""
    token, *others = (gap(table, router, grain) for grain in ("token", "example", "task"))
    return {r: token[r] - max(own[r] for own in others) for r in shared(token, *others)}


def gradient(table: Table) -> Values:
    """The largest gradient that a number of the argmax router had."""
    return of(table, "gradient", Arm("argmax"))


def drifted(table: Table) -> Values:
    """The largest change of a share of the argmax router's choices by training."""
    before, after = (of(table, name, Arm("argmax")) for name in ("chosen_before", "chosen"))
    return {r: float(np.abs(np.subtract(after[r], before[r])).max()) for r in shared(before, after)}


def best_meter(table: Table, name: str) -> Values:
    """A meter of the best learned router."""
    chosen = best(table)
    own = {arm: meter(table, name, arm) for arm in set(chosen.values())}
    return {r: own[arm][r] for r, arm in chosen.items() if r in own[arm]}


def best_joint(table: Table) -> Values:
    """Normalised mutual information of domain and all blocks' choices together, of that router."""
    chosen = best(table)
    own = {arm: of(table, "joint_nmi", arm) for arm in set(chosen.values())}
    return {r: own[arm][r] for r, arm in chosen.items() if r in own[arm]}
