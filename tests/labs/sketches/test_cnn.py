"""A CNN's firings as objects, by hand and from a network; what probes find in their sketches."""

import numpy as np
import pytest
import torch

from labs.data import mnist1d
from labs.sketches import firings, reader
from labs.sketches.experiments import cnn
from labs.sketches.firings import Responses
from labs.sketches.objects import depth, effective_weights, places
from labs.sketches.sketching import overall_sketches

SIZES = {"fitted": 100, "tested": 60, "top": 5, "below": 3}


@pytest.fixture(scope="module")
def net():
    return reader.train([0, 1], steps=150)


@pytest.fixture(scope="module")
def looked(net):
    return cnn.look(net, 0, 0, **SIZES)


def by_hand():
    """Two channels above fire, three below; the kernel lets channel 0 look at all of them."""
    second, third = np.zeros((1, 10, 25)), np.zeros((1, 5, 25))
    third[0, :, 0] = [0, 0, 4, 3, 0]  # norm 5, largest at place 2: a window of places 3 to 5 below
    third[0, 0, 7] = 15  # norm 15, at the left edge: the first tap sees padding
    second[0, 3, 1], second[0, 4, 2], second[0, 5, 3] = 1, 2, 3
    weight = np.zeros((3, 25, 25))
    weight[0, 1, 0], weight[1, 2, 0], weight[2, 3, 0] = 6, 1, -1
    return Responses(second, third), weight


def test_a_scene_by_hand():
    seen, weight = by_hand()
    (scene,) = firings.scenes(seen, firings.wiring(seen, weight, top=3, below=4))
    assert [item.module for item in scene.objects] == ["third 7", "third 0"]
    assert scene.weights == (0.75, 0.25)
    assert scene.positions == (0, 2)
    edge, middle = scene.objects
    assert middle.attributes.tolist() == [0, 0, 0.8, 0.6, 0]
    assert [item.module for item in middle.inputs.objects] == ["second 1", "second 2"]
    assert middle.inputs.weights == (0.75, 0.25)
    assert middle.inputs.positions == (0, 1)
    assert middle.inputs.objects[1].attributes.tolist() == np.eye(10)[4].tolist()
    assert len(edge.inputs) == 0


def test_only_the_strongest_are_in_a_scene():
    seen, weight = by_hand()
    wires = firings.wiring(seen, weight, top=1, below=1)
    (scene,) = firings.scenes(seen, wires)
    assert [item.module for item in scene.objects] == ["third 7"]
    assert scene.weights == (1.0,)


def test_where_nothing_fires_the_scene_is_empty():
    seen = Responses(np.zeros((1, 10, 25)), np.zeros((1, 5, 25)))
    wires = firings.wiring(seen, np.ones((3, 25, 25)), top=2, below=2)
    assert [len(scene) for scene in firings.scenes(seen, wires)] == [0]
    assert not firings.bag(seen, wires).any()


def test_responses_are_those_of_the_convolutions(net):
    x = mnist1d.published(1).test.x[:3]
    own = reader.alone(net, 1)
    seen = firings.responses(own, x)
    h = torch.from_numpy(x)[None, :, :, None]
    for conv in (own.first, own.second):
        h = conv(h).relu()
    np.testing.assert_allclose(seen.second, h[0].detach(), atol=1e-5)
    np.testing.assert_allclose(seen.third, own.third(h).relu()[0].detach(), atol=1e-5)
    # what the kernel weighs is what the third convolution sums
    window = np.pad(seen.second, ((0, 0), (1, 1), (0, 0)))[:, 4:7]
    total = (
        np.einsum("ntc,tco->no", window, firings.kernel(own)) + own.third.bias[0].detach().numpy()
    )
    np.testing.assert_allclose(np.maximum(total, 0), seen.third[:, 2], atol=1e-5)


def test_scenes_of_a_network_are_valid(looked):
    space = firings.space(64, seed=0)
    for scene in looked.tested.scenes:
        space.check(scene)
        assert depth(scene) == 2
        assert len(scene) <= 5
        assert all(len(item.inputs) <= 3 for item in scene.objects)
        assert sum(scene.weights) == pytest.approx(1)
    norms = [np.linalg.norm(p.object.attributes) for p in places(looked.tested.scenes[0])]
    assert norms == pytest.approx([1] * len(norms))


