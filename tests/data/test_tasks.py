"""Tasks: the answers to each, which no domain changes."""

import numpy as np
import pytest

from labs.data.domains import DOMAINS
from labs.data.signals import Signals, draw
from labs.data.tasks import TASKS, named, permutation

PLACES = np.array([0, 0.24, 0.25, 0.5, 0.99])
SIGNALS = Signals(np.zeros((5, 40), "f4"), np.array([0, 4, 5, 7, 9]), PLACES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("digit", [0, 4, 5, 7, 9]),
        ("permuted", permutation(3)[[0, 4, 5, 7, 9]]),
        ("parity", [0, 0, 1, 1, 1]),
        ("large", [0, 0, 1, 1, 1]),
        ("quartile", [0, 0, 1, 2, 3]),
    ],
)
def test_the_answers(name, expected):
    labels = TASKS[name].labels(SIGNALS, 3)
    assert labels.dtype == np.int64
    np.testing.assert_array_equal(labels, expected)


def test_which_tasks_get_a_new_head():
    assert {n: (t.classes, t.new_head) for n, t in TASKS.items()} == {
        "digit": (10, False),
        "permuted": (10, False),
        "parity": (2, True),
        "large": (2, True),
        "quartile": (4, True),
    }


@pytest.mark.parametrize("name", TASKS)
def test_every_answer_is_given_and_alike_in_every_domain(name):
    task = TASKS[name]
    clean = task.labels(draw("clean", 1, 4000, "test"), 1)
    # Digits are balanced; quartiles are drawn: 4.5 deviations of a count of 4000.
    expected = pytest.approx(4000 / task.classes, abs=0 if name != "quartile" else 4.5 * 27.4)
    assert np.bincount(clean) == expected
    for domain in DOMAINS:
        labels = task.labels(draw(domain, 1, 4000, "test"), 1)
        np.testing.assert_array_equal(labels, clean)


def test_no_digit_keeps_its_label_and_all_others_are_alike():
    orders = np.stack([permutation(replicate) for replicate in range(900)])
    np.testing.assert_array_equal(np.sort(orders), np.tile(np.arange(10), (900, 1)))
    counts = np.stack([np.bincount(column, minlength=10) for column in orders.T])
    assert (counts.diagonal() == 0).all()
    others = counts[~np.eye(10, dtype=bool)]
    assert others == pytest.approx(100, abs=45)  # 4.5 deviations
    np.testing.assert_array_equal(permutation(7), permutation(7))


def test_answers_are_the_callers_own():
    labels = TASKS["digit"].labels(SIGNALS, 0)
    labels[:] = 1
    assert SIGNALS.y[0] == 0


@pytest.mark.parametrize("name", TASKS)
def test_arguments_are_refused_by_name(name):
    with pytest.raises(TypeError, match="signals must be Signals, got tuple"):
        TASKS[name].labels(tuple(SIGNALS), 0)
    with pytest.raises(ValueError, match="replicate must be an integer of at least 0, got -1"):
        TASKS[name].labels(SIGNALS, -1)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"task must be one of digit, .*: did you mean 'parity'"):
        named("paritiy")
