"""Function composition by bottlenecks: a small network after or beside a sub-layer (Houlsby et al.
2019; Pfeiffer et al. 2021; in parallel: He et al. 2022), or an invertible one behind the
embedding (Pfeiffer et al. 2020, MAD-X)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from labs.kit.checks import check_sizes, known
from labs.nn.base import Sizes, Weights
from labs.nn.linear import affine
from labs.nn.modules.module import Kind, Module, Values, check_finite

SITES = {"feedforward": ("narrow",), "both": ("out", "narrow")}


def bottleneck(
    name: str, into: int, width: int, generators: Sequence[torch.Generator], like: Tensor
) -> dict[str, Tensor]:
    """The values of a network in -> width -> in that starts at zero: its first map as torch's
    `Linear`, its second at zero.

    `name`.down (M, in, width) and .down_bias (M, 1, width), .up (M, width, in) and .up_bias
    (M, 1, in), one M per generator, on the device and in the type of `like`.
    """
    bound = into**-0.5
    drawn = [torch.empty(into + 1, width).uniform_(-bound, bound, generator=g) for g in generators]
    down = torch.stack(drawn).to(like)
    return {
        f"{name}.down": down[:, :-1].contiguous(),
        f"{name}.down_bias": down[:, -1:].contiguous(),
        f"{name}.up": like.new_zeros(len(generators), width, into),
        f"{name}.up_bias": like.new_zeros(len(generators), 1, into),
    }


def through(values: Values, name: str, x: Tensor) -> Tensor:
    """up(relu(down(x))) of x (M, ..., in), by the values that `bottleneck` names."""
    inner = affine(x, values[f"{name}.down"], values[f"{name}.down_bias"]).relu()
    return affine(inner, values[f"{name}.up"], values[f"{name}.up_bias"])


@dataclass(frozen=True)
class Adapter(Kind):
    """y' = y + s up(relu(down(z))), z = y for the sequential and z = x for the parallel one, at the
    output y of the sub-layers that `sites` names, before it is added to the tokens.

    Args:
        width: of the bottleneck.
        sites: "feedforward" or "both" (attention too).
        parallel: whether it reads the sub-layer's input instead of its output.
        scale: s.

    Raises:
        ValueError: a width below 1, unknown sites, a scale that is no finite number.
    """

    width: int = 4
    sites: str = "feedforward"
    parallel: bool = False
    scale: float = 1.0
    composition: ClassVar[str] = "function"

    def __post_init__(self) -> None:
        check_sizes(width=self.width)
        known("sites", self.sites, SITES)
        check_finite(scale=self.scale)

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        values: dict[str, Tensor] = {}
        for block in range(sizes.blocks):
            for site in SITES[self.sites]:
                name, like = f"blocks.{block}.{site}", weights["head.weight"]
                values |= bottleneck(name, sizes.features, self.width, generators, like)
        return Module(self, values)

    def sublayer(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        if f"{name}.down" not in module.values:
            return y
        return y + self.scale * through(module.values, name, x if self.parallel else y)


@dataclass(frozen=True)
class Invertible(Kind):
    """Additive coupling of the two halves of every token that enters the first block: first += F of
    second, then second += G of first; `inverse` undoes it exactly.

    Args:
        width: of the bottlenecks F and G.

    Raises:
        ValueError: a width below 1; from `start`, an odd number of features.
    """

    width: int = 12
    composition: ClassVar[str] = "function"

    def __post_init__(self) -> None:
        check_sizes(width=self.width)

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        if sizes.features % 2:
            raise ValueError(f"features must be even, got {sizes.features}")
        half, like = sizes.features // 2, weights["head.weight"]
        return Module(
            self,
            bottleneck("F", half, self.width, generators, like)
            | bottleneck("G", half, self.width, generators, like),
        )

    def tokens(self, module: Module, h: Tensor) -> Tensor:
        first, second = h.chunk(2, dim=-1)
        first = first + through(module.values, "F", second)
        second = second + through(module.values, "G", first)
        return torch.cat([first, second], dim=-1)

    def inverse(self, module: Module, h: Tensor) -> Tensor:
        """The tokens whose `tokens` are h; both (M, B, T, features)."""
        first, second = h.chunk(2, dim=-1)
        second = second - through(module.values, "G", first)
        first = first - through(module.values, "F", second)
        return torch.cat([first, second], dim=-1)
