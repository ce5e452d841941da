"""What is made of one method: how much of the gap it closes, what it costs; and exact checks.

The gap of a domain lies between the frozen base and full fine-tuning with `MANY` examples, also for
modules that have fewer. Means are over the domains that are admitted: those of `MAIN` where, on the
mean over replicates, full fine-tuning reads `CEILING` percent or more and the base `GAP` points
less. What a table lacks gives no values.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from math import inf, log2
from typing import Any

import numpy as np

from labs.adapters.grid import MAIN, UNSEEN
from labs.adapters.published import CEILING, GAP, MANY, TRAINED
from labs.kit.measures import Measure, Values, average, measured, minus, shared
from labs.kit.table import Table
from labs.nn.modules.methods import METHODS

Row = Mapping[str, Any]
Key = tuple[str, str, str, int]  # question, method, domain, examples
LEAST = 1.0  # points that a gap counts as at least: a replicate without one is no infinity


@lru_cache(maxsize=4)
def _indexed(table: Table) -> dict[Key, dict[int, Row]]:
    found: dict[Key, dict[int, Row]] = {}
    for row in table:
        key = (row["question"], row["method"], row["domain"], row["examples"])
        found.setdefault(key, {})[row["replicate"]] = row
    return found


def of(table: Table, name: str, key: Key) -> Values:
    """A column of the networks of a key, where it was measured."""
    rows = _indexed(table).get(key, {})
    return {r: row[name] for r, row in rows.items() if row.get(name) is not None}


def adapted(table: Table, name: str, method: str, domain: str, examples: int = MANY) -> Values:
    """A column of a method in a domain."""
    return of(table, name, ("adapt", method, domain, examples))


def base(table: Table, domain: str, name: str = "base") -> Values:
    """A column of the frozen base in a domain."""
    return of(table, name, ("base", "", domain, 0))


def most(table: Table) -> int:
    """The most training examples of a table, 0 if nothing was trained."""
    return max((row["examples"] for row in table), default=0)


@lru_cache(maxsize=256)
def offered(table: Table, domain: str, examples: int = MANY) -> tuple[float, float]:
    """What full fine-tuning reads in a domain, and how many points more than the base; means over
    replicates, 0 where one was not measured."""
    full = adapted(table, "accuracy", "full", domain, examples)
    gaps = minus(full, base(table, domain))
    return (float(np.mean([*full.values()])), float(np.mean([*gaps.values()]))) if gaps else (0, 0)


def admitted(table: Table, domains: Iterable[str] = MAIN) -> tuple[str, ...]:
    """Those of some domains in which there is a gap to close."""
    found = {domain: offered(table, domain) for domain in domains}
    return tuple(d for d, (top, gap) in found.items() if top >= CEILING and gap >= GAP)


def closed(
    table: Table, method: str, domain: str, examples: int = MANY, ceiling: int = MANY
) -> Values:
    """The share of a domain's gap that a method closes with so many examples; 1 is as good as full
    fine-tuning with `ceiling` examples, which is `MANY` but where a remark says otherwise."""
    own, frozen = adapted(table, "accuracy", method, domain, examples), base(table, domain)
    full = adapted(table, "accuracy", "full", domain, ceiling)
    return {
        r: (own[r] - frozen[r]) / max(full[r] - frozen[r], LEAST) for r in shared(own, frozen, full)
    }


def closed_in(table: Table, method: str, domains: Iterable[str], examples: int = MANY) -> Values:
    """The mean of `closed` over domains."""
    return average(*(closed(table, method, domain, examples) for domain in domains))


def gap(table: Table, method: str, examples: int = MANY) -> Values:
    """The mean of `closed` over the admitted domains."""
    return closed_in(table, method, admitted(table), examples)


def gap_of_own(table: Table, method: str, examples: int) -> Values:
    """The same, where 1 is full fine-tuning with as many examples; over the admitted domains in
    which that is 10 points or more above the base, on the mean over replicates."""
    wide = [d for d in admitted(table) if offered(table, d, examples)[1] >= 10]
    return average(*(closed(table, method, d, examples, examples) for d in wide))


def in_domains(table: Table, name: str, method: str, examples: int = MANY) -> Values:
    """The mean of a column over the admitted domains."""
    return average(*(adapted(table, name, method, d, examples) for d in admitted(table)))


def cost(table: Table, method: str) -> Values:
    """log2 of the steps of all runs until 95 % of the last accuracy, in steps of full fine-tuning
    of as many products; the mean over the admitted domains."""
    return average(*(_cost(table, method, domain) for domain in admitted(table)))


def _cost(table: Table, method: str, domain: str) -> Values:
    needed, step = (adapted(table, n, method, domain) for n in ("needed", "step_macs"))
    return {r: log2(needed[r] * step[r]) for r in shared(needed, step)}


def convergence(table: Table, method: str) -> Values:
    """log2 of the steps of the last run until then; the mean over the admitted domains."""
    return average(*(_convergence(table, method, domain) for domain in admitted(table)))


def _convergence(table: Table, method: str, domain: str) -> Values:
    needed, runs, steps = (adapted(table, n, method, domain) for n in ("needed", "runs", "steps"))
    both = shared(needed, runs, steps)
    return {r: log2(needed[r] - (runs[r] - 1) * steps[r]) for r in both}


def merged(table: Table, method: str) -> Values:
    """Products of a signal, of the base's, merged where that is possible."""
    return in_domains(table, "merged_macs", method)


