"""Parameter composition by a difference: theta' = theta + delta on the parameters named.

With all parameters it is full fine-tuning, with some of them BitFit (Ben-Zaken et al. 2022), the
gains and shifts of normalisation, or the head alone; with a mask a sparse difference, as lottery
ticket sparse fine-tuning (Ansell et al. 2022) and diff pruning (Guo et al. 2021) leave it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from math import ceil, log2
from typing import ClassVar

import torch
from torch import Tensor

from labs.kit.checks import check_sizes
from labs.nn.base import Sizes, Weights
from labs.nn.modules.module import Kind, Module, check_names
from labs.nn.modules.names import ALL


def named(weights: Weights, of: Sequence[str]) -> dict[str, Tensor]:
    """The parameters whose names fit one of the patterns `of`, in the order of the base.

    Raises:
        ValueError: a pattern that fits none.
    """
    for pattern in of:
        if not any(fnmatchcase(name, pattern) for name in weights):
            raise ValueError(f"of must name parameters of the base, got {pattern!r}")
    return {
        name: value
        for name, value in weights.items()
        if any(fnmatchcase(name, pattern) for pattern in of)
    }


@dataclass(frozen=True)
class Delta(Kind):
    """theta' = theta + delta, or theta + mask * delta with 0/1 tensors in `fixed`.

    Args:
        of: patterns of the parameters' names, of `labs.nn.modules.names` or others.

    Raises:
        ValueError: no pattern; from `start`, one that fits no parameter.
    """

    of: tuple[str, ...] = ALL
    composition: ClassVar[str] = "parameter"
    merges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_names("of", self.of)

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        return Module(
            self,
            {
                name: value.new_zeros(len(generators), *value.shape[1:])
                for name, value in named(weights, self.of).items()
            },
        )

    def weights(self, module: Module, weights: Weights) -> Weights:
        mask = module.fixed
        return {
            **weights,
            **{
                name: weights[name] + (delta * mask[name] if mask else delta)
                for name, delta in module.values.items()
            },
        }

    def count(self, module: Module) -> int:
        if not module.fixed:
            return super().count(module)
        return int(sum(mask[0].sum() for mask in module.fixed.values()))

    def bits(self, module: Module) -> int:
        """Of a sparse difference every number with its place."""
        if not module.fixed:
            return super().bits(module)
        places = sum(mask[0].numel() for mask in module.fixed.values())
        return self.count(module) * (32 + ceil(log2(places)))


@dataclass(frozen=True)
class Ticket(Delta):
    """theta' = mask * (theta + delta): a trained subnetwork, as iterative magnitude pruning leaves
    it (Frankle and Carbin 2019); it starts with a mask of ones. Ships the mask, one bit per
    parameter, and what is kept."""

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        module = super().started(weights, sizes, generators)
        return replace(module, fixed={n: torch.ones_like(v) for n, v in module.values.items()})

    def weights(self, module: Module, weights: Weights) -> Weights:
        return {
            **weights,
            **{
                name: module.fixed[name] * (weights[name] + delta)
                for name, delta in module.values.items()
            },
        }

    def bits(self, module: Module) -> int:
        return 32 * self.count(module) + sum(mask[0].numel() for mask in module.fixed.values())


def check_keep(module: Module, keep: int) -> None:
    """Refuse to keep no number of a difference, or more than it has.

    Raises:
        ValueError: naming the rule and the value; a module of a kind that is no difference.
    """
    if not isinstance(module.kind, Delta):
        raise ValueError(f"module must be a Delta or a Ticket, got {module.kind}")
    check_sizes(keep=keep)
    numbers = sum(value[0].numel() for value in module.values.values())
    if keep > numbers:
        raise ValueError(f"keep must be in 1..{numbers}, got {keep}")


def sparse(module: Module, keep: int, scores: Mapping[str, Tensor] | None = None) -> Module:
    """The difference at 0 again, masked to the `keep` numbers of each member whose score is
    largest; by default their absolute value now.

    Args:
        module: of the kind `Delta` or `Ticket`.
        keep: numbers that stay.
        scores: by the names of the module's values, (M, ...) or (1, ...).

    Raises:
        ValueError: `keep` not in 1..numbers of the module.
    """
    check_keep(module, keep)
    values = module.values
    scores = {n: v.abs() if scores is None else scores[n].expand_as(v) for n, v in values.items()}
    flat = torch.cat([score.flatten(1) for score in scores.values()], dim=1)
    chosen = torch.zeros_like(flat).scatter_(1, flat.topk(keep, dim=1).indices, 1.0)
    masks = {
        name: mask.view_as(values[name])
        for name, mask in zip(
            values, chosen.split([v[0].numel() for v in values.values()], dim=1), strict=True
        )
    }
    zeros = {name: torch.zeros_like(value) for name, value in values.items()}
    return replace(module, values=zeros, fixed=masks)
