"""The bench: stacks of the size that a full run trains, against torch's usual loop."""

from dataclasses import replace

import torch

from labs.kit.lab import Bench
from labs.nn import plain
from labs.pooling.grid import ARMS, PRESETS, Cell, cells
from labs.pooling.plain import PoolNet
from labs.pooling.published import BATCH, RATE
from labs.pooling.training import SEEN, split

FULL = replace(PRESETS["full"], examples=(4000,), steps=300, further=0, every=300)


def bench() -> list[Bench[Cell]]:
    """A stack of every arm."""
    stacks = {arm: tuple(cells(replace(FULL, arms=(arm,)))) for arm in ARMS}
    return [Bench(arm, stack, FULL.steps, train_plain) for arm, stack in stacks.items()]


def train_plain(cell: Cell) -> None:
    """Train and evaluate one network as `labs.pooling.training.train` does, by the usual loop."""
    x, y, x_test, y_test = map(torch.from_numpy, split(cell))
    net = PoolNet(ARMS[cell.arm].pool, ARMS[cell.arm].channels)
    plain.train(net, x, y, cell.steps, RATE, BATCH)
    plain.evaluate(net, x_test, y_test)
    plain.evaluate(net, x[:SEEN], y[:SEEN])
