"""Sketches against their definition in dense matrices, one at a time against many at once, and the
bounds that follow from the definition."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.sketches.extensions import paths
from labs.sketches.objects import Object, Scene, places
from labs.sketches.signatures import signature
from labs.sketches.sketching import (
    attribute_sketch,
    coefficients,
    input_sketch,
    object_sketch,
    overall_sketch,
    overall_sketches,
    path_columns,
)
from labs.sketches.space import Space
from tests.labs.sketches.made import (
    KINDS,
    MODULES,
    POSITIONS,
    D,
    flat,
    modules_of,
    scenes,
    small,
    tree,
    unit,
    wide,
)

kinds = pytest.mark.parametrize("kind", KINDS)


def by_definition(space, scene):
    """The overall sketch from the formulas, in dense matrices."""
    unity, e_1 = np.eye(space.d), np.eye(1, space.d)[0]

    def rotation(name):
        return space.map(name).apply(unity).T

    def transparent(name):
        return (unity + rotation(name)) / 2

    def attributes_and_count(item):
        n = len(item.attributes)
        if space.blocks:
            drawn = space.columns(item.module)
            return drawn[:, :n] @ item.attributes, drawn[:, n]
        x = np.pad(item.attributes, (0, space.d - n))
        return rotation(f"module {item.module} 1") @ x, rotation(f"module {item.module} 2") @ e_1

    def of_object(item):
        attributes, count = attributes_and_count(item)
        own, made_of = attributes / 2 + count / 2, of_inputs(item.inputs)
        if space.signature:
            string = rotation("signature")[:, : space.signature] @ signature(item, space.signature)
            own = attributes / 2 + count / 4 + string / 4
        if space.reading == "B":
            own = transparent("pair attributes") @ own
            made_of = transparent("pair inputs") @ made_of
        return transparent(f"module {item.module} 0") @ (own / 2 + made_of / 2)

    def of_inputs(scene):
        sketches = [w * transparent(f"position {i}") @ of_object(item) for item, w, i in scene]
        return sum(sketches, np.zeros(space.d))

    return of_inputs(scene)


@kinds
@settings(max_examples=20)
@given(scene=scenes(), seed=st.integers(0, 3))
def test_a_sketch_is_what_it_is_defined_to_be(kind, scene, seed):
    space = small(kind, seed)
    np.testing.assert_allclose(
        overall_sketch(space, scene), by_definition(space, scene), atol=1e-12
    )


@kinds
@settings(max_examples=25)
@given(scene=st.lists(scenes(), max_size=4), times=st.sampled_from([1, 8]))
def test_many_at_once_are_those_of_one_at_a_time(kind, scene, times):
    space, many = small(kind), scene * times
    alone = np.array([overall_sketch(space, one) for one in many]).reshape(-1, D)
    np.testing.assert_allclose(overall_sketches(space, many), alone, atol=1e-13)


@kinds
def test_many_flat_scenes_are_those_of_one_at_a_time(kind):
    space, rng = small(kind), np.random.default_rng(0)
    names = list(MODULES)

    def scene():
        chosen = rng.choice(names, rng.integers(0, 6))
        objects = [Object(name, unit(rng, MODULES[name])) for name in chosen]
        return Scene(objects, None, rng.integers(0, POSITIONS, len(objects)))

    many = [scene() for _ in range(100)]
    alone = np.stack([overall_sketch(space, one) for one in many])
    np.testing.assert_allclose(overall_sketches(space, many), alone, atol=1e-13)


@pytest.mark.parametrize("count", [10, 100])  # fewer objects than columns, and more
def test_many_at_once_are_cut_into_parts_that_memory_holds(count, monkeypatch):
    space, rng = wide(64, 4), np.random.default_rng(0)
    many = [flat(rng, rng.integers(0, 4, 3)) for _ in range(count)]
    many[3::4] = [Scene([Object("m0", unit(rng), scene)]) for scene in many[3::4]]
    whole = overall_sketches(space, many)
    monkeypatch.setattr("labs.sketches.sketching.CHUNK", 7 * 64)
    monkeypatch.setattr("labs.sketches.sketching.CACHED", 10)
    np.testing.assert_allclose(overall_sketches(space, many), whole, atol=1e-14)
    alone = np.stack([overall_sketch(space, scene) for scene in many])
    np.testing.assert_allclose(whole, alone, atol=1e-14)


@kinds
@settings(max_examples=20)
@given(scene=scenes())
def test_a_sketch_is_linear_in_the_columns_of_its_paths(kind, scene):
    space, total = small(kind), np.zeros(D)
    for (path, weight), place in zip(paths(scene), places(scene), strict=True):
        total += weight * path_columns(space, path) @ coefficients(space, place.object)
    np.testing.assert_allclose(overall_sketch(space, scene), total, atol=1e-12)


def test_parts_of_a_sketch_are_what_it_is_made_of():
    space, rng = small("A"), np.random.default_rng(0)
    eye = Object("eye", unit(rng, 3))
    face = Object("face", unit(rng, 4), Scene([eye, eye], [0.25, 0.75]))
    x = attribute_sketch(space, eye)
    np.testing.assert_allclose(x, space.columns("eye") @ [*eye.attributes / 2, 0.5], atol=1e-14)
    R_0 = space.module("eye")
    np.testing.assert_allclose(object_sketch(space, eye), (x + R_0.apply(x)) / 4, atol=1e-14)
    scene = Scene([face])
    np.testing.assert_array_equal(overall_sketch(space, scene), input_sketch(space, scene))


@kinds
def test_an_empty_scene_has_a_sketch_of_zeros(kind):
    space = small(kind)
    assert not overall_sketch(space, Scene()).any()
    assert overall_sketches(space, []).shape == (0, D)
    assert not overall_sketches(space, [Scene(), Scene()]).any()
    alone = Object("ear", [1.0])
    leaf = overall_sketch(space, Scene([alone]))
    np.testing.assert_array_equal(
        leaf, overall_sketch(space, Scene([alone, alone], [1, 0], [0, 1]))
    )


@kinds
def test_a_space_is_its_arguments_whatever_was_asked_for_before(kind):
    rng, first, second = np.random.default_rng(0), small(kind), small(kind)
    scene = Scene([Object(name, unit(rng, MODULES[name])) for name in MODULES])
    for name in reversed(MODULES):
        second.module(name), second.columns(name), second.position(1)
    whole = overall_sketch(first, scene)
    np.testing.assert_array_equal(overall_sketch(second, scene), whole)
    assert not np.allclose(overall_sketch(small(kind, seed=1), scene), whole)


def test_all_matrices_of_a_space_are_different():
    space = Space(16, {"position": 2, "pair": 2, "a": 2}, 3, reading="B", signature=2)
    overall_sketch(space, Scene([Object(name, [0.6, 0.8]) for name in space.modules]))
    maps = [space.map(name) for name in space._drawn]
    assert len(maps) == 3 * 3 + 3 + 1 + 2  # of modules, positions, signatures, the pair
    assert len({map_.apply(np.eye(16)).tobytes() for map_ in maps}) == len(maps)


def moved(scene, rng, size):
    """The scene with every attribute vector moved by `size`, less than its norm is short of 1."""

    def item(old):
        x = old.attributes * (1 - size) + size * unit(rng, len(old.attributes))
        return Object(old.module, x, moved(old.inputs, rng, size))

    return Scene([item(old) for old in scene.objects], scene.weights, scene.positions)


def shrunk(scene, size):
    """`moved` by nothing."""
    objects = [
        Object(old.module, old.attributes * (1 - size), shrunk(old.inputs, size))
        for old in scene.objects
    ]
    return Scene(objects, scene.weights, scene.positions)


@pytest.mark.parametrize("kind", ["A", "B", "Haar"])
@given(scene=scenes(), seed=st.integers(0, 2**32), size=st.floats(0.01, 1))
def test_a_sketch_moves_half_as_far_as_attributes_at_most(kind, scene, seed, size):
    space, rng = small(kind, seed), np.random.default_rng(seed)
    there, here = moved(scene, rng, size), shrunk(scene, size)
    distance = np.linalg.norm(overall_sketch(space, there) - overall_sketch(space, here))
    assert distance <= size / 2 * (1 + 1e-9)


@pytest.mark.parametrize(("fan", "depth", "ratio"), [(1, 1, 0.125), (3, 1, 0.072), (3, 3, 0.073)])
def test_a_sketch_moves_as_far_as_is_derived(fan, depth, ratio):
    found = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        scene = tree(rng, fan, depth)
        space = wide(1024, modules_of(fan, depth), seed, positions=fan)
        there, here = moved(scene, rng, 0.1), shrunk(scene, 0.1)
        found.append(np.linalg.norm(overall_sketch(space, there) - overall_sketch(space, here)))
    assert np.mean(found) / 0.1 == pytest.approx(ratio, rel=0.08)


@pytest.mark.parametrize("cosine", [1, 0, -1])
def test_sketches_that_share_a_module_resemble_each_other(cosine):
    """The mean of an inner product is w w' (1 + cosine) / 64 at one position, half at two."""
    found = {0: [], 1: []}
    for seed in range(40):
        rng, space = np.random.default_rng(seed), wide(1024, 7, seed)
        x, y = np.eye(2, 12)
        mine, yours = Object("m0", x), Object("m0", cosine * x + np.sqrt(1 - cosine**2) * y)
        mine = Scene([mine, *flat(rng, [1, 2, 3]).objects])
        for position in found:
            objects = flat(rng, [4, 5, 6]).objects
            scene = Scene([*objects[:position], yours, *objects[position:]])
            found[position].append(overall_sketch(space, mine) @ overall_sketch(space, scene))
    for position, scale in ((0, 64), (1, 128)):
        error = np.std(found[position]) / np.sqrt(40)
        expected = (1 + cosine) / scale / 16
        assert np.mean(found[position]) == pytest.approx(expected, abs=4 * error)
        assert error < 2 / scale / 16 / 10


