"""What a module is: a kind (how it enters the forward pass) and its values (what was trained).

The survey of modular deep learning (Pfeiffer, Ruder, Vulic and Ponti 2023, arXiv:2302.11529)
orders modules by their computation: they change parameters, inputs or functions of a network, or
another network writes their parameters (a hypernetwork). Here each kind says at which places of the
forward pass of `labs.nn.base` it acts, and leaves all others as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from labs.nn.base import Sizes, Weights

Values = Mapping[str, Tensor]  # name -> (M, ...)


class Kind:
    """Base of the kinds. A kind is a frozen dataclass of its settings; a method that is not
    overridden leaves what it is given.

    Attributes:
        composition: "parameter", "input", "function" or "hypernetwork".
        identity: whether a module that was just started leaves the network's outputs as they are.
    """

    composition: ClassVar[str]
    identity: ClassVar[bool] = True

    def start(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        """One module per generator, at its first values, each drawn from its own CPU generator;
        `weights` are those of the base (leading axis M or 1), on whose device the values are."""
        raise NotImplementedError

    def expanded(self, module: Module) -> list[Module]:
        """The modules that act in the place of this one in a forward pass."""
        return [module]

    def weights(self, module: Module, weights: Weights) -> Weights:
        """The base's parameters as the module has them."""
        return weights

    def tokens(self, module: Module, h: Tensor) -> Tensor:
        """The sequence (M, B, T, features) that enters the first block."""
        return h

    def keys_values(
        self, module: Module, block: int, key: Tensor, value: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Keys and values (M, B, heads, T, features of a head) of a block's attention."""
        return key, value

    def hidden(self, module: Module, block: int, h: Tensor) -> Tensor:
        """The feedforward layer's inner activations (M, B, T, wide)."""
        return h

    def linear(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        """The output y (M, ..., out) of the linear map `name` of x (M, ..., in)."""
        return y

    def sublayer(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        """What the sub-layer that ends with the linear map `name` adds to the tokens: y of x, both
        (M, B, T, features)."""
        return y

    def settled(self, module: Module) -> Module:
        """The module without the chance that only training needs."""
        return module

    def penalty(self, module: Module) -> Tensor | float:
        """What training adds to the loss of each member (M,)."""
        return 0.0

    def merged(self, module: Module, weights: Weights) -> Weights | None:
        """The parameters of a plain network that computes the same, or None where there is none."""
        return None

    def count(self, module: Module) -> int:
        """Trained numbers of one member."""
        return sum(value[0].numel() for value in module.values.values())

    def bits(self, module: Module) -> int:
        """What one member takes to ship: 32 bits per trained number, unless the kind says else."""
        return 32 * self.count(module)


@dataclass(frozen=True)
class Module:
    """M modules of one kind, side by side.

    Attributes:
        kind: how they enter the forward pass.
        values: what is trained, by name (M, ...).
        fixed: what is not trained but belongs to the module: masks, hash tables, metadata.
    """

    kind: Kind
    values: Values
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """M."""
        return len(next(iter(self.values.values())))

    def with_values(self, values: Values) -> Module:
        """The same module with other values of the same names and shapes.

        Raises:
            ValueError: other names or shapes.
        """
        expected, received = (
            {name: tuple(value.shape[1:]) for name, value in own.items()}
            for own in (self.values, values)
        )
        if expected != received:
            raise ValueError(f"values must have the names and shapes {expected}, got {received}")
        return replace(self, values=dict(values))

    def of(self, members: Sequence[int]) -> Module:
        """The modules of these members, in this order; a member may come several times."""

        def taken(own: Mapping[str, Any]) -> dict[str, Any]:
            return {
                name: value[list(members)] if isinstance(value, Tensor) else value
                for name, value in own.items()
            }

        return replace(self, values=taken(self.values), fixed=taken(self.fixed))

    def expanded(self) -> list[Module]:
        return self.kind.expanded(self)

    def weights(self, weights: Weights) -> Weights:
        return self.kind.weights(self, weights)

    def tokens(self, h: Tensor) -> Tensor:
        return self.kind.tokens(self, h)

    def keys_values(self, block: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        return self.kind.keys_values(self, block, key, value)

    def hidden(self, block: int, h: Tensor) -> Tensor:
        return self.kind.hidden(self, block, h)

    def linear(self, name: str, x: Tensor, y: Tensor) -> Tensor:
        return self.kind.linear(self, name, x, y)

    def sublayer(self, name: str, x: Tensor, y: Tensor) -> Tensor:
        return self.kind.sublayer(self, name, x, y)

    def settled(self) -> Module:
        return self.kind.settled(self)

    def penalty(self) -> Tensor | float:
        return self.kind.penalty(self)

    def count(self) -> int:
        """Trained numbers of one member."""
        return self.kind.count(self)

    def bits(self) -> int:
        """Bits to ship one member."""
        return self.kind.bits(self)


def merge(weights: Weights, modules: Sequence[Module]) -> dict[str, Tensor]:
    """The parameters of the plain base that computes what the base with these modules computes, the
    first of them merged first.

    Raises:
        ValueError: a kind that cannot be merged.
    """
    for module in (part for whole in modules for part in whole.expanded()):
        merged = module.kind.merged(module, weights)
        if merged is None:
            raise ValueError(f"modules must be of kinds that merge, got {module.kind}")
        weights = merged
    return dict(weights)
