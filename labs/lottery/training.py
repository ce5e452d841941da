"""One replicate of the lottery: searches for its tickets, random masks, the tickets on new data."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from labs.data import mnist1d
from labs.data.mnist1d import LENGTH
from labs.kit.checks import known
from labs.kit.seeds import seed, stream
from labs.lottery import masks as locality
from labs.lottery import tickets
from labs.lottery.grid import (
    BIASES_LIVE,
    BLOCK,
    NAME,
    ORDERS,
    WITHIN,
    Arm,
    Cell,
    Record,
    fine_levels,
)
from labs.lottery.tickets import Tensors
from labs.nn.nets import MLP
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit, stacked

RATE = 2e-2
PURPOSES = {"rewound": "initialisation", "fresh": "fresh initialisation"}
TOGETHER = 1000  # examples of all members in one step: more do not stay in the cache
BASE = 10_000  # new data of replicate r are the published set of replicate BASE + r: no one's own
UPSTREAM = 1  # upstream's new data are the published set of this replicate, seed 43, its own here
Trained = tuple[Arm, Tensors, Record]  # with its masks


class Splits(NamedTuple):
    """Inputs (n, 40) float32 and labels (n,) int64: to train, the set's own 1000 to test, and fresh
    ones to test."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    x_fresh: np.ndarray
    y_fresh: np.ndarray


class Search(NamedTuple):
    """What makes a search: the fields of a cell that its rounds share."""

    order: str
    arm: str  # "dense" where nothing is masked yet
    varied: str

    @property
    def biases(self) -> bool:
        """Whether it prunes biases with weights."""
        return self.arm not in BIASES_LIVE

    @property
    def random(self) -> bool:
        """Whether its masks are random, new ones in every round."""
        return self.arm.startswith("random")

    def levels(self, cell: Cell) -> list[float]:
        """The levels that a cell of the search goes through, its own or the ticket's last."""
        last = cell.sparsity
        if self.random:
            return [last]
        rounds = fine_levels(cell) if self.arm == "rounds" else cell.levels
        return [0.0, *(level for level in rounds if 0 < level <= last)]

    @property
    def dense(self) -> "Search":
        """The search whose dense net it starts from."""
        return self._replace(arm="dense")


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


def split(data: str, order: str, replicate: int, fresh: int = 0) -> Splits:
    """A replicate's own (published) or new data with its positions in some order.

    Args:
        data: "own", "new" or "upstream".
        order: of the positions.
        replicate: whose data.
        fresh: fresh test examples.

    Raises:
        ValueError: unknown data or an unknown order.
    """
    made, places = drawn(data, replicate, fresh), positions(order, replicate)
    inputs = {name: getattr(made, name)[:, places] for name in ("x", "x_test", "x_fresh")}
    return made._replace(**inputs)


@lru_cache(maxsize=8)
def drawn(data: str, replicate: int, fresh: int = 0) -> Splits:
    """A replicate's data set, "own" or "new", or upstream's new one; see `split`."""
    numbers = {"own": replicate, "new": BASE + replicate, "upstream": UPSTREAM}
    made = mnist1d.published(numbers[known("data", data, numbers)], test=fresh)
    return Splits(*made.train, *made.test, *made.fresh)


def searched(cell: Cell, search: Search) -> Splits:
    """The data of a search: its replicate's own, or those of replicate 0."""
    whose = cell.replicate if search.varied in ("all", "data") else 0
    made = split("own", search.order, whose, cell.test_examples)
    if search.varied != "order":
        return made
    order = stream(NAME, "order of the examples", cell.replicate).permutation(len(made.y))
    return made._replace(x=made.x[order], y=made.y[order])


def rewound(cell: Cell, search: Search) -> dict[str, Tensor]:
    """The initial weights of a search: its replicate's own, or those of replicate 0."""
    whose = cell.replicate if search.varied in ("all", "start") else 0
    values = initial_weights(cell.hidden, whose, "rewound")
    if search.varied != "rounding":
        return values
    order = stream(NAME, "order of the units", cell.replicate).permutation(cell.hidden)
    return tickets.reordered(values, torch.from_numpy(order))


def initial_weights(hidden: int, replicate: int, start: str) -> dict[str, Tensor]:
    """The dense net's initial weights: layer -> (1, ...).

    Raises:
        ValueError: an unknown start.
    """
    purpose = PURPOSES[known("start", start, PURPOSES)]
    return tickets.joined(MLP(1, hidden=hidden).reset([seed(NAME, purpose, replicate)]))


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Do everything about one replicate's tickets; yields one record per cell, in their order."""
    settings = cells[0]
    found: dict[Arm, Record] = {}
    analysed: dict[str, Tensors] = {}
    for key, masks, record in _rounds(cells, device):
        _, order, arm, _, level, varied = key
        found[key] = record
        if level == settings.ticket and varied == "all":
            found[key] = replace(record, **_adjacency(masks["first"], order, settings.replicate))
            if order == "original":
                analysed[arm] = masks
    found |= _transfers(cells, analysed, device)
    for cell in cells:
        yield found[_key(cell)]


def _key(cell: Cell) -> Arm:
    key: Arm = attrgetter(*WITHIN)(cell)
    return key


