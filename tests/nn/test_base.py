"""The frozen base: its plain twin, members that never meet, and what it refuses."""

from math import cos, pi

import pytest
import torch
import torch.nn.functional as F

from labs.data import mnist1d
from labs.kit import shared
from labs.kit.seeds import seed
from labs.nn import plain, pretraining
from labs.nn.base import SMALL, STANDARD, Base, Sizes, features, logits
from labs.nn.losses import cross_entropy
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit
from tests.nn.random_data import data, generator

TINY = Sizes(stem=3, features=8, heads=2, wide=12, blocks=2, classes=4)
sizes = pytest.mark.parametrize("sizes", [TINY, SMALL, STANDARD], ids=["tiny", "small", "standard"])
COUNTS = {STANDARD: 66_346, SMALL: 23_466, TINY: 1_422}


def twin(sizes: Sizes, member: int) -> plain.Base:
    """Every parameter drawn anew, since a shift that starts at zero would hide errors."""
    net = plain.Base(sizes)
    with torch.no_grad():
        for p in net.parameters():
            p.uniform_(-0.5, 0.5, generator=generator(member))
    return net


def loaded(sizes: Sizes, members: int = 3) -> tuple[Base, list[plain.Base]]:
    net, twins = Base(members, sizes), [twin(sizes, m) for m in range(members)]
    for m, one in enumerate(twins):
        net.load(m, one)
    return net, twins


@pytest.mark.parametrize("sizes", COUNTS)
def test_parameter_counts(sizes):
    assert Base(2, sizes).parameter_count() == COUNTS[sizes]
    assert sum(p.numel() for p in plain.Base(sizes).parameters()) == COUNTS[sizes]


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
@sizes
def test_outputs_and_gradients_are_the_twins(sizes, dtype, tolerance):
    net, twins = loaded(sizes)
    net, gradients, (x, y) = net.to(dtype), Base(3, sizes).to(dtype), data(3, 4)
    x, y = x.to(dtype), y % sizes.classes
    outputs = net(x)
    cross_entropy(outputs, y).sum().backward()
    for m, one in enumerate(twin.to(dtype) for twin in twins):
        expected = one(x[m])
        torch.testing.assert_close(outputs[m], expected, rtol=0, atol=tolerance)
        F.cross_entropy(expected, y[m]).backward()
        for p in one.parameters():
            p.data = p.grad
        gradients.load(m, one)
    for (name, p), expected in zip(net.named_parameters(), gradients.parameters(), strict=True):
        close = torch.testing.assert_close
        close(p.grad, expected.detach(), rtol=0, atol=tolerance, msg=lambda m, n=name: n + m)


