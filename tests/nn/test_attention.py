"""Attention with a gradient of its own against the plain one."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from labs.nn.attention import attend, plain


def heads(*shape, seed=0, scale=1.0):
    """Heads as a net has them, (M, B, heads, tokens, features), views of its tokens."""
    members, batch, count, tokens, features = shape
    generator = torch.Generator().manual_seed(seed)
    x = scale * torch.randn(members, batch, tokens, count * features, generator=generator)
    return x.unflatten(-1, (count, features)).transpose(2, 3)


def inputs(scale=1.0, dtype=torch.float32, own=5, heard=7, outputs=4):
    sizes = ((own, 3), (heard, 3), (heard, outputs))
    found = [heads(2, 3, 2, *size, seed=i, scale=scale) for i, size in enumerate(sizes)]
    return [t.to(dtype).requires_grad_() for t in found]


def gradients(function, tensors, graph=False):
    out = function(*tensors)
    weights = torch.linspace(-1, 1, out.numel(), dtype=out.dtype).view_as(out)
    return torch.autograd.grad((weights * out).sum(), tensors, create_graph=graph)


@pytest.mark.parametrize("scale", [1.0, 30.0])  # scores of some units, of some thousands
def test_it_is_the_plain_one(scale):
    tensors = inputs(scale)
    torch.testing.assert_close(attend(*tensors), plain(*tensors), rtol=1e-4, atol=1e-5 * scale)
    exact = gradients(plain, [t.detach().double().requires_grad_() for t in tensors])
    for found, right in zip(gradients(attend, tensors), exact, strict=True):
        torch.testing.assert_close(found.double(), right, rtol=1e-3, atol=1e-5 * scale**2)


def test_scores_beyond_single_precision_s_powers():
    query, key, value = (torch.full((1, 1, 1, 2, 1), x) for x in (40.0, 40.0, 1.0))
    key[..., 0, :] = -40.0
    value[..., 0, :] = 3.0
    torch.testing.assert_close(attend(query, key, value), torch.ones(1, 1, 1, 2, 1))
    torch.testing.assert_close(attend(-query, key, value), torch.full((1, 1, 1, 2, 1), 3.0))
    torch.testing.assert_close(attend(query, -abs(key), value), torch.full((1, 1, 1, 2, 1), 2.0))


def test_what_is_not_a_number_stays_so():
    query, key, value = (t.detach() for t in inputs())
    query[0, 0, 0, 0, 0] = float("nan")
    torch.testing.assert_close(attend(query, key, value), plain(query, key, value), equal_nan=True)


def test_it_can_be_differentiated_twice():
    tensors = inputs()
    twice = []
    for function in (attend, plain):
        first = gradients(function, tensors, graph=True)
        twice.append(torch.autograd.grad(sum((g**2).sum() for g in first), tensors))
    for found, right in zip(*twice, strict=True):
        torch.testing.assert_close(found, right, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("needed", [(0,), (1,), (2,), (0, 2), (1, 2)])
def test_only_what_is_asked_for_is_differentiated(needed):
    every = gradients(attend, inputs())
    tensors = [t.requires_grad_(i in needed) for i, t in enumerate(t.detach() for t in inputs())]
    out = attend(*tensors)
    weights = torch.linspace(-1, 1, out.numel()).view_as(out)
    (weights * out).sum().backward()
    for i, tensor in enumerate(tensors):
        if i in needed:
            torch.testing.assert_close(tensor.grad, every[i], rtol=0, atol=0)
        else:
            assert tensor.grad is None


def test_inputs_stay_as_they_are():
    tensors = [t.detach() for t in inputs()]
    before = [t.clone() for t in tensors]
    attend(*tensors)
    for tensor, was in zip(tensors, before, strict=True):
        torch.testing.assert_close(tensor, was, rtol=0, atol=0)


def test_who_counts_products_sees_them_all():
    tensors = inputs()
    counts = []
    for function in (attend, plain):
        with FlopCounterMode(display=False) as counter:
            gradients(function, tensors)
        counts.append(counter.get_total_flops())
    assert counts[0] == counts[1] > 0


def test_the_written_one_is_what_runs(monkeypatch):
    monkeypatch.setattr("labs.nn.attention.plain", None)
    gradients(attend, inputs())
    with pytest.raises(TypeError):  # double precision goes the plain way
        attend(*inputs(dtype=torch.float64))
