"""Relative errors by length, their ratios in octaves, and accuracies of recall, one number per
replicate. What a table lacks gives no values.

Levels, their ratios and how growth bends are of arithmetic means over programs, which the worst of
them rule and in which errors that add up are straight; curves, growth and what is carried are means
of logarithms, the typical program's.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labs.kit.measures import Values, minus, shared
from labs.kit.table import Table
from labs.programs.grid import DIFFER, GROUPS, LONGER, SYMBOLS, TOLD, TRAINED
from labs.programs.operations import PAIRS, commute

LATER = GROUPS[-len(LONGER) :]
LEAST = 1e-9  # percent that an error counts as at least: affine modules leave rounding alone


def of(table: Table, arm: str, name: str) -> dict[int, Any]:
    """A column of an arm by replicate, where it was measured."""
    rows = [row for row in table if row["arm"] == arm and row.get(name) is not None]
    return {row["replicate"]: row[name] for row in rows}


def error(table: Table, arm: str, groups: Sequence[str] = LATER) -> Values:
    """Relative error in percent, mean over the programs of groups, groups alike."""
    places = [GROUPS.index(name) for name in groups]
    found = of(table, arm, "errors").items()
    return {r: float(np.mean([np.mean(own[place]) for place in places])) for r, own in found}


def trained_error(table: Table, arm: str) -> Values:
    """Relative error in percent, mean over all programs that train."""
    found = of(table, arm, "errors").items()
    return {r: float(np.mean(own[0] + own[1])) for r, own in found}


def octaves(table: Table, arm: str, over: str, groups: Sequence[str] = LATER) -> Values:
    """How many times the error of an arm doubles to that of another, mean over groups.

    >>> table = Table([
    ...     {"arm": "modular", "replicate": 0, "errors": [[1.0]] * 6},
    ...     {"arm": "monolith", "replicate": 0, "errors": [[8.0]] * 6},
    ... ])
    >>> octaves(table, "modular", "monolith")
    {0: 3.0}
    """
    logs = [
        minus(_logs(error(table, over, (name,))), _logs(error(table, arm, (name,))))
        for name in groups
    ]
    return {r: float(np.mean([own[r] for own in logs])) for r in shared(*logs)}


def held_out(table: Table, least: float = DIFFER) -> Values:
    """Octaves from the error of modules on trained to that on held-out programs of length 2: those
    that differ by `least` percent of variance from every program that trained, which a
    program such as "negate shift" does not where "shift negate" trained."""
    own, differs = of(table, "modular", "errors"), of(table, "modular", "differs")
    held = {
        r: [v for v, away in zip(own[r][2], differs[r], strict=True) if away >= least]
        for r in shared(own, differs)
    }
    means = {r: float(np.mean(kept)) for r, kept in held.items() if kept}
    return minus(_logs(means), _logs(error(table, "modular", GROUPS[1:2])))


def by_length(table: Table, arm: str) -> dict[int, list[float]]:
    """The logarithm to base 2 of the error in percent, mean over programs, of length 1 to 5 (5,);
    those of length 2 are trained and held out."""
    found = of(table, arm, "errors")
    return {
        r: [
            float(np.log2(np.maximum(part, LEAST)).mean())
            for part in (own[0], own[1] + own[2], *own[3:])
        ]
        for r, own in found.items()
    }


def levels(table: Table, arm: str) -> dict[int, list[float]]:
    """The logarithm to base 2 of the mean error in percent over programs, of length 1 to 5 (5,);
    those of length 2 are trained and held out."""
    found = of(table, arm, "errors")
    return {
        r: [
            float(np.log2(max(np.mean(part), LEAST)))
            for part in (own[0], own[1] + own[2], *own[3:])
        ]
        for r, own in found.items()
    }


def bend(table: Table, curve: Callable[[Table, str], dict[int, list[float]]] = levels) -> Values:
    """By how many octaves a step from length 3 to 5 raises the error of modules more than one from
    1 to 3: 0 where it grows geometrically. Where errors of operations add up, as large as they may
    be, the mean over programs grows as the length does, and bends by -0.42; the mean of logarithms
    (`by_length`) bends more where operations err unequally.

    >>> table = Table([{"arm": "modular", "replicate": 0, "errors":
    ...     [[1.0], [2.0], [2.0], [3.0], [4.0], [5.0]]}])
    >>> round(bend(table)[0], 2)
    -0.42
    """
    curves = curve(table, "modular").items()
    return {r: (own[4] - own[2]) / 2 - (own[2] - own[0]) / 2 for r, own in curves}


def growth(table: Table, arm: str = "modular") -> Values:
    """Octaves of error per further operation: the least-squares slope over lengths 1 to 5."""
    steps = np.arange(1, 6)
    curves = by_length(table, arm).items()
    return {r: float(np.polyfit(steps, own, 1)[0]) for r, own in curves}


def entry(table: Table, arm: str, name: str, place: int) -> Values:
    """One number of a list."""
    return {r: float(own[place]) for r, own in of(table, arm, name).items()}


def control(table: Table, name: str) -> Values:
    """Mean over lengths of what is measured of modules as a control."""
    return {r: float(np.mean(own)) for r, own in of(table, "modular", name).items()}


def untrained(table: Table, arm: str = "modular") -> Values:
    """Relative error in percent before training, mean over longer lengths."""
    return {r: float(np.mean(own[-3:])) for r, own in of(table, arm, "untrained").items()}


def of_commuting(table: Table, name: str) -> Values:
    """Mean over those pairs of operations that commute."""
    places = [place for place, pair in enumerate(PAIRS) if commute(*pair)]
    found = of(table, "modular", name).items()
    return {r: float(np.mean([own[place] for place in places])) for r, own in found}


def least_of_others(table: Table, name: str) -> Values:
    """The least over those pairs whose two orders differ by `DIFFER` percent of variance or more.
    Others that do not commute, as "smooth ramp", differ at the ends of a signal alone."""
    found, orders = of(table, "modular", name), of(table, "modular", "orders")
    kept = {
        r: [v for v, away in zip(found[r], orders[r], strict=True) if away >= DIFFER]
        for r in shared(found, orders)
    }
    return {r: min(own) for r, own in kept.items() if own}


def recall(table: Table, arm: str, pairs: Sequence[int]) -> Values:
    """Right answers in percent, mean over numbers of pairs."""
    places = [TOLD.index(number) for number in pairs]
    found = of(table, arm, "accuracy").items()
    return {r: float(np.mean([own[place] for place in places])) for r, own in found}


def ahead(table: Table, pairs: Sequence[int], over: str = "recurrent") -> Values:
    """Points of accuracy by which the memory is ahead of a GRU."""
    return minus(recall(table, "memory", pairs), recall(table, over, pairs))


def guess(pairs: int) -> float:
    """Right answers in percent of one who names any of the symbols that were told.

    >>> guess(2)
    56.25
    """
    return 100 * (1 / pairs + (1 - 1 / pairs) / SYMBOLS)


GUESSED = float(np.mean([guess(number) for number in TRAINED]))


def _logs(values: Values) -> Values:
    return {r: float(np.log2(max(value, LEAST))) for r, value in values.items()}
