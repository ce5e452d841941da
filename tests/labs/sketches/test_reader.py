"""The readers of the scenes: members on their own, and what they have learned."""

import numpy as np
import pytest
import torch

from labs.data import mnist1d
from labs.kit import shared
from labs.nn import nets
from labs.sketches import reader
from labs.sketches.digits import templates
from mnist1d.templates import get_templates


@pytest.fixture(scope="module")
def trained():
    return reader.train([0, 1], steps=400)


def test_targets_are_the_templates_at_norm_1():
    assert np.linalg.norm(templates(), axis=1) == pytest.approx(np.ones(10))
    scale = templates()[3, 2] / get_templates()["x"][3, 2]
    assert templates()[3] == pytest.approx(scale * get_templates()["x"][3])


def test_a_member_does_not_depend_on_its_stack():
    x = mnist1d.published(0).test.x
    alone = reader.read(reader.train([1], steps=20), x)
    stacked = reader.read(reader.train([0, 1], steps=20), x)
    assert (alone.classes[0] == stacked.classes[1]).mean() > 0.995  # as rounding turns near ties
    assert alone.waveforms[0] == pytest.approx(stacked.waveforms[1], abs=1e-5)


def test_the_classifier_is_the_cnn():
    net, cnn = reader.start([0]), nets.CNN(1)
    cnn.first, cnn.second, cnn.third = net.first, net.second, net.third
    weight = net.classifier.weight.detach().unflatten(1, (5, 25)).transpose(1, 2).flatten(1, 2)
    cnn.head.load_state_dict({"weight": weight, "bias": net.classifier.bias})
    x = torch.randn(1, 7, 40, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(net(x)[..., :10], cnn(x), rtol=1e-5, atol=1e-5)
    assert net.parameter_count() == 6722


def test_the_loss_is_that_of_its_parts():
    labels = torch.tensor([[3, 4]])
    logits = torch.full((1, 2, 10), 0.0)
    own = torch.tensor(templates()[[3, 4]]).float().unsqueeze(0)
    right = reader.loss(torch.cat([logits, own], -1), labels)
    opposite = reader.loss(torch.cat([logits, -own], -1), labels)
    assert right.tolist() == pytest.approx([np.log(10)], rel=1e-6)
    assert opposite.tolist() == pytest.approx([np.log(10) + 4], rel=1e-6)


def test_training_learns_classes_and_waveforms(trained):
    before = reader.scores(reader.start([0, 1]), [0, 1], examples=2000)
    after = reader.scores(trained, [0, 1], examples=2000)
    assert all(score.accuracy > 55 for score in after)
    assert all(b.waveform_rms < 0.7 * a.waveform_rms for a, b in zip(before, after, strict=True))


def test_readings_have_norm_1_and_members_read_shared_or_own_signals(trained):
    x = mnist1d.published(0).test.x[:50]
    shared, own = reader.read(trained, x), reader.read(trained, np.stack([x, x]))
    assert shared.classes.shape == (2, 50)
    assert shared.waveforms.shape == (2, 50, 12)
    assert np.linalg.norm(shared.waveforms, axis=-1) == pytest.approx(np.ones((2, 50)))
    assert (shared.classes == own.classes).all()
    assert (shared.waveforms == own.waveforms).all()


def test_scores_by_hand():
    y = np.array([0, 1, 2, 3])
    waveforms = templates()[[0, 1, 2, 2]]
    off = np.square(templates()[2] - templates()[3]).sum()
    assert reader._score(y, np.array([0, 1, 2, 2]), waveforms) == pytest.approx(
        (75.0, np.sqrt(off / 48))
    )


def test_wrong_arguments_are_refused(trained):
    with pytest.raises(ValueError, match=r"x must be of shape \(n, 40\) or \(2, n, 40\), got"):
        reader.read(trained, np.zeros((3, 5, 40)))
    with pytest.raises(ValueError, match="replicates must be 2, got 1"):
        reader.scores(trained, [0])
    with pytest.raises(ValueError, match="examples must be a whole number of at least 1, got 0"):
        reader.scores(trained, [0, 1], examples=0)
    with pytest.raises(ValueError, match="steps must be a whole number of at least 1, got 0"):
        reader.train([0], steps=0)
    with pytest.raises(ValueError, match="replicates must be a whole number of at least 1, got 0"):
        reader.train([], steps=1)


def test_a_stack_is_trained_once_in_a_run(monkeypatch):
    alone, trained = reader.train([2, 5], 3), reader._trained
    with shared.folder():
        reader.train([2, 5], 3)
        monkeypatch.setattr(reader, "_trained", pytest.fail)
        again = reader.train([2, 5], 3)
        monkeypatch.setattr(reader, "_trained", trained)
        others = [reader.train([5, 2], 3), reader.train([2, 5], 4)]
    for name, weight in alone.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])
    for other in others:
        assert not torch.equal(alone.third.weight, other.third.weight)
    assert again.third.weight.requires_grad
