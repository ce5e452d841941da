"""The recurrence with its gradient written out against the equations step after step."""

import pytest
import torch

from labs.nn.gru import scan, stepwise
from tests.nn.random_data import generator

SIZES = [(1, 1, 1, 1, 1), (4, 2, 3, 2, 2), (9, 1, 1, 6, 5)]  # steps, GRUs, inputs, hidden, batch
each_size = pytest.mark.parametrize("sizes", SIZES)


def drawn(steps, sequences, inputs, hidden, batch, dtype=torch.float64):
    g, gates = generator(), 3 * hidden
    shapes = [(steps, sequences, inputs, batch), (sequences, gates, inputs)]
    shapes += [(sequences, gates, hidden), *[(sequences, gates, 1)] * 2]
    return [torch.randn(s, generator=g, dtype=dtype, requires_grad=True) for s in shapes]


@each_size
def test_the_gradient_of_the_scan(sizes):
    arguments = drawn(*sizes)
    assert torch.autograd.gradcheck(scan, arguments)
    (first,) = torch.autograd.grad(
        scan(*arguments).square().sum(), arguments[:1], create_graph=True
    )
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


@each_size
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_scan_is_the_equations(sizes, dtype):
    arguments = drawn(*sizes, dtype=dtype)
    before = [a.detach().clone() for a in arguments]
    states, expected = scan(*arguments), stepwise(*arguments)
    close = {"rtol": 0, "atol": 1e-5}
    torch.testing.assert_close(states, expected, **close)
    own, torchs = (torch.autograd.grad(s.square().sum(), arguments) for s in (states, expected))
    for a, b in zip(own, torchs, strict=True):
        close["atol"] = 2e-6 * max(b.abs().max().item(), 1.0)
        torch.testing.assert_close(a, b, **close)
    assert all(torch.equal(a, b) for a, b in zip(arguments, before, strict=True))


def test_saturated_gates_do_not_overflow():
    arguments = [1e4 * a.detach() for a in drawn(*SIZES[1], dtype=torch.float32)]
    assert scan(*arguments).isfinite().all()


def test_a_pass_can_be_differentiated_again_and_a_state_not_written_into():
    arguments = drawn(*SIZES[1])
    states = scan(*arguments)
    whole = states.sum()
    once, twice = (torch.autograd.grad(whole, arguments, retain_graph=True) for _ in range(2))
    half = torch.autograd.grad(0.5 * states.sum(), arguments, retain_graph=True)
    for a, b, c in zip(once, twice, half, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
        torch.testing.assert_close(0.5 * a, c)
    states.detach().add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        whole.backward()
