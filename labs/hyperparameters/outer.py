"""The outer problem: descent on the mean training loss by its hyper-gradient, for a stack."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from labs.hyperparameters.grid import FIRST_DECAY, FIRST_MOMENTUM, TUNED
from labs.hyperparameters.published import HORIZON, OUTER_RATE
from labs.kit.checks import check_sizes, known
from labs.nn.unroll import Hyper, Method, State, Step, hypergradient

Map = Callable[[Tensor], Tensor]
# From any real number to the setting, and back: whatever the outer loop does is legal.
TRANSFORMS: Mapping[str, tuple[Map, Map]] = {
    "rate": (torch.exp, torch.log),
    "decay": (torch.exp, torch.log),
    "momentum": (torch.sigmoid, torch.logit),
}


class Trajectory(NamedTuple):
    """What an outer loop of T steps over M members saw.

    objective, last (T, M): the mean training loss and that of the last inner step, before each
    update; rates (T, M, segments): learning rates after it; slopes (T, M): largest derivative of
    the objective; moves (T, M): largest change that the update made; hyper: the hyper-parameters
    of the lowest objective seen.
    """

    objective: Tensor
    last: Tensor
    rates: Tensor
    slopes: Tensor
    moves: Tensor
    hyper: Hyper


def natural(arm: str) -> Callable[[Hyper], Hyper]:
    """The map from what an arm's outer loop moves to learning rates, decay and momentum.

    Raises:
        ValueError: an unknown arm.
    """
    if known("arm", arm, TUNED) == "published":  # which moves the rate itself
        return lambda hyper: hyper
    maps = [TRANSFORMS[name][0] for name in TUNED[arm]]
    return lambda hyper: tuple(f(h) for f, h in zip(maps, hyper, strict=True))


def begin(arm: str, rates: Sequence[float], segments: int, device: str = "cpu") -> Hyper:
    """Where an arm's outer loop starts: rates (M, segments), decay (M,) and momentum (M,), as the
    numbers that it moves.

    Raises:
        ValueError: an unknown arm, or `segments` below 1.
    """
    known("arm", arm, TUNED)
    check_sizes(segments=segments)
    start = torch.tensor(rates, device=device)
    values = {
        "rate": start.unsqueeze(1).repeat(1, segments),
        "decay": torch.full_like(start, FIRST_DECAY),
        "momentum": torch.full_like(start, FIRST_MOMENTUM),
    }
    if arm == "published":
        return (values["rate"],)
    return tuple(TRANSFORMS[name][1](values[name]) for name in TUNED[arm])


def tune(arm: str, step: Step, state: State, hyper: Hyper, horizon: int, steps: int) -> Trajectory:
    """Run the outer loop of an arm.

    The published arm is gradient descent at rate 0.3. The others use Rprop (Riedmiller & Braun
    1993), which looks at the sign of each derivative alone: the objective is deterministic, and
    where training is chaotic its derivative has a size that means nothing.

    Args:
        arm: one of `TUNED`.
        step, state, hyper, horizon: as of `hypergradient`; `hyper` as `begin` gives it.
        steps: outer steps.

    Raises:
        ValueError: an unknown arm, or `steps` below 1.
    """
    known("arm", arm, TUNED)
    check_sizes(steps=steps)
    leaves = [h.clone() for h in hyper]
    optimizer = _optimizer(arm, leaves)
    best, lowest = hyper, torch.full_like(hyper[0][:, 0], torch.inf)
    seen = []
    for _ in range(steps):
        before = tuple(leaf.clone() for leaf in leaves)
        result = hypergradient(step, state, before, horizon, method=_method(horizon))
        objective = result.losses.mean(0)
        better = objective < lowest
        lowest = torch.where(better, objective, lowest)
        best = tuple(_where(better, new, old) for new, old in zip(before, best, strict=True))
        for leaf, gradient in zip(leaves, result.gradients, strict=True):
            leaf.grad = gradient.nan_to_num(nan=1.0)  # a derivative that overflows: go down
        optimizer.step()
        moves = [new - old for new, old in zip(leaves, before, strict=True)]
        now = natural(arm)(tuple(leaves))[0].clone()
        seen.append(
            (objective, result.losses[-1], now, _largest(result.gradients), _largest(moves))
        )
    objectives, last, rates, slopes, strides = (torch.stack(c) for c in zip(*seen, strict=True))
    return Trajectory(objectives, last, rates, slopes, strides, best)


def _optimizer(arm: str, leaves: list[Tensor]) -> torch.optim.Optimizer:
    if arm == "published":
        return torch.optim.SGD(leaves, lr=OUTER_RATE)
    return torch.optim.Rprop(leaves, lr=0.1, step_sizes=(1e-5, 0.25))


def _method(horizon: int) -> Method:
    # Reverse mode is fastest, but at 20 members every inner step keeps several megabytes.
    return "reverse" if horizon <= HORIZON else "checkpointed"


def _largest(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([t.reshape(len(t), -1) for t in tensors], dim=1).abs().amax(1)


def _where(mask: Tensor, new: Tensor, old: Tensor) -> Tensor:
    return torch.where(mask.view(-1, *[1] * (new.dim() - 1)), new, old)
