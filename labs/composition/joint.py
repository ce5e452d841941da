"""Networks that are trained on many pairs of domain and task at once, to be tested on those that
were held out.

Four networks of a replicate hold out three of the twelve pairs each, one of every task in three
domains, so that every domain and every task is learned with others. A network is the whole base,
fine-tuned, with a head for each task, of which that of the digits starts as the base's; it sees as
many examples as all domain and task modules of a method together, in batches four times as large.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import torch
from torch import Tensor

from labs.composition.examples import (
    examples,
    generators,
    sizes,
    trained_bases,
)
from labs.composition.grid import DOMAINS, PAIRS, TASKS, Cell, Record
from labs.composition.teaching import accuracies
from labs.data.tasks import named
from labs.kit.seeds import TUNING
from labs.nn.base import Weights, logits
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, adapt
from labs.nn.modules.delta import Delta
from labs.nn.modules.head import Head
from labs.nn.modules.methods import METHODS
from labs.nn.modules.module import Module

LEARNED = ("digit", *TASKS)
SIZES = tuple(named(task).classes for task in LEARNED)
FIRST = tuple(sum(SIZES[:i]) for i in range(len(SIZES)))  # output of each task
NETWORKS = len(DOMAINS)  # of a replicate
BATCH = 64
MODULES = len(DOMAINS) + len(TASKS)  # that are trained for all pairs of a method
VALIDATION = 200  # examples of a pair, at most as many as are learned from


def held_out(network: int) -> tuple[tuple[str, str], ...]:
    """The pairs that a network is not trained on.

    >>> held_out(3)
    (('stretch', 'permuted'), ('reverse', 'parity'), ('ramp', 'quartile'))
    """
    return tuple(
        (DOMAINS[(network + place) % len(DOMAINS)], task) for place, task in enumerate(TASKS)
    )


def joint(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the cells' networks; one record per cell."""
    cell = cells[0]
    replicates = [c.replicate for c in cells for _ in range(NETWORKS)]
    networks = list(range(NETWORKS)) * len(cells)
    weights = trained_bases(cells, device, NETWORKS)
    rates = [_rate(replace(cell, replicate=TUNING, tests=0), device)] * len(replicates)
    modules = _trained(cell, replicates, networks, weights, rates, device)
    found = {
        pair: _tested(cell, replicates, pair, weights, modules, "test", cell.tests, device)
        for pair in PAIRS
    }
    clean = _clean(cells, device)
    for m in range(len(cells)):
        own = range(m * NETWORKS, (m + 1) * NETWORKS)
        out = {pair: i for i in own for pair in held_out(networks[i])}
        seen = [float(found[pair][i]) for pair in PAIRS for i in own if i != out[pair]]
        yield Record(
            clean=float(clean[m]),
            joint=[float(found[pair][out[pair]]) for pair in PAIRS],
            seen=sum(seen) / len(seen),
        )


def _clean(cells: Sequence[Cell], device: str) -> Tensor:
    replicates = [cell.replicate for cell in cells]
    x, y = examples(replicates, ["clean"] * len(cells), "test", cells[0].tests, device)
    return accuracies(cells[0], trained_bases(cells, device), [], x, y)


@lru_cache(maxsize=8)
def _rate(cell: Cell, device: str) -> float:
    """The rate of the best mean validation accuracy on the pairs that the first network is trained
    on, in a replicate of its own."""
    rates = METHODS["full"].rates
    replicates, networks = [TUNING] * len(rates), [0] * len(rates)
    weights = trained_bases([cell], device, len(rates))
    modules = _trained(cell, replicates, networks, weights, rates, device)
    count = min(VALIDATION, cell.examples)
    scores = [
        _tested(cell, replicates, pair, weights, modules, "validation", count, device)
        for pair in PAIRS
        if pair not in held_out(0)
    ]
    return rates[int(torch.stack(scores).mean(0).argmax())]


def _trained(
    cell: Cell,
    replicates: Sequence[int],
    networks: Sequence[int],
    weights: Weights,
    rates: Sequence[float],
    device: str,
) -> list[Module]:
    drawn = [_mixture(cell, r, n, device) for r, n in zip(replicates, networks, strict=True)]
    x, y = (torch.stack(part) for part in zip(*drawn, strict=True))
    streams = generators(replicates, "start of the head")
    head = Head(sum(SIZES)).start(weights, sizes(cell), streams)
    head = head.with_values(
        {n: torch.cat([weights[n], v[..., SIZES[0] :]], dim=-1) for n, v in head.values.items()}
    )
    whole = Delta().start(weights, sizes(cell), generators(replicates, "start of the network"))
    net = Adapted(weights, [whole, head], heads=sizes(cell).heads)
    steps = max(1, MODULES * cell.steps * cell.batch // BATCH)
    adapt(
        net,
        x,
        y,
        rates=rates,
        shuffles=generators(replicates, "batch order"),
        schedule=Schedule(steps, min(BATCH, x.shape[1]), steps),
        loss=by_task,
    )
    return net.result()


def _mixture(cell: Cell, replicate: int, network: int, device: str) -> tuple[Tensor, Tensor]:
    """Signals (n, 40) of all pairs that a network is trained on, and their labels (n,), counted
    over the outputs of all tasks."""
    parts = []
    for domain in ("clean", *DOMAINS):
        for first, task in zip(FIRST, LEARNED, strict=True):
            if (domain, task) not in held_out(network):
                x, y = examples([replicate], [domain], "training", cell.examples, device, task)
                parts.append((x[0], y[0] + first))
    x, y = (torch.cat(part) for part in zip(*parts, strict=True))
    return x, y


def by_task(outputs: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy (M,) of outputs (M, B, 26) and labels (M, B) over the outputs of each label's
    own task."""
    tasks = torch.repeat_interleave(torch.tensor(SIZES, device=outputs.device))
    own = outputs.masked_fill(tasks != tasks[labels].unsqueeze(-1), -torch.inf)
    right = own.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return (own.logsumexp(-1) - right).mean(1)


def _tested(
    cell: Cell,
    replicates: Sequence[int],
    pair: tuple[str, str],
    weights: Weights,
    modules: Sequence[Module],
    purpose: str,
    count: int,
    device: str,
) -> Tensor:
    """Accuracies (M,) on a pair, by the outputs of its task."""
    domain, task = pair
    x, y = examples(replicates, [domain] * len(replicates), purpose, count, device, task)
    place = LEARNED.index(task)

    def read(weights: Weights, x: Tensor, modules: Sequence[Module], heads: int) -> Tensor:
        return logits(weights, x, modules, heads).narrow(-1, FIRST[place], SIZES[place])

    return accuracies(cell, weights, modules, x, y, read)
