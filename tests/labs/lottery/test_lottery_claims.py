"""The lottery's claims and remarks, on scores that are made up."""

from dataclasses import replace

import numpy as np
import pytest

from labs.kit import texts
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.lottery import claims, grid, published, remarks


def record(**measured):
    """A record with a network that guesses, and what is given."""
    chances = dict.fromkeys(("test_accuracy", "train_accuracy"), 10.0)
    losses = dict.fromkeys(("test_loss", "train_loss"), np.log(10))
    rest = {"step": [1], "curve": [10.0], "live": {"first": 300}}
    return grid.Record(**losses | chances | rest | measured)


def results(preset="full", **columns):
    """Rows of six replicates of a preset's grid, with the given columns."""
    cells = grid.cells(replace(grid.PRESETS[preset], replicates=6))
    made = ({name: make(cell) for name, make in columns.items()} for cell in cells)
    return Table(row(c, record(**m)) for c, m in zip(cells, made, strict=True))


def synthetic(scores, preset="full"):
    """A grid with scores of (order, start, arm) on new data, a little noise, and planted runs."""
    noise = np.random.default_rng(0)

    def accuracy(cell):
        own = {"lottery": 74 if cell.sparsity < 0.975 else 64.2, "dense": 64}
        level = own if cell.data == "own" else scores
        key = cell.arm if cell.data == "own" else (cell.order, cell.start, cell.arm)
        return level.get(key, 58) + noise.normal(scale=0.05)

    def runs(cell):
        planted = cell.arm == "lottery" and cell.order == "original"
        return [(1.6 if planted else 1.0) * n + noise.normal(scale=0.01) for n in (90, 30, 9)]

    return results(
        preset,
        test_accuracy=accuracy,
        runs=runs,
        runs_put_back=lambda cell: [130 + noise.normal(), 60, 30],
        chance=lambda cell: [90, 30, 9],
        stricter_chance=lambda cell: [95, 33, 10],
        mask=lambda cell: np.zeros((40, 500), bool),
        train_accuracy=lambda cell: 98.5 if cell.arm == "dense" else 100.0,
        curve=lambda cell: [50.0, 60.0, 60.5, 61.0],
    )


def as_published(year):
    table = {}
    for (order, start), years in published.NEW_DATA.items():
        dense, random, lottery = years.get(year, years[2024])
        table |= {(order, start, "dense"): dense, (order, start, "random"): random}
        table |= {(order, start, "lottery"): lottery}
    return table | {("flipped", "fresh", "dense"): 63.05, ("flipped", "fresh", "lottery"): 62.8}


def verdicts(table):
    return {verdict.id: verdict.verdict for verdict in judge(claims.CLAIMS, table)}


def test_claims_hold_on_the_figure_of_2020():
    scores = as_published(2020) | {("chunks", "rewound", "lottery"): 65}
    judged = verdicts(synthetic(scores))
    assert {i for i, v in judged.items() if v != "holds"} == {"L7-fresh"}
    assert judged["L7-fresh"] == "contradicted"


def test_claims_see_what_the_stored_outputs_of_2024_contradict():
    judged = verdicts(synthetic(as_published(2024)))
    against = {i for i, v in judged.items() if v == "contradicted"}
    assert against == {"L4-level", "L7", "L7-fresh", "L7-level", "L10-shuffled"}


def test_levels_are_not_judged_after_a_shorter_training_and_directions_are():
    judged = judge(claims.CLAIMS, synthetic(as_published(2020), "quick"))
    gated = {v.id: v.reason for v in judged if v.verdict == "not judged"}
    levels = {"L1", "L2", "L2-nested", "L3-98", "L4-level", "L7-level"}
    assert gated == dict.fromkeys(levels, "300 of 1,501 steps")
    assert {v.verdict for v in judged if v.id in ("L3-96", "L4", "L9", "L11-p2")} == {"holds"}
    config = replace(grid.PRESETS["full"], replicates=1, transfer_steps=999)
    cells = Table(row(cell, record()) for cell in grid.cells(config))
    assert (claims.other_ticket(cells), claims.SETTLED(cells)) == (
        "",
        "999 of 1,000 transfer steps",
    )


@pytest.mark.parametrize(("ticket", "reason"), [(0.8, "ticket of 0.8, not 0.92"), (91 / 99, "")])
def test_gains_are_those_of_the_ticket_with_92_percent_masked(ticket, reason):
    config = replace(grid.PRESETS["full"], replicates=1, levels=(0.0, ticket), ticket=ticket)
    cells = Table(row(cell, record()) for cell in grid.cells(config))
    assert claims.other_ticket(cells) == reason


def test_neighbours_cannot_be_fewer_than_none():
    few = results(
        runs=lambda cell: [4 * (cell.replicate == 0)] * 3,
        runs_put_back=lambda cell: [0] * 3,
        chance=lambda cell: [1.0, 1.0, 1.0 * (cell.replicate > 0)],
        stricter_chance=lambda cell: [1.0] * 3,
    )
    judged = {verdict.id: verdict for verdict in judge(claims.CLAIMS, few)}
    assert (judged["L11-p3"].low, judged["L11-p3"].low_95) == (0, 0)
    assert judged["L11-p4"].n == 5  # chance gives none in one of them
    assert judged["L11-put-back"].low is None  # all are equal


def test_claims_do_not_hold_where_nothing_is():
    noise = np.random.default_rng(3)
    ones = {"chance": lambda cell: [90, 30, 9], "stricter_chance": lambda cell: [90, 30, 9]}
    flat = results(
        test_accuracy=lambda cell: 64 + noise.normal(),
        runs=lambda cell: list(np.array([90, 30, 9]) * (1 + noise.normal(scale=0.03))),
        runs_put_back=lambda cell: [90 * (1 + noise.normal(scale=0.03))] * 3,
        **ones,
    )
    held = {i for i, verdict in verdicts(flat).items() if verdict == "holds"}
    assert held <= {"L3-98", "L11-shuffled"}


def means(remark):
    """The rows of a remark, with the means of their intervals."""
    return [tuple(item[0] if isinstance(item, tuple) else item for item in r) for r in remark.rows]


def about(*row):
    return pytest.approx(row, abs=0.1)


def test_remarks_say_what_claims_do_not():
    said = remarks.remarks(synthetic(as_published(2024)))
    shortened, finished, peak, reordered, symmetry, neighbours, kept = said
    assert means(shortened) == [
        ("transfer_steps", 1000, 6000),
        ("levels", 11, 100),
        ("rounds to the ticket", 5, 91),
    ]
    assert means(finished) == [about("dense", 98.5, 1), about("lottery", 100, 1)]
    assert "falls below the dense net at none" in peak.text
    assert tuple(accuracy for _, accuracy in means(peak)) == about(64, 74)
    assert means(reordered)[1:] == [
        about("chunks", "38", 3.9, 2.65),
        about("shuffled", "about 2", 2.6, 2.1),
    ]
    assert means(symmetry) == [about("shuffled", 10)]
    assert means(neighbours)[0] == about("random", 46.15, 15.8, 4.9)
    assert means(neighbours)[-1] == about("lottery, 2024", 93, 23.5, 3)
    assert means(kept) == [about("random", 0, 300), about("lottery", 0, 300)]
    assert texts.said(remarks.remarks(Table([]))) == []
