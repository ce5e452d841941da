"""What is made of many methods: the rows of the article's table, sizes, who converges first.

A row of the table is told by its best member, which each replicate's validation data choose, and by
the median of its members; members are its methods of about 2 % that were measured in all admitted
domains.
"""

from collections.abc import Callable, Mapping, Sequence
from math import log2

import numpy as np
from scipy.stats import kendalltau

from labs.adapters.grid import INTRINSIC, SWEPT
from labs.adapters.measures import (
    adapted,
    closed,
    closed_in,
    convergence,
    cost,
    dimension,
    gap,
    in_domains,
    merged,
    third,
)
from labs.adapters.published import CHEAP, FEW, MANY, MOST_OF_IT, REACHED, SIGNS, WORTH
from labs.kit.measures import Values, aligned, minus, shared
from labs.kit.table import Table
from labs.nn.modules.methods import BUDGET, METHODS, ONCE

Quantity = Callable[[Table, str], Values]  # of a method
WHOLE = 100.0  # percent: the share of full fine-tuning, which closes its own gap
DIMENSIONS = tuple(sorted(INTRINSIC, key=dimension))
SIZED: Mapping[
    str, Mapping[str, tuple[str, ...]]
] = {  # families of methods that differ in size alone, by row, ascending
    "parameter": {
        "LoRA": ("lora-1", "lora", "lora-4", "lora-8"),
        "LT-SFT": ("lt-sft-0.5", "lt-sft", "lt-sft-8"),
        "intrinsic": DIMENSIONS,
    },
    "input": {
        "prompt": ("prompt-1", "prompt", "prompt-20"),
        "prefix": ("prefix-1", "prefix", "prefix-20"),
    },
    "function": {"adapter": ("adapter-1", "adapter-2", "adapter", "adapter-16")},
}
PICKS = ("best", "median")  # how a row is told
PICKED = {"best": "told by their best members", "median": "told by their medians"}
OF_ONE_RUN = "best of one run"  # by the best of its methods that train once


def members(table: Table, row: str) -> tuple[str, ...]:
    """The members of a row that were measured in all admitted domains."""
    return tuple(n for n in BUDGET if METHODS[n].row == row and gap(table, n))


def best(table: Table, methods: Sequence[str], examples: int = MANY) -> dict[int, str]:
    """By replicate the method of the highest validation accuracy, mean over admitted domains."""
    found = aligned([in_domains(table, "validation", name, examples) for name in methods])
    return {r: methods[int(np.argmax(own))] for r, own in found.items()}


def of_best(table: Table, quantity: Quantity, best: Mapping[int, str]) -> Values:
    """A quantity of each replicate's best method."""
    values = {name: quantity(table, name) for name in set(best.values())}
    return {r: values[name][r] for r, name in best.items() if r in values[name]}


def median(values: Sequence[Values]) -> Values:
    """The median of values, for every replicate that all have.

    >>> median([{0: 1.0}, {0: 2.0}, {0: 6.0}])
    {0: 2.0}
    """
    return {r: float(np.median(own)) for r, own in aligned(values).items()}


def of_row(table: Table, quantity: Quantity, row: str, pick: str) -> Values:
    """A quantity of a row, told by its best member or by its median; of two members at least."""
    names = members(table, row)
    if pick == OF_ONE_RUN:
        names = tuple(name for name in names if METHODS[name].procedure == ONCE)
    if len(names) < 2:
        return {}
    if pick in ("best", OF_ONE_RUN):
        return of_best(table, quantity, best(table, names))
    return median([quantity(table, name) for name in names])


def lead(table: Table, row: str, other: str, pick: str) -> Values:
    """How much more of the gap a row closes than another."""
    return minus(*(of_row(table, gap, name, pick) for name in (row, other)))


def cheap(table: Table, examples: int = MANY) -> tuple[str, ...]:
    """The modules of about 2 % that have `CHEAP` percent at most and were measured in all admitted
    domains."""
    shares = {name: in_domains(table, "share", name, examples) for name in BUDGET}
    return tuple(n for n, own in shares.items() if own and max(own.values()) <= CHEAP)


def third_of_best(table: Table) -> Values:
    """`third` of the best cheap module."""
    return of_best(table, third, best(table, cheap(table)))


def over_full(table: Table, examples: int, full: str = "full") -> Values:
    """Points by which the best cheap module is ahead of full fine-tuning (`full`: or of two runs of
    it) with as many examples, mean over the admitted domains."""

    def accuracy(table: Table, name: str) -> Values:
        return in_domains(table, "accuracy", name, examples)

    chosen = best(table, cheap(table, examples), examples)
    return minus(of_best(table, accuracy, chosen), accuracy(table, full))


def few_over_full(table: Table) -> Values:
    """`over_full` with few examples."""
    return over_full(table, FEW)


def full_over_best(table: Table, full: str = "full") -> Values:
    """Points by which full fine-tuning is ahead of the best cheap module, with many examples."""
    return {r: -value for r, value in over_full(table, MANY, full).items()}


