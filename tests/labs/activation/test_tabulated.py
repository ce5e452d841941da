"""The table of a function: its values, slopes and curvatures, and the way back to parameters."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from labs.activation import tabulated
from labs.activation.tabulated import Look, Tabulated, value_and_slope

DOUBLE = torch.float64


def points(*shape, scale=2.0, seed=0):
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def table(function, members=1, **settings):
    return Tabulated(function, members, dtype=DOUBLE, **settings)


def exactly(function, x):
    x = x.clone().requires_grad_()
    value, slope = value_and_slope(function, x)
    (curvature,) = torch.autograd.grad(slope.sum(), x)
    return [part.detach() for part in (value, slope, curvature)]


@pytest.mark.parametrize("function", [torch.sin, torch.tanh, F.elu, F.silu])
def test_it_says_what_the_function_says(function):
    x = points(3, 40, 7)
    for found, exact, error in zip(
        table(function).look(x)[:3], exactly(function, x), (1e-6, 1e-5, 1e-3), strict=True
    ):
        torch.testing.assert_close(found, exact, rtol=0, atol=error)


def test_its_error_is_within_the_bound_and_falls_with_the_fourth_power():
    x = points(1, 2000)
    errors = []
    for cells in (64, 128, 256):
        look = table(torch.sin, reach=16.0, cells=cells).look(x)
        errors.append(float((look.value - x.sin()).abs().max()))
        assert errors[-1] <= (32 / cells) ** 4 / 384 * 1.0001
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.2)
    assert errors[1] / errors[2] == pytest.approx(16, rel=0.2)


@given(
    st.lists(st.floats(-2, 2), min_size=4, max_size=4),
    st.lists(st.floats(-3, 3), min_size=1, max_size=8),
)
def test_it_is_exact_for_cubics_inside_and_outside(coefficients, numbers):
    def cubic(x):
        return sum(c * x**power for power, c in enumerate(coefficients)) + 0 * x

    x = torch.tensor([numbers], dtype=DOUBLE)
    look = table(cubic, reach=2.0, cells=4).look(x)
    for found, exact in zip(look[:3], exactly(lambda x: cubic(x) + 0 * x**3, x), strict=True):
        torch.testing.assert_close(found, exact, rtol=1e-9, atol=1e-9)


def test_members_have_functions_of_their_own():
    factors = torch.tensor([[1.0], [2.0], [-1.0]], dtype=DOUBLE)
    x = points(3, 5, 4)
    look = table(lambda x: torch.sin(factors * x), members=3).look(x)
    expected = torch.sin(factors.unsqueeze(2) * x)
    torch.testing.assert_close(look.value, expected, rtol=0, atol=1e-6)


def test_outside_the_function_goes_on_as_it_is():
    x = torch.tensor([[-30.0, -1.0, 1.0, 40.0], [5.0, 0.5, -7.0, 0.25]], dtype=DOUBLE)
    look = table(torch.sin, members=2, reach=1.0, cells=8).look(x)
    far = (x < -1) | (x >= 1)
    for found, exact in zip(look[:3], exactly(torch.sin, x), strict=True):
        torch.testing.assert_close(found[far], exact[far], rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("block", [1, 3, 1024])
def test_points_outside_are_computed_a_few_at_a_time_and_for_their_own_member(monkeypatch, block):
    monkeypatch.setattr(tabulated, "BLOCK", block)
    factors = torch.tensor([[1.0], [2.0], [-1.0]], dtype=DOUBLE)
    seen = []

    def function(x):
        seen.append(x.shape)
        return torch.sin(factors * x)

    here = table(function, members=3, reach=0.5, cells=2)
    seen.clear()
    x = points(3, 5, 4)
    x[1] = 0.25  # all inside
    look = here.look(x)
    exact = exactly(lambda x: torch.sin(factors.unsqueeze(2) * x), x)
    far = (x < -0.5) | (x >= 0.5)
    for found, value in zip(look[:3], exact, strict=True):
        torch.testing.assert_close(found[far], value[far], rtol=1e-14, atol=1e-14)
    assert max(shape[1] for shape in seen) <= block
    assert sum(shape[1] for shape in seen) == far.sum((1, 2)).max()


def test_what_diverged_stays_so():
    x = torch.tensor([[math.nan, 0.5, math.inf]], dtype=DOUBLE)
    value = table(torch.square, reach=1.0, cells=2).look(x).value
    torch.testing.assert_close(value, x.square(), equal_nan=True)


def test_an_earlier_look_outside_leaves_no_trace():
    squares = table(torch.square, reach=1.0, cells=2)
    room = Look.blank(1, 2, dtype=DOUBLE)
    assert squares.look(torch.tensor([[3.0, 0.5]], dtype=DOUBLE), room).outside is not None
    inside = squares.look(torch.tensor([[0.25, -0.5]], dtype=DOUBLE), room)
    assert inside.outside is None
    assert inside.value.tolist() == [[0.0625, 0.25]]


@pytest.mark.parametrize(("reach", "block"), [(16.0, 1024), (1.0, 1024), (1.0, 2)])
def test_gradients_are_those_of_the_function(reach, block, monkeypatch):
    monkeypatch.setattr(tabulated, "BLOCK", block)
    w = points(2, 1, seed=1).requires_grad_()
    other = (w**2).sum(1)
    x, by_value, by_slope = (points(2, 6, 5, seed=seed) for seed in (2, 3, 4))

    def function(x):
        return torch.sin(w * x) + F.elu(x)

    value, slope = value_and_slope(function, x.flatten(1))
    owed = (by_value.flatten(1) * value).sum() + (by_slope.flatten(1) * slope).sum()
    expected = torch.autograd.grad(owed, w)[0] + 6 * w.detach()

    here = table(function, 2, reach=reach, cells=2048)
    look = here.look(x)
    here.accumulate(look, by_value.clone(), by_slope.clone())
    others = [(other, torch.full_like(other, 3.0))]
    (found,) = here.gradients([w], others)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
    (again,) = here.gradients([w], others)  # the sums have started anew
    torch.testing.assert_close(again, 6 * w.detach(), rtol=1e-12, atol=1e-12)


@given(st.integers(0, 1000), st.floats(0.1, 3))
def test_knot_gradients_are_the_transpose_of_the_coefficients(seed, width):
    value, slope = points(2, 5, seed=seed), points(2, 5, seed=seed + 1)
    owed = [points(2, 4, seed=seed + k) for k in range(2, 6)]
    coefficients = tabulated._coefficients(value, slope, width)
    knots = tabulated._knot_gradients(*owed, width)
    forwards = sum((a * b).sum() for a, b in zip(coefficients, owed, strict=True))
    backwards = sum((a * b).sum() for a, b in zip((value, slope), knots, strict=True))
    torch.testing.assert_close(forwards, backwards)


def test_as_an_activation_it_has_the_slope_of_the_function():
    x = points(2, 3, 4).float().requires_grad_()
    here = Tabulated(torch.sin, 1)
    (found,) = torch.autograd.grad((here(x) * 2).sum(), x)
    torch.testing.assert_close(found, 2 * x.cos(), rtol=0, atol=1e-5)
    value, slope = here.evaluate(x.detach())
    torch.testing.assert_close(value, x.detach().sin(), rtol=0, atol=1e-6)
    torch.testing.assert_close(slope, x.detach().cos(), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cells": 3}, "cells must be even"),
        ({"cells": 0}, "cells must be a whole number"),
        ({"members": 0}, "members must be a whole number"),
        ({"reach": 0.0}, "reach must be positive and finite"),
        ({"reach": math.inf}, "reach must be positive and finite"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Tabulated(torch.sin, **({"members": 1} | settings))
