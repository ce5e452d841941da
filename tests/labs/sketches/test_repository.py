"""The repository against brute force, and what it refuses."""

import copy
import pickle

import numpy as np
import pytest

from labs.sketches.digits import digit_space, histograms, scenes
from labs.sketches.experiments.retrieval import seen_scenes
from labs.sketches.repository import Repository, clustered
from labs.sketches.sketching import overall_sketches

D, N = 64, 30


@pytest.fixture
def sketches():
    return np.random.default_rng(0).standard_normal((N, D))


@pytest.fixture
def stored(sketches):
    stored = Repository(D)
    stored.add(sketches[:20], [f"scene {i}" for i in range(20)])
    stored.add(sketches[20:], [f"scene {i}" for i in range(20, N)])
    return stored


def cosines(a, b):
    return (a @ b.T) / np.outer(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1))


def names(places):
    return [[f"scene {i}" for i in row] for row in places.tolist()]


def test_query_and_nearest_are_brute_force(stored, sketches):
    asked = np.random.default_rng(1).standard_normal((5, D))
    for found, scores in (
        (stored.query(asked, 4), asked @ sketches.T),
        (stored.nearest(asked, 4), cosines(asked, sketches)),
    ):
        order = np.argsort(-scores, axis=1)[:, :4]
        assert found.labels.tolist() == names(order)
        np.testing.assert_allclose(found.scores, np.take_along_axis(scores, order, 1), atol=1e-12)


def test_one_is_as_many(stored, sketches):
    for ask in (stored.query, stored.nearest):
        many, one = ask(sketches[:2], 3), ask(sketches[1], 3)
        assert one.labels.tolist() == many.labels[1].tolist()
        assert one.scores.shape == (3,)
        assert ask(sketches[:2][None], 3).labels.shape == (1, 2, 3)


def test_a_stored_sketch_is_nearest_to_itself_in_any_scale(stored, sketches):
    for i, label in enumerate(stored.labels):
        assert stored.nearest(7 * sketches[i], 1).labels.tolist() == [label]
        np.testing.assert_array_equal(stored.sketch(label), sketches[i])


def test_what_is_added_later_is_found(stored, sketches):
    stored.nearest(sketches[0], 1)
    stored.add(np.ones((1, D)), ["last"])
    assert len(stored) == N + 1
    assert stored.nearest(np.ones(D), 1).labels.tolist() == ["last"]
    assert stored.graph().shape == (N + 1, N + 1)


def test_the_callers_array_may_change(stored):
    own = np.ones((1, D))
    stored.add(own, ["own"])
    own[:] = 0
    assert stored.sketch("own").sum() == D


@pytest.mark.parametrize("threshold", [None, 0.1, 0.0])
def test_graph_is_brute_force(stored, sketches, threshold, monkeypatch):
    monkeypatch.setattr("labs.sketches.repository.BLOCK", 7)
    expected = cosines(sketches, sketches)
    expected[expected <= (4 / np.sqrt(D) if threshold is None else threshold)] = 0
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(stored.graph(threshold).toarray(), expected, atol=1e-12)


def test_the_graph_joins_scenes_that_share_and_no_others():
    seen = seen_scenes("scenes of a graph", 200, 0)
    stored = Repository(4096)
    stored.add(overall_sketches(digit_space(4096, 3, 0), scenes(seen)), [*map(str, range(200))])
    counts = histograms(seen.labels)
    shared = np.minimum(counts[:, None], counts).sum(axis=-1)
    joined = stored.graph().toarray() > 0
    others = ~np.eye(200, dtype=bool)
    assert joined[(shared == 0) & others].mean() < 0.001
    assert joined[(shared >= 2) & others].mean() > 0.999


def test_clusters_are_those_of_their_seed(stored):
    assert stored.clusters(3, seed=1).tolist() == stored.clusters(3, seed=1).tolist()
    assert sorted(set(stored.clusters(3))) == [0, 1, 2]


