"""Pooled convolutions: the arithmetic, gradients and starts of their torch twins."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from labs.nn import plain
from labs.nn.layers import Conv1d
from labs.nn.losses import cross_entropy
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit
from labs.pooling.nets import POOLS, STRIDE, PoolNet, Readout, conv_pool
from labs.pooling.plain import PoolNet as Twin
from tests.nn.random_data import data, generator

KINDS = (*POOLS, STRIDE)
TWINS = {
    "none": lambda x: x,
    "max": lambda x: F.max_pool1d(x, 2),
    "avg": lambda x: F.avg_pool1d(x, 2),
    "l2": lambda x: F.lp_pool1d(x, 2, 2),
}
SEEDS = [5, 0, 2**33]
kinds = pytest.mark.parametrize("pool", KINDS)
pools = pytest.mark.parametrize("pool", POOLS)


def twin(pool: str, seed: int, channels: int = 20) -> Twin:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Twin(pool, channels)


def started(pool: str, seeds: list[int], channels: int = 20) -> tuple[PoolNet, list[nn.Module]]:
    net, twins = (
        PoolNet(len(seeds), pool, channels),
        [twin(pool, seed, channels) for seed in seeds],
    )
    for m, one in enumerate(twins):
        net.load(m, one)
    return net, twins


def trained(net, x, y, steps=20, batch=20, **settings):
    optimizer = Optimizer(net, torch.optim.Adam, **settings)
    [*_] = fit(net, x, y, optimizer=optimizer, steps=steps, every=steps, batch=batch)
    return net


def close(net, members, other, tolerance=1e-5):
    for p, q in zip(net.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(p[members], q, rtol=0, atol=tolerance)


def drawn(shape, dtype=torch.float64, seed=0):
    return torch.randn(shape, generator=generator(seed), dtype=dtype)


def conv(inputs: int, outputs: int, members: int = 2) -> Conv1d:
    layer = Conv1d(members, inputs, outputs, 3, 1, 1).double()
    with torch.no_grad():
        for i, p in enumerate(layer.parameters()):
            p.copy_(drawn(p.shape, seed=i + 1))
    return layer


def ours(pool: str, x: torch.Tensor, layer: Conv1d, ends: int = 0) -> torch.Tensor:
    """From (M, B, channels, positions), the layout of torch, and back."""
    padded = F.pad(x, (1, 1)).permute(0, 3, 2, 1).contiguous()
    return conv_pool(pool, padded, layer, ends=ends).permute(0, 3, 2, 1)


def theirs(pool: str, x: torch.Tensor, layer: Conv1d) -> torch.Tensor:
    weights = layer.weight.unflatten(1, (3, -1)).permute(0, 3, 2, 1)
    outputs = [
        TWINS[pool](F.conv1d(own, w, b[0], padding=1).relu())
        for own, w, b in zip(x, weights, layer.bias, strict=True)
    ]
    return torch.stack(outputs)


@pytest.mark.parametrize("ends", [0, 1])
@pools
@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_outputs_and_gradients_are_those_of_torch(pool, ends, pairs, batch, inputs, outputs):
    layer = conv(inputs, outputs)
    x = drawn((2, batch, inputs, 2 * pairs)).requires_grad_()
    mine, expected = ours(pool, x, layer, ends), theirs(pool, x, layer)
    assert (mine[..., :ends] == 0).all()
    inside = mine[..., ends : mine.shape[-1] - ends]
    torch.testing.assert_close(inside, expected)
    cotangent = drawn(expected.shape, seed=9)
    wanted = [x, *layer.parameters()]
    found = torch.autograd.grad(inside, wanted, cotangent)
    torch.testing.assert_close(found, torch.autograd.grad(expected, wanted, cotangent))


@pools
def test_the_gradient_against_finite_differences(pool):
    layer, x = conv(2, 3), drawn((2, 2, 2, 4)).requires_grad_()
    assert torch.autograd.gradcheck(lambda *_: ours(pool, x, layer), (x, *layer.parameters()))


@pools
def test_silent_and_equal_pairs_have_the_gradient_of_torch(pool):
    layer = conv(1, 2)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.copy_(torch.tensor([[[0.5, -0.5]], [[0.0, 1.0]]]))
    x = drawn((2, 3, 1, 6))
    parameters = [*layer.parameters()]
    found = torch.autograd.grad(ours(pool, x, layer).sum(), parameters)
    assert all(gradient.isfinite().all() for gradient in found)
    torch.testing.assert_close(found, torch.autograd.grad(theirs(pool, x, layer).sum(), parameters))


def test_what_is_kept_is_kept_whole():
    layer, x = conv(1, 2), drawn((2, 3, 1, 6))
    for pool in POOLS:
        loss = ours(pool, x, layer).square().sum()
        first = torch.autograd.grad(loss, layer.weight, retain_graph=True)
        assert torch.equal(first[0], torch.autograd.grad(loss, layer.weight)[0])


def test_it_is_differentiable_once():
    layer, x = conv(1, 2), drawn((2, 3, 1, 6)).requires_grad_()
    loss = ours("max", x, layer).square().sum()
    (gradient,) = torch.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_the_readout_is_the_twins():
    layer, one = Readout(2, 5, 3, 10), nn.Linear(15, 10)
    layer.load(1, *one.parameters())
    h = drawn((2, 5, 3, 4), torch.float32)
    expected = one(h[1].permute(2, 1, 0).flatten(1))
    torch.testing.assert_close(layer(h)[1], expected, rtol=0, atol=1e-5)
    assert layer(h).shape == (2, 4, 10)


@pytest.mark.parametrize(
    ("pool", "channels", "count"),
    [("none", 20, 9310), ("none", 8, 3442), *((pool, 20, 3310) for pool in KINDS[1:])],
)
def test_parameter_counts(pool, channels, count):
    one = twin(pool, 0, channels)
    assert sum(p.numel() for p in one.parameters()) == count
    assert PoolNet(2, pool, channels).parameter_count() == count


@kinds
def test_a_net_is_its_twin(pool):
    net, twins = started(pool, SEEDS)
    gradients = PoolNet(3, pool)
    x, y = data(3, 30)
    logits = net(x)
    cross_entropy(logits, y).sum().backward()
    for m, one in enumerate(twins):
        expected = one(x[m])
        torch.testing.assert_close(logits[m], expected, rtol=0, atol=1e-5)
        F.cross_entropy(expected, y[m]).backward()
        for p in one.parameters():
            p.data = p.grad
        gradients.load(m, one)
    for p, expected in zip(net.parameters(), gradients.parameters(), strict=True):
        torch.testing.assert_close(p.grad, expected.detach(), rtol=0, atol=1e-5)


@kinds
def test_members_start_as_the_twin_under_their_seeds(pool):
    before = torch.get_rng_state()
    net = PoolNet(3, pool, 6).reset(SEEDS)
    assert torch.equal(torch.get_rng_state(), before)
    expected, _ = started(pool, SEEDS, 6)
    close(net, slice(None), expected, 1e-7)


def test_all_nets_of_one_width_start_with_the_same_convolutions():
    first, *others = (PoolNet(1, pool).reset([3]) for pool in KINDS)
    for other in others:
        for name in ("first", "second"):
            close(getattr(first, name), slice(None), getattr(other, name), 0)


@kinds
def test_a_stack_trains_as_the_plain_loop_trains_each(pool):
    net, twins = started(pool, SEEDS, 7)
    x, y = data(3, 60)
    trained(net, x, y, lr=1e-3)
    expected = PoolNet(3, pool, 7)
    for m, one in enumerate(twins):
        plain.train(one, x[m], y[m], steps=20, rate=1e-3, batch=20)
        expected.load(m, one)
    close(net, slice(None), expected)


@kinds
def test_a_member_alone_is_the_member_in_the_stack(pool):
    x, y = data(3, 50)
    net = trained(PoolNet(3, pool, 7).reset(SEEDS), x, y, lr=1e-3)
    for m in range(3):
        here = slice(m, m + 1)
        alone = trained(PoolNet(1, pool, 7).reset(SEEDS[here]), x[here], y[here], lr=1e-3)
        close(net, here, alone)


@kinds
def test_a_member_does_not_notice_the_others(pool):
    x, y = data(2, 40)
    other, labels = data(2, 40, seed=9)
    other[0], labels[0] = x[0], y[0]
    first = trained(PoolNet(2, pool, 5).reset([1, 2]), x, y, lr=1e-3)
    second = trained(PoolNet(2, pool, 5).reset([1, 3]), other, labels, lr=[1e-3, 0.3])
    for p, q in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(p[0], q[0], rtol=0, atol=1e-6)
        assert not torch.equal(p[1], q[1])


def test_other_lengths():
    x = torch.randn(2, 5, 28, generator=generator())
    for pool in KINDS:
        assert PoolNet(2, pool, 3, length=28).reset([0, 1])(x).shape == (2, 5, 10)
    assert PoolNet(2, "none", 3, length=27).reset([0, 1])(x[..., :27]).shape == (2, 5, 10)


@pytest.mark.parametrize("pool", KINDS)
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_cuda_trains_as_the_cpu(pool):
    x, y = data(2, 60)
    cpu = trained(PoolNet(2, pool).reset([0, 1]), x, y, 5, lr=1e-3)
    net = PoolNet(2, pool).reset([0, 1]).cuda()
    cuda = trained(net, x.cuda(), y.cuda(), 5, lr=1e-3)
    torch.testing.assert_close(cuda(x.cuda()).cpu(), cpu(x), rtol=0, atol=1e-2)


PADDED = torch.zeros(2, 6, 1, 3, dtype=torch.float64)
REFUSED = {
    "pool must be one of none, max, avg, l2, got 'mean'": lambda: conv_pool(
        "mean", PADDED, conv(1, 2), ends=0
    ),
    "pool must be one of none, max, avg, l2, stride, got 'maxx': did you mean 'max'": lambda: (
        PoolNet(1, "maxx")
    ),
    r"conv must have kernel 3, stride 1 and padding 1, got \(3, 2, 1\)": lambda: conv_pool(
        "max", PADDED, Conv1d(2, 1, 2, 3, 2, 1), ends=0
    ),
    "ends must be 0 or 1, got 2": lambda: conv_pool("max", PADDED, conv(1, 2), ends=2),
    "x must be contiguous": lambda: conv_pool("max", PADDED.transpose(1, 3), conv(1, 2), ends=0),
    "x must hold pairs of positions and padding, got 5": lambda: conv_pool(
        "max", PADDED[:, :5].contiguous(), conv(1, 2), ends=0
    ),
    "positions must be .* got 0": lambda: Readout(1, 0, 1, 1),
    "channels must be .* got 0": lambda: PoolNet(1, "max", 0),
    "length must be a multiple of 4 with pool 'max', got 42": lambda: PoolNet(1, "max", length=42),
}


@pytest.mark.parametrize(("message", "build"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused_by_name(message, build):
    with pytest.raises(ValueError, match=message):
        build()