def third(table: Table, method: str) -> Values:
    """The third largest share of the gap closed in an admitted domain: so much or more is closed in
    three domains."""
    return third_largest([closed(table, method, domain) for domain in admitted(table)])


def third_largest(values: list[Values]) -> Values:
    """By replicate the third largest of three or more values.

    >>> third_largest([{0: 0.9}, {0: 0.2}, {0: 0.8}, {0: 0.7}])
    {0: 0.7}
    """
    if len(values) < 3:
        return {}
    return {r: sorted((v[r] for v in values), reverse=True)[2] for r in shared(*values)}


def extreme(name: str, largest: bool, methods: Collection[str] = ()) -> Measure:
    """The largest or smallest value of a column, of all methods or some."""
    return measured(_extreme, name, largest, tuple(methods))


def _extreme(table: Table, name: str, largest: bool, methods: tuple[str, ...]) -> Values:
    found: dict[int, float] = {}
    sign = 1 if largest else -1
    for row in table:
        if row.get(name) is not None and (not methods or row["method"] in methods):
            found[row["replicate"]] = max(found.get(row["replicate"], -inf), sign * row[name])
    return {r: sign * value for r, value in found.items()}


def miscounted(table: Table) -> Values:
    """The largest relative difference of the numbers that train from those of `TRAINED`."""
    found: dict[int, float] = {}
    for row in table:
        if row.get("trained") and row["method"] in TRAINED:
            off = abs(row["trained"] / TRAINED[row["method"]] - 1)
            found[row["replicate"]] = max(found.get(row["replicate"], 0.0), off)
    return found


def error(table: Table, identity: int) -> Values:
    """The error of an identity, by its place in `IDENTITIES`."""
    errors: dict[int, Any] = of(table, "errors", ("identities", "", "", 0))
    return {r: own[identity] for r, own in errors.items()}


def unseen(table: Table, arm: str, domain: str, told: str = "unseen") -> Values:
    """The accuracy of what a hypernetwork writes for a domain that it has never seen; told
    "nearest", of what it writes for the nearest that it has."""
    found: dict[int, Any] = of(table, told, ("hypernetwork", arm, "", MANY))
    return {r: own[list(UNSEEN).index(domain)] for r, own in found.items()}


def behind_oracle(table: Table, domain: str) -> Values:
    """Points by which a hypernetwork's adapter is behind one that was trained in the domain."""
    oracle = adapted(table, "accuracy", "adapter", domain)
    return minus(oracle, unseen(table, "metadata", domain))


def over_nearest(table: Table, domain: str) -> Values:
    """Points by which what a hypernetwork writes for a domain is ahead of what it writes for the
    nearest domain seen."""
    arm = "metadata"
    return minus(unseen(table, arm, domain), unseen(table, arm, domain, "nearest"))


def told_rightly(table: Table) -> Values:
    """Points by which a hypernetwork that was told of its domains what is true is ahead of one that
    was told what is true of others, over all unseen domains."""
    arms = ("metadata", "shuffled")
    true, false = (average(*(unseen(table, arm, d) for d in UNSEEN)) for arm in arms)
    return minus(true, false)


def gained(table: Table, method: str, domain: str, name: str = "base") -> Values:
    """Points of a method above the frozen base (`name`: or above the base with its answers
    remapped) in a domain."""
    return minus(adapted(table, "accuracy", method, domain), base(table, domain, name))


def ahead(table: Table, method: str, other: str, domains: Iterable[str]) -> Values:
    """Points of accuracy by which a method is ahead of another, mean over domains."""
    return average(
        *(
            minus(*(adapted(table, "accuracy", name, domain) for name in (method, other)))
            for domain in domains
        )
    )


def dimension(name: str) -> int:
    """The dimension of a method "intrinsic" or "intrinsic-...".

    >>> dimension("intrinsic"), dimension("intrinsic-30")
    (200, 30)
    """
    return int(METHODS[name].settings["dimension"])
