"""Experts and routers in the forward pass of a base."""

import pytest
import torch

from labs.nn.base import SMALL
from labs.nn.modules.adapter import through
from labs.nn.plain import Base
from labs.routing.grid import PLACE
from labs.routing.losses import Objective
from labs.routing.mixtures import Apart
from labs.routing.plain import mixed
from labs.routing.routed import Routed, hashed
from tests.labs.routing.made import made, signals


def forced(net, gates, x):
    net.forced = gates.expand(*x.shape[:2], 1, -1)
    outputs = net.eval()(x)
    net.forced = None
    return outputs


def test_a_gated_expert_is_an_adapter():
    net = made("dense")
    experts, x = net.experts, torch.randn(2, 3, 5, SMALL.features)
    part = slice(8, 16)  # of expert 1
    values = {
        "e.down": experts.down[:, 0, :, part],
        "e.down_bias": experts.down_bias[:, 0, :, part],
        "e.up": experts.up[:, 0, part],
        "e.up_bias": experts.up_bias[:, 0, 1:2],
    }
    gates = torch.tensor([0.0, 0.5, 0, 0]).expand(2, 3, 1, 4)
    torch.testing.assert_close(experts(0, x, gates), 0.5 * through(values, "e", x))


def test_gates_of_tokens_act_on_their_tokens():
    net, x = made("dense"), torch.randn(2, 3, 5, SMALL.features)
    gates = torch.zeros(2, 3, 5, 4)
    gates[:, :, 2, 3] = 1
    found = net.experts(1, x, gates)
    assert (found[:, :, [0, 1, 3, 4]] == 0).all()
    whole = net.experts(1, x, torch.tensor([0.0, 0, 0, 1]).expand(2, 3, 1, 4))
    torch.testing.assert_close(found[:, :, 2], whole[:, :, 2])


def test_merged_experts_are_experts_where_one_is_taken_and_others_where_several_are():
    net, x = made("smear"), torch.randn(2, 3, 5, SMALL.features)
    one, half = torch.eye(4)[2].expand(2, 3, 1, 4), torch.full((2, 3, 1, 4), 0.25)
    torch.testing.assert_close(net.experts.merged(1, x, one), net.experts(1, x, one))
    merged, mixture = net.experts.merged(1, x, half), net.experts(1, x, half)
    assert (merged - mixture).abs().max() > 0.1


def test_experts_begin_by_adding_nothing():
    net, (x, _) = made("dense").eval(), signals()
    net.experts.start([torch.Generator().manual_seed(m) for m in range(2)])
    expected = forced(net, torch.zeros(4), x)
    torch.testing.assert_close(net(x), expected)
    drawn = net.experts.down[0, 0].unflatten(-1, (4, -1))
    assert (drawn[:, 0] - drawn[:, 1]).abs().min() > 0
    net.experts.start([torch.Generator().manual_seed(m) for m in range(2)], alike=True)
    drawn = net.experts.down[0, 0].unflatten(-1, (4, -1))
    assert torch.equal(drawn[:, 0], drawn[:, 3])


def test_the_oracle_sends_every_domain_to_an_expert_of_its_own():
    net, (x, _) = made("oracle").eval(), signals()
    outputs = net(x)
    gates = net.trace[0].gates[0, :, 0]
    assert torch.equal(gates, torch.eye(4).repeat_interleave(6, dim=0))
    by_hand = [forced(net, torch.eye(4)[d], x)[:, 6 * d : 6 * d + 6] for d in range(4)]
    torch.testing.assert_close(outputs, torch.cat(by_hand, dim=1))


def test_one_is_all_experts_at_once():
    net, (x, _) = made("one").eval(), signals()
    torch.testing.assert_close(net(x), forced(net, torch.ones(4), x))


@pytest.mark.parametrize(
    "router", ["argmax", "hash", "dense", "gumbel", "switch", "top-2", "smear"]
)
def test_routers_that_are_not_told_do_not_see_the_name(router):
    net, (x, _) = made(router).eval(), signals()
    other = x.clone()
    other[..., -1] = 3 - other[..., -1]
    assert torch.equal(net(x), net(other))


@pytest.mark.parametrize("grain", ["example", "task"])
def test_naive_makes_one_choice_and_global_one_for_every_block(grain):
    x, _ = signals()
    naive, early = (made("gumbel", place=(level, grain)).eval() for level in ("naive", "global"))
    naive(x), early(x)
    assert (len(naive.trace), len(early.trace)) == (1, SMALL.blocks)
    assert naive.chosen(0) is naive.chosen(1)
    assert not torch.equal(early.chosen(0).logits, early.chosen(1).logits)


