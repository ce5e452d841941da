"""What a search costs: the usual loop under torch's pruning masks against a replicate's stack."""

from dataclasses import replace

import torch
from torch.nn.utils.prune import custom_from_mask

from labs.kit.lab import Bench
from labs.lottery import tickets
from labs.lottery.grid import PRESETS, Cell, cells
from labs.lottery.training import RATE, initial_weights, split
from labs.nn import plain

LEVELS, STEPS = (0.0, 0.8, 0.92, 0.96), 200  # fewer and shorter rounds than in a full run


def bench() -> list[Bench[Cell]]:
    """A replicate's search and its controls; masks, evaluations and counts included."""
    full = PRESETS["full"]
    config = replace(full, replicates=1, parts=("controls",), levels=LEVELS, steps=STEPS)
    search = [cell for cell in cells(config) if cell.data == "own"]
    # The usual loop trains the first, so it is one of the many with a mask.
    return [Bench("0 to 96 % masked", tuple(reversed(search)), STEPS, plain=train_plain)]


def train_plain(cell: Cell) -> None:
    """Train and evaluate one network of the search; which weights are masked costs it nothing."""
    net = _pruned(cell)
    data = split(cell.data, cell.order, cell.replicate, cell.test_examples)
    x, y, *tests = map(torch.from_numpy, data)
    plain.train(net, x, y, cell.steps, rate=RATE, batch=cell.batch)
    for part in ((x, y), tests[:2], tests[2:]):
        plain.evaluate(net, *part)


def _pruned(cell: Cell) -> plain.MLP:
    start = initial_weights(cell.hidden, cell.replicate, cell.start)
    ranks = tickets.random_like(start, torch.Generator().manual_seed(0))
    masks = tickets.prune(ranks, tickets.everything(start), cell.sparsity)
    net = plain.MLP(cell.hidden)
    for name in tickets.LAYERS:
        layer, values, mask = getattr(net, name), start[name][0], masks[name][0]
        with torch.no_grad():
            layer.weight.copy_(values[:-1].T)
            layer.bias.copy_(values[-1])
        custom_from_mask(layer, "weight", mask[:-1].T)
        custom_from_mask(layer, "bias", mask[-1])
    return net
