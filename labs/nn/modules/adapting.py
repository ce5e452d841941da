"""Training modules: one run of Adam with a cosine, and the methods that take several runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import cos, pi
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from labs.kit.checks import check_sizes
from labs.nn.base import Weights
from labs.nn.losses import Loss, cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.delta import Delta, Ticket, check_keep, sparse
from labs.nn.modules.diff_pruning import DiffPruning
from labs.nn.modules.module import Module
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit


class Schedule(NamedTuple):
    """Training steps, examples per step, and steps between two looks."""

    steps: int = 300
    batch: int = 64
    every: int = 20


HARNESS = Schedule()


def adapt(
    net: Adapted,
    x: Tensor,
    y: Tensor,
    *,
    rates: float | Sequence[float],
    shuffles: Sequence[torch.Generator],
    schedule: Schedule = HARNESS,
    loss: Loss = cross_entropy,
    look: Callable[[int], None] = lambda step: None,
) -> None:
    """Train the modules of a net in place: Adam without decay, its rate falling to zero by a
    cosine.

    Args:
        net: frozen bases with modules.
        x, y: as `labs.nn.training.fit` takes them.
        rates: of Adam at the start, one or one per member.
        shuffles: the members' generators of batch order.
        schedule: steps, batch and steps between looks.
        loss: (outputs, targets) -> mean loss per member.
        look: called with the number of steps done, every `schedule.every` steps and at the end.

    Raises:
        ValueError: a schedule with a number below 1, rates or shuffles that are not one per member,
            x and y that do not fit the stack.
    """
    check_sizes(**schedule._asdict())
    optimizer = Optimizer(net, torch.optim.Adam, lr=rates)
    training = fit(
        net,
        x,
        y,
        optimizer=optimizer,
        steps=schedule.steps,
        every=1,
        batch=schedule.batch,
        shuffles=shuffles,
        loss=lambda outputs, targets: loss(outputs, targets) + net.penalty(),
    )
    for step in training:
        optimizer.scale_rate((1 + cos(pi * step / schedule.steps)) / 2)
        if step % schedule.every == 0 or step == schedule.steps:
            look(step)


class Start(NamedTuple):
    """What a procedure begins with: the base's weights, the module at its start, and the members'
    generators."""

    weights: Weights
    module: Module
    generators: Sequence[torch.Generator]


class Train(Protocol):
    """One run: from a module to the trained one, at `pace` times the rate."""

    def __call__(self, module: Module, pace: float = 1.0) -> Module: ...


DENSE = 0.1  # pace of a run of all parameters, where the method's own rate is for a few of them


def once(train: Train, start: Start) -> Module:
    """One run of all that the module trains."""
    return train(start.module)


def twice(train: Train, start: Start) -> Module:
    """A second run goes on where the first one ended: the usual way for as long as others take."""
    return train(train(start.module))


def sparse_fine_tuning(train: Train, start: Start, *, keep: int) -> Module:
    """Lottery ticket sparse fine-tuning (Ansell et al. 2022): a run of all parameters shows which
    `keep` of them move most; from the base again, a second run moves those alone.

    Raises:
        ValueError: a start that is no `Delta`, `keep` not in 1..its numbers.
    """
    check_keep(start.module, keep)
    return train(sparse(train(start.module, DENSE), keep))


def without_rewinding(train: Train, start: Start, *, keep: int) -> Module:
    """As `sparse_fine_tuning`, errors too, but the second run goes on where the first one ended."""
    check_keep(start.module, keep)
    return _going_on(train, train(start.module, DENSE), keep)


def masked_by_size(train: Train, start: Start, *, keep: int) -> Module:
    """One run of the `keep` parameters that are largest in the base; errors as of
    `sparse_fine_tuning`."""
    check_keep(start.module, keep)
    sizes = {name: start.weights[name].abs() for name in start.module.values}
    return train(sparse(start.module, keep, sizes))


def masked_at_random(train: Train, start: Start, *, keep: int) -> Module:
    """One run of `keep` parameters drawn at random, by each member's generator; errors as of
    `sparse_fine_tuning`."""
    check_keep(start.module, keep)
    drawn = {
        name: torch.stack([torch.rand(v.shape[1:], generator=g) for g in start.generators]).to(v)
        for name, v in start.module.values.items()
    }
    return train(sparse(start.module, keep, drawn))


def diff_pruning(train: Train, start: Start, *, keep: int) -> Module:
    """Diff pruning (Guo et al. 2021): a run with gates, then the `keep` largest gated differences
    go on alone. The module is a `Delta`.

    Raises:
        ValueError: a start that is no `DiffPruning`, `keep` not in 1..its parameters.
    """
    kind = start.module.kind
    if not isinstance(kind, DiffPruning):
        raise ValueError(f"module must be a DiffPruning, got {kind}")
    check_keep(_difference(kind, start.module), keep)
    return _going_on(train, _difference(kind, train(start.module, DENSE)), keep)


def _difference(kind: DiffPruning, module: Module) -> Module:
    return Module(Delta(kind.of), kind.differences(module.settled()))


def _going_on(train: Train, trained: Module, keep: int) -> Module:
    kept = sparse(trained, keep)
    return train(
        replace(kept, values={name: v * kept.fixed[name] for name, v in trained.values.items()})
    )


def magnitude_pruning(train: Train, start: Start, *, keep: int, rounds: int = 2) -> Module:
    """Iterative magnitude pruning with rewinding (Frankle and Carbin 2019): after each run the
    parameters that are largest stay, by equal factors down to `keep`, and go back to the base; the
    last run trains what is left.

    Raises:
        ValueError: a start that is no `Ticket`, `keep` not in 1..its numbers, `rounds` below 1.
    """
    module = start.module
    if not isinstance(module.kind, Ticket):
        raise ValueError(f"module must be a Ticket, got {module.kind}")
    check_keep(module, keep)
    check_sizes(rounds=rounds)
    numbers = sum(value[0].numel() for value in module.values.values())
    for done in range(1, rounds + 1):
        trained = train(module)
        weights = trained.weights(start.weights)
        sizes = {name: weights[name].abs() for name in trained.values}
        module = sparse(trained, round(numbers * (keep / numbers) ** (done / rounds)), sizes)
    return train(module)
