"""The lottery's claims and remarks, on scores that are made up."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from labs.kit import texts
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.lottery import claims, grid, published, remarks


def record(**measured):
    """A record with a network that guesses, and what is given."""
    chances = dict.fromkeys(("test_accuracy", "train_accuracy", "accuracy_1000"), 10.0)
    losses = dict.fromkeys(("test_loss", "train_loss"), np.log(10))
    rest = {"step": [1], "curve": [10.0], "live": {"first": 300}, "block_accuracy": [9.0, 11.0]}
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
        ticket = 74 if cell.sparsity < 0.975 else 64.2
        own = {"lottery": ticket, "weights": ticket, "rounds": ticket + 1, "dense": 64}
        level = own if cell.data == "own" else scores
        name = {"weights": "lottery"}.get(cell.arm, cell.arm)
        key = cell.arm if cell.data == "own" else (cell.order, cell.start, name)
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
    assert {i for i, v in judged.items() if v != "holds"} == {"L7-fresh", "L12-own", "L12-new"}
    assert judged["L7-fresh"] == "contradicted"


def test_tickets_of_many_rounds_are_judged_where_they_are():
    scores = {("original", "rewound", arm): 64 for arm in ("dense", "lottery", "rounds")}
    judged = verdicts(synthetic(scores, "longer"))
    assert (judged["L12-own"], judged["L12-new"], judged["L2"]) == (
        *("holds", "undecided", "not judged"),
    )


def test_claims_see_what_the_stored_outputs_of_2024_contradict():
    judged = verdicts(synthetic(as_published(2024)))
    against = {i for i, v in judged.items() if v == "contradicted"}
    assert against == {"L4-level", "L7", "L7-fresh", "L7-level", "L10-shuffled"}


def test_levels_are_not_judged_after_a_shorter_training_and_directions_are():
    judged = judge(claims.CLAIMS, synthetic(as_published(2020), "quick"))
    gated = {v.id: v.reason for v in judged if v.verdict == "not judged"}
    levels = {"L1", "L2", "L3-98", "L4-level", "L7-level"}
    lacking = ("L1-weights", "L2-weights", "L4-weights", "L12-own", "L12-new")
    assert gated == dict.fromkeys(levels, "200 of 1,501 steps") | dict.fromkeys(lacking, "no data")
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


def test_neighbours_are_the_ratio_of_sums_with_cochran_s_interval():
    kept, by_chance = [4, 0, 0, 1, 0, 2], [0.0, 1.0, 2.0, 1.0, 1.0, 0.5]
    few = results(
        runs=lambda cell: [kept[cell.replicate]] * 3,
        runs_put_back=lambda cell: [1] * 3,
        chance=lambda cell: [by_chance[cell.replicate]] * 3,
        stricter_chance=lambda cell: [0.0] * 3,
    )
    found = {verdict.id: verdict for verdict in judge(claims.CLAIMS, few)}
    pooled = found["L11-p4"]
    ratio = sum(kept) / sum(by_chance)
    residuals = np.array(kept) - ratio * np.array(by_chance)
    error = np.sqrt(np.sum(residuals**2) / 30) / np.mean(by_chance)  # of 6 replicates
    assert (pooled.n, pooled.estimate) == (6, pytest.approx(ratio))
    assert (pooled.high_95 - pooled.low_95) / 2 == pytest.approx(error * t.ppf(0.975, 5))
    assert found["L11-strict-p4"].reason == "no data"  # chance gives none in any


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
    shortened, dense, level, finished, peak, *later = said
    assert not level.rows  # no net is trained on upstream's data
    reordered, symmetry, neighbours, kept, biases, noise = later
    assert [words for words, *_ in dense.rows][:2] == ["where tickets are found", "new, original"]
    assert len(dense.rows) == 5
    assert all(abs(level.mean - year) < 0.5 for _, level, year in dense.rows)
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
    arms = ("random", "lottery", "random weights", "weights")
    assert means(kept) == [about(arm, 0, 300) for arm in arms]
    leads = [("most masked", 16), ("all live", 16)]
    assert means(biases) == [about(words, 58, 74, lead) for words, lead in leads]
    assert means(noise) == [
        about("own", 0, 10, 0, 0.07, 0),
        about("new", 0, 1.65, 0, 0.07, 0),
    ]
    assert texts.said(remarks.remarks(Table([]))) == []


def test_spread_is_told_by_what_is_redrawn():
    noise = np.random.default_rng(0)
    scale = {"all": 3.0, "data": 2.0, "start": 1.0, "order": 0.2, "rounding": 0.5}
    config = replace(grid.PRESETS["crossed"], replicates=400, levels=(0.0, 0.92))
    accuracies = (
        (cell, noise.normal(scale=scale[cell.varied] if cell.sparsity else 0.0))
        for cell in grid.cells(config)
    )
    found = {"mask": np.zeros((40, 4), bool), "runs": [0, 0, 0]}
    table = Table(row(cell, record(test_accuracy=a, **found)) for cell, a in accuracies)
    *_, crossed = remarks.remarks(table)
    rows = [("all", 3), ("data set", 2), ("initial weights", 1), ("order of the examples", 0.2)]
    rows += [("rounding alone", 0.5)]
    for told, (name, deviation) in zip(means(crossed), rows, strict=True):
        assert told[0] == name
        assert told[1:] == pytest.approx((0, deviation, deviation, 400), rel=0.1)


def test_levels_on_upstreams_data_stand_beside_its_own():
    config = replace(grid.PRESETS["crossed"], parts=("level",))
    table = Table(
        row(cell, record(accuracy_1000=64.0 + cell.replicate % 2, test_accuracy=63.0))
        for cell in grid.cells(config)
        if cell.data == "upstream"
    )
    (level,) = [remark for remark in remarks.remarks(table) if "seed 43" in remark.text]
    years = [64.2, 63.05, 63.75, 64.1]
    orders = zip(grid.ORDERS, years, strict=True)
    assert means(level) == [(order, 64.5, 63.0, year) for order, year in orders]


@pytest.mark.parametrize(("level", "verdict"), [(None, "holds"), (0.7, "contradicted")])
def test_a_ticket_that_loses_at_one_level_does_not_win_at_each(level, verdict):
    noise = np.random.default_rng(1)

    def accuracy(cell):
        better = (cell.arm == "lottery") != (cell.sparsity == level)
        return 70.0 + better + noise.normal(scale=0.05)

    asked = [claim for claim in claims.CLAIMS if claim.id in ("L2", "L2-each", "L2-new")]
    found = [v.verdict for v in judge(asked, results(test_accuracy=accuracy))]
    assert found == ["holds", verdict, "holds"]
