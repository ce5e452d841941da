"""The tasks of the three sequences: what is drawn and what is asked."""

import numpy as np
import pytest

from labs.continual.grid import DOMAINS, NAME
from labs.continual.sequences import DIGITS, Task, drawn, sequence
from labs.data.signals import draw

REPLICATES = range(6)


@pytest.mark.parametrize("replicate", REPLICATES)
def test_no_two_permutations_agree_on_any_digit(replicate):
    answers = np.array([task.answers for task in sequence("permutations", replicate)])
    assert (np.sort(answers, axis=1) == DIGITS).all()
    both = np.vstack([DIGITS, answers])  # nor with the digits' own names
    assert all(len(set(column)) == len(both) for column in both.T)


def test_domains_come_in_orders_of_their_own():
    orders = {tuple(t.domain for t in sequence("domains", r)) for r in REPLICATES}
    assert all(sorted(order) == sorted(DOMAINS) for order in orders)
    assert len(orders) > 3
    assert len({order[0] for order in orders}) > 1


@pytest.mark.parametrize("replicate", REPLICATES)
def test_classes_are_the_ten_digits_in_pairs(replicate):
    tasks = sequence("classes", replicate)
    assert sorted(digit for task in tasks for digit in task.digits) == [*DIGITS]
    assert all(task.allowed == task.digits for task in tasks)


def test_of_a_pair_only_its_digits_are_drawn_and_they_are_the_domains_own():
    x, y = drawn(Task("diff", (3, 7)), 1, 450, "a purpose")
    assert (x.shape, y.shape) == ((450, 40), (450,))
    assert set(y.tolist()) == {3, 7}
    assert abs(int((y == 3).sum()) - 225) < 40
    whole = draw("diff", 1, 3000, f"{NAME}: a purpose")
    kept = np.isin(whole.y, (3, 7))
    np.testing.assert_array_equal(x, whole.x[kept][:450])
    np.testing.assert_array_equal(y, whole.y[kept][:450])


def test_permuted_answers_are_those_of_the_task():
    task = sequence("permutations", 0)[2]
    _, y = drawn(task, 0, 200, "a purpose")
    digits = draw("clean", 0, 200, f"{NAME}: a purpose").y
    assert [task.answers[digit] for digit in digits] == y.tolist()
    assert (y != digits).all()


def test_an_unknown_sequence_is_refused():
    with pytest.raises(ValueError, match=r"sequence must be one of .* got 'domain'"):
        sequence("domain", 0)
