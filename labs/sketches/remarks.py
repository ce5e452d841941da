"""What a run says after its claims."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labs.data.mnist1d import LENGTH
from labs.kit.intervals import Interval, interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Measure
from labs.kit.table import Table
from labs.sketches.claims_of_uses import DAY, RIVALS, YEAR
from labs.sketches.config import ASKED, AVERAGED, ENCODINGS, OTHERS, SUMS, UNCUT
from labs.sketches.measures import at

Rows = tuple[tuple[str | float | Interval | None, ...], ...]


def remarks(table: Table) -> list[Remark]:
    """What the claims do not show: all tables of digits, the year by method, where a sketch leads,
    what is recovered of a network, what a CNN's sketches hold, and how long a sketch is."""
    parts = (_digits, _seen_otherwise, _networks, _year, _leads, _recovery, _cnn, _length)
    return [remark for part in parts for remark in part(table)]


def _sizes(table: Table, **where: object) -> list[int]:
    return sorted(set(table.where(**where).column("d")) - {UNCUT})


def _rows(table: Table, names: Mapping[str, Sequence[Measure]]) -> Rows:
    """A row for every name of which something was measured, an interval for every measure."""
    found = ((name, [measure(table) for measure in all_]) for name, all_ in names.items())
    return tuple(
        (name, *(interval_or_none(values) for values in row)) for name, row in found if any(row)
    )


def _means(table: Table, names: Mapping[str, Sequence[Measure]]) -> Rows:
    """The same with a mean in place of every interval."""
    return tuple(
        (row[0], *(cell.mean if isinstance(cell, Interval) else cell for cell in row[1:]))
        for row in _rows(table, names)
    )


def _digits(table: Table) -> Iterator[Remark]:
    columns = {"histogram": "all counts", "slot": "slot", "waveform": "waveform, rms"}
    columns["nearest"] = "nearest"
    who = {"scenes": "known", "trained scenes": "trained"}
    for k in (3, 5):
        rows = {
            f"{d:,} {label}": [at(name, question, objects=k, d=d) for name in columns]
            for d in _sizes(table, question="scenes")
            for question, label in who.items()
        }
        text = f"Scenes of {k} digits by numbers of a sketch: shares that are right, by modules "
        text += "that know the digits and by a trained network."
        yield Remark(text, ("", *columns.values()), _means(table, rows), ".3f")


def _seen_otherwise(table: Table) -> Iterator[Remark]:
    text = "Scenes of three digits, a prefix of a sketch: shares that are right."
    cut = table.where(question="cut scenes")
    keeps = sorted(set(cut.column("keep")))
    rows = {
        f"{keep:,}": [at(name, q, keep=keep) for name in ("histogram", "slot") for q in CUT]
        for keep in keeps
    }
    heads = ("numbers left", "counts, known", "trained", "slot, known", "trained")
    yield Remark(text, heads, _means(table, rows), ".3f")
    text = "The mean of many sketches: error of a digit's count per scene."
    rows = {
        f"{many:,}": [
            at("error", "average", arm="of digits", together=many),
            at("error", "trained average", arm="of digits", together=many),
        ]
        for many in AVERAGED
    }
    yield Remark(text, ("scenes", "known", "trained"), _rows(table, rows), ".3f")
    rows = {
        f"{d:,}": [
            at(name, f"{seer}{question}", d=d, **arm)
            for name, question, arm in FOUND
            for seer in ("", "trained ")
        ]
        for d in _sizes(table, question="retrieval")
    }
    columns = ("numbers", "Spearman", "trained", "top ten", "trained", "purity", "trained")
    text = "Retrieval (digits shared by the ten best), and purity of new concepts that are read."
    yield Remark(text, columns, _means(table, rows), ".3f")


CUT = ("cut scenes", "trained cut scenes")
FOUND: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("spearman", "retrieval", {}),
    ("top", "retrieval", {}),
    ("purity", "concepts", {"arm": "recovered"}),
)


def _networks(table: Table) -> Iterator[Remark]:
    d = max(_sizes(table, question="trained scenes"), default=0)
    scenes: dict[str, Any] = {"question": "trained scenes", "d": d}
    rows = {
        f"{k} digits": [at(f"network_{name}", objects=k, **scenes) for name in NETWORK]
        for k in (1, 3, 5)
    }
    read = at("own_accuracy", objects=1, **scenes)(table)
    if read:
        mean, low, high = interval(read)
        tested = max(table.where(question="trained scenes", objects=1).column("tested"))
        text = f"Of {tested:,} fresh signals a trained network reads {mean:.1f} % right "
        yield Remark(f"{text}({low:.1f} to {high:.1f}).")
    text = "What the trained network saw, before any sketch: shares that are right."
    yield Remark(text, ("", *NETWORK.values()), _rows(table, rows), ".3f")


