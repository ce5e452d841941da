"""The data of a replicate: published split, further examples of the same law in the same units."""

from hashlib import sha256

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from labs.data.mnist1d import drawn, fresh, published
from mnist1d import Recipe, generate


def test_replicate_zero_is_the_published_data_set():
    data, expected = published(0), generate()
    np.testing.assert_array_equal(data.train.x, expected.x.astype(np.float32))
    np.testing.assert_array_equal(data.test.y, expected.y_test)
    assert data.train.x.dtype == np.float32
    assert len(data.fresh.y) == 0


@pytest.mark.parametrize("stream", ["exact", "fast"])
def test_a_drawn_set_is_one_draw_that_is_cut(stream):
    parts = drawn(43, train=57, val=20, test=13, stream=stream)
    whole = generate(Recipe(seed=43, n_train=90), stream=stream)
    assert [len(part.y) for part in parts] == [57, 20, 13]
    np.testing.assert_array_equal(np.concatenate([p.x for p in parts]), whole.x.astype("f4"))
    np.testing.assert_array_equal(np.concatenate([p.y for p in parts]), whole.y)


@pytest.mark.parametrize(
    ("stream", "digest"), [("exact", "8c89865a9eff6f69"), ("fast", "02b9a28f7cdceb82")]
)
def test_drawn_sets_are_those_of_the_stored_results(stream, digest):
    parts = drawn(42, train=333, test=217, stream=stream)
    labels = np.concatenate([part.y for part in parts]).astype("<i8")
    assert sha256(labels.tobytes()).hexdigest()[:16] == digest


def test_replicate_zero_as_drawn_is_the_published_data_set():
    data, expected = drawn(42, train=4000, test=1000), published(0)
    for ours, theirs in ((data.train, expected.train), (data.test, expected.test)):
        np.testing.assert_array_equal(ours.x, theirs.x)
        np.testing.assert_array_equal(ours.y, theirs.y)


def test_fewer_and_more_training_examples_are_nested():
    some, all_, more = (published(3, train=n).train for n in (100, 4000, 4500))
    np.testing.assert_array_equal(some.x, all_.x[:100])
    np.testing.assert_array_equal(more.x[:4000], all_.x)
    assert len(more.y) == 4500


def test_fresh_examples_stand_in_the_units_of_the_set_they_belong_to():
    # By its own moments a set has mean 0 and deviation 1 exactly; by another's only nearly.
    own = generate(Recipe(seed=45))
    drawn = fresh(3, 20_000, "test")
    raw = drawn.x.astype(float) * own.moments[1] + own.moments[0]
    other = generate(Recipe(seed=47, num_samples=20_000))
    expected = np.concatenate([other.x, other.x_test]) * other.moments[1] + other.moments[0]
    assert raw.std() == pytest.approx(expected.std(), rel=0.01)
    assert raw.mean() == pytest.approx(expected.mean(), abs=0.01 * expected.std())
    assert abs(drawn.x.mean()) > 1e-4 or abs(drawn.x.std() - 1) > 1e-4


def test_fresh_examples_follow_the_law_of_the_published_ones():
    data = published(0, test=20_000)
    model = KNeighborsClassifier(10).fit(*data.train)
    scores = [model.score(*part) for part in (data.test, data.fresh)]
    assert scores[0] == pytest.approx(scores[1], abs=4 * 0.5 / 1000**0.5)
    np.testing.assert_array_equal(np.bincount(data.fresh.y), [2000] * 10)


def test_purposes_and_replicates_are_other_draws():
    one, other, third = fresh(0, 30, "a"), fresh(0, 30, "b"), fresh(1, 30, "a")
    assert not np.array_equal(one.x, other.x)
    assert not np.array_equal(one.x, third.x)
    np.testing.assert_array_equal(one.x, fresh(0, 30, "a").x)


def test_fewer_fresh_examples_are_the_first_of_more():
    few, more = (published(0, train=4000 + n, test=n) for n in (1500, 2500))
    np.testing.assert_array_equal(few.fresh.x, more.fresh.x[:1500])
    np.testing.assert_array_equal(few.train.y, more.train.y[:5500])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"train": 0}, "train must be a whole number of at least 1, got 0"),
        ({"train": 10.5}, "train must be a whole number of at least 1, got 10.5"),
        ({"test": -1}, "test must be at least 0, got -1"),
        ({"replicate": -1}, "replicate must be at least 0, got -1"),
        ({"replicate": True}, "replicate must be at least 0, got True"),
    ],
)
def test_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        published(**{"replicate": 0, **arguments})


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"train": -5, "test": 10}, "train must be an integer of at least 0, got -5"),
        ({"train": 5, "val": 2.5}, "val must be an integer of at least 0, got 2.5"),
        ({"train": 0}, "must be at least 1, got 0"),
    ],
)
def test_sizes_of_a_drawn_set_are_refused_by_name(sizes, message):
    with pytest.raises((TypeError, ValueError), match=message):
        drawn(0, **sizes)