def _rounds(cells: Sequence[Cell], device: str) -> Iterator[Trained]:
    # Level by level, all that is masked so far in one stack.
    weights: dict[Search, Tensors] = {}
    masks: dict[Search, Tensors] = {}
    for level, searches in sorted(_needed(cells).items()):
        for part in _together(searches, cells[0].batch):
            for search in part:
                masks[search] = _pruned(cells[0], search, level, weights, masks)
            values, records = _round(cells[0], part, [masks[search] for search in part], device)
            for m, (search, record) in enumerate(zip(part, records, strict=True)):
                weights[search] = _member(values, m)
                key = ("own", search.order, search.arm, "rewound", level, search.varied)
                yield key, masks[search], record


def _needed(cells: Sequence[Cell]) -> dict[float, list[Search]]:
    """The searches of every level that cells ask for, or whose weights or masks they need."""
    levels: dict[float, dict[Search, None]] = defaultdict(dict)
    for cell in cells:
        own = cell.data == "own"
        search = Search(cell.order if own else "original", cell.arm, cell.varied)
        if own or cell.arm != "dense":
            for level in search.levels(cell):
                levels[level][search if level else search.dense] = None
    return {level: [*searches] for level, searches in levels.items()}


def _pruned(
    cell: Cell,
    search: Search,
    level: float,
    weights: Mapping[Search, Tensors],
    masks: Mapping[Search, Tensors],
) -> Tensors:
    before = search if search in weights else search.dense
    values = weights.get(before) or rewound(cell, search)
    live: Tensors = tickets.everything(values)
    if search.random:
        scores = chance(cell, search.arm, level)
    else:
        scores = {name: t.abs() for name, t in values.items()}
        live = masks.get(before, live)
    return tickets.prune(scores, live, level, biases=search.biases)


def chance(cell: Cell, arm: str, level: float) -> dict[str, Tensor]:
    """Random numbers in the shapes of the weights, by which a random arm masks at a level.

    Raises:
        ValueError: an arm or a level that has no random mask.
    """
    draws = torch.Generator().manual_seed(seed(NAME, "random masks", cell.replicate))
    start = initial_weights(cell.hidden, cell.replicate, "rewound")
    for at in cell.levels[1:]:
        for name in ("random", "random weights") if at == cell.ticket else ("random",):
            scores = tickets.random_like(start, draws)
            if (name, at) == (arm, level):
                return scores
    raise ValueError(f"arm and level must be of a random mask, got {arm!r} and {level!r}")


def _together(members: list[Search], batch: int) -> Iterator[list[Search]]:
    size = max(TOGETHER // batch, 1)
    for i in range(0, len(members), size):
        yield members[i : i + size]


def _round(
    cell: Cell, part: Sequence[Search], masks: Sequence[Tensors], device: str
) -> tuple[dict[str, Tensor], list[Record]]:
    start = _stacked([rewound(cell, search) for search in part])
    data = [searched(cell, search) for search in part]
    return _trained(start, _stacked(masks), data, cell.steps, cell.batch, cell.steps, device)


def _stacked(members: Sequence[Tensors]) -> dict[str, Tensor]:
    return {name: torch.cat([values[name] for values in members]) for name in tickets.LAYERS}


def _member(tensors: Tensors, member: int) -> dict[str, Tensor]:
    return {name: t[member : member + 1] for name, t in tensors.items()}


def _transfers(cells: Sequence[Cell], masks: dict[str, Tensors], device: str) -> dict[Arm, Record]:
    new = [cell for cell in cells if cell.data != "own"]
    found: dict[Arm, Record] = {}
    for arm in dict.fromkeys(cell.arm for cell in new):
        group = [cell for cell in new if cell.arm == arm]
        size = max(TOGETHER // cells[0].transfer_batch, 1)
        for i in range(0, len(group), size):
            part = group[i : i + size]
            found |= zip(map(_key, part), _transfer(part, masks.get(arm), device), strict=True)
    return found


def _transfer(part: Sequence[Cell], mask: Tensors | None, device: str) -> list[Record]:
    cell = part[0]
    start = _stacked([initial_weights(c.hidden, c.replicate, c.start) for c in part])
    live = mask or tickets.everything(start)
    masks = {name: live[name].expand_as(t) for name, t in start.items()}
    data = [split(c.data, c.order, c.replicate, c.test_examples) for c in part]
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
    x, y, x_test, y_test, x_fresh, y_fresh = stacked(data, device)
    done, curve = [], []
    for step in fit(net, x, y, optimizer=optimizer, steps=steps, every=every, batch=batch):
        done.append(step)
        curve.append(evaluate(net, x_test, y_test).accuracy.tolist())
    train, test = evaluate(net, x, y), evaluate(net, x_fresh, y_fresh)
    right = (test.predicted == y_fresh.cpu()).view(len(data), -1, BLOCK)
    records = [
        Record(
            test_loss=float(test.loss[m]),
            test_accuracy=float(test.accuracy[m]),
            block_accuracy=(100 * right[m].double().mean(1)).tolist(),
            accuracy_1000=curve[-1][m],
            train_loss=float(train.loss[m]),
            train_accuracy=float(train.accuracy[m]),
            step=done,
            curve=[accuracy[m] for accuracy in curve],
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
