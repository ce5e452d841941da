"""Extensions: a matched filter that halves errors, least squares that has none, greedy decoding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.sketches.extensions import Found, greedy, least_squares, matched_filter, paths
from labs.sketches.objects import Object, Scene, places
from labs.sketches.readouts import attributes
from labs.sketches.sketching import overall_sketch, path_columns
from labs.sketches.space import Space
from tests.labs.sketches.made import (
    KINDS,
    MODULES,
    POSITIONS,
    flat,
    modules_of,
    rms,
    scenes,
    tree,
    unit,
    wide,
)

kinds = pytest.mark.parametrize("kind", KINDS)


def filtered(d, k, seeds, **options):
    """Errors of the filter, their bars and errors of the plain readout, for module 0."""
    found = []
    for seed in seeds:
        space, scene = wide(d, k, seed, **options), flat(np.random.default_rng(seed), range(k))
        sketch, x = overall_sketch(space, scene), scene.objects[0].attributes
        read = matched_filter(space, sketch, [(0, "m0")], 1 / k)
        plain = attributes(space, sketch, "m0", space.gain((1 / k,)))
        found.append((read.value - x, read.error, plain.value - x))
    return tuple(map(np.array, zip(*found, strict=True)))


@pytest.mark.parametrize(("k", "error"), [(1, 1.65), (4, 2.96)])
def test_a_matched_filter_about_halves_the_error(k, error):
    off, bars, plain = filtered(512, k, range(60))
    assert rms(off) * np.sqrt(512) == pytest.approx(error, rel=0.1)
    assert rms(off) < 0.7 * rms(plain)
    assert rms(off / bars[:, None]) == pytest.approx(1, abs=0.1)


def test_a_matched_filter_tells_its_error_in_reading_b_too():
    off, bars, _ = filtered(1024, 2, range(30), reading="B")
    assert rms(off / bars[:, None]) == pytest.approx(1, abs=0.1)


def test_a_matched_filter_reads_deeper_levels():
    off, plain = [], []
    for seed in range(20):
        space = wide(1024, modules_of(2, 2), seed, positions=2)
        scene = tree(np.random.default_rng(seed), 2, 2)
        sketch, face = overall_sketch(space, scene), scene.objects[1]
        eye = face.inputs.objects[0]
        path = [(1, face.module), (0, eye.module)]
        read = matched_filter(space, sketch, path, 1 / 4)
        off.append((read.value - eye.attributes) / read.error)
        other = attributes(space, sketch, eye.module, space.gain((0.5, 0.5)))
        plain.append((other.value - eye.attributes) / read.error)
    assert rms(off) == pytest.approx(1, abs=0.12)
    assert rms(plain) > 2.5


@kinds
def test_a_matched_filter_is_the_product_with_the_columns_of_the_path(kind):
    space, rng = Space(32, MODULES, POSITIONS, **KINDS[kind]), np.random.default_rng(0)
    path, sketches = [(2, "face"), (1, "ear"), (1, "eye")], rng.normal(size=(4, 32))
    columns = path_columns(space, path)[:, :3]
    with np.errstate(invalid="ignore"):  # a column without a block
        expected = sketches @ columns / (columns**2).sum(0) / (0.3 * space.shares["attributes"])
    read = matched_filter(space, sketches, path, 0.3)
    np.testing.assert_allclose(read.value, expected)
    assert read.error.shape == (4,)


def test_a_matched_filter_blurs_positions():
    """An object of the same module at another position is read with half of its weight."""
    own, other = np.eye(2, 12)
    found = []
    for seed in range(30):
        space = wide(1024, 1, seed, positions=2)
        sketch = overall_sketch(space, Scene([Object("m0", own), Object("m0", other)]))
        found.append(matched_filter(space, sketch, [(0, "m0")], 0.5).value)
    assert np.mean(found, axis=0) @ own == pytest.approx(1, abs=0.06)
    assert np.mean(found, axis=0) @ other == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("d", [512, 72])
def test_least_squares_is_exact(d):
    space, scene = wide(d, 6), flat(np.random.default_rng(0), range(6))
    found = least_squares(space, overall_sketch(space, scene), scene)
    for item, x in zip(scene.objects, found, strict=True):
        assert np.abs(x - item.attributes).max() < 1e-10


@kinds
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), depth=st.integers(1, 3))
def test_least_squares_is_exact_for_trees(kind, seed, depth):
    rng = np.random.default_rng(seed)
    names = list(MODULES)

    def grown(left):
        if not left:
            return Scene()
        size = rng.integers(1, 3)
        chosen = [(name, unit(rng, MODULES[name])) for name in rng.choice(names, size)]
        return Scene(
            [Object(name, x, grown(left - 1)) for name, x in chosen],
            rng.dirichlet(np.ones(size) * 5),
            rng.permutation(POSITIONS)[:size],
        )

    scene, space = grown(depth), Space(256, MODULES, POSITIONS, seed, **KINDS[kind])
    tree = [(list(path), weight) for path, weight in paths(scene)]
    for known in (scene, tree):
        found = least_squares(space, overall_sketch(space, scene), known)
        for place, x in zip(places(scene), found, strict=True):
            np.testing.assert_allclose(x, place.object.attributes, atol=1e-9)


def test_least_squares_reads_many_sketches_of_one_tree():
    space, rng = wide(64, 3), np.random.default_rng(0)
    many = [flat(rng, [2, 0]) for _ in range(6)]
    sketches = np.stack([overall_sketch(space, scene) for scene in many]).reshape(2, 3, 64)
    found = least_squares(space, sketches, many[0])
    for i, x in enumerate(found):
        assert x.shape == (2, 3, 12)
        expected = [scene.objects[i].attributes for scene in many]
        np.testing.assert_allclose(x.reshape(6, 12), expected, atol=1e-12)


@settings(max_examples=20)
@given(scene=scenes(levels=1, fan=4))
def test_least_squares_leaves_shared_objects_one_answer_each_or_refuses(scene):
    space = Space(128, MODULES, POSITIONS)
    steps = [path for path, _ in paths(scene)]
    if not steps or len(set(steps)) < len(steps):
        with pytest.raises(ValueError, match=r"tree must hold|paths must be different"):
            least_squares(space, overall_sketch(space, scene), scene)
    else:
        found = least_squares(space, overall_sketch(space, scene), scene)
        for place, x in zip(places(scene), found, strict=True):
            np.testing.assert_allclose(x, place.object.attributes, atol=1e-8)


@pytest.mark.parametrize("reading", ["A", "B"])
@pytest.mark.parametrize("weight", [None, 0.25])
def test_greedy_decoding_finds_a_flat_scene_exactly(reading, weight):
    for seed in range(3):
        rng, space = np.random.default_rng(seed), wide(512, 5, seed, reading=reading, signature=8)
        scene = flat(rng, rng.integers(0, 5, 4), None if weight else [0.4, 0.1, 0.3, 0.2])
        found = greedy(space, overall_sketch(space, scene), 4, weight=weight)
        for (item, w, position), told in zip(scene, sorted(found, key=order), strict=True):
            assert (told.position, told.module) == (position, item.module)
            assert told.weight == pytest.approx(w, abs=1e-12)
            np.testing.assert_allclose(told.attributes, item.attributes, atol=1e-11)


def order(found: Found):
    return found.position


def test_greedy_decoding_finds_what_explains_most_first():
    space, rng = wide(512, 4), np.random.default_rng(0)
    scene = flat(rng, [3, 0, 2], [0.2, 0.5, 0.3])
    found = greedy(space, overall_sketch(space, scene), 3)
    assert [item.position for item in found] == [1, 2, 0]


def test_greedy_decoding_looks_where_it_is_told_to():
    space, rng = wide(256, 4), np.random.default_rng(0)
    sketch = overall_sketch(space, flat(rng, [1, 2, 3]))
    found = greedy(space, sketch, 2, positions=[2, 0, 2])
    assert {(item.position, item.module) for item in found} == {(0, "m1"), (2, "m3")}


def test_greedy_decoding_finds_two_objects_of_one_place_of_different_modules():
    space, rng = wide(512, 3), np.random.default_rng(0)
    scene = Scene(flat(rng, [0, 1]).objects, [0.6, 0.4], [2, 2])
    found = greedy(space, overall_sketch(space, scene), 2)
    assert [(item.position, item.module) for item in found] == [(2, "m0"), (2, "m1")]


def test_greedy_decoding_needs_numbers_enough():
    """At 5 objects of 10 modules it fails in 64 dimensions and finds most scenes whole in 256."""

    def whole(d, seed):
        rng, space = np.random.default_rng(seed), wide(d, 10, seed, positions=5)
        scene = flat(rng, rng.integers(0, 10, 5))
        found = greedy(space, overall_sketch(space, scene), 5)
        told = {(item.position, item.module) for item in found}
        return told == {(position, item.module) for item, _, position in scene}

    assert sum(whole(256, seed) for seed in range(5)) >= 4
    assert sum(whole(65, seed) for seed in range(5)) <= 3


def test_no_sketch_at_all_has_no_attributes():
    space, scene = wide(64, 2), flat(np.random.default_rng(0), range(2))
    found = least_squares(space, np.empty((0, 3, 64)), scene)
    assert [x.shape for x in found] == [(0, 3, 12)] * 2


def test_what_is_found_in_nothing_has_no_weight():
    found = greedy(wide(64, 2), np.zeros(64), 2)
    assert [item.weight for item in found] == [0.0, 0.0]
    assert all(np.isnan(item.attributes).all() for item in found)


def test_what_a_singular_matrix_leaves_out_is_nan():
    spaces = [Space(2, {"a": 1}, 1, seed=seed) for seed in range(40)]
    lost = 0
    for space in spaces:
        sketch = overall_sketch(space, Scene([Object("a", [1.0])]))
        read = matched_filter(space, sketch, [(0, "a")], 1.0)
        lost += int(np.isnan(read.value[0]))
        assert np.isnan(read.value[0]) or abs(read.value[0]) < 100
    assert 0 < lost < len(spaces)
