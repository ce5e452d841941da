"""Networks that start from nothing: columns of a progressive network, and masks over random
weights (SupSup, Wortsman et al. 2020, arXiv:2006.14769)."""

from __future__ import annotations

from math import cos, pi

import torch
from torch import Tensor, nn
from torch.func import functional_call

from labs.continual.columns import Column
from labs.continual.grid import COLUMN, MASKED
from labs.continual.learners import BITS, Count, Learner
from labs.continual.stack import Stack
from labs.kit.seeds import seed
from labs.nn.nets import Net
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit

DEVIATION = 0.5  # of the scores at the start, whose mean is 0: half the weights are masked


class Columns(Learner):
    """A progressive network: a column for each task, which hears earlier ones ("scratch": does
    not)."""

    one_by_one = each = True

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.columns: list[Column] = []
        self.hears = stack.cell.method == "progressive"

    def column(self, place: int) -> Column:
        """The column of a task at its start: the same with lateral connections and without."""
        column = Column(len(self.stack.cells), COLUMN, self.columns[:place] if self.hears else ())
        return started(column, self.stack, f"column {place}")

    def teach(self, place: int, x: Tensor, y: Tensor) -> Count:
        column = self.column(place)
        train(column, self.stack, x, y, place)
        self.columns.append(column.requires_grad_(False))
        return column.parameter_count()

    def read(self, place: int, x: Tensor) -> Tensor:
        return self.columns[place](x)

    def untaught(self, x: Tensor) -> Tensor:
        return self.column(0)(x)

    def laterals(self) -> list[int]:
        """Numbers that lie between columns, by column."""
        return [column.lateral_count() for column in self.columns]

    def bits(self) -> Count:
        return BITS * sum(self.trained)


class Masked(Net):
    """A random network whose weights are masked where their scores are below 0; the scores train,
    straight through the step."""

    def __init__(self, column: Column, weights: dict[str, Tensor], scores: dict[str, Tensor]):
        super().__init__(column.members)
        self.column = (column,)  # its parameters are no part of what trains
        self.fixed = weights
        self.names = list(scores)
        self.scores = nn.ParameterList(nn.Parameter(value) for value in scores.values())

    def forward(self, x: Tensor) -> Tensor:
        own = dict(self.fixed)
        for name, score in zip(self.names, self.scores, strict=True):
            own[name] = own[name] * ((score >= 0).to(score) + (score - score.detach()))
        outputs: Tensor = functional_call(self.column[0], own, (x,))
        return outputs

    def masks(self) -> dict[str, Tensor]:
        """Which weights are kept, by name (M, ...) bool."""
        return {n: score.detach() >= 0 for n, score in zip(self.names, self.scores, strict=True)}


class SupSup(Learner):
    """One random network that never changes, and a mask over its weights for each task.

    Its weights have one size in each layer and random signs (signed Kaiming constants), its biases
    are zero.

    Attributes:
        weights: by name (M, ...).
        masks: of the tasks so far, by name (M, ...) bool.
    """

    one_by_one = each = True

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.net = started(Column(len(stack.cells), MASKED), stack, "random network")
        self.net.requires_grad_(False)
        self.weights = {name: _signed(name, p) for name, p in self.net.named_parameters()}
        self.masks: list[dict[str, Tensor]] = []

    def scores(self, purpose: str) -> dict[str, Tensor]:
        """Scores as they are drawn, by name (M, ...)."""
        streams = self.stack.generators(purpose)
        return {
            name: DEVIATION
            * torch.stack([torch.randn(w.shape[1:], generator=g) for g in streams]).to(w)
            for name, w in self.weights.items()
            if name.endswith(".weight")
        }

    def teach(self, place: int, x: Tensor, y: Tensor) -> Count:
        scores = self.scores(f"scores of task {place}")
        net = Masked(self.net, self.weights, scores)
        train(net, self.stack, x, y, place)
        self.masks.append(net.masks())
        return sum(score[0].numel() for score in scores.values())

    def under(self, masks: dict[str, Tensor], x: Tensor) -> Tensor:
        """Logits (M, B, 10) of the random network under masks, which may be mixtures of masks."""
        own = {n: w * masks[n] if n in masks else w for n, w in self.weights.items()}
        outputs: Tensor = functional_call(self.net, own, (x,))
        return outputs

    def read(self, place: int, x: Tensor) -> Tensor:
        return self.under(self.masks[place], x)

    def untaught(self, x: Tensor) -> Tensor:
        return self.under({}, x)

    def mixed(self, shares: Tensor, x: Tensor) -> Tensor:
        """Logits (M, B, 10) under the masks of all tasks, mixed by shares (M, tasks)."""
        stacked = {n: torch.stack([own[n] for own in self.masks], dim=1) for n in self.masks[0]}
        both = {n: (shares[..., None, None] * m).sum(1) for n, m in stacked.items()}
        return self.under(both, x)

    def drawn(self, place: int) -> dict[str, Tensor]:
        """Masks drawn at random, each of a tensor with as many weights kept as the task's own."""
        scores = self.scores(f"random mask of task {place}")
        out = {}
        for name, own in self.masks[place].items():
            ranks = scores[name].flatten(1).argsort(1).argsort(1).view_as(own)
            kept = own.flatten(1).sum(1)
            out[name] = ranks < kept[:, None, None]
        return out

    def bits(self) -> Count:
        # the random weights come from a seed
        return sum(mask[0].numel() for masks in self.masks for mask in masks.values())


def _signed(name: str, parameter: Tensor) -> Tensor:
    if not name.endswith(".weight"):
        return torch.zeros_like(parameter)
    return torch.sign(parameter) * (2 / parameter.shape[1]) ** 0.5


def started(net: Column, stack: Stack, purpose: str) -> Column:
    """The net with members that start from their cells' streams, on the stack's device."""
    net.reset([seed(cell.sequence, purpose, cell.replicate) for cell in stack.cells])
    return net.to(stack.device)


def train(net: Net, stack: Stack, x: Tensor, y: Tensor, place: int) -> None:
    """Train a net in place as modules are trained: Adam, its rate falling to zero by a cosine."""
    optimizer = Optimizer(net, torch.optim.Adam, lr=list(stack.rates))
    shuffles = stack.generators(f"batch order of task {place}")
    steps, batch, _ = stack.schedule()
    for step in fit(
        net, x, y, optimizer=optimizer, steps=steps, every=1, batch=batch, shuffles=shuffles
    ):
        optimizer.scale_rate((1 + cos(pi * step / steps)) / 2)
