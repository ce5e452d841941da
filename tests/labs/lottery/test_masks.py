"""Neighbours in a lottery mask: how they are counted, and what chance gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labs.lottery import masks

MASKS = arrays(bool, st.tuples(st.integers(4, 12), st.integers(1, 9)))


@given(MASKS)
@settings(deadline=None)
def test_runs_are_counted_as_by_hand(mask):
    count = [0, 0, 0]
    for unit in mask.T:
        for n in masks.LENGTHS:
            count[n - 2] += sum(unit[i : i + n].all() for i in range(len(unit) - n + 1))
    assert masks.runs(mask).tolist() == count
    places = [len(mask.T) * (len(mask) - n + 1) for n in masks.LENGTHS]
    np.testing.assert_allclose(masks.per_place(np.array(count), mask) * places, count)


def test_chance_is_the_mean_over_permutations():
    rng = np.random.default_rng(0)
    mask = rng.random((40, 60)) < rng.random(60)
    permuted = [masks.runs(rng.permuted(mask, axis=0)) for _ in range(400)]
    error = np.std(permuted, axis=0) / 20
    assert (np.abs(np.mean(permuted, axis=0) - masks.expected_runs(mask)) < 4 * error).all()


@given(MASKS, st.integers(0, 9))
@settings(deadline=None)
def test_a_trade_keeps_both_margins(mask, seed):
    traded = mask.copy()
    masks._trade(traded, np.random.default_rng(seed))
    np.testing.assert_array_equal(traded.sum(axis=0), mask.sum(axis=0))
    np.testing.assert_array_equal(traded.sum(axis=1), mask.sum(axis=1))


def test_the_stricter_chance_knows_how_often_positions_are_used():
    rng = np.random.default_rng(1)
    even = rng.random((40, 2000)) < 0.2
    uneven = rng.random((40, 2000)) < np.linspace(0, 0.4, 40)[:, None]
    for mask, higher in ((even, False), (uneven, True)):
        stricter, chance = masks.stricter_runs(mask, rng), masks.expected_runs(mask)
        assert (abs(stricter / chance - 1) < 0.05).all() != higher
        np.testing.assert_allclose(masks.runs(mask) / stricter, 1, atol=0.1)
        assert (stricter[1] > 1.2 * chance[1]) == higher


def test_the_stricter_chance_visits_all_masks_alike():
    rng = np.random.default_rng(2)
    mask = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], bool)
    seen = {}
    for _ in range(3000):
        masks._trade(mask, rng)
        seen[mask.tobytes()] = seen.get(mask.tobytes(), 0) + 1
    assert len(seen) == 6
    assert min(seen.values()) > 400


def test_wrong_masks_are_refused():
    for mask in (np.zeros((3, 5), bool), np.zeros((40, 5)), np.zeros(40, bool)):
        with pytest.raises(ValueError, match="mask must be bool of shape"):
            masks.runs(mask)
