"""The lesson `verdicts`: what its three arms share, and what they do not."""

import numpy as np
import pytest

from labs.lessons.verdicts import training
from labs.lessons.verdicts.training import ARMS, curves


@pytest.fixture(scope="module")
def two():
    return curves(range(7, 9), steps=20, evaluations=2)


def test_every_arm_is_evaluated_at_equal_distances_and_at_the_end(two):
    assert list(two) == list(ARMS)
    for found in two.values():
        assert found.steps.tolist() == [10, 20]
        assert found.test.shape == found.val.shape == (2, 2)
        assert (found.test > 15).all()
    for values, count in ((two["plain"].test, 1000), (two["plain"].val, 500)):
        whole = values / 100 * count
        np.testing.assert_allclose(whole, whole.round(), atol=1e-6)


def test_the_arms_of_a_replicate_differ(two):
    for arm in ("slower", "twin"):
        assert (two[arm].test != two["plain"].test).any()


def test_a_replicate_is_the_same_in_other_company(two):
    alone = curves(range(8, 9), steps=20, evaluations=2)
    for arm, found in alone.items():
        # rounding decides about an example or two
        np.testing.assert_allclose(found.test[0], two[arm].test[1], atol=0.25)
        np.testing.assert_allclose(found.val[0], two[arm].val[1], atol=0.45)


def test_only_the_twin_starts_elsewhere(monkeypatch):
    still = {arm: (1e-9, start) for arm, (_, start) in ARMS.items()}
    monkeypatch.setattr(training, "ARMS", still)
    found = curves(range(7, 8), steps=1, evaluations=1)
    assert found["slower"].test == found["plain"].test
    assert found["twin"].test != found["plain"].test