def test_early_choices_do_not_depend_on_experts_and_later_ones_do():
    x, _ = signals()
    for level, same in (("global", True), ("layer", False)):
        net = made("gumbel", place=(level, "example")).eval()
        net(x)
        before = net.chosen(1).logits
        with torch.no_grad():
            net.experts.up.mul_(2)
        net(x)
        assert torch.equal(before, net.chosen(1).logits) is same


def test_tokens_have_choices_of_their_own():
    x, _ = signals()
    net = made("switch", place=("layer", "token")).eval()
    net(x)
    assert net.trace[0].gates.shape == (2, 24, SMALL.tokens, 4)
    assert len(net.trace[0].gates.argmax(-1)[0, 0].unique()) > 1


def test_hashes_tell_nothing_and_stay():
    x = torch.randn(4000, 40, generator=torch.Generator().manual_seed(0))
    numbers = hashed(x, 4)
    assert torch.equal(numbers, hashed(x.clone(), 4))
    assert (torch.bincount(numbers) / 4000 - 0.25).abs().max() < 0.03
    correlation = torch.corrcoef(torch.stack([numbers.float(), x.mean(1)]))[0, 1]
    assert abs(correlation) < 0.06


def test_merged_tokens_are_refused():
    with pytest.raises(ValueError, match="grain must be"):
        made("smear", place=("layer", "token"))


def steps(net, count=3):
    objective, optimizer, (x, y) = Objective(net), Apart(net, 1e-2, 1e-2), signals()
    for _ in range(count):
        objective(net.train()(x), y).sum().backward()
        optimizer.step()
    return optimizer.largest


def test_argmax_gives_its_router_exactly_no_gradient_and_never_moves():
    net, (x, _) = made("argmax"), signals()
    net.eval()(x)
    before = [choice.gates.argmax(-1) for choice in net.trace]
    weight = net.router.weight.detach().clone()
    assert (steps(net) == 0).all()
    assert torch.equal(weight, net.router.weight)
    net.eval()(x)
    assert all(torch.equal(b, c.gates.argmax(-1)) for b, c in zip(before, net.trace, strict=True))


@pytest.mark.parametrize(
    "router", ["reinforce", "gumbel", "switch", "top-2", "polytropon", "dense"]
)
def test_other_routers_have_a_gradient_and_move(router):
    net = made(router)
    weight = net.router.weight.detach().clone()
    assert (steps(net) > 0).all()
    assert not torch.equal(weight, net.router.weight)


def test_the_rates_are_of_experts_and_router():
    net = made("dense")
    before = [p.detach().clone() for p in (net.experts.down, net.router.weight)]
    objective, optimizer, (x, y) = Objective(net), Apart(net, 1e-3, 1e-1), signals()
    objective(net.train()(x), y).sum().backward()
    optimizer.step()
    moved = [
        (p - q).abs().max().item()
        for p, q in zip((net.experts.down, net.router.weight), before, strict=True)
    ]
    assert moved == pytest.approx([1e-3, 1e-1], rel=0.05)  # Adam's first step


@pytest.mark.parametrize("router", ["switch", "dense"])
def test_the_usual_loop_computes_the_same(router):
    net, (x, _) = made(router, members=1).eval(), signals(1)
    twin = Base(SMALL)
    parts = mixed(twin, router, 4)
    base = {name: value[0] for name, value in net.base.items()}
    with torch.no_grad():
        for block, part in enumerate(parts):
            part.router.weight.copy_(net.router.weight[0, block].T)
            part.router.bias.copy_(net.router.bias[0, block, 0])
            for e, expert in enumerate(part.experts):
                own, (first, _, last) = slice(8 * e, 8 * e + 8), expert
                first.weight.copy_(net.experts.down[0, block, :, own].T)
                first.bias.copy_(net.experts.down_bias[0, block, 0, own])
                last.weight.copy_(net.experts.up[0, block, own].T)
                last.bias.copy_(net.experts.up_bias[0, block, e])
        load(twin, base)
        torch.testing.assert_close(twin(x[0, :, :40]), net(x)[0], atol=1e-4, rtol=1e-4)


def load(twin, base):
    """The weights of a stacked base, laid as torch lays them."""
    for name, own in twin.named_parameters():
        value = base[name].squeeze(0)
        if name.startswith(("first", "second")) and own.dim() == 3:
            value = value.unflatten(0, (own.shape[2], own.shape[1])).permute(2, 1, 0)
        elif own.dim() == 2 and "positions" not in name:
            value = value.T
        own.copy_(value.reshape(own.shape))


def test_unknown_names_are_refused():
    net = made("dense")
    with pytest.raises(ValueError, match="level"):
        Routed(net.base, SMALL, "dense", 4, 4, "nowhere", PLACE[1])
    with pytest.raises(ValueError, match="router"):
        Routed(net.base, SMALL, "denes", 4, 4, *PLACE)
