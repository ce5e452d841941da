"""Experts and a router learn a mixture of domains together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import cos, pi
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.nn import metrics
from labs.nn.base import Base, Weights
from labs.nn.nets import Net
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit
from labs.routing.em import Expectation, Tried
from labs.routing.evolution import Evolution
from labs.routing.examples import CHUNK, generators, mixture, sizes, trained_bases
from labs.routing.grid import LOOKS, MIXTURES, NAMED, Cell, Record
from labs.routing.losses import Objective
from labs.routing.rates import COMMON, EXPERTS, ROUTER
from labs.routing.routed import Routed
from labs.routing.routers import TOLD

COLD = 0.3  # temperature of Gumbel softmax at the end, from 1
VALIDATION, SILENT = 100, 100  # examples of a domain: looked at, ablated
READ = 250  # of those for training, and of tests before it
WINDOW = 10  # steps whose loss is averaged before its rises are measured


Rates = float | Sequence[float]  # one, or one per member


class Apart(Optimizer):
    """Adam with a rate for the experts and another one for the router, which keeps the largest
    gradient that a number of a member's router ever had, (M,)."""

    def __init__(self, net: Routed, experts: Rates, router: Rates) -> None:
        parts: list[tuple[Net, Rates]] = [(net.experts, experts), (net.router, router)]
        self._all = [Optimizer(p, torch.optim.Adam, lr=r) for p, r in parts if [*p.parameters()]]
        self._router = list(net.router.parameters())
        self.largest = torch.zeros(net.members, device=net.experts.down.device)

    def scale_rate(self, factor: float) -> None:
        for one in self._all:
            one.scale_rate(factor)

    def step(self) -> None:
        for own in self._router:
            if own.grad is not None:
                self.largest = self.largest.maximum(own.grad.abs().flatten(1).amax(1))
        for one in self._all:
            one.step()


class Watched(NamedTuple):
    """What networks do with n = D * count examples: right (M, D, count) bool; of every block and
    domain how much experts act and how often they are highest, (M, blocks, D, E); the highest of
    each signal or token (M, blocks, n, S), by its score where no expert acts; the share of choices
    where none does (M,)."""

    right: Tensor
    use: Tensor
    chosen: Tensor
    highest: Tensor
    unserved: Tensor

    def accuracy(self) -> Tensor:
        """In percent (M, D)."""
        return 100 * self.right.double().mean(2)


def started(
    cells: Sequence[Cell], device: str, *, alike: bool = False, weights: Weights | None = None
) -> Routed:
    """The networks of M cells before training, which differ in their replicates; with `alike` the
    experts of a block start from one draw. Routers of a replicate have the same experts, and the
    same base, which may be given."""
    cell = cells[0]
    kind = Tried if cell.router == "em" else Routed
    net = kind(
        trained_bases(cells, device) if weights is None else weights,
        sizes(cell),
        cell.router,
        cell.experts,
        len(MIXTURES[cell.domains]),
        cell.level,
        cell.grain,
    )
    net.experts.start(generators(cells, "start of experts"), alike)
    net.router.start(generators(cells, "start of the router"), generators(cells, "chance"))
    return net.to(device)


class Lesson(NamedTuple):
    """Training data x (M, n, 41), y (M, n), validation data alike, and what is optimised."""

    x: Tensor
    y: Tensor
    validation: tuple[Tensor, Tensor]
    objective: Objective
    optimizer: Apart


