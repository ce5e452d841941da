"""Label noise: what each kind changes, how much of it, and how evenly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mnist1d import flip_to_another_class, flip_to_any_class

KINDS = [flip_to_another_class, flip_to_any_class]
Y = np.arange(20_000) % 10


@pytest.mark.parametrize("flip", KINDS)
@given(
    y=st.lists(st.sampled_from([3, 5, 8]), min_size=0, max_size=50),
    fraction=st.floats(0, 1),
    seed=st.integers(0, 2**32),
)
def test_mask_counts_and_classes(flip: Any, y: list[int], fraction: float, seed: int) -> None:
    labels = np.array(y, dtype=np.int32)
    noisy, mask = flip(labels, fraction, rng=seed, classes=[3, 5, 8])
    assert labels.tolist() == y
    assert noisy.dtype == labels.dtype
    assert mask.dtype == bool
    assert np.array_equal(mask, noisy != labels)
    assert set(noisy.tolist()) <= {3, 5, 8}
    most = round(fraction * len(y))
    assert mask.sum() == most if flip is flip_to_another_class else mask.sum() <= most


def test_another_class_takes_all_others_equally_often() -> None:
    noisy, mask = flip_to_another_class(Y, 0.5, rng=0)
    step = (noisy - Y)[mask] % 10
    assert stats.chisquare(np.bincount(step, minlength=10)[1:]).pvalue > 0.001


def test_any_class_takes_all_equally_often_and_changes_nine_in_ten() -> None:
    noisy, mask = flip_to_any_class(Y, 1.0, rng=0)
    assert stats.chisquare(np.bincount((noisy - Y) % 10, minlength=10)).pvalue > 0.001
    _, mask = flip_to_any_class(Y, 0.15, rng=0)
    assert mask.mean() == pytest.approx(0.135, abs=4 * (0.1 * 0.9 * 0.15 / len(Y)) ** 0.5)


@pytest.mark.parametrize("flip", KINDS)
def test_places_are_random_and_a_seed_repeats_them(flip: Any) -> None:
    noisy, mask = flip(Y, 0.3, rng=1)
    halves = mask[: len(Y) // 2].sum(), mask[len(Y) // 2 :].sum()
    assert stats.chisquare(halves).pvalue > 0.001
    assert np.array_equal(noisy, flip(Y, 0.3, rng=1)[0])
    assert np.array_equal(noisy, flip(Y, 0.3, rng=np.random.default_rng(1))[0])
    assert not np.array_equal(noisy, flip(Y, 0.3, rng=2)[0])


@pytest.mark.parametrize("flip", KINDS)
def test_lists_are_taken_and_an_empty_one_stays_empty(flip: Any) -> None:
    expected = flip(np.array([0, 1, 2]), 1, rng=np.int64(0))
    assert all(map(np.array_equal, flip([0, 1, 2], 1, rng=0), expected))
    for labels in ([], (), np.array([], dtype=np.uint8)):
        noisy, mask = flip(labels, 0.5, rng=0)
        assert (len(noisy), len(mask)) == (0, 0)
        assert np.issubdtype(noisy.dtype, np.integer)


@pytest.mark.parametrize("flip", KINDS)
@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"y": [0.5, 1.0]}, TypeError, "y must be a row of integers"),
        ({"y": [[0, 1]]}, TypeError, "y must be a row of integers"),
        ({"fraction": 15}, ValueError, r"fraction must lie in \[0, 1\], got 15"),
        ({"y": [1, 1]}, ValueError, "classes must hold at least two"),
        ({"classes": [0, 1]}, ValueError, "y must hold labels of classes only"),
        ({"rng": None}, TypeError, "rng must be a seed"),
        ({"rng": np.random.RandomState(0)}, TypeError, "rng must be a seed or a numpy Generator"),
        ({"rng": True}, TypeError, "rng must be an integer of at least 0, got True"),
        ({"rng": -1}, ValueError, "rng must be an integer of at least 0, got -1"),
    ],
)
def test_bad_arguments_are_refused(
    flip: Any, arguments: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        flip(**{"y": [0, 1, 2], "fraction": 0.5, "rng": 0, **arguments})
