"""A task's own head: another last layer, with as many classes as the task has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from labs.kit.checks import check_sizes
from labs.nn.base import Sizes, Weights
from labs.nn.modules.module import Kind, Module


@dataclass(frozen=True)
class Head(Kind):
    """Linear(features, classes) in place of the base's head, drawn as torch draws it.

    Args:
        classes: of the task.

    Raises:
        ValueError: `classes` below 1.
    """

    classes: int
    composition: ClassVar[str] = "parameter"
    identity: ClassVar[bool] = False
    merges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_sizes(classes=self.classes)

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        bound = sizes.features**-0.5
        shape = (sizes.features + 1, self.classes)
        drawn = [torch.empty(shape).uniform_(-bound, bound, generator=g) for g in generators]
        both = torch.stack(drawn).to(weights["head.weight"])
        return Module(
            self,
            {
                "head.weight": both[:, :-1].contiguous(),
                "head.bias": both[:, -1:].contiguous(),
            },
        )

    def weights(self, module: Module, weights: Weights) -> Weights:
        return {**weights, **module.values}
