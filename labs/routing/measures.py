"""What routers do with experts, and what it is worth, as one number per replicate.

Accuracies are means over domains, in percent. What a table lacks gives no values.
`labs.routing.meters` says how experts are used.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log2
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from labs.kit.measures import Values, minus, shared
from labs.kit.table import Table
from labs.routing.costs import products
from labs.routing.grid import (
    DOMAINS,
    FACTORED,
    HARD,
    LEVELLED,
    NAMED,
    PAIR,
    PLACE,
    PLACES,
    SOFT,
    STARTED,
)
from labs.routing.pairs import split, truth

Row = Mapping[str, Any]
FOUR, MANY = len(DOMAINS), 2 * len(DOMAINS)  # experts of a block
SHARE = 0.95  # of the accuracy at the end, that a new expert is to reach
LEAST = 1.0  # points that experts count as adding, at least


class Arm(NamedTuple):
    """Rows of one kind, one for each replicate; None is the router's own place."""

    router: str
    experts: int = FOUR
    labels: str = "conflict"
    domains: str = "four"
    level: str | None = None
    grain: str | None = None
    few: bool = False
    question: str = "mixture"


# Learned routers that are not told the domain's name, and those that learn what to do with it
UNTOLD = tuple(Arm(name) for name in HARD | SOFT if name not in (*NAMED, "argmax"))
TOLD = (
    Arm("evolution"),
    Arm("polytropon"),
    *(Arm(name, level=lv, grain="task") for name in LEVELLED for lv in ("naive", "layer")),
)


@lru_cache(maxsize=4)
def _indexed(table: Table) -> dict[Arm, dict[int, Row]]:
    mixtures = [row["examples"] for row in table if row["question"] == "mixture"]
    most = max(mixtures, default=0)
    found: dict[Arm, dict[int, Row]] = {}
    for row in table:
        few = row["question"] == "mixture" and row["examples"] < most
        key = Arm(
            row["router"],
            row["experts"],
            row["labels"],
            row["domains"],
            row["level"],
            row["grain"],
            few,
            row["question"],
        )
        found.setdefault(key, {})[row["replicate"]] = row
    return found


def rows(table: Table, arm: Arm) -> dict[int, Row]:
    """An arm's rows by replicate."""
    level, grain = PLACES.get(arm.router, PLACE)
    own = arm._replace(level=arm.level or level, grain=arm.grain or grain)
    return _indexed(table).get(own, {})


def of(table: Table, name: str, arm: Arm) -> dict[int, Any]:
    """A column of an arm by replicate, where it was measured."""
    return {r: row[name] for r, row in rows(table, arm).items() if row.get(name) is not None}


def mean_of(lists: Mapping[int, Sequence[float]]) -> Values:
    """The mean of every replicate's list."""
    return {r: float(np.mean(own)) for r, own in lists.items()}


# Accuracies


def accuracy(table: Table, arm: Arm, name: str = "accuracy") -> Values:
    """Percent, mean over domains (`name`: "before", "shuffled")."""
    return mean_of(of(table, name, arm))


def ahead(table: Table, arm: Arm, other: Arm) -> Values:
    """Points of one arm over another."""
    return minus(accuracy(table, arm), accuracy(table, other))


def best(table: Table, rivals: Sequence[Arm] = UNTOLD, labels: str = "conflict") -> dict[int, Arm]:
    """By replicate the arm among several that reads most of the validation examples."""
    own = {arm: of(table, "validation", arm) for arm in (r._replace(labels=labels) for r in rivals)}
    found = {arm: values for arm, values in own.items() if values}
    return {r: max(found, key=lambda arm: found[arm][r]) for r in shared(*found.values())}


def behind(table: Table, leader: str = "oracle", rivals: Sequence[Arm] = UNTOLD) -> Values:
    """Points of a router over the best of several, where labels conflict."""
    first, chosen = accuracy(table, Arm(leader)), best(table, rivals)
    own = {arm: accuracy(table, arm) for arm in set(chosen.values())}
    return {r: first[r] - own[chosen[r]][r] for r in shared(first, chosen)}


def left(table: Table) -> Values:
    """Of what experts add to the base where labels conflict, the share that is left to an oracle
    that is told the next domain's name."""
    before, after, wrong = (
        accuracy(table, Arm("oracle"), name) for name in ("before", "accuracy", "shuffled")
    )
    return {
        r: (wrong[r] - before[r]) / max(after[r] - before[r], LEAST)
        for r in shared(before, after, wrong)
    }


# Costs


def cost_ratio(table: Table, router: str) -> Values:
    """Products of a signal with `MANY` experts over those with `FOUR`, where both were trained."""
    both = [rows(table, Arm(router, experts)) for experts in (MANY, FOUR)]
    found: Values = {}
    for r in shared(*both):
        many, few = (products(router, own[r]["experts"], own[r]["small"]).all for own in both)
        found[r] = many / few
    return found


# Levels


def factored(table: Table, router: str, domains: str, level: str) -> Values:
    """Percent in `domains` (one of `CROSSED`) with two experts, by the domain's name."""
    return accuracy(table, Arm(router, PAIR, domains=domains, level=level, grain="task"))


