"""What composed modules close of a gap, and what barriers, sums, mixtures and trees come to.

The gap of a pair lies between the task module alone and the oracle, a module that was trained on
the pair. Shares of gaps are ratios of sums over a method's admitted pairs: those of `PAIRS` where,
on the mean over replicates, the oracle reads `WIDE` points more than the task module, and that
answers `TAUGHT` percent of clean signals. What a table lacks gives no values.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from labs.composition.grid import (
    ALONG,
    COUPLES,
    DOMAINS,
    LEAVES,
    MERGES,
    MIXTURES,
    PAIRS,
    TASKS,
)
from labs.composition.published import FUSION, HEADED, TAUGHT, WIDE
from labs.kit.measures import Values, minus, shared
from labs.kit.table import Table

Row = Mapping[str, Any]
Key = tuple[str, str, str, str]  # question, method, signal, layers
Pair = tuple[str, str]  # domain, task
Lists = dict[int, list[float]]  # by replicate
LEAST = 1.0  # points that a pair's gap counts as at least, on the mean over pairs
OWN_HEAD = tuple(pair for pair in PAIRS if pair[1] in HEADED)
ANALOGIES = ("base", "ramp", "reverse", "random", "analogy")  # in the order of `Record.analogy`
BOTH = ("clean", "reverse")  # in the order of `Record.before` and `Record.after`


@lru_cache(maxsize=4)
def _indexed(table: Table) -> dict[Key, dict[int, Row]]:
    found: dict[Key, dict[int, Row]] = {}
    for row in table:
        key = (row["question"], row["method"], row["signal"], row["layers"])
        found.setdefault(key, {})[row["replicate"]] = row
    return found


def of(
    table: Table,
    name: str,
    question: str,
    method: str = "",
    signal: str = "labels",
    layers: str = "all",
) -> dict[int, Any]:
    """A column of a question's rows by replicate, where it was measured."""
    rows = _indexed(table).get((question, method, signal, layers), {})
    return {r: row[name] for r, row in rows.items() if row.get(name) is not None}


def entry(lists: Lists, place: int) -> Values:
    """One entry of every replicate's list."""
    return {r: float(own[place]) for r, own in lists.items()}


def mean_of(lists: Lists) -> Values:
    """The mean of every replicate's list."""
    return {r: float(np.mean(own)) for r, own in lists.items()}


# Pairs


def in_pairs(
    table: Table, name: str, method: str, signal: str = "labels", layers: str = "all"
) -> Lists:
    """A column of a method over `PAIRS` (12,)."""
    return of(table, name, "pairs", method, signal, layers)


@lru_cache(maxsize=256)
def admitted(table: Table, method: str) -> tuple[Pair, ...]:
    """The pairs in which a method's modules have a gap to close."""
    oracle, task = (in_pairs(table, name, method) for name in ("oracle", "task"))
    both = shared(oracle, task)
    if not both:
        return ()
    gaps = np.mean([np.subtract(oracle[r], task[r]) for r in both], axis=0)
    known = {t for t, least in TAUGHT.items() if (answered(table, method, t) or 0) >= least}
    wide = (pair for pair, gap in zip(PAIRS, gaps, strict=True) if gap >= WIDE)
    return tuple(pair for pair in wide if pair[1] in known)


def closed(
    table: Table,
    method: str,
    row: str = "composed",
    signal: str = "labels",
    layers: str = "all",
    among: Collection[Pair] = PAIRS,
) -> Values:
    """R: the share of the gaps that a row closes, over the admitted pairs among some; 0 is the task
    module alone, 1 the oracle.

    Args:
        table: the results.
        method: of which the modules are.
        row: a column over `PAIRS`, such as "composed", "wrong" or "random".
        signal, layers: of the row and of its task modules; the oracle, which has no such variants,
            is that of labels and all blocks.
        among: pairs.
    """
    places = [PAIRS.index(pair) for pair in admitted(table, method) if pair in among]
    if not places:
        return {}
    own, task = (in_pairs(table, name, method, signal, layers) for name in (row, "task"))
    oracle = in_pairs(table, "oracle", method)
    found: Values = {}
    for r in shared(own, task, oracle):
        top, alone = _over(oracle[r], places), _over(task[r], places)
        found[r] = (_over(own[r], places) - alone) / max(top - alone, LEAST)
    return found


def _over(values: Sequence[float], places: Sequence[int]) -> float:
    return float(np.mean([values[place] for place in places]))


def closed_over(table: Table, method: str, row: str, among: Collection[Pair] = PAIRS) -> Values:
    """By how much more of the gaps composed modules close than another row."""
    composed, other = (closed(table, method, name, among=among) for name in ("composed", row))
    return minus(composed, other)


def over_joint(table: Table, method: str) -> Values:
    """Points by which composed modules are ahead of networks that were trained jointly on other
    pairs, mean over the admitted pairs."""
    places = [PAIRS.index(pair) for pair in admitted(table, method)]
    sides = in_pairs(table, "composed", method), of(table, "joint", "joint")
    return minus(*({r: _over(own[r], places) for r in own if places} for own in sides))


def apart_over_all(table: Table, method: str) -> Values:
    """Points by which composed modules in blocks of their own are ahead of those in all blocks,
    mean over the admitted pairs."""
    places = [PAIRS.index(pair) for pair in admitted(table, method)]
    sides = (in_pairs(table, "composed", method, layers=layers) for layers in ("apart", "all"))
    return minus(*({r: _over(own[r], places) for r in own if places} for own in sides))