def test_clusters_find_groups():
    centres = 10 * np.eye(3, D)
    points = centres.repeat(5, axis=0) + np.random.default_rng(0).standard_normal((15, D))
    found = clustered(points, 3).reshape(3, 5)
    assert (found == found[:, :1]).all()
    assert len(set(found[:, 0].tolist())) == 3


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda r: Repository(0), "d must be a whole number of at least 1, got 0"),
        (lambda r: r.add(np.ones((1, 3)), ["a"]), r"sketches must be of shape \(..., 64\)"),
        (lambda r: r.add(np.ones(D), ["a"]), r"sketches must be of shape \(n, 64\), got \(64,\)"),
        (lambda r: r.add(np.full((1, D), np.nan), ["a"]), "sketches must hold finite numbers"),
        (lambda r: r.add(np.ones((1, D)), ["a", "b"]), "labels must be 1, one per sketch, got 2"),
        (lambda r: r.add(np.ones((1, D)), ["scene 3"]), "labels must be new, got 'scene 3'"),
        (lambda r: r.add(np.ones((2, D)), ["a", "a"]), "labels must be new, got 'a'"),
        (lambda r: r.sketch("scne 3"), "label must be one of .*got 'scne 3': did you mean 'scene"),
        (lambda r: r.query(np.ones(3), 1), r"sketch must be of shape \(..., 64\), got \(3,\)"),
        (lambda r: r.query(np.ones(D), 31), "m must be at most the 30 stored, got 31"),
        (lambda r: r.nearest(np.ones(D), 0), "m must be a whole number of at least 1, got 0"),
        (lambda r: r.nearest(np.full(D, np.inf), 1), "sketch must hold finite numbers"),
        (lambda r: r.graph(-0.5), "threshold must be a number from 0 to 1, got -0.5"),
        (lambda r: r.graph("0.5"), "threshold must be a number from 0 to 1, got '0.5'"),
        (lambda r: r.clusters(2, seed=-1), "seed must be a whole number from 0 to 4294967295"),
        (lambda r: clustered(np.ones(3), 1), r"points must be finite, of shape \(n, d\)"),
        (lambda r: clustered(np.full((3, 2), np.nan), 1), "points must be finite, of shape"),
        (lambda r: r.clusters(31), "count must be at most the 30 stored, got 31"),
        (lambda r: r.clusters(0), "count must be a whole number of at least 1, got 0"),
        (lambda r: Repository(D).query(np.ones(D), 1), "must hold at least 1 sketch, got none"),
        (lambda r: Repository(D).nearest(np.ones(D), 1), "must hold at least 1 sketch, got none"),
        (lambda r: Repository(D).graph(), "must hold at least 1 sketch, got none"),
        (lambda r: Repository(D).clusters(1), "must hold at least 1 sketch, got none"),
    ],
)
def test_refusals(stored, act, message):
    with pytest.raises(ValueError, match=message):
        act(stored)
    assert len(stored) == N


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda r: r.add(np.ones((1, D)), [3]), "labels must be text, got 3"),
        (lambda r: r.add(np.ones((2, D)), "ab"), "labels must be a sequence of text, got 'ab'"),
        (lambda r: r.add(np.ones((1, D)), None), "labels must be a sequence, got None"),
        (lambda r: r.add([["1"] * D], ["a"]), "sketches must be an array of real numbers"),
        (lambda r: r.add(np.ones((1, D)) * 1j, ["a"]), "sketches must be an array of real numbers"),
        (lambda r: r.add([[1], [1, 2]], ["a"]), "sketches must be an array of real numbers"),
        (lambda r: r.query("scene 3", 1), "sketch must be an array of real numbers"),
        (lambda r: clustered([["a"]], 1), "points must be an array of real numbers"),
    ],
)
def test_refusals_of_type(stored, act, message):
    with pytest.raises(TypeError, match=message):
        act(stored)
    assert len(stored) == N


def test_labels_come_back_as_they_were(stored):
    odd = ["", "x\0", "long" * 1000]
    stored.add(1e9 * np.eye(3, D), iter(odd))
    found = [stored.query(row, 1).labels[0] for row in np.eye(3, D)]
    assert found == odd
    assert all(type(label) is str for label in stored.labels)


def test_nobody_changes_what_is_stored(stored):
    with pytest.raises(ValueError, match="read-only"):
        stored.sketch("scene 3")[:] = 0


@pytest.mark.parametrize("copied", [copy.copy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_has_a_life_of_its_own(stored, copied):
    asked = stored.sketch("scene 3")
    other = copied(stored)
    other.add(np.ones((1, D)), ["new"])
    assert (len(stored), len(other)) == (N, N + 1)
    assert stored.query(asked, N).labels.tolist() == stored.query(asked, N).labels.tolist()
    assert "new" in other.query(asked, N + 1).labels
    assert stored.labels == other.labels[:-1]


def test_none_asked_is_none_found(stored):
    none = np.empty((0, 2, D))
    for hits in (stored.query(none, 3), stored.nearest(none, 3)):
        assert hits.labels.shape == hits.scores.shape == (0, 2, 3)


def test_sketches_that_are_the_same_are_one_cluster():
    assert clustered(np.ones((4, 2)), 3).tolist() == [0, 0, 0, 0]
