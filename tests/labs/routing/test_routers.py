"""Rules that make gates of scores."""

import torch

from labs.routing.routers import (
    RULES,
    Chance,
    Router,
    Scores,
    experts_choose,
    one_hot,
    sampled,
    skills,
    straight_through,
    switch,
    top_2,
)
from tests.labs.routing.made import streams

LOGITS = torch.tensor([2.0, 1.0, 0.0])  # softmax 0.665, 0.245, 0.090


def chance(members=1, seed=0):
    return Chance(streams(members, seed))


def test_gumbel_frequencies_are_those_of_the_softmax():
    draws = 200_000
    scores = Scores(LOGITS.expand(1, draws, 1, 3), chance=chance())
    expected = LOGITS.softmax(0)
    error = (expected * (1 - expected) / draws).sqrt()
    for rule in (sampled, straight_through):
        found = rule(scores).mean((0, 1, 2))
        assert ((found - expected).abs() < 5 * error).all(), rule


def test_straight_through_is_one_hot_up_to_rounding_and_exactly_in_a_test():
    logits = torch.randn(2, 50, 1, 4, generator=torch.Generator().manual_seed(0))
    gates = straight_through(Scores(logits, chance=chance(2), heat=0.5))
    torch.testing.assert_close(gates, one_hot(gates))
    assert torch.equal(straight_through(Scores(logits)), one_hot(logits))


def test_straight_through_passes_the_gradient_of_the_softmax():
    logits = torch.zeros(1, 1, 1, 3, requires_grad=True)
    straight_through(Scores(logits, chance=chance(), heat=0.7))[..., 0].sum().backward()
    again = torch.zeros(1, 1, 1, 3, requires_grad=True)
    soft = ((again + chance().gumbel(again)) / 0.7).softmax(-1)
    soft[..., 0].sum().backward()
    torch.testing.assert_close(logits.grad, again.grad)
    assert logits.grad.abs().max() > 0.01


def test_switch_multiplies_by_the_probability_so_that_the_router_learns():
    logits = LOGITS.view(1, 1, 1, 3).clone().requires_grad_()
    gates = switch(Scores(logits))
    torch.testing.assert_close(gates[0, 0, 0], torch.tensor([0.66524, 0.0, 0.0]))
    gates.sum().backward()
    p = LOGITS.softmax(0)
    torch.testing.assert_close(logits.grad[0, 0, 0], p[0] * (torch.tensor([1.0, 0, 0]) - p))


def test_a_softmax_after_the_choice_would_give_no_gradient():
    """Why the order matters: the trap that `switch` avoids."""
    logits = LOGITS.clone().requires_grad_()
    kept = torch.where(one_hot(LOGITS) > 0, logits, float("-inf")).softmax(-1)
    kept.sum().backward()
    assert kept.max() == 1
    assert torch.equal(logits.grad, torch.zeros(3))


def test_top_2_is_the_softmax_of_two():
    gates = top_2(Scores(LOGITS.view(1, 1, 1, 3)))[0, 0, 0]
    torch.testing.assert_close(gates, torch.tensor([0.731059, 0.268941, 0.0]))


def test_top_2_has_noise_in_training_only():
    logits, noise = torch.zeros(1, 400, 1, 4), torch.zeros(1, 400, 1, 4)
    gates = top_2(Scores(logits, noise, chance()))
    assert ((gates > 0).sum(-1) == 2).all()
    assert (gates > 0).double().mean((0, 1, 2)).sub(0.5).abs().max() < 0.1
    assert torch.equal(top_2(Scores(logits, noise))[0, 0], top_2(Scores(logits, noise))[0, 9])


def test_skills_are_shares_of_those_switched_on():
    logits = torch.tensor([8.0, 8.0, -30.0]).view(1, 1, 1, 3)
    torch.testing.assert_close(skills(Scores(logits))[0, 0, 0], torch.tensor([0.5, 0.5, 0.0]))
    draws = skills(Scores(torch.zeros(1, 2000, 1, 3), chance=chance()))
    torch.testing.assert_close(draws.sum(-1), torch.ones(1, 2000, 1))
    assert draws.std() > 0.1


def test_every_expert_takes_as_many():
    logits = torch.randn(2, 32, 1, 4, generator=torch.Generator().manual_seed(1))
    threshold = torch.zeros(2, 4)
    gates = experts_choose(Scores(logits, chance=chance(2), threshold=threshold))
    assert ((gates > 0).sum((1, 2)) == 8).all()
    torch.testing.assert_close(gates[gates > 0], logits.softmax(-1)[gates > 0])
    torch.testing.assert_close(threshold, logits.softmax(-1).sort(1).values[:, -8, 0])


def test_experts_choose_each_test_signal_on_its_own():
    logits = torch.randn(2, 32, 1, 4, generator=torch.Generator().manual_seed(1))
    threshold = torch.full((2, 4), 0.3)
    whole = experts_choose(Scores(logits, threshold=threshold))
    part = experts_choose(Scores(logits[:, :5], threshold=threshold))
    assert torch.equal(whole[:, :5], part)
    assert torch.equal(threshold, torch.full((2, 4), 0.3))


def test_a_member_draws_the_same_alone():
    like = torch.zeros(3, 7)
    both = Chance(streams(3)).normal(like)
    alone = Chance(streams(3)[1:2]).normal(like[:1])
    assert torch.equal(both[1:2], alone)


def test_hierarchical_scores_are_log_probabilities_of_a_tree():
    router = Router(1, "gumbel", 2, 3, 4, hierarchical=True)
    router.start(streams(1), streams(1))
    seen = torch.randn(1, 5, 1, 3)
    logits = router(1, seen).logits
    raw = seen[0, :, 0] @ router.weight[0, 1] + router.bias[0, 1]
    left = raw[:, :2].softmax(-1)[:, 0]
    within = raw[:, 2:4].softmax(-1)[:, 1]
    torch.testing.assert_close(logits.exp()[0, :, 0, 1], left * within)
    torch.testing.assert_close(logits.exp().sum(-1), torch.ones(1, 5, 1))


def test_first_probabilities_are_almost_uniform():
    router = Router(1, "dense", 3, 6, 8)
    router.start(streams(1), streams(1))
    gates = router(0, torch.randn(1, 50, 1, 6)).gates
    assert 0 < (gates - 1 / 8).abs().max() < 0.01


def test_every_router_has_a_rule_and_gates_of_the_right_shape():
    for name in RULES:
        seen = 4 if name in ("oracle", "hash", "evolution") else 6
        router = Router(2, name, 3, seen, 4)
        router.start(streams(2), streams(2))
        gates = router(2, torch.rand(2, 5, 1, seen)).gates
        assert gates.shape == (2, 5, 1, 4), name
        assert (gates > -1e-6).all(), name
