"""What training costs: stacks of the size a full run trains, against the usual loop."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn

from labs.benchmark.grid import MEMBERS, PRESETS, Cell, cell
from labs.benchmark.parts import drawn, source
from labs.kit.lab import Bench
from labs.nn import plain

TWINS: dict[str, Callable[[], nn.Module]] = {
    "logistic": plain.Logistic,
    "mlp": plain.MLP,
    "cnn": plain.CNN,
    "gru": plain.GRUNet,
    "local": plain.LocalNet,
    "transformer": plain.Transformer,
}
EVERY = PRESETS["full"].every  # as many steps as a run makes between two evaluations
SHORT = replace(PRESETS["full"], steps=EVERY)


def bench() -> list[Bench[Cell]]:
    """Every network, on the published data."""
    stacks = {
        model: [cell(SHORT, model, replicate=r) for r in range(MEMBERS[model])] for model in TWINS
    }
    return [Bench(model, tuple(stack), EVERY, train_plain) for model, stack in stacks.items()]


def train_plain(cell: Cell) -> None:
    """Train one unchanged network by the usual loop, and evaluate it at the end."""
    parts = drawn(*source(cell), cell.examples, cell.shuffled)
    data = {name: tuple(map(torch.from_numpy, part)) for name, part in parts.items()}
    net = TWINS[cell.model]()
    x, y = data["train"]
    plain.train(net, x, y, cell.steps)
    for part in data.values():
        plain.evaluate(net, *part)
