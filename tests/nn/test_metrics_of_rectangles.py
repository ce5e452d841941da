"""The metrics of the modular-rules lab with as many modules as you like, by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from labs.nn import metrics
from labs.nn.metrics import (
    adaptation,
    alignment,
    entropy,
    matching,
    mutual_information,
    normalized_mi,
)


def rows(*modules, of):
    return np.eye(of)[list(modules)]


@pytest.mark.parametrize("R", [2, 4, 7])
def test_collapse_and_entropy_of_four_modules(R):
    even, lost, one = np.full((R, 4), 0.25), np.tile([1, 1, 1, 0], (R, 1)) / 3, rows(*[2] * R, of=4)
    for a, expected in ((even, (0, 0, 1)), (lost, (1 / 3, 1, 0.7925)), (one, (1, 1, 0))):
        computed = [metrics.collapse_avg(a), metrics.collapse_worst(a), entropy(a)]
        assert computed == pytest.approx(expected, abs=5e-5)


# A, Alignment, MI, inverse MI, normalised MI
RECTANGLES = [
    # two rules, four modules: each rule has one, or two that it shares out, or all alike
    (rows(1, 3, of=4), 0, np.log(2), 0, 1),
    ([[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]], 0.5, np.log(2), 0, 2 / 3),
    (np.full((2, 4), 0.25), 0.75, 0, 1, 0),
    (rows(3, 3, of=4), 0.5, 0, 1, 0),
    # four rules, two modules: two rules each, three and one, one for all, all alike
    (rows(0, 1, 0, 1, of=2), 0.5, np.log(2), 0, 2 / 3),
    (rows(0, 0, 0, 1, of=2), 0.5, 0.562335, 0.188722, 0.577160),
    (rows(1, 1, 1, 1, of=2), 0.75, 0, 1, 0),
    (np.full((4, 2), 0.5), 0.75, 0, 1, 0),
]


@pytest.mark.parametrize("rectangle", RECTANGLES)
def test_more_or_fewer_modules_than_rules(rectangle):
    a, *expected = rectangle
    computed = [alignment(a), mutual_information(a), metrics.inverse_mi(a), normalized_mi(a)]
    assert computed == pytest.approx(expected, abs=1e-6)


def test_rules_without_a_module_of_their_own():
    assert matching([[0.6, 0.4], [0.9, 0.1], [0.2, 0.8]]).tolist() == [-1, 0, 1]
    assert matching(rows(1, 3, of=4)).tolist() == [1, 3]
    stack = np.stack([rows(0, 1, 1, of=2), rows(1, 1, 0, of=2)])
    assert_allclose(alignment(stack), [1 / 3, 1 / 3])
    assert matching(stack).shape == (2, 3)


def test_modules_that_lack_are_never_used():
    assert adaptation(rows(1, 3, of=4)) == 0
    halves = rows(0, 0, 1, 1, of=2)
    assert adaptation(halves) == adaptation(np.c_[halves, np.zeros((4, 2))])
