"""Members that learn side by side: their bases, tasks, examples and random streams, as tensors."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from labs.continual.grid import NAME, Cell
from labs.continual.sequences import Task, drawn, sequence
from labs.data.mnist1d import CLASSES
from labs.data.signals import draw
from labs.kit.seeds import seed
from labs.nn.base import SMALL, STANDARD, Sizes, Weights
from labs.nn.modules.adapting import Schedule
from labs.nn.pretraining import bases
from labs.nn.training import stacked

CHUNK = 50  # test examples at a time: what a member computes of them stays in the cache


@dataclass(frozen=True)
class Stack:
    """M members of one method, on sequences of their own.

    Attributes:
        cells: of the members (M,), alike but for sequences and replicates; of joint training, whose
            heads depend on the sequence, of one sequence.
        orders: of the members, their tasks in the order in which they come (M, 5).
        rates: of Adam (M,).
        bases: weights of the members' bases (M, ...).
        device: where all of it is.
    """

    cells: Sequence[Cell]
    orders: Sequence[Sequence[Task]]
    rates: Sequence[float]
    bases: Weights
    device: str

    @property
    def cell(self) -> Cell:
        """Whose protocol it is; the sequence counts in joint training alone."""
        return self.cells[0]

    @property
    def replicates(self) -> list[int]:
        """Of the members (M,)."""
        return [cell.replicate for cell in self.cells]

    @property
    def sizes(self) -> Sizes:
        """Of the bases."""
        return SMALL if self.cell.small else STANDARD

    def schedule(self, share: float = 1.0) -> Schedule:
        """Steps, batch and no looks; `share` of a task's steps, one at least."""
        steps = max(1, round(share * self.cell.steps))
        return Schedule(steps, self.cell.batch, steps)

    def generators(self, purpose: str) -> list[torch.Generator]:
        """A stream for each member, the same for all methods of a replicate."""
        return [torch.Generator().manual_seed(seed(NAME, purpose, r)) for r in self.replicates]

    def examples(self, place: int, purpose: str, count: int) -> tuple[Tensor, Tensor]:
        """Signals x (M, count, 40) of the tasks at a place and the answers y (M, count)."""
        own = zip(self.orders, self.replicates, strict=True)
        named = f"{purpose} of task {place}"
        x, y = stacked([drawn(o[place], r, count, named) for o, r in own], self.device)
        return x, y

    def clean(self, count: int) -> tuple[Tensor, Tensor]:
        """Clean signals x (M, count, 40) and their digits y (M, count)."""
        signals = [draw("clean", r, count, f"{NAME}: clean test") for r in self.replicates]
        x, y = stacked([(own.x, own.y) for own in signals], self.device)
        return x, y

    def allowed(self, place: int) -> Tensor:
        """Which answers can be right in the tasks at a place: (M, 10) bool."""
        out = torch.zeros(len(self.orders), CLASSES, dtype=torch.bool)
        for member, order in enumerate(self.orders):
            out[member, list(order[place].allowed)] = True
        return out.to(self.device)


def stack(
    cells: Sequence[Cell],
    rates: Sequence[float],
    device: str,
    turns: Sequence[int] | None = None,
) -> Stack:
    """Members for these cells with these rates; each one's sequence begins at the place that
    `turns` gives (by default the first) and goes round."""
    sizes = SMALL if cells[0].small else STANDARD
    turns = [0] * len(cells) if turns is None else turns
    own = [sequence(cell.sequence, cell.replicate) for cell in cells]
    orders = [tasks[turn:] + tasks[:turn] for tasks, turn in zip(own, turns, strict=True)]
    weights = bases([cell.replicate for cell in cells], sizes, cells[0].base_steps, device)
    return Stack(cells, orders, rates, weights, device)
