"""A year of days: the law, what is kept, who answers from what, and what is refused."""

import numpy as np
import pytest
from scipy.stats import chisquare

from labs.sketches.digits import Digits, digit_space, scenes, templates
from labs.sketches.experiments import keepers, readers
from labs.sketches.experiments.arrangements import arrangements
from labs.sketches.experiments.days import (
    NULL,
    OBJECTS,
    SPREAD,
    THIRD,
    Answers,
    draw_year,
    shrunk,
    true_answers,
    true_day_answers,
)
from labs.sketches.experiments.rivals import CountSketch, reservoir
from labs.sketches.experiments.solving import Prior, all_columns, solve
from labs.sketches.experiments.year import METHODS, QUESTIONS, year
from labs.sketches.objects import Object, Scene
from labs.sketches.sketching import coefficients, overall_sketches
from labs.sketches.space import Space

DAYS = 40
SEEN, OTHER = (draw_year(r, days=DAYS).seen for r in (0, 1))
ALL = DAYS * OBJECTS * 14  # numbers that hold every object of the year


def rng(seed=0):
    return np.random.default_rng(seed)


# The law


def test_a_year_has_days_that_differ():
    drawn = draw_year(0)
    assert drawn.seen.labels.shape == (365, 4, 3)
    np.testing.assert_allclose(np.linalg.norm(drawn.seen.waveforms, axis=-1), 1)
    truth = true_answers(drawn.seen)
    assert truth.frequency.sum() == pytest.approx(1)
    assert np.ptp(truth.frequency) > 0.1 < np.ptp(truth.mornings)
    alike = true_day_answers(drawn.seen).alike
    same = drawn.types[:, None] == drawn.types
    assert alike[same].mean() > alike[~same].mean() + 0.5


def test_a_year_is_of_its_replicate():
    np.testing.assert_array_equal(draw_year(1).seen.waveforms, draw_year(1).seen.waveforms)
    assert (draw_year(1).seen.labels != draw_year(2).seen.labels).any()


def test_spreads_are_those_of_the_law():
    years = [true_answers(draw_year(r).seen) for r in range(40)]
    for name, null, spread in zip(Answers._fields, NULL, SPREAD, strict=True):
        apart = np.stack([getattr(a, name) - null for a in years])
        assert np.sqrt(np.nanmean(apart**2)) == pytest.approx(float(spread), rel=0.1)


def test_true_answers_by_hand():
    labels = np.array([[[1, 1, 2], [2, 2, 2], [1, 3, 3], [3, 3, 3]]])
    seen = Digits(labels, templates()[labels])
    truth = true_answers(seen)
    np.testing.assert_allclose(truth.frequency[1:4] * 12, [3, 4, 5])
    np.testing.assert_allclose(truth.mornings[1:4] * 12, [1, 4, -5])
    np.testing.assert_allclose(truth.shape[1:4], templates()[1:4])
    assert np.isnan(truth.shape[0]).all()
    np.testing.assert_array_equal(true_day_answers(seen).third[0], templates()[2])


# What rivals keep


def test_a_reservoir_is_a_uniform_sample():
    kept = np.stack([reservoir(12, 4, rng(i)) for i in range(6000)])
    assert (np.diff(kept, axis=1) > 0).all()
    assert chisquare(np.bincount(kept.ravel(), minlength=12)).pvalue > 0.001
    both = (kept[:, 0] == 0) & (kept[:, -1] == 11)
    assert np.mean(both) == pytest.approx(4 / 12 * 3 / 11, abs=0.015)


@pytest.mark.parametrize("size", [0, 1, 5, 9])
def test_a_reservoir_holds_what_fits(size):
    assert len(reservoir(5, size, rng())) == min(size, 5)


def test_a_count_sketch_is_unbiased():
    keys = np.arange(8).repeat([50, 20, 10, 5, 4, 3, 2, 1])
    read = []
    for seed in range(2000):
        kept = CountSketch(4, rng(seed), rows=1)
        kept.add(keys)
        read.append(kept.estimate(np.arange(8)).value[0])
    error = np.std(read, axis=0) / np.sqrt(len(read))
    assert (np.abs(np.mean(read, axis=0) - np.bincount(keys)) < 4 * error).all()


def test_a_count_sketch_with_room_is_exact_and_its_streams_apart():
    kept = CountSketch(5000, rng(), streams=3)
    keys, streams = rng(1).integers(10, size=200), rng(2).integers(3, size=200)
    kept.add(keys, streams)
    value, error = kept.estimate(np.arange(10))
    expected = [np.bincount(keys[streams == s], minlength=10) for s in range(3)]
    np.testing.assert_array_equal(value, expected)
    assert not error.any()


