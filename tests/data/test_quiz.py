"""The quiz: the person's answers, and three kinds of the same signals."""

import json
from pathlib import Path

import numpy as np
import pytest

from labs.data import quiz
from labs.data.mnist1d import units
from mnist1d import Recipe, generate

ORIGINAL = Path(__file__).parents[3] / "shared" / "data" / "human_quiz.json"
_, SD = units(0)


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
