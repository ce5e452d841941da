"""Where an expert of a new domain starts: from the mean of experts that others have trained, or
from chance."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import torch
from torch import Tensor

from labs.routing.examples import mixture
from labs.routing.experts import Experts
from labs.routing.grid import STARTED, Cell, Record
from labs.routing.mixtures import learn, lesson, started, watch
from labs.routing.rates import EXPERTS


def starts(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the experts of M cells, one for each domain, then a new one in `NEW` from both starts;
    one record each.

    Experts of a block start from one draw, or their units would not correspond and their mean would
    mean nothing. The new one is alone, learns as many examples as each of the others and in as many
    steps as they all; from both starts in the same order.
    """
    cell, trained = cells[0], started(cells, device, alike=True)
    for _ in learn(trained, lesson(trained, cells, device), cells):
        pass
    own = [
        replace(c, router="one", experts=1, domains="new", examples=max(1, c.examples // 4))
        for c in cells
    ]
    mean, chance = (_curve(own, device, start) for start in (trained.experts, None))
    test = mixture(cells, "test", cell.tests, device)
    accuracy = watch(trained, *test).accuracy()
    for m in range(len(cells)):
        yield Record(
            rates=[EXPERTS],
            accuracy=accuracy[m].tolist(),
            from_mean=mean[m].tolist(),
            from_random=chance[m].tolist(),
        )


def _curve(cells: Sequence[Cell], device: str, start: Experts | None) -> Tensor:
    """Accuracies in percent (M, looks) of new experts, which start from the mean of others or from
    a draw of their own."""
    net = started(cells, device)
    if start is not None:
        take_mean(net.experts, start)
    test = mixture(cells, "test", cells[0].tests, device)
    steps = chain([0], learn(net, lesson(net, cells, device), cells))
    found = [watch(net, *test).accuracy()[:, 0] for step in steps if step in STARTED]
    return torch.stack(found, dim=1)


@torch.no_grad()
def take_mean(one: Experts, others: Experts) -> None:
    """Give a single expert of every block the mean of the numbers of several, in place."""
    count = others.experts
    one.down.copy_(others.down.unflatten(-1, (count, -1)).mean(-2))
    one.down_bias.copy_(others.down_bias.unflatten(-1, (count, -1)).mean(-2))
    one.up.copy_(others.up.unflatten(2, (count, -1)).mean(2))
    one.up_bias.copy_(others.up_bias.mean(2, keepdim=True))
