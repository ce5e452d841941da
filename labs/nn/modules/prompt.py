"""Input composition: learned tokens in front of the signal's (prompt tuning, Lester et al. 2021) or
learned keys and values in front of every attention's (prefix tuning, Li and Liang 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from labs.kit.checks import check_sizes
from labs.nn.base import Sizes, Weights
from labs.nn.modules.module import Kind, Module


def _drawn(shape: tuple[int, ...], generators: Sequence[torch.Generator], like: Tensor) -> Tensor:
    return torch.stack([torch.empty(shape).uniform_(-1, 1, generator=g) for g in generators]).to(
        like
    )


@dataclass(frozen=True)
class _Input:
    """What both kinds have in common."""

    length: int = 5
    composition: ClassVar[str] = "input"
    identity: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_sizes(length=self.length)


@dataclass(frozen=True)
class Prompt(_Input, Kind):
    """`length` tokens before the signal's own, without positions; they start as positions do,
    uniform in (-1, 1).

    Args:
        length: tokens.

    Raises:
        ValueError: a length below 1.
    """

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        like = weights["positions.weight"]
        return Module(self, {"tokens": _drawn((self.length, sizes.features), generators, like)})

    def tokens(self, module: Module, h: Tensor) -> Tensor:
        prompt = module.values["tokens"].unsqueeze(1).expand(-1, h.shape[1], -1, -1)
        return torch.cat([prompt, h], dim=2)


@dataclass(frozen=True)
class Prefix(_Input, Kind):
    """`length` keys and values before those of the tokens, in the attention of every block; they
    start uniform in (-1, 1).

    Args:
        length: keys, and as many values, of a block.

    Raises:
        ValueError: a length below 1.
    """

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        shape = (sizes.heads, self.length, sizes.features // sizes.heads)
        like = weights["positions.weight"]
        names = [f"{block}.{part}" for block in range(sizes.blocks) for part in ("key", "value")]
        return Module(self, {name: _drawn(shape, generators, like) for name in names})

    def keys_values(
        self, module: Module, block: int, key: Tensor, value: Tensor
    ) -> tuple[Tensor, Tensor]:
        own = (module.values[f"{block}.{name}"].unsqueeze(1) for name in ("key", "value"))
        first, second = (
            torch.cat([prefix.expand(-1, x.shape[1], -1, -1, -1), x], dim=3)
            for prefix, x in zip(own, (key, value), strict=True)
        )
        return first, second
