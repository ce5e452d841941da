"""One replicate of the lottery: the search for its ticket, the controls, the ticket on new data."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from labs.data import mnist1d
from labs.data.mnist1d import EXAMPLES, LENGTH
from labs.kit.checks import known
from labs.kit.seeds import seed, stream
from labs.lottery import masks as locality
from labs.lottery import tickets
from labs.lottery.grid import NAME, ORDERS, WITHIN, Cell, Record
from labs.lottery.tickets import Tensors
from labs.nn.nets import MLP
from labs.nn.training import Optimizer, evaluate, fit, stacked

RATE = 2e-2
PURPOSES = {"rewound": "initialisation", "fresh": "fresh initialisation"}
TOGETHER = 1000  # examples of all members in one step: more do not stay in the cache
Key = tuple[str, str, str, str, float]  # data, order, arm, start, sparsity
Trained = tuple[Key, dict[str, Tensor], Record]  # with its masks


class Splits(NamedTuple):
    """Inputs (n, 40) float32 and labels (n,) int64, to train and to test."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def positions(order: str, replicate: int) -> np.ndarray:
    """Which position of the original comes to each place, shape (40,).

    Raises:
        ValueError: an unknown order.
    """
    known("order", order, ORDERS)
    natural = np.arange(LENGTH)
    if order == "shuffled":
        return stream(NAME, "permutation", replicate).permutation(natural)
    return {
        "original": natural,
        "flipped": natural[::-1],
        "chunks": natural.reshape(4, -1)[[2, 3, 0, 1]].ravel(),
    }[order]


def split(data: str, order: str, replicate: int) -> Splits:
    """A replicate's own (published) or new data with its positions in some order.

    Raises:
        ValueError: unknown data or an unknown order.
    """
    known("data", data, ("own", "new"))
    made, places = drawn(data, replicate), positions(order, replicate)
    return made._replace(x=made.x[:, places], x_test=made.x_test[:, places])


@lru_cache(maxsize=8)
def drawn(data: str, replicate: int) -> Splits:
    """A replicate's data set, "own" or "new"."""
    if data == "own":
        own = mnist1d.published(replicate)
        return Splits(*own.train, *own.test)
    number = seed(NAME, "new data", replicate) % 2**32
    new = mnist1d.drawn(number, train=EXAMPLES, test=1000)
    return Splits(*new.train, *new.test)


def initial_weights(hidden: int, replicate: int, start: str, members: int = 1) -> dict[str, Tensor]:
    """The dense net's initial weights, the same for every member: layer -> (M, ...).

    Raises:
        ValueError: an unknown start.
    """
    purpose = PURPOSES[known("start", start, PURPOSES)]
    net = MLP(1, hidden=hidden).reset([seed(NAME, purpose, replicate)])
    return {n: t.expand(members, -1, -1) for n, t in tickets.joined(net).items()}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Do everything about one replicate's ticket; yields one record per cell, in their order."""
    settings = cells[0]
    found: dict[Key, Record] = {}
    analysed: dict[str, Tensors] = {}
    for key, masks, record in chain(_lottery(settings, device), _controls(settings, device)):
        _, order, arm, _, level = key
        found[key] = record
        if level == settings.ticket:
            found[key] = replace(record, **_adjacency(masks["first"], order, settings.replicate))
            if order == "original":
                analysed[arm] = masks
    found |= _transfers(cells, analysed, device)
    for cell in cells:
        yield found[_key(cell)]


def _key(cell: Cell) -> Key:
    key: Key = attrgetter(*WITHIN)(cell)
    return key


def _lottery(cell: Cell, device: str) -> Iterator[Trained]:
    orders = ["original", "shuffled"]
    start = initial_weights(cell.hidden, cell.replicate, "rewound", len(orders))
    masks, weights = tickets.everything(start), start
    for level in cell.levels:
        if level > cell.ticket:  # the shuffled data's ticket is found
            orders = orders[:1]
            start, masks, weights = (_member(a, 0) for a in (start, masks, weights))
        magnitudes = {name: t.abs() for name, t in weights.items()}
        masks = tickets.prune(magnitudes, masks, level, biases=cell.biases)
        data = [split("own", order, cell.replicate) for order in orders]
        weights, records = _trained(start, masks, data, cell.steps, cell.batch, cell.steps, device)
        for m, (order, record) in enumerate(zip(orders, records, strict=True)):
            key = ("own", order, "lottery" if level else "dense", "rewound", level)
            yield key, _member(masks, m), record