def lesson(
    net: Routed,
    cells: Sequence[Cell],
    device: str,
    experts: Rates = EXPERTS,
    router: Rates | None = None,
) -> Lesson:
    """What the networks of M cells are to learn, and the rates at which they do; a router's
    own rate where none is given."""
    router = ROUTER.get(cells[0].router, COMMON) if router is None else router
    count = max(1, cells[0].examples // net.domains)
    x, y = mixture(cells, "training", count, device)
    validation = mixture(cells, "validation", VALIDATION, device)
    objective = Expectation(net) if isinstance(net, Tried) else Objective(net)
    return Lesson(x, y, validation, objective, Apart(net, experts, router))


def learn(net: Routed, own: Lesson, cells: Sequence[Cell]) -> Iterator[int]:
    """Train in place; yields the number of steps done after every step."""
    cell = cells[0]
    paths = None
    if cell.router == "evolution":
        streams = generators(cells, "paths")
        paths = Evolution(net, own.objective, own.validation, streams, cell.steps)
        paths.turn(0)
    for step in fit(
        net,
        own.x,
        own.y,
        optimizer=own.optimizer,
        steps=cell.steps,
        every=1,
        batch=cell.batch,
        shuffles=generators(cells, "batch order"),
        loss=own.objective,
    ):
        yield step
        own.optimizer.scale_rate((1 + cos(pi * step / cell.steps)) / 2)
        net.router.heat = COLD ** (step / cell.steps)
        if paths is not None:
            paths.turn(step)


def timed(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train and test M cells and measure nothing else; the bases are as torch starts them."""
    base = Base(len(cells), sizes(cells[0])).reset([c.replicate for c in cells]).to(device)
    assert isinstance(base, Base)
    net = started(cells, device, weights=base.frozen())
    for _ in learn(net, lesson(net, cells, device), cells):
        pass
    accuracy = watch(net, *mixture(cells, "test", cells[0].tests, device)).accuracy()
    yield from (Record(accuracy=accuracy[m].tolist()) for m in range(len(cells)))


def mixtures(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train M cells of one router, which differ in their replicates; one record each."""
    cell = cells[0]
    net = started(cells, device)
    own = lesson(net, cells, device)
    test = mixture(cells, "test", cell.tests, device)
    # the choices of argmax must stay exactly what they are, on the same examples
    seen = cell.tests if cell.router == "argmax" else READ
    before = watch(net, *first_of(*test, net.domains, seen))
    router = [p.detach().clone() for p in net.router.parameters()]
    looks = [watch(net, *own.validation)]
    every = max(1, cell.steps // LOOKS)
    for step in learn(net, own, cells):
        if step % every == 0 and len(looks) < LOOKS:
            looks.append(watch(net, *own.validation))
    looks.append(watch(net, *own.validation))
    yield from _records(net, cells, own, test, before, looks, router)


def _records(
    net: Routed,
    cells: Sequence[Cell],
    own: Lesson,
    test: tuple[Tensor, Tensor],
    before: Watched,
    looks: Sequence[Watched],
    router: Sequence[Tensor],
) -> Iterator[Record]:
    name = cells[0].router
    after = watch(net, *test)
    train = watch(net, *first_of(own.x, own.y, net.domains, READ)).accuracy().mean(1)
    shuffled = watch(net, shifted(test[0], net.domains), test[1]) if name in NAMED else None
    lost = None if name == "one" else ablated(net, *first_of(*test, net.domains, SILENT))
    pairs = zip(net.router.parameters(), router, strict=True)
    moved = [(p.detach() - q).abs().flatten(1).amax(1) for p, q in pairs]
    curve = torch.stack([look.accuracy().mean(1) for look in looks[1:]], dim=1)
    turned = torch.stack([churn(a, b) for a, b in pairwise(looks)], dim=1)
    spikes = rises(torch.stack(own.objective.losses, dim=1))
    for m in range(net.members):
        uses = {
            "use": after.use,
            "chosen": after.chosen,
            "use_before": before.use,
            "chosen_before": before.chosen,
        }
        yield Record(
            rates=[EXPERTS, ROUTER.get(name, COMMON)] if moved else [EXPERTS],
            before=before.accuracy()[m].tolist(),
            accuracy=after.accuracy()[m].tolist(),
            validation=float(curve[m, -1]),
            train=float(train[m]),
            shuffled=None if shuffled is None else shuffled.accuracy()[m].tolist(),
            **({} if name == "one" else {key: value[m].tolist() for key, value in uses.items()}),
            joint_nmi=None if name == "one" else joint_nmi(after, m),
            unserved=None if name == "one" else float(after.unserved[m]),
            ablation=None if lost is None else lost[m].tolist(),
            curve=curve[m].tolist(),
            churn=None if name in TOLD else turned[m].tolist(),
            spike=float(spikes[m]),
            gradient=float(own.optimizer.largest[m]) if moved else None,
            moved=float(torch.stack(moved)[:, m].max()) if moved else None,
        )


@torch.no_grad()
def watch(net: Routed, x: Tensor, y: Tensor) -> Watched:
    """What the networks do with examples x (M, D * count, 41), one domain after the other."""
    mode = net.training
    net.eval()
    right, use, often, highest, unserved = [], [], [], [], []
    for inputs, labels in zip(x.split(CHUNK, 1), y.split(CHUNK, 1), strict=True):
        right.append(net(inputs).argmax(-1) == labels)
        choices = [net.chosen(block) for block in range(net.blocks)]
        gates, scores = (torch.stack([c[part] for c in choices], dim=1) for part in (1, 0))
        idle = ~(gates > 0).any(-1)
        highest.append(torch.where(idle, scores.argmax(-1), gates.argmax(-1)))
        unserved.append(idle.double().mean(3))
        use.append(_shares(gates).mean(3))
        often.append(F.one_hot(highest[-1], net.experts.experts).double().mean(3))
    net.train(mode)
    mean, chosen = (
        torch.cat(part, dim=2).unflatten(2, (net.domains, -1)).mean(3) for part in (use, often)
    )
    correct = torch.cat(right, dim=1).unflatten(1, (net.domains, -1))
    top, idle = torch.cat(highest, dim=2), torch.cat(unserved, dim=2).mean((1, 2))
    return Watched(correct.cpu(), mean.cpu(), chosen.cpu(), top.cpu(), idle.cpu())


def _shares(gates: Tensor) -> Tensor:
    """Gates (..., E) as shares of their sum, equal ones where no expert acts; float64."""
    total = gates.double().sum(-1, keepdim=True)
    return torch.where(total > 0, gates / total.clamp_min(1e-12), 1 / gates.shape[-1])


def joint_nmi(seen: Watched, member: int) -> float:
    """Normalised mutual information of domain and the choices of all blocks taken together. Of n
    examples and K ways that occur, chance alone leaves about (D - 1) (K - 1) / 2n nats."""
    highest, domains = seen.highest[member], seen.right.shape[1]
    _, ways = highest.flatten(1).unique(dim=1, return_inverse=True)
    count = max(2, int(ways.max()) + 1)
    shares = F.one_hot(ways.view(domains, -1), count).double().mean(1)
    return float(metrics.normalized_mi(shares.numpy()))


def churn(before: Watched, after: Watched) -> Tensor:
    """Share (M,) of choices that are others than before, mean over blocks."""
    return (before.highest != after.highest).double().mean((1, 2, 3))


def rises(losses: Tensor) -> Tensor:
    """The largest rise (M,) of losses (M, steps) above the lowest before, in means of `WINDOW`
    steps."""
    width = min(WINDOW, losses.shape[1])
    means = losses.unfold(1, width, width).mean(2)
    return (means - means.cummin(1).values).amax(1)


def ablated(net: Routed, x: Tensor, y: Tensor) -> Tensor:
    """Points of accuracy (M, D, E) that domains lose where an expert adds nothing in any block."""
    whole, lost = watch(net, x, y).accuracy(), []
    for expert in range(net.experts.experts):
        net.silent = expert
        lost.append(whole - watch(net, x, y).accuracy())
    net.silent = None
    return torch.stack(lost, dim=2)


def first_of(x: Tensor, y: Tensor, domains: int, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` examples of each domain, where there are as many."""
    parts = (part.unflatten(1, (domains, -1))[:, :, :count].flatten(1, 2) for part in (x, y))
    first, second = parts
    return first, second


def shifted(x: Tensor, domains: int) -> Tensor:
    """The same signals, told to be of the next domain."""
    other = x.clone()
    other[..., -1] = (other[..., -1] + 1) % domains
    return other
