"""The numbers of figures: those of `labs.adapters.measures`, of as many examples as a table has.

A claim is about `MANY` examples and has no values without them; a figure of a short run shows what
there is.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from labs.adapters.comparisons import agreement
from labs.adapters.grid import MAIN, SIZES, SWEPT
from labs.adapters.measures import closed, most, offered
from labs.adapters.published import CEILING, GAP, WORTH
from labs.kit.measures import Values, aligned, average
from labs.kit.table import Table
from labs.nn.modules.methods import BUDGET


def numbers_of_examples(table: Table) -> list[int]:
    """For which methods were compared, the most first."""
    return sorted({row["examples"] for row in table if row["question"] == "adapt"}, reverse=True)


def gap_closed(table: Table, method: str, domain: str, examples: int) -> Values:
    """The share of a domain's gap that a method closes with so many examples; 1 is as good as full
    fine-tuning with the most.

    >>> rows = [{"question": "base", "method": "", "examples": 0, "base": 50.0}]
    >>> rows += [{"question": "adapt", "method": "full", "examples": 1500, "accuracy": 90.0}]
    >>> rows += [{"question": "adapt", "method": "lora", "examples": 100, "accuracy": 80.0}]
    >>> same = {"domain": "diff", "replicate": 0}
    >>> gap_closed(Table([row | same for row in rows]), "lora", "diff", 100)
    {0: 0.75}
    """
    return closed(table, method, domain, examples, ceiling=most(table))


def over(
    table: Table,
    number: Callable[[Table, str, str, int], Values],
    method: str,
    domains: Sequence[str],
    examples: int,
) -> Values:
    """The mean of a number over domains, for every replicate that has all of them."""
    return average(*(number(table, method, domain, examples) for domain in domains))


def admitted(table: Table) -> list[str]:
    """Domains of the pilot in which there is a gap to close, and a ceiling worth reaching."""
    domains = dict.fromkeys(row["domain"] for row in table if row["question"] == "base")
    found = {domain: offered(table, domain, most(table)) for domain in domains}
    return [domain for domain, (top, gap) in found.items() if top >= CEILING and gap >= GAP]


def compared(table: Table, *, sizes: bool = False) -> list[str]:
    """The admitted ones of the domains in which methods (or their `sizes`) are compared; of none
    admitted, all of them."""
    names = set(SIZES) - set(BUDGET) if sizes else {"full"}
    trained = {row["domain"] for row in table if row["method"] in names}
    asked = [domain for domain in (SWEPT if sizes else MAIN) if domain in trained]
    within = admitted(table)
    return [domain for domain in asked if domain in within] or asked


def tau(ours: Mapping[str, Values], signs: Mapping[str, str]) -> float | None:
    """Kendall's tau of our numbers (by row, more is better) with signs, as claims have it: the mean
    over replicates; None where a row lacks numbers.

    >>> tau({"a": {0: 3.0}, "b": {0: 2.0}, "c": {0: 1.0}}, {"a": "++", "b": "-", "c": "--"})
    1.0
    """
    found = aligned([ours.get(row, {}) for row in signs])
    said = [WORTH[sign] for sign in signs.values()]
    return float(np.mean([agreement(said, own) for own in found.values()])) if found else None


def agreeing(name: str, ours: Mapping[str, float], signs: Mapping[str, str]) -> float | None:
    """Of the rows to which the signs compare one, the share to which our numbers compare it alike.

    >>> agreeing("a", {"a": 3.0, "b": 2.0, "c": 9.0}, {"a": "++", "b": "-", "c": "--"})
    0.5
    """
    pairs = [
        np.sign(ours[name] - ours[other]) == np.sign(WORTH[signs[name]] - WORTH[signs[other]])
        for other in signs
        if name in ours and other in ours and signs[name] != signs[other]
    ]
    return float(np.mean(pairs)) if pairs else None
