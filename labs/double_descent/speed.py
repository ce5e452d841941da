"""The benches: stacks of Figure 5 as a full run trains them, against torch's usual loop."""

from dataclasses import replace
from functools import partial

import torch

from labs.double_descent.config import NO_FITS, PRESETS
from labs.double_descent.costs import members
from labs.double_descent.grid import Cell, cells
from labs.double_descent.training import split
from labs.kit.lab import Bench
from labs.nn import plain

WIDTHS = (2, 10, 27, 47, 80, 100, 300)
CHANNELS = (10, 20, 40, 70, 100)
ALONE = replace(  # of a full run, the sweeps of Figure 5
    PRESETS["full"],
    test_examples=1000,
    grid_examples=(),
    widths_2020=(),
    **NO_FITS,
)


def bench() -> list[Bench[Cell]]:
    """Networks over widths and channels."""
    return [
        *(_bench(f"MLP width {width}", "two", width) for width in WIDTHS),
        *(_bench(f"CNN channels {channels}", "cnn", channels) for channels in CHANNELS),
    ]


def _bench(name: str, net: str, size: int) -> Bench[Cell]:
    steps = 200 if net == "two" and size <= 100 else 100
    return Bench(name, stack(net, size, steps), steps, train_plain)


def stack(net: str, size: int, steps: int) -> tuple[Cell, ...]:
    """The cells of a bench: networks of one size as a full run stacks them, with few steps."""
    grid = cells(replace(ALONE, widths=(size,), channels=(size,)))
    short = [replace(c, steps=steps, looks=(steps,)) for c in grid if c.net == net]
    return tuple(short[: members(short[0])])


def train_plain(cell: Cell) -> None:
    """Train and evaluate one network as `labs.double_descent.training.train` does."""
    x, y, x_test, y_test = map(torch.from_numpy, split(cell))
    net = plain.CNN(cell.size) if cell.net == "cnn" else plain.MLP(cell.size, residual=False)
    plain.train(
        net,
        x,
        y,
        cell.steps,
        cell.rate,
        cell.batch,
        optimizer=partial(torch.optim.SGD, momentum=cell.momentum),
        shuffle=torch.Generator().manual_seed(0),
    )
    plain.evaluate(net, x, y)
    plain.evaluate(net, x_test, y_test)
