"""A frozen base with modules that train: the stacked net that `labs.nn.training.fit` trains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from labs.kit.checks import check_sizes
from labs.nn.base import STANDARD, Weights, check_heads, check_members, logits
from labs.nn.modules.module import Module
from labs.nn.nets import Net


class Adapted(Net):
    """M networks: bases with modules, the first `frozen` of which stay as they are.

    Input (M, B, 40), output logits (M, B, classes). Of members that serve D domains at once (a
    hypernetwork) the input is (M, B, D, 40), the output (M, B * D, classes), and the bases are
    given M * D times.

    Args:
        weights: of the base, leading axis M or 1 (or M * D).
        modules: of M members each, in order.
        frozen: how many of them, from the first, are not trained; nor does chance act in them.
        heads: of the base's attention.
        read: of (weights, x, modules, heads) the outputs (M, B, ...); the logits, or what else of a
            pass is to be learned (`labs.nn.base.features`).

    Raises:
        ValueError: no module that trains, modules of different numbers of members, bases of another
            number, heads that do not divide the features.
    """

    def __init__(
        self,
        weights: Weights,
        modules: Sequence[Module],
        *,
        frozen: int = 0,
        heads: int = STANDARD.heads,
        read: Callable[..., Tensor] = logits,
    ) -> None:
        check_sizes(modules=len(modules))
        if not 0 <= frozen < len(modules):
            raise ValueError(f"frozen must be in 0..{len(modules) - 1}, got {frozen}")
        counts = {len(v) for module in modules for v in module.values.values()}
        if len(counts) != 1:
            raise ValueError(f"modules must have the same number of members, got {sorted(counts)}")
        check_heads(weights["positions.weight"].shape[-1], heads)
        acting = {part.members for module in modules for part in module.expanded()}
        if len(acting) != 1:
            raise ValueError(f"modules must serve the same number of domains, got {sorted(acting)}")
        check_members(weights, acting.pop())
        super().__init__(counts.pop())
        self.base = {name: value.detach() for name, value in weights.items()}
        self.heads, self.frozen, self.read = heads, frozen, read
        self._modules_at_start = [_fixed(m) for m in modules[:frozen]] + list(modules[frozen:])
        self.trained = nn.ParameterList(
            nn.Parameter(value.clone())
            for module in modules[frozen:]
            for value in module.values.values()
        )

    def modules_now(self) -> list[Module]:
        """The modules with the values that they have now, sharing memory with the net."""
        values = iter(self.trained)
        return self._modules_at_start[: self.frozen] + [
            replace(module, values={name: next(values) for name in module.values})
            for module in self._modules_at_start[self.frozen :]
        ]

    def result(self) -> list[Module]:
        """The modules without gradients and without what only training needs."""
        return [
            replace(m, values={n: v.detach().clone() for n, v in m.values.items()}).settled()
            for m in self.modules_now()
        ]

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() not in (3, 4):
            raise ValueError(f"x must have 3 or 4 axes, got shape {tuple(x.shape)}")
        modules = self.modules_now()
        if not self.training:
            modules = [module.settled() for module in modules]
        if x.dim() == 3:
            return self.read(self.base, x, modules, self.heads)
        by_domain = self.read(self.base, x.transpose(1, 2).flatten(0, 1), modules, self.heads)
        return by_domain.unflatten(0, (len(x), -1)).transpose(1, 2).flatten(1, 2)

    def penalty(self) -> Tensor:
        """What the modules that train add to the loss (M,)."""
        total = torch.zeros(self.members, device=self.trained[0].device)
        for module in self.modules_now()[self.frozen :]:
            total = total + module.penalty()
        return total


def _fixed(module: Module) -> Module:
    values = {name: value.detach() for name, value in module.values.items()}
    return replace(module, values=values).settled()