def reaching(table: Table, names: Sequence[str]) -> Values:
    """log2 of the smallest share, in percent, of some methods of ascending size that closes
    `REACHED` of the gap, on the mean over `SWEPT`; that of full fine-tuning where none does."""
    gaps = aligned([closed_in(table, name, SWEPT) for name in names])
    shares = aligned([adapted(table, "share", name, SWEPT[0]) for name in names])
    return {r: _smallest(shares[r], gaps[r]) for r in shared(gaps, shares)}


def _smallest(shares: Sequence[float], gaps: Sequence[float]) -> float:
    reached = (share for share, own in zip(shares, gaps, strict=True) if own >= REACHED)
    return log2(min(reached, default=WHOLE))


def smallest(table: Table, row: str, pick: str = "best") -> Values:
    """`reaching` of a row: of the best of its families of sizes, or their median."""
    found = aligned([reaching(table, names) for names in SIZED[row].values()])
    return {r: min(own) if pick == "best" else float(np.median(own)) for r, own in found.items()}


def smaller(table: Table, row: str, other: str) -> Values:
    """Octaves by which the smallest share of a row that reaches is above another's."""
    return minus(*(smallest(table, name) for name in (row, other)))


def rival(table: Table, method: str, others: Sequence[str], slowest: bool) -> Values:
    """Octaves of steps by which a method converges after the slowest (or fastest) of others."""
    # On the other replicates it is found: this one's own fluctuation must not make it extreme.
    own = convergence(table, method)
    every = {n: v for n in others if (v := convergence(table, n))}
    replicates = shared(own, *every.values())
    if not every or len(replicates) < 2:
        return {}
    sign = 1 if slowest else -1
    found: Values = {}
    for r in replicates:
        rest = [q for q in replicates if q != r]
        name = max(every, key=lambda n: sign * sum(every[n][q] for q in rest))
        found[r] = own[r] - every[name][r]
    return found


def dearer(table: Table, method: str, other: str) -> Values:
    """Octaves by which `cost` of a method is above another's."""
    return minus(*(cost(table, name) for name in (method, other)))


def d90(table: Table, domain: str) -> Values:
    """log2 of the smallest intrinsic dimension that closes `MOST_OF_IT` of a domain's gap, between
    two by a straight line; one octave above the largest where none does."""
    gaps = aligned([closed(table, name, domain) for name in DIMENSIONS])
    sizes = [log2(dimension(name)) for name in DIMENSIONS]
    return {r: crossing(sizes, own, MOST_OF_IT) for r, own in gaps.items()}


def crossing(x: Sequence[float], y: Sequence[float], level: float) -> float:
    """Where the line through points first reaches a level: at the first point where that has, 1
    beyond the last where none has.

    >>> crossing([3.0, 4.0, 5.0], [0.0, 0.5, 1.0], 0.75), crossing([3.0, 4.0], [0.0, 0.5], 0.75)
    (4.5, 5.0)
    """
    if y[0] >= level:
        return x[0]
    for i in range(1, len(y)):
        if y[i] >= level:
            return x[i - 1] + (x[i] - x[i - 1]) * (level - y[i - 1]) / (y[i] - y[i - 1])
    return x[-1] + 1


def _negative(quantity: Quantity) -> Quantity:
    return lambda table, name: {r: -value for r, value in quantity(table, name).items()}


GOOD: Mapping[str, Quantity] = {  # what the columns of signs are about: more is better
    "training": _negative(cost),
    "inference": _negative(merged),
    "performance": gap,
}


# From `good` to what is read: percent of the parameters, steps of full fine-tuning, products, gap
READ: Mapping[str, Callable[[float], float]] = {
    "parameters": lambda value: 2.0**-value,
    "training": lambda value: 2.0**-value,
    "inference": lambda value: -value,
    "performance": lambda value: value,
}


def good(table: Table, column: str, row: str, pick: str) -> Values:
    """How good a row is in a column of the article's table; more is better."""
    if column == "parameters":
        return {r: -value for r, value in smallest(table, row, pick).items()}
    return of_row(table, GOOD[column], row, pick)


def tau(table: Table, column: str, pick: str) -> Values:
    """Kendall's tau of the rows by a column of the article's signs and as measured; 0 where all
    rows are alike."""
    said = [WORTH[signs[column]] for signs in SIGNS.values()]
    found = aligned([good(table, column, row, pick) for row in SIGNS])
    return {r: agreement(said, own) for r, own in found.items()}


def agreement(one: Sequence[float], other: Sequence[float]) -> float:
    """Kendall's tau, 0 where one side is constant.

    >>> agreement([1, 2, 3], [5, 7, 9]), agreement([1, 2, 3], [0, 0, 0])
    (1.0, 0.0)
    """
    return 0.0 if len(set(other)) == 1 else float(kendalltau(one, other).statistic)


def dimension_over(table: Table, domain: str, other: str) -> Values:
    """Octaves by which `d90` of a domain is above another's."""
    return minus(d90(table, domain), d90(table, other))
