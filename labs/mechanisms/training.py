"""What a stack of cells does: draw, train, and measure on fresh signals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from labs.data.mnist1d import fresh
from labs.kit.seeds import seed, stream
from labs.mechanisms.competing import Game, Look, Play, learn_identity, picked, play
from labs.mechanisms.grid import COUNT, MECHANISMS, NAME, OLD, Cell, Record
from labs.mechanisms.nets import Critic, Experts
from labs.mechanisms.scores import idle, largest, matched, matching
from labs.mechanisms.signals import drawn
from labs.nn.nets import CNN
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit, stacked

READING_RATE, READING_BATCH = 1e-2, 100  # of the classifier, whose signals are seen once


class World(NamedTuple):
    """The data of a stack on its device, as in `Signals` with a leading replicate axis, and its
    frozen classifiers."""

    clean: Tensor
    mixed: Tensor
    swapped: Tensor
    mechanism: Tensor
    test: Tensor
    digit: Tensor
    changed: Tensor
    changed_swapped: Tensor
    reader: CNN


class Back(NamedTuple):
    """What winners give back of test signals: the classifier's accuracy on it in percent and its
    error, by mechanism (R, 5); and shares of a mechanism's signals that an expert wins (R, 5, K).
    """

    accuracy: Tensor
    error: Tensor
    wins: Tensor


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell."""
    cell = cells[0]
    world = prepared(cells, device)
    start = started(cells, world, device)
    game = start.copy()
    looks, apart = [], torch.zeros(len(cells))
    for look in play(game, _played(cells, world, device)):
        looks.append(look)
        if look.step == 0:
            apart = right(game, world)
        if cell.arm == "untrained":
            break
    columns = {"apart": apart.tolist(), **_back(game, world, cell), **_course(looks)}
    if cell.refit:
        columns |= _swap(cells, world, start, game, looks[-1])
    yield from _records(cells, columns)


def prepared(cells: Sequence[Cell], device: str) -> World:
    """The signals and classifiers of the cells' replicates."""
    tensors = stacked((drawn(c) for c in cells), device)
    own = reader([c.replicate for c in cells], cells[0].reading, device)
    return World._make([*tensors, own])


def started(cells: Sequence[Cell], world: World, device: str) -> Game:
    """Experts and critics of the cells before they play: at the identity, or at random."""
    cell = cells[0]
    seeds = [seed(NAME, f"expert {k}", c.replicate) for c in cells for k in range(cell.experts)]
    experts, critic = Experts(len(seeds)), Critic(len(cells))
    experts.reset(seeds).to(device)
    critic.reset([seed(NAME, "critic", c.replicate) for c in cells]).to(device)
    if cell.arm not in ("random", "paper"):
        order = _orders(cells, "identity")
        learn_identity(experts, world.mixed, order, cell.identity, cell.batch)
    return Game(experts, critic, deepcopy(experts), cell.experts, cell.arm == "single")


def reader(replicates: Sequence[int], steps: int, device: str) -> CNN:
    """The classifiers of replicates, trained on fresh clean signals and then frozen."""
    return _reader(tuple(replicates), steps, device)


@lru_cache(maxsize=4)
def _reader(replicates: tuple[int, ...], steps: int, device: str) -> CNN:
    net = CNN(len(replicates))
    net.reset([seed(NAME, "classifier", r) for r in replicates]).to(device)
    size = steps * READING_BATCH
    x, y = stacked((fresh(r, size, f"{NAME}: classifier") for r in replicates), device)
    optimizer = Optimizer(net, torch.optim.Adam, lr=READING_RATE)
    for step in fit(net, x, y, optimizer=optimizer, steps=steps, every=1, batch=READING_BATCH):
        optimizer.scale_rate(1 - step / steps)
    return net.requires_grad_(False)


def _played(cells: Sequence[Cell], world: World, device: str) -> Play:
    cell = cells[0]
    owner = None
    if cell.arm == "told":
        owner = world.mechanism
    elif cell.arm == "fixed":
        dealt = (stream(NAME, "dealt", c.replicate).integers(COUNT, size=c.examples) for c in cells)
        (owner,) = stacked(((own,) for own in dealt), device)
    return Play(
        world.clean,
        world.mixed,
        world.mechanism,
        (_orders(cells, "clean"), _orders(cells, "mixed")),
        cell.steps,
        cell.batch,
        owner,
        everyone=cell.arm == "paper",
    )


def _orders(cells: Sequence[Cell], purpose: str) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed(NAME, purpose, c.replicate)) for c in cells]


@torch.no_grad()
def right(game: Game, world: World) -> Tensor:
    """Percent of clean and of changed test signals, alike many, that a critic tells apart (R,)."""
    clean = game.critic(world.test) > 0
    changed = game.critic(world.changed.flatten(1, 2)) < 0
    return 50 * (clean.double().mean(1) + changed.double().mean(1))


@torch.no_grad()
def given(game: Game, changed: Tensor) -> Tensor:
    """What the experts give back of signals by mechanism (R, 5, t, 40): (5, R, K, t, 40)."""
    return torch.stack([game.back(x, game.average) for x in changed.unbind(1)])


