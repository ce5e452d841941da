"""What a ticket's training costs: the usual loop under torch's pruning masks against the stack."""

from __future__ import annotations

from functools import lru_cache, partial

import torch
from torch.nn.utils.prune import custom_from_mask

from labs.kit.lab import Bench
from labs.lottery import tickets
from labs.lottery.search import (
    RATE,
    Tensors,
    dataset,
    everything,
    initial_weights,
    random_like,
)
from labs.nn import plain
from labs.nn.training import Optimizer, fit

HIDDEN, MEMBERS = 500, 2
ROUNDS, ROUND_STEPS = (0.5, 0.8, 0.92, 0.96), 150  # a short search gives realistic masks


def benches() -> list[Bench]:
    """The dense net, tickets by magnitude, and one at random."""
    # A ticket has enough steps for its set-up to weigh little, as in a training of 1501.
    arms = [("dense", 0.0, 60), *(("lottery", level, 400) for level in ROUNDS[1:])]
    arms += [("random", 0.92, 400)]
    return [
        Bench(
            f"{arm}, {sparsity:.0%} masked" if sparsity else arm,
            steps,
            MEMBERS,
            plain=partial(_train_plain, arm, sparsity, steps),
            stacked=partial(_train_stacked, arm, sparsity, steps),
        )
        for arm, sparsity, steps in arms
    ]


@lru_cache(maxsize=1)
def _found() -> dict[float, Tensors]:
    start = initial_weights(HIDDEN, 0, "rewound")
    masks, weights, found = everything(start), start, {}
    for sparsity in ROUNDS:
        weights = _fitted(start, masks, ROUND_STEPS)
        masks = tickets.prune({n: t.abs() for n, t in weights.items()}, masks, sparsity)
        found[sparsity] = masks
    return found


@lru_cache(maxsize=8)  # the untimed first call draws them
def _masks(arm: str, sparsity: float) -> Tensors:
    start = initial_weights(HIDDEN, 0, "rewound")
    if arm == "lottery":
        return _found()[sparsity]
    ranks = random_like(start, torch.Generator().manual_seed(0))
    return tickets.prune(ranks, everything(start), sparsity)


def _fitted(start: Tensors, masks: Tensors, steps: int) -> Tensors:
    net, data = tickets.network(start, masks), dataset("own", "original", 0)
    optimizer = Optimizer(net, torch.optim.Adam, lr=RATE)
    for _ in fit(net, data.x[None], data.y[None], optimizer=optimizer, steps=steps, every=steps):
        pass
    return tickets.joined(net)


def _train_stacked(arm: str, sparsity: float, steps: int) -> None:
    start = initial_weights(HIDDEN, 0, "rewound", MEMBERS)
    masks = _masks(arm, sparsity)
    _fitted(start, {n: t.expand(MEMBERS, -1, -1) for n, t in masks.items()}, steps)


def _train_plain(arm: str, sparsity: float, steps: int) -> None:
    start, masks = initial_weights(HIDDEN, 0, "rewound"), _masks(arm, sparsity)
    net, data = plain.MLP(HIDDEN), dataset("own", "original", 0)
    for name, layer in zip(tickets.LAYERS, (net.first, net.second, net.head), strict=True):
        with torch.no_grad():
            layer.weight.copy_(start[name][0, :-1].T)
            layer.bias.copy_(start[name][0, -1])
        if sparsity:
            custom_from_mask(layer, "weight", masks[name][0, :-1].T)
            custom_from_mask(layer, "bias", masks[name][0, -1])
    plain.train(net, data.x, data.y, steps, rate=RATE)
