"""Endless training batches for a stack of tasks: float32, fast, each member on a stream of its own.

The law of the labels is that of the task; only the random numbers are drawn
otherwise: by torch, many steps at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from labs.modular_rules.tasks.task import Task, rule_probabilities
from mnist1d.recipe import real, whole

# What is drawn at once for a member: enough to make the overhead of the calls small.
BLOCK = 2**16  # features at most, or one step
STEPS = 256  # steps at most


class Step(NamedTuple):
    """One step of all members: x (M, B, w + R) or (M, B, L, w + R), features and one-hot rule side
    by side, and the labels y, both float32; rules (M, B) or (M, B, L), int64.
    """

    x: Tensor
    y: Tensor
    rules: Tensor


class Stream(Iterator[Step]):
    """Endless fresh batches, one task and one seed per member.

    A member's numbers depend on its task, its seed, the batch and the length, not on who else is
    in the stack: equal seeds see equal batches, which pairs the models that are compared. Drawn on
    the CPU, labelled where `device` says.

    Args:
        tasks: M tasks that differ in nothing but `data_seed`.
        seeds: M of them, 0 to 2**64 - 1. torch keeps their last 32 bits.
        batch: B, samples or sequences per member and step.
        length: of the sequences; None for `MLPTask`.
        scale: factor on the features; `OOD_SCALE` is the published out-of-distribution case.
        rule_probs: (R,) or (M, R) probabilities of the rules; None is equiprobable.
        ahead: steps that are drawn at once, on which the numbers depend, too; None for as many as
            make the calls' overhead small.
        device: where the batches live.

    Raises:
        TypeError, ValueError: naming the argument, the rule and the value.

    >>> from labs.modular_rules.tasks.mha import MHATask
    >>> stream = Stream([MHATask(4, s) for s in range(3)], seeds=[7, 7, 8], batch=2, length=5)
    >>> x, y, rules = next(stream)
    >>> x.shape, y.shape, rules.shape
    (torch.Size([3, 2, 5, 20]), torch.Size([3, 2, 5]), torch.Size([3, 2, 5]))
    >>> bool((x[0] == x[1]).all()), bool((y[0] == y[1]).any())
    (True, False)
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        seeds: Sequence[int],
        batch: int,
        *,
        length: int | None = None,
        scale: float = 1.0,
        rule_probs: npt.ArrayLike | None = None,
        ahead: int | None = None,
        device: str | torch.device = "cpu",
    ) -> None:
        self.task, self.scale, self.device = _alike(tasks), real("scale", scale), device
        self.size = self.task.size(whole("batch", batch, 1), length)
        if len(seeds) != len(tasks):
            raise ValueError(f"seeds must be one per task, {len(tasks)}, got {len(seeds)}")
        self.generators = [
            torch.Generator().manual_seed(whole("seeds", seed, 0, 2**64 - 1)) for seed in seeds
        ]
        self.cumulative = torch.from_numpy(_cumulative(rule_probs, len(tasks), self.task.R))
        self.coefficients = stacked(tasks, device)
        per_step = int(np.prod(self.size)) * self.task.features
        usual = min(max(1, BLOCK // per_step), STEPS)
        self.steps = usual if ahead is None else whole("ahead", ahead, 1)
        self.block = self._blocks()

    def __next__(self) -> Step:
        return next(self.block)

    def _blocks(self) -> Iterator[Step]:
        onehot = torch.eye(self.task.R, device=self.device)
        while True:
            features, rules = self._draw()
            # the law sees members and samples; batches are handed out step by step
            y = self.task.targets(self.coefficients, features.flatten(1, 2), rules.flatten(1, 2))
            y = y.unflatten(1, (self.steps, -1)).transpose(0, 1)
            features, rules = features.transpose(0, 1), rules.transpose(0, 1).contiguous()
            x = torch.cat([features, onehot[rules]], dim=-1)
            yield from map(Step._make, zip(x, y.contiguous(), rules, strict=True))

    def _draw(self) -> tuple[Tensor, Tensor]:
        shape = (len(self.generators), self.steps, *self.size)
        features = torch.empty(*shape, self.task.features)
        uniform = torch.empty(shape, dtype=torch.float64)
        for member, generator in enumerate(self.generators):
            features[member].normal_(generator=generator)
            uniform[member].uniform_(generator=generator)
        rules = torch.searchsorted(self.cumulative, uniform.flatten(1), right=True)
        features = self.task.finish(features.to(self.device)).mul_(self.scale)
        return features, rules.view(shape).to(self.device)


def stacked(tasks: Sequence[Task], device: str | torch.device = "cpu") -> list[Tensor]:
    """The coefficients of M tasks as float32 tensors with a leading axis M, for `Task.targets`."""
    tables = zip(*(task.coefficients for task in tasks), strict=True)
    return [torch.tensor(np.stack(table), dtype=torch.float32, device=device) for table in tables]


def _alike(tasks: Sequence[Task]) -> Task:
    kinds = list(dict.fromkeys(replace(task, data_seed=0) for task in tasks))
    if len(kinds) != 1:
        raise ValueError(f"tasks must differ in nothing but data_seed, got {kinds}")
    return kinds[0]


def _cumulative(rule_probs: npt.ArrayLike | None, members: int, R: int) -> npt.NDArray[np.float64]:
    given = np.full(R, 1 / R) if rule_probs is None else rule_probs
    p = rule_probabilities(given, (R,), (members, R))
    # without the last entry, 1, which no draw may pass
    return np.broadcast_to(p.cumsum(-1)[..., :-1], (members, R - 1)).copy()
