"""Tasks of two skills, learned together and then from few examples: which modules may be shared?

Networks learn the seen pairs of a replicate (`labs.routing.pairs`) together, from `Cell.examples`
of each, all with the frozen base's own head, and then each of its unseen pairs from `SHOTS`
examples. Ways to share:

* "polytropon" (Ponti, Sordoni, Bengio & Reddy 2023): an inventory of six modules of LoRA; a task's
  module is their mean, weighted by its row of the task-skill matrix Z over the row's sum (+ 1e-12).
  Entries of Z are drawn anew every step from a relaxed Bernoulli law of temperature 1 (logistic
  noise on the logits, then the logistic function), whose logits start at U(-1e-3, 1e-3) and train
  with the modules; at test time there is no noise. Factors of LoRA are averaged, not products, as
  in the published program: they are trained so.
* "told": the same with Z given by the true skills, a half each: the ceiling.
* "private": a module for each task, and for an unseen pair a new one.
* "shared": one module of the same size for all tasks.
* "wide": the same, of a rank six times as large: as many numbers as an inventory.

On an unseen pair train, for the same steps on the same examples: of "polytropon" a new row of Z and
a copy of all modules; of "told" a copy of the modules, whose weights are given; of "private" a new
module; of "shared" and "wide" a copy of the module. "routed" is Polytropon's with the modules
frozen: six numbers train.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from math import cos, pi
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from labs.data.signals import Signals, draw
from labs.kit.seeds import TUNING, seed
from labs.nn.base import SMALL, STANDARD, Sizes
from labs.nn.losses import cross_entropy
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Module
from labs.nn.modules.names import LINEARS
from labs.nn.optimizer import Optimizer
from labs.nn.pretraining import bases
from labs.nn.training import fit, stacked
from labs.routing.grid import NAME, SHOTS, SKILLS, UNSEEN, Cell, Record
from labs.routing.inventory import Inventory, accuracies, crossed
from labs.routing.pairs import Pair, domain, split, truth

RANK = 4  # of a module of LoRA, on all six linear maps of a block
NEAR_ZERO = 1e-3  # of the published program
TRIED = (3e-3, 1e-2, 3e-2)  # rates of Adam between which validation data choose
VALIDATION = 200  # examples of a pair
SHARE = 4  # a step has a fourth of a mixture's batch of every pair


class Sharing(NamedTuple):
    """Members who learn tasks of two skills in the way that a cell names.

    Attributes:
        cell: of which all but the replicate counts.
        replicates: of the members (M,).
        rates: of Adam, one per member.
        device: where they are.
    """

    cell: Cell
    replicates: Sequence[int]
    rates: Sequence[float]
    device: str

    @property
    def sizes(self) -> Sizes:
        return SMALL if self.cell.small else STANDARD

    @property
    def finds(self) -> bool:
        """Whether Z is learned."""
        return self.cell.router == "polytropon"

    def generators(self, purpose: str) -> list[torch.Generator]:
        return generators(self.replicates, purpose)

    def weights(self) -> dict[str, Tensor]:
        return bases(self.replicates, self.sizes, self.cell.base_steps, self.device)

    def modules(self, count: int) -> tuple[Module, Tensor]:
        """The first of `count` modules at their start, and the numbers of all (M, count, ...)."""
        kind = LoRA(RANK * (len(SKILLS) if self.cell.router == "wide" else 1), LINEARS)
        started = [
            kind.start(self.weights(), self.sizes, self.generators(f"module {place}"))
            for place in range(count)
        ]
        flat = [torch.cat([v.flatten(1) for v in own.values.values()], dim=1) for own in started]
        return started[0], torch.stack(flat, dim=1)

    def rows(self, pairs: Sequence[Sequence[Pair]], modules: int, purpose: str) -> Tensor:
        """Of Z at the start (M, T, modules): a replicate's tasks are its `pairs`."""
        tasks = len(pairs[0])
        if self.finds:
            drawn = (torch.rand(tasks, modules, generator=g) for g in self.generators(purpose))
            return (NEAR_ZERO * (2 * torch.stack([*drawn]) - 1)).to(self.device)
        if self.cell.router == "told":
            own = [torch.from_numpy(truth(row)) / 2 for row in pairs]
            return torch.stack(own).float().to(self.device)
        alike = torch.eye(tasks) if modules > 1 else torch.ones(tasks, 1)
        return alike.expand(len(pairs), -1, -1).to(self.device)

    def seen(self) -> list[tuple[Pair, ...]]:
        return [split(replicate)[0] for replicate in self.replicates]

    def unseen(self) -> list[tuple[Pair, ...]]:
        return [split(replicate)[1] for replicate in self.replicates]

    def start(self) -> Inventory:
        """The network before it learns the seen pairs."""
        seen = self.seen()
        count = {"private": len(seen[0]), "shared": 1, "wide": 1}.get(self.cell.router, len(SKILLS))
        module, bank = self.modules(count)
        rows = self.rows(seen, count, "rows of Z")
        return Inventory(
            self.weights(),
            self.sizes.heads,
            module,
            bank,
            rows,
            given=not self.finds,
            noise=self.generators("noise of Z"),
        )

    def learned(self, net: Inventory) -> Inventory:
        """The network of `start` after it has learned the seen pairs."""
        cell = self.cell
        x, y = examples(self, self.seen(), "training", cell.examples)
        return taught(self, net, x, y, cell.steps, max(1, cell.batch // SHARE))

    def few(self, bank: Tensor, *, frozen: bool = False) -> Inventory:
        """A network of M * UNSEEN members, each for one unseen pair, before it learns: copies of
        the modules of a bank (M, S, numbers), or new ones of "private" networks."""
        alone, pairs = self.each(), self.alone()
        module, new = alone.modules(1)
        bank = new if self.cell.router == "private" else bank.repeat_interleave(UNSEEN, 0)
        rows = alone.rows(pairs, bank.shape[1], "a new row of Z")
        return Inventory(
            alone.weights(),
            self.sizes.heads,
            module,
            bank,
            rows,
            given=not self.finds,
            frozen=frozen,
            noise=alone.generators("noise of a new row"),
        )

    def adapted(self, net: Inventory) -> Inventory:
        """The network of `few` after half a run's steps on `SHOTS` examples of each pair."""
        cell, alone = self.cell, self.each()
        x, y = examples(alone, self.alone(), "few", SHOTS)
        return taught(alone, net, x, y, max(1, cell.steps // 2), max(1, cell.batch // SHARE))

    def alone(self) -> list[tuple[Pair, ...]]:
        """The unseen pairs (M * UNSEEN,), one to a member."""
        return [(pair,) for pairs in self.unseen() for pair in pairs]

    def each(self) -> Sharing:
        """A member for each unseen pair of a replicate."""
        own = [r for r in self.replicates for _ in range(UNSEEN)]
        rates = [rate for rate in self.rates for _ in range(UNSEEN)]
        return self._replace(replicates=own, rates=rates)


def generators(replicates: Sequence[int], purpose: str) -> list[torch.Generator]:
    """A stream for each member, the same for all ways to share."""
    return [torch.Generator().manual_seed(seed(NAME, f"skills: {purpose}", r)) for r in replicates]


def examples(
    own: Sharing, pairs: Sequence[Sequence[Pair]], purpose: str, count: int
) -> tuple[Tensor, Tensor]:
    """Signals x (M, count, T, 40) and digits y (M, count, T) of each replicate's pairs, all drawn
    apart."""
    drawn = []
    for replicate, row in zip(own.replicates, pairs, strict=True):
        signals = [_drawn(pair, replicate, count, purpose) for pair in row]
        drawn.append((np.stack([s.x for s in signals], 1), np.stack([s.y for s in signals], 1)))
    x, y = stacked(drawn, own.device)
    return x, y


@lru_cache(maxsize=1024)
def _drawn(pair: Pair, replicate: int, count: int, purpose: str) -> Signals:
    return draw(domain(pair), replicate, count, f"{NAME}: {purpose} of {' and '.join(pair)}")


def taught(own: Sharing, net: Inventory, x: Tensor, y: Tensor, steps: int, batch: int) -> Inventory:
    """Train a network in place, by Adam with a cosine; returns it."""
    optimizer = Optimizer(net, torch.optim.Adam, lr=list(own.rates))
    shuffles = own.generators("batch order")
    for step in fit(
        net, x, y, optimizer=optimizer, steps=steps, every=1, batch=batch, shuffles=shuffles,
        loss=_loss,
    ):  # fmt: skip
        optimizer.scale_rate((1 + cos(pi * step / steps)) / 2)
    return net


def skills(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """What M cells that share their tasks in one way learn; one record each."""
    cell = cells[0]
    rates = chosen_rates(cell, device)
    own = Sharing(cell, [one.replicate for one in cells], [rates[0]] * len(cells), device)
    later = own._replace(rates=[rates[1]] * len(cells))
    tests = examples(own, own.seen(), "test", cell.tests)
    start = own.start()
    rows = {"untaught": accuracies(start, *tests)}
    before, net = start.skills(), own.learned(start)
    rows["seen"] = accuracies(net, *tests)
    if len(net.bank[0]) == len(SKILLS):
        rows["crossed"] = accuracies(crossed(net), *tests)
    tests = examples(own.each(), own.alone(), "test", cell.tests)
    few = later.few(net.bank.detach())
    rows["zero"] = accuracies(few, *tests).view(-1, UNSEEN)
    later.adapted(few)
    rows["unseen"] = accuracies(few, *tests).view(-1, UNSEEN)
    z = {}
    if own.finds:
        last = own._replace(rates=[rates[2]] * len(cells))
        routed = last.adapted(last.few(net.bank.detach(), frozen=True))
        rows["routed"] = accuracies(routed, *tests).view(-1, UNSEEN)
        new = few.skills().view(-1, UNSEEN, len(SKILLS))
        z = {"z_before": before, "z": net.skills(), "z_unseen": new}
    measured = {name: value.tolist() for name, value in (rows | z).items()}
    for m in range(len(cells)):
        yield Record(rates=rates, **{name: value[m] for name, value in measured.items()})


def chosen_rates(cell: Cell, device: str) -> list[float]:
    """Rates of Adam for the seen pairs, for unseen ones and, where Z is learned, for a new row of Z
    alone: those of `TRIED` that read most of the validation examples of `TUNING`'s pairs."""
    return list(_chosen(replace(cell, tests=1, replicate=TUNING), device))


@lru_cache(maxsize=64)
def _chosen(cell: Cell, device: str) -> tuple[float, ...]:
    own = Sharing(cell, [TUNING] * len(TRIED), TRIED, device)
    net = own.learned(own.start())
    best = int(
        accuracies(net, *examples(own, own.seen(), "validation", VALIDATION)).mean(1).argmax()
    )
    asked = examples(own.each(), own.alone(), "validation", VALIDATION)
    bank, found = net.bank.detach()[[best] * len(TRIED)], [TRIED[best]]
    for frozen in (False, True)[: 1 + own.finds]:
        few = own.adapted(own.few(bank, frozen=frozen))
        found.append(TRIED[int(accuracies(few, *asked).view(len(TRIED), -1).mean(1).argmax())])
    return tuple(found)


def _loss(outputs: Tensor, labels: Tensor) -> Tensor:
    return cross_entropy(outputs, labels.flatten(1))
