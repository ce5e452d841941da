"""The inner problem: SGD on a small tanh network, as a differentiable step of a stack of them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.data import mnist1d
from labs.hyperparameters.grid import NAME
from labs.hyperparameters.published import BATCH, HIDDEN
from labs.kit.checks import known
from labs.kit.seeds import seed
from labs.nn.nets import MLP
from labs.nn.training import batch_indices
from labs.nn.unroll import Hyper, State, Step

OVERFLOW = 1e6  # stands for a loss or a rate that is no longer a number


class Task(NamedTuple):
    """One network to train: its data set, its start, and the order of its batches."""

    replicate: int
    start: int  # torch's seed; the published run has 0
    order: int | None  # seed of the shuffles, None for the published fixed order


def published(replicate: int) -> Task:
    """The task of a replicate; that of replicate 0 is the published one."""
    return Task(replicate, replicate, None)


def fresh(replicate: int, count: int) -> list[Task]:
    """Tasks on the data of a replicate with starts and orders that nothing was tuned on."""
    return [
        Task(
            replicate,
            seed(NAME, f"fresh initialisation {k}", replicate),
            seed(NAME, f"fresh batch order {k}", replicate),
        )
        for k in range(count)
    ]


def weights(tasks: Sequence[Task]) -> State:
    """Starting weights, torch's own draw under each task's seed: (M, 40, 50), (M, 1, 50),
    (M, 50, 10), (M, 1, 10).
    """
    net = MLP(len(tasks), HIDDEN, depth=1)
    net.reset([task.start for task in tasks])
    layers = (net.first, net.head)
    return tuple(p.detach() for layer in layers for p in (layer.weight, layer.bias))


class Batches:
    """The batch of each task at each step: inputs (M, 50, 40), one-hot labels (M, 50, 10).

    Args:
        tasks: M of them.
        horizon: steps.
        device: where the data live.
    """

    def __init__(self, tasks: Sequence[Task], horizon: int, device: str = "cpu") -> None:
        replicates = list(dict.fromkeys(task.replicate for task in tasks))
        sets = [mnist1d.published(replicate).train for replicate in replicates]
        examples = len(sets[0].y)
        labels = torch.from_numpy(np.concatenate([s.y for s in sets]))
        self.x = torch.from_numpy(np.concatenate([s.x for s in sets])).to(device)
        self.labels = F.one_hot(labels, mnist1d.CLASSES).float().to(device)
        first = torch.tensor([[replicates.index(task.replicate) * examples] for task in tasks])
        shuffles = [_generator(task.order) for task in tasks]
        indices = batch_indices(examples, BATCH, horizon, shuffles)
        self.rows = [(own + first).to(device) for own in indices]

    def __call__(self, t: int) -> tuple[Tensor, Tensor]:
        rows = self.rows[t]
        return tuple(
            part.index_select(0, rows.flatten()).unflatten(0, rows.shape)
            for part in (self.x, self.labels)
        )


def _generator(order: int | None) -> torch.Generator | None:
    return None if order is None else torch.Generator().manual_seed(order)


def slopes(weights: State, x: Tensor, labels: Tensor) -> tuple[State, Tensor]:
    """Gradient of the mean cross-entropy of each network, and that loss (M,).

    The network is 40-50-10 with tanh. The gradient is written out, so that whatever differentiates
    tensor operations, forwards or backwards, differentiates a step of training.
    """
    w1, b1, w2, b2 = weights
    hidden = torch.baddbmm(b1, x, w1).tanh()
    logits = torch.baddbmm(b2, hidden, w2).transpose(1, 2)
    # classes before examples: torch's softmax is several times slower over a short last axis
    log_p = logits.log_softmax(1).transpose(1, 2)
    loss = -(log_p * labels).sum((1, 2)) / BATCH
    d_logits = (log_p.exp() - labels) / BATCH
    d_hidden = torch.bmm(d_logits, w2.transpose(1, 2)) * (1 - hidden.square())
    gradients = (
        torch.bmm(x.transpose(1, 2), d_hidden),
        d_hidden.sum(1, keepdim=True),
        torch.bmm(hidden.transpose(1, 2), d_logits),
        d_logits.sum(1, keepdim=True),
    )
    return gradients, loss


def sgd(batches: Batches, natural: Callable[[Hyper], Hyper], horizon: int) -> Step:
    """A step of stochastic gradient descent.

    Args:
        batches: the batch of each step.
        natural: hyper -> learning rates (M, segments), one for each equal part of the horizon,
            alone or followed by the weight decay (M,) and the momentum (M,).
        horizon: steps.

    Returns:
        a step whose state is the four tensors of `weights`, followed by their velocities where
        there is momentum: v <- momentum v + gradient + decay w, w <- w - rate v, as torch's SGD.
    """

    def step(state: State, hyper: Hyper, t: int) -> tuple[State, Tensor]:
        own, velocity = state[:4], state[4:]
        moves, loss = slopes(own, *batches(t))
        rates, *more = natural(hyper)
        rate = rates[:, t * rates.shape[1] // horizon].view(-1, 1, 1)
        if more:
            decay, momentum = (value.view(-1, 1, 1) for value in more)
            pairs = zip(own, velocity, moves, strict=True)
            moves = velocity = tuple(momentum * v + (g + decay * w) for w, v, g in pairs)
        return (*(w - rate * m for w, m in zip(own, moves, strict=True)), *velocity), loss

    return step


@torch.no_grad()
def whole_loss(weights: State, tasks: Sequence[Task], part: str) -> Tensor:
    """Mean cross-entropy (M,) of each task's network on its whole ``"train"`` or ``"test"`` set.

    Raises:
        ValueError: another `part`.
    """
    known("part", part, ("train", "test"))
    losses = []
    for member, task in enumerate(tasks):
        w1, b1, w2, b2 = (w[member] for w in weights[:4])
        x, y = getattr(mnist1d.published(task.replicate), part)
        hidden = (torch.from_numpy(x).to(w1.device) @ w1 + b1).tanh()
        losses.append(F.cross_entropy(hidden @ w2 + b2, torch.from_numpy(y).to(w1.device)))
    return torch.stack(losses)


def finite(values: Tensor) -> Tensor:
    """The values on the CPU, with what has overflowed replaced by a number that can be stored."""
    return values.cpu().nan_to_num(nan=OVERFLOW).clamp(-OVERFLOW, OVERFLOW)