@torch.no_grad()
def back(game: Game, world: World, changed: Tensor, *, told: bool = False) -> Back:
    """What winners give back of test signals by mechanism (R, 5, t, 40); where experts are told,
    the m-th wins the m-th mechanism."""
    test, digit = world.test, world.digit
    accuracies, errors, wins = [], [], []
    for place, out in enumerate(given(game, changed)):
        scores = game.scores(out)
        winner = torch.full_like(digit, place) if told else scores.argmax(1)
        won = picked(out, winner)
        accuracies.append(read(world.reader, won, digit))
        errors.append(error(won, test))
        shares = torch.nn.functional.one_hot(winner, out.shape[1])
        wins.append(shares.double().mean(1))
    return Back(*(torch.stack(own, 1).cpu() for own in (accuracies, errors, wins)))


def read(reader: CNN, x: Tensor, digit: Tensor) -> Tensor:
    """Percent of signals (R, t, 40) that classifiers read right (R,)."""
    return 100 * (reader(x).argmax(-1) == digit).double().mean(1)


def error(x: Tensor, clean: Tensor) -> Tensor:
    """Mean squared distance of signals (R, t, 40) to the clean ones, relative to their variance
    (R,)."""
    return (x - clean).square().mean((1, 2)) / clean.var((1, 2))


Columns = dict[str, list[Any]]  # a field of the record -> its values by replicate


@torch.no_grad()
def _back(game: Game, world: World, cell: Cell) -> Columns:
    found = back(game, world, world.changed, told=cell.arm == "told")
    changed = world.changed.unbind(1)
    plain = [read(world.reader, x, world.digit) for x in changed]
    far = [error(x, world.test) for x in changed]
    example = given(game, world.changed[:, :, :1])[:, :, :, 0]  # 5, R, K, 40
    return {
        "clean": read(world.reader, world.test, world.digit).tolist(),
        "untreated": torch.stack(plain, 1).tolist(),
        "error_untreated": torch.stack(far, 1).tolist(),
        "treated": found.accuracy.tolist(),
        "error": found.error.tolist(),
        "wins": found.wins.tolist(),
        "parameters": [game.count * game.experts.parameter_count()] * len(world.test),
        "shown": world.test[:, 0].tolist(),
        "shown_changed": world.changed[:, :, 0].tolist(),
        "shown_back": example.transpose(0, 1).tolist(),
    }


def _course(looks: Sequence[Look]) -> Columns:
    taken = [look for look in looks if look.step]
    if not taken:
        return {}
    wins = torch.stack([look.wins for look in taken], 1).double().cpu().numpy()  # R, T, 5, K
    return {
        "looks": [[look.step for look in taken]] * len(wins),
        **{
            of.__name__: [[of(one) for one in own] for own in wins]
            for of in (matched, largest, idle)
        },
    }


def _swap(cells: Sequence[Cell], world: World, start: Game, game: Game, last: Look) -> Columns:
    """One mechanism is swapped: the expert that won it goes back to its start and is trained again,
    the others stay; beside it all are trained anew, as long."""
    cell, device = cells[0], last.wins.device
    place = MECHANISMS.index(OLD)
    owners = [matching(own)[place] for own in last.wins.double().cpu().numpy()]
    refitted = Game(game.average, game.critic, game.average, game.count).copy()
    members = [replicate * game.count + k for replicate, k in enumerate(owners)]
    with torch.no_grad():
        for experts in (refitted.experts, refitted.average):
            for p, first in zip(experts.parameters(), start.experts.parameters(), strict=True):
                p[members] = first[members]
    before = given(game, world.changed_swapped)
    rule = _played(cells, world, str(device))._replace(mixed=world.swapped, steps=cell.refit)
    free = torch.tensor(owners, device=device)
    for _ in play(refitted, rule._replace(free=free, head=False)):
        pass
    anew = start.copy()
    for _ in play(anew, rule):
        pass
    after = given(refitted, world.changed_swapped)
    stayed = torch.ones(len(cells), game.count, dtype=torch.bool, device=device)
    stayed[torch.arange(len(cells), device=device), free] = False
    differ = (before != after).sum((0, 3, 4)) * stayed  # R, K
    old, one, all_ = (back(g, world, world.changed_swapped) for g in (game, refitted, anew))
    return {
        "swap_before": old.accuracy.tolist(),
        "swap": one.accuracy.tolist(),
        "swap_wins": one.wins.tolist(),
        "swap_error": one.error.tolist(),
        "changed": differ.sum(1).double().tolist(),
        "anew": all_.accuracy.tolist(),
        "anew_wins": all_.wins.tolist(),
    }


def _records(cells: Sequence[Cell], columns: Columns) -> Iterator[Record]:
    for place, cell in enumerate(cells):
        own = {name: values[place] for name, values in columns.items()}
        if cell.replicate:  # an example of one replicate is enough
            own = {name: value for name, value in own.items() if not name.startswith("shown")}
        yield Record(**own)
