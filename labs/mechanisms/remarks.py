"""What a run says after its claims."""

from collections.abc import Mapping

import numpy as np

from labs.kit.intervals import Interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Measure, Values
from labs.kit.table import Table
from labs.mechanisms.grid import COUNT, MECHANISMS, NEW, OLD
from labs.mechanisms.measures import changed, error, merged, new, of, read, wins

Row = tuple[str | float | Interval | None, ...]
MAIN, SHOWN = "competing", ("competing", "single", "told")


def remarks(table: Table) -> list[Remark]:
    """Small tables: what judges, arms, mechanisms, errors, mechanisms that are alike, the swap."""
    return [
        _learned(table),
        _arms(table),
        _read(table),
        _errors(table),
        _alike(table),
        _swap(table),
    ]


def _learned(table: Table) -> Remark:
    clean = {row["replicate"]: row["clean"] for row in table}
    found = {
        "classifiers read clean signals": clean,
        "critics tell clean from changed signals at the start": of(table, "apart", MAIN),
    }
    text = "Percent right of what judges the experts."
    return Remark(text, ("", "percent"), _rows(found), ".1f")


def _arms(table: Table) -> Remark:
    arms = dict.fromkeys((row["arm"], row["experts"]) for row in table)
    rows = [
        (
            f"{arm}, {experts}",
            interval_or_none(wins("matched", arm, experts)(table)),
            interval_or_none(wins("largest", arm, experts)(table)),
            _mean(wins("idle", arm, experts)(table)),
            interval_or_none(read(arm, experts=experts)(table)),
        )
        for arm, experts in arms
    ]
    text = (
        "Wins of matched experts and of the busiest, idle experts (below 2 % of wins), and what is "
        "read as a share of clean, by arm and number of experts; one of five has 0.2 by chance."
    )
    return Remark(text, ("arm", "matched", "busiest", "idle", "read"), tuple(rows), ".2f")


def _read(table: Table) -> Remark:
    rows: list[Row] = []
    for name in MECHANISMS:
        before = _mean(read(MAIN, "untreated", (name,))(table))
        after = [interval_or_none(read(arm, among=(name,))(table)) for arm in SHOWN]
        rows.append((name, before, *after))
    text = "Accuracy on what is given back, as a share of the clean accuracy."
    return Remark(text, ("mechanism", "untreated", *SHOWN), _filled(rows), ".2f")


def _errors(table: Table) -> Remark:
    rows: list[Row] = []
    for name in MECHANISMS:
        before = _mean(error(MAIN, name, "error_untreated")(table))
        after = [interval_or_none(error(arm, name)(table)) for arm in SHOWN]
        rows.append((name, before, *after))
    text = (
        "Squared distance to the clean signal, relative to its variance; of slopes the mean of the "
        "signal is lost, the other mechanisms can be undone."
    )
    return Remark(text, ("mechanism", "untreated", *SHOWN), _filled(rows), ".2f")


def _alike(table: Table) -> Remark:
    found = {arm: merged(arm)(table) for arm in (MAIN, "random", "paper", "untrained", "fixed")}
    text = "Wins of matched experts where gain and square, which both shrink signals, count as one."
    return Remark(text, ("arm", "matched"), _rows(found), ".2f")


def _swap(table: Table) -> Remark:
    measures: Mapping[str, Measure] = {
        "as they were": new("swap_before"),
        "one refitted": new(),
        "all trained anew": new("anew"),
    }
    differ = sum(changed()(table).values())
    text = (
        f"{OLD.capitalize()} swapped for {NEW}: what is read of it as a share of clean. Of the "
        f"other {COUNT - 1} experts' outputs {differ:,.0f} numbers differ."
    )
    found = {name: measure(table) for name, measure in measures.items()}
    return Remark(text, ("experts", "read"), _rows(found), ".2f")


def _rows(found: Mapping[str, Values]) -> tuple[Row, ...]:
    return tuple((name, interval_or_none(values)) for name, values in found.items() if values)


def _filled(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if any(entry is not None for entry in row[1:]))


def _mean(values: Values) -> float | None:
    return float(np.mean([*values.values()])) if values else None
