"""The benchmark's claims and remarks on tables that are known."""

import numpy as np
import pytest
import scipy

from labs.benchmark import grid, published
from labs.benchmark.lab import LAB
from labs.benchmark.measures import (
    arm,
    changed,
    of_all_else,
    of_source,
    of_test_set_over_all_else,
)
from labs.benchmark.remarks import remarks
from labs.kit.table import Table
from labs.kit.verdicts import judge
from tests.labs.benchmark.made import table

NOISE = np.random.default_rng(0)
BETWEEN = {"local": (80, 60), "transformer": (85, 60)}  # in order, shuffled


def test_the_value_of_a_change_is_chosen_on_validation_data():
    def score(cell):
        return {"decay=0.0001": 90.0, "decay=0.001": 80.0}.get(cell.change, 70.0)

    rows = table(final=score, final_val=lambda cell: 100.0 * (cell.change == "decay=0.001"))
    assert changed("decay")(rows) == dict.fromkeys(range(6), 80.0)
    assert changed("decay")(rows.where(model="cnn")) == {}


def score(cell):
    """The published accuracy of an arm, with little noise."""
    level, _ = published.TABLE_1.get((cell.model, cell.shuffled), (60, 0))
    level = 68.5 if cell.change else 98.5 if cell.examples > 4000 else level
    level = BETWEEN[cell.model][cell.shuffled] if cell.model in BETWEEN else level
    if cell.data == "mnist":
        level = 94 if cell.model == "logistic" else 99.5
    return level + NOISE.normal(scale=0.01)


COLUMNS = {
    "final": score,
    "best_on_val": score,
    "final_val": score,
    "train_accuracy": lambda cell: [50.0, 37.0 if cell.model == "logistic" else 100.0, 37.0],
    "set_variance": lambda cell: 0.1 + NOISE.normal(scale=0.01),
    "class_errors": lambda cell: [
        5.0 * (digit in (2, 7)) + 2 * (digit in (0, 1)) + NOISE.normal(scale=0.01) ** 2
        for digit in range(10)
    ],
    "best_on_test": lambda cell: 52.0 + NOISE.normal(scale=0.01),  # 50 at the end
}


def verdicts(rows):
    return {verdict.id: verdict for verdict in judge(LAB.claims, rows)}


def test_claims_hold_on_the_published_table_and_fail_on_its_opposite():
    found = verdicts(table(**COLUMNS))
    del found["C5-stopping"]  # exactly on its threshold
    assert {i: v.verdict for i, v in found.items() if v.verdict != "holds"} == {}
    for claim in LAB.claims:
        if isinstance(claim.published, int) and claim.id in found and claim.family == "published":
            assert found[claim.id].estimate == pytest.approx(claim.published, abs=0.1)

    opposite = {
        "final": lambda cell: 100 - score(cell),
        "train_accuracy": lambda cell: [100.0 if cell.model == "logistic" else 99.0],
        "set_variance": lambda cell: 0.0,
        "class_errors": lambda cell: [5 - e for e in COLUMNS["class_errors"](cell)],
    }
    found = verdicts(table(**COLUMNS | opposite))
    wrong = [i for i in found if i.startswith(("C1-", "C2", "C3-best", "C6", "C7", "C8", "C9"))]
    assert {i: found[i].verdict for i in wrong if found[i].verdict != "contradicted"} == {}


def test_after_fewer_steps_levels_are_not_judged_and_directions_are():
    found = verdicts(table(steps=2000, **COLUMNS))
    judged = {claim.id for claim in LAB.claims if claim.gate is None}
    assert {"C1-cnn-gru", "C3-logistic", "C3-mlp", "C7-cnn-local", "C3-best-local"} <= judged
    assert {found[i].verdict for i in judged} == {"holds"}
    for name in found.keys() - judged:
        assert (found[name].verdict, found[name].reason) == ("not judged", "2,000 of 6,000 steps")


def test_equal_accuracies_decide_by_the_grid_of_their_test_examples():
    found = verdicts(table(final=lambda cell: 50.0))["C3-logistic"]
    assert found.verdict == "holds"
    assert found.low < found.estimate == 0 < found.high


def test_what_is_chosen_on_the_small_test_set_is_compared_with_the_small_test_set():
    columns = {"final": lambda cell: 40.0, "final_published": lambda cell: 47.0}
    rows = table(**columns, best_on_test=lambda cell: 50.0)
    (claim,) = (claim for claim in LAB.claims if claim.id == "C4-cnn")
    assert claim.measure(rows) == dict.fromkeys(range(6), 3.0)


