"""The numbers that the figures show: gaps that methods close, and the survey's table in numbers."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.stats import kendalltau

from labs.adapters.grid import MAIN, SIZES, SWEPT
from labs.adapters.methods import BUDGET, METHODS
from labs.kit.measures import Values, aligned, average, column, shared
from labs.kit.table import Table

GAP, CEILING = 25.0, 75.0  # points and percent that admit a domain
CLOSED = 0.9  # of the gap: what an intrinsic dimension is of

# The survey's table: parameter, training and inference efficiency, performance, composability
SIGNS = {
    "parameter": ("+", "-", "++", "+", "+"),
    "input": ("++", "--", "--", "-", "+"),
    "function": ("-", "+", "-", "++", "+"),
}
VALUES = {"++": 2, "+": 1, "-": -1, "--": -2}


def numbers_of_examples(table: Table) -> list[int]:
    """For which methods were compared, the most first."""
    return sorted({row["examples"] for row in table if row["question"] == "adapt"}, reverse=True)


def accuracy(
    table: Table, method: str, domain: str, examples: int, name: str = "accuracy"
) -> Values:
    """A column of a method in a domain, by replicate: its test accuracy in percent."""
    return column(name)(_trained(table).get((method, domain, examples), Table([])))


@lru_cache(maxsize=4)
def _trained(table: Table) -> dict[tuple[str, str, int], Table]:
    """The rows of question "adapt" by method, domain and examples: figures ask a thousand times."""
    found: dict[tuple[str, str, int], list[Mapping[str, Any]]] = {}
    for row in table:
        if row["question"] == "adapt":
            found.setdefault((row["method"], row["domain"], row["examples"]), []).append(row)
    return {key: Table(rows) for key, rows in found.items()}


def base(table: Table, domain: str, name: str = "base") -> Values:
    """Test accuracy in percent of the frozen base in a domain, by replicate."""
    return column(name, question="base", domain=domain)(table)


def gap_closed(table: Table, method: str, domain: str, examples: int) -> Values:
    """(accuracy - base) / (full fine-tuning - base), each with as many examples; replicates in
    which full fine-tuning gains nothing have none.

    >>> rows = [{"question": "base", "method": "", "accuracy": None, "base": 50.0}]
    >>> rows += [{"question": "adapt", "method": "full", "accuracy": 90.0}]
    >>> rows += [{"question": "adapt", "method": "lora", "accuracy": 80.0}]
    >>> same = {"domain": "diff", "examples": 100, "replicate": 0}
    >>> gap_closed(Table([row | same for row in rows]), "lora", "diff", 100)
    {0: 0.75}
    """
    start = base(table, domain)
    full, own = (accuracy(table, name, domain, examples) for name in ("full", method))
    return {
        r: (own[r] - start[r]) / (full[r] - start[r])
        for r in shared(start, full, own)
        if full[r] > start[r]
    }


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
    found = []
    for domain in dict.fromkeys(row["domain"] for row in table if row["question"] == "base"):
        start, full = base(table, domain), accuracy(table, "full", domain, most(table))
        both = shared(start, full)
        if both:
            ceiling = np.mean([full[r] for r in both])
            gap = ceiling - np.mean([start[r] for r in both])
            found += [domain] * bool(gap >= GAP and ceiling >= CEILING)
    return found


def compared(table: Table, *, sizes: bool = False) -> list[str]:
    """The admitted ones of the domains in which methods (or their `sizes`) are compared; of none
    admitted, all of them."""
    names = set(SIZES) - set(BUDGET) if sizes else {"full"}
    trained = {row["domain"] for row in table if row["method"] in names}
    asked = [domain for domain in (SWEPT if sizes else MAIN) if domain in trained]
    kept = [domain for domain in asked if domain in admitted(table)]
    return kept or asked


def most(table: Table) -> int:
    """The most examples; 0 of an empty table."""
    return max(numbers_of_examples(table), default=0)


def members(table: Table, row: str) -> list[str]:
    """Methods of about 2 % of the parameters in a row of the survey's table that were trained."""
    trained = {own["method"] for own in table if own["question"] == "adapt"}
    return [name for name in BUDGET if METHODS[name].row == row and name in trained]


def best(table: Table, row: str) -> str | None:
    """The member of a row with the highest validation accuracy, mean over domains and replicates,
    with most examples."""
    domains = compared(table)
    found = {
        name: over(table, _validation, name, domains, most(table)) for name in members(table, row)
    }
    means = {name: np.mean([*values.values()]) for name, values in found.items() if values}
    return max(means, key=lambda name: means[name], default=None)


def _validation(table: Table, method: str, domain: str, examples: int) -> Values:
    return accuracy(table, method, domain, examples, "validation")


def middle(values: Sequence[Values]) -> Values:
    """The median of values by replicate; values that are empty are left out.

    >>> middle([{0: 1.0}, {0: 5.0}, {0: 2.0}, {}])
    {0: 2.0}
    """
    return {r: float(np.median(own)) for r, own in aligned([v for v in values if v]).items()}


def work(table: Table, method: str, domain: str, examples: int) -> Values:
    """Training until 95 % of a method's own last validation accuracy, all runs counted, in steps
    of full fine-tuning that need as many products."""
    needed = accuracy(table, method, domain, examples, "needed")
    each = accuracy(table, method, domain, examples, "step_macs")
    return {r: needed[r] * each[r] for r in shared(needed, each)}


def tau(ours: Mapping[str, float], signs: Mapping[str, str]) -> float | None:
    """Kendall's tau-b of our numbers (more is better) with signs; None of less than three rows, and
    where either side is the same for all.

    >>> tau({"a": 3.0, "b": 2.0, "c": 1.0}, {"a": "++", "b": "-", "c": "--"})
    1.0
    """
    rows = [name for name in signs if name in ours]
    if len(rows) < 3:
        return None
    found = kendalltau([ours[n] for n in rows], [VALUES[signs[n]] for n in rows]).statistic
    return None if np.isnan(found) else round(float(found), 6)


def agreeing(name: str, ours: Mapping[str, float], signs: Mapping[str, str]) -> float | None:
    """Of the rows to which the signs compare one, the share to which our numbers compare it alike.

    >>> agreeing("a", {"a": 3.0, "b": 2.0, "c": 9.0}, {"a": "++", "b": "-", "c": "--"})
    0.5
    """
    pairs = [
        np.sign(ours[name] - ours[other]) == np.sign(VALUES[signs[name]] - VALUES[signs[other]])
        for other in signs
        if name in ours and other in ours and signs[name] != signs[other]
    ]
    return float(np.mean(pairs)) if pairs else None
