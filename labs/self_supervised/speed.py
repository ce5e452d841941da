"""What pre-training costs: stacks of the size a full run trains, against the usual loop.

Most of the time of few epochs is scikit-learn's, which fits the same probes to both.
"""

import torch
from scipy.signal import detrend
from torch import Tensor, nn

from labs.data.mnist1d import EXAMPLES, LENGTH
from labs.kit.lab import Bench
from labs.self_supervised import plain, probes, training
from labs.self_supervised.grid import ARMS, LAST_CONVOLUTION, MEMBERS, Cell, Config, cells


def bench() -> list[Bench[Cell]]:
    """The encoder with the default projector."""
    config = Config(arms=("default",), replicates=MEMBERS, epochs=20, looks=(), mapped=0)
    steps = config.epochs * EXAMPLES // training.BATCH
    return [Bench("default projector", tuple(cells(config)), steps, train_plain)]


def train_plain(cell: Cell) -> None:
    """Train one network by the usual loop, its views drawn a batch at a time, and probe it."""
    net = plain.encoder(ARMS[cell.arm].projector)
    inputs, labels = training.drawn(cell.replicate)
    x = {name: torch.from_numpy(own) for name, own in inputs.items()}
    probes.linear(_layers(net, x)[LAST_CONVOLUTION], labels, cell.labelled)
    _train(net, x["train"], cell)
    layers = _layers(net, x)
    probes.linear(layers[LAST_CONVOLUTION], labels, cell.labelled)
    training.record(cell, layers, labels, epoch=[0, cell.epochs], loss=[], linear_by_epoch=[])


def _train(net: nn.Sequential, x: Tensor, cell: Cell) -> None:
    straight = torch.from_numpy(detrend(x.numpy()))
    optimizer = torch.optim.Adam(net.parameters(), lr=cell.rate)
    orders = torch.cat([torch.randperm(len(x)) for _ in range(cell.epochs)])
    for rows in orders.split(training.BATCH):
        signals = straight[rows]
        first, second = net(torch.cat([_view(signals, cell), _view(signals, cell)])).chunk(2)
        loss = plain.LOSSES[ARMS[cell.arm].loss](first, second, cell.temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _view(signals: Tensor, cell: Cell) -> Tensor:
    positions, count = torch.arange(LENGTH), (len(signals), 1)
    turned = signals.gather(1, (positions - torch.randint(cell.shifts, count)) % LENGTH)
    line = cell.slope * (positions - (LENGTH - 1) / 2)
    return turned + torch.randn(count) * line + torch.randn(count) * cell.offset


def _layers(net: nn.Sequential, x: dict[str, Tensor]) -> list[training.Parts]:
    found = {name: plain.representations(net, own) for name, own in x.items()}
    depths = range(len(found["train"]))
    return [{name: h[depth].numpy() for name, h in found.items()} for depth in depths]
