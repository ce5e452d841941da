"""Where the CNN passes the human, what each change does to the MLP, and how much of the best test
score is selection."""

from collections.abc import Mapping

from labs.benchmark.grid import CHANGES, NAMES, NETS
from labs.benchmark.measures import best, changed, early, final
from labs.benchmark.published import HUMAN
from labs.kit.intervals import Interval, interval
from labs.kit.lab import Remark
from labs.kit.measures import Measure
from labs.kit.table import Table

Rows = tuple[tuple[str | Interval, ...], ...]


def remarks(table: Table) -> list[Remark]:
    """Three small tables, without the arms that `table` lacks."""
    found = (_crossing(table), _gains(table), _selection(table))
    return [remark for remark in found if remark.rows]


def _crossing(table: Table) -> Remark:
    sizes = sorted({row["examples"] for row in table if row["model"] == "cnn"})
    measures = {f"{n:,}": [final("cnn", examples=n)] for n in sizes if len(sizes) > 1}
    text = f"The CNN by training examples; the human reaches {HUMAN:.2f} %."
    return Remark(text, ("training examples", "test accuracy (%)"), _rows(table, measures), ".1f")


def _gains(table: Table) -> Remark:
    measures = {text: [changed(setting) - final("mlp")] for setting, text in CHANGES.items()}
    text = "What one change adds to the MLP, paired."
    return Remark(text, ("change", "gain (points)"), _rows(table, measures), "+.1f")


def _selection(table: Table) -> Remark:
    measures = {NAMES[m]: [early(m) - final(m), best(m) - early(m)] for m in NETS}
    text = "What early stopping on validation data adds, and what choosing on test data adds to it."
    columns = ("model", "early stopping (points)", "choosing on test (points)")
    return Remark(text, columns, _rows(table, measures), "+.1f")


def _rows(table: Table, measures: Mapping[str, list[Measure]]) -> Rows:
    found = {name: [measure(table) for measure in own] for name, own in measures.items()}
    return tuple(
        (name, *(interval(list(values.values())) for values in own))
        for name, own in found.items()
        if all(own)
    )
