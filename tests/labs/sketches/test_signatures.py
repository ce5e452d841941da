"""Signatures: strings of objects, read from sketches and compared."""

import numpy as np
import pytest

from labs.sketches.objects import Object, Scene
from labs.sketches.readouts import Estimate
from labs.sketches.signatures import read_signature, same, signature
from labs.sketches.sketching import overall_sketch
from tests.labs.sketches.made import flat, rms, unit, wide

EXACT = np.array(0.0)


def test_a_signature_is_of_the_module_and_the_rounded_attributes():
    item = Object("face", [0.6, 0.8], Scene([Object("eye", [1.0])]))
    string = signature(item, 20)
    assert np.unique(np.abs(string)) == pytest.approx(1 / np.sqrt(20))
    assert string @ string == pytest.approx(1)
    for alike in (Object("face", [0.6, 0.8]), Object("face", [0.6001, 0.7998])):
        np.testing.assert_array_equal(signature(alike, 20), string)
    for other in (Object("eye", [0.6, 0.8]), Object("face", [0.602, 0.798])):
        assert (signature(other, 20) != string).any()
    np.testing.assert_allclose(signature(item, 7), string[:7] * np.sqrt(20 / 7))
    assert "".join("-+"[int(x > 0)] for x in string) == "---+-+---++-+-+--++-"


def test_signatures_are_coins():
    rng = np.random.default_rng(0)
    strings = np.sign([signature(Object("face", unit(rng)), 33) for _ in range(400)])
    assert np.abs(strings.mean(0)).max() < 4.5 / np.sqrt(400)
    cross = strings @ strings.T / np.sqrt(33)
    assert rms(cross[np.triu_indices(400, 1)]) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("reading", ["A", "B"])
def test_a_signature_is_read_with_the_error_that_is_told(reading):
    off = []
    for seed in range(20):
        space = wide(512, 3, seed, signature=32, reading=reading)
        scene = flat(np.random.default_rng(seed), [1, 1, 2])
        sketch, gain = overall_sketch(space, scene), space.gain((1 / 3,), "signature")
        for item, _, position in scene:
            read = read_signature(space, sketch, gain, positions=(position,))
            off.append((read.value - signature(item, 32)) / read.error)
        read = read_signature(space, sketch, gain)
        whole = sum(signature(item, 32) for item in scene.objects)
        off.append((read.value - whole) / read.error)
    assert rms(off) == pytest.approx(1, abs=0.06)


def met_twice(space, rng, truth):
    """The probability that an object of two scenes with other objects is the same, as it is or is
    not."""
    first, second = flat(rng, [0, 1, 2]), flat(rng, [3, 0, 4])
    if truth:
        second = Scene([second.objects[0], first.objects[0], second.objects[2]])
    gain = space.gain((1 / 3,), "signature")
    reads = [
        read_signature(space, overall_sketch(space, scene), gain, positions=(position,))
        for scene, position in ((first, 0), (second, 1))
    ]
    return float(same(*reads))


def test_an_object_that_is_met_twice_is_known_again():
    rng, told = np.random.default_rng(0), []
    for seed in range(60):
        space = wide(1024, 5, seed, signature=32)
        told += [(truth, met_twice(space, rng, truth)) for truth in (True, False)]
    truth, probability = np.array(told).T
    assert np.mean((probability > 0.5) == truth) > 0.8
    assert np.mean(probability - truth) == pytest.approx(0, abs=0.1)
    brier = np.mean((probability - truth) ** 2)  # what it would be were probabilities right
    assert brier == pytest.approx(np.mean(probability * (1 - probability)), abs=0.04)
    sure = wide(8192, 5, signature=32)
    assert met_twice(sure, rng, True) > 0.99
    assert met_twice(sure, rng, False) < 0.01


def test_probabilities_are_those_of_bayes():
    rng, n, error = np.random.default_rng(0), 6, 0.5
    strings = rng.choice([-1, 1], size=(2, 20000, n)) / np.sqrt(n)
    truth = rng.random(20000) < 0.3
    strings[1, truth] = strings[0, truth]
    reads = [Estimate(x + error * rng.normal(size=x.shape), np.full(20000, error)) for x in strings]
    probability = same(*reads, prior=0.3)
    assert probability.mean() == pytest.approx(0.3, abs=0.015)
    for low in (0.1, 0.3, 0.5):
        told = (probability > low) & (probability < low + 0.2)
        assert truth[told].mean() == pytest.approx(probability[told].mean(), abs=0.04)


def test_what_is_known_of_probabilities():
    a, b = (signature(Object("face", [x]), 32) for x in (0.1, 0.2))
    assert same(Estimate(a, EXACT), Estimate(a, EXACT)) == pytest.approx(1)
    assert same(Estimate(a, EXACT), Estimate(b, EXACT)) == pytest.approx(0)
    blind = Estimate(a, np.array(1e6))
    assert same(blind, Estimate(a, EXACT), prior=0.2) == pytest.approx(0.2)
    read = Estimate(a * 0.9, np.array(0.1))
    other = Estimate(b * 0.8, np.array(0.2))
    assert same(read, other) == pytest.approx(same(other, read))
    assert same(read, read, prior=0.0) == 0
    assert same(read, read, prior=1.0) == 1


def test_nobody_knows_of_nan():
    read = Estimate(np.full((2, 4), np.nan), np.ones(2))
    assert np.isnan(same(read, Estimate(np.ones(4) / 2, EXACT))).all()
