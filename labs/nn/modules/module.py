"""What a module is: a kind (how it enters the forward pass) and its values (what was trained).

The survey of modular deep learning (Pfeiffer, Ruder, Vulic and Ponti 2023, arXiv:2302.11529)
orders modules by their computation: they change parameters, inputs or functions of a network, or
another network writes their parameters (a hypernetwork). Here each kind says at which places of the
forward pass of `labs.nn.base` it acts, and leaves all others as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from numbers import Real
from typing import Any, ClassVar

import torch
from torch import Tensor

from labs.kit.checks import check_sizes
from labs.nn.base import Sizes, Weights, check_fits, check_members

Values = Mapping[str, Tensor]  # name -> (M, ...)


class Kind:
    """Base of the kinds. A kind is a frozen dataclass of its settings; a method that is not
    overridden leaves what it is given.

    Attributes:
        composition: "parameter", "input", "function" or "hypernetwork".
        identity: whether a module that was just started leaves the network's outputs as they are.
        merges: whether a plain base computes the same as the base with the module (`merge`).
    """

    composition: ClassVar[str]
    identity: ClassVar[bool] = True
    merges: ClassVar[bool] = False

    def start(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        """Modules at their first values.

        Args:
            weights: of the base, leading axis M or 1; the values are on its device.
            sizes: of the base.
            generators: one CPU generator per module, which draws that one's values.

        Raises:
            ValueError: no generator, bases that are neither one nor one per generator, sizes that
                are not those of the weights, a setting of the kind that does not fit the base.
        """
        check_sizes(generators=len(generators))
        check_members(weights, len(generators))
        check_fits(weights, sizes)
        return self.started(weights, sizes, generators)

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        """What `start` gives, of arguments that it has checked."""
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

    def into_linears(self, module: Module, weights: Weights) -> Weights:
        """The parameters with what `linear` does, of a kind that merges."""
        return weights

    def into_sublayers(self, module: Module, weights: Weights) -> Weights:
        """The parameters with what `hidden` and `sublayer` do, of a kind that merges."""
        return weights

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
        fixed: what is not trained but belongs to the module: masks, hash tables, metadata. Tensors
            (M, ...) and tuples of M hold one entry per member; anything else is common to all.
    """

    kind: Kind
    values: Values
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """M."""
        return len(next(iter(self.values.values())))

    def with_values(self, values: Values) -> Module:
        """The same module with other values of the same names and shapes; of another number of
        members only where nothing is fixed.

        Raises:
            ValueError: other names or shapes, or another number of members.
        """
        expected, received = (
            {name: tuple(value.shape[1:]) for name, value in own.items()}
            for own in (self.values, values)
        )
        if expected != received:
            raise ValueError(f"values must have the names and shapes {expected}, got {received}")
        counts = {len(value) for value in values.values()}
        if len(counts) > 1 or (self.fixed and counts != {self.members}):
            wanted = f"{self.members} members" if self.fixed else "one number of members"
            raise ValueError(f"values must be of {wanted}, got {sorted(counts)}")
        return replace(self, values=dict(values))

    def of(self, members: Sequence[int]) -> Module:
        """The modules of these members, in this order; a member may come several times.

        Raises:
            ValueError: no member, or one that is not in 0..M-1.
        """
        chosen = list(members)
        if not chosen or not all(0 <= member < self.members for member in chosen):
            raise ValueError(f"members must be in 0..{self.members - 1}, got {chosen}")
        values, fixed = (
            {name: _taken(value, chosen) for name, value in own.items()}
            for own in (self.values, self.fixed)
        )
        return replace(self, values=values, fixed=fixed)

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


def _taken(value: Any, members: list[int]) -> Any:
    if isinstance(value, Tensor):
        return value[members]
    if isinstance(value, tuple):
        return tuple(_copied(value[member]) for member in members)
    return value


def _copied(entry: Any) -> Any:
    """A generator that draws the same and leaves this one where it is; anything else itself."""
    if not isinstance(entry, torch.Generator):
        return entry
    return torch.Generator().set_state(entry.get_state())


def merge(weights: Weights, modules: Sequence[Module]) -> dict[str, Tensor]:
    """The parameters of the plain base that computes what the base with these modules computes.

    They go into it as they come in a forward pass: first all that changes parameters, then what
    acts on linear maps, then what acts on sub-layers; within each, in the modules' order.

    Raises:
        ValueError: a kind that cannot be merged.
    """
    parts = [part for module in modules for part in module.expanded()]
    for part in parts:
        if not part.kind.merges:
            raise ValueError(f"modules must be of kinds that merge, got {part.kind}")
    for part in parts:
        weights = part.weights(weights)
    for part in parts:
        weights = part.kind.into_linears(part, weights)
    for part in parts:
        weights = part.kind.into_sublayers(part, weights)
    return dict(weights)


def check_finite(**numbers: float) -> None:
    """Refuse what is not a finite number.

    Raises:
        ValueError: naming the number, the rule and the value.
    """
    for name, value in numbers.items():
        if not isinstance(value, Real) or isinstance(value, bool) or not isfinite(value):
            raise ValueError(f"{name} must be a finite number, got {value!r}")


def check_names(name: str, names: Sequence[str]) -> None:
    """Refuse what is not a tuple of at least one text.

    Raises:
        ValueError: naming the rule and the value.
    """
    if not isinstance(names, tuple) or not names or not all(isinstance(n, str) for n in names):
        raise ValueError(f"{name} must be a tuple of at least one name, got {names!r}")
