"""What modules learn from without labels."""

from dataclasses import replace

import pytest
import torch

from labs.composition.examples import examples, sizes, trained_bases
from labs.composition.grid import PRESETS, cells
from labs.composition.unlabelled import signal

pytestmark = pytest.mark.slow  # trains or draws

CELL = replace(cells(PRESETS["smoke"])[0], base_steps=40)  # it must tell domains apart
REPLICATES = [0, 1]


def drawn(kind, domain="reverse", count=300):
    weights = trained_bases([replace(CELL, replicate=r) for r in REPLICATES], "cpu")
    cell = replace(CELL, signal=kind)
    return weights, signal(cell, REPLICATES, [domain] * 2, weights, "test", count, "cpu")


def test_labels_are_the_examples_themselves():
    _, own = drawn("labels")
    x, y = examples(REPLICATES, ["reverse"] * 2, "test", 300, "cpu")
    assert torch.equal(own.x, x)
    assert torch.equal(own.y, y)


def test_pairs_want_of_a_domain_what_the_base_has_of_its_clean_original():
    for domain, least in (("clean", 0.0), ("reverse", 0.01)):
        weights, own = drawn("pairs", domain, 20)
        loss = own.loss(own.read(weights, own.x, (), sizes(CELL).heads), own.y)
        assert loss.shape == (2,)
        assert (loss >= least).all()
        assert domain != "clean" or loss.max() < 1e-10


def test_a_third_of_the_tokens_is_hidden_and_to_be_told():
    _, own = drawn("samples")
    x, _ = examples(REPLICATES, ["reverse"] * 2, "test", 300, "cpu")
    hidden = ~own.y.isnan()
    assert hidden.double().mean() == pytest.approx(0.3, abs=0.01)
    by_token = hidden.unflatten(-1, (20, 2))
    assert torch.equal(by_token[..., 0], by_token[..., 1])
    assert (own.x[hidden] == 0).all()
    assert torch.equal(own.x[~hidden], x[~hidden])
    assert torch.equal(own.y[hidden], x[hidden])


def test_the_loss_is_of_hidden_samples_alone():
    _, own = drawn("samples", count=20)
    hidden = ~own.y.isnan()
    right = torch.where(hidden, own.y, 7.0)
    assert own.loss(right, own.y).tolist() == [0, 0]
    assert own.loss(right + 2 * hidden, own.y).tolist() == pytest.approx([4, 4])


def test_what_tells_samples_beats_their_mean_on_clean_signals():
    weights, own = drawn("samples", "clean")
    told = own.loss(own.read(weights, own.x, (), sizes(CELL).heads), own.y)
    mean = own.loss(torch.full_like(own.y, own.y.nanmean().item()), own.y)
    assert (told < 0.8 * mean).all()


def test_another_domain_is_told_by_the_same_map():
    weights, clean = drawn("samples", "clean")
    _, other = drawn("samples", "reverse")
    heads = sizes(CELL).heads
    own, same = (one.read(weights, clean.x, (), heads) for one in (clean, other))
    assert torch.equal(own, same)
