"""What is left of an object in a sketch, and how long a sketch is, on average."""

import numpy as np
import pytest
from hypothesis import given, settings

from labs.sketches.objects import Object, Scene, places
from labs.sketches.signatures import signature
from labs.sketches.sketching import overall_sketch
from labs.sketches.space import Space
from tests.labs.sketches.made import (
    KINDS,
    MODULES,
    POSITIONS,
    D,
    modules_of,
    scenes,
    small,
    tree,
    unit,
    wide,
)

kinds = pytest.mark.parametrize("kind", KINDS)
readings = pytest.mark.parametrize("reading", ["A", "B"])


class Nothing:
    """What a random rotation is on average."""

    def apply(self, x):
        return np.zeros_like(x)

    transpose = apply


@kinds
@settings(max_examples=20)
@given(scene=scenes())
def test_gains_are_what_is_left_on_average(kind, scene):
    space = small(kind)
    space.columns("eye")  # drawn before all that scrambles is replaced by its mean
    for name in [f"position {i}" for i in range(POSITIONS)] + ["pair attributes", "pair inputs"]:
        space._drawn[name] = Nothing()
    for name in MODULES:
        space._drawn[f"module {name} 0"] = Nothing()
    left = np.zeros(D)
    for item, _, weights in places(scene):
        parts = [item.attributes * space.gain(weights), [space.gain(weights, "count")]]
        if space.signature:
            parts.append(space.gain(weights, "signature") * signature(item, space.signature))
        left += space.columns(item.module) @ np.concatenate(parts)
    np.testing.assert_allclose(overall_sketch(space, scene), left, atol=1e-13)


@readings
def test_gains_are_those_of_many_draws(reading):
    parts = {"attributes": slice(0, 3), "count": slice(3, 4), "signature": slice(4, None)}
    rng, reads = np.random.default_rng(0), []
    eye = Object("eye", unit(rng, 3), Scene([Object("face", unit(rng, 4))]))
    for seed in range(400):
        space = Space(48, MODULES, 1, seed, reading=reading, signature=6)
        reads.append(space.columns("eye").T @ overall_sketch(space, Scene([eye])))
    known = np.concatenate([eye.attributes, [1], signature(eye, 6)])
    for what, part in parts.items():
        found = np.stack(reads)[:, part] @ known[part]
        error, gain = np.std(found) / np.sqrt(len(found)), space.gain((1.0,), what)
        assert np.mean(found) == pytest.approx(gain, abs=4 * error)
        assert error < gain / 5


def test_gains_have_their_formulas():
    A, B = (Space(8, {"face": 1}, 1, reading=reading) for reading in "AB")
    for weights in ((1.0,), (0.5, 0.2), (0.25, 1.0, 0.1)):
        h, w = len(weights), np.prod(weights)
        assert A.gain(weights) == A.gain(weights, "count") == pytest.approx(w / 2 ** (3 * h + 1))
        assert B.gain(weights) == pytest.approx(w / 2 ** (4 * h + 1))
    signed = Space(8, {"face": 1}, 1, signature=4)
    gains = [signed.gain((1.0,), what) for what in ("attributes", "count", "signature")]
    assert gains == [1 / 16, 1 / 32, 1 / 32]


def square_norm(fan, depth, reading):
    """Of an overall sketch, on average: the recursion of transparent matrices that halve it."""
    pair = 1 / 2 if reading == "B" else 1

    def below(level):
        inputs = below(level + 1) / 2 / fan if level < depth else 0
        return (2 / 4 + inputs) / 4 / 2 * pair

    return below(1) / 2 / fan


@readings
@pytest.mark.parametrize(("fan", "depth"), [(1, 1), (4, 1), (16, 1), (1, 3), (2, 2), (3, 3)])
def test_norms_are_those_that_transparent_matrices_leave(reading, fan, depth):
    found = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        space = wide(1024, modules_of(fan, depth), seed, positions=fan, reading=reading)
        found.append(np.sum(overall_sketch(space, tree(rng, fan, depth)) ** 2))
    assert np.mean(found) == pytest.approx(square_norm(fan, depth, reading), rel=0.05)


def test_the_norm_of_a_flat_scene_is_the_derived_one():
    assert square_norm(4, 1, "A") == 1 / 128
    assert [round(square_norm(*tree, "A"), 5) for tree in ((2, 2), (3, 3))] == [0.01611, 0.01064]
