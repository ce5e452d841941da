"""Arithmetic of networks: averages and paths of parameters, and sums of differences from a start,
the task vectors of Ilharco et al. (2023, arXiv:2212.04089).

Everything is of parameters by name or of `Module`s, whose values are added one by one. Factors of
LoRA are not unique, (A G)(G^-1 B) = A B, so modules of that kind are never added factor by factor:
their averages have the ranks end to end (`concatenated`), and `weight_vector` gives what they add
to the base, which `dense` makes a module again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import torch
from torch import Tensor

from labs.composition.aggregation.checks import (
    Number,
    check_alike,
    check_generators,
    check_kind,
    check_number,
    check_numbers,
    check_shares,
    spread,
)
from labs.kit.checks import check_sizes
from labs.nn.base import Weights
from labs.nn.modules.delta import Delta
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Module, merge

Vector = Mapping[str, Tensor]  # differences by name, (M, ...) or (1, ...); what is not named is 0
Point = TypeVar("Point", Module, Weights)


def average(items: Sequence[Point], shares: Sequence[Number] | None = None) -> Point:
    """sum_j share_j item_j: averages of weights (model soups, Wortsman et al. 2022), or of modules
    (AdapterSoup, Chronopoulou et al. 2023).

    Args:
        items: weights by name (M, ...) or (1, ...), or modules of one kind, alike in what is fixed.
        shares: one per item, each a number or numbers (M,), which add up to 1; None for equal ones.

    Returns:
        What the items are; of LoRA a module whose rank is the sum of the ranks.

    Raises:
        ValueError: no item, items that are not alike, shares that do not add up to 1.
    """
    check_sizes(items=len(items))
    shares = [1 / len(items)] * len(items) if shares is None else shares
    check_shares(shares, len(items))
    if low_rank := _low_rank(items):
        joined: Any = concatenated(low_rank, shares)  # Point is Module
        return joined
    return _with(items[0], _combined(_alike(items), shares))


def path(first: Point, second: Point, points: Sequence[float]) -> list[Point]:
    """(1 - a) first + a second for every a of `points`; arguments and errors are those of
    `average`, a is any finite number."""
    check_numbers("points", points, len(points))
    return [average([first, second], [1 - a, a]) for a in points]


def difference(tuned: Point, start: Point) -> dict[str, Tensor]:
    """The task vector tuned - start, by name (M, ...).

    Raises:
        ValueError: names, shapes, kinds or fixed parts that are not alike; modules of LoRA, whose
            vector is `weight_vector`.
    """
    after, before = _alike([tuned, start])
    return {name: after[name] - before[name] for name in before}


def weight_vector(weights: Weights, module: Module) -> dict[str, Tensor]:
    """What a module that merges adds to the base's parameters, by name (M, ...); of LoRA and of
    (sparse) differences without rounding.

    Raises:
        ValueError: a kind that does not merge, parameters of another shape (a head of another
            task).
    """
    if isinstance(module.kind, LoRA):
        return module.kind.differences(module)
    if type(module.kind) is Delta:
        return {n: v * module.fixed[n] if module.fixed else v for n, v in module.values.items()}
    merged = merge(weights, [module])
    check_alike("weights with and without the module", [weights, merged])
    return {n: v - weights[n] for n, v in merged.items() if v is not weights[n]}


def total(vectors: Sequence[Vector], scales: Sequence[Number] | None = None) -> dict[str, Tensor]:
    """sum_j scale_j vector_j over all names of any of them.

    Args:
        vectors: differences by name.
        scales: one per vector, each a number or numbers (M,); None for 1.

    Raises:
        ValueError: no vector, one number of members and another, not one scale per vector.
    """
    check_sizes(vectors=len(vectors))
    scales = [1.0] * len(vectors) if scales is None else scales
    check_numbers("scales", scales, len(vectors))
    return _combined(everywhere(vectors), scales)


def added(start: Point, vector: Vector, scale: Number = 1.0) -> Point:
    """start + scale vector.

    Args:
        start: weights, or a module at the values that the vector is counted from.
        vector: by names of the start, not necessarily all of them.
        scale: a number, or one per member (M,).

    Raises:
        ValueError: a name that the start has not, another shape, modules of LoRA.
    """
    check_number("scale", scale)
    before = _alike([start])[0]
    if unknown := sorted(vector.keys() - before.keys()):
        raise ValueError(f"vector must have names of what it is added to, got {unknown[0]!r}")
    check_alike("start and vector", [{name: before[name] for name in vector}, vector])
    moved = {name: before[name] + spread(scale, v) * v for name, v in vector.items()}
    return _with(start, {**before, **moved})


def negated(start: Point, vector: Vector, scale: Number = 1.0) -> Point:
    """start - scale vector: what the vector has learned is to be forgotten; errors as of
    `added`."""
    check_number("scale", scale)
    return added(start, vector, -scale)


def analogy(known: Vector, more: Vector, less: Vector) -> dict[str, Tensor]:
    """known + (more - less): "less is to more as known is to the result"; errors as of `total`."""
    return total([known, more, less], [1.0, 1.0, -1.0])


def random_vector(vector: Vector, generators: Sequence[torch.Generator]) -> dict[str, Tensor]:
    """A vector of random direction, in each member as long as `vector`: its negative control.

    Args:
        vector: by name (M, ...).
        generators: one CPU generator per member, which draws that one's direction.

    Raises:
        ValueError: no vector, not one generator per member.
    """
    check_alike("vectors", [vector])
    check_sizes(names=len(vector))
    check_generators(generators, max(len(value) for value in vector.values()))
    drawn = {
        name: torch.stack([torch.randn(v.shape[1:], generator=g) for g in generators]).to(v)
        for name, v in vector.items()
    }
    scale = norm(vector) / norm(drawn)
    return {name: spread(scale, value) * value for name, value in drawn.items()}


def norm(vector: Vector) -> Tensor:
    """The length of a vector over all its names, in each member (M,).

    Raises:
        ValueError: no name.
    """
    return dot(vector, vector).sqrt()


def dot(first: Vector, second: Vector) -> Tensor:
    """The inner product over all names, in each member (M,).

    Raises:
        ValueError: shapes that are not alike, vectors without names.
    """
    one, other = everywhere([first, second])
    check_sizes(names=len(one))
    parts = [(one[name] * other[name]).flatten(1).sum(1) for name in one]
    return torch.stack(torch.broadcast_tensors(*parts)).sum(0)


def cosine(first: Vector, second: Vector) -> Tensor:
    """The cosine of two vectors in each member (M,); 0 where one of them is 0. Errors as of
    `dot`."""
    lengths = norm(first) * norm(second)
    return dot(first, second) / lengths.clamp(min=torch.finfo(lengths.dtype).tiny)


def dense(vector: Vector) -> Module:
    """The module (`Delta`) that adds a vector to the base.

    Raises:
        ValueError: no name, parts of several numbers of members.
    """
    check_alike("vectors", [vector])
    members = max((len(value) for value in vector.values()), default=0)
    values = {name: v.expand(members, *v.shape[1:]) for name, v in vector.items()}
    return Module(Delta(tuple(vector)), values)


def concatenated(modules: Sequence[Module], scales: Sequence[Number] | None = None) -> Module:
    """One LoRA that adds to the base exactly sum_j scale_j of what these add; its rank is the sum
    of theirs.

    Args:
        modules: LoRA of any ranks of the same linear maps.
        scales: one per module, each a number or numbers (M,); None for 1.

    Raises:
        ValueError: no module, another kind, other maps, other numbers of members or of scales.
    """
    check_kind("modules", modules, LoRA)
    scales = [1.0] * len(modules) if scales is None else scales
    check_numbers("scales", scales, len(modules))
    kinds = [module.kind for module in modules if isinstance(module.kind, LoRA)]
    if any(set(kind.of) != set(kinds[0].of) for kind in kinds):
        raise ValueError(f"modules must be of the same maps, got {[kind.of for kind in kinds]}")
    scaled = [
        {n: v * spread(c, v) * kind.scale if n.endswith(".B") else v for n, v in m.values.items()}
        for m, c, kind in zip(modules, scales, kinds, strict=True)
    ]
    values = {
        name: torch.cat([own[name] for own in scaled], dim=2 if name.endswith(".A") else 1)
        for name in scaled[0]
    }
    rank = sum(kind.rank for kind in kinds)
    return Module(replace(kinds[0], rank=rank, alpha=None), values)


def everywhere(vectors: Sequence[Vector]) -> list[dict[str, Tensor]]:
    """The vectors with all names of any of them, 0 where a vector has none.

    Raises:
        ValueError: shapes or numbers of members that are not alike.
    """
    known: dict[str, Tensor] = {}
    for vector in vectors:
        known |= {name: value for name, value in vector.items() if name not in known}
    filled = [{n: own.get(n, torch.zeros_like(v[:1])) for n, v in known.items()} for own in vectors]
    check_alike("vectors", filled)
    return filled


def _combined(values: Sequence[Vector], scales: Sequence[Number]) -> dict[str, Tensor]:
    def of(name: str) -> Tensor:
        parts = [spread(c, own[name]) * own[name] for own, c in zip(values, scales, strict=True)]
        return torch.stack(torch.broadcast_tensors(*parts)).sum(0)

    return {name: of(name) for name in values[0]}


def _low_rank(items: Sequence[Module] | Sequence[Weights]) -> list[Module]:
    """All items, where the first is a LoRA."""
    modules = [item for item in items if isinstance(item, Module)]
    same = len(modules) == len(items) and isinstance(modules[0].kind, LoRA)
    return modules if same else []


def _alike(items: Sequence[Module] | Sequence[Weights]) -> list[Weights]:
    """The values of weights or of modules that may be added value by value."""
    modules = [item for item in items if isinstance(item, Module)]
    if modules and len(modules) != len(items):
        raise ValueError("items must be all modules or all weights, got both")
    for module in modules:
        if isinstance(module.kind, LoRA):
            raise ValueError(f"modules must be of kinds whose values add, got {module.kind}")
        if module.kind != modules[0].kind:
            raise ValueError(f"modules must be of one kind, {modules[0].kind}, got {module.kind}")
        if not _same_fixed(module, modules[0]):
            raise ValueError(f"modules must be alike in what is fixed, got {module.kind}")
    values = [item.values if isinstance(item, Module) else item for item in items]
    check_alike("items", values)
    return values


def _same_fixed(one: Module, other: Module) -> bool:
    if one is other or one.fixed is other.fixed:
        return True
    return one.fixed.keys() == other.fixed.keys() and all(
        torch.equal(v, other.fixed[n]) if isinstance(v, Tensor) else v == other.fixed[n]
        for n, v in one.fixed.items()
    )


def _with(item: Point, values: Weights) -> Point:
    return item.with_values(values) if isinstance(item, Module) else values
