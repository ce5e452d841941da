"""The competition: its signals, its nets against their twins, its rule, and the swap."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from labs.data.mnist1d import units
from labs.data.signals import draw
from labs.mechanisms import competing, plain
from labs.mechanisms.competing import Game, Play
from labs.mechanisms.grid import MECHANISMS, NAME, PRESETS, SWAPPED, cells
from labs.mechanisms.nets import SHIFTS, Critic, Experts, patterns
from labs.mechanisms.signals import drawn, through
from labs.mechanisms.training import prepared, started, train
from tests.nn.random_data import generator

pytestmark = pytest.mark.slow
CELL = next(c for c in cells(PRESETS["smoke"]) if c.arm == "competing")


def game(replicates=2, count=3):
    experts, critic = Experts(replicates * count), Critic(replicates)
    experts.reset(list(range(replicates * count)))
    critic.reset(list(range(replicates)))
    return Game(experts, critic, experts, count).copy()


def signals(*shape, seed=0):
    return torch.randn(*shape, 40, generator=generator(seed))


def played(one, **changes):
    orders = tuple([generator(s), generator(s + 9)] for s in (1, 2))
    mechanism = torch.arange(50).remainder(5).expand(2, 50)
    own = Play(signals(2, 50), signals(2, 50, seed=3), mechanism, orders, 40, 20)
    return list(competing.play(one, own._replace(**changes)))


# Signals


def test_mechanisms_are_what_they_say():
    x = draw("clean", 0, 20, "test").x
    ramp, gain, square, diff, offset, fall = through((*MECHANISMS, "fall"), x, 0)
    mean, sd = units(0)
    assert np.allclose((ramp - x) * sd, np.linspace(-1, 1, 40), atol=1e-5)
    assert np.allclose((fall - x) * sd, np.linspace(1, -1, 40), atol=1e-5)
    assert np.allclose((offset - x) * sd, 0.3, atol=1e-5)
    raw = x * sd + mean
    for own, expected in ((gain, 0.3 * raw), (square, raw * abs(raw))):
        assert np.allclose(own * sd + mean, expected, atol=1e-5)
    slopes = 1.5 * (raw[:, 2:] - raw[:, :-2])
    assert np.allclose((diff * sd + mean)[:, 1:-1], slopes, atol=1e-5)


def test_every_signal_goes_through_one_mechanism_and_clean_ones_are_others():
    own = drawn(CELL)
    x = draw("clean", 0, CELL.examples, f"{NAME}: changed").x
    by = through(MECHANISMS, x, 0)
    for i in (0, 1, 57):
        assert np.array_equal(own.mixed[i], by[own.mechanism[i], i])
    assert np.bincount(own.mechanism).tolist() == [CELL.examples // 5] * 5
    assert not (own.clean[:, None] == x[None]).all(2).any()
    others = own.mechanism != SWAPPED.index("fall")
    assert np.array_equal(own.swapped[others], own.mixed[others])
    assert not np.array_equal(own.swapped[~others], own.mixed[~others])


# Nets


@pytest.mark.parametrize(("stacked", "twin"), [(Experts, plain.Expert), (Critic, plain.Critic)])
def test_a_net_is_its_twin(stacked, twin):
    net, one = stacked(2).reset([0, 1]), twin()
    shapes = {name: p.shape for name, p in one.named_parameters()}
    assert sum(s.numel() for s in shapes.values()) == net.parameter_count()
    if stacked is Experts:
        with torch.no_grad():
            one.filter.shift.normal_()
        net.load(1, one)
    else:
        net.load(1, one)
    x = signals(2, 7)
    torch.testing.assert_close(net(x)[1], one(x[1]), rtol=0, atol=1e-5)


def test_an_expert_can_undo_what_shifts_and_what_scales():
    net = Experts(1).reset([0])
    with torch.no_grad():
        for p in (net.bend_out.weight, net.bend_out.bias, net.filter.weight):
            p.zero_()
        net.filter.weight[0, 2] = 1 / 0.3
        net.filter.shift[:] = -1 / SHIFTS
    x = signals(1, 4)
    torch.testing.assert_close(net(0.3 * x + 0.3), x, rtol=0, atol=1e-5)


def test_the_wide_parts_of_the_filter_are_even_and_odd():
    even, odd = patterns().view(-1, 40, 40)[-2:]
    assert torch.equal(even, even.T)
    assert torch.equal(odd, -odd.T)


# The rule


def test_only_the_winner_learns_from_a_signal():
    one = game()
    back = one.back(signals(2, 11))
    back.retain_grad()
    winner = competing.winners(one, back)
    competing.expert_loss(one, competing.picked(back, winner), None).sum().backward()
    learns = back.grad.abs().sum(-1) > 0
    assert torch.equal(learns, F.one_hot(winner, 3).bool().transpose(1, 2))
    assert all(p.grad is None for p in one.critic.parameters())


def test_the_winner_has_the_highest_score():
    one = game()
    back = one.back(signals(2, 6))
    scores = torch.stack([one.critic(back[:, k]) for k in range(3)], 1)
    assert torch.equal(competing.winners(one, back), scores.argmax(1))


def test_the_critics_loss_by_hand():
    one = game(1, 3)
    clean, won = signals(1, 1), signals(1, 4, seed=1)
    found = competing.critic_loss(one, clean, won)
    here = clean.clone().requires_grad_()
    score = one.critic(here)
    (slope,) = torch.autograd.grad(score.sum(), here)
    expected = -torch.sigmoid(score).log().mean() + competing.SMOOTH / 2 * slope.square().sum()
    expected -= (1 - torch.sigmoid(one.critic(won))).log().mean()
    torch.testing.assert_close(found[0], expected, rtol=1e-5, atol=1e-5)


def test_wins_are_counted_by_mechanism():
    wins = torch.zeros(1, 2, 3)
    competing.count(wins, torch.tensor([[0, 0, 1, 1]]), torch.tensor([[2, 2, 0, 1]]))
    assert wins.tolist() == [[[0, 0, 2], [1, 1, 0]]]


def test_shifts_are_learned_first():
    assert competing.factors(0.1)[1] == 0 < competing.factors(0.1)[0]
    assert competing.factors(0.5)[1] > competing.factors(0.5)[0]


@pytest.mark.parametrize("part", ["experts", "average"])
def test_one_expert_is_refitted_and_the_others_stay_to_the_bit(part):
    one = game()
    before = one.copy()
    wins = F.one_hot(competing.winners(one, one.back(signals(2, 50, seed=3))), 3).sum(1)
    played(one, free=wins.argmax(1))  # one that wins nothing does not learn
    pairs = zip(getattr(one, part).parameters(), getattr(before, part).parameters(), strict=True)
    moved = torch.zeros(6, dtype=torch.bool)
    for p, q in pairs:
        moved |= (p != q).flatten(1).any(1)
    assert torch.equal(moved.view(2, 3).nonzero()[:, 1], wins.argmax(1))


def test_who_is_dealt_signals_learns_from_them_alone():
    one = game()
    before = one.copy()
    played(one, owner=torch.zeros(2, 50, dtype=torch.int64))
    for p, q in zip(one.experts.parameters(), before.experts.parameters(), strict=True):
        assert torch.equal(p[[1, 2, 4, 5]], q[[1, 2, 4, 5]])
    assert not torch.equal(one.experts.filter.shift[0], before.experts.filter.shift[0])


def test_the_papers_critic_learns_from_all_experts():
    heard = []
    for everyone in (False, True):
        own = game()
        played(own, everyone=everyone)
        heard.append(own.critic.head.weight.detach())
    assert not torch.equal(*heard)


def test_looks_come_at_the_start_and_twenty_times_after():
    looks = played(game())
    assert [look.step for look in looks] == list(range(0, 41, 2))
    assert [int(look.wins.sum()) for look in looks] == [2 * 2 * 20] * 21


def test_experts_start_at_the_identity_or_not():
    cell = replace(CELL, identity=300, batch=64)
    shares = {}
    for arm in ("competing", "random"):
        stack = [replace(cell, arm=arm)]
        world = prepared(stack, "cpu")
        start = started(stack, world, "cpu")
        back = start.back(world.clean)
        shares[arm] = float((back.detach() - world.clean.unsqueeze(1)).square().mean())
    assert shares["competing"] < 0.4 < shares["random"]


def test_a_member_alone_is_the_member_in_the_stack():
    stack = [replace(CELL, replicate=r) for r in range(3)]
    together = list(train(stack, "cpu"))[2]
    (alone,) = train(stack[2:], "cpu")
    np.testing.assert_allclose(alone.error, together.error, rtol=1e-3)
    np.testing.assert_allclose(alone.wins, together.wins, atol=0.05)


def test_a_swap_leaves_the_other_experts_outputs():
    for record in train([CELL, replace(CELL, replicate=1)], "cpu"):
        assert record.changed == 0


def test_the_usual_loop_runs():
    plain.compete(replace(CELL, steps=2, identity=2))
