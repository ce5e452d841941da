"""Adapters side by side in a domain that none of them has seen (Pfeiffer et al. 2021,
AdapterFusion).

Four adapters are trained apart, one in each of `DOMAINS`; frozen, they serve the domain `NEW`, of
which there are `FEW` training examples. Those are signals of their own, not changes of what the
adapters learned from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import torch
from torch import Tensor

from labs.composition.aggregation.fusion import fused, mass, weighted
from labs.composition.examples import CHUNK, examples, generators, sizes, trained_bases
from labs.composition.grid import DOMAINS, FEW, MIXTURES, NEW, Cell, Record
from labs.composition.rates import chosen_rate
from labs.composition.teaching import Lesson, accuracies, run, taught
from labs.kit.seeds import TUNING
from labs.nn.modules.methods import METHODS
from labs.nn.modules.module import Module

METHOD = "adapter"
RATES = {  # of Adam, between which validation data choose, by what is trained in NEW
    "scalars": (1e-2, 3e-2, 1e-1, 3e-1, 1.0),
    "attention": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "new": METHODS[METHOD].rates,
}
VALIDATION = 1000  # examples to choose the rates by, at most as many as are learned from


def mixtures(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """What M cells, which differ in their replicates, get out of frozen adapters in `NEW`; one
    record each.

    Of `MIXTURES`, "base" is the frozen base; "best" that one of the adapters which reads the `FEW`
    training examples best, of which it has learned nothing; "average" adds the mean of what all
    four add, and nothing is trained. On the training examples are trained, for `cell.steps` each:
    "scalars", a weight per adapter and sub-layer; "attention"; and "new", an adapter of the
    domain's own. The three rates are chosen alike: in `NEW`, by validation data of a replicate of
    their own.
    """
    cell, members = cells[0], len(cells)
    replicates = [own.replicate for own in cells]
    weights = trained_bases(cells, device)
    rates = _chosen(replace(cell, tests=0, replicate=TUNING), device)
    lessons = {arm: _lesson(cells, [rate] * members, device) for arm, rate in rates.items()}
    adapters = _adapters(cells, device)
    trained = {arm: _trained(arm, lessons[arm], _apart(adapters)) for arm in RATES}
    arms = {arm: [module] for arm, module in trained.items()}
    arms["base"] = []
    arms["best"] = [_best(adapters, lessons["new"])]
    arms["average"] = [weighted(_apart(adapters), learned=False)]
    x, y = examples(replicates, [NEW] * members, "test", cell.tests, device)
    found = [accuracies(cell, weights, arms[name], x, y) for name in MIXTURES]
    clean = accuracies(
        cell, weights, [], *examples(replicates, ["clean"] * members, "test", cell.tests, device)
    )
    heard = _heard(lessons["attention"], trained["attention"], x)
    for m in range(members):
        yield Record(
            clean=float(clean[m]),
            mixtures=[float(own[m]) for own in found],
            mass=heard[m].tolist(),
            numbers=trained["attention"].count(),
        )


@lru_cache(maxsize=16)
def _chosen(cell: Cell, device: str) -> dict[str, float]:
    """The rates of `RATES` with which a cell is best on validation data of `NEW`."""
    adapters = _adapters([cell], device)
    chosen: dict[str, float] = {}
    for arm, rates in RATES.items():
        lesson = _lesson([cell] * len(rates), rates, device)
        apart = [adapter.of([0] * len(rates)) for adapter in _apart(adapters)]
        module = _trained(arm, lesson, apart)
        domains = [NEW] * len(rates)
        count = min(VALIDATION, cell.examples)
        x, y = examples(lesson.replicates, domains, "validation", count, device)
        found = accuracies(cell, lesson.weights, [module], x, y)
        chosen[arm] = rates[int(found.argmax())]
    return chosen


def _adapters(cells: Sequence[Cell], device: str) -> Module:
    """Adapters of every cell, one in each of `DOMAINS`, in a row (M * 4 members)."""
    cell, times = cells[0], len(DOMAINS)
    replicates = [own.replicate for own in cells for _ in DOMAINS]
    x, y = examples(replicates, DOMAINS * len(cells), "training", cell.examples, device)
    rates = [chosen_rate(cell, METHOD, "domain", device)] * len(replicates)
    weights = trained_bases(cells, device, times)
    (module,) = taught(Lesson(cell, METHOD, replicates, weights, x, y, rates, "domain"))
    return module


def _apart(adapters: Module) -> list[Module]:
    """The adapters of each of `DOMAINS` (M members)."""
    times = len(DOMAINS)
    return [adapters.of(range(d, adapters.members, times)) for d in range(times)]


def _lesson(cells: Sequence[Cell], rates: Sequence[float], device: str) -> Lesson:
    """What is to be learned in `NEW`, at one rate per cell."""
    replicates = [own.replicate for own in cells]
    x, y = examples(replicates, [NEW] * len(cells), "training in a new domain", FEW, device)
    weights = trained_bases(cells, device)
    return Lesson(cells[0], METHOD, replicates, weights, x, y, rates, "domain")


def _trained(arm: str, lesson: Lesson, adapters: Sequence[Module]) -> Module:
    """What one of `RATES` becomes; the adapters have one member per member of the lesson."""
    if arm == "new":
        (module,) = taught(lesson)
        return module
    if arm == "scalars":
        start = weighted(adapters)
    else:
        start = fused(adapters, generators(lesson.replicates, "start of the attention"))
    (module,) = run(lesson, [start])
    return module


def _best(adapters: Module, lesson: Lesson) -> Module:
    """Of each cell's adapters the one that reads the lesson's examples best."""
    found = [
        accuracies(lesson.cell, lesson.weights, [adapter], lesson.x, lesson.y)
        for adapter in _apart(adapters)
    ]
    best = torch.stack(found).argmax(0).tolist()
    return adapters.of([m * len(DOMAINS) + d for m, d in enumerate(best)])


def _heard(lesson: Lesson, attention: Module, x: Tensor) -> Tensor:
    """The attention on each adapter (M, 4), mean over signals x (M, n, 40), tokens and
    sub-layers."""
    total = torch.zeros(len(x), len(DOMAINS))
    for piece in x.split(CHUNK, dim=1):
        found = mass(lesson.weights, piece, attention, heads=sizes(lesson.cell).heads)
        total += piece.shape[1] * torch.stack(list(found.values())).mean(0).cpu()
    return total / x.shape[1]