def ladder(steps):
    """A graph of as many levels, in each of which one object is two inputs of the next."""
    item = Object("face", unit(np.random.default_rng(0), 4))
    for _ in range(steps):
        item = Object("face", item.attributes, Scene([item, item]))
    return Scene([item])


def test_what_two_share_is_sketched_once():
    space = small("A")
    whole = overall_sketch(space, ladder(200))  # a tree of 2^200 leaves
    assert np.isfinite(whole).all()
    space.check(ladder(200))
    np.testing.assert_allclose(
        overall_sketches(space, [ladder(5)])[0], overall_sketch(space, ladder(5)), atol=1e-15
    )


def test_scenes_may_come_from_a_generator():
    space, scene = small("A"), ladder(1)
    found = overall_sketches(space, (scene for _ in range(3)))
    np.testing.assert_array_equal(found, overall_sketches(space, [scene] * 3))


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
@kinds
def test_a_copy_of_a_space_is_small_and_draws_the_same(kind, copied):
    space, scene = small(kind), ladder(2)
    before = len(pickle.dumps(space))
    whole = overall_sketch(space, scene)
    other = copied(space)
    assert len(pickle.dumps(space)) == before
    assert not other._drawn
    np.testing.assert_array_equal(overall_sketch(other, scene), whole)


def test_nothing_that_a_space_keeps_can_be_changed_by_chance():
    modules = dict(MODULES)
    space = Space(D, modules, POSITIONS)
    modules["face"] = 1
    assert space.modules == MODULES
    for columns in (space.columns("face"), space.object_columns("face")):
        with pytest.raises(ValueError, match="read-only"):
            columns *= 2


def test_gains_of_float32_are_as_exact_as_others():
    gain = small("A").gain(np.array([1 / 3], np.float32))
    assert type(gain) is float
    assert gain == small("A").gain([float(np.float32(1 / 3))])
    assert gain == small("A").gain(w for w in np.array([1 / 3], np.float32))
