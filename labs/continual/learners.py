"""What learns one task after another: whole networks, modules, and what they are compared with.

A learner is shown tasks in their order and can be asked at any time. It answers with what it is
now: nothing is stored of how it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log2
from typing import ClassVar

import torch
from torch import Tensor

from labs.continual.grid import TASKS
from labs.continual.stack import Stack
from labs.nn.base import Weights, logits
from labs.nn.losses import Loss, cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, adapt
from labs.nn.modules.delta import Delta
from labs.nn.modules.head import Head
from labs.nn.modules.methods import METHODS
from labs.nn.modules.module import Kind, Module
from labs.nn.modules.names import BODY, HEAD

BITS = 32  # of a number
Count = int | Tensor  # of something in a member: one for all of them, or (M,) int64


class Learner:
    """Base of the learners: the frozen base alone, which learns nothing.

    Attributes:
        one_by_one: whether it learns a task when it is shown it.
        each: whether it keeps a network for each task.
        trained: numbers that each task so far trained, of every member (M,).
        learned: how many tasks it was shown.
    """

    one_by_one: ClassVar[bool] = False
    each: ClassVar[bool] = False

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.trained: list[Tensor] = []
        self.learned = 0

    def learn(self, x: Tensor, y: Tensor) -> None:
        """Learn the next task: signals x (M, n, 40) and answers y (M, n)."""
        trained = torch.as_tensor(self.teach(self.learned, x, y))
        self.trained.append(trained.expand(len(self.stack.cells)))
        self.learned += 1

    def teach(self, place: int, x: Tensor, y: Tensor) -> Count:
        """Learn the task at a place; how many numbers of a member were trained."""
        return 0

    def outputs(self, place: int, x: Tensor) -> Tensor:
        """Logits (M, B, 10) for signals x (M, B, 40), asked under the name of the task at a place;
        under one that was not learned yet, those of the last that was."""
        return self.read(min(place, self.learned - 1), x) if self.learned else self.untaught(x)

    def read(self, place: int, x: Tensor) -> Tensor:
        """The same of a task that was learned."""
        return self.untaught(x)

    def untaught(self, x: Tensor) -> Tensor:
        """The same before any task."""
        return logits(self.stack.bases, x, (), self.stack.sizes.heads)

    def bits(self) -> Count:
        """Bits of a member that are kept beyond the base, to answer all tasks."""
        return 0

    def fit(
        self,
        modules: Sequence[Module],
        x: Tensor,
        y: Tensor,
        schedule: Schedule | None = None,
        purpose: str = "",
        loss: Loss = cross_entropy,
        weights: Weights | None = None,
    ) -> list[Module]:
        """What these modules on the bases, or on other weights, become by a task."""
        stack = self.stack
        net = Adapted(weights or stack.bases, modules, heads=stack.sizes.heads)
        shuffles = stack.generators(f"batch order of task {self.learned}{purpose}")
        schedule = schedule or stack.schedule()
        adapt(net, x, y, rates=stack.rates, shuffles=shuffles, schedule=schedule, loss=loss)
        return net.result()

    def heads(self) -> list[Module]:
        """Where a member learns classes the difference of its head, which trains, at zero; the
        others keep the base's."""
        new = torch.tensor([float(cell.sequence == "classes") for cell in self.stack.cells])
        if not new.any():
            return []
        head = self.start(Delta(HEAD))
        masks = {
            name: torch.ones_like(value) * new.to(value).view(-1, *[1] * (value.dim() - 1))
            for name, value in head.values.items()
        }
        return [replace(head, fixed=masks)]

    def start(self, kind: Kind) -> Module:
        """A module at its start; those of later tasks are other draws."""
        streams = self.stack.generators(f"start of the module of task {self.learned}")
        return kind.start(self.stack.bases, self.stack.sizes, streams)

    def with_modules(self, modules: Sequence[Module], x: Tensor) -> Tensor:
        """Logits (M, B, 10) of the bases with modules."""
        return logits(self.stack.bases, x, modules, self.stack.sizes.heads)


def kind_of(method: str) -> Kind:
    """The kind of a method's modules ("full", "lora" or "adapter"); no head is among them."""
    row = METHODS[method]
    made: Kind = Delta(BODY) if method == "full" else row.kind(**row.settings)
    return made


class Sequential(Learner):
    """One network, or one module, that is trained on: the last values answer for all tasks."""

    one_by_one = True

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.modules = [self.start(kind_of(stack.cell.method)), *self.heads()]

    def teach(self, place: int, x: Tensor, y: Tensor) -> Count:
        self.modules = self.fit(self.modules, x, y)
        return numbers(self.modules)

    def read(self, place: int, x: Tensor) -> Tensor:
        return self.with_modules(self.modules, x)

    def bits(self) -> Count:
        return BITS * numbers(self.modules)


class Apart(Learner):
    """A module for each task, which is frozen when the next one comes."""

    one_by_one = each = True

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.kind = kind_of(stack.cell.method.removesuffix("-each"))
        self.by_task: list[list[Module]] = []

    def teach(self, place: int, x: Tensor, y: Tensor) -> Count:
        self.by_task.append(self.fit([self.start(self.kind), *self.heads()], x, y))
        return numbers(self.by_task[-1])

    def read(self, place: int, x: Tensor) -> Tensor:
        return self.with_modules(self.by_task[place], x)

    def bits(self) -> Count:
        return BITS * numbers([module for own in self.by_task for module in own])


class Joint(Learner):
    """The ceiling: a whole network that learns all tasks at once, when the last is shown, for as
    many steps as all of them take one after another.

    Where labels conflict ("permutations") each task has a head of its own, which starts at random
    and takes the place of the base's.
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.shown: list[tuple[Tensor, Tensor]] = []
        self.modules: list[Module] = []
        self.classes = stack.sizes.classes
        self.own_heads = stack.cell.sequence == "permutations"

    def teach(self, place: int, x: Tensor, y: Tensor) -> Count:
        self.shown.append((x, y + self.classes * place if self.own_heads else y))
        if len(self.shown) < TASKS:
            return 0
        head = [self.start(Head(TASKS * self.classes))] if self.own_heads else self.heads()
        modules = [self.start(Delta(BODY)), *head]
        x, y = (torch.cat(parts, dim=1) for parts in zip(*self.shown, strict=True))
        schedule = self.stack.schedule(TASKS)
        loss = self.by_task if self.own_heads else cross_entropy
        self.modules = self.fit(modules, x, y, schedule, loss=loss)
        return numbers(self.modules)

    def by_task(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy (M,) over the ten outputs of each label's own task."""
        tasks = outputs.unflatten(-1, (TASKS, -1))
        places = (labels // self.classes)[..., None, None].expand(-1, -1, 1, self.classes)
        return cross_entropy(tasks.gather(2, places).squeeze(2), labels % self.classes)

    def read(self, place: int, x: Tensor) -> Tensor:
        if not self.modules:
            return self.untaught(x)
        outputs = self.with_modules(self.modules, x)
        return outputs.unflatten(-1, (TASKS, -1))[..., place, :] if self.own_heads else outputs

    def bits(self) -> Count:
        return BITS * numbers(self.modules)


def numbers(modules: Sequence[Module]) -> Count:
    """Trained numbers of each member (M,) of some modules."""
    members = range(modules[0].members if modules else 0)
    counts = [sum(module.of([member]).count() for module in modules) for member in members]
    return torch.tensor(counts) if modules else 0


def places(count: int) -> int:
    """Bits that name one of `count` things.

    >>> places(6)
    3
    """
    return ceil(log2(count))
