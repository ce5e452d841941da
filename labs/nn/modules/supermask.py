"""A mask and nothing else: theta' = 1[score >= 0] theta (Mallya et al. 2018, Piggyback; Zhou et al.
2019, supermasks). The scores are trained, straight through the step; one bit per parameter ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from labs.nn.base import Sizes, Weights
from labs.nn.modules.delta import named
from labs.nn.modules.module import Kind, Module, check_finite, check_names
from labs.nn.modules.names import ALL


@dataclass(frozen=True)
class Supermask(Kind):
    """Scores start normal about 1 with this standard deviation: with 0.5 one parameter of 44 starts
    masked, so the network starts near the base and not at it.

    Args:
        of: patterns of the masked parameters' names.
        deviation: of the scores at the start.

    Raises:
        ValueError: no pattern, a deviation that is negative or not finite; from `start`, a pattern
            that fits no parameter.
    """

    of: tuple[str, ...] = ALL
    deviation: float = 0.5
    composition: ClassVar[str] = "parameter"
    identity: ClassVar[bool] = False
    merges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_names("of", self.of)
        check_finite(deviation=self.deviation)
        if self.deviation < 0:
            raise ValueError(f"deviation must be at least 0, got {self.deviation}")

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        return Module(
            self,
            {
                name: torch.stack(
                    [1 + self.deviation * torch.randn(v.shape[1:], generator=g) for g in generators]
                ).to(v)
                for name, v in named(weights, self.of).items()
            },
        )

    def weights(self, module: Module, weights: Weights) -> Weights:
        return {
            **weights,
            **{
                name: weights[name] * ((score >= 0).to(score) + (score - score.detach()))
                for name, score in module.values.items()
            },
        }

    def bits(self, module: Module) -> int:
        return self.count(module)
