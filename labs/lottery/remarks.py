"""What a run of the lottery says after its claims. Nothing here is judged."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from labs.kit.intervals import Interval, interval
from labs.kit.lab import Remark
from labs.kit.measures import Values, minus
from labs.kit.table import Table
from labs.lottery.masks import LENGTHS, per_place
from labs.lottery.measures import SETTLED, found, gain, new, own, sweep, transferred
from labs.lottery.published import NEIGHBOURS, NEW_DATA, SIZES, SWEEP

POINTS = "+.1f"
PLACES = 10_000
REORDERED = {  # order of the positions: which of the 39 pairs of neighbours it keeps
    "flipped": "all, reversed",
    "chunks": "38",
    "shuffled": "about 2",
}


def remarks(table: Table) -> list[Remark]:
    """What was shortened and whether training is finished, where tickets peak and lose, what
    neighbours do and do not explain, and what was published outside our intervals."""
    parts = (
        _shortened,
        _finished,
        _peak,
        _nothing_left,
        _beyond_neighbours,
        _symmetry,
        _neighbours,
        _kept,
        _outside,
    )
    return [remark for part in parts for remark in part(table)] if len(table) else []


def _shortened(table: Table) -> Iterator[Remark]:
    row = table.rows[0]
    levels, ticket = row["levels"], row["ticket"]
    ours = {**row, "levels": len(levels), "rounds to the ticket": levels.index(ticket)}
    rows = tuple((name, ours[name], size) for name, size in SIZES.items() if ours[name] < size)
    if rows:
        yield Remark("Smaller than published.", ("setting", "here", "published"), rows)


def _finished(table: Table) -> Iterator[Remark]:
    rows = []
    for arm in ("dense", "lottery"):
        trained = transferred(table, "original", "rewound", arm)
        if not len(trained):
            return
        moved = [curve[-1] - curve[(len(curve) - 1) // 2] for curve in trained.column("curve")]
        rows.append((arm, interval(trained.column("train_accuracy")), interval(moved)))
    yield Remark(
        "Is training on new data finished? Training accuracy at its end, and what its last half "
        "adds to test accuracy.",
        ("network", "training accuracy (%)", "last half (points)"),
        tuple(rows),
        ".1f",
    )


def _peak(table: Table) -> Iterator[Remark]:
    levels = sorted(
        set(table.where(data="own", order="original", arm="lottery").column("sparsity"))
    )
    scores = {level: sweep("lottery", level, level)(table) for level in levels}
    dense = own("dense")(table)
    if not dense or not scores:
        return
    best = max(levels, key=lambda level: np.mean([*scores[level].values()]))
    below = [s for s in levels if s > best and sum(minus(scores[s], dense).values()) < 0]
    falls = (
        f"first falls below the dense net at {_percent(below[0])}"
        if below
        else "never falls below it"
    )
    yield Remark(
        f"The lottery is best with {_percent(best)} masked, a level chosen on the test data; past "
        f"that it {falls}.",
        ("network", "test accuracy (%)"),
        (
            ("dense", _interval(dense)),
            (f"lottery, {_percent(best)} masked", _interval(scores[best])),
        ),
        ".1f",
    )


def _nothing_left(table: Table) -> Iterator[Remark]:
    if 1.0 in table.column("sparsity"):
        yield Remark("At 100 % no weight is left: all classes are equally likely, loss is ln 10.")


def _beyond_neighbours(table: Table) -> Iterator[Remark]:
    rows = []
    for order, kept in REORDERED.items():
        lost = (gain("original") - gain(order))(table)
        over_random = gain(order, over="random")(table)
        if not lost or not over_random:
            return
        rows.append((order, kept, _interval(lost), _interval(over_random)))
    yield Remark(
        "What another order of the positions takes from the ticket's gain over the dense net, and "
        "its gain over a random mask, which on shuffled data is no matter of neighbours.",
        ("new data", "pairs kept of 39", "taken (points)", "over random (points)"),
        tuple(rows),
        POINTS,
    )


def _symmetry(table: Table) -> Iterator[Remark]:
    orders = {"in order": "original", "shuffled": "shuffled"}
    gains = {n: (own("lottery", o) - own("dense", o))(table) for n, o in orders.items()}
    if all(gains.values()):
        yield Remark(
            "A check: initial weights know no order of the positions, so a ticket should gain as "
            "much over the dense net on shuffled data, where it is found on them.",
            ("found and trained on data", "gain (points)"),
            tuple((name, _interval(values)) for name, values in gains.items()),
            POINTS,
        )


def _neighbours(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for arm in ("random", "lottery"):
        masks = found(table, arm)
        if not len(masks):
            return
        shares = [PLACES * per_place(np.array(row["runs"]), row["mask"]) for row in masks]
        rows.append((arm, *map(interval, zip(*shares, strict=True))))
    for (arm, year), published in NEIGHBOURS.items():
        rows.append((f"{arm}, {year}", *(PLACES * share for share in published)))
    yield Remark(
        f"Neighbours that are kept, of {PLACES:,} places; published ones are of one mask each, and "
        "the lottery's of 4 are too low.",
        ("mask", *(f"{n} in a row" for n in LENGTHS)),
        tuple(rows),
        ".3g",
    )


def _kept(table: Table) -> Iterator[Remark]:
    rows = []
    for arm in ("random", "lottery"):
        masks = found(table, arm)
        if not len(masks):
            return
        weights = [100 * row["mask"].mean() for row in masks]
        biases = [row["live"]["first"] - row["mask"].sum() for row in masks]
        rows.append((arm, interval(weights), interval(biases)))
    yield Remark(
        "Densities of the first layer differ, because its biases count with its weights.",
        ("mask", "weights kept (%)", "biases kept"),
        tuple(rows),
        ".1f",
    )


def _outside(table: Table) -> Iterator[Remark]:
    rows = tuple(
        (*where, f"{published:g}", *(_or_none(ours.get(start)) for start in ("rewound", "fresh")))
        for where, published, ours in _compared(table)
        if any(_excludes(values, published) for values in ours.values())
    )
    if rows and not SETTLED(table):
        yield Remark(
            "Published accuracies outside our 95 % intervals; those of 2024 are of two runs, about "
            "1 point uncertain, and likely all with fresh initial weights.",
            ("data", "arm", "year", "published (%)", "rewound (%)", "fresh (%)"),
            rows,
            ".1f",
        )


def _compared(
    table: Table,
) -> Iterator[tuple[tuple[str, str, str], float, Mapping[str, Values]]]:
    # Data, arm and year; what was published; our values for the starts that it may be of.
    for (order, start), years in NEW_DATA.items():
        place = f"new, {order}" if start == "rewound" else f"new, {order}, {start}"
        for year, published in years.items():
            starts = (start,) if year == 2020 else dict.fromkeys((start, "fresh"))
            for arm, value in zip(("dense", "random", "lottery"), published, strict=True):
                yield (place, arm, str(year)), value, {s: new(order, s, arm)(table) for s in starts}
    for arm, levels in SWEEP.items():
        for level, value in levels.items():
            ours = {"rewound": sweep(arm, level - 0.005, level + 0.005)(table)}
            yield (f"own, {_percent(level)} masked", arm, "2024"), value, ours


def _excludes(values: Values, published: float) -> bool:
    if len(values) < 2:
        return False
    _, low, high = _interval(values)
    return not low <= published <= high


def _or_none(values: Values | None) -> Interval | None:
    return _interval(values) if values else None


def _interval(values: Values) -> Interval:
    return interval([*values.values()])


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
