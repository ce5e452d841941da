"""Objects made of objects: trees, and graphs in which an object is shared."""

import copy
import pickle
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given

from labs.sketches.extensions import paths
from labs.sketches.objects import Object, Scene, at, depth, effective_weights, places
from tests.labs.sketches.made import scenes


def leaf(name="edge"):
    return Object(name, [1.0])


def test_a_scene_has_equal_weights_and_a_position_for_each_unless_told_otherwise():
    a, b = leaf(), leaf()
    assert list(Scene([a, b])) == [(a, 0.5, 0), (b, 0.5, 1)]
    assert list(Scene([a, b], [0.75, 0.25], [4, 4])) == [(a, 0.75, 4), (b, 0.25, 4)]
    assert list(Scene()) == []
    assert len(Scene([a, b, a])) == 3


def test_attributes_are_a_copy_that_cannot_be_written():
    x = np.array([0.6, 0.8])
    item = Object("face", x)
    x[:] = 0
    assert item.attributes.tolist() == [0.6, 0.8]
    with pytest.raises(ValueError, match="read-only"):
        item.attributes[0] = 0


def test_an_object_that_two_share_stands_in_both_places():
    shared = leaf()
    cat, human = Object("cat", [1.0], Scene([shared])), Object("human", [1.0], Scene([shared]))
    scene = Scene([cat, human, shared], [0.5, 0.3, 0.2])
    assert [place.positions for place in places(scene)] == [(0,), (0, 0), (1,), (1, 0), (2,)]
    weights = effective_weights(scene)
    assert weights[shared] == pytest.approx(0.5 + 0.3 + 0.2)
    assert weights[cat] == 0.5
    assert depth(scene) == 2


def test_at_gives_all_that_stand_at_the_end_of_a_path():
    a, b, c = leaf(), leaf(), leaf()
    scene = Scene([Object("face", [1.0], Scene([a, b], [0.3, 0.7], [2, 2])), c])
    assert [(p.object, p.weights) for p in at(scene, (0, 2))] == [(a, (0.5, 0.3)), (b, (0.5, 0.7))]
    assert [p.object for p in at(scene, [1])] == [c]
    for missing in ((2,), (0, 0), (1, 0), (0, 2, 0), ()):
        with pytest.raises(ValueError, match="must be a path that exists in the scene"):
            at(scene, missing)


@given(scenes())
def test_weights_of_a_level_sum_to_what_is_made_of_something(scene):
    whole = list(places(scene))
    assert depth(scene) == max((len(p.positions) for p in whole), default=0)
    for level in range(1, depth(scene) + 1):
        here = [p for p in whole if len(p.positions) == level]
        made_of = [p for p in whole if len(p.positions) == level - 1 and len(p.object.inputs)]
        above = sum(p.weight for p in made_of) if level > 1 else 1
        assert sum(p.weight for p in here) == pytest.approx(above)
        assert above <= 1 + 1e-12


@given(scenes())
def test_effective_weights_are_those_of_the_places(scene):
    total = Counter()
    for place in places(scene):
        total[place.object] += place.weight
        assert place in at(scene, place.positions)
    assert effective_weights(scene) == pytest.approx(total)


@given(scenes())
def test_paths_go_to_the_places_in_their_order(scene):
    for (path, weight), place in zip(paths(scene), places(scene), strict=True):
        assert tuple(position for position, _ in path) == place.positions
        assert path[-1][1] == place.object.module
        assert weight == pytest.approx(place.weight)


@pytest.mark.parametrize("seed", range(20))
def test_weights_and_attributes_may_come_from_float32(seed):
    drawn = np.random.default_rng(seed).random((2, 7), dtype=np.float32)
    weights, x = drawn[0] / drawn[0].sum(), drawn[1] / np.linalg.norm(drawn[1])
    scene = Scene([Object("face", x)] * 7, weights)
    assert scene.weights == tuple(weights.tolist())
    assert scene.objects[0].attributes.tolist() == x.tolist()
    tensors = map(torch.from_numpy, (x, weights, np.arange(7)))
    same = Scene([Object("face", next(tensors))] * 7, *tensors)
    assert (same.weights, same.positions) == (scene.weights, tuple(range(7)))


def test_no_weight_is_above_one():
    assert Scene([leaf()], [1 + 1e-7]).weights == (1.0,)


def test_a_scene_is_made_of_anything_that_is_iterable():
    items = [leaf(), leaf()]
    scene = Scene(iter(items), (w for w in (0.3, 0.7)), np.array([1, 0]))
    assert list(scene) == [(items[0], 0.3, 1), (items[1], 0.7, 0)]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_is_read_only_and_shares_what_was_shared(copied):
    shared = leaf()
    scene = copied(Scene([Object("face", [1.0], Scene([shared])), shared]))
    assert scene.objects[0].inputs.objects[0] is scene.objects[1]
    assert not scene.objects[1].attributes.flags.writeable
