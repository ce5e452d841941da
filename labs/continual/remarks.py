"""What a run says after its claims."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from labs.continual.grid import LATE, RETRAINED, SEQUENCES, TASKS
from labs.continual.measures import acc, bwt, fwt, late, listed, of, old, own
from labs.continual.shown import LABELS, OF_SEQUENCES, learned, measured
from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Values
from labs.kit.table import Table


def remarks(table: Table) -> list[Remark]:
    """The protocol; accuracy and transfer by sequence; answers among all ten; names; transfer
    between columns; what is trained and kept."""
    parts = (_protocol, _transfers, _open, _names, _laterals, _numbers, _rates)
    return [remark for part in parts for remark in part(table)]


def _protocol(table: Table) -> Iterator[Remark]:
    if not len(table):
        return
    row = table.rows[0]
    text = f"Every task takes {row['steps']:,} steps of {row['batch']} examples out of "
    text += f"{row['examples']:,}, of PackNet {RETRAINED:.0%} after pruning; joint training takes "
    text += f"those of all {TASKS} tasks at once. Accuracies are of {row['tests']:,} test examples."
    yield Remark(text)
    text = "SupSup and columns start from nothing, all others from the base: compare what they "
    yield Remark(f"{text}forget, not what they reach.")


def _transfers(table: Table) -> Iterator[Remark]:
    for name in learned(table):
        rows: list[tuple[Any, ...]] = []
        for method in measured(table):
            matrix = of(table, "matrix", method, name)
            before = {r: float(np.mean(m[0])) for r, m in matrix.items()}
            means = (_rounded(_mean(v)) for v in (before, own(table, method, name)))
            values = (interval_or_none(f(table, method, name)) for f in (acc, bwt))
            ahead = _rounded(_mean(fwt(table, method, name)))
            if matrix:
                rows.append((LABELS[method], *means, *values, ahead))
        text = f"{OF_SEQUENCES[name].capitalize()}, task's name known: accuracy in percent before "
        text += "training, on a task when it was learned, at the end (ACC); backward and forward "
        text += f"transfer in points.{_bound(name)}"
        columns = ("", "before", "learned", "ACC", "BWT", "FWT")
        yield Remark(text, columns, tuple(rows), ".1f")


def _bound(sequence: str) -> str:
    if sequence == "permutations":
        return " One network without names cannot pass 20 % at the end."
    return " Answers are the task's own two." if sequence == "classes" else ""


def _open(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for method in measured(table):
        found = of(table, "open", method, "classes")
        if found:
            told, wide = (old(table, method, "classes", n) for n in ("matrix", "open"))
            alone = _mean(listed(table, "inferred", method, "classes"))
            ends = (acc(table, method, "classes", "open"), told, wide)
            rows.append((LABELS[method], *map(interval_or_none, ends), alone))
    text = "Pairs of classes among all ten answers, accuracy in percent at the end: all tasks; old "
    text += "tasks between their own two answers, and among ten; all tasks with an inferred "
    text += "network, where there are several."
    columns = ("", "all, of ten", "old, of two", "old, of ten", "inferred")
    yield Remark(text, columns, tuple(rows), ".1f")


def _names(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for method in measured(table):
        for name in learned(table):
            inferred = listed(table, "inferred", method, name)
            if inferred:
                columns = ("shuffled", "entropy", "gradient")
                wrong, least, one = (listed(table, n, method, name) for n in columns)
                known = acc(table, method, name)
                values = (known, wrong, inferred, least, one)
                rows.append((f"{LABELS[method]}: {name}", *map(_mean, values)))
    text = "Networks kept apart: accuracy in percent under the task's name, the next task's name, "
    text += "an inferred one (among all ten answers); percent of batches whose name is found by "
    text += "the least entropy of five passes, and by one gradient (chance 20)."
    heads = ("", "known", "shuffled", "inferred", "by entropy", "by gradient")
    yield Remark(text, heads, tuple(rows), ".1f")
    drawn = {name: _mean(listed(table, "random", "supsup", name)) for name in SEQUENCES}
    if any(value is not None for value in drawn.values()):
        found = ", ".join(f"{name} {v:.1f}" for name, v in drawn.items() if v is not None)
        yield Remark(f"Random masks of as many weights as SupSup's read, in percent: {found}.")


def _laterals(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for name in learned(table):
        both = [late(table, method, name) for method in ("progressive", "scratch")]
        if all(both):
            rows.append((name, *map(interval_or_none, both)))
    places = " and ".join(str(place + 1) for place in LATE)
    text = f"Columns with laterals and without, accuracy in percent on tasks {places} when they "
    yield Remark(f"{text}were learned.", ("", "progressive", "scratch"), tuple(rows), ".1f")


def _numbers(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for method in measured(table):
        found = [
            (of(table, "trained", method, n), of(table, "bits", method, n)) for n in learned(table)
        ]
        trained, bits = next(both for both in found if both[0])
        first = next(iter(trained))
        kept = bits[first] / 8 / 1000
        rows.append((LABELS[method], *(f"{n:,}" for n in trained[first]), f"{kept:,.1f}"))
    text = "Numbers that each task trains, and kB kept beyond the base to answer all five (in the "
    text += "first sequence; in classes heads come on top)."
    columns = ("", *(f"task {place + 1}" for place in range(TASKS)), "kB")
    yield Remark(text, columns, tuple(rows))


def _rates(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for method in measured(table):
        found = [of(table, "rate", method, name) for name in learned(table)]
        shown = [", ".join(f"{r:.2g}" for r in sorted(set(own.values()))) for own in found]
        rows.append((LABELS[method], *shown))
    text = "Rates of Adam, chosen on validation data of a replicate of their own; what is "
    yield Remark(f"{text}forgotten plays no part.", ("", *learned(table)), tuple(rows))


def _mean(values: Values) -> float | None:
    return float(np.mean([*values.values()])) if values else None


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"