def test_the_base_starts_in_the_distribution_of_its_twin():
    members = 60
    net, expected = Base(members, TINY).reset(range(members)), Base(members, TINY)
    for m in range(members):
        with torch.random.fork_rng():
            torch.manual_seed(m)
            expected.load(m, plain.Base(TINY))
    for (name, p), q in zip(net.named_parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(p.abs().max(), q.abs().max(), rtol=0.1, atol=0, msg=name)
        torch.testing.assert_close(p.std(), q.std(), rtol=0.15, atol=0, msg=name)


def test_a_start_depends_on_the_seed_alone():
    together, alone = Base(3, TINY).reset([5, 0, 9]), Base(1, TINY).reset([0])
    for p, q in zip(together.parameters(), alone.parameters(), strict=True):
        assert torch.equal(p[1:2], q)


def test_a_member_alone_is_the_member_in_the_stack():
    net, _ = loaded(TINY)
    x, _ = data(3, 5)
    for m in range(3):
        alone = {name: p[m : m + 1] for name, p in net.frozen().items()}
        for of in (logits, features):
            together, one = of(net.frozen(), x, heads=2), of(alone, x[m : m + 1], heads=2)
            torch.testing.assert_close(together[m : m + 1], one, rtol=0, atol=1e-5)


def test_a_base_that_all_share_is_the_base_repeated():
    net, _ = loaded(TINY, 1)
    x, _ = data(3, 5)
    repeated = {name: p.repeat(3, *[1] * (p.dim() - 1)) for name, p in net.frozen().items()}
    shared = logits(net.frozen(), x, heads=2)
    torch.testing.assert_close(shared, logits(repeated, x, heads=2), rtol=0, atol=1e-5)
    assert shared.shape == (3, 5, 4)


def test_the_head_reads_the_features():
    net, _ = loaded(TINY)
    x, _ = data(3, 5)
    seen = features(net.frozen(), x, heads=2)
    assert seen.shape == (3, 5, 8)
    torch.testing.assert_close(net.head(seen), net(x))


def test_what_is_frozen_shares_memory_and_has_no_gradients():
    net, _ = loaded(TINY)
    frozen = net.frozen()
    assert [*frozen] == [name for name, _ in net.named_parameters()]
    assert not any(p.requires_grad for p in frozen.values())
    assert all(frozen[name].data_ptr() == p.data_ptr() for name, p in net.named_parameters())


def test_masks_of_the_training_loop_act_in_a_base():
    net, (x, y) = Base(2, TINY).reset([0, 1]), data(2, 8)
    masks = {"blocks.1.widen.weight": torch.zeros(2, 8, 12)}
    masks["blocks.1.widen.weight"][:, :4] = 1
    optimizer = Optimizer(net, torch.optim.Adam, lr=1e-2)
    [*_] = fit(net, x, y % 4, optimizer=optimizer, steps=2, every=2, batch=4, masks=masks)
    weight = net.get_parameter("blocks.1.widen.weight")
    assert (weight[:, 4:] == 0).all()
    assert (weight[:, :4] != 0).all()


def test_a_pretrained_base_is_its_replicates_own():
    first, again = (pretraining.bases([1, 0, 1], TINY._replace(classes=10), 3) for _ in range(2))
    start = Base(1, TINY._replace(classes=10)).frozen()
    for name, p in first.items():
        assert p.shape == (3, *start[name].shape[1:])
        assert not p.requires_grad
        assert torch.equal(p, again[name])
        assert torch.equal(p[0], p[2])
    assert not torch.equal(first["head.weight"][0], first["head.weight"][1])


def test_a_run_trains_a_base_once(monkeypatch):
    sizes, trained = TINY._replace(classes=10), pretraining._trained
    alone = pretraining.bases([3, 4], sizes, 2)
    monkeypatch.setattr(pretraining, "_kept", {})
    with shared.folder():
        assert torch.equal(
            pretraining.bases([4, 3, 4], sizes, 2)["head.weight"][1:], alone["head.weight"]
        )
        monkeypatch.setattr(pretraining, "_kept", {})  # as of another process
        monkeypatch.setattr(pretraining, "_trained", pytest.fail)
        again = pretraining.bases([3, 4], sizes, 2)
        monkeypatch.setattr(pretraining, "_trained", trained)
        other = pretraining.bases([3], sizes, 3)
    for name, weights in alone.items():
        assert torch.equal(again[name], weights)
    assert not torch.equal(other["head.weight"][0], alone["head.weight"][0])


def test_pretraining_is_adamw_with_a_cosine_on_examples_seen_once():
    sizes, steps = TINY._replace(classes=10), 4
    ours = pretraining.bases([0], sizes, steps)
    net = Base(1, sizes).reset([seed("base", "initialisation", 0)])
    x, y = map(torch.from_numpy, mnist1d.fresh(0, steps * 128, "training of the base"))
    optimizer = torch.optim.AdamW(net.parameters())
    for step in range(steps):
        here = slice(step * 128, step * 128 + 128)
        optimizer.zero_grad()
        cross_entropy(net(x[None, here]), y[None, here]).sum().backward()
        optimizer.param_groups[0]["lr"] = 2e-3 * (1 + cos(pi * step / steps)) / 2
        optimizer.step()
    for name, p in net.frozen().items():
        if not name.endswith("key.bias"):  # softmax cancels it: its gradient is rounding alone
            torch.testing.assert_close(ours[name], p, rtol=0, atol=2e-6, msg=name)


NET, X = Base(2, TINY).reset([0, 1]).frozen(), torch.zeros(2, 3, 40)
REFUSED = {
    "wide must be .* got 0": lambda: Base(1, Sizes(wide=0)),
    "members must be .* got 0": lambda: Base(0),
    "features must be a multiple of heads = 5, got 48": lambda: Base(1, Sizes(heads=5)),
    "features must be a multiple of heads = 3, got 8": lambda: logits(NET, X, heads=3),
    "features must be a multiple of heads = 0, got 8": lambda: features(NET, X, heads=0),
    r"x must be signals \(M, B, 40\), got \(2, 3, 41\)": lambda: logits(
        NET, torch.zeros(2, 3, 41), heads=2
    ),
    r"x must be signals \(M, B, 40\), got \(2, 3, 1\)": lambda: features(NET, X[..., :1], heads=2),
    r"x must be signals \(M, B, 40\), got \(3, 40\)": lambda: logits(NET, X[0], heads=2),
    r"x must be signals \(M, B, 40\), got \(2, 0, 40\)": lambda: logits(NET, X[:, :0], heads=2),
    r"x must be of as many members .* the bases, 2 .* got 1": lambda: logits(NET, X[:1], heads=2),
    r"x must be of as many members .* the bases, 2 .* got 4": lambda: features(
        NET, torch.zeros(4, 3, 40), heads=2
    ),
    "steps must be .* got 0": lambda: pretraining.bases([0], TINY, 0),
    "stem must be .* got 0": lambda: pretraining.bases([0], Sizes(stem=0), 1),
    "replicate must be at least 0, got -1": lambda: pretraining.bases([-1], TINY, 1),
    "replicates must be .* got 0": lambda: pretraining.bases([]),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()
