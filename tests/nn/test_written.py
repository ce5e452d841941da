"""Gradients written out against automatic differentiation of the same net, and when they serve."""

import pytest
import torch

from labs.nn import nets, written
from labs.nn.losses import cross_entropy, squared_error
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit
from tests.nn.random_data import data, generator

M, BATCH = 3, 20
NETS = {
    "logistic": lambda: nets.Logistic(M),
    "residual": lambda: nets.MLP(M, 12),
    "plain": lambda: nets.MLP(M, 12, residual=False),
    "shallow": lambda: nets.MLP(M, 12, depth=1),
    "seven classes": lambda: nets.MLP(M, 12, classes=7),
    "convolutions": lambda: nets.CNN(M, 5),
    "an odd length": lambda: nets.CNN(M, 4, length=27),
    "recurrent": lambda: nets.GRUNet(M, 3),
    "rows of four": lambda: nets.GRUNet(M, 2, length=10, inputs=4),
}
LOSSES = [cross_entropy, squared_error]
each_net = pytest.mark.parametrize("name", NETS)
each_loss = pytest.mark.parametrize("loss", LOSSES)


def net_and_data(name):
    net = NETS[name]().reset([5, 6, 7])
    x, y = data(M, BATCH)
    length = 27 if name == "an odd length" else 40
    return net, x[..., :length].contiguous(), y % net.head.weight.shape[2]


def by_torch(net, x, y, loss, masks=None):
    masked = {name: net.get_parameter(name) * mask for name, mask in (masks or {}).items()}
    net.zero_grad()
    loss(torch.func.functional_call(net, masked, (x,)), y).sum().backward()
    return {name: p.grad.clone() for name, p in net.named_parameters()}


def same(net, expected):
    for name, p in net.named_parameters():
        torch.testing.assert_close(p.grad, expected[name], rtol=0, atol=1e-6, msg=name)
        assert p.grad.is_contiguous()  # fused optimisers take it for granted


@each_loss
@each_net
def test_a_written_gradient_is_the_automatic_one_at_every_step(name, loss):
    net, x, y = net_and_data(name)
    step = written.backward(net, {}, loss, BATCH)
    for scale in (1.0, -2.0, 0.0):  # the memory of one step is used again by the next
        expected = by_torch(net, scale * x, y, loss)
        step(scale * x, y)
        same(net, expected)


@pytest.mark.parametrize("name", ["logistic", "residual", "plain", "shallow"])
def test_masks_are_multiplied_into_the_parameters(name):
    net, x, y = net_and_data(name)
    masks = {
        part: (torch.rand(net.get_parameter(part).shape, generator=generator()) < 0.6).float()
        for part in ("head.weight", "head.bias", *(() if name == "logistic" else ["first.weight"]))
    }
    expected = by_torch(net, x, y, cross_entropy, masks)
    written.backward(net, masks, cross_entropy, BATCH)(x, y)
    same(net, expected)
    assert not net.head.weight.grad[masks["head.weight"] == 0].any()


@each_net
def test_fit_takes_the_written_step(name, monkeypatch):
    net, x, y = net_and_data(name)

    def forward(x):
        raise AssertionError("fit went through the net")

    monkeypatch.setattr(net, "forward", forward)
    optimizer = Optimizer(net, torch.optim.Adam)
    assert [*fit(net, x, y, optimizer=optimizer, steps=3, every=3, batch=10)] == [3]


class Other(nets.MLP):
    """Another forward pass than its parent's, whose written step would be wrong."""


def frozen(net):
    net.first.requires_grad_(False)
    return net


ELSEWHERE = {
    "dropout": (nets.MLP(M, 8, dropout=0.1), {}, cross_entropy),
    "double precision": (nets.MLP(M, 8).double(), {}, cross_entropy),
    "a frozen layer": (frozen(nets.MLP(M, 8)), {}, cross_entropy),
    "another loss": (nets.MLP(M, 8), {}, lambda outputs, labels: outputs.mean((1, 2))),
    "a subclass": (Other(M, 8), {}, cross_entropy),
    "masked kernels": (
        nets.CNN(M, 5),
        {"first.weight": torch.ones(M, 5, 5)},
        cross_entropy,
    ),
    "a masked recurrence": (
        nets.GRUNet(M, 2),
        {"head.bias": torch.ones(M, 1, 10)},
        cross_entropy,
    ),
    "a net without": (nets.LocalNet(M, 2), {}, cross_entropy),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_elsewhere_torch_differentiates(case):
    net, masks, loss = ELSEWHERE[case]
    assert written.backward(net, masks, loss, BATCH) is None
