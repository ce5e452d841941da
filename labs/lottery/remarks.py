"""What a run says after its claims."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from labs.kit.intervals import interval
from labs.kit.lab import Remark
from labs.kit.measures import minus, shared
from labs.kit.table import Table
from labs.lottery.grid import ORDERS, VARIED
from labs.lottery.masks import LENGTHS, per_place
from labs.lottery.measures import (
    found,
    gain,
    new,
    on_upstreams,
    own,
    spread,
    sweep,
    transferred,
)
from labs.lottery.published import DENSE, NEIGHBOURS, NEW_DATA, SIZES

POINTS = "+.1f"
PLACES = 10_000
REORDERED = {  # order of the positions: which of the 39 pairs of neighbours it keeps
    "flipped": "all, reversed",
    "chunks": "38",
    "shuffled": "about 2",
}
SMALL = "accuracy_1000"
MASKS = ("random", "lottery", "random weights", "weights")
Rows = list[tuple[Any, ...]]


def remarks(table: Table) -> list[Remark]:
    """What was shortened and whether training is finished, where tickets peak and lose, and what
    neighbours do and do not explain."""
    parts = (
        *(_shortened, _dense, _level, _finished, _peak, _reordered, _symmetry, _neighbours, _kept),
        *(_biases, _test_noise, _crossed),
    )
    return [remark for part in parts for remark in part(table)]


def _shortened(table: Table) -> Iterator[Remark]:
    for row in table.rows[:1]:
        levels, ticket = row["levels"], row["ticket"]
        ours = {**row, "levels": len(levels), "rounds to the ticket": levels.index(ticket)}
        rows = tuple((name, ours[name], size) for name, size in SIZES.items() if ours[name] < size)
        yield Remark("Smaller than published.", ("setting", "here", "published"), rows)


def _dense(table: Table) -> Iterator[Remark]:
    levels = {"where tickets are found": (own("dense"), DENSE)} | {
        f"new, {order}": (new(order, start, "dense"), years[2024][0])
        for (order, start), years in NEW_DATA.items()
        if start == "rewound"
    }
    found = [(words, measure(table), published) for words, (measure, published) in levels.items()]
    yield Remark(
        "The dense net beside that of 2024, the mean of two runs on one data set, the same in all "
        "orders, with one test set of 1000 examples, by whose luck the means of new data are high "
        "or low together.",
        ("data", "test accuracy (%)", "2024 (%)"),
        tuple((words, interval([*own.values()]), year) for words, own, year in found if own),
        ".1f",
    )


def _level(table: Table) -> Iterator[Remark]:
    rows: Rows = []
    for order in ORDERS:
        nets = on_upstreams(table, order)
        levels = [nets.column(column) for column in (SMALL, "test_accuracy")]
        published, *_ = NEW_DATA[order, "rewound"][2024]
        rows += [(order, *map(interval, levels), published)] if all(levels) else []
    yield Remark(
        "The dense net on the very data that 2024 has as new ones (seed 43, the same in every "
        "replicate but for the permutation): on their 1000 test examples, as there, and on fresh "
        "ones of the same kind.",
        ("order", "on the 1000 (%)", "fresh (%)", "2024 (%)"),
        tuple(rows),
        ".1f",
    )


def _finished(table: Table) -> Iterator[Remark]:
    rows: Rows = []
    for arm in ("dense", "lottery"):
        trained = transferred(table, "original", "rewound", arm)
        moved = [curve[-1] - curve[(len(curve) - 1) // 2] for curve in trained.column("curve")]
        accuracy = trained.column("train_accuracy")
        rows += [(arm, interval(accuracy), interval(moved))] if moved else []
    yield Remark(
        "Is training on new data finished? Training accuracy at its end, and what its last half "
        "adds to test accuracy.",
        ("network", "training accuracy (%)", "last half (points)"),
        tuple(rows),
        ".1f",
    )


def _peak(table: Table) -> Iterator[Remark]:
    search = table.where(data="own", order="original", arm="lottery", varied="all")
    levels = sorted(set(search.column("sparsity")))
    scores = {level: sweep("lottery", level, level)(table) for level in levels}
    dense = own("dense")(table)
    if not dense or not scores:
        return
    best = max(levels, key=lambda level: np.mean([*scores[level].values()]))
    below = [s for s in levels if s > best and sum(minus(scores[s], dense).values()) < 0]
    masked = f"{100 * best:.3g} % masked"
    falls = f"first at {100 * below[0]:.3g} %" if below else "at none"
    higher = f"; of the higher levels it falls below the dense net {falls}" * (best < levels[-1])
    yield Remark(
        f"The lottery is best with {masked}, a level chosen on the test data{higher}.",
        ("network", "test accuracy (%)"),
        (("dense", interval(dense)), (f"lottery, {masked}", interval(scores[best]))),
        ".1f",
    )


def _reordered(table: Table) -> Iterator[Remark]:
    rows: Rows = []
    for order, kept in REORDERED.items():
        lost = (gain("original") - gain(order))(table)
        over_random = gain(order, over="random")(table)
        if lost and over_random:
            rows.append((order, kept, interval(lost), interval(over_random)))
    yield Remark(
        "What another order of the positions takes from the ticket's gain over the dense net, and "
        "its gain over a random mask, which on shuffled data is no matter of neighbours.",
        ("new data", "pairs kept of 39", "taken (points)", "over random (points)"),
        tuple(rows),
        POINTS,
    )


def _symmetry(table: Table) -> Iterator[Remark]:
    if values := (own("lottery", "shuffled") - own("dense", "shuffled"))(table):
        yield Remark(
            "A check: initial weights know no order of the positions, so a ticket that is found on "
            "shuffled data should gain as much there as in order (L1).",
            ("found and trained on data", "gain (points)"),
            (("shuffled", interval(values)),),
            POINTS,
        )


def _neighbours(table: Table) -> Iterator[Remark]:
    rows: Rows = []
    for arm in ("random", "lottery"):
        shares = [PLACES * per_place(np.array(r["runs"]), r["mask"]) for r in found(table, arm)]
        rows += [(arm, *map(interval, zip(*shares, strict=True)))] if shares else []
    for (arm, year), published in NEIGHBOURS.items() if rows else ():
        rows.append((f"{arm}, {year}", *(PLACES * share for share in published)))
    yield Remark(
        f"Neighbours that are kept, of {PLACES:,} places; published ones are of one mask each, and "
        "the lottery's of 4 are too low.",
        ("mask", *(f"{n} in a row" for n in LENGTHS)),
        tuple(rows),
        ".3g",
    )


def _kept(table: Table) -> Iterator[Remark]:
    rows: Rows = []
    for arm in MASKS:
        masks = found(table, arm)
        weights = [100 * row["mask"].mean() for row in masks]
        biases = [row["live"]["first"] - row["mask"].sum() for row in masks]
        rows += [(arm, interval(weights), interval(biases))] if weights else []
    yield Remark(
        "What is kept of the first layer: biases count with its weights, but where weights alone "
        "are masked.",
        ("mask", "weights kept (%)", "biases kept"),
        tuple(rows),
        ".1f",
    )


def _biases(table: Table) -> Iterator[Remark]:
    accuracy = {arm: own(arm)(table) for arm in MASKS}
    if all(accuracy.values()):
        rows: Rows = []
        for kept, random, ticket in zip(
            ("most masked", "all live"), MASKS[::2], MASKS[1::2], strict=True
        ):
            lead = minus(accuracy[ticket], accuracy[random])
            rows.append(
                (kept, *(interval(accuracy[arm]) for arm in (random, ticket)), interval(lead))
            )
        yield Remark(
            "What biases do, 92 % masked: test accuracy (%) on the data of the search, and the "
            "ticket's lead (points).",
            ("biases", "random mask", "ticket", "lead"),
            tuple(rows),
            ".1f",
        )


def _test_noise(table: Table) -> Iterator[Remark]:
    rows: Rows = []
    arms = ("dense", "lottery")
    for data, (dense, ticket) in {
        "own": [found(table, arm) for arm in arms],
        "new": [transferred(table, "original", "rewound", arm) for arm in arms],
    }.items():
        gains = [minus(ticket.values(c), dense.values(c)) for c in (SMALL, "test_accuracy")]
        blocks = minus_blocks(ticket.values("block_accuracy"), dense.values("block_accuracy"))
        if len(blocks) > 1:
            noise = np.sqrt(np.mean([np.var(b, ddof=1) for b in blocks]))
            means = [interval([*g.values()]) for g in gains]
            spreads = [own.mean for own in map(spread, gains) if own]
            rows.append((data, *means, *spreads, noise))
    yield Remark(
        "The ticket's gain (points) on the 1000 test examples of the data set and on fresh ones: "
        "mean, deviation over replicates, and the deviation that another 1000 alone make.",
        ("data", "on 1000", "fresh", "deviation", "fresh", "of 1000 alone"),
        tuple(rows),
        ".2f",
    )


def _crossed(table: Table) -> Iterator[Remark]:
    rows: Rows = []
    for varied, words in VARIED.items():
        dense, ticket = (found(table, arm, varied=varied) for arm in ("dense", "lottery"))
        gains = minus(ticket.values("test_accuracy"), dense.values("test_accuracy"))
        if len(gains) > 1:
            levels = [spread(part.values("test_accuracy")) for part in (dense, ticket)]
            rows.append((words, *levels, spread(gains), len(gains)))
    if len(rows) > 1:
        yield Remark(
            "Where spread comes from: deviation over replicates (points) of the dense net, the "
            "ticket and its gain, where all is redrawn or one thing alone (data with test sets and "
            "order); the rest is replicate 0's. For rounding its hidden units change places. No "
            "shares: each row has rounding in it.",
            ("redrawn", "dense", "ticket", "gain", "replicates"),
            tuple(rows),
            ".2f",
        )


def minus_blocks(a: Mapping[int, Sequence[float]], b: Mapping[int, Sequence[float]]) -> list[Any]:
    """Differences block by block, of the replicates that have both."""
    return [np.subtract(a[r], b[r]) for r in shared(a, b)]