@pytest.mark.parametrize("kind", keepers.FLOATS)
def test_samples_of_all_are_exact(kind):
    d = DAYS * 4 * keepers.FLOATS["scenes"]
    answers, truth = keepers.sampled_year(kind, d, SEEN, rng()), true_answers(SEEN)
    right = [*truth[:2], NULL.shape if kind == "labels" else truth.shape]
    for value, expected in zip(answers, right, strict=True):
        there = ~np.isnan(expected)
        np.testing.assert_allclose(value[there], expected[there], atol=1e-12)
    days, day_truth = keepers.sampled_days(kind, d, SEEN, rng()), true_day_answers(SEEN)
    np.testing.assert_array_equal(days.alike, day_truth.alike)
    if kind != "labels":
        np.testing.assert_array_equal(days.third, day_truth.third)


@pytest.mark.parametrize("kind", keepers.FLOATS)
def test_samples_of_nothing_are_the_null_answer(kind):
    d = keepers.FLOATS[kind] - 1
    for value, null in zip(keepers.sampled_year(kind, d, SEEN, rng()), NULL, strict=True):
        np.testing.assert_array_equal(value, null)
    days, nothing = keepers.sampled_days(kind, d, SEEN, rng()), keepers.nothing(DAYS)
    np.testing.assert_array_equal(days.alike, nothing.alike)
    np.testing.assert_array_equal(days.third, nothing.third)


def test_a_sample_keeps_no_more_than_fits():
    for kind, each in keepers.ITEMS.items():
        d = 2 * keepers.FLOATS[kind] + 1
        kept = keepers.sampled_days(kind, d, SEEN, rng()).alike.diagonal()
        assert (kept == 2 * each).all()


# Who reads sketches


def test_solving_with_room_is_exact():
    space = Space(64, {"a": 2, "b": 2}, positions=3)
    found = Scene([Object("a", [0.6, 0.8]), Object("b", [1.0, 0.0])], [0.3, 0.7], [2, 0])
    prior = Prior(np.ones((3, 2, 3)), np.eye(3), np.ones((2, 1, 1)) * np.eye(3))
    read = solve(all_columns(space), overall_sketches(space, [found]), prior)[0]
    expected = np.zeros((3, 2, 3))
    expected[2, 0] = 0.3 * coefficients(space, found.objects[0])
    expected[0, 1] = 0.7 * coefficients(space, found.objects[1])
    np.testing.assert_allclose(read, expected, atol=1e-10)


def test_solving_with_less_is_the_conditional_mean():
    columns, draws = rng().standard_normal((2, 2, 2, 5)), rng(1)
    mean, half = draws.standard_normal((2, 2, 2)), draws.standard_normal((2, 2, 2))
    across, within = np.array([[2.0, 1.0], [1.0, 2.0]]), half @ half.swapaxes(1, 2)
    blocks = np.zeros((2, 2, 2, 2))
    blocks[[0, 1], :, [0, 1]] = within
    covariance = np.kron(across, blocks.reshape(4, 4))
    flat, sketches = columns.reshape(8, 5).T, draws.standard_normal((3, 5))
    rest = sketches - flat @ mean.ravel()
    gain = covariance @ flat.T @ np.linalg.inv(flat @ covariance @ flat.T)
    found = solve(columns, sketches, Prior(mean, across, within)).reshape(3, 8)
    np.testing.assert_allclose(found, mean.ravel() + rest @ gain.T, atol=1e-6)


def test_with_room_the_solved_year_is_exact():
    space, days = readers.day_sketches(1600, 0, SEEN)
    columns, truth = all_columns(space), true_answers(SEEN)
    for value, right in zip(
        readers.solved_year(space, columns, days.mean(axis=0)), truth, strict=True
    ):
        there = ~np.isnan(right)
        np.testing.assert_allclose(value[there], right[there], atol=1e-6)
    found, right = readers.solved_days(space, columns, days), true_day_answers(SEEN)
    np.testing.assert_array_equal(found.alike, right.alike)
    np.testing.assert_allclose(found.third, right.third, atol=1e-6)


def test_answers_are_of_what_was_seen():
    """A reader that looked at the truth would not follow a network that saw something else."""
    space, days = readers.day_sketches(8192, 0, OTHER)
    read, day_read = readers.read_year(space, days.mean(axis=0)), readers.read_days(space, days)
    right, wrong = ([*true_answers(seen), true_day_answers(seen).third] for seen in (OTHER, SEEN))
    for value, seen, not_seen in zip([*read, day_read.third], right, wrong, strict=True):
        assert np.nanmean((value - seen) ** 2) < np.nanmean((value - not_seen) ** 2) / 1.5