def test_the_bag_is_what_the_scenes_hold_without_places(looked):
    left = firings.space(64, 0).gain((1.0, 1.0)) / firings.space(64, 0).gain((1.0,))
    starts = dict(zip(firings.MODULES, np.cumsum([0, *firings.MODULES.values()]), strict=False))
    for i, scene in enumerate(looked.tested.scenes[:10]):
        expected = np.zeros(425)
        for item, weight in effective_weights(scene).items():
            layer, channel = item.module.split()
            start = starts[item.module] + int(channel) + 25 * (layer == "third")
            scale = weight * (left if layer == "second" else 1)
            expected[start : start + len(item.attributes) + 1] = scale * np.r_[item.attributes, 1]
        assert looked.tested.plain["bag"][i] == pytest.approx(expected)


def test_inputs_that_are_alike_have_the_same_sketch(net):
    own, split = reader.alone(net, 0), mnist1d.published(0).test
    twice = mnist1d.Split(np.repeat(split.x[:2], 2, axis=0), np.repeat(split.y[:2], 2))
    same = overall_sketches(firings.space(64, 0), cnn.part(own, twice, top=4, below=2).scenes)
    np.testing.assert_allclose(same[0], same[1], atol=1e-8)  # of activations in float32
    assert np.abs(same[0] - same[2]).max() > 1e-3


def test_a_member_is_what_it_is_alone(net):
    alone = cnn.look(reader.alone(net, 1), 0, 1, **SIZES)
    stacked = cnn.look(net, 1, 1, **SIZES)
    assert alone.own == stacked.own
    assert alone.tested.plain["raw"] == pytest.approx(stacked.tested.plain["raw"], abs=1e-5)


def test_a_probe_of_every_encoding(looked):
    found = cnn.probe(looked, d=32, seed=0)
    measures = ("accuracy", "gap", "auc")
    names = {f"{name}_{what}" for name in ("sketch", *cnn.PLAIN) for what in measures}
    assert set(found) == {*names, "sketch_read"}
    assert all(np.isfinite(value) for value in found.values())
    assert found["sketch_accuracy"] > 15
    assert found["sketch_gap"] > 0
    assert found["sketch_read"] > 0.1
    assert cnn.probe(looked, d=32, seed=0) == found
    assert cnn.probe(looked, d=32, seed=1) != found
    assert set(cnn.whole(looked)) == {"own_accuracy"} | {
        f"all_{name}_{what}" for name in cnn.PLAIN for what in measures
    }


def test_a_projection_keeps_all_that_fits():
    values = np.random.default_rng(0).normal(size=(5, 12))
    whole = cnn.projected(values, 20, seed=0)
    assert whole @ whole.T == pytest.approx(values @ values.T)
    assert cnn.projected(values, 3, seed=0).shape == (5, 3)


def test_similarity_by_chance_and_of_zeros():
    rng = np.random.default_rng(0)
    gap, auc = cnn.similarity(rng.normal(size=(400, 8)), rng.integers(10, size=400))
    assert gap == pytest.approx(0, abs=0.01)
    assert auc == pytest.approx(0.5, abs=0.02)
    assert cnn.similarity(np.zeros((4, 2)), np.array([0, 0, 1, 1])) == (0.0, 0.5)


def test_wrong_arguments_are_refused(net, looked):
    with pytest.raises(ValueError, match="net must be a stack of 1, got 2"):
        firings.responses(net, mnist1d.published(0).test.x[:1])
    with pytest.raises(ValueError, match="member must be 0 to 1, got 2"):
        cnn.look(net, 2, 0)
    for size in SIZES:
        with pytest.raises(ValueError, match=r"must be a whole number of at least 1, got 0"):
            cnn.look(net, 0, 0, **{**SIZES, size: 0})
    with pytest.raises(ValueError, match="must be at most d = 9, got 10"):
        cnn.probe(looked, d=9, seed=0)
