"""Training modules apart: a method's module, with a task's head where it has one of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from labs.composition.examples import CHUNK, generators, sizes
from labs.composition.grid import Cell
from labs.data.tasks import named
from labs.nn.base import Weights, logits
from labs.nn.losses import Loss, cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, Start, adapt
from labs.nn.modules.delta import Delta
from labs.nn.modules.head import Head
from labs.nn.modules.methods import METHODS
from labs.nn.modules.module import Kind, Module
from labs.nn.modules.names import BODY
from labs.nn.training import evaluate


class Lesson(NamedTuple):
    """What M modules are to learn.

    Attributes:
        cell: its steps, batch and base.
        method: a key of `labs.nn.modules.methods.METHODS`.
        replicates: of the members (M,), whose streams they draw from.
        weights: of the bases (M, ...).
        x, y: signals (M, n, 40) and what they are to give (M, n, ...).
        rates: of Adam, one per member.
        role: "domain", "task" or a level of a tree: modules of a role and replicate start alike.
        task: whose head is trained, where it has one of its own.
        blocks: in which modules may stand, None for all.
        before: frozen modules that act first.
        starts: of the members (M,), replicates from whose streams their modules start; None for
            `replicates`.
        read: of (weights, x, modules, heads) the outputs.
        loss: of (outputs, targets), by member.
    """

    cell: Cell
    method: str
    replicates: Sequence[int]
    weights: Weights
    x: Tensor
    y: Tensor
    rates: Sequence[float]
    role: str
    task: str = "digit"
    blocks: tuple[int, ...] | None = None
    before: Sequence[Module] = ()
    starts: Sequence[int] | None = None
    read: Callable[..., Tensor] = logits
    loss: Loss = cross_entropy


def blocks_of(cell: Cell, role: str) -> tuple[int, ...] | None:
    """The blocks in which a role's modules stand: all (None), or apart."""
    if cell.layers == "all":
        return None
    last = sizes(cell).blocks - 1
    return (last,) if role == "task" else tuple(range(last))


def kind(method: str) -> Kind:
    """The kind of a method's modules; those of parameters leave the head as it is."""
    row = METHODS[method]
    of_all = row.kind.path.endswith(":Delta") and "of" not in row.settings
    made: Kind = Delta(BODY) if of_all else row.kind(**row.settings)
    return made


def started(lesson: Lesson) -> Module:
    """The module at its start (M members)."""
    starts = lesson.replicates if lesson.starts is None else lesson.starts
    streams = generators(starts, f"start of the {lesson.role}'s module")
    module = kind(lesson.method).start(lesson.weights, sizes(lesson.cell), streams)
    if lesson.blocks is None:
        return module
    own = {n: v for n, v in module.values.items() if _block(n) in lesson.blocks}
    return replace(module, values=own)


def _block(name: str) -> int:
    parts = name.split(".")
    return int(parts[1]) if parts[0] == "blocks" else -1


def taught(lesson: Lesson) -> list[Module]:
    """What was learned: the module, and behind it the task's head where it has one of its own."""
    row = METHODS[lesson.method]
    done: list[list[Module]] = []

    def train(module: Module, pace: float = 1.0) -> Module:
        heads = [_head(lesson)] if named(lesson.task).new_head else []
        done.append(run(lesson, [module, *heads], pace))
        return done[-1][0]

    procedure: Callable[..., Module] = row.procedure.resolve()
    if row.keep is not None:
        numbers = sum(value[0].numel() for value in lesson.weights.values())
        procedure = partial(procedure, keep=round(row.keep * numbers))
    streams = generators(lesson.replicates, "what a procedure draws")
    procedure(train, Start(lesson.weights, started(lesson), streams))
    return done[-1]


def head_alone(lesson: Lesson) -> list[Module]:
    """The task's head trained without a module."""
    return run(lesson, [_head(lesson)])


def _head(lesson: Lesson) -> Module:
    streams = generators(lesson.replicates, "start of the head")
    return Head(named(lesson.task).classes).start(lesson.weights, sizes(lesson.cell), streams)


def run(lesson: Lesson, modules: Sequence[Module], pace: float = 1.0) -> list[Module]:
    """What these modules become by one run of a lesson at `pace` times its rates; they stand behind
    `lesson.before`, and the lesson's own method plays no part."""
    cell = lesson.cell
    net = Adapted(
        lesson.weights,
        [*lesson.before, *modules],
        frozen=len(lesson.before),
        heads=sizes(cell).heads,
        read=lesson.read,
    )
    adapt(
        net,
        lesson.x,
        lesson.y,
        rates=[pace * rate for rate in lesson.rates],
        shuffles=generators(lesson.replicates, "batch order"),
        schedule=Schedule(cell.steps, cell.batch, cell.steps),
        loss=lesson.loss,
    )
    return net.result()[len(lesson.before) :]


def accuracies(
    cell: Cell,
    weights: Weights,
    modules: Sequence[Module],
    x: Tensor,
    y: Tensor,
    read: Callable[..., Tensor] = logits,
) -> Tensor:
    """Percent of signals x (M, n, 40) with labels y (M, n) that bases with modules read right
    (M,); no module is the base itself. `read` gives the logits, as in `Lesson`."""
    members = len(x)
    acting = list(modules) or [nothing(members, x.device)]
    net = Adapted(weights, acting, heads=sizes(cell).heads, read=read)
    return evaluate(net, x, y, CHUNK).accuracy


def nothing(members: int, device: Any) -> Module:
    """Modules that do nothing."""
    return Module(Kind(), {"nothing": torch.empty(members, 0, device=device)})
