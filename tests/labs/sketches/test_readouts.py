"""Readouts: unbiased, of the errors that are derived, with error bars that tell them."""

import numpy as np
import pytest

from labs.sketches.objects import Object, Scene
from labs.sketches.readouts import attributes, count, error_bar, mean, prefix, subset, unroll
from labs.sketches.sketching import overall_sketch
from tests.labs.sketches.made import flat, modules_of, rms, tree, unit, wide

SEEDS = range(20)


def errors(d, k, seeds=SEEDS, weights=None, **options):
    """Errors of the attributes of module 0 in flat scenes of k objects, and their bars."""
    found = []
    for seed in seeds:
        scene = flat(np.random.default_rng(seed), range(k), weights)
        space = wide(d, k, seed, **options)
        gain = space.gain((scene.weights[0],))
        read = attributes(space, overall_sketch(space, scene), "m0", gain)
        found.append((read.value - scene.objects[0].attributes, read.error))
    return tuple(map(np.array, zip(*found, strict=True)))


def slope(sizes, values):
    return np.polyfit(np.log(sizes), np.log(values), 1)[0]


@pytest.mark.parametrize("k", [1, 4])
def test_errors_of_attributes_fall_with_the_root_of_d(k):
    sizes = [128, 512, 2048]
    found = [rms(errors(d, k)[0]) for d in sizes]
    assert slope(sizes, found) == pytest.approx(-0.5, abs=0.05)
    expected = np.sqrt((8 * k - 1) / np.array(sizes))
    np.testing.assert_allclose(found, expected, rtol=0.15)


@pytest.mark.parametrize("w", [0.05, 0.2, 0.8])
def test_errors_of_attributes_depend_on_the_weight_as_derived(w):
    others = [(1 - w) / 3] * 3
    found = rms(errors(512, 4, weights=[w, *others])[0]) * np.sqrt(512)
    whole = w**2 + np.sum(np.square(others))
    assert found == pytest.approx(np.sqrt(8 * whole - w**2) / w, rel=0.12)


@pytest.mark.parametrize("reading", ["A", "B"])
@pytest.mark.parametrize("maps", ["structured", "haar"])
def test_error_bars_tell_the_errors(reading, maps):
    d, k, seeds = 128, 3, range(40)
    off, bars = errors(d, k, seeds, reading=reading, maps=maps)
    # less the readout's own part, (g / |sketch|)^2 = 1 / 24 of the square in A and 1 / 48 in B
    assert rms(off / bars[:, None]) == pytest.approx(1, abs=0.09)
    assert abs(np.mean(off / bars[:, None])) < 4 / np.sqrt(off.size)


@pytest.mark.parametrize(("fan", "ratio"), [(1, 8.8), (2, 16.8)])
def test_a_level_costs_what_is_derived(fan, ratio):
    found = {1: [], 2: []}
    for seed in range(30):
        for depth, kept in found.items():
            scene = tree(np.random.default_rng(seed), fan, depth)
            space = wide(1024, modules_of(fan, depth), seed, positions=fan)
            item = scene.objects[0] if depth == 1 else scene.objects[0].inputs.objects[0]
            gain = space.gain((1 / fan,) * depth)
            read = attributes(space, overall_sketch(space, scene), item.module, gain)
            kept.append(read.value - item.attributes)
    assert rms(found[2]) / rms(found[1]) == pytest.approx(ratio, rel=0.15)


@pytest.mark.parametrize(("k", "n"), [(4, 2), (8, 3), (4, 0)])
def test_counts_are_unbiased_and_of_the_derived_error(k, n):
    found, seeds, d = [], range(100), 256
    for seed in seeds:
        space = wide(d, k + 1, seed)
        scene = flat(np.random.default_rng(seed), [0] * n + list(range(1, k - n + 1)))
        read = count(space, overall_sketch(space, scene), "m0", space.gain((1 / k,), "count"))
        found.append(read.value - n)
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(len(seeds))
    assert rms(found) * np.sqrt(d) == pytest.approx(np.sqrt(8 * k), rel=0.25)


def test_errors_of_counts_fall_with_the_root_of_d():
    def error(d):
        found = []
        for seed in range(60):
            space, scene = wide(d, 4, seed), flat(np.random.default_rng(seed), [0, 0, 1, 2])
            gain = space.gain((0.25,), "count")
            found.append(count(space, overall_sketch(space, scene), "m0", gain).value - 2)
        return rms(found)

    sizes = [64, 256, 1024]
    assert slope(sizes, [error(d) for d in sizes]) == pytest.approx(-0.5, abs=0.08)


