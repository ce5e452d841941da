"""Do winning tickets exist here, do they transfer, and is locality what they carry?

A lottery ticket is found by iterative magnitude pruning: train, mask the smallest weights of each
layer, rewind the others to their initial weights, train again. Varied: how much is masked; by
magnitude or at random (a new mask every round, or each inside the one before); then, for the
ticket with 92 % masked, the data it is trained on anew (a new draw in original, flipped, shuffled
and chunked order of the positions) and its initial weights (rewound or fresh). Measured: loss and
accuracy on 1000 test examples, and how often units of the first layer keep neighbouring positions.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 4, and Greydanus 2020 (version 1), Figure 3. Pruning ranks the weights of the last step, and
rewinding is exact; in the released code of 2024 neither is so. Replicate r redraws the data set
(seed 42 + r; replicate 0 is the published one), the new data, the initial weights, the masks and
the permutation; its arms share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from labs.kit.lab import Bench, Lab
from labs.lottery.arms import TRANSFERS
from labs.lottery.claims import CLAIMS
from labs.lottery.figure import plot
from labs.lottery.remarks import remarks
from labs.nn import devices

NAME = "lottery"
COUNTS = ("replicates", "steps", "batch", "transfer_steps", "transfer_batch", "every", "hidden")
ARM = ("data", "order", "arm", "start", "sparsity")  # what differs among a replicate's cells


@dataclass(frozen=True)
class Config:
    """What a reader may change; counts are of networks, steps, examples or units."""

    replicates: int = 10  # independent tickets; upstream has 2
    # Share of each layer that is masked, round by round: about geometric in what is left.
    levels: tuple[float, ...] = (0.0, 0.5, 0.7, 0.8, 0.87, 0.92, 0.94, 0.96, 0.97, 0.98, 0.99)
    ticket: float = 0.92  # the level whose mask is analysed (upstream: 92 %)
    steps: int = 1501  # of Adam at rate 0.02 in every round (upstream)
    batch: int = 100  # examples per step (upstream)
    biases: bool = True  # are biases pruned with the weights, as upstream does?
    transfer_steps: int = 1000  # of the trainings on new data (upstream: 6000)
    transfer_batch: int = 500  # examples per step there (upstream)
    every: int = 100  # steps between two evaluations there (upstream)
    hidden: int = 500  # units of both layers (upstream)

    def __post_init__(self) -> None:
        for name in COUNTS:
            value = getattr(self, name)
            if type(value) is not int:
                raise TypeError(f"{name} must be a whole number, not {value!r}")
            if value < 1:
                raise ValueError(f"{name} must be 1 or more, not {value}")
        if type(self.biases) is not bool:
            raise TypeError(f"biases must be True or False, not {self.biases!r}")
        if type(self.levels) is not tuple or {*map(type, self.levels)} - {int, float}:
            raise TypeError(f"levels must be a tuple of numbers, not {self.levels!r}")
        rising = all(a < b for a, b in zip(self.levels, self.levels[1:], strict=False))
        if not (self.levels and rising and self.levels[0] == 0 and self.levels[-1] <= 1):
            raise ValueError(f"levels must rise strictly from 0 to at most 1, not {self.levels}")
        between = tuple(level for level in self.levels if 0 < level < 1)
        if self.ticket not in between:
            raise ValueError(
                f"ticket must be one of the levels between 0 and 1, {between}, not {self.ticket!r}"
            )


PRESETS = {
    "smoke": Config(
        replicates=2,
        levels=(0.0, 0.8, 0.92, 0.96, 0.98),
        steps=30,
        transfer_steps=30,
        transfer_batch=100,
        every=15,
        hidden=48,
    ),
    "quick": Config(
        replicates=6,
        levels=(0.0, 0.8, 0.92, 0.96, 0.98),
        steps=300,
        transfer_steps=250,
        transfer_batch=100,
    ),
    "full": Config(),
    # Upstream's notebook, about 90 minutes on 2 cores: 100 linear levels, of which the last, 100 %,
    # leaves nothing to train (loss ln 10), and whole trainings on new data. Its 2 replicates leave
    # every claim undecided.
    "paper": Config(
        replicates=2,
        levels=tuple(round(i / 99, 6) for i in range(100)),
        ticket=round(91 / 99, 6),
        transfer_steps=6000,
    ),
}


@dataclass(frozen=True)
class Cell:
    """One trained network; beside what it is, all the settings of its replicate's search."""

    data: str  # "own": that the ticket is found on; "new": another draw
    order: str  # of the positions
    arm: str  # "dense"; "lottery"; "random": a new mask every round; "nested": inside the last one
    start: str  # "rewound": the initial weights of the search; "fresh": others
    sparsity: float  # share of each layer that is masked
    levels: tuple[float, ...]
    ticket: float
    steps: int
    batch: int
    biases: bool
    transfer_steps: int
    transfer_batch: int
    every: int
    hidden: int
    replicate: int


def cells(config: Config) -> list[Cell]:
    """The grid: for every replicate the sweep over levels, a search on shuffled data down to the
    ticket, and the ticket on new data."""
    own, ticket = ("own", "original"), config.ticket
    arms: list[tuple[str, str, str, str, float]] = []
    for order, last in (("original", 1.0), ("shuffled", ticket)):
        for level in config.levels:
            arm = "lottery" if level else "dense"
            arms += [("own", order, arm, "rewound", level)] if level <= last else []
    for arm in ("random", "nested"):
        arms += [(*own, arm, "rewound", level) for level in config.levels[1:]]
    for order, start, names in TRANSFERS:
        for arm in names:
            arms.append(("new", order, arm, start, 0.0 if arm == "dense" else ticket))
    settings = asdict(config)
    replicates = settings.pop("replicates")
    return [Cell(*arm, **settings, replicate=r) for r in range(replicates) for arm in arms]


def stack_by(cell: Cell) -> tuple[Any, ...]:
    """A replicate is one stack: its rounds follow one another, its arms train together. Its records
    are stored when all of it is done, which in a full run takes minutes."""
    return tuple(value for name, value in asdict(cell).items() if name not in ARM)


def train(stack: Sequence[Cell], device: str) -> Iterator[dict[str, Any]]:
    """Do everything about one replicate's ticket; yields one record per cell."""
    from labs.lottery.search import replicate

    return replicate(stack, device)


# Milliseconds of one core for one step of one network on a batch of 100, by sparsity.
COST = ((0.0, 0.5, 0.8, 0.92, 0.97, 1.0), (6.2, 6.7, 5.3, 3.6, 2.2, 1.2))


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on a 2.5 GHz Xeon)."""
    own = cell.data == "own"
    steps, batch = (cell.steps, cell.batch) if own else (cell.transfer_steps, cell.transfer_batch)
    each = float(np.interp(cell.sparsity, *COST)) * (batch / 100) ** 0.8
    return 0.35 + steps * each * max(cell.hidden / 500, 0.1) / 1000


def bench() -> list[Bench]:
    """A ticket's training, in stacks of two as a run trains it, against the usual loop with torch's
    own pruning masks."""
    from labs.lottery import speed

    return speed.benches()


LAB = Lab(
    name=NAME,
    version=1,
    question="Do winning tickets exist here, do they transfer, and is locality what they carry?",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 4; version 1 (2020), Figure 3",
    presets=PRESETS,
    cell=Cell,
    cells=cells,
    stack_by=stack_by,
    train=train,
    claims=CLAIMS,
    plot=plot,
    seconds=seconds,
    members=10_000,  # never cut a replicate
    bench=bench,
    remarks=remarks,
    devices=devices,
)
