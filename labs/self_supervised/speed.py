"""What pre-training costs: the usual loop, one network at a time, against the stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from scipy.signal import detrend
from torch import Tensor

from labs.nn import plain
from labs.nn.training import stacked
from labs.self_supervised import training
from labs.self_supervised.arms import ARMS
from labs.self_supervised.contrastive import Encoder

if TYPE_CHECKING:
    from labs.self_supervised.lab import Cell


def _half(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    cosines = F.normalize(first, dim=1) @ F.normalize(second, dim=1).T
    return F.cross_entropy(cosines / temperature, torch.arange(len(first)))


def _full(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    views = F.normalize(torch.cat([first, second]), dim=1)
    cosines = (views @ views.T).fill_diagonal_(-torch.inf)
    right = torch.arange(len(views)).roll(len(first))
    return F.cross_entropy(cosines / temperature, right)


PLAIN_LOSSES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {"half": _half, "full": _full}


def train_plain(cell: Cell) -> None:
    """Train one network by the usual loop, its views drawn a batch at a time."""
    arm = ARMS[cell.arm]
    x = torch.from_numpy(detrend(training.data(cell.replicate)[0]["train"]))
    net = plain.encoder(arm.projector)
    optimizer = torch.optim.Adam(net.parameters(), lr=cell.rate)
    positions = torch.arange(x.shape[1])
    line = cell.slope * (positions - (x.shape[1] - 1) / 2)

    def view(signals: Tensor) -> Tensor:
        count = (len(signals), 1)
        turned = signals.gather(1, (positions - torch.randint(cell.shifts, count)) % x.shape[1])
        return turned + torch.randn(count) * line + torch.randn(count) * cell.offset

    orders = torch.cat([torch.randperm(len(x)) for _ in range(cell.epochs)])
    for rows in orders.split(training.BATCH):
        signals = x[rows]
        first, second = net(torch.cat([view(signals), view(signals)])).chunk(2)
        loss = PLAIN_LOSSES[arm.loss](first, second, cell.temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def train_stacked(stack: Sequence[Cell]) -> None:
    """Train a stack of networks as the lab does."""
    net = Encoder(len(stack), ARMS[stack[0].arm].projector)
    net.reset([cell.replicate for cell in stack])
    (x,) = stacked((training.data(cell.replicate)[0]["train"],) for cell in stack)
    losses = training.contrastive(net, x, stack)
    for _ in training.epochs(net, losses, x.shape[1], stack, x.shape[1] // training.BATCH):
        pass
