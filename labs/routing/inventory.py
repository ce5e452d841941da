"""An inventory of modules, of which every task has a mixture of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import torch
from torch import Tensor, nn

from labs.nn.base import Weights, logits
from labs.nn.modules.module import Module
from labs.nn.nets import Net

EPSILON = 1e-12  # of the published program
PACE = 10.0  # times the modules' rate, of the logits of Z
CHUNK = 50  # test examples at a time


class Inventory(Net):
    """M banks of S modules, of which each of T tasks has a mixture, behind frozen bases.

    Input (M, B, T, 40), B signals of each task; output logits (M, B * T, classes).

    Args:
        weights: of the bases (M, ...).
        heads: of their attention.
        module: of which kind and shapes the modules are.
        bank: their numbers (M, S, numbers).
        rows: of Z (M, T, S): logits that train, or with `given` weights that do not.
        given: whether Z is given.
        frozen: whether the bank does not train.
        noise: per member the generator of the noise in Z.
    """

    bank: Tensor
    rows: Tensor

    def __init__(
        self,
        weights: Weights,
        heads: int,
        module: Module,
        bank: Tensor,
        rows: Tensor,
        *,
        given: bool,
        frozen: bool = False,
        noise: Sequence[torch.Generator] = (),
    ) -> None:
        super().__init__(len(bank))
        self.weights = weights
        self.base = {n: v.repeat_interleave(rows.shape[1], 0) for n, v in weights.items()}
        self.heads, self.module, self.given, self.noise = heads, module, given, noise
        self._hold("bank", bank.clone(), not frozen)
        # Adam's steps do not know the scale of what they move, so this gives Z a rate of its own
        self._hold("rows", rows / (1.0 if given else PACE), not given)

    def _hold(self, name: str, value: Tensor, trains: bool) -> None:
        if trains:
            self.register_parameter(name, nn.Parameter(value))
        else:
            self.register_buffer(name, value)

    def skills(self) -> Tensor:
        """Z (M, T, S): probabilities, or as it was given."""
        rows = self.rows.detach()
        return rows if self.given else (PACE * rows).sigmoid()

    def mixture(self) -> Tensor:
        """Weights of the modules (M, T, S), whose rows sum to 1."""
        if self.given:
            return self.rows
        scores = PACE * self.rows
        if self.training:
            scores = scores + logistic(scores.shape[1:], self.noise).to(scores)
        return _normalised(scores.sigmoid())

    def mixed(self) -> Module:
        """The tasks' modules (M * T members)."""
        flat = (self.mixture() @ self.bank).flatten(0, 1)
        shapes = {name: value.shape[1:] for name, value in self.module.values.items()}
        parts = flat.split([prod(shape) for shape in shapes.values()], dim=1)
        named = zip(shapes.items(), parts, strict=True)
        return replace(self.module, values={n: own.unflatten(1, s) for (n, s), own in named})

    def forward(self, x: Tensor) -> Tensor:
        by_task = logits(self.base, x.transpose(1, 2).flatten(0, 1), [self.mixed()], self.heads)
        return by_task.unflatten(0, (len(x), -1)).transpose(1, 2).flatten(1, 2)


def logistic(shape: Sequence[int], generators: Sequence[torch.Generator]) -> Tensor:
    """Draws of the standard logistic law (generators, *shape): what is added to the logits of
    relaxed Bernoulli variables of temperature 1."""
    uniform = torch.stack([torch.rand(shape, generator=g) for g in generators])
    return torch.logit(uniform, 1e-6)


@torch.no_grad()
def accuracies(net: Inventory, x: Tensor, y: Tensor) -> Tensor:
    """Percent of signals x (M, n, T, 40) of digits y (M, n, T) that are read right (M, T)."""
    net.eval()
    right = [
        net(signals).argmax(-1).unflatten(1, labels.shape[1:]) == labels
        for signals, labels in zip(x.split(CHUNK, 1), y.split(CHUNK, 1), strict=True)
    ]
    net.train()
    return 100 * torch.cat(right, 1).double().mean(1).cpu()


def crossed(net: Inventory) -> Inventory:
    """A network whose tasks have the next task's row of Z."""
    wrong = _normalised(net.skills()).roll(-1, 1)
    return Inventory(
        net.weights, net.heads, net.module, net.bank.detach(), wrong, given=True, frozen=True
    )


def _normalised(z: Tensor) -> Tensor:
    return z / (z.sum(-1, keepdim=True) + EPSILON)