def others_over_naive(table: Table, router: str, domains: str) -> Values:
    """Points of a choice for every block over one choice for all."""
    naive, each = (factored(table, router, domains, level) for level in FACTORED)
    return minus(each, naive)


def crossed_over_plain(table: Table, router: str) -> Values:
    """By how much that is more for two crossed factors than for four domains without factors."""
    crossing, plain = (others_over_naive(table, router, name) for name in ("factors", "four"))
    return minus(crossing, plain)


# Starts


def steps_to(curve: Sequence[float], level: float) -> float:
    """The first step at which a curve over `STARTED` reaches a level, on straight lines between its
    points; the last one where it never does.

    >>> steps_to([10, 50, 90], 70)
    7.5
    """
    for place, own in enumerate(curve):
        if own >= level:
            if not place:
                return 0.0
            before = curve[place - 1]
            share = (level - before) / (own - before)
            return STARTED[place - 1] + share * (STARTED[place] - STARTED[place - 1])
    return float(STARTED[len(curve) - 1])


def starts(table: Table) -> dict[int, tuple[Any, Any]]:
    """By replicate the curves of a new expert from the others' mean and from chance."""
    arm = Arm("oracle", labels="shared", question="starts")
    mean, chance = (of(table, name, arm) for name in ("from_mean", "from_random"))
    return {r: (mean[r], chance[r]) for r in shared(mean, chance)}


def start_ratio(table: Table) -> Values:
    """Logarithm to base 2 of: steps from the others' mean over those from chance, to `SHARE` of the
    accuracy that the latter ends with. A start that never reaches it counts as the last step."""
    return {
        # a step of the optimiser is the finest that can be told
        r: log2(max(steps_to(mean, SHARE * chance[-1]), 1.0))
        - log2(max(steps_to(chance, SHARE * chance[-1]), 1.0))
        for r, (mean, chance) in starts(table).items()
    }


def censored(table: Table) -> Values:
    """1 where the start from the mean never reaches it, else 0."""
    return {r: float(max(m) < SHARE * chance[-1]) for r, (m, chance) in starts(table).items()}


# Skills


def sharer(table: Table, name: str, column: str = "unseen") -> Values:
    """Percent of a way to share modules, mean over pairs."""
    return mean_of(skill_column(table, name, column))


def skill_column(table: Table, name: str, column: str) -> dict[int, Any]:
    """A column of a way to share modules by replicate."""
    found = table.where(question="skills", router=name)
    return {row["replicate"]: row[column] for row in found if row.get(column) is not None}


def sharer_over(table: Table, name: str, other: str, column: str = "unseen") -> Values:
    """Points of one way over another."""
    return minus(sharer(table, name, column), sharer(table, other, column))


def matched(z: Any, true: Any) -> list[int]:
    """The module that stands for each skill: the assignment with the most entries in common.

    Args:
        z: which modules tasks have (tasks, modules), true where above a half.
        true: which skills they have (tasks, skills), 0 and 1; as many skills as modules.
    """
    common = np.asarray(true).T @ (np.asarray(z) > 0.5)
    return [int(module) for module in linear_sum_assignment(common, maximize=True)[1]]


def recovered(z: Any, true: Any) -> float:
    """F1 of a task-skill matrix z after `matched`: 2 true positives over entries of both.

    >>> recovered([[0.9, 0.1, 0.2], [0.9, 0.8, 0.1]], [[0, 1, 0], [1, 1, 0]])
    1.0
    """
    on, true = np.asarray(z) > 0.5, np.asarray(true)
    positives = (on[:, matched(z, true)] * true).sum()
    return float(2 * positives / max(on.sum() + true.sum(), 1))


def two_highest(z: Any) -> Any:
    """1 where an entry is among the two highest of its row, else 0; the first ones of equals.

    >>> two_highest([[0.1, 0.3, 0.2], [0.9, 0.9, 0.9]]).tolist()
    [[0, 1, 1], [1, 1, 0]]
    """
    order = np.argsort(-np.asarray(z), axis=1, kind="stable")
    on = np.zeros(order.shape, dtype=int)
    np.put_along_axis(on, order[:, :2], 1, axis=1)
    return on


def f1(table: Table, column: str = "z", *, two: bool = False) -> Values:
    """F1 of the skills that Polytropon found (`column`: "z_before", of its matrix untrained; `two`:
    of the two highest of each task, as many as it has)."""
    found = skill_column(table, "polytropon", column)
    if two:
        found = {r: two_highest(z) for r, z in found.items()}
    return {r: recovered(z, truth(split(r)[0])) for r, z in found.items()}


def f1_gained(table: Table) -> Values:
    """By how much training raised it."""
    return minus(f1(table), f1(table, "z_before"))


def crossed(table: Table) -> Values:
    """Points of seen pairs that Polytropon loses with the next pair's row of its matrix."""
    return minus(sharer(table, "polytropon", "seen"), sharer(table, "polytropon", "crossed"))
