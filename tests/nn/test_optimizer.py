"""The stacked optimiser: one optimiser per member, schedules and refusals, against torch alone."""

import sys

import pytest
import torch
import torch.nn.functional as F

from labs.nn import nets
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit
from tests.nn.random_data import data, generator

ADAM, SGD, RMSPROP = torch.optim.Adam, torch.optim.SGD, torch.optim.RMSprop
ADAMW = torch.optim.AdamW

SETTINGS = [
    (ADAM, {"lr": 0.01}),
    (ADAM, {"lr": [0.1, 0.1, 0.001], "weight_decay": [0.0, 0.3, 0.3]}),
    (ADAM, {"lr": (0.1, 0.02, 0.1), "eps": 1e-3}),
    (ADAM, {"betas": [(0.9, 0.99), (0.5, 0.9), (0.5, 0.9)]}),
    (ADAM, {"lr": [0.1, 0.01, 0.01], "maximize": True}),
    (ADAM, {"lr": 0.1, "amsgrad": True}),
    (ADAM, {"lr": 0.1, "weight_decay": 0.3, "decoupled_weight_decay": [True, False, True]}),
    (ADAMW, {"lr": [0.1, 0.01, 0.01]}),
    (ADAMW, {"lr": 0.1, "weight_decay": [0.1, 0.3, 0.3], "amsgrad": True}),
    (SGD, {"lr": [0.1, 0.2, 0.2], "momentum": 0.9, "weight_decay": [0.01, 0.01, 0.1]}),
    (SGD, {"lr": 0.1, "momentum": [0.9, 0.0, 0.9], "nesterov": [True, False, False]}),
    (SGD, {"lr": 0.1, "momentum": 0.9, "dampening": [0.0, 0.5, 0.5]}),
    (RMSPROP, {"lr": [0.01, 0.02, 0.03]}),
]


@pytest.mark.parametrize(("kind", "options"), SETTINGS)
def test_a_stacked_optimizer_is_one_optimizer_per_member(kind, options):
    g, net = generator(), nets.MLP(3, hidden=4).reset([0, 1, 2])
    optimizer = Optimizer(net, kind, **options)
    lone = [[p[m].detach().clone() for p in net.parameters()] for m in range(3)]
    own = [
        {k: v[m] if isinstance(v, list | tuple) else v for k, v in options.items()}
        for m in range(3)
    ]
    optimizers = [kind(ps, **settings) for ps, settings in zip(lone, own, strict=True)]
    for _ in range(10):
        for i, p in enumerate(net.parameters()):
            p.grad = torch.randn(p.shape, generator=g)
            for m in range(3):
                lone[m][i].grad = p.grad[m].clone()
        optimizer.step()
        for one in optimizers:
            one.step()
        assert all(p.grad is None for p in net.parameters())
    for i, p in enumerate(net.parameters()):
        expected = torch.stack([lone[m][i] for m in range(3)])
        torch.testing.assert_close(p.detach(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "options"),
    [(SGD, {"momentum": 0.9}), (SGD, {}), (ADAM, {}), (ADAM, {"amsgrad": True}), (ADAMW, {})],
)
@pytest.mark.parametrize("rates", [0.1, [0.1, 0.02]])
@pytest.mark.parametrize("late", [0, 1, 9])
def test_a_parameter_without_a_gradient_stays_for_the_step(kind, options, rates, late):
    g, net = generator(), nets.Logistic(2).reset([0, 1])
    optimizer = Optimizer(net, kind, lr=rates, **options)
    weights = [p[m].detach().clone() for m in range(2) for p in net.parameters()]
    first, second = rates if isinstance(rates, list) else (rates, rates)
    groups = [{"params": weights[:2], "lr": first}, {"params": weights[2:], "lr": second}]
    lone = kind(groups, **options)  # of torch's kernels, one fails where a gradient comes late
    for step in range(9):
        for i, p in enumerate(net.parameters()):
            p.grad = (
                None
                if step < i * late or (step and not (step + i) % 3)
                else torch.randn(p.shape, generator=g)
            )
            for m in range(2):
                weights[2 * m + i].grad = None if p.grad is None else p.grad[m].clone()
        optimizer.step()
        lone.step()
    for p, q in zip(net.parameters(), (weights[0::2], weights[1::2]), strict=True):
        torch.testing.assert_close(p.detach(), torch.stack(q))


OPTIMIZER_REFUSALS = {
    r"lr must be one value or one per member \(3\), got \[0.1, 0.2\]": {"lr": [0.1, 0.2]},
    r"betas must be one value or one per member \(3\), got \(0.9, 0.99\)": {"betas": (0.9, 0.99)},
    "got 'weight_decai': did you mean 'weight_decay'": {"weight_decai": 0.1},
    "learning rate: -0.1": {"lr": [0.1, 0.1, -0.1]},
}


@pytest.mark.parametrize(("message", "options"), OPTIMIZER_REFUSALS.items())
def test_an_optimizer_refuses(message, options):
    with pytest.raises(ValueError, match=message):
        Optimizer(nets.Logistic(3), ADAM, **options)


@pytest.mark.parametrize("rates", [0.1, [0.1, 0.03]])
@pytest.mark.parametrize(("kind", "options"), [(SGD, {"momentum": 0.9}), (ADAM, {})])
def test_a_schedule_scales_the_first_rates(kind, options, rates):
    x, y = data(2, 40)
    net, expected = (nets.Logistic(2).reset([0, 1]) for _ in range(2))
    optimizer = Optimizer(net, kind, lr=rates, **options)
    weights = [p[m].detach().requires_grad_() for m in range(2) for p in expected.parameters()]
    first, second = rates if isinstance(rates, list) else (rates, rates)
    groups = [{"params": weights[:2], "lr": first}, {"params": weights[2:], "lr": second}]
    lone = kind(groups, **options)
    schedule = torch.optim.lr_scheduler.LambdaLR(lone, lambda step: 1 / (1 + step))
    for step in fit(net, x, y, optimizer=optimizer, steps=6, every=1, batch=20):
        here = slice((step - 1) * 20 % 40, (step - 1) * 20 % 40 + 20)
        for m in range(2):
            weight, bias = weights[2 * m : 2 * m + 2]
            F.cross_entropy(x[m, here] @ weight + bias, y[m, here]).backward()
        lone.step()
        lone.zero_grad()
        schedule.step()
        optimizer.scale_rate(1 / (1 + step))
    for p, q in zip(net.parameters(), (weights[0::2], weights[1::2]), strict=True):
        torch.testing.assert_close(p, torch.stack(q))


@pytest.mark.parametrize("factor", [-1, float("inf"), float("nan")])
def test_a_rate_is_scaled_by_a_number_only(factor):
    with pytest.raises(ValueError, match=rf"factor must be a finite .* got {factor}"):
        Optimizer(nets.Logistic(1), SGD, lr=0.1).scale_rate(factor)


def test_an_optimizer_leaves_torchs_compiler_alone(monkeypatch):
    class Loaded:  # as long as it is not asked for anything
        def __getattr__(self, name):
            raise AssertionError(f"torch._dynamo.{name}")

    monkeypatch.setitem(sys.modules, "torch._dynamo", Loaded())
    monkeypatch.setattr(torch, "_dynamo", Loaded(), raising=False)
    for kind in (ADAM, ADAMW, SGD):
        net = nets.Logistic(2).reset([0, 1])
        optimizer = Optimizer(net, kind, lr=[0.1, 0.2])
        for p in net.parameters():
            p.grad = torch.ones_like(p)
        optimizer.step()
