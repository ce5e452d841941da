"""Layer normalisation with a gradient of its own against torch's."""

import pytest
import torch
import torch.nn.functional as F

from labs.nn.normalisation import normalise, plain

SHAPES = {  # of x, of gain and shift
    "of each member": ((3, 4, 5, 6), (3, 1, 1, 6)),
    "of all rows": ((3, 4, 5, 6), (1, 1, 1, 6)),
    "of one member": ((1, 4, 5, 6), (1, 1, 1, 6)),
    "three axes": ((2, 4, 6), (2, 1, 6)),
    "a number of each row": ((2, 4, 6), (2, 4, 6)),
}


def inputs(shapes, offset=3.0):
    generator = torch.Generator().manual_seed(0)
    x, gain, shift = (torch.randn(shapes[i], generator=generator) for i in (0, 1, 1))
    return [t.requires_grad_() for t in (offset + 2 * x, gain, shift)]


def gradients(function, tensors, graph=False):
    out = function(*tensors)
    weights = torch.sin(torch.arange(out.numel(), dtype=out.dtype)).view_as(out)
    asked = [t for t in tensors if t.requires_grad]
    return torch.autograd.grad((weights * out).sum(), asked, create_graph=graph)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("offset", [0.0, 300.0])  # beside a spread of 2
def test_it_is_torch_s(name, offset):
    tensors = inputs(SHAPES[name], offset)
    x, gain, shift = (t.detach().double().requires_grad_() for t in tensors)

    def exact(x, gain, shift):
        return F.layer_norm(x, x.shape[-1:]) * gain + shift

    near = 1e-5 + 1e-6 * offset
    torch.testing.assert_close(
        normalise(*tensors).double(), exact(x, gain, shift), rtol=1e-4, atol=near
    )
    torch.testing.assert_close(plain(x, gain, shift), exact(x, gain, shift))
    right = gradients(exact, [x, gain, shift])
    for found, own in zip(gradients(normalise, tensors), right, strict=True):
        torch.testing.assert_close(found.double(), own, rtol=1e-3, atol=10 * near)


def test_rows_of_one_number_are_the_shift():
    tensors = inputs(((2, 3, 4), (2, 1, 4)))
    x = torch.full((2, 3, 4), 7.0)
    torch.testing.assert_close(normalise(x, *tensors[1:]), tensors[2].expand(2, 3, 4))


@pytest.mark.parametrize("needed", [(0,), (1,), (2,), (0, 2), (1, 2)], ids=str)
def test_only_what_is_asked_for_is_differentiated(needed):
    tensors = inputs(SHAPES["of each member"])
    every = gradients(normalise, tensors)
    own = [t.detach().requires_grad_(i in needed) for i, t in enumerate(tensors)]
    found = iter(gradients(normalise, own))
    for i in needed:
        torch.testing.assert_close(next(found), every[i], rtol=0, atol=0)


def test_it_can_be_differentiated_twice():
    tensors = inputs(SHAPES["of each member"])
    twice = []
    for function in (normalise, plain):
        first = gradients(function, tensors, graph=True)
        twice.append(torch.autograd.grad(sum((g**2).sum() for g in first), tensors[:2]))
    for found, right in zip(*twice, strict=True):
        torch.testing.assert_close(found, right, rtol=1e-4, atol=1e-5)


def test_the_written_one_is_what_runs(monkeypatch):
    monkeypatch.setattr("labs.nn.normalisation.plain", None)
    gradients(normalise, inputs(SHAPES["of each member"]))
    with pytest.raises(TypeError):  # double precision goes the plain way
        normalise(*(t.double() for t in inputs(SHAPES["of each member"])))
