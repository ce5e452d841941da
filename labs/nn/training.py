"""Training and evaluation of a stack of networks.

The sum over members of the mean loss keeps every member's gradient its own, so one backward pass
trains them all. Data may be shared by the members, leading axis 1, or differ, leading axis M.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, islice, repeat
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call

from labs.kit.checks import check_sizes, known
from labs.nn import written
from labs.nn.losses import Loss, cross_entropy
from labs.nn.nets import Net
from labs.nn.optimizer import Optimizer

GATHERED = 2**21  # bytes of inputs that are copied at once, so that they stay in the cache


def stacked(
    members: Iterable[Iterable[np.ndarray]], device: str | torch.device = "cpu"
) -> tuple[Tensor, ...]:
    """The arrays of the members side by side, on a device: tensor k holds the k-th array of every
    member, (M, ...); shapes must agree.

    >>> inputs, labels = stacked([(np.zeros((5, 40)), np.arange(5))] * 3)
    >>> tuple(inputs.shape), tuple(labels.shape)
    ((3, 5, 40), (3, 5))
    """
    columns = zip(*members, strict=True)
    return tuple(torch.from_numpy(np.stack(arrays)).to(device) for arrays in columns)


@contextmanager
def normal_numbers() -> Iterator[None]:
    """Take numbers below the least normal one (1e-38) for zero, in this thread.

    A unit that has died leaves its moments to shrink for ever, and below that a processor is many
    times slower: after thousands of steps training takes twice the time.

    >>> with normal_numbers():
    ...     print((torch.tensor(1e-30) * 1e-10).item())
    0.0
    """
    before = (torch.tensor(1e-30) * 1e-10).item() == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def batch_indices(
    examples: int, batch: int, steps: int, shuffles: Sequence[torch.Generator | None]
) -> Iterator[Tensor]:
    """Indices of each step's batch, (M, batch) int64: epochs laid end to end and cut into batches.

    A member whose entry in `shuffles` is None goes through its examples cyclically in fixed order,
    as upstream does (which cuts the batch short where the data end; here it goes on at the start);
    another draws a new order from its generator every epoch.

    >>> [indices.tolist() for indices in batch_indices(5, 2, 4, [None])]
    [[[0, 1]], [[2, 3]], [[4, 0]], [[1, 2]]]

    Raises:
        ValueError: a size below 1.
    """
    check_sizes(examples=examples, batch=batch, steps=steps)
    return _cut(examples, repeat(batch, steps), shuffles)


def _cut(
    examples: int, sizes: Iterable[int], shuffles: Sequence[torch.Generator | None]
) -> Iterator[Tensor]:
    queue = torch.empty(len(shuffles), 0, dtype=torch.int64)
    for size in sizes:
        while queue.shape[1] < size:
            epoch = [
                torch.arange(examples) if g is None else torch.randperm(examples, generator=g)
                for g in shuffles
            ]
            queue = torch.cat([queue, torch.stack(epoch)], dim=1)
        yield queue[:, :size]
        queue = queue[:, size:]


def fit(
    net: Net,
    x: Tensor,
    y: Tensor,
    *,
    optimizer: Optimizer,
    steps: int,
    every: int,
    batch: int = 100,
    shuffles: Sequence[torch.Generator | None] | None = None,
    masks: Mapping[str, Tensor] | None = None,
    loss: Loss = cross_entropy,
) -> Iterator[int]:
    """Train a stack in place; yields the number of steps done, every `every` steps and at the end.

    The caller evaluates between two yields whatever it wants to record:

        for step in fit(net, x, y, optimizer=optimizer, steps=6000, every=250):
            curve.append(evaluate(net, x_test, y_test))

    Args:
        net: the stack of M networks.
        x: inputs (M or 1, n, ...) float32, on the net's device.
        y: targets (M or 1, n, ...); int64 labels for the default loss. What net and loss get may be
            views of x and y, not contiguous, which they must leave as they are.
        optimizer: the stack's optimiser.
        steps: training steps.
        every: steps between two yields.
        batch: examples per step and member.
        shuffles: per member, the generator of its batch order or None for the cyclic order
            (default: all None).
        masks: parameter name -> 0/1 tensor of its shape, multiplied into the parameter in the
            forward pass. Masked weights are set to zero at the start and, with a new optimiser,
            stay there, and so does their optimiser state.
        loss: (outputs, targets) -> mean loss per member (M,).

    Raises:
        ValueError: a size below 1, x and y that do not fit the stack, a mask that fits no
            parameter or is not 0/1.
    """
    shuffles = [None] * net.members if shuffles is None else shuffles
    masks = masks or {}
    _check(net, x, y, {"steps": steps, "every": every, "batch": batch}, shuffles, masks)
    return _fit(net, x, y, optimizer, steps, every, batch, shuffles, masks, loss)


def _check(
    net: Net,
    x: Tensor,
    y: Tensor,
    sizes: Mapping[str, int],
    shuffles: Sequence[torch.Generator | None],
    masks: Mapping[str, Tensor],
) -> None:
    check_sizes(**sizes)
    _check_data(net, x, y)
    if len(shuffles) != net.members:
        raise ValueError(
            f"shuffles must have one entry per member ({net.members}), got {len(shuffles)}"
        )
    shapes = {name: tuple(p.shape) for name, p in net.named_parameters()}
    for name, mask in masks.items():
        shape = shapes[known("parameter in masks", name, shapes)]
        if mask.shape != shape:
            raise ValueError(f"mask {name!r} must have shape {shape}, got {tuple(mask.shape)}")
        if not ((mask == 0) | (mask == 1)).all():
            raise ValueError(f"mask {name!r} must hold 0 and 1 only, got {mask}")


def _check_data(net: Net, x: Tensor, y: Tensor) -> None:
    leading = tuple(x.shape[:2])
    if leading != y.shape[:2] or len(leading) < 2 or leading[0] not in (1, net.members):
        raise ValueError(
            f"x and y must begin with the same axes (M or 1, n) for M = {net.members}, "
            f"got {tuple(x.shape)} and {tuple(y.shape)}"
        )
    device, dtype = next(net.parameters()).device, next(net.parameters()).dtype
    if x.is_floating_point() and x.dtype != dtype:
        raise ValueError(f"x must be {dtype} as the net is, got {x.dtype}")
    if (x.device, y.device) != (device, device):
        raise ValueError(f"x and y must be on the net's {device}, got {x.device} and {y.device}")
    if leading[1] < 1:
        raise ValueError(f"x must hold at least 1 example, got {tuple(x.shape)}")


def _fit(
    net: Net,
    x: Tensor,
    y: Tensor,
    optimizer: Optimizer,
    steps: int,
    every: int,
    batch: int,
    shuffles: Sequence[torch.Generator | None],
    masks: Mapping[str, Tensor],
    loss: Loss,
) -> Iterator[int]:
    masks = {name: mask.to(x.device) for name, mask in masks.items()}
    _zeroed(net, masks)
    descend = written.backward(net, masks, loss, batch) or _automatic(net, masks, loss)
    batches = _batches(x, y, batch, steps, shuffles)
    for done in [*range(every, steps, every), steps]:
        with normal_numbers():
            for inputs, targets in islice(batches, (done - 1) % every + 1):
                descend(inputs, targets)
                optimizer.step()
        yield done


def _batches(
    x: Tensor, y: Tensor, batch: int, steps: int, shuffles: Sequence[torch.Generator | None]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Each step's inputs (M, batch, ...) and targets (M, batch, ...), views where they can be, and
    else copied for many steps at once: a copy of its own costs a small net a tenth of its step."""
    members, examples = len(shuffles), x.shape[1]
    if examples % batch == 0 and all(draws is None for draws in shuffles):
        x = x.contiguous()  # a product rounds otherwise over another layout
        parts = [
            tuple(t.expand(members, *t.shape[1:]) for t in both)
            for both in zip(x.split(batch, dim=1), y.split(batch, dim=1), strict=True)
        ]
        yield from islice(cycle(parts), steps)
        return
    offsets = torch.arange(members).unsqueeze(1) * (examples if x.shape[0] > 1 else 0)
    flat = [t.flatten(0, 1) for t in (x, y)]
    whole = batch * max(1, min(steps, GATHERED // (members * batch * flat[0][0].nbytes)))
    sizes = [whole] * (batch * steps // whole) + [batch * steps % whole]
    for indices in _cut(examples, filter(None, sizes), shuffles):
        rows = (indices + offsets).flatten().to(x.device)
        both = (t.index_select(0, rows).unflatten(0, indices.shape) for t in flat)
        yield from zip(*(t.split(batch, dim=1) for t in both), strict=True)


@torch.no_grad()
def _zeroed(net: Net, masks: Mapping[str, Tensor]) -> None:
    net.zero_grad()
    for name, mask in masks.items():
        net.get_parameter(name).mul_(mask)


def _automatic(net: Net, masks: Mapping[str, Tensor], loss: Loss) -> written.Backward:
    parameters = dict(net.named_parameters())

    def descend(x: Tensor, y: Tensor) -> None:
        masked = {name: parameters[name] * mask for name, mask in masks.items()}
        outputs = functional_call(net, masked, (x,)) if masked else net(x)
        loss(outputs, y).sum().backward()

    return descend


class Scores(NamedTuple):
    """Per member: mean loss (M,), accuracy in percent (M,), predicted classes (M, n)."""

    loss: Tensor
    accuracy: Tensor
    predicted: Tensor


@torch.no_grad()
def evaluate(
    net: Net, x: Tensor, y: Tensor, chunk: int = 1000, loss: Loss = cross_entropy
) -> Scores:
    """Loss, accuracy and predictions without gradients, `chunk` examples at a time; the net's mode
    is restored.

    x (M or 1, n, ...) float32, y (M or 1, n) int64; results on the CPU, float64 and int64. `loss`
    is a mean over examples, as `fit` takes it.

    Raises:
        ValueError: x and y that do not fit the stack, a chunk below 1.
    """
    check_sizes(chunk=chunk)
    _check_data(net, x, y)
    mode = net.training
    net.eval()
    pieces = zip(x.split(chunk, dim=1), y.split(chunk, dim=1), strict=True)
    losses, predicted = [], []
    for inputs, labels in pieces:
        logits = net(inputs.expand(net.members, *inputs.shape[1:]))
        labels = labels.expand(net.members, -1)
        losses.append(loss(logits, labels).double() * labels.shape[1])
        predicted.append(logits.argmax(-1))
    net.train(mode)
    classes = torch.cat(predicted, dim=1)
    accuracy = 100 * (classes == y).double().mean(1)
    return Scores(torch.stack(losses).sum(0).cpu() / y.shape[1], accuracy.cpu(), classes.cpu())