def test_a_network_that_errs_is_judged_by_what_was_there():
    errors = year(d=1600, replicate=0, days=DAYS, seen=OTHER)
    apart = true_answers(OTHER).frequency - true_answers(SEEN).frequency
    for method in ("solved", "average"):
        assert errors[f"frequency {method}"] == pytest.approx(np.sqrt(np.mean(apart**2)), abs=1e-6)


def test_errors_of_plain_readouts_fall_as_one_over_root_d():
    small, large = (
        [arrangements(d=d, replicate=r, days=DAYS, names=["flat"]) for r in range(6)]
        for d in (128, 2048)
    )
    for question in ("frequency", "mornings", "third"):
        name = f"{question} flat"
        ratio = np.mean([run[name] for run in small]) / np.mean([run[name] for run in large])
        slope = -np.log(ratio) / np.log(16)
        assert slope == pytest.approx(-0.5, abs=0.03 if question == "third" else 0.15)


def test_what_arrangements_cost():
    found = arrangements(d=1024, replicate=0, days=DAYS)
    assert "third times" not in found
    assert found["third nested"] > 8 * found["third flat"]
    assert 1.1 < found["third tuples"] / found["third flat"] < 1.6


# The experiment


def test_year():
    errors = year(d=256, replicate=0, days=DAYS)
    assert set(errors) == {f"{q} {m}" for q in QUESTIONS for m in METHODS}
    assert all(np.isfinite(list(errors.values())))
    assert errors == year(d=256, replicate=0, days=DAYS)
    for question in QUESTIONS:
        assert errors[f"{question} solved"] < errors[f"{question} null"]
        assert errors[f"{question} sketch"] < 1.1 * errors[f"{question} null"]
    for told in ("frequency average", "shape average", "alike average", "alike labels"):
        assert errors[told] == pytest.approx(0, abs=1e-12)
    assert errors["mornings average"] == errors["mornings null"]
    assert errors["shape counters"] == errors["shape null"]


def test_nobody_remembers_the_same_at_any_size():
    a, b = (year(d=d, replicate=1, days=5) for d in (16, 64))
    for question in QUESTIONS:
        assert a[f"{question} null"] == b[f"{question} null"]
        assert a[f"{question} average"] == b[f"{question} average"]


def test_shrinking():
    value, null = np.array([1.0, 3.0]), np.array([0.0, 1.0])
    np.testing.assert_array_equal(shrunk(value, np.array(0.0), null, 0.1), value)
    np.testing.assert_array_equal(shrunk(value, np.array(np.inf), null, 0.1), null)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: year(d=8, replicate=0), "d must be at least 12, got 8"),
        (lambda: year(d=64, replicate=0, days=0), "days must be a whole number of at least 1"),
        (lambda: year(d=64, replicate=-1, days=2), "replicate must be at least 0, got -1"),
        (
            lambda: year(d=64, replicate=0, days=2, seen=SEEN),
            r"seen labels must be of shape \(2, 4, 3\), got \(40, 4, 3\)",
        ),
        (
            lambda: arrangements(d=64, replicate=0, days=2, names=["falt"]),
            "names must be one of .*got 'falt': did you mean 'flat'",
        ),
        (lambda: reservoir(0, 1, rng()), "stream must be a whole number of at least 1, got 0"),
        (lambda: reservoir(3, -1, rng()), "size must be at least 0, got -1"),
        (lambda: CountSketch(4, rng()), "floats must be at least the 5 rows, got 4"),
        (lambda: CountSketch(5, rng(), rows=0), "rows must be a whole number of at least 1"),
    ],
)
def test_refusals(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_scenes_are_made_of_what_was_seen():
    space = digit_space(64, OBJECTS, 0)
    (scene,) = scenes(Digits(SEEN.labels[:1].reshape(1, 12), SEEN.waveforms[:1].reshape(1, 12, 12)))
    space.check(scene)
    assert [item.module for item in scene.objects][THIRD] == f"digit {SEEN.labels[0, 0, THIRD]}"


def test_a_short_year_fits_whole_even_where_a_class_was_never_seen():
    labels = draw_year(0, days=5).seen.labels
    assert len(np.unique(labels)) < 10
    errors = year(d=2048, replicate=0, days=5)
    assert max(errors[f"{q} objects"] for q in ("frequency", "mornings", "shape")) < 1e-12
