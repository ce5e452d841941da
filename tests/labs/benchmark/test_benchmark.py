"""The benchmark lab: its data, selection rules and measures; the contract tests do the rest."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from labs.benchmark import arms, claims, lab
from labs.kit.claims import judge
from labs.kit.table import Table
from labs.nn import devices
from mnist1d.generate import generate

QUIZ = Path(__file__).parents[4] / "shared" / "data" / "human_quiz.json"
CELL = lab.Cell("mlp", False, "", 4000, steps=4, every=2, replicate=0)


def table(**columns):
    """Rows of three replicates of every arm of a tiny full grid, with the given columns."""
    config = replace(lab.PRESETS["full"], replicates=6, extra_replicates=6)
    cells = lab.cells(config)
    return Table(
        asdict(cell) | {name: make(cell) for name, make in columns.items()} for cell in cells
    )


def test_replicate_0_trains_and_tests_on_the_published_data():
    parts, published = lab._splits(0, 4000, False), generate()
    np.testing.assert_allclose(parts["train"].x, published.x, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(parts["test"].y, published.y_test)
    assert {name: len(y) for name, (_, y) in parts.items()} == {
        "train": 4000,
        "val": 1000,
        "test": 1000,
    }


def test_more_training_examples_extend_the_published_ones():
    small, large = lab._splits(1, 4000, False), lab._splits(1, 5000, False)
    np.testing.assert_array_equal(large["train"].x[:4000], small["train"].x)
    np.testing.assert_array_equal(large["test"].x, small["test"].x)
    assert len(large["train"].y) == 5000
    # The further examples are of the same law and units, and none of them is seen twice.
    assert abs(large["train"].x[4000:].std() - 1) < 0.05
    rows = np.concatenate([part.x for part in large.values()])
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_shuffling_permutes_positions_and_nothing_else():
    plain, shuffled = lab._splits(2, 4000, False), lab._splits(2, 4000, True)
    order = np.random.RandomState(44).permutation(40)
    assert not np.array_equal(order, np.arange(40))
    for name, part in shuffled.items():
        np.testing.assert_array_equal(part.x, plain[name].x[:, order])
        np.testing.assert_array_equal(part.y, plain[name].y)


@pytest.mark.parametrize(
    ("model", "parameters"), [("logistic", 410), ("mlp", 15_210), ("cnn", 5_210), ("gru", 5_134)]
)
def test_parameter_counts_are_the_published_ones(model, parameters):
    (record,) = lab.train([replace(CELL, model=model)], "cpu")
    assert record["parameters"] == parameters
    assert record["step"] == [2, 4]
    assert len(record["class_errors"]) == 10


def test_a_record_selects_on_validation_and_names_what_selects_on_test():
    curves = {
        "train_accuracy": [50.0, 60.0, 70.0],
        "val_accuracy": [50.0, 62.0, 61.0],
        "test_accuracy": [64.0, 60.0, 59.0],
    }
    labels = np.arange(20) % 10
    predicted = np.where(labels == 3, 4, labels)
    record = lab._record([1, 2, 3], curves, predicted, labels, 1)
    assert (record["final"], record["best_on_val"], record["best_on_test"]) == (59.0, 60.0, 64.0)
    assert record["class_errors"] == [100.0 if digit == 3 else 0.0 for digit in range(10)]


@pytest.mark.parametrize("change", lab.PRESETS["full"].changes)
def test_every_change_changes_the_network_that_trains(change):
    (plain,) = lab.train([CELL], "cpu")
    (changed,) = lab.train([replace(CELL, change=change)], "cpu")
    assert changed["train_loss"] != plain["train_loss"]


@pytest.mark.parametrize("device", devices())
@pytest.mark.parametrize(("model", "change"), [("cnn", ""), ("gru", ""), ("mlp", "dropout=0.3")])
def test_members_of_a_stack_train_as_they_do_alone(device, model, change):
    cell = replace(CELL, model=model, change=change, steps=20, every=20)
    cells = [replace(cell, replicate=replicate) for replicate in range(3)]
    together = list(lab.train(cells, device))
    (alone,) = lab.train(cells[2:], "cpu")
    tolerance = 1e-5 if device == "cpu" else 1e-2
    np.testing.assert_allclose(alone["train_loss"], together[2]["train_loss"], rtol=tolerance)


def test_scikit_learn_gives_the_published_numbers():
    knn, linear = (
        next(iter(lab.train([replace(CELL, model=model)], "cpu"))) for model in arms.SKLEARN
    )
    assert abs(knn["final"] - 59.6) < 1.0  # upstream's notebook standardised each position
    assert abs(linear["final"] - 32.8) < 1.0


def test_the_human_of_the_claims_is_that_of_the_quiz():
    assert (arms.HUMAN_CORRECT, arms.HUMAN_TOTAL) == (383, 400)
    upper = binomtest(383, 400).proportion_ci(method="wilson").high
    assert round(100 * upper, 1) == claims.LIMIT
    if QUIZ.exists():
        quiz = json.loads(QUIZ.read_text())
        truth, guess = np.array(quiz["truth"]), np.array(quiz["guess"])
        wrong = [(int((guess[truth == d] != d).sum()), int((truth == d).sum())) for d in range(10)]
        assert tuple(wrong) == arms.HUMAN


def test_the_value_of_a_change_is_chosen_on_validation_data():
    def score(cell):
        return {"decay=0.0001": 90.0, "decay=0.001": 80.0}.get(cell.change, 70.0)

    rows = table(final=score, final_val=lambda cell: 100.0 * (cell.change == "decay=0.001"))
    assert arms.best_change(rows, "decay") == dict.fromkeys(range(6), 80.0)
    assert arms.best_change(rows.where(model="cnn"), "decay") == {}


def test_claims_hold_on_the_published_table_and_fail_on_its_opposite():
    published = {(m, s): p for m, s, p, _ in claims.LEVELS}
    noise = np.random.default_rng(0)

    def score(cell):
        level = published.get((cell.model, cell.shuffled), 60.0)
        level = 68.5 if cell.change else 98.5 if cell.examples > 4000 else level
        return level + noise.normal(scale=0.01)

    columns = {"best_on_val": score, "final_val": score}
    rows = table(final=score, best_on_test=lambda cell: score(cell) + 2, **columns)
    verdicts = {verdict.id: verdict.verdict for verdict in judge(claims.CLAIMS, rows)}
    del verdicts["C5-stopping"]  # exactly on its threshold
    assert set(verdicts.values()) == {"holds"}

    opposite = table(final=lambda cell: 50.0 - score(cell), best_on_test=score, **columns)
    verdicts = {verdict.id: verdict.verdict for verdict in judge(claims.CLAIMS, opposite)}
    assert all(verdicts[i] == "contradicted" for i in verdicts if i.startswith(("C1", "C2", "C6")))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"replicates": 0}, "replicates must be 1 or more, not 0"),
        ({"examples": (0,)}, r"examples must be 1 or more, not \(0,\)"),
        ({"extra_models": ("lokal",)}, "unknown extra model 'lokal': did you mean 'local'"),
        ({"changes": ("widht=2",)}, "unknown change 'widht': did you mean 'width'"),
        ({"changes": ("width=2.5",)}, "a change must be width=N, .* not 'width=2.5'"),
        ({"changes": ("rate=2",)}, "a change must be .* not 'rate=2'"),
        ({"changes": ("order=plain",)}, "a change must be .* not 'order=plain'"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        lab.Config(**settings)


def test_remarks_give_means_with_the_intervals_of_the_claims():
    rows = table(
        final=lambda cell: (
            90.0 + cell.examples / 4000 + bool(cell.change) * 2 + cell.replicate / 10
        ),
        final_val=lambda cell: 0.0,
        best_on_val=lambda cell: 92.0 + cell.replicate / 10,
        best_on_test=lambda cell: 93.0 + cell.replicate / 10,
    )
    crossing, gains, selection = claims.remarks(rows)
    assert "91.2 [90.8, 91.7] with 4,000" in crossing
    assert "98.2 [97.8, 98.7] with 32,000" in crossing
    assert "dropout +2.0 [+2.0, +2.0]" in gains
    assert "early stopping +1.0 [+1.0, +1.0]" in gains
    assert "CNN +1.0 [+1.0, +1.0] and +1.0 [+1.0, +1.0]" in selection
    short = Table(dict(row) | {"steps": 2000} for row in rows)
    assert "2000 of the published 6000 steps" in claims.remarks(short)[0]
    assert claims.remarks(Table([])) == []
    apart = Table(row for row in rows if bool(row["change"]) == (row["replicate"] < 3))
    assert "dropout" not in claims.remarks(apart)[1]
