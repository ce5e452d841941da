"""Five domains in sequence, a stack of replicates against the usual loop: one network at a time."""

from collections.abc import Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.continual.grid import COLUMN, TASKS, Cell
from labs.continual.sequences import drawn, sequence
from labs.kit.lab import Bench
from labs.nn.base import SMALL, STANDARD
from labs.nn.nets import CLASSES
from labs.nn.plain import Base

REPLICATES, STEPS, TESTS = 10, 30, 100
RATE = 1e-3


class Column(nn.Module):
    """A column without laterals, by torch's own layers; (B, 40) -> (B, 10)."""

    def __init__(self, width: int = COLUMN) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, width, 5, 2, 2)
        self.second, self.third = (nn.Conv1d(width, width, 3, 2, 1) for _ in range(2))
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = self.second(self.first(x.unsqueeze(1)).relu()).relu()
        logits: Tensor = self.head(self.third(h).relu().amax(2))
        return logits


def bench() -> list[Bench[Cell]]:
    """Whole networks that are fine-tuned in sequence, from bases of one step, and columns without
    laterals: stacks of a full run, with few steps."""
    networks = {"fine-tuning in sequence": "full", "columns without laterals": "scratch"}
    return [
        Bench(label, tuple(_cells(method)), TASKS * STEPS, partial(train, method=method))
        for label, method in networks.items()
    ]


def _cells(method: str) -> list[Cell]:
    return [
        Cell(
            sequence="domains",
            method=method,
            examples=1500,
            steps=STEPS,
            batch=16,
            base_steps=1,
            small=False,
            tests=TESTS,
            replicate=replicate,
        )
        for replicate in range(REPLICATES)
    ]


def train(cell: Cell, method: str) -> None:
    """Teach one cell's tasks in sequence, from an untrained start, and test all after each."""
    torch.manual_seed(0)
    tasks = sequence(cell.sequence, cell.replicate)
    tests = [_examples(cell, place, "test", cell.tests) for place in range(TASKS)]
    nets: list[nn.Module] = [_net(cell, method)]
    _test(nets, tests)
    for place in range(len(tasks)):
        if method == "scratch" and place:
            nets.append(_net(cell, method))
        _fit(nets[-1], cell, *_examples(cell, place, "training", cell.examples))
        _test(nets, tests)


def _net(cell: Cell, method: str) -> nn.Module:
    return Column() if method == "scratch" else Base(SMALL if cell.small else STANDARD)


def _examples(cell: Cell, place: int, purpose: str, count: int) -> tuple[Tensor, Tensor]:
    task = sequence(cell.sequence, cell.replicate)[place]
    x, y = drawn(task, cell.replicate, count, f"{purpose} of task {place}")
    return torch.from_numpy(x), torch.from_numpy(y)


def _fit(net: nn.Module, cell: Cell, x: Tensor, y: Tensor) -> None:
    updates = torch.optim.Adam(net.parameters(), lr=RATE)
    per_pass = len(x) // cell.batch
    for step in range(cell.steps):
        if step % per_pass == 0:
            order = torch.randperm(len(x))
        here = order[step % per_pass * cell.batch :][: cell.batch]
        loss = F.cross_entropy(net(x[here]), y[here])
        updates.zero_grad()
        loss.backward()
        updates.step()


@torch.no_grad()
def _test(nets: Sequence[nn.Module], tests: Sequence[tuple[Tensor, Tensor]]) -> list[float]:
    asked = [nets[min(place, len(nets) - 1)] for place in range(len(tests))]
    both = zip(asked, tests, strict=True)
    return [float((net(x).argmax(1) == y).double().mean()) for net, (x, y) in both]
