"""LoRA (Hu et al. 2022): a difference of low rank, W' = W + (alpha / r) A B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from labs.kit.checks import check_sizes, known
from labs.nn.base import Sizes, Weights
from labs.nn.linear import affine
from labs.nn.modules.module import Kind, Module, check_finite, check_names
from labs.nn.modules.names import ATTENTION, LINEARS


@dataclass(frozen=True)
class LoRA(Kind):
    """y' = W x + (alpha / r) B A x for the linear maps `of` in every block; A (M, in, r) starts
    normal with variance 1 / in, B (M, r, out) at zero.

    Args:
        rank: r.
        of: names of the linear maps, of `LINEARS`.
        alpha: None for alpha = r.

    Raises:
        ValueError: a rank below 1, no map or an unknown one, an alpha that is no finite number.
    """

    rank: int = 2
    of: tuple[str, ...] = ATTENTION
    alpha: float | None = None
    composition: ClassVar[str] = "parameter"
    merges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_sizes(rank=self.rank)
        check_names("of", self.of)
        for name in self.of:
            known("linear map in of", name, LINEARS)
        if self.alpha is not None:
            check_finite(alpha=self.alpha)

    @property
    def scale(self) -> float:
        return 1.0 if self.alpha is None else self.alpha / self.rank

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        values: dict[str, Tensor] = {}
        for name in (f"blocks.{block}.{of}" for block in range(sizes.blocks) for of in self.of):
            into, out = weights[f"{name}.weight"].shape[1:]
            drawn = [torch.randn(into, self.rank, generator=g) / into**0.5 for g in generators]
            like = weights[f"{name}.weight"]
            values[f"{name}.A"] = torch.stack(drawn).to(like)
            values[f"{name}.B"] = like.new_zeros(len(generators), self.rank, out)
        return Module(self, values)

    def linear(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        if f"{name}.A" not in module.values:
            return y
        inner = affine(x, module.values[f"{name}.A"] * self.scale)
        return y + affine(inner, module.values[f"{name}.B"])

    def into_linears(self, module: Module, weights: Weights) -> Weights:
        return {**weights, **{n: weights[n] + d for n, d in self.differences(module).items()}}

    def differences(self, module: Module) -> dict[str, Tensor]:
        """By parameter, what the module adds to it: (alpha / r) A B (M, in, out). Factors are not
        unique, so modules are averaged by these and never factor by factor."""
        names = [name.removesuffix(".A") for name in module.values if name.endswith(".A")]
        own = module.values
        return {f"{n}.weight": self.scale * own[f"{n}.A"] @ own[f"{n}.B"] for n in names}
