"""Hypernetworks: trained on many domains at once, told what each is, tested where they have never
been."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from labs.adapters.adaptation import CHUNK
from labs.adapters.examples import domain, examples, generators, sizes, trained_bases
from labs.adapters.grid import NAME, SEEN, UNSEEN, Cell, Record
from labs.kit.seeds import stream
from labs.nn.base import Weights
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, adapt
from labs.nn.modules.hypernetwork import Hypernetwork
from labs.nn.modules.module import Module
from labs.nn.training import cross_entropy, evaluate

RATE = 3e-3  # of Adam


def written(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the cells' hypernetworks on all domains of `SEEN`, a batch of each at a time, and test
    what they write for those of `UNSEEN`; one record each."""
    cell, weights = cells[0], trained_bases(cells, device)
    kind = Hypernetwork()
    module = kind.start(weights, sizes(cell), generators(cells, "start of the module"))
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
        rates=RATE,
        shuffles=generators(cells, "batch order"),
        schedule=Schedule(cell.steps, cell.batch, cell.steps),
        loss=lambda logits, labels: cross_entropy(logits, labels.flatten(1)),
    )
    (result,) = net.result()
    accuracies = torch.stack([_tested(cells, weights, result, name, device) for name in UNSEEN])
    for own in accuracies.T.tolist():
        yield Record(unseen=own, trained=module.count(), rate=RATE)


def _told(cell: Cell) -> np.ndarray:
    """Metadata (domains, 6) of the domains seen; in the arm "shuffled" each is told another's."""
    told = np.stack([own.metadata() for own in SEEN.values()])
    if cell.method == "metadata":
        return told
    return stream(NAME, "shuffled metadata", cell.replicate).permutation(told)


def _tested(
    cells: Sequence[Cell], weights: Weights, module: Module, name: str, device: str
) -> Tensor:
    metadata = torch.from_numpy(domain(name).metadata()).to(device)
    told = metadata.expand(len(cells), 1, -1)
    own = replace(module, fixed={**module.fixed, "metadata": told})
    net = Adapted(weights, [own], heads=sizes(cells[0]).heads)
    x, y = examples(_in(cells, name), "test", cells[0].tests, device)
    return evaluate(net, x, y, CHUNK).accuracy


def _in(cells: Sequence[Cell], name: str) -> list[Cell]:
    return [replace(cell, domain=name) for cell in cells]
