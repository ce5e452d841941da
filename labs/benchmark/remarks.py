"""What a run says after its claims."""

from collections.abc import Iterator, Mapping, Sequence

from labs.benchmark.grid import CHANGES, NAMES, NETS, PLAIN, SOURCES
from labs.benchmark.measures import (
    best,
    changed,
    early,
    early_published,
    final,
    frozen,
    on_published,
)
from labs.benchmark.published import HUMAN
from labs.benchmark.spread import deviations
from labs.kit.intervals import Interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Measure
from labs.kit.table import Table


def remarks(table: Table) -> list[Remark]:
    """Where the CNN passes the human, what a change does to the MLP, how much is selection, and how
    far levels spread and by what."""
    said = (_crossing, _gains, _selection, _published, _frozen, _spread)
    return [remark for part in said for remark in part(table)]


def _crossing(table: Table) -> Iterator[Remark]:
    sizes = sorted(set(table.where(model="cnn", data=PLAIN).column("examples")))
    measures = {f"{n:,}": [final("cnn", examples=n)] for n in sizes if len(sizes) > 1}
    text = f"The CNN by training examples; the human reaches {HUMAN:.2f} %."
    yield _rows(table, text, ("training examples", "test accuracy (%)"), measures, ".1f")


def _gains(table: Table) -> Iterator[Remark]:
    measures = {text: [changed(setting) - final("mlp")] for setting, text in CHANGES.items()}
    yield _rows(table, "What one change adds to the MLP.", ("change", "gain (points)"), measures)


def _selection(table: Table) -> Iterator[Remark]:
    measures = {NAMES[m]: [early(m) - final(m), best(m) - early_published(m)] for m in NETS}
    text = (
        "What early stopping on validation data adds, and what choosing on the 1000 published test "
        "examples adds to it there."
    )
    columns = ("model", "early stopping (points)", "choosing on test (points)")
    yield _rows(table, text, columns, measures)


def _published(table: Table) -> Iterator[Remark]:
    measures = {
        f"{NAMES[m]}{', shuffled' * shuffled}": [on_published(m, shuffled), final(m, shuffled)]
        for shuffled in (False, True)
        for m in NETS
    }
    text = "Test accuracy (%) on the 1000 published examples of each data set, and on fresh ones."
    yield _rows(table, text, ("model", "published", "fresh"), measures, ".2f")


def _frozen(table: Table) -> Iterator[Remark]:
    measures = {NAMES[m]: [frozen(m), final(m)] for m in NETS}
    text = "Test accuracy (%) on the one published data set, over starts and orders, and on others."
    yield _rows(table, text, ("model", "published data set", "data drawn anew"), measures, ".2f")


def _spread(table: Table) -> Iterator[Remark]:
    found = {NAMES[model]: own for model, own in deviations(table).items()}
    names = next(iter(found.values()))
    sources = [name for name in names if name in SOURCES.values()]
    text = (
        "Standard deviation of a test accuracy (points) when one thing alone is drawn anew, of "
        "pairs that share the plain net: one odd net moves all its rows, and intervals take values "
        "as normal. No shares of the whole: rounding, and what things do together, count in each."
    )
    if sources:
        yield _deviations(text, found, sources)
    text = (
        "The same of rounding alone (preset crossed), of all three, and of the examples of a test "
        "set of 1000; the fresh 50,000 that measure the others have a seventh of it themselves."
    )
    yield _deviations(text, found, [name for name in names if name not in sources])


def _deviations(
    text: str, found: Mapping[str, Mapping[str, Interval | None]], names: Sequence[str]
) -> Remark:
    rows = [(model, *(own[name] for name in names)) for model, own in found.items()]
    return Remark(text, ("model", *names), tuple(row for row in rows if all(row)), ".2f")


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
