"""Exercises of the lesson on activations about a function made of straight pieces, each with right
and wrong answers.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.course.compare import SINGLE, expect_array, expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise, expect

# --- polyline


UNCLAMPED = "left of the first knot searchsorted gives 0: is piece -1 read"


def _line(seed: int) -> tuple[Tensor, Tensor]:
    """Knots (7,) at unequal distances, and values there."""
    rng = np.random.default_rng(seed)
    knots = np.cumsum(rng.uniform(0.3, 1.5, 7)) - 3
    return torch.from_numpy(knots), torch.from_numpy(rng.normal(size=7))


def _inside(knots: Tensor, seed: int) -> Tensor:
    share = torch.from_numpy(np.random.default_rng(seed).uniform(0.01, 0.99, (3, 5, 7)))
    return knots[0] + share * (knots[-1] - knots[0])


def _last_piece(x: Tensor, knots: Tensor, values: Tensor) -> Tensor:
    return values[-1] + (values.diff() / knots.diff())[-1] * (x - knots[-1])


def _through_the_knots(answer: Answer, seed: int) -> None:
    knots, values = _line(seed)
    found = answer(knots.clone(), knots, values)
    usual = {UNCLAMPED: torch.cat([_last_piece(knots[:1], knots, values), values[1:]])}
    expect_close(found, values, "at the knots themselves", relative=SINGLE, mistakes=usual)


def _straight_between(answer: Answer, seed: int) -> None:
    knots, values = _line(seed)
    x = _inside(knots, seed)
    want = np.interp(x.numpy(), knots.numpy(), values.numpy())
    steps = {"the value of the nearest knot": values[(x[..., None] - knots).abs().argmin(-1)]}
    with unchanged(x=x, knots=knots, values=values):
        found = answer(x, knots, values)
    what = "between knots, x (3, 5, 7)"
    expect_close(found, want, what, relative=SINGLE, mistakes=steps)


def _beyond_the_ends(answer: Answer, seed: int) -> None:
    knots, values = _line(seed)
    away = torch.from_numpy(np.random.default_rng(seed).uniform(0.5, 4, 5))
    slopes = values.diff() / knots.diff()
    for name, x, end, slope in (
        ("left of the first", knots[0] - away, values[0], slopes[0]),
        ("right of the last", knots[-1] + away, values[-1], slopes[-1]),
    ):
        at = 0 if name.startswith("left") else -1
        want = end + slope * (x - knots[at])
        usual = {
            "the ends go on flat, not with the slope of their piece": end.expand(5),
            "zero beyond the ends": torch.zeros(5),
            UNCLAMPED: _last_piece(x, knots, values),
        }
        what = f"{name} knot"
        expect_close(answer(x, knots, values), want, what, relative=SINGLE, mistakes=usual)


def _hats(x: Tensor, knots: Tensor) -> Tensor:
    """What the sum over x grows by with each value: (K,)."""
    unit = np.eye(len(knots))
    return torch.tensor([np.interp(x.numpy(), knots.numpy(), own).sum() for own in unit])


def _differentiable(answer: Answer, seed: int) -> None:
    knots, values = _line(seed)
    x = _inside(knots, seed).flatten()
    values.requires_grad_()
    at = x.clone().requires_grad_()
    out = answer(at, knots, values)
    lost = "cannot be differentiated: use torch alone, without detach, item or numpy"
    expect(isinstance(out, Tensor) and out.requires_grad, f"the result {lost}")
    by_values, by_x = torch.autograd.grad(out.sum(), (values, at), allow_unused=True)
    for name, found in (("values", by_values), ("x", by_x)):
        expect(found is not None, f"the result has no gradient in {name}: it {lost}")
    plain = values.detach()
    expect_close(by_values, _hats(x, knots), "the gradient in values", relative=SINGLE)
    slopes = (plain.diff() / knots.diff())[torch.searchsorted(knots, x) - 1]
    expect_close(by_x, slopes, "the gradient in x, the slope of its piece", relative=SINGLE)


def _left_knot(x: Tensor, knots: Tensor) -> Tensor:
    return (torch.searchsorted(knots, x.detach().contiguous()) - 1).clamp(0, len(knots) - 2)


def _from(cell: Tensor, x: Tensor, knots: Tensor, values: Tensor) -> Tensor:
    slopes = values.diff() / knots.diff()
    return values[cell] + slopes[cell] * (x - knots[cell])


def _by_kinks(x: Tensor, knots: Tensor, values: Tensor) -> Tensor:
    slopes = values.diff() / knots.diff()
    kinks = torch.relu(x[..., None] - knots[1:-1]) @ slopes.diff()
    return values[0] + slopes[0] * (x - knots[0]) + kinks


def _equal_distances(x: Tensor, knots: Tensor, values: Tensor) -> Tensor:
    cell = ((x.detach() - knots[0]) / (knots[1] - knots[0])).long().clamp(0, len(knots) - 2)
    return _from(cell, x, knots, values)


POLYLINE = Exercise(
    name="polyline",
    signature="(x: torch.Tensor, knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor",
    minutes=12,
    checks=(
        Check(name="through the knots", run=_through_the_knots),
        Check(name="straight between knots", run=_straight_between),
        Check(name="the outer pieces go on", run=_beyond_the_ends),
        Check(name="it can be differentiated", run=_differentiable),
    ),
    right={
        "by cell": lambda x, knots, values: _from(_left_knot(x, knots), x, knots, values),
        "by kinks": _by_kinks,
        "counted cells": lambda x, knots, values: _from(
            (x.detach()[..., None] > knots[1:-1]).sum(-1), x, knots, values
        ),
    },
    wrong={
        "flat ends": (
            lambda x, knots, values: _from(
                _left_knot(x, knots), x.clamp(knots[0], knots[-1]), knots, values
            ),
            "the ends go on flat",
        ),
        "zero beyond": (
            lambda x, knots, values: (
                _from(_left_knot(x, knots), x, knots, values) * ((x >= knots[0]) & (x <= knots[-1]))
            ),
            "zero beyond the ends",
        ),
        "no clamp": (
            lambda x, knots, values: _from(
                torch.searchsorted(knots, x.detach()) - 1, x, knots, values
            ),
            "is piece -1 read?",
        ),
        "no clamp, right of equals": (
            lambda x, knots, values: _from(
                torch.searchsorted(knots, x.detach(), right=True).clamp(max=len(knots) - 1) - 1,
                x,
                knots,
                values,
            ),
            "is piece -1 read?",
        ),
        "nearest knot": (
            lambda x, knots, values: values[(x[..., None] - knots).abs().argmin(-1)],
            "the value of the nearest knot",
        ),
        "one cell too far": (
            lambda x, knots, values: _from(
                (_left_knot(x, knots) + 1).clamp(max=len(knots) - 2), x, knots, values
            ),
            "between knots",
        ),
        "from the wrong end of its cell": (
            lambda x, knots, values: (
                values[_left_knot(x, knots) + 1]
                + (values.diff() / knots.diff())[_left_knot(x, knots)]
                * (x - knots[_left_knot(x, knots)])
            ),
            "at the knots themselves",
        ),
        "equal distances": (_equal_distances, "between knots"),
        "values detached": (
            lambda x, knots, values: _from(_left_knot(x, knots), x, knots, values.detach()),
            "no gradient in values",
        ),
        "by numpy": (
            lambda x, knots, values: torch.from_numpy(
                _from(_left_knot(x, knots), x, knots, values).detach().numpy()
            ),
            "the result cannot be differentiated",
        ),
    },
)

# --- curvature_penalty


def _bent(seed: int) -> tuple[Tensor, float]:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.normal(size=11)), float(rng.uniform(0.2, 0.8))


def _straight_is_free(answer: Answer, seed: int) -> None:
    start, slope = np.random.default_rng(seed).uniform(0.5, 2, size=2)
    line = torch.from_numpy(start + slope * np.arange(9.0))
    found = expect_array(answer(line, 0.5), "of a straight line", shape=())
    expect(abs(found) < SINGLE, f"a straight line: asked for 0, got {found:.4g}: no piece bends")


def _one_kink(answer: Answer, seed: int) -> None:
    spacing = _bent(seed)[1]
    relu = torch.relu(torch.arange(-3.0, 4) * spacing).double()
    usual = {
        "without the distance of knots": spacing**2,
        "divided by it twice": 1 / spacing**2,
        "the mean instead of the sum": 0.2,
        "multiplied by it": spacing**4,
    }
    what = f"a ReLU with spacing {spacing:.4g}, whose slope changes once by 1"
    expect_close(answer(relu, spacing), 1.0, what, relative=SINGLE, mistakes=usual)


def _random_values(answer: Answer, seed: int) -> None:
    values, spacing = _bent(seed)
    bends = np.diff(values.numpy(), n=2) / spacing
    usual = {"bends that are not squared": np.abs(bends).sum()}
    with unchanged(values=values):
        found = answer(values, spacing)
    expect_close(found, bends @ bends, "random values", relative=SINGLE, mistakes=usual)


def _gradient(answer: Answer, seed: int) -> None:
    values, spacing = _bent(seed)
    values.requires_grad_()
    out = answer(values, spacing)
    lost = "the result cannot be differentiated: give a tensor, without item, float or numpy"
    expect(isinstance(out, Tensor) and out.requires_grad, lost)
    (found,) = torch.autograd.grad(out, values)
    bend = np.diff(np.eye(11), n=2, axis=0) / spacing
    want = 2 * bend.T @ bend @ values.detach().numpy()
    expect_close(found, want, "the gradient in values", relative=SINGLE)


def _bends(values: Tensor, spacing: float) -> Tensor:
    return values.diff().diff() / spacing


PENALTY = Exercise(
    name="curvature_penalty",
    signature="(values: torch.Tensor, spacing: float) -> torch.Tensor",
    minutes=7,
    checks=(
        Check(name="a straight line costs nothing", run=_straight_is_free),
        Check(name="a ReLU costs 1", run=_one_kink),
        Check(name="random values", run=_random_values),
        Check(name="it can be differentiated", run=_gradient),
    ),
    right={
        "slices": lambda values, spacing: (
            ((values[2:] - 2 * values[1:-1] + values[:-2]) / spacing).square().sum()
        ),
        "convolution": lambda values, spacing: (
            F.conv1d(values[None, None], values.new_tensor([[[1.0, -2.0, 1.0]]])).square().sum()
            / spacing**2
        ),
    },
    wrong={
        "slopes squared": (
            lambda values, spacing: (values.diff() / spacing).square().sum(),
            "no piece bends",
        ),
        "no distance": (lambda values, spacing: _bends(values, 1).square().sum(), "without the"),
        "second derivative": (
            lambda values, spacing: _bends(values, spacing**2).square().sum(),
            "divided by it twice",
        ),
        "times the distance": (
            lambda values, spacing: _bends(values, 1 / spacing).square().sum(),
            "multiplied by it",
        ),
        "mean": (
            lambda values, spacing: _bends(values, spacing).square().mean(),
            "the mean instead of the sum",
        ),
        "absolute": (lambda values, spacing: _bends(values, spacing).abs().sum(), "not squared"),
        "a number": (
            lambda values, spacing: float(_bends(values, spacing).square().sum()),
            "cannot be differentiated",
        ),
    },
)
