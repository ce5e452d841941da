"""The encoder against its torch.nn twin, the contrastive losses against a double loop."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from labs.nn import nets
from labs.self_supervised import plain
from labs.self_supervised.contrastive import Encoder, half_info_nce, info_nce

PROJECTORS = {(125, 16): 21_716, (): 3_950, (125, 125, 125, 16): 53_216, (10,): 5_210}


def views(seed, members=2, batch=5, features=3):
    draws = torch.Generator().manual_seed(seed)
    return torch.randn(2, members, batch, features, generator=draws, dtype=torch.float64)


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)


def half_by_loops(first, second, temperature):
    total = 0.0
    for i, anchor in enumerate(first):
        scores = [math.exp(cosine(anchor, other) / temperature) for other in second]
        total -= math.log(scores[i] / sum(scores))
    return total / len(first)


def full_by_loops(first, second, temperature):
    both, n, total = [*first, *second], len(first), 0.0
    for i, anchor in enumerate(both):
        partner = (i + n) % (2 * n)
        scores = {
            j: math.exp(cosine(anchor, other) / temperature)
            for j, other in enumerate(both)
            if j != i
        }
        total -= math.log(scores[partner] / sum(scores.values()))
    return total / (2 * n)


BY_LOOPS = [(half_info_nce, half_by_loops), (info_nce, full_by_loops)]


@pytest.mark.parametrize(("loss", "by_loops"), BY_LOOPS)
@given(
    seed=st.integers(0, 2**32),
    batch=st.integers(2, 6),
    features=st.integers(2, 4),
    temperature=st.floats(0.1, 5),
)
def test_losses_are_those_of_a_double_loop(loss, by_loops, seed, batch, features, temperature):
    first, second = views(seed, 2, batch, features)
    found = loss(first, second, temperature).tolist()
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    assert found == pytest.approx([by_loops(*pair, temperature) for pair in pairs], rel=1e-9)


@pytest.mark.parametrize(("loss", "choices"), [(half_info_nce, 5), (info_nce, 9)])
def test_views_that_are_all_alike_are_told_apart_by_chance(loss, choices):
    same = torch.ones(1, 5, 3)
    assert loss(same, same).item() == pytest.approx(math.log(choices), rel=1e-6)


@pytest.mark.parametrize("loss", [half_info_nce, info_nce])
def test_losses_see_angles_only_and_no_order(loss):
    first, second = views(0)
    found = loss(first, second)
    torch.testing.assert_close(loss(3 * first, 0.1 * second), found)
    order = torch.randperm(5, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(loss(first[:, order], second[:, order]), found)
    torch.testing.assert_close(loss(first[1:], second[1:]), found[1:])
    assert not torch.allclose(loss(first, second[:, order]), found)


def test_only_the_full_loss_is_symmetric():
    first, second = views(0)
    torch.testing.assert_close(info_nce(first, second), info_nce(second, first))
    assert not torch.allclose(half_info_nce(first, second), half_info_nce(second, first))


@pytest.mark.parametrize(
    ("loss", "twin"), [(half_info_nce, plain.half_info_nce), (info_nce, plain.info_nce)]
)
def test_losses_are_those_of_their_twins(loss, twin):
    first, second = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(loss(first[None], second[None], 0.5)[0], twin(first, second, 0.5))


@pytest.mark.parametrize("loss", [half_info_nce, info_nce])
def test_gradients_of_the_losses(loss):
    first, second = (v.requires_grad_() for v in views(2, batch=4))
    assert torch.autograd.gradcheck(loss, (first, second))


@pytest.mark.parametrize("loss", [half_info_nce, info_nce])
@pytest.mark.parametrize(
    ("shapes", "temperature", "message"),
    [
        (((2, 5, 3), (2, 4, 3)), 0.5, r"got \(2, 5, 3\) and \(2, 4, 3\)"),
        (((5, 3), (5, 3)), 0.5, "first and second must both have shape"),
        (((1, 5, 3), (1, 5, 3)), 0.0, "temperature must be above 0, got 0.0"),
        (((1, 5, 3), (1, 5, 3)), math.nan, "temperature must be above 0, got nan"),
    ],
)
def test_wrong_arguments_are_refused(loss, shapes, temperature, message):
    with pytest.raises(ValueError, match=message):
        loss(*map(torch.zeros, shapes), temperature)


def by_position(flat):
    """From torch's order of a flattened sequence, channel by channel."""
    return flat.unflatten(1, (25, -1)).transpose(1, 2).flatten(1)


@pytest.mark.parametrize(("projector", "count"), PROJECTORS.items())
def test_the_encoder_is_its_twin(projector, count):
    seeds = (3, 4)
    net = Encoder(2, projector).reset(seeds)
    assert net.parameter_count() == count
    x = torch.randn(2, 7, 40, generator=torch.Generator().manual_seed(0))
    embedded = net(x)
    embedded.square().sum().backward()
    for m, seed in enumerate(seeds):
        torch.manual_seed(seed)
        own = plain.encoder(projector)  # starts as the member does
        expected = own(x[m])
        if not projector:
            expected = by_position(expected)
        torch.testing.assert_close(embedded[m], expected, rtol=1e-5, atol=1e-5)
        expected.square().sum().backward()
        gradient = own[1].weight.grad.permute(2, 1, 0).flatten(0, 1)
        torch.testing.assert_close(net.first.weight.grad[m], gradient, rtol=1e-4, atol=1e-5)
    again = Encoder(1, projector)
    again.load(0, own)
    torch.testing.assert_close(again(x[1:]), embedded[1:])


def test_with_one_layer_of_ten_the_encoder_is_the_cnn():
    x = torch.randn(2, 7, 40, generator=torch.Generator().manual_seed(0))
    seeds = (0, 1)
    torch.testing.assert_close(
        Encoder(2, (10,)).reset(seeds)(x), nets.CNN(2).reset(seeds)(x), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("projector", PROJECTORS)
def test_representations_go_from_the_signal_to_the_embedding(projector):
    net = Encoder(2, projector).reset((0, 1))
    x = torch.randn(2, 7, 40, generator=torch.Generator().manual_seed(0))
    layers = net.representations(x)
    assert [h.shape[2] for h in layers] == [40, 475, 250, 125, *projector]
    torch.testing.assert_close(layers[0], x)
    torch.testing.assert_close(layers[-1], net(x).detach(), rtol=1e-5, atol=1e-5)
    hidden = layers[1:-1] if projector else layers[1:]
    assert all((h >= 0).all() and not h.requires_grad for h in hidden)
    twin = plain.encoder(projector)
    net.load(1, twin)
    expected = plain.representations(twin, x[1])
    for depth, (h, own) in enumerate(zip(net.representations(x), expected, strict=True)):
        own = by_position(own) if depth in (1, 2, 3) else own
        torch.testing.assert_close(h[1], own, rtol=1e-5, atol=1e-5)


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="outputs must be a whole number of at least 1, got 0"):
        Encoder(1, (0,))
    with pytest.raises(ValueError, match="members must be"):
        Encoder(0)
