"""Training the models of one setting side by side, on streams that they share."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from labs.kit.seeds import seed
from labs.modular_rules.exam import Exam, Group, losses
from labs.modular_rules.grid import NAME, Cell, Record
from labs.modular_rules.nets.models import build
from labs.modular_rules.nets.routing import ModularNet
from labs.modular_rules.published import WIDER
from labs.modular_rules.sources import Sources, task
from labs.nn.optimizer import Optimizer
from labs.nn.training import normal_numbers

BALANCE = 0.01  # weight of the switch's balancing loss (Fedus et al. 2021)
CLIP = 1.0  # norm of a recurrent network's gradient


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the networks of one setting; yields one record per cell, in order."""
    cell, sources = cells[0], Sources(cells, device)
    groups = [
        _group([c for c in cells if c.model == model], sources)
        for model in dict.fromkeys(c.model for c in cells)
    ]
    exam = Exam(sources, groups)
    optimizers = [Optimizer(group.net, torch.optim.Adam, lr=cell.rate) for group in groups]
    batches = sources.stream("training", cell.batch)
    exam.at(0)
    for done in range(cell.steps):
        batch, scale = next(batches), rate_scale(done, cell.steps, cell.fall)
        with normal_numbers():
            for group, optimizer in zip(groups, optimizers, strict=True):
                optimizer.scale_rate(scale)
                step(group.net, optimizer, batch.x[group.rows], batch.y[group.rows], cell)
        exam.at(done + 1)
    records = exam.records()
    yield from (records[own] for own in cells)


def _group(cells: Sequence[Cell], sources: Sources) -> Group:
    net = network(cells[0], len(cells))
    net.reset([seed(NAME, f"initialisation {c.seed}", c.replicate) for c in cells])
    return Group(cells, sources.rows(cells), net.to(sources.device))


def network(cell: Cell, members: int) -> ModularNet:
    """The untrained stack of a cell's kind."""
    return build(cell.architecture, cell.model, members, cell.rules, **sizes(cell))


def sizes(cell: Cell) -> dict[str, Any]:
    """What `build` is to know of a cell; recurrent regression alone predicts several numbers."""
    many = cell.architecture == "rnn" and cell.loss == "regression"
    return {
        "encoder": cell.width,
        "width": WIDER * cell.width,
        "features": task(cell).features,
        "outputs": cell.dimensions if many else 1,
        "state": cell.state or None,
    }


def step(net: ModularNet, optimizer: Optimizer, x: Tensor, y: Tensor, cell: Cell) -> None:
    """One update of a stack."""
    output = net(x)
    (losses(output.y, y, cell.loss) + BALANCE * output.balance).sum().backward()
    if cell.architecture == "rnn":
        clip(net, CLIP)
    optimizer.step()


def rate_scale(done: int, steps: int, fall: float) -> float:
    """Factor of the rate: 1, then on a line towards 0 in the last share `fall` of the steps."""
    left = 1 - done / steps
    return min(left / fall, 1.0) if fall else 1.0


@torch.no_grad()
def clip(net: ModularNet, most: float) -> None:
    """Scale each member's gradient, over all its parameters, to a norm of at most `most`."""
    grads = [p.grad for p in net.parameters() if p.grad is not None]
    norm = torch.stack([g.flatten(1).square().sum(1) for g in grads]).sum(0).sqrt()
    scale = (most / (norm + 1e-6)).clamp(max=1)  # as torch.nn.utils.clip_grad_norm_
    for grad in grads:
        grad.mul_(scale.view(-1, *[1] * (grad.ndim - 1)))
