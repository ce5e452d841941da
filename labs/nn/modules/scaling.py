"""Function composition by gains: (IA)^3 (Liu et al. 2022) and FiLM (Perez et al. 2018). Both are
linear in what they scale, so they merge into the linear map before or after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from labs.nn.base import Sizes, Weights
from labs.nn.modules.module import Kind, Module


def _names(sizes: Sizes, layers: Sequence[str]) -> list[str]:
    return [f"blocks.{block}.{layer}" for block in range(sizes.blocks) for layer in layers]


@dataclass(frozen=True)
class IA3(Kind):
    """Keys, values and the feedforward layer's inner activations times learned gains, which start
    at 1."""

    composition: ClassVar[str] = "function"
    merges: ClassVar[bool] = True

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        def ones(name: str) -> Tensor:
            size = sizes.wide if name.endswith("hidden") else sizes.features
            return weights["head.weight"].new_ones(len(generators), 1, size)

        return Module(self, {n: ones(n) for n in _names(sizes, ("key", "value", "hidden"))})

    def linear(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        if name not in module.values:
            return y
        return y * module.values[name].unsqueeze(1)

    def hidden(self, module: Module, block: int, h: Tensor) -> Tensor:
        return h * module.values[f"blocks.{block}.hidden"].unsqueeze(1)

    def into_linears(self, module: Module, weights: Weights) -> Weights:
        new = dict(weights)
        for name, gain in module.values.items():
            if not name.endswith("hidden"):
                for part in ("weight", "bias"):
                    new[f"{name}.{part}"] = gain * weights[f"{name}.{part}"]
        return new

    def into_sublayers(self, module: Module, weights: Weights) -> Weights:
        new = dict(weights)
        for name, gain in module.values.items():
            if name.endswith("hidden"):
                into = f"{name.removesuffix('hidden')}narrow.weight"
                new[into] = gain.transpose(1, 2) * weights[into]
        return new


@dataclass(frozen=True)
class FiLM(Kind):
    """The output of every sub-layer times gains that start at 1, plus shifts that start at 0."""

    composition: ClassVar[str] = "function"
    merges: ClassVar[bool] = True

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        like = weights["head.weight"].new_zeros(len(generators), 1, sizes.features)
        values: dict[str, Tensor] = {}
        for name in _names(sizes, ("out", "narrow")):
            values |= {f"{name}.gain": like + 1, f"{name}.shift": like.clone()}
        return Module(self, values)

    def sublayer(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        gain, shift = (module.values[f"{name}.{part}"].unsqueeze(1) for part in ("gain", "shift"))
        return torch.addcmul(shift, y, gain)

    def into_sublayers(self, module: Module, weights: Weights) -> Weights:
        new = dict(weights)
        for name in (n.removesuffix(".gain") for n in module.values if n.endswith(".gain")):
            gain, shift = module.values[f"{name}.gain"], module.values[f"{name}.shift"]
            new[f"{name}.weight"] = weights[f"{name}.weight"] * gain
            new[f"{name}.bias"] = weights[f"{name}.bias"] * gain + shift
        return new
