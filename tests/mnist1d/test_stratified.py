"""How classes fall on splits: stratified where exact sizes are asked for, else as published."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mnist1d import Recipe, generate, make_mnist1d

STREAMS = ["exact", "fast"]
CLASSES = {
    n: {"x": np.random.default_rng(n).normal(size=(n, 3)), "t": [0, 1, 2], "y": np.arange(n)}
    for n in (1, 3, 10)
}


@pytest.mark.parametrize("stream", STREAMS)
@settings(max_examples=40, deadline=None)
@given(
    sizes=st.tuples(*[st.integers(0, 45)] * 3).filter(any),
    n_classes=st.sampled_from([*CLASSES]),
    seed=st.integers(0, 2**32 - 1),
)
def test_counts_differ_by_one_at_most_in_every_split(
    stream: str, sizes: tuple[int, int, int], n_classes: int, seed: int
) -> None:
    recipe = Recipe(n_train=sizes[0], n_val=sizes[1], n_test=sizes[2], seed=seed)
    data = generate(recipe, templates=CLASSES[n_classes], stream=stream)
    for labels, size in zip((data.y, data.y_val, data.y_test), sizes, strict=True):
        counts = np.bincount(labels, minlength=n_classes)
        assert counts.sum() == size
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("stream", STREAMS)
def test_no_class_is_favoured_with_the_one_sample_more(stream: str) -> None:
    times = np.zeros(10)
    for seed in range(600):
        data = generate(Recipe(n_train=13, n_test=11, seed=seed), stream=stream)
        for labels in (data.y, data.y_test):
            times += np.bincount(labels, minlength=10) - 1
    assert times.sum() == 600 * 4
    assert stats.chisquare(times).pvalue > 0.001


@pytest.mark.parametrize("stream", STREAMS)
def test_a_split_comes_in_random_order_and_its_labels_fit_its_samples(stream: str) -> None:
    still = Recipe(
        padding=(2, 2), max_translation=1, corr_noise_scale=0, iid_noise_scale=0, shear_scale=0
    )
    recipe = replace(still, n_train=203, n_val=1005)
    data = generate(recipe, templates=CLASSES[3], stream=stream)
    for x, y in ((data.x, data.y), (data.x_val, data.y_val)):
        assert abs(np.corrcoef(y[:-1], y[1:])[0, 1]) < 4 / len(y) ** 0.5
        means = [x[y == label].mean(axis=0) for label in range(3)]
        nearest = [np.linalg.norm(x - mean, axis=1) for mean in means]
        assert (np.argmin(nearest, axis=0) == y).all()


@pytest.mark.parametrize(
    ("stream", "digest"), [("exact", "0bb3a025c713048f"), ("fast", "6fcad181c1dcf391")]
)
def test_one_split_of_a_multiple_of_the_classes_is_what_it_always_was(
    stream: str, digest: str
) -> None:
    data = generate(Recipe(n_train=1000, seed=7), stream=stream)
    assert sha256(data.y.astype("<i8").tobytes()).hexdigest()[:16] == digest


def test_the_splits_before_do_not_depend_on_those_behind() -> None:
    few, more = generate(Recipe(n_train=57)), generate(Recipe(n_train=57, n_val=21, n_test=3))
    raw = [data.x * data.moments[1] + data.moments[0] for data in (few, more)]
    np.testing.assert_allclose(*raw, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(few.y, more.y)


def test_the_published_law_is_balanced_as_a_whole_and_its_splits_are_not() -> None:
    data = generate(Recipe(num_samples=1000))
    counts = np.bincount(data.y)
    assert counts.max() - counts.min() > 1
    assert (counts + np.bincount(data.y_test)).tolist() == [100] * 10


@pytest.mark.parametrize("stream", STREAMS)
def test_a_held_out_part_leaves_the_published_data_as_they_are(stream: str) -> None:
    whole, parts = generate(stream=stream), generate(Recipe(n_val=500), stream=stream)
    assert [len(y) for y in (parts.y, parts.y_val, parts.y_test)] == [3500, 500, 1000]
    np.testing.assert_array_equal(whole.x, np.concatenate([parts.x, parts.x_val]))
    np.testing.assert_array_equal(whole.y, np.concatenate([parts.y, parts.y_val]))
    np.testing.assert_array_equal(whole.x_test, parts.x_test)
    np.testing.assert_array_equal(whole.y_test, parts.y_test)


@pytest.mark.parametrize("n_samples", [1, 11, 203, 1001])
def test_make_mnist1d_is_stratified(n_samples: int) -> None:
    for seed in range(10):
        counts = np.bincount(make_mnist1d(n_samples, random_state=seed)[1], minlength=10)
        assert counts.max() - counts.min() <= 1
