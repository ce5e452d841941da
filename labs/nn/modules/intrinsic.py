"""Intrinsic dimension (Li et al. 2018): all parameters move in a random subspace, theta + P v.

P is a count sketch, so that it costs as many operations as there are parameters: parameter i moves
by s_i v[h(i)] / sqrt(c_h(i)) with a random place h(i), a random sign s_i and c_j the number of
parameters at place j, which makes the columns of P orthonormal. Places are dealt out evenly, so
that none stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from labs.kit.checks import check_sizes
from labs.nn.base import Sizes, Weights
from labs.nn.modules.module import Kind, Module


@dataclass(frozen=True)
class Intrinsic(Kind):
    """theta' = theta + P v with v (M, dimension) starting at zero.

    Args:
        dimension: of the subspace.

    Raises:
        ValueError: a dimension below 1; from `start`, above the number of parameters.
    """

    dimension: int = 200
    composition: ClassVar[str] = "parameter"
    merges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_sizes(dimension=self.dimension)

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        numbers = sum(value[0].numel() for value in weights.values())
        if self.dimension > numbers:
            raise ValueError(f"dimension must be at most {numbers}, got {self.dimension}")
        places = torch.stack([torch.randperm(numbers, generator=g) for g in generators])
        places %= self.dimension
        signs = torch.stack([torch.randint(2, (numbers,), generator=g) for g in generators])
        counts = torch.stack([torch.bincount(p, minlength=self.dimension) for p in places])
        like = weights["head.bias"]
        step = (2 * signs - 1) / counts.gather(1, places).double().sqrt()
        return Module(
            self,
            {"v": like.new_zeros(len(generators), self.dimension)},
            {"place": places.to(like.device), "step": step.to(like)},
        )

    def weights(self, module: Module, weights: Weights) -> Weights:
        moved = module.values["v"].gather(1, module.fixed["place"]) * module.fixed["step"]
        parts = moved.split([value[0].numel() for value in weights.values()], dim=1)
        return {
            name: value + part.view(-1, *value.shape[1:])
            for (name, value), part in zip(weights.items(), parts, strict=True)
        }