def test_counts_add_weights():
    space, rng = wide(2**15, 3, positions=4), np.random.default_rng(0)
    face = Object("m0", unit(rng), Scene([Object("m2", unit(rng))]))
    scene = Scene([face, face, Object("m1", unit(rng)), face], [0.1, 0.2, 0.3, 0.4])
    sketch = overall_sketch(space, scene)
    whole = count(space, sketch, "m0", space.gain((1.0,), "count"))
    assert whole.value == pytest.approx(0.7, abs=4 * whole.error)
    below = count(space, sketch, "m2", space.gain((1.0, 1.0), "count"))
    assert below.value == pytest.approx(0.7, abs=4 * below.error)
    assert below.error < 0.1


def repeated(seed, d=1024):
    """A space, a scene of four objects of one module, its sketch and the gain of each."""
    space, scene = wide(d, 1, seed, positions=5), flat(np.random.default_rng(seed), [0] * 4)
    return space, scene, overall_sketch(space, scene), space.gain((0.25,))


def test_a_path_reads_one_of_many_objects_of_a_module():
    alone, together = [], []
    for seed in SEEDS:
        space, scene, sketch, gain = repeated(seed)
        for position, item in enumerate(scene.objects):
            read = attributes(space, sketch, "m0", gain, positions=(position,))
            alone.append(read.value - item.attributes)
        whole = sum(item.attributes for item in scene.objects)
        together.append(attributes(space, sketch, "m0", gain).value - whole)
    assert rms(alone) * np.sqrt(1024) == pytest.approx(7.3, rel=0.1)
    assert rms(together) * np.sqrt(1024) == pytest.approx(7.3, rel=0.15)


def test_a_path_of_two_levels_reads_one_of_many_objects_of_a_module():
    off = []
    for seed in SEEDS:
        rng, space = np.random.default_rng(seed), wide(1024, 2, seed, positions=4)
        eyes = [Object("m1", unit(rng)) for _ in range(2)]
        face = Object("m0", unit(rng), Scene(eyes, positions=[2, 3]))
        sketch, gain = overall_sketch(space, Scene([face])), space.gain((1.0, 0.5))
        for eye, position in zip(eyes, (2, 3), strict=True):
            read = attributes(space, sketch, "m1", gain, positions=(0, position))
            off.append((read.value - eye.attributes) / read.error)
    assert rms(off) == pytest.approx(1, abs=0.12)


def test_unrolling_keeps_the_gain_of_the_path():
    found, seeds = [], range(200)
    for seed in seeds:
        space, x = wide(32, 1, seed), np.eye(1, 12)[0]
        sketch = overall_sketch(space, Scene([Object("m0", x)]))
        read = attributes(space, sketch, "m0", space.gain((1.0,)), positions=(0,))
        found.append(read.value @ x)
    assert np.mean(found) == pytest.approx(1, abs=4 * np.std(found) / np.sqrt(len(seeds)))


def test_nothing_is_read_where_nothing_is():
    """A wrong module, a wrong path, and paths that were shuffled: noise of the predicted size."""
    wrong = {"module": [], "path": [], "deep path": [], "shuffled": []}
    for seed in SEEDS:
        space, scene, sketch, gain = repeated(seed)
        other = wide(1024, 2, seed, positions=5)
        turned = overall_sketch(space, Scene(scene.objects, positions=[1, 2, 3, 0]))
        reads = {
            "module": attributes(other, sketch, "m1", gain),
            "path": attributes(space, sketch, "m0", gain, positions=(4,)),
            "deep path": attributes(space, sketch, "m0", gain, positions=(0, 1)),
        }
        for name, read in reads.items():
            wrong[name].append(read.value / read.error)
        read = attributes(space, turned, "m0", gain, positions=(0,))
        wrong["shuffled"].append((read.value - scene.objects[3].attributes) / read.error)
    for name, noise in wrong.items():
        assert rms(noise) == pytest.approx(1, abs=0.15), name
        assert abs(np.mean(noise)) < 4 / np.sqrt(np.size(noise)), name


@pytest.mark.parametrize("keep", [64, 256, 1024])
def test_a_part_of_a_sketch_is_read_as_a_shorter_sketch(keep):
    d, k, seeds = 1024, 2, range(30)
    found = {"prefix": [], "subset": []}
    for seed in seeds:
        rng, space = np.random.default_rng(seed), wide(d, k, seed)
        scene = flat(rng, range(k))
        sketch, gain = overall_sketch(space, scene), space.gain((1 / k,)) * keep / d
        kept = rng.permutation(d)[:keep]
        for name, left in (("prefix", prefix(sketch, keep)), ("subset", subset(sketch, kept))):
            read = attributes(space, left, "m0", gain)
            found[name].append((read.value - scene.objects[0].attributes, read.error))
    for reads in found.values():
        off, bars = map(np.array, zip(*reads, strict=True))
        assert rms(off) * np.sqrt(keep) == pytest.approx(np.sqrt(8 * k - keep / d), rel=0.15)
        assert rms(off / bars[:, None]) == pytest.approx(1, abs=0.12)