def _controls(cell: Cell, device: str) -> Iterator[Trained]:
    start = initial_weights(cell.hidden, cell.replicate, "rewound", 2)
    one = _member(start, 0)
    draws = torch.Generator().manual_seed(seed(NAME, "random masks", cell.replicate))
    ranks = tickets.random_like(one, draws)  # of the nested control, the same in every round
    everything = nested = tickets.everything(one)
    data = [split("own", "original", cell.replicate)] * 2
    for level in cell.levels[1:]:
        scores = tickets.random_like(one, draws)
        fresh = tickets.prune(scores, everything, level, biases=cell.biases)
        nested = tickets.prune(ranks, nested, level, biases=cell.biases)
        masks = {name: torch.cat([fresh[name], nested[name]]) for name in one}
        _, records = _trained(start, masks, data, cell.steps, cell.batch, cell.steps, device)
        for m, arm in enumerate(("random", "nested")):
            yield ("own", "original", arm, "rewound", level), _member(masks, m), records[m]


def _member(tensors: Tensors, member: int) -> dict[str, Tensor]:
    return {name: t[member : member + 1] for name, t in tensors.items()}


def _transfers(cells: Sequence[Cell], masks: dict[str, Tensors], device: str) -> dict[Key, Record]:
    new = [cell for cell in cells if cell.data == "new"]
    found: dict[Key, Record] = {}
    for arm in ("dense", "random", "lottery"):
        group = [cell for cell in new if cell.arm == arm]
        size = max(TOGETHER // cells[0].transfer_batch, 1)
        for i in range(0, len(group), size):
            part = group[i : i + size]
            found |= zip(map(_key, part), _transfer(part, masks.get(arm), device), strict=True)
    return found


def _transfer(part: Sequence[Cell], mask: Tensors | None, device: str) -> list[Record]:
    cell = part[0]
    starts = [initial_weights(c.hidden, c.replicate, c.start) for c in part]
    start = {name: torch.cat([values[name] for values in starts]) for name in tickets.LAYERS}
    live = mask or tickets.everything(start)
    masks = {name: live[name].expand_as(t) for name, t in start.items()}
    data = [split("new", c.order, c.replicate) for c in part]
    steps, batch = cell.transfer_steps, cell.transfer_batch
    return _trained(start, masks, data, steps, batch, cell.every, device)[1]


def _trained(
    start: Tensors,
    masks: Tensors,
    data: Sequence[Splits],
    steps: int,
    batch: int,
    every: int,
    device: str,
) -> tuple[dict[str, Tensor], list[Record]]:
    net = tickets.network(_on(start, device), _on(masks, device))
    optimizer = Optimizer(net, torch.optim.Adam, lr=RATE)
    x, y, x_test, y_test = stacked(data, device)
    done, curve = [], []
    for step in fit(net, x, y, optimizer=optimizer, steps=steps, every=every, batch=batch):
        test = evaluate(net, x_test, y_test)
        done.append(step)
        curve.append(test.accuracy)
    train = evaluate(net, x, y)
    records = [
        Record(
            test_loss=float(test.loss[m]),
            test_accuracy=float(test.accuracy[m]),
            train_loss=float(train.loss[m]),
            train_accuracy=float(train.accuracy[m]),
            step=done,
            curve=[float(accuracy[m]) for accuracy in curve],
            live={name: int(mask[m].sum()) for name, mask in masks.items()},
        )
        for m in range(len(data))
    ]
    return _on(tickets.joined(net), "cpu"), records


def _on(tensors: Tensors, device: str) -> dict[str, Tensor]:
    return {name: t.to(device) for name, t in tensors.items()}


def _adjacency(first: Tensor, order: str, replicate: int) -> dict[str, Any]:
    mask = first[0, :-1].numpy()
    back = np.empty_like(mask)
    back[positions(order, replicate)] = mask
    rng = stream(NAME, "null masks", replicate)
    return {
        "mask": mask,
        "runs": locality.runs(mask).tolist(),
        "runs_put_back": locality.runs(back).tolist(),
        "chance": locality.expected_runs(mask).tolist(),
        "stricter_chance": locality.stricter_runs(mask, rng).tolist(),
    }
