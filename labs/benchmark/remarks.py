"""What a run says after its claims."""

from collections.abc import Iterator, Mapping, Sequence

from labs.benchmark.grid import CHANGES, NAMES, NETS
from labs.benchmark.measures import best, changed, early, final
from labs.benchmark.published import HUMAN
from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Measure
from labs.kit.table import Table


def remarks(table: Table) -> list[Remark]:
    """Where the CNN passes the human, what a change does to the MLP, how much is selection."""
    return [*_crossing(table), *_gains(table), *_selection(table)]


def _crossing(table: Table) -> Iterator[Remark]:
    sizes = sorted({row["examples"] for row in table if row["model"] == "cnn"})
    measures = {f"{n:,}": [final("cnn", examples=n)] for n in sizes if len(sizes) > 1}
    text = f"The CNN by training examples; the human reaches {HUMAN:.2f} %."
    yield _rows(table, text, ("training examples", "test accuracy (%)"), measures, ".1f")


def _gains(table: Table) -> Iterator[Remark]:
    measures = {text: [changed(setting) - final("mlp")] for setting, text in CHANGES.items()}
    yield _rows(table, "What one change adds to the MLP.", ("change", "gain (points)"), measures)


def _selection(table: Table) -> Iterator[Remark]:
    measures = {NAMES[m]: [early(m) - final(m), best(m) - early(m)] for m in NETS}
    text = "What early stopping on validation data adds, and what choosing on test data adds to it."
    columns = ("model", "early stopping (points)", "choosing on test (points)")
    yield _rows(table, text, columns, measures)


def _rows(
    table: Table,
    text: str,
    columns: tuple[str, ...],
    measures: Mapping[str, Sequence[Measure]],
    form: str = "+.1f",
) -> Remark:
    found = {name: [measure(table) for measure in own] for name, own in measures.items()}
    rows = [(name, *map(interval_or_none, own)) for name, own in found.items() if all(own)]
    return Remark(text, columns, tuple(rows), form)
