"""What is asked of training as a formula of its learning rate, and the usual mistakes."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from labs.course.compare import SINGLE, expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise, MismatchError, expect

Loss = Callable[[Tensor, int], Tensor]
SIZE, STEPS = 7, 5


def _quadratic(seed: int) -> tuple[Loss, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    goals = torch.from_numpy(rng.normal(size=(STEPS + 1, SIZE)))
    return lambda w, t: ((w - goals[t]) ** 2).sum(), goals.numpy(), rng.normal(size=SIZE)


def _smooth(seed: int) -> tuple[Loss, np.ndarray]:
    # tanh and several steps: what a graph that is cut leaves out is large
    rng = np.random.default_rng([seed, 1])
    x = torch.from_numpy(rng.normal(size=(STEPS, 11, 3)))
    y = torch.from_numpy(rng.normal(size=(STEPS, 11)))

    def loss(w: Tensor, t: int) -> Tensor:
        return ((x[t] @ w[:6].view(3, 2)).tanh() @ w[6:8] + w[8] - y[t]).square().mean()

    return loss, rng.normal(size=9)


def _leaf(values: np.ndarray) -> Tensor:
    return torch.tensor(values, requires_grad=True)


def _rate(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def _trained(loss: Loss, w: np.ndarray, rate: float, steps: int) -> list[float]:
    losses = []
    for t in range(steps):
        at = _leaf(w)
        now = loss(at, t)
        losses.append(now.item())
        now.backward()
        assert at.grad is not None
        w = w - rate * at.grad.numpy()
    return losses


def _scalar(got: object) -> Tensor:
    expect(isinstance(got, Tensor), f"asked for a scalar tensor, got {type(got).__name__}")
    assert isinstance(got, Tensor)
    expect(got.ndim == 0, f"asked for a scalar tensor, got shape {tuple(got.shape)}")
    return got


def _mean_before(answer: Answer, seed: int) -> None:
    loss, goals, start = _quadratic(seed)
    losses = _losses(goals, _walk(goals, start, 0.2))
    late = _losses(goals, _walk(goals, start, 0.2)[1:])
    one = np.tile(goals[0], (STEPS + 1, 1))
    expect_close(
        _scalar(answer(loss, _leaf(start), _rate(0.2), STEPS)),
        np.mean(losses[:-1]),
        f"mean of {STEPS} losses",
        relative=1e-6,  # numbers made a tensor are float32: the next check says so
        mistakes={
            "the losses after the updates": np.mean(late),
            "the last loss alone": losses[-2],
            "the sum, not the mean": np.sum(losses[:-1]),
            "one step too many": np.mean(losses),
            "one step too few": np.mean(losses[:-2]),
            "step t has a batch of its own, loss(w, t)": np.mean(
                _losses(one, _walk(one, start, 0.2)[:-1])
            ),
            "uphill": np.mean(_losses(goals, _walk(goals, start, -0.2)[:-1])),
        },
    )


def _walk(goals: np.ndarray, w: np.ndarray, rate: float) -> np.ndarray:
    path = [w]
    for goal in goals[:STEPS]:
        path.append(path[-1] - rate * 2 * (path[-1] - goal))
    return np.array(path)


def _losses(goals: np.ndarray, path: np.ndarray) -> np.ndarray:
    losses: np.ndarray = ((path - goals[: len(path)]) ** 2).sum(axis=1)
    return losses


def _slope(total: Tensor, rate: Tensor) -> float:
    if not total.requires_grad:
        raise MismatchError(
            "no gradient: the result does not depend on the rate for torch; were the losses made "
            "plain numbers (.item())?"
        )
    try:
        (slope,) = torch.autograd.grad(total, rate, allow_unused=True)
    except RuntimeError as error:
        if "second time" not in str(error):
            raise
        raise MismatchError(
            "torch threw away the graph of a slope: the slope must keep its graph, "
            "create_graph=True (retain_graph=True alone gives a wrong derivative)"
        ) from None
    if slope is None:
        raise MismatchError(
            "no gradient: torch sees no way from the rate to the result; was it made a plain "
            "number, or were the weights detached?"
        )
    return slope.item()


def _hypergradient(answer: Answer, seed: int) -> None:
    loss, start = _smooth(seed)
    at = _rate(0.3)
    slope = _slope(_scalar(answer(loss, _leaf(start), at, STEPS)), at)
    h = 1e-5
    up, down = (np.mean(_trained(loss, start, 0.3 + d, STEPS)) for d in (h, -h))
    first = _rate(0.3)
    cut = _slope(_first_order(loss, _leaf(start), first, STEPS), first)
    expect_close(
        slope,
        (up - down) / (2 * h),
        "derivative by the rate, beside a finite difference of training",
        relative=SINGLE,
        mistakes={"the slopes depend on the rate too: create_graph": cut},
    )


def _left_alone(answer: Answer, seed: int) -> None:
    loss, start = _smooth(seed)
    w, rate = _leaf(start), _rate(0.3)
    with unchanged(w=w, rate=rate):
        answer(loss, w, rate, STEPS)
    expect(w.grad is None, "w.grad was filled: torch.autograd.grad leaves no trace, backward does")


def _unrolled(
    loss: Loss,
    w: Tensor,
    rate: Tensor,
    steps: int,
    graph: bool = True,
    batch: Callable[[int], int] = lambda t: t,
) -> list[Tensor]:
    losses = []
    for t in range(steps):
        losses.append(loss(w, batch(t)))
        (slope,) = torch.autograd.grad(losses[-1], w, create_graph=graph, retain_graph=True)
        w = w - rate * slope
    return losses


def _first_order(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    return torch.stack(_unrolled(loss, w, rate, steps, graph=False)).mean()


def _thrown_away(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    losses = []
    for t in range(steps):
        losses.append(loss(w, t))
        (slope,) = torch.autograd.grad(losses[-1], w)
        w = w - rate * slope
    return torch.stack(losses).mean()


def _numbers(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    return torch.tensor([each.item() for each in _unrolled(loss, w, rate, steps)]).mean()


def _detached(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    losses = []
    for t in range(steps):
        losses.append(loss(w, t))
        (slope,) = torch.autograd.grad(losses[-1], w, create_graph=True)
        w = (w - rate * slope).detach().requires_grad_()
    return torch.stack(losses).mean()


def _after_updates(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    losses = []
    for t in range(steps):
        (slope,) = torch.autograd.grad(loss(w, t), w, create_graph=True)
        w = w - rate * slope
        losses.append(loss(w, t))
    return torch.stack(losses).mean()


def _by_backward(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    now = total = loss(w, 0)
    now.backward(create_graph=True, inputs=[w])
    assert w.grad is not None
    moved = w - rate * w.grad
    for t in range(1, steps):
        now = loss(moved, t)
        total = total + now
        (slope,) = torch.autograd.grad(now, moved, create_graph=True)
        moved = moved - rate * slope
    return total / steps


def _in_place(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    total = torch.stack(_unrolled(loss, w, rate, steps)).mean()
    with torch.no_grad():
        w -= rate * 0.1
    return total


def _running(loss: Loss, w: Tensor, rate: Tensor, steps: int, t: int = 0) -> Tensor:
    now = loss(w, t)
    if t == steps - 1:
        return now / steps
    (slope,) = torch.autograd.grad(now, w, create_graph=True)
    return now / steps + _running(loss, w - rate * slope, rate, steps, t + 1)


def _functional(loss: Loss, w: Tensor, rate: Tensor, steps: int) -> Tensor:
    total = torch.zeros((), dtype=w.dtype)
    for t in range(steps):
        slope, now = torch.func.grad_and_value(loss)(w, t)
        total, w = total + now, w - rate * slope
    return total / steps


UNROLLED = Exercise(
    name="unrolled_loss",
    signature="(loss: Callable[[torch.Tensor, int], torch.Tensor], w: torch.Tensor, "
    "rate: torch.Tensor, steps: int) -> torch.Tensor",
    minutes=15,
    limit=10.0,  # the first derivative in a process is slow
    checks=(
        Check(name="the mean of the losses before each update", run=_mean_before),
        Check(name="its derivative by the rate", run=_hypergradient, points=2),
        Check(name="w and rate stay as they are", run=_left_alone),
    ),
    right={"recursion": _running, "torch.func": _functional},
    wrong={
        "first-order": (_first_order, "create_graph"),
        "no graph": (_thrown_away, "must keep its graph, create_graph=True"),
        "losses as numbers": (_numbers, "plain numbers (.item())"),
        "detached": (_detached, "no gradient"),
        "a plain rate": (
            lambda loss, w, rate, steps: torch.stack(
                _unrolled(loss, w, rate.detach(), steps)
            ).mean(),
            "no gradient",
        ),
        "a number": (
            lambda loss, w, rate, steps: torch.stack(_unrolled(loss, w, rate, steps)).mean().item(),
            "asked for a scalar tensor, got float",
        ),
        "after the update": (_after_updates, "after the updates"),
        "last loss": (
            lambda loss, w, rate, steps: _unrolled(loss, w, rate, steps)[-1],
            "the last loss alone",
        ),
        "sum": (
            lambda loss, w, rate, steps: torch.stack(_unrolled(loss, w, rate, steps)).sum(),
            "the sum, not the mean",
        ),
        "all losses": (
            lambda loss, w, rate, steps: torch.stack(_unrolled(loss, w, rate, steps)),
            "got shape (5,)",
        ),
        "one batch": (
            lambda loss, w, rate, steps: torch.stack(
                _unrolled(loss, w, rate, steps, batch=lambda t: 0)
            ).mean(),
            "a batch of its own",
        ),
        "uphill": (
            lambda loss, w, rate, steps: torch.stack(_unrolled(loss, w, -rate, steps)).mean(),
            "uphill",
        ),
        "backward": (_by_backward, "w.grad was filled"),
        "in place": (_in_place, "w: asked to stay"),
    },
)
