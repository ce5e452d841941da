"""What a stack trains and is tested on: the tasks of its cells, and a stream for each of them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from labs.kit.seeds import seed
from labs.modular_rules.grid import NAME, Cell
from labs.modular_rules.tasks.mha import MHATask
from labs.modular_rules.tasks.mlp import MLPTask
from labs.modular_rules.tasks.predictors import rule_blind
from labs.modular_rules.tasks.rnn import RNNTask
from labs.modular_rules.tasks.streams import Stream
from labs.modular_rules.tasks.task import Task

BLIND = 1000  # samples for the rule-blind predictor


def task(cell: Cell) -> Task:
    """The task of a cell: its data seed is the replicate."""
    if cell.architecture == "mlp":
        return MLPTask(cell.rules, cell.replicate, cell.loss)
    if cell.architecture == "mha":
        return MHATask(cell.rules, cell.replicate, cell.loss, version=cell.version)
    return RNNTask(cell.rules, cell.replicate, cell.loss, d=cell.dimensions)


def blind(cell: Cell) -> float | None:
    """Loss of the best predictor that does not see the rule; None where that is not defined."""
    return None if cell.architecture == "rnn" else _blind(task(cell), cell.length or None)


@lru_cache(maxsize=64)  # every model of a task asks
def _blind(own: Task, length: int | None) -> float:
    return rule_blind(own, length=length, samples=BLIND)


class Sources:
    """A stream for every task and seed of a stack, which all its models share.

    Args:
        cells: of one setting.
        device: where the batches live.
    """

    def __init__(self, cells: Sequence[Cell], device: str) -> None:
        self.cell, self.device = cells[0], device
        by_stream = {(cell.replicate, cell.seed): cell for cell in cells}
        self.names = list(by_stream)
        self.tasks = [task(cell) for cell in by_stream.values()]

    def stream(self, purpose: str, batch: int, **options: Any) -> Stream:
        """Fresh streams for one purpose; `options` are those of `Stream`."""
        options.setdefault("length", self.cell.length or None)
        seeds = [seed(NAME, f"{purpose} {s}", replicate) for replicate, s in self.names]
        return Stream(self.tasks, seeds, batch, device=self.device, **options)

    def rows(self, cells: Sequence[Cell]) -> Tensor | slice:
        """Which of the streams some cells of the stack read."""
        rows = [self.names.index((cell.replicate, cell.seed)) for cell in cells]
        whole = rows == list(range(len(self.names)))
        return slice(None) if whole else torch.tensor(rows, device=self.device)
