"""Hypernetworks: trained on many domains at once, told what each is, tested where they have never
been."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import torch
from torch import Tensor

from labs.adapters.adaptation import CHUNK
from labs.adapters.examples import (
    domain,
    examples,
    generators,
    sizes,
    trained_bases,
)
from labs.adapters.grid import NAME, NEAREST, SEEN, UNSEEN, VALIDATION, Cell, Record
from labs.kit.seeds import TUNING, stream
from labs.nn.base import Weights
from labs.nn.losses import cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, adapt
from labs.nn.modules.hypernetwork import Hypernetwork
from labs.nn.modules.module import Module
from labs.nn.training import evaluate

RATES = (1e-3, 3e-3, 1e-2, 3e-2)  # of Adam, between which validation data choose
KIND = Hypernetwork()


def written(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the cells' hypernetworks on all domains of `SEEN`, a batch of each at a time, and test
    what they write for those of `UNSEEN`; one record each."""
    rate = _chosen(replace(cells[0], method="metadata", replicate=TUNING, tests=0), device)
    weights = trained_bases(cells, device)
    module = _trained(cells, weights, [rate] * len(cells), device)
    tested = partial(_tested, cells, weights, module, device=device, purpose="test")
    count = cells[0].tests
    unseen = torch.stack([tested(name, name, count) for name in UNSEEN]).T.tolist()
    told = zip(UNSEEN, NEAREST, strict=True)
    nearest = torch.stack([tested(name, near, count) for name, near in told]).T.tolist()
    for own, near in zip(unseen, nearest, strict=True):
        yield Record(unseen=own, nearest=near, trained=module.count(), rate=rate)


@lru_cache(maxsize=16)
def _chosen(cell: Cell, device: str) -> float:
    """The rate that is best on validation data of the domains seen, in a replicate of its own."""
    cells = [cell] * len(RATES)
    weights = trained_bases(cells, device)
    module = _trained(cells, weights, RATES, device)
    tested = partial(_tested, cells, weights, module, device=device, purpose="validation")
    means = torch.stack([tested(name, name, VALIDATION) for name in SEEN]).mean(0)
    return RATES[int(means.argmax())]


def _trained(
    cells: Sequence[Cell], weights: Weights, rates: Sequence[float], device: str
) -> Module:
    cell = cells[0]
    module = KIND.start(weights, sizes(cell), generators(cells, "start of the module"))
    told = torch.from_numpy(np.stack([_told(own) for own in cells])).to(device)
    module = replace(module, fixed={**module.fixed, "metadata": told})
    repeated = {n: v.repeat_interleave(len(SEEN), dim=0) for n, v in weights.items()}
    net = Adapted(repeated, [module], heads=sizes(cell).heads)
    drawn = [examples(_in(cells, name), "training", cell.examples, device) for name in SEEN]
    x, y = (torch.stack(part, dim=2) for part in zip(*drawn, strict=True))
    adapt(
        net,
        x,
        y,
        rates=rates,
        shuffles=generators(cells, "batch order"),
        schedule=Schedule(cell.steps, cell.batch, cell.steps),
        loss=lambda logits, labels: cross_entropy(logits, labels.flatten(1)),
    )
    (result,) = net.result()
    return result


def _told(cell: Cell) -> np.ndarray:
    """Metadata (domains, 6) of the domains seen; in the arm "shuffled" each is told another's."""
    told = np.stack([own.metadata() for own in SEEN.values()])
    if cell.method == "metadata":
        return told
    places = stream(NAME, "shuffled metadata", cell.replicate).integers(1, len(told))
    return np.roll(told, places, axis=0)  # none keeps its own


def _tested(
    cells: Sequence[Cell],
    weights: Weights,
    module: Module,
    name: str,
    told: str,
    count: int,
    *,
    purpose: str,
    device: str,
) -> Tensor:
    """Accuracies (M,) in a domain of what is written for the one that it is told to be."""
    metadata = torch.from_numpy(domain(told).metadata()).to(device)
    stated = metadata.expand(len(cells), 1, -1)
    own = replace(module, fixed={**module.fixed, "metadata": stated})
    net = Adapted(weights, [own], heads=sizes(cells[0]).heads)
    x, y = examples(_in(cells, name), purpose, count, device)
    return evaluate(net, x, y, CHUNK).accuracy


def _in(cells: Sequence[Cell], name: str) -> list[Cell]:
    return [replace(cell, domain=name) for cell in cells]
