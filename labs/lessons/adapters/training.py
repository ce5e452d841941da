"""How the lesson on adapters trains: a base, and copies of it with modules beside their weights."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from labs.nn import nets
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit

LAYERS = ("first", "second", "third", "head")
BATCH, EVERY = 50, 20  # examples of a step; steps from one rate to the next
N = TypeVar("N", bound=nets.Net)
Merge = Callable[[Tensor, Tensor, Tensor, float], Tensor]  # W, A, B and alpha -> the new W


class Adapted(nets.Net):
    """Copies of a base, one for each domain, with LoRA beside their four weights.

    Args:
        base: a `nets.CNN` of one member.
        members: how many copies.
        rank: of LoRA; 0 for none.
        merge: puts A and B into a weight (o, i), as torch stores it.
        seed: of the first values of A; B begins at zero, so that nothing changes at first.
    """

    def __init__(
        self, base: nets.Net, members: int, rank: int, merge: Merge, seed: int = 0
    ) -> None:
        super().__init__(members)
        self.rank, self.merge = rank, merge
        self.inner = nets.CNN(members)
        values = base.state_dict().items()
        self.inner.load_state_dict({name: value.repeat(members, 1, 1) for name, value in values})
        self.A, self.B = nn.ParameterDict(), nn.ParameterDict()
        draw = torch.Generator().manual_seed(seed)
        parameters = dict(self.inner.named_parameters())
        self.weights = {name: parameters[f"{name}.weight"] for name in LAYERS if rank}
        for name, weight in self.weights.items():
            i, o = weight.shape[1:]
            self.A[name] = torch.randn(members, rank, i, generator=draw) / i**0.5
            self.B[name] = torch.zeros(members, o, rank)

    def only(self, part: str) -> "Adapted":
        """Freeze all but A, B, and those parameters of the base whose names hold `part`."""
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name.startswith(("A.", "B.")) or part in name)
        return self

    def forward(self, x: Tensor) -> Tensor:
        merged = {f"{name}.weight": self._merged(name) for name in self.weights}
        logits: Tensor = functional_call(self.inner, merged, (x,))
        return logits

    def _merged(self, name: str) -> Tensor:
        parts = zip(self.weights[name], self.A[name], self.B[name], strict=True)
        return torch.stack([self.merge(W.T, A, B, float(self.rank)).T for W, A, B in parts])


def train(net: N, x: Tensor, y: np.ndarray, total: int, rate: float) -> N:
    """Train what is not frozen for `total` steps, at a rate that falls to zero; returns the net.

    x is (members, N, 40), y (N,) are the labels of all members.
    """
    optimizer = Optimizer(net, torch.optim.Adam, lr=rate)
    labels = torch.from_numpy(y).expand(len(x), -1)
    for done in fit(net, x, labels, optimizer=optimizer, steps=total, every=EVERY, batch=BATCH):
        optimizer.scale_rate(1 - done / total)
    return net


def accuracy(net: nets.Net, x: Tensor, y: np.ndarray) -> np.ndarray:
    """Percent of signals x (1 or members, N, 40) that each member reads right, (members,)."""
    labels = torch.from_numpy(y).expand(len(x), -1)
    return np.asarray(evaluate(net, x, labels).accuracy)


def outputs(net: nets.Net, x: Tensor) -> Tensor:
    """What each of M members computes of the same signals x (N, 40): (N, M, 10)."""
    with torch.no_grad():
        computed: Tensor = net(x.expand(net.members, -1, -1))
    return computed.transpose(0, 1)
