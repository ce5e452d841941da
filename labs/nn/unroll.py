"""Training as a differentiable function of its hyper-parameters, for a stack of networks.

One step of training maps the state (weights, and whatever an optimiser remembers) to the next; the
mean training loss over a horizon of steps is then a function of the hyper-parameters, and its
gradient, the hyper-gradient, can be had in three ways that agree but for rounding:

* ``"reverse"``: backwards through all steps (Bengio 2000, "Gradient-Based Optimization of
  Hyperparameters"; Maclaurin et al. 2015, arXiv:1502.03492). One pass, whatever the number of
  hyper-parameters; memory grows with the horizon, since every step is kept.
* ``"checkpointed"``: the same in segments of about the square root of the horizon, each done again
  when its turn comes (Chen et al. 2016, arXiv:1604.06174): memory grows with the square root,
  time by less than a half.
* ``"forward"``: derivatives carried along with the state, one tangent for each scalar
  hyper-parameter of a member (Franceschi et al. 2017, arXiv:1703.01785). Memory does not depend on
  the horizon; time and memory grow with the number of hyper-parameters.

Everything has the member axis M first, so that a stack of networks, each with its own
hyper-parameters, costs one pass.

>>> def step(state, hyper, t):
...     (x,), (rate,) = state, hyper
...     return (x - rate * 2 * x,), x**2  # gradient descent on x^2
>>> start, rates = torch.tensor([1.0, 3.0]), torch.tensor([0.25, 0.5])
>>> result = hypergradient(step, (start,), (rates,), horizon=2)
>>> result.losses.tolist()  # before each of the two steps, for each of the two members
[[1.0, 9.0], [0.25, 0.0]]
>>> result.gradients[0].tolist()  # of (x^2 + x^2 (1 - 2 rate)^2) / 2, by the rate
[-1.0, 0.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor
from torch.func import grad_and_value, jvp, vmap

from labs.kit.checks import check_sizes, known

State = tuple[Tensor, ...]
Hyper = tuple[Tensor, ...]
Step = Callable[[State, Hyper, int], tuple[State, Tensor]]
Method = Literal["reverse", "checkpointed", "forward"]


class Unrolled(NamedTuple):
    """Training losses before each step (horizon, M), and the state after the last."""

    losses: Tensor
    state: State


class Hypergradient(NamedTuple):
    """Losses (horizon, M) and final state as `Unrolled`; `gradients` has the shapes of `hyper`."""

    losses: Tensor
    state: State
    gradients: Hyper


def descent(loss: Callable[[State], Tensor], weights: State) -> tuple[State, Tensor]:
    """The gradient of a loss per member, in a form that every method differentiates again.

    Args:
        loss: weights -> loss of each member (M,).
        weights: tensors (M, ...).

    Returns:
        the gradients, shaped as the weights, and the losses (M,).
    """

    def total(weights: State) -> tuple[Tensor, Tensor]:
        losses = loss(weights)
        return losses.sum(), losses

    gradients, (_, losses) = grad_and_value(total, has_aux=True)(weights)
    return gradients, losses


@torch.no_grad()
def unroll(step: Step, state: State, hyper: Hyper, horizon: int) -> Unrolled:
    """Train for `horizon` steps, without hyper-gradient.

    Arguments and errors are those of `hypergradient`.
    """
    _check(state, hyper, horizon)
    losses, state = _run(step, state, hyper, range(horizon))
    return Unrolled(torch.stack(losses), state)


def hypergradient(
    step: Step,
    state: State,
    hyper: Hyper,
    horizon: int,
    *,
    method: Method = "reverse",
    first: int = 0,
) -> Hypergradient:
    """Train for `horizon` steps and differentiate the mean training loss by the hyper-parameters.

    The mean is over the steps `first` to `horizon - 1`; each member's gradient is that of its own
    mean.

    Args:
        step: (state, hyper, t) -> (new state, training loss of each member (M,) before the
            update), for t = 0, 1, ...; differentiable in state and hyper. It takes its own
            gradient by `descent` or writes it out; `torch.autograd.grad(..., create_graph=True)`
            serves the two reverse methods and, without `create_graph` where
            `torch.is_grad_enabled()` is false, `unroll`.
        state: floating tensors (M, ...).
        hyper: floating tensors (M, ...).
        horizon: steps.
        method: ``"reverse"``, ``"checkpointed"`` or ``"forward"`` (see the module).
        first: the first step whose loss counts.

    Returns:
        losses, final state and gradients, none of which requires grad.

    Raises:
        TypeError: state or hyper is no tuple of floating tensors.
        ValueError: an unknown method, a horizon below 1, a `first` outside it, tensors without a
            common member axis, a step whose loss is not one number per member.
    """
    known("method", method, ("reverse", "checkpointed", "forward"))
    _check(state, hyper, horizon)
    if not 0 <= first < horizon:
        raise ValueError(f"first must lie in 0..horizon - 1 = {horizon - 1}, got {first!r}")
    if method == "forward":
        return _forward(step, state, hyper, horizon, first)
    segment = horizon if method == "reverse" else math.isqrt(horizon - 1) + 1
    return _reverse(step, state, hyper, horizon, first, segment)


def _check(state: State, hyper: Hyper, horizon: int) -> None:
    check_sizes(horizon=horizon)
    for name, tensors in (("state", state), ("hyper", hyper)):
        if not isinstance(tensors, tuple) or not all(
            isinstance(t, Tensor) and t.is_floating_point() for t in tensors
        ):
            raise TypeError(f"{name} must be a tuple of floating tensors, got {tensors!r}")
    shapes = [tuple(t.shape) for t in (*state, *hyper)]
    if not state or not hyper or len({shape[:1] for shape in shapes}) != 1 or () in shapes:
        raise ValueError(f"state and hyper must begin with one member axis M, got shapes {shapes}")


def _run(step: Step, state: State, hyper: Hyper, steps: range) -> tuple[list[Tensor], State]:
    losses = []
    for t in steps:
        state, loss = step(state, hyper, t)
        if loss.shape != hyper[0].shape[:1]:
            raise ValueError(
                f"step must give one loss per member, shape {tuple(hyper[0].shape[:1])}, "
                f"got {tuple(loss.shape)}"
            )
        losses.append(loss)
    return losses, state


def _reverse(
    step: Step, state: State, hyper: Hyper, horizon: int, first: int, segment: int
) -> Hypergradient:
    segments = [range(t, min(t + segment, horizon)) for t in range(0, horizon, segment)]
    starts = [state]
    with torch.no_grad():
        for steps in segments[:-1]:
            starts.append(_run(step, starts[-1], hyper, steps)[1])
    losses: list[Tensor] = []
    end: State = ()
    adjoint = tuple(torch.zeros_like(s) for s in state)  # gradient by a segment's last state
    gradients = tuple(torch.zeros_like(h) for h in hyper)
    while segments:
        steps = segments.pop()
        leaves = tuple(x.detach().requires_grad_() for x in (*starts.pop(), *hyper))
        with torch.enable_grad():
            own, last = _run(step, leaves[: len(state)], leaves[len(state) :], steps)
            counted = torch.stack(own)[max(first - steps.start, 0) :].sum() / (horizon - first)
            later = torch.stack([(a * s).sum() for a, s in zip(adjoint, last, strict=True)]).sum()
            slopes = torch.autograd.grad(counted + later, leaves, materialize_grads=True)
        adjoint = slopes[: len(state)]
        gradients = tuple(g + s for g, s in zip(gradients, slopes[len(state) :], strict=True))
        losses = [loss.detach() for loss in own] + losses
        end = end or tuple(s.detach() for s in last)
    return Hypergradient(torch.stack(losses), end, gradients)


@torch.no_grad()
def _forward(step: Step, state: State, hyper: Hyper, horizon: int, first: int) -> Hypergradient:
    directions = _directions(hyper)
    count = len(directions[0])
    tangents = tuple(s.new_zeros(count, *s.shape) for s in state)
    total = state[0].new_zeros(count, len(state[0]))
    losses = []
    for t in range(horizon):
        carry = vmap(partial(_carry, step, state, hyper, t), out_dims=(None, 0))  # type: ignore[arg-type]
        (state, loss), (tangents, slope) = carry(tangents, directions)
        losses.append(loss)
        if t >= first:
            total += slope
    sizes = [h[0].numel() for h in hyper]
    parts = (total / (horizon - first)).T.split(sizes, dim=1)
    gradients = tuple(part.reshape(h.shape) for part, h in zip(parts, hyper, strict=True))
    return Hypergradient(torch.stack(losses), state, gradients)


def _carry(
    step: Step, state: State, hyper: Hyper, t: int, tangents: State, directions: Hyper
) -> Any:
    return jvp(partial(_one, step, t), (state, hyper), (tangents, directions))


def _one(step: Step, t: int, state: State, hyper: Hyper) -> tuple[State, Tensor]:
    (loss,), state = _run(step, state, hyper, range(t, t + 1))
    return state, loss


def _directions(hyper: Hyper) -> Hyper:
    # One for each scalar of a member, the same for all members: (count, M, ...).
    sizes = [h[0].numel() for h in hyper]
    unit = torch.eye(sum(sizes), dtype=hyper[0].dtype, device=hyper[0].device)
    return tuple(
        part.reshape(-1, 1, *h.shape[1:]).expand(-1, *h.shape)
        for part, h in zip(unit.split(sizes, dim=1), hyper, strict=True)
    )