def test_a_part_of_a_sketch_keeps_what_it_is_told_to():
    sketch = np.arange(1.0, 13).reshape(2, 6)
    assert prefix(sketch, 2).tolist() == [[1, 2, 0, 0, 0, 0], [7, 8, 0, 0, 0, 0]]
    assert subset(sketch, [5, 0]).tolist() == [[1, 0, 0, 0, 0, 6], [7, 0, 0, 0, 0, 12]]
    assert (prefix(sketch, 6) == sketch).all()
    assert (sketch > 0).all()


def test_the_mean_needs_no_gain():
    off = []
    for seed in SEEDS:
        rng, space = np.random.default_rng(seed), wide(8192, 3, seed)
        scene = flat(rng, [0, 0, 1], [0.5, 0.25, 0.25])
        read = mean(space, overall_sketch(space, scene), "m0")
        a, b, _ = (item.attributes for item in scene.objects)
        off.append((read.value - (2 * a + b) / 3) / read.error)
        assert read.error.shape == (12,)
    assert rms(off) == pytest.approx(1, abs=0.15)


def test_the_mean_of_nothing_is_unknown():
    space = wide(64, 1)
    read = mean(space, np.zeros(64), "m0")
    assert np.isnan(read.value).all()
    assert not np.isfinite(read.error).any()


def test_many_sketches_are_read_as_one_is():
    space, rng = wide(64, 2), np.random.default_rng(0)
    many = np.stack([overall_sketch(space, flat(rng, [0, 1])) for _ in range(6)]).reshape(2, 3, 64)
    gain = space.gain((0.5,))

    def reads(sketch):
        yield attributes(space, sketch, "m0", gain, positions=(1,))
        yield count(space, sketch, "m1", gain)
        yield mean(space, sketch, "m1")

    singly = [reads(one) for one in many.reshape(6, 64)]
    for whole, *alone in zip(reads(many), *singly, strict=True):
        for part in (0, 1):
            expected = np.stack([read[part] for read in alone])
            np.testing.assert_allclose(whole[part].reshape(expected.shape), expected, atol=1e-12)


def test_a_mean_of_sketches_tells_frequencies():
    space, rng = wide(2048, 5), np.random.default_rng(0)
    drawn = rng.integers(0, 5, size=(200, 3))
    sketch = np.mean([overall_sketch(space, flat(rng, modules)) for modules in drawn], axis=0)
    for module in range(5):
        read = count(space, sketch, f"m{module}", space.gain((1 / 3,), "count"))
        assert read.value == pytest.approx(np.sum(drawn == module) / 200, abs=4 * read.error)
        assert read.error < 0.1


def test_error_bars_are_of_the_sketch_and_the_gain():
    sketch = np.ones((3, 16)) * [[1], [2], [0]]
    assert error_bar(sketch, 0.5).tolist() == [2, 4, 0]
    assert error_bar(sketch[0], 0.25) == 4


def test_unrolling_turns_back_the_root_first():
    space, x = wide(32, 3), np.random.default_rng(0).normal(size=32)
    step_by_step = space.position(2).transpose(space.position(1).transpose(x))
    np.testing.assert_allclose(unroll(space, x, (1, 2)), step_by_step)
    np.testing.assert_array_equal(unroll(space, x, ()), x)


def test_a_path_may_come_from_a_generator():
    space = wide(256, 2)
    sketch = overall_sketch(space, flat(np.random.default_rng(0), range(2)))
    for got, expected in zip(
        mean(space, sketch, "m1", positions=iter([1])),
        mean(space, sketch, "m1", positions=[1]),
        strict=True,
    ):
        np.testing.assert_array_equal(got, expected)


def test_nan_in_one_sketch_of_many_is_of_that_one():
    space = wide(256, 2)
    sketch = overall_sketch(space, flat(np.random.default_rng(0), range(2)))
    many = np.stack([sketch, sketch])
    many[1, 7] = np.nan
    read = attributes(space, many, "m0", 0.1, positions=[0])
    np.testing.assert_array_equal(np.isnan(read.value).any(1), [False, True])
    np.testing.assert_array_equal(np.isnan(read.error), [False, True])
