"""What routers are trained by, against values worked out by hand and enumerated gradients."""

from itertools import product

import torch

from labs.routing.em import Expectation, Tried
from labs.routing.losses import Objective, balance, entropy, importance, surrogate, taught, z_loss
from labs.routing.routers import Chance, Choice, Scores, one_hot, sampled
from tests.labs.routing.made import made, signals, streams


def test_balance_is_1_for_uniform_and_e_for_collapsed_routing():
    uniform = torch.eye(8).repeat(1, 4, 1) * 0.92 + 0.01  # each expert highest for 4 of 32
    collapsed = one_hot(torch.tensor([1.0] + [0.0] * 7)).expand(1, 32, 8)
    torch.testing.assert_close(balance(uniform), torch.tensor([1.0]))
    torch.testing.assert_close(balance(collapsed), torch.tensor([8.0]))


def test_balance_has_a_gradient_by_probabilities_and_none_by_counts():
    p = torch.tensor([[0.6, 0.4], [0.7, 0.3], [0.2, 0.8]]).unsqueeze(0).requires_grad_()
    balance(p).sum().backward()
    shares = torch.tensor([2 / 3, 1 / 3])
    torch.testing.assert_close(p.grad, (2 * shares / 3).expand(1, 3, 2))


def test_importance_is_0_for_alike_and_e_minus_1_for_one():
    alone = one_hot(torch.tensor([1.0, 0, 0, 0])).expand(1, 5, 4)
    torch.testing.assert_close(importance(torch.full((1, 5, 4), 0.25)), torch.zeros(1))
    torch.testing.assert_close(importance(alone), torch.tensor([3.0]))


def test_z_loss_is_the_squared_log_of_the_sum_of_exp():
    logits = torch.tensor([[[0.0, 0.0], [1.0, 1.0]]])
    expected = (torch.tensor(2.0).log() ** 2 + (1 + torch.tensor(2.0).log()) ** 2) / 2
    torch.testing.assert_close(z_loss(logits), expected.view(1))


def test_entropy_of_uniform_choices():
    uniform = Choice(torch.zeros(2, 3, 1, 4), torch.zeros(2, 3, 1, 4))
    torch.testing.assert_close(entropy([uniform, uniform]), torch.full((2,), 4.0).log())


def test_a_classifier_of_domains_learns_their_names():
    logits = torch.tensor([[0.0, 1.0], [2.0, 0.0]]).view(1, 2, 1, 2).requires_grad_()
    found = taught([Choice(logits, logits)], torch.tensor([[1, 3]]))  # the fourth is expert 1's
    torch.testing.assert_close(found, torch.tensor([(0.313262 + 2.126928) / 2]))


def test_reinforce_estimates_the_enumerated_gradient():
    """Two choices among three experts and a reward for each of the nine pairs."""
    generator = torch.Generator().manual_seed(3)
    rewards = torch.randn(3, 3, generator=generator)
    start = torch.randn(2, 3, generator=generator)
    exact = start.clone().requires_grad_()
    p = exact.softmax(-1)
    (-sum(p[0, a] * p[1, b] * rewards[a, b] for a, b in product(range(3), repeat=2))).backward()
    draws, chance = 100_000, Chance(streams(1))
    for baseline in (0.0, 0.5):  # which must not move the mean
        logits = start.clone().requires_grad_()
        choices = []
        for one in logits:
            scores = one.expand(1, draws, 1, 3)
            choices.append(Choice(scores, sampled(Scores(scores, chance=chance))))
        places = [choice.gates.argmax(-1)[..., 0] for choice in choices]
        surrogate(choices, rewards[places[0], places[1]] - baseline).sum().backward()
        torch.testing.assert_close(logits.grad, exact.grad, atol=0.015, rtol=0)
    assert exact.grad.abs().max() > 0.1


def test_the_baseline_is_the_mean_of_earlier_rewards():
    net = made("reinforce").train()
    objective, (x, y) = Objective(net), signals()
    net(x)
    each = torch.full(y.shape, 2.0)
    first = objective.extra(each)  # no advantage yet: the entropy alone
    torch.testing.assert_close(first, -0.01 * entropy(net.trace))
    second = objective.extra(each + 1)  # an advantage of -1 for all
    drawn = torch.stack([(c.logits.log_softmax(-1) * c.gates).sum((-2, -1)) for c in net.trace])
    torch.testing.assert_close(second - first, drawn.sum(0).mean(1))


def test_em_takes_the_expert_that_label_and_router_favour():
    net = made("em", kind=Tried).train()
    assert isinstance(net, Tried)
    objective, (x, y) = Expectation(net), signals()
    outputs = net(x)
    assert outputs.shape == (2, 24, 4, 10)
    assert not outputs.requires_grad
    total = objective(outputs, y)
    losses = -outputs.log_softmax(-1).gather(-1, y[:, :, None, None].expand(2, 24, 4, 1))[..., 0]
    prior = net.trace[0].logits[:, :, 0].log_softmax(-1)
    choice = (prior - losses).argmax(-1, keepdim=True)
    digits, router = losses.gather(-1, choice).mean((1, 2)), -prior.gather(-1, choice).mean((1, 2))
    torch.testing.assert_close(total, digits + router, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(objective.losses[0], digits, atol=1e-5, rtol=1e-5)
