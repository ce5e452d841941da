"""Errors along a path, barriers, and the symmetry that makes them."""

import pytest
import torch

from labs.composition.aggregation.arithmetic import average
from labs.composition.aggregation.barriers import barrier, errors_along, permuted, points
from labs.nn.base import logits
from labs.nn.modules.adapter import Adapter
from tests.labs.composition.vectors import drawn
from tests.nn.modules.kinds import TINY, base, generators, moved, signals, started

HALVES = [0.0, 0.5, 1.0]


def spread_of(weights):
    return weights["w"].square().sum((1, 2))


def test_a_line_of_equal_nets_has_no_barrier():
    one = drawn(1)
    errors = errors_along(spread_of, one, one, points(4))
    assert errors.shape == (5, 2)
    torch.testing.assert_close(
        barrier(errors, points(4)), torch.zeros(2).double(), atol=1e-12, rtol=0
    )


def test_the_barrier_is_the_height_above_the_line_of_the_ends():
    errors = torch.tensor([[0.1, 0.4, 0.0], [0.5, 0.3, 0.9], [0.3, 0.0, 0.0]])
    torch.testing.assert_close(barrier(errors, HALVES), torch.tensor([0.3, 0.1, 0.9]))
    uneven = barrier(torch.tensor([[0.0], [0.6], [1.0]]), [0, 0.2, 1])
    torch.testing.assert_close(uneven, torch.tensor([0.4]))
    assert barrier(torch.tensor([[1.0], [0.2], [1.0]]), HALVES).tolist() == [0]  # a valley
    torch.testing.assert_close(barrier(errors.flip(0), HALVES), barrier(errors, HALVES))


def test_a_convex_error_has_no_barrier_and_a_concave_one_has():
    one, two = drawn(1), drawn(2)
    along = points(2)
    convex = errors_along(spread_of, one, two, along)
    assert barrier(convex, along).tolist() == [0, 0]
    expected = (one["w"] - two["w"]).square().sum((1, 2)) / 4  # of -|w|^2, at the middle
    torch.testing.assert_close(barrier(-convex, along), expected)


def orders(width=4):
    return [torch.randperm(width, generator=g) for g in generators(2, 3)]


@pytest.mark.parametrize("kind", [Adapter(), Adapter(sites="both", parallel=True, scale=0.5)])
def test_permuted_units_are_the_same_function_with_another_average(kind):
    module = moved(started(kind), 0.8)
    other = permuted(module, orders())

    def outputs(m):
        return logits(base(), signals(), [m], TINY.heads)

    torch.testing.assert_close(outputs(other), outputs(module), rtol=0, atol=1e-12)
    assert all(o.tolist() != list(range(4)) for o in orders())
    apart = (outputs(average([module, other])) - outputs(module)).abs().amax((1, 2))
    assert (apart > 0.05).all()

    def error(m):
        return (outputs(m) - outputs(module)).square().mean((1, 2))

    heights = barrier(errors_along(error, module, other, points(4)), points(4))
    assert (heights > 1e-3).all()
    alone = permuted(module.of([1]), orders()[1:])
    assert all(torch.equal(v, other.values[n][1:]) for n, v in alone.values.items())


ADAPTER = started(Adapter(3))
REFUSED = {
    "steps must be a whole number of at least 1, got 0": lambda: points(0),
    "along must be a whole number of at least 1, got 0": lambda: errors_along(
        spread_of, drawn(1), drawn(2), []
    ),
    r"along must rise from 0 to 1, got \[0, 0.5\]": lambda: barrier(torch.ones(2, 1), [0, 0.5]),
    r"along must rise from 0 to 1, got \[0.5, 1\]": lambda: barrier(torch.ones(2, 1), [0.5, 1]),
    r"along must rise from 0 to 1, got \[0, 0.5, 0.5, 1\]": lambda: barrier(
        torch.ones(4, 1), [0, 0.5, 0.5, 1]
    ),
    r"along must rise from 0 to 1, got \[0\]": lambda: barrier(torch.ones(1, 1), [0]),
    r"errors must have shape \(2, M\), got \(3, 1\)": lambda: barrier(torch.ones(3, 1), [0, 1]),
    r"errors must have shape \(2, M\), got \(2,\)": lambda: barrier(torch.ones(2), [0, 1]),
    r"orders must be 2 permutations of 0..2, got \[\[0, 1, 2\]\]": lambda: permuted(
        ADAPTER, [torch.arange(3)]
    ),
    r"orders must be 2 permutations of 0..2, got \[\[0, 1, 1\]": lambda: permuted(
        ADAPTER, [torch.tensor([0, 1, 1])] * 2
    ),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()
