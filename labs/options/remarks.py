"""What a run says after its claims."""

from collections.abc import Iterator

import numpy as np

from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.table import Table
from labs.options.grid import ARMS, QUESTIONS, USED
from labs.options.measures import (
    Values,
    at_budget,
    collapsed,
    dearer,
    dearer_triples,
    first,
    never,
    of_arm,
    untrained,
)

ZERO_SHOT = ("options 2", "random 2")


def remarks(table: Table) -> list[Remark]:
    """Success by length, times until 95 %, cost of the order, detours, use of options."""
    return [
        *_success(table),
        *_times(table),
        *_order(table),
        *_detours(table),
        *_use(table),
    ]


def named(arm: str) -> str:
    """An arm in words, without the length of its tasks."""
    return ARMS[arm.partition(" ")[0]].label


def _success(table: Table) -> Iterator[Remark]:
    found = []
    for kind, length, _ in QUESTIONS:
        arm = f"{kind} {length}"
        of = ("success", "triples", "fours") if arm in ZERO_SHOT else ("success",)
        for tested, column in enumerate(of, start=length):
            values = at_budget(table, arm, column)
            if values:
                before = interval_or_none(untrained(table, arm, column))
                row = (named(arm), str(length), str(tested), interval_or_none(values), before)
                found.append(row if kind != "random" else (named(arm), "-", *row[2:4], None))
    columns = ("learner", "trained in", "tested in", "success", "untrained")
    if found:
        yield Remark("Percent of episodes solved, by landmarks.", columns, tuple(found), ".1f")


def _times(table: Table) -> Iterator[Remark]:
    found = []
    for kind, length, octaves in QUESTIONS:
        arm = f"{kind} {length}"
        steps = first(table, arm) if octaves else {}
        if steps:
            thousands = {replicate: value / 1000 for replicate, value in steps.items()}
            episodes = interval_or_none(first(table, arm, "episodes"))
            missing = str(round(sum(never(table, arm).values())))
            row = (named(arm), str(length), interval_or_none(thousands), episodes, missing)
            found.append(row)
    columns = ("learner", "landmarks", "1,000 steps", "episodes a task", "never")
    text = (
        "Until 95 % are solved, in the next evaluation, too; replicates that never get there "
        "count as at the end."
    )
    if found:
        yield Remark(text, columns, tuple(found), ".0f")


def _order(table: Table) -> Iterator[Remark]:
    shown = {"pairs": dearer(table), "triples, given options": dearer_triples(table)}
    rows = tuple((name, *_spread(values)) for name, values in shown.items() if values)
    columns = ("learned order in", "median times", "below 2", "2 to 10", "above 10", "never")
    text = (
        "Episodes until 95 % where the order is learned over those where it is told, by worlds; 0 "
        "where sketches never get there."
    )
    if rows:
        yield Remark(text, columns, rows, ".1f")


def _spread(values: Values) -> tuple[float | str, ...]:
    times = np.array([*values.values()])
    never = np.isinf(times)
    counts = (times < 2, (times >= 2) & (times <= 10), (times > 10) & ~never, never)
    median = float(np.median(times))
    return "never" if np.isinf(median) else median, *(str(count.sum()) for count in counts)


def _detours(table: Table) -> Iterator[Remark]:
    arms = [f"{kind} {length}" for kind, length, _ in QUESTIONS]
    found = [(named(arm), arm[-1], of_arm(table, arm, "excess")) for arm in arms]
    unseen = of_arm(table, ZERO_SHOT[0], "excess_triples")
    found.insert(1, (named(ZERO_SHOT[0]), "3, unseen", unseen))
    rows = tuple((*names, interval_or_none(values)) for *names, values in found if values)
    if rows:
        text = "Steps of solved episodes over the fewest moves, at the budget; each STOP is a step."
        yield Remark(text, ("learner", "landmarks", "steps"), rows, ".1f")


def _use(table: Table) -> Iterator[Remark]:
    shown = [f"{kind} {length}" for kind, length, _ in QUESTIONS if ARMS[kind].shared]
    found = {arm: collapsed(table, arm, USED) for arm in shown}
    rows = tuple(
        (named(arm), arm[-1], interval_or_none(values)) for arm, values in found.items() if values
    )
    if rows:
        text = (
            f"Percent of options with less than {USED:g} % of the steps at the end; told sketches "
            "use all equally often by construction."
        )
        yield Remark(text, ("learner", "landmarks", "collapsed"), rows, ".1f")
