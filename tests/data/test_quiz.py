"""The quiz: the person's answers, three kinds of the same signals, what an export must be."""

import json
from pathlib import Path

import numpy as np
import pytest

from labs.data import quiz
from labs.data.mnist1d import units
from mnist1d import Recipe, generate

ORIGINAL = Path(__file__).parents[3] / "shared" / "data" / "human_quiz.json"
_, SD = units(0)
EXPORT = {
    "format": "mnist1d-labs quiz",
    "version": 1,
    "kind": "plain",
    "seed": 7,
    "items": list(quiz.INDICES[90:110]),
    "answers": [3] * 20,
    "seconds": [1.5, *range(19)],
}


def noise_of(x, scale):
    """What x adds to the published test signals, per unit of further white noise."""
    return (x - generate().x_test[list(quiz.INDICES)]) * SD / (scale - Recipe.iid_noise_scale)


def test_the_person_answered_383_of_400_right():
    guesses = np.array([int(guess) for guess in quiz.GUESSES])
    assert len(guesses) == len(set(quiz.INDICES)) == 400
    assert (guesses == quiz.signals("plain").y).sum() == 383
    if ORIGINAL.exists():
        original = json.loads(ORIGINAL.read_text())
        assert original["guess"] == guesses.tolist()
        assert original["test_index"] == list(quiz.INDICES)
        assert original["truth"] == quiz.signals("plain").y.tolist()


def test_plain_signals_are_published_test_examples():
    published = generate()
    np.testing.assert_allclose(
        quiz.signals("plain").x, published.x_test[list(quiz.INDICES)], atol=1e-6
    )
    np.testing.assert_array_equal(quiz.signals("plain").y[100:], published.y_test[200:500])


def test_shuffled_signals_are_permuted_as_the_published_ones():
    order = np.random.RandomState(42).permutation(40)
    np.testing.assert_array_equal(quiz.signals("shuffled").x, quiz.signals("plain").x[:, order])


def test_noisy_signals_differ_from_the_plain_ones_by_white_noise_alone():
    noise = noise_of(quiz.signals("noisy").x, quiz.NOISE)
    # In proportion to the knob, so that all other draws and the units are the same.
    louder = generate(Recipe(iid_noise_scale=1.0))
    mean, sd = louder.moments
    raw = louder.x_test * sd + mean
    other = noise_of(((raw - units(0)[0]) / SD)[list(quiz.INDICES)], 1.0)
    np.testing.assert_allclose(noise, other, atol=1e-4)
    # Interpolation from 72 to 40 points leaves 0.83 of a normal draw, and neighbours apart.
    assert (noise.mean(), noise.std()) == pytest.approx((0, 0.83), abs=0.02)
    assert abs(np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]) < 0.03


@pytest.mark.parametrize("kind", quiz.KINDS)
def test_signals_are_the_callers_own(kind):
    first = quiz.signals(kind)
    assert [(a.shape, a.dtype.name) for a in first] == [((400, 40), "float32"), ((400,), "int64")]
    for array in first:
        array[:] = 0
    assert quiz.signals(kind).x.any()
    assert quiz.signals(kind).y.any()


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match=r"kind must be one of plain, .* got 'noise': did"):
        quiz.signals("noise")


def test_an_export_is_checked_and_returned():
    assert quiz.check_export(EXPORT) == EXPORT
    longer = {
        **EXPORT,
        "items": list(quiz.INDICES[:40]),
        "answers": [0] * 40,
        "seconds": [0] * 40,
    }
    assert quiz.check_export(longer) == longer


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": "quiz"}, "format must be mnist1d-labs quiz, got 'quiz'"),
        ({"version": 2}, "version must be 1, got 2"),
        ({"version": True}, "version must be 1, got True"),
        ({"name": "Ada"}, "parts must be format, version"),
        ({"kind": "noise"}, "kind must be one of plain, shuffled, noisy, got 'noise'"),
        ({"kind": ["plain"]}, "kind must be one of"),
        ({"seed": -1}, "seed must be whole, 0 to 4294967295, got -1"),
        ({"seed": 2**32}, "seed must be"),
        ({"seed": 1.0}, "seed must be"),
        ({"answers": [3] * 19}, "items, answers, seconds must be lists of one length, 20 or 40"),
        ({"items": "x" * 20}, "must be lists of one length"),
        ({"answers": [3] * 19 + [10]}, "answers must be digits, got 10"),
        ({"answers": [3] * 19 + [True]}, "answers must be digits, got True"),
        ({"answers": ["3"] * 20}, "answers must be digits, got '3'"),
        ({"items": [*EXPORT["items"][:19], 150]}, "items must be places of the quiz"),
        ({"items": [*EXPORT["items"][:19], []]}, "items must be places of the quiz"),
        ({"items": [0] * 20}, "items must be different from each other"),
        ({"seconds": [-0.1] * 20}, "seconds must be finite numbers of at least 0, got -0.1"),
        ({"seconds": [float("nan")] * 20}, "seconds must be finite"),
        ({"seconds": [float("inf")] * 20}, "seconds must be finite"),
        ({"seconds": [None] * 20}, "seconds must be finite"),
    ],
    ids=str,
)
def test_what_is_wrong_in_an_export_is_named(change, named):
    with pytest.raises(ValueError, match=named):
        quiz.check_export({**EXPORT, **change})


def test_only_plain_quizzes_have_forty_items():
    lists = {"items": list(quiz.INDICES[:40]), "answers": [0] * 40, "seconds": [0] * 40}
    with pytest.raises(ValueError, match="lists of one length, 20, got"):
        quiz.check_export({**EXPORT, **lists, "kind": "noisy"})


@pytest.mark.parametrize("found", [None, [], "quiz", {}, {"format": "mnist1d-labs quiz"}], ids=str)
def test_what_is_no_export_is_refused(found):
    with pytest.raises(ValueError, match="must be"):
        quiz.check_export(found)
