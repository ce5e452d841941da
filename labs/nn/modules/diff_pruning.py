"""Diff pruning (Guo, Rush and Kim 2021): theta' = theta + z * w with gates z that a penalty on
their expected number closes. The gates are stretched binary concrete ("hard concrete", Louizos et
al. 2018): random while they train, at their typical value otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from labs.nn.base import Sizes, Weights
from labs.nn.modules.delta import named
from labs.nn.modules.module import Kind, Module, check_finite, check_names
from labs.nn.modules.names import ALL

LOW, HIGH = -1.5, 1.5  # the stretch of the gates before they are cut to [0, 1]


@dataclass(frozen=True)
class DiffPruning(Kind):
    """Twice as many trained numbers as parameters: w, which starts at zero, and the gates'
    log alpha.

    Args:
        of: patterns of the parameters' names.
        start_gate: log alpha at the start (5 in the published code, where steps are thousands).
        penalty_rate: of the expected number of open gates in the loss, nats per gate.
        speed: log alpha is this times the trained number: gates need to move by units where w moves
            by hundredths.

    Raises:
        ValueError: no pattern, a number that is not finite, a negative `penalty_rate`, a `speed`
            not above 0; from `start`, a pattern that fits no parameter.
    """

    of: tuple[str, ...] = ALL
    start_gate: float = 1.0
    penalty_rate: float = 1e-5
    speed: float = 30.0
    composition: ClassVar[str] = "parameter"
    merges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_names("of", self.of)
        check_finite(start_gate=self.start_gate, penalty_rate=self.penalty_rate, speed=self.speed)
        if self.penalty_rate < 0:
            raise ValueError(f"penalty_rate must be at least 0, got {self.penalty_rate}")
        if self.speed <= 0:
            raise ValueError(f"speed must be above 0, got {self.speed}")

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        values: dict[str, Tensor] = {}
        for name, value in named(weights, self.of).items():
            zeros = value.new_zeros(len(generators), *value.shape[1:])
            values |= {f"w:{name}": zeros, f"gate:{name}": zeros + self.start_gate / self.speed}
        return Module(self, values, {"noise": tuple(generators)})

    def settled(self, module: Module) -> Module:
        return replace(module, fixed={})

    def weights(self, module: Module, weights: Weights) -> Weights:
        return {**weights, **{n: weights[n] + d for n, d in self.differences(module).items()}}

    def differences(self, module: Module) -> dict[str, Tensor]:
        """By parameter, z * w (M, ...)."""
        noise: Sequence[torch.Generator] = module.fixed.get("noise", ())
        return {
            name: w * _gate(module.values[f"gate:{name}"] * self.speed, noise)
            for name, w in _parts(module.values, "w:").items()
        }

    def penalty(self, module: Module) -> Tensor:
        gates = _parts(module.values, "gate:").values()
        opened = [torch.sigmoid(self.speed * gate).flatten(1).sum(1) for gate in gates]
        return self.penalty_rate * torch.stack(opened).sum(0)


def _parts(values: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): v for n, v in values.items() if n.startswith(prefix)}


def _gate(log_alpha: Tensor, noise: Sequence[torch.Generator]) -> Tensor:
    if noise:
        shape = log_alpha.shape[1:]
        drawn = [torch.rand(shape, generator=g).clamp(1e-6, 1 - 1e-6).logit() for g in noise]
        log_alpha = log_alpha + torch.stack(drawn).to(log_alpha)
    return (log_alpha.sigmoid() * (HIGH - LOW) + LOW).clamp(0, 1)
