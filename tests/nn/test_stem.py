"""The stem with a gradient of its own against the plain one."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from labs.nn.stem import plain, stem

FEATURES = 3


def inputs(members=2, batch=3, shared=False, channels=4, length=40, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    own = 1 if shared else members
    shapes = [(own, 5, channels), (own, 1, channels)]
    shapes += [(own, 5 * channels, FEATURES), (own, 1, FEATURES)]
    x = torch.randn(members, batch, length, generator=generator, dtype=dtype)
    parameters = [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]
    return x, [p.requires_grad_() for p in parameters]


def gradients(function, x, parameters, graph=False):
    out = function(x, *parameters)
    weights = torch.linspace(-1, 1, out.numel(), dtype=out.dtype).view_as(out)
    asked = [p for p in parameters if p.requires_grad]
    return torch.autograd.grad((weights * out).sum(), asked, create_graph=graph)


@pytest.mark.parametrize(
    "how",
    [{}, {"shared": True}, {"members": 1}, {"batch": 1}, {"length": 2}, {"channels": 1}],
    ids=str,
)
def test_it_is_the_plain_one(how):
    x, parameters = inputs(**how)
    torch.testing.assert_close(stem(x, *parameters), plain(x, *parameters), rtol=1e-5, atol=1e-5)
    exact = gradients(plain, x.double(), [p.detach().double().requires_grad_() for p in parameters])
    for found, right in zip(gradients(stem, x, parameters), exact, strict=True):
        torch.testing.assert_close(found.double(), right, rtol=1e-4, atol=1e-4)


def test_the_plain_one_is_torch_s():
    x, parameters = inputs(members=1, dtype=torch.float64)
    layers = []
    for i, (inputs_, stride) in enumerate(((1, 1), (4, 2))):
        weight, bias = parameters[2 * i : 2 * i + 2]
        conv = torch.nn.Conv1d(inputs_, weight.shape[2], 5, stride, 2).double()
        conv.weight.data = weight[0].detach().unflatten(0, (5, inputs_)).permute(2, 1, 0)
        conv.bias.data = bias[0, 0].detach()
        layers += [conv, torch.nn.GELU()]
    own = torch.nn.Sequential(*layers)(x[0].unsqueeze(1)).transpose(1, 2)
    torch.testing.assert_close(plain(x, *parameters)[0], own)


@pytest.mark.parametrize("needed", [(0,), (1,), (2,), (3,), (0, 3), (1, 2)], ids=str)
def test_only_what_is_asked_for_is_differentiated(needed):
    x, parameters = inputs()
    every = gradients(stem, x, parameters)
    own = [p.detach().requires_grad_(i in needed) for i, p in enumerate(parameters)]
    out = stem(x, *own)
    (torch.linspace(-1, 1, out.numel()).view_as(out) * out).sum().backward()
    for i, parameter in enumerate(own):
        if i in needed:
            torch.testing.assert_close(parameter.grad, every[i], rtol=0, atol=0)
        else:
            assert parameter.grad is None


def test_it_can_be_differentiated_twice():
    x, parameters = inputs()
    twice = []
    for function in (stem, plain):
        first = gradients(function, x, parameters, graph=True)
        twice.append(torch.autograd.grad(sum((g**2).sum() for g in first), parameters))
    for found, right in zip(*twice, strict=True):
        torch.testing.assert_close(found, right, rtol=1e-4, atol=1e-2)


def test_signals_do_not_see_one_another():
    """Windows over two signals, which nobody reads, leave no trace in outputs or gradients."""
    x, parameters = inputs(members=1, batch=3)
    for i in range(3):
        torch.testing.assert_close(
            stem(x, *parameters)[:, i], stem(x[:, i : i + 1], *parameters)[:, 0]
        )
    others = x.clone()
    others[:, 1] = 1e6
    kept = [stem(t, *parameters)[:, ::2].square().sum() for t in (x, others)]
    for found, right in zip(*(torch.autograd.grad(k, parameters) for k in kept), strict=True):
        torch.testing.assert_close(found, right)


def test_the_plain_way_where_the_written_one_cannot_go():
    x, parameters = inputs()
    by_signal = torch.autograd.grad(stem(x.requires_grad_(), *parameters).sum(), x)[0]
    assert by_signal.abs().min() > 0
    bias = parameters[1].detach()[:1]  # shared, and the weights are not
    out = stem(x, parameters[0], bias, *parameters[2:])
    torch.testing.assert_close(
        out, plain(x, parameters[0], bias.expand(2, -1, -1), *parameters[2:])
    )
    counts = []
    for function in (stem, plain):
        with FlopCounterMode(display=False) as counter:
            gradients(function, x.detach(), parameters)
        counts.append(counter.get_total_flops())
    assert counts[0] == counts[1] > 0


def test_the_written_one_is_what_runs(monkeypatch):
    monkeypatch.setattr("labs.nn.stem.plain", None)
    gradients(stem, *inputs())
    with pytest.raises(TypeError):  # double precision goes the plain way
        stem(*inputs(dtype=torch.float64)[0:1], *inputs(dtype=torch.float64)[1])
