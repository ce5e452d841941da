"""Aggregation of representations: adapters side by side, whose outputs are added with scalar
weights (Misra et al. 2016; Ruder et al. 2019) or with attention (AdapterFusion, Pfeiffer et al.
2021, arXiv:2005.00247).

The adapters are frozen: they stand in what is fixed, so that a net trains the aggregation alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from labs.composition.aggregation.checks import check_generators, check_kind
from labs.composition.aggregation.listening import listener
from labs.nn.base import STANDARD, Sizes, Weights, logits
from labs.nn.linear import affine
from labs.nn.modules.adapter import Adapter, through
from labs.nn.modules.module import Kind, Module, Values

DEVIATION = 0.02  # of the queries' and keys' first values, as in the authors' code


@dataclass(frozen=True)
class _Aggregation(Kind):
    """What both have: the adapters, in `fixed` by "ADAPTER.NAME", and what they add."""

    of: tuple[Adapter, ...] = (Adapter(),)
    composition: ClassVar[str] = "function"

    def __post_init__(self) -> None:
        own = isinstance(self.of, tuple) and self.of
        if not own or not all(isinstance(kind, Adapter) for kind in self.of):
            raise ValueError(f"of must be a tuple of at least one Adapter, got {self.of!r}")

    def adapters_at_start(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> list[Module]:
        return [kind.start(weights, sizes, generators) for kind in self.of]

    def added(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor | None:
        """What each of the J adapters adds to a sub-layer's output y of x (M, B, T, features):
        (M, B, T, J, features); None at a sub-layer that they leave alone."""
        if f"0.{name}.down" not in module.fixed:
            return None
        parts = [
            kind.scale * through(module.fixed, f"{j}.{name}", x if kind.parallel else y)
            for j, kind in enumerate(self.of)
        ]
        return torch.stack(parts, dim=-2)

    def mixture(self, module: Module, name: str, y: Tensor, added: Tensor) -> Tensor:
        """The weights (M, B, T, J), or what is broadcast to it, of what the adapters add."""
        raise NotImplementedError

    def valued(self, module: Module, name: str, mixed: Tensor) -> Tensor:
        """What becomes of their weighted sum (M, B, T, features)."""
        return mixed

    def sublayer(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        added = self.added(module, name, x, y)
        if added is None:
            return y
        mixture = self.mixture(module, name, y, added).unsqueeze(-1)
        return y + self.valued(module, name, (mixture * added).sum(-2))


@dataclass(frozen=True)
class Weighted(_Aggregation):
    """y' = y + sum_j a_j z_j, z_j what adapter j adds to a sub-layer's output, with one scalar a_j
    per sub-layer and adapter, equal and of sum 1 at the start.

    Args:
        of: the adapters' kinds, of the same sites.
        learned: whether the a_j are trained; otherwise they are fixed, and nothing is trained.

    Raises:
        ValueError: no adapter.
    """

    learned: bool = True

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        return weighted(self.adapters_at_start(weights, sizes, generators), learned=self.learned)

    def mixture(self, module: Module, name: str, y: Tensor, added: Tensor) -> Tensor:
        own = module.values if self.learned else module.fixed
        return own[f"{name}.weights"][:, None, None]


@dataclass(frozen=True)
class AdapterFusion(_Aggregation):
    """y' = y + sum_j s_j z_j V, s = softmax_j(q . k_j), q = y Q + b, k_j = z_j K + c, for every
    token and every sub-layer that has adapters; z_j is what adapter j adds to y.

    V is the identity at the start (the authors' code has 1e-6 beside its diagonal), Q and K are
    normal with deviation 0.02, their shifts 0; there is no temperature. It trains 3 d^2 + 2 d
    numbers per sub-layer, of which the d of c never move: they add the same to every q . k_j.

    Args:
        of: the adapters' kinds, of the same sites.

    Raises:
        ValueError: no adapter.
    """

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        return fused(self.adapters_at_start(weights, sizes, generators), generators)

    def valued(self, module: Module, name: str, mixed: Tensor) -> Tensor:
        return affine(mixed, module.values[f"{name}.value"])

    def mixture(self, module: Module, name: str, y: Tensor, added: Tensor) -> Tensor:
        own = module.values
        query = affine(y, own[f"{name}.query"], own[f"{name}.query_bias"])
        key = affine(added, own[f"{name}.key"], own[f"{name}.key_bias"])
        return (key @ query.unsqueeze(-1)).squeeze(-1).softmax(-1)


def weighted(adapters: Sequence[Module], *, learned: bool = True) -> Module:
    """Trained adapters side by side with scalar weights, at their start.

    Args:
        adapters: of the kind `Adapter`, of M members and the same sites each.
        learned: whether the weights are trained.

    Raises:
        ValueError: no adapter, another kind, other sites or numbers of members.
    """
    kinds, sites, fixed = _frozen(adapters)
    members, count = adapters[0].members, len(adapters)
    like = next(iter(fixed.values()))
    weights = {f"{s}.weights": like.new_full((members, count), 1 / count) for s in sites}
    if learned:
        return Module(Weighted(kinds), weights, fixed)
    nothing = {"nothing": like.new_empty(members, 0)}
    return Module(Weighted(kinds, learned=False), nothing, {**fixed, **weights})


def fused(adapters: Sequence[Module], generators: Sequence[torch.Generator]) -> Module:
    """AdapterFusion over trained adapters, at its start.

    Args:
        adapters: of the kind `Adapter`, of M members and the same sites each.
        generators: one CPU generator per member, which draws that one's queries and keys.

    Raises:
        ValueError: no adapter, another kind, other sites or numbers of members, not one generator
            per member.
    """
    kinds, sites, fixed = _frozen(adapters)
    check_generators(generators, adapters[0].members)
    values: dict[str, Tensor] = {}
    for site in sites:
        like = fixed[f"0.{site}.up"]
        d = like.shape[-1]
        drawn = torch.stack([torch.randn(2, d, d, generator=g) for g in generators]).to(like)
        shift = like.new_zeros(len(generators), 1, d)
        values |= {
            f"{site}.query": DEVIATION * drawn[:, 0],
            f"{site}.query_bias": shift,
            f"{site}.key": DEVIATION * drawn[:, 1],
            f"{site}.key_bias": shift.clone(),
            f"{site}.value": torch.eye(d).to(like).repeat(len(generators), 1, 1),
        }
    return Module(AdapterFusion(kinds), values, fixed)


@torch.no_grad()
def mass(
    weights: Weights,
    x: Tensor,
    module: Module,
    before: Sequence[Module] = (),
    heads: int = STANDARD.heads,
) -> dict[str, Tensor]:
    """How much each of J adapters is listened to: by sub-layer (M, J), the mean over signals and
    tokens of the weights, which add up to 1 under attention.

    Args:
        weights, x, heads: of a forward pass, as `labs.nn.base.logits` takes them.
        module: of the kind `AdapterFusion` or `Weighted`.
        before: the modules before it in the pass.

    Raises:
        ValueError: another kind.
    """
    kind = module.kind
    if not isinstance(kind, AdapterFusion | Weighted):
        raise ValueError(f"module must be AdapterFusion or Weighted, got {kind}")
    found: dict[str, Tensor] = {}

    def hear(name: str, inputs: Tensor, y: Tensor) -> None:
        added = kind.added(module, name, inputs, y)
        if added is not None:
            mixture = kind.mixture(module, name, y, added)
            found[name] = mixture.expand(added.shape[:-1]).mean((1, 2))

    logits(weights, x, [*before, listener(len(x), sublayer=hear), module], heads)
    return found


def _frozen(adapters: Sequence[Module]) -> tuple[tuple[Adapter, ...], list[str], Values]:
    check_kind("adapters", adapters, Adapter)
    kinds = tuple(module.kind for module in adapters if isinstance(module.kind, Adapter))
    names = [list(module.values) for module in adapters]
    if any(own != names[0] for own in names):
        raise ValueError(f"adapters must be of the same sites, got {[k.sites for k in kinds]}")
    sites = [name.removesuffix(".down") for name in names[0] if name.endswith(".down")]
    fixed = {f"{j}.{n}": v.detach() for j, m in enumerate(adapters) for n, v in m.values.items()}
    return kinds, sites, fixed
