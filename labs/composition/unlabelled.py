"""What a domain's module may learn from: labels, pairs of a clean signal and the domain's, or the
domain's samples alone.

Pairs: the features of a signal of the domain are to be those that the base has of its clean
original; the generator gives both, so this is an upper bound of what goes without labels. Samples
(as MAD-X learns a language, Pfeiffer et al. 2020): 30 % of a signal's tokens are hidden, the two
samples under each of them are to be told from the encoded tokens. What tells them is a linear map,
fitted to the frozen base on clean signals by least squares, so that the base is that of all other
modules; the specification's base learns it together with the digits.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from labs.composition.examples import examples, generators, sizes
from labs.composition.grid import Cell
from labs.nn.base import Weights, encoded, features, logits
from labs.nn.linear import affine
from labs.nn.losses import Loss, cross_entropy
from labs.nn.modules.module import Module

HIDDEN = 0.3  # share of the tokens
UNDER = 2  # samples under a token


class Signal(NamedTuple):
    """Signals x (M, n, 40), what is to be told of them y (M, n, ...), how outputs are read, and the
    loss of outputs and targets by member."""

    x: Tensor
    y: Tensor
    read: Callable[..., Tensor] = logits
    loss: Loss = cross_entropy


def signal(
    cell: Cell,
    replicates: Sequence[int],
    domains: Sequence[str],
    weights: Weights,
    purpose: str,
    count: int,
    device: str,
    task: str = "digit",
) -> Signal:
    """What modules learn from, one replicate and domain per member: the cell says whether it is the
    task's labels."""
    x, y = examples(replicates, domains, purpose, count, device, task)
    if cell.signal == "labels":
        return Signal(x, y)
    clean, _ = examples(replicates, ["clean"] * len(domains), purpose, count, device)
    heads = sizes(cell).heads
    if cell.signal == "pairs":
        with torch.no_grad():
            own = torch.cat([features(weights, c, (), heads) for c in clean.split(100, 1)], dim=1)
        return Signal(x, own, features, _squared)
    hidden = _hidden(replicates, purpose, count).to(device)
    tells = _told(weights, torch.where(_samples(hidden), 0.0, clean), clean, hidden, heads)

    def read(weights: Weights, x: Tensor, modules: Sequence[Module], heads: int) -> Tensor:
        tokens = encoded(weights, x, modules, heads)
        return affine(tokens, tells[:, :-1], tells[:, -1:]).flatten(2)

    masked = torch.where(_samples(hidden), 0.0, x)
    return Signal(masked, torch.where(_samples(hidden), x, torch.nan), read, _squared_where_told)


def _hidden(replicates: Sequence[int], purpose: str, count: int) -> Tensor:
    """Which tokens (M, count, 20) are hidden."""
    streams = generators(replicates, f"hidden tokens of {purpose}")
    return torch.stack([torch.rand(count, 20, generator=g) < HIDDEN for g in streams])


def _samples(hidden: Tensor) -> Tensor:
    return hidden.repeat_interleave(UNDER, dim=-1)


@torch.no_grad()
def _told(weights: Weights, masked: Tensor, x: Tensor, hidden: Tensor, heads: int) -> Tensor:
    """By member the linear map (M, features + 1, 2) from the encoded tokens of masked signals that
    are hidden to the samples under them, by least squares."""
    maps = []
    for m in range(len(x)):
        own = {name: v[m : m + 1] for name, v in weights.items()}
        parts = masked[m : m + 1].split(100, 1)
        tokens = torch.cat([encoded(own, part, (), heads) for part in parts], dim=1)
        inputs = tokens[0][hidden[m]].double()
        inputs = torch.cat([inputs, torch.ones_like(inputs[:, :1])], dim=1)
        targets = x[m].unflatten(-1, (-1, UNDER))[hidden[m]].double()
        # on the CPU: on cuda torch solves problems of full rank alone
        maps.append(torch.linalg.lstsq(inputs.cpu(), targets.cpu(), driver="gelsd").solution)
    return torch.stack(maps).to(x)


def _squared(outputs: Tensor, targets: Tensor) -> Tensor:
    return (outputs - targets).square().mean((1, 2))


def _squared_where_told(outputs: Tensor, targets: Tensor) -> Tensor:
    told = ~targets.isnan()
    apart = torch.where(told, outputs - targets.nan_to_num(), 0.0)
    return apart.square().sum((1, 2)) / told.sum((1, 2)).clamp(min=1)
