"""What a run says after its claims."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.programs.grid import ARMS, DIFFER, GROUPS, RATES, RECALLERS, RUNNERS, TOLD
from labs.programs.measures import (
    bend,
    by_length,
    control,
    entry,
    error,
    growth,
    guess,
    held_out,
    least_of_others,
    of,
    of_commuting,
    recall,
    trained_error,
    untrained,
)
from labs.programs.operations import NAMES, commuting

CONTROLS = {
    "operations in another order": lambda table: control(table, "shuffled"),
    "modules of other operations": lambda table: control(table, "exchanged"),
    "not trained": untrained,
    "pairs that commute": lambda table: of_commuting(table, "pairs"),
    "pairs that commute, swapped": lambda table: of_commuting(table, "swapped"),
    "other pairs, the least": lambda table: least_of_others(table, "pairs"),
    "other pairs, swapped, the least": lambda table: least_of_others(table, "swapped"),
}


def remarks(table: Table) -> list[Remark]:
    """Protocol, errors by length, typical and largest errors, operations, controls, recall."""
    parts = (_protocol, _errors, _spread, _operations, _controls, _recall)
    return [remark for part in parts for remark in part(table)]


def _mean(values: Values) -> float | None:
    return float(np.mean([*values.values()])) if values else None


def _protocol(table: Table) -> Iterator[Remark]:
    pairs = ", ".join(" and ".join(pair) for pair in commuting())
    yield Remark(f"Of the 15 pairs of operations these commute: {pairs}; all are affine.")
    rows = []
    for arm, own in ARMS.items():
        counts, rates = of(table, arm, "parameters"), of(table, arm, "chosen")
        if counts:
            steps = max(row["steps"] for row in table if row["arm"] == arm)
            shown = ", ".join(
                f"{rate:g}{'!' * (rate in (RATES[0], RATES[-1]))}"
                for rate in sorted(set(rates.values()))
            )
            rows.append((own.label, f"{max(counts.values()):,}", f"{steps:,}", shown))
    text = "Parameters, training steps, and rate of Adam, chosen on validation data of a replicate "
    text += "of its own (!: an end of the range)."
    yield Remark(text, ("", "parameters", "steps", "rate"), tuple(rows))


def _errors(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for name in ("all that train", *GROUPS):
        found = {
            arm: error(table, arm, (name,)) if name in GROUPS else trained_error(table, arm)
            for arm in RUNNERS
        }
        ends = {arm: interval_or_none(found[arm]) for arm in ("modular", "monolith")}
        if any(found.values()):
            rows.append((name, *(ends.get(arm) or _mean(found[arm]) for arm in RUNNERS)))
    text = "Relative error in percent by length, mean over programs; those of length 1 and half of "
    text += "those of length 2 train. The mean of what a program should give would cost 100."
    yield Remark(text, ("length", *(ARMS[arm].label for arm in RUNNERS)), tuple(rows), ".3g")


def _spread(table: Table) -> Iterator[Remark]:
    rows = []
    for arm in RUNNERS:
        found = of(table, arm, "errors").values()
        if found:
            spread = np.mean([np.percentile(own[-1], [50, 90, 100]) for own in found], axis=0)
            slope = interval_or_none(growth(table, arm))
            rows.append((ARMS[arm].label, *spread.tolist(), slope))
    text = "Programs of length 5: the median, the 90th percentile and the largest error, mean over "
    text += "replicates; octaves of error per further operation, lengths 1 to 5, mean of logs."
    columns = ("", "median", "90th", "largest", "octaves / step")
    yield Remark(text, columns, tuple(rows), ".3g")
    over = {n: interval_or_none(entry(table, "modular", "carried", n)) for n in range(1, 6)}
    foretold = tuple((GROUPS[n], own) for n, own in over.items() if own)
    text = "Error of modules over what their errors of single operations predict, in octaves."
    yield Remark(text, ("length", "octaves"), foretold, ".2f")
    others = {
        "held-out over trained pairs, those that differ": held_out(table),
        "held-out over trained pairs, all": held_out(table, 0),
        "bend, of means over programs": bend(table),
        "bend, of means of logs": bend(table, by_length),
    }
    ends = {name: interval_or_none(values) for name, values in others.items()}
    octaves = tuple((name, own) for name, own in ends.items() if own)
    text = (
        f"Modules: held-out pairs that differ by {DIFFER:g} % of variance from what trained, and "
    )
    text += (
        "all; octaves by which a late step raises the error more than an early one. Errors that "
    )
    text += "add up bend by -0.42 in means, more in logs where operations err unequally."
    yield Remark(text, ("", "octaves"), octaves, ".2f")


def _operations(table: Table) -> Iterator[Remark]:
    rows = []
    for arm in RUNNERS:
        found = of(table, arm, "errors")
        if found:
            single = np.mean([own[0] for own in found.values()], axis=0)
            rows.append((ARMS[arm].label, *single.tolist()))
    yield Remark("Relative error of single operations, in percent.", ("", *NAMES), tuple(rows),
                 ".3g")  # fmt: skip


def _controls(table: Table) -> Iterator[Remark]:
    found = {name: interval_or_none(measure(table)) for name, measure in CONTROLS.items()}
    rows = tuple((name, value) for name, value in found.items() if value)
    text = "Modules put together in other ways: relative error in percent; the first three on "
    text += (
        f"programs of length 3 to 5; other pairs: their orders differ by {DIFFER:g} % of variance."
    )
    yield Remark(text, ("", "error"), rows, ".3g")


def _recall(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for number in TOLD:
        found = [interval_or_none(recall(table, arm, (number,))) for arm in RECALLERS]
        if any(found):
            rows.append((str(number), *found, guess(number)))
    text = "Recall of a signal's symbol by pairs told, accuracy in percent; up to 6 pairs train; a "
    text += "guess names one of the symbols told, chance is 12.5."
    labels = (ARMS[arm].label for arm in RECALLERS)
    yield Remark(text, ("pairs", *labels, "a guess"), tuple(rows), ".1f")
    fitted = {arm: _mean(of(table, arm, "fitted")) for arm in RECALLERS}
    levels = [f"{ARMS[arm].label} {v:.1f} %" for arm, v in fitted.items() if v is not None]
    if levels:
        yield Remark(f"Right answers on signals that train: {'; '.join(levels)}.")
    none = _mean(of(table, "memory", "emptied"))
    if none is not None:
        yield Remark(f"The memory, emptied before the question, answers {none:.1f} %.")
