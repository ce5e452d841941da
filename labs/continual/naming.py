"""Inferring which task a batch comes from, and what is answered then."""

import torch
from torch import Tensor

from labs.continual.learners import Learner
from labs.continual.scratch import SupSup


def entropy(outputs: Tensor) -> Tensor:
    """Mean entropy in nats (M,) of the answers that logits (M, B, 10) give."""
    logs = outputs.log_softmax(-1)
    return -(logs.exp() * logs).sum(-1).mean(1)


def by_entropy(outputs: Tensor) -> Tensor:
    """By member (M,) the task whose network is the least uncertain of a batch.

    Args:
        outputs: of every task's network the logits (tasks, M, B, 10).
    """
    return torch.stack([entropy(own) for own in outputs]).argmin(0)


def slope(learner: SupSup, x: Tensor) -> Tensor:
    """How the entropy of signals x (M, B, 40) changes with the share of each task's mask, where all
    have equal shares: (M, tasks)."""
    tasks = len(learner.masks)
    start = torch.full((len(x), tasks), 1 / tasks, device=x.device)
    with torch.enable_grad():
        shares = start.requires_grad_()
        total = entropy(learner.mixed(shares, x)).sum()
        (found,) = torch.autograd.grad(total, shares)
    return found


def by_gradient(learner: SupSup, x: Tensor) -> Tensor:
    """By member (M,) the task whose share lowers the entropy of signals x (M, B, 40) the fastest,
    told by one gradient (Wortsman et al. 2020, one-shot)."""
    return (-slope(learner, x)).argmax(1)


def named(learner: Learner, place: int, outputs: Tensor, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """What is inferred for a batch of the tasks at a place: by member (M,) percent right with the
    chosen network among all ten answers ("inferred"), and 100 where the name is right, else 0, by
    least entropy ("entropy") and by one gradient ("gradient", of SupSup, which then chooses).

    Args:
        learner: that keeps a network for each task.
        place: of the tasks, which the learner is not told.
        outputs: of every task's network the logits (tasks, M, B, 10) for x.
        x: signals (M, B, 40).
        y: the right answers (M, B).
    """
    found = {"entropy": by_entropy(outputs)}
    if isinstance(learner, SupSup):
        found["gradient"] = by_gradient(learner, x)
    chosen = found.get("gradient", found["entropy"])
    own = outputs.argmax(-1)[chosen, torch.arange(len(x), device=x.device)]
    right = {name: 100.0 * (guess == place).double() for name, guess in found.items()}
    return right | {"inferred": 100 * (own == y).double().mean(1)}