def test_networks_in_which_one_thing_was_drawn_anew_are_in_no_other_arm():
    def level(cell):
        return 90.0 if cell.varied == "start" else 60.0 if cell.varied else 50.0 + cell.replicate

    rows = table(final=level)
    assert of_source("mlp", "start")(rows) == {r: (40 - r) ** 2 / 2 for r in range(6)}
    assert {i: v.estimate for i, v in verdicts(rows).items() if i == "C2-mlp"} == {"C2-mlp": 52.5}
    parts = of_all_else("mlp")(rows)
    assert np.mean([*parts.values()]) == pytest.approx(np.var(range(6), ddof=1))


def test_the_test_set_is_most_of_a_spread_or_not():
    wide = table(
        final=lambda cell: 50.0 + 2 * (cell.replicate % 2) + NOISE.normal(scale=0.01),
        set_variance=lambda cell: 5.0 if cell.model == "logistic" else 0.5,
    )
    found = verdicts(wide)
    assert (found["C10-logistic"].verdict, found["C10-gru"].verdict) == ("holds", "contradicted")
    ratio = np.log2(0.5 / np.var([0, 2] * 3, ddof=1))
    assert found["C10-gru"].estimate == pytest.approx(ratio, abs=0.5)  # the jackknife corrects it


def test_equal_variances_are_told_apart_about_as_often_as_is_allowed():
    of_ratio, wrong = of_test_set_over_all_else("gru"), {"ratio": 0, "difference": 0}
    for levels in NOISE.normal(size=(1000, 12)):
        rows = Table(
            arm("gru") | {"replicate": r, "final": level, "set_variance": 1.0}
            for r, level in enumerate(levels)
        )
        difference = {r: 1 - part for r, part in of_all_else("gru")(rows).items()}
        for name, values in {"ratio": of_ratio(rows), "difference": difference}.items():
            test = scipy.stats.ttest_1samp([*values.values()], 0, alternative="greater")
            wrong[name] += test.pvalue < 0.01
    assert wrong["ratio"] <= 40  # of 1000
    assert wrong["difference"] >= 60  # why it is no difference


def test_remarks_give_means_with_their_intervals():
    rows = table(
        final=lambda cell: (
            90.0
            + cell.examples / 4000
            + bool(cell.change) * 2
            + cell.replicate / 10
            - (cell.varied == grid.FROZEN)
            + (cell.varied == grid.ROUNDING)
        ),
        final_val=lambda cell: 0.0,
        best_on_val=lambda cell: 92.0 + cell.replicate / 10,
        best_on_val_published=lambda cell: 91.0,
        best_on_test=lambda cell: 93.0,
        set_variance=lambda cell: 4.0,
    )
    crossing, gains, selection, small, frozen, alone, spread = (
        {name: [tuple(np.round(value, 2)) for value in values] for name, *values in remark.rows}
        for remark in remarks(rows)
        if remark.columns
    )
    half = 0.2  # t of 5 degrees of freedom times the deviation over the root of 6
    assert crossing["4,000"] == [(91.25, 91.25 - half, 91.25 + half)]
    assert crossing["32,000"] == [(98.25, 98.25 - half, 98.25 + half)]
    assert gains["dropout"] == [(2, 2, 2)]
    assert selection["CNN"] == [(1, 1, 1), (2, 2, 2)]
    assert small["CNN, shuffled"] == [(50, 50, 50), (91.25, 91.25 - half, 91.25 + half)]
    assert frozen["GRU"] == [(90.25, 90.05, 90.45), (91.25, 91.05, 91.45)]
    rounding, together, test_set = spread["MLP"]
    assert [own[0] for own in alone["MLP"]] == [0, 0, 0]
    assert rounding[0] == 0.71  # a half of 1 squared, its root
    assert together[0] == 0.19  # of 0 to 5 tenths
    assert test_set == (2, 2, 2)
    assert not any(remark.rows for remark in remarks(Table([])))
    exact = [row for row in rows if row["varied"] != grid.ROUNDING]
    *_, spread = [remark for remark in remarks(Table(exact)) if remark.columns]
    assert len(spread.columns) == 3  # no empty column of rounding
    apart = Table(own for own in rows if bool(own["change"]) == (own["replicate"] < 3))
    assert "dropout" not in str([remark.rows for remark in remarks(apart)])