NETWORK = {"histogram": "all counts", "slot": "slot", "waveform": "waveform, rms"}
METHODS = {
    "sketch": "sketch",
    "solved": "sketch, solved",
    "scenes": "sample of raw scenes",
    "objects": "sample of outputs",
    "labels": "sample of labels (told)",
    "average": "average of outputs (told; 130 numbers)",
    "counters": "count sketch (told)",
    "null": "nothing kept",
}


def _year(table: Table) -> Iterator[Remark]:
    for d in (*sorted(DAY.values()), YEAR):
        for question, seen in (("year", ""), ("trained year", ", seen by a trained network")):
            rows = {
                label: [at(name, question, arm=method, d=d) for name in ASKED]
                for method, label in METHODS.items()
            }
            text = f"A year in {d:,} numbers{seen} (alike and third: every day in as many): errors."
            yield Remark(text, ("", *ASKED), _means(table, rows), ".4f")


def _leads(table: Table) -> Iterator[Remark]:
    sizes = _sizes(table, question="year")
    rows = tuple(
        (f"{label}, {question}", *(_from(table, sizes, question, m, rival) for rival in RIVALS))
        for m, label in (("sketch", "sketch"), ("solved", "sketch, solved"))
        for question in ASKED
        if sizes
    )
    text = "Numbers at which a sketch's mean error is below that of a sample of as many."
    yield Remark(text, ("", *(METHODS[rival] for rival in RIVALS)), rows)


def _from(table: Table, sizes: Sequence[int], question: str, method: str, rival: str) -> str:
    leads = []
    for d in sizes:
        lead = at(question, "year", arm=rival, d=d) - at(question, "year", arm=method, d=d)
        values = lead(table).values()
        if values and sum(values) > 0:
            leads.append(d)
    if leads == list(sizes):
        return "all"
    return ", ".join(f"{d:,}" for d in leads) or "none"


def _recovery(table: Table) -> Iterator[Remark]:
    found = table.where(question="recovery")
    keys = sorted({(row["arm"], row["share"], row["sketches"]) for row in found})
    rows = {
        f"{n:,} {arm}, {100 * share:g}%": [
            at(name, "recovery", arm=arm, share=share, sketches=n) for name in RECOVERED
        ]
        for arm, share, n in keys
    }
    text = "Columns of a network's modules from sketches alone (share of blocks), and its wiring."
    yield Remark(text, ("", *RECOVERED.values()), _means(table, rows), ".3f")
    counts = sorted(set(table.where(question="other recovery").column("sketches")))
    others = {
        f"{n:,} {name}": [at("columns", "other recovery", arm=name, sketches=n)]
        for n in counts
        for name in OTHERS
    }
    text = "Columns that other methods find, told how many there are."
    yield Remark(text, ("", "columns"), _rows(table, others), ".3f")
    told = {arm: [at(name, "known activities", arm=arm) for name in KNOWN] for arm in SUMS}
    text = "Least squares of 104 sketches where it is known what fired, and how strongly."
    yield Remark(text, ("", *KNOWN.values()), _means(table, told), ".3g")


RECOVERED = {
    "columns": "columns",
    "ceiling": "ceiling",
    "atoms": "atoms",
    "correlation": "corr.",
    "counts_known": "counts",
    "placed": "placed",
    "placed_by_chance": "chance",
    "grouped": "both",
}
KNOWN = {
    "columns": "columns",
    "unexplained": "unexplained",
    "determined": "determined",
    "largest_error": "their error",
}


def _cnn(table: Table) -> Iterator[Remark]:
    for name, title, form in (
        ("accuracy", "accuracy of a linear probe (%)", ".1f"),
        ("class_auc", "AUC of telling pairs of one class by their cosine", ".3f"),
    ):
        rows = {
            f"{label}, {'all numbers' if d == UNCUT else f'{d:,} numbers'}": [
                at(name, question, arm=encoding, d=d) for encoding in ENCODINGS
            ]
            for question, label in (("cnn", "trained"), ("untrained cnn", "untrained"))
            for d in [*_sizes(table, question=question), UNCUT]
        }
        columns = ("", "sketch", "both layers", "last layer", "objects without places")
        yield Remark(f"A CNN's channels: {title}.", columns, _means(table, rows), form)


def _length(table: Table) -> Iterator[Remark]:
    shares = {
        d: at("histogram", "scenes", objects=3, d=d)(table).values()
        for d in _sizes(table, question="scenes")
    }
    right = [d for d, values in shares.items() if values and sum(values) > 0.5 * len(values)]
    days = max(table.where(question="year").column("days"), default=0)
    if right and days:
        yield Remark(
            f"A small scene is shorter than its sketch: three digits are {3 * LENGTH} input "
            f"numbers, and it takes {min(right):,} to have all ten counts right in most scenes. A "
            f"sketch saves where scenes share one: the {days} days above are "
            f"{days * 12 * LENGTH:,} input numbers."
        )
