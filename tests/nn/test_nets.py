"""Stacked nets: each is its plain twin, and a member never notices the others."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from labs.nn import nets, plain
from labs.nn.losses import cross_entropy
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit
from tests.nn.random_data import data, generator

COUNTS = {  # the first four are the published architectures
    "Logistic": 410,
    "MLP": 15_210,
    "CNN": 5_210,
    "GRUNet": 5_134,
    "LocalNet": 32_610,
    "Transformer": 2_634,
}
VARIANTS = [
    *((name, {}) for name in COUNTS),
    ("MLP", {"hidden": 7}),
    ("MLP", {"hidden": 4, "residual": False}),
    ("MLP", {"hidden": 5, "depth": 1, "classes": 10}),
    ("CNN", {"channels": 3}),
    ("LocalNet", {"channels": 2}),
    ("GRUNet", {"hidden": 1}),
    ("Transformer", {"features": 12, "heads": 3, "wide": 5}),
]
variants = pytest.mark.parametrize(
    ("name", "options"), VARIANTS, ids=[f"{n} {o or ''}".strip() for n, o in VARIANTS]
)
names = pytest.mark.parametrize("name", COUNTS)
SEEDS = [5, 0, 2**33]


def stack(name: str, members: int, **options) -> nets.Net:
    return getattr(nets, name)(members, **options)


def twin(name: str, seed: int, **options) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return getattr(plain, name)(**options)


def started(name: str, seeds: list[int]) -> tuple[nets.Net, list[nn.Module]]:
    net, twins = stack(name, len(seeds)), [twin(name, seed) for seed in seeds]
    for m, one in enumerate(twins):
        net.load(m, one)
    return net, twins


def train(net, x, y, steps=20, kind=torch.optim.Adam, batch=20, shuffles=None, **settings):
    optimizer = Optimizer(net, kind, **settings)
    [*_] = fit(
        net, x, y, optimizer=optimizer, steps=steps, every=steps, batch=batch, shuffles=shuffles
    )
    return net


def determined(name: str, p: torch.Tensor) -> torch.Tensor:
    """The parameter without the bias of the keys, which softmax cancels: its gradient is rounding
    alone, and Adam, which divides by its size, makes steps of full length of it."""
    queries_and_values = slice(None, None, 2)  # of queries, keys and values
    if name == "attention.project_in.bias":
        return p.unflatten(-1, (3, -1))[..., queries_and_values, :]
    return p


def close(net: nets.Net, members: slice, other: nets.Net, tolerance: float = 1e-5) -> None:
    for (name, p), q in zip(net.named_parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(
            determined(name, p)[members],
            determined(name, q),
            rtol=0,
            atol=tolerance,
            msg=lambda text, name=name: f"{name}: {text}",
        )


@names
def test_parameter_counts(name):
    twins = sum(p.numel() for p in twin(name, 0).parameters())
    assert stack(name, 2).parameter_count() == twins == COUNTS[name]


@pytest.mark.parametrize("h", [1, 6, 100])
def test_parameter_counts_of_the_mlps(h):
    one, two = {"hidden": h, "depth": 1}, {"hidden": h, "residual": False}
    assert stack("MLP", 1, **one).parameter_count() == 51 * h + 10
    assert stack("MLP", 1, **one, classes=5).parameter_count() == (40 + 5 + 1) * h + 5
    assert stack("MLP", 1, **two).parameter_count() == h**2 + 52 * h + 10


def test_fewer_classes():
    net, one = stack("MLP", 2, depth=1, classes=3), twin("MLP", 0, depth=1, classes=3)
    net.load(1, one)
    x, _ = data(2, 5)
    torch.testing.assert_close(net(x)[1], one(x[1]))
    assert net(x).shape == (2, 5, 3)


@variants
def test_outputs_and_gradients_are_the_twins(name, options):
    net, gradients = stack(name, 3, **options), stack(name, 3, **options)
    twins = [twin(name, seed, **options) for seed in SEEDS]
    x, y = data(3, 30)
    for m, one in enumerate(twins):
        net.load(m, one)
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


@pytest.mark.parametrize("name", [name for name in COUNTS if name != "Transformer"])
def test_members_start_as_the_twin_under_their_seeds(name):
    before = torch.get_rng_state()
    net = stack(name, 3).reset(SEEDS)
    assert torch.equal(torch.get_rng_state(), before)
    expected, _ = started(name, SEEDS)
    close(net, slice(None), expected, 1e-7)


def test_the_transformer_starts_in_the_distribution_of_its_twin():
    net = stack("Transformer", 100).reset(range(100))
    twins, _ = started("Transformer", [*range(100)])
    for (name, p), q in zip(net.named_parameters(), twins.parameters(), strict=True):
        torch.testing.assert_close(p.abs().max(), q.abs().max(), rtol=0.05, atol=0, msg=name)
        torch.testing.assert_close(p.std(), q.std(), rtol=0.08, atol=0, msg=name)


@names
def test_a_start_depends_on_the_seed_alone(name):
    together, alone = stack(name, 3).reset(SEEDS), stack(name, 1).reset(SEEDS[1:2])
    for p, q in zip(together.parameters(), alone.parameters(), strict=True):
        assert torch.equal(p[1:2], q)


@names
def test_a_stack_trains_as_the_plain_loop_trains_each(name):
    net, twins = started(name, SEEDS)
    x, y = data(3, 60)
    train(net, x, y, lr=1e-3)
    for m, one in enumerate(twins):
        plain.train(one, x[m], y[m], steps=20, rate=1e-3, batch=20)
    expected = stack(name, 3)
    for m, one in enumerate(twins):
        expected.load(m, one)
    torch.testing.assert_close(net(x), expected(x), rtol=0, atol=1e-5)
    # Adam turns the rounding of small gradients into some 1e-6, on some processors more; one wrong
    # step would be of 1e-3.
    close(net, slice(None), expected, 5e-5)


@pytest.mark.parametrize("shape", [{"depth": 1}, {"residual": False}])
def test_a_stack_trains_as_the_plain_loop_with_momentum_and_shuffled_batches(shape):
    net, twins = stack("MLP", 3, hidden=9, **shape), []
    x, y = data(3, 60)
    for m, seed in enumerate(SEEDS):
        twins.append(twin("MLP", seed, hidden=9, **shape))
        net.load(m, twins[m])
    train(net, x, y, 12, torch.optim.SGD, shuffles=[*map(generator, SEEDS)], lr=0.05, momentum=0.9)
    momentum = partial(torch.optim.SGD, momentum=0.9)
    expected = stack("MLP", 3, hidden=9, **shape)
    for m, (one, seed) in enumerate(zip(twins, SEEDS, strict=True)):
        plain.train(one, x[m], y[m], 12, 0.05, 20, optimizer=momentum, shuffle=generator(seed))
        expected.load(m, one)
    close(net, slice(None), expected)


TRAININGS = [*((name, {}) for name in COUNTS), ("MLP", {"dropout": 0.3})]


@pytest.mark.parametrize(("name", "options"), TRAININGS, ids=[f"{n} {o}" for n, o in TRAININGS])
def test_a_member_alone_is_the_member_in_the_stack(name, options):
    x, y = data(3, 50)
    rates = [1e-2, 2e-3, 5e-3]
    net = stack(name, 3, **options).reset(SEEDS)
    train(net, x, y, shuffles=[None, generator(1), generator(2)], lr=rates)
    for m, shuffle in enumerate([None, generator(1), generator(2)]):
        alone = stack(name, 1, **options).reset(SEEDS[m : m + 1])
        here = slice(m, m + 1)
        train(alone, x[here], y[here], shuffles=[shuffle], lr=rates[m])
        torch.testing.assert_close(net.eval()(x)[here], alone.eval()(x[here]), rtol=0, atol=1e-5)
        net.train()
        close(net, here, alone)


@names
def test_a_member_does_not_notice_the_others(name):
    x, y = data(2, 40)
    other, labels = data(2, 40, seed=9)
    other[0], labels[0] = x[0], y[0]
    first, second = stack(name, 2).reset([1, 2]), stack(name, 2).reset([1, 3])
    train(first, x, y, lr=1e-2)
    train(second, other, labels, lr=[1e-2, 0.3])
    for (part, p), q in zip(first.named_parameters(), second.parameters(), strict=True):
        ours, theirs = determined(part, p), determined(part, q)
        torch.testing.assert_close(ours[0], theirs[0], rtol=0, atol=1e-6, msg=part)
        assert not torch.equal(ours[1], theirs[1])


@names
def test_the_loss_falls(name):
    x, y = data(2, 100)
    net = stack(name, 2).reset([0, 1])
    before = cross_entropy(net(x), y)
    after = cross_entropy(train(net, x, y, steps=40, lr=1e-2)(x), y)
    assert (after < before - 0.05).all()


@names
def test_other_lengths(name):
    x = torch.randn(2, 5, 28, generator=generator())
    assert stack(name, 2, length=28).reset([0, 1])(x).shape == (2, 5, nets.CLASSES)


def test_the_transformer_sees_positions_only_through_its_embedding():
    net = stack("Transformer", 2).reset([0, 1])
    order = torch.randperm(10, generator=generator())
    x, _ = data(2, 6)
    moved = x.unflatten(2, (10, 4))[:, :, order].flatten(2)
    before = net(x)
    assert not torch.allclose(net(moved), before)
    net.positions.weight.data = net.positions.weight.data[:, :, order]
    torch.testing.assert_close(net(moved), before)


def test_dropout_acts_in_training_only():
    x, _ = data(1, 20)
    net = stack("MLP", 1, dropout=0.5).reset([0])
    assert not torch.equal(net(x), net(x))
    assert torch.equal(net.eval()(x), stack("MLP", 1).reset([0])(x))


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"members must be .* got 0"):
        nets.Logistic(0)
    with pytest.raises(ValueError, match=r"hidden must be .* got 0"):
        nets.MLP(1, hidden=0)
    for kind in (partial(nets.MLP, 1), plain.MLP):
        with pytest.raises(ValueError, match="depth must be 1 or 2, got 3"):
            kind(depth=3)
    with pytest.raises(ValueError, match=r"classes must be .* got 0"):
        nets.MLP(1, classes=0)
    with pytest.raises(ValueError, match=r"length must be a multiple of patch = 4, got 41"):
        nets.Transformer(1, length=41)
    with pytest.raises(ValueError, match=r"seeds must hold one seed per member \(2\), got 3"):
        nets.Logistic(2).reset([1, 2, 3])
    net = nets.Logistic(1).reset([0])
    before = net.head.weight.clone()
    with pytest.raises(ValueError, match=r"twin must have parameters of shapes .*\(10, 40\)"):
        net.load(0, plain.MLP())
    assert torch.equal(net.head.weight, before)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@names
def test_cuda_trains_as_the_cpu(name):
    x, y = data(2, 60)
    shuffles = [None, generator(1)], [None, generator(1)]
    cpu = train(stack(name, 2).reset([0, 1]), x, y, 5, shuffles=shuffles[0], lr=1e-3)
    net = stack(name, 2).reset([0, 1]).cuda()
    cuda = train(net, x.cuda(), y.cuda(), 5, shuffles=shuffles[1], lr=1e-3)
    torch.testing.assert_close(cuda(x.cuda()).cpu(), cpu(x), rtol=0, atol=1e-2)
