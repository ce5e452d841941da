"""Our side of a race (`labs.kit.race`) for networks that `fit` trains."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from labs.kit.sides import Side
from labs.nn.losses import Loss, cross_entropy
from labs.nn.nets import Net
from labs.nn.optimizer import Optimizer
from labs.nn.training import batch_indices, evaluate, fit

TOLD = 1000  # training examples of the outcome, the first


class Stack(NamedTuple):
    """A stack that trains: its start, data and protocol.

    net: of M members, whose values are overwritten; twins: M plain networks that it starts as;
    x, y: data (M, n, ...) and (M, n); optimizer: a `torch.optim` class, and how: its settings;
    orders: a seed of the batch order for each member, or None for the cyclic order.
    """

    net: Net
    twins: Sequence[nn.Module]
    x: Tensor
    y: Tensor
    optimizer: type[torch.optim.Optimizer]
    how: Mapping[str, Any]
    steps: int
    batch: int
    orders: Sequence[int] | None = None
    loss: Loss = cross_entropy


def supervised(stack: Stack, file: Path) -> Side:
    """The side whose training is `fit`, without evaluation, and whose outcome (M,) is the loss on
    the first 1000 training examples; its start is written to `file`."""
    save(file, stack.twins, x=stack.x, y=stack.y, order=_order(stack))

    def reset() -> Optimizer:
        load(stack.net, stack.twins)
        return Optimizer(stack.net, stack.optimizer, **stack.how)

    def train(optimizer: Optimizer) -> None:
        steps = fit(
            stack.net,
            stack.x,
            stack.y,
            optimizer=optimizer,
            steps=stack.steps,
            every=stack.steps,
            batch=stack.batch,
            shuffles=_shuffles(stack),
            loss=stack.loss,
        )
        deque(steps, maxlen=0)

    def outcome(_: None) -> np.ndarray:
        x, y = stack.x[:, :TOLD], stack.y[:, :TOLD]
        return evaluate(stack.net, x, y, loss=stack.loss).loss.numpy()

    return Side(reset, train, outcome)


def drawn(build: Callable[[], nn.Module], members: int) -> list[nn.Module]:
    """Plain networks, member m drawn with seed m; torch's global generator is put back."""
    twins = []
    with torch.random.fork_rng():
        for member in range(members):
            torch.manual_seed(member)
            twins.append(build())
    return twins


def load(net: Net, twins: Iterable[nn.Module]) -> None:
    """Start every member as its twin."""
    for member, twin in enumerate(twins):
        net.load(member, twin)
    net.zero_grad()


def save(file: Path, twins: Sequence[nn.Module], **others: Tensor) -> None:
    """Write the twins' parameters, each (M, ...) under ``"start." + name`` in the shape that it has
    in `torch.nn`, and other arrays."""
    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in others.items()}
    arrays |= {
        f"start.{name}": np.stack([twin.get_parameter(name).detach().numpy() for twin in twins])
        for name, _ in twins[0].named_parameters()
    }
    np.savez(file, **arrays)


def _order(stack: Stack) -> Tensor:
    """Indices of all batches, (steps, M or 1, batch) int32."""
    shuffles: Sequence[torch.Generator | None] = _shuffles(stack) or [None]
    indices = batch_indices(stack.x.shape[1], stack.batch, stack.steps, shuffles)
    return torch.stack([*indices]).int()


def _shuffles(stack: Stack) -> list[torch.Generator] | None:
    if stack.orders is None:
        return None
    return [torch.Generator().manual_seed(seed) for seed in stack.orders]