def answered(table: Table, method: str, task: str, layers: str = "all") -> float | None:
    """The percent of clean signals that a task's module answers right, mean over replicates; None
    where it was not measured."""
    found = entry(in_pairs(table, "alone", method, layers=layers), TASKS.index(task))
    return float(np.mean([*found.values()])) if found else None


def swapped(table: Table, method: str) -> Values:
    """The largest change of a logit by the order of the modules."""
    return of(table, "swapped", "pairs", method)


# Lines


def barrier(table: Table, line: str) -> Values:
    """Points of accuracy by which a line between two networks falls below the straight line between
    their accuracies, at the worst of `ALONG`; 0 or more."""
    return {r: _barrier(own) for r, own in of(table, "line", "line", line).items()}


def _barrier(line: Sequence[float]) -> float:
    along = np.asarray(ALONG)
    straight = (1 - along) * line[0] + along * line[-1]
    return float(max(straight - np.asarray(line)))


def soup_over_mean(table: Table) -> Values:
    """Points of a soup over the mean of its networks."""
    return minus(of(table, "soup", "line", "full"), mean_of(of(table, "singles", "line", "full")))


def soup_over_best(table: Table) -> Values:
    """Points of a soup over the best of its networks, told by the same test examples."""
    best = {r: max(own) for r, own in of(table, "singles", "line", "full").items()}
    return minus(of(table, "soup", "line", "full"), best)


# Arithmetic


def couples(table: Table, name: str = "couples") -> Values:
    """What sums of two differences keep, mean over `COUPLES`; a share of the accuracy of networks
    that were fine-tuned there (`name`: "noise", of one difference and a random one)."""
    return mean_of(of(table, name, "arithmetic"))


def couple(table: Table, both: tuple[str, str], name: str = "couples") -> Values:
    """The same of one of `COUPLES`."""
    return entry(of(table, name, "arithmetic"), COUPLES.index(both))


def all_four(table: Table) -> Values:
    """What the sum of four differences keeps, in the four domains."""
    return of(table, "all_four", "arithmetic")


def merged(table: Table, merge: str) -> Values:
    """What one of `MERGES` keeps in the four domains."""
    return entry(of(table, "merged", "arithmetic"), MERGES.index(merge))


def tuned(table: Table) -> Values:
    """Percent of networks that were fine-tuned in a domain, in the worst of `DOMAINS`."""
    return {r: min(own) for r, own in of(table, "tuned", "arithmetic").items()}


def analogy(table: Table, name: str = "analogy") -> Values:
    """Percent in reverse+ramp of one of `ANALOGIES`."""
    return entry(of(table, "analogy", "arithmetic"), ANALOGIES.index(name))


def analogy_over(table: Table, name: str) -> Values:
    """Points in reverse+ramp of the analogy over another of `ANALOGIES`."""
    return minus(analogy(table), analogy(table, name))


def fallen(table: Table, name: str = "after") -> Values:
    """Points that reverse falls by negation (`name`: "after_random", of a random change)."""
    return minus(known(table), known(table, name))


def kept(table: Table, name: str = "after") -> Values:
    """The share of clean accuracy that stays after negation."""
    before, after = (_negated(table, n, BOTH.index("clean")) for n in ("before", name))
    return {r: after[r] / max(before[r], LEAST) for r in shared(before, after)}


def known(table: Table, name: str = "before") -> Values:
    """Percent of reverse, before negation or after it."""
    return _negated(table, name, BOTH.index("reverse"))


def _negated(table: Table, name: str, place: int) -> Values:
    return entry(of(table, name, "negation"), place)


# Mixtures and trees


def mixture(table: Table, name: str) -> Values:
    """Percent in the new domain of one of `MIXTURES`."""
    return entry(of(table, "mixtures", "mixtures"), MIXTURES.index(name))


def mixture_over(table: Table, name: str, other: str) -> Values:
    """Points in the new domain of one of `MIXTURES` over another."""
    return minus(mixture(table, name), mixture(table, other))


def gained(table: Table) -> Values:
    """Points over the base of the best of `MIXTURES`."""
    found = of(table, "mixtures", "mixtures")
    return {r: max(own) - own[MIXTURES.index("base")] for r, own in found.items()}


def mass(table: Table, domain: str) -> Values:
    """The share of the attention on the adapter of one of `DOMAINS`."""
    return entry(of(table, "mass", "mixtures"), DOMAINS.index(domain))


def miscounted(table: Table) -> Values:
    """The relative difference of the numbers that the attention trains from `FUSION`."""
    return {r: abs(n / FUSION - 1) for r, n in of(table, "numbers", "mixtures").items()}


def leaves(table: Table, name: str) -> Values:
    """Percent of "flat", "tree" or "root", mean over `LEAVES`."""
    return mean_of(of(table, name, "trees"))


def leaf(table: Table, name: str, domain: str) -> Values:
    """The same in one of `LEAVES`."""
    return entry(of(table, name, "trees"), list(LEAVES).index(domain))


def tree_over(table: Table, other: str = "flat") -> Values:
    """Points of adapters in a tree over others, mean over `LEAVES`."""
    return minus(leaves(table, "tree"), leaves(table, other))
