"""Aggregation of functions and of inputs. Modules are stacked by their order in the list of a
forward pass (MAD-X, Pfeiffer et al. 2020: first the domain's, then the task's); here is what that
order changes, the lists that a tree gives, and prompts end to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from labs.composition.aggregation.checks import check_kind
from labs.kit.checks import check_sizes, known
from labs.nn.modules.module import Module
from labs.nn.modules.prompt import Prefix, Prompt


def commutator(one: Tensor, other: Tensor, origin: Tensor | None = None) -> Tensor:
    """|f_t f_d - f_d f_t| over the mean of |f_t f_d - origin| and |f_d f_t - origin|, in each
    member (M,): 0 where the order makes no difference; 0 too where neither does anything.

    Args:
        one, other: outputs (M, ...) with the modules in one order and in the other.
        origin: outputs without modules, so that the commutator is relative to what they do; None
            for 0, relative to the outputs themselves.

    Raises:
        ValueError: shapes that are not alike.
    """
    origin = torch.zeros_like(one) if origin is None else origin
    if one.dim() < 2 or not one.shape == other.shape == origin.shape:
        shapes = [tuple(t.shape) for t in (one, other, origin)]
        raise ValueError(f"outputs must have one shape (M, ...), got {shapes}")
    apart, first, second = (
        t.flatten(1).norm(dim=1) for t in (one - other, one - origin, other - origin)
    )
    return apart / ((first + second) / 2).clamp(min=torch.finfo(one.dtype).tiny)


def lineage(parents: Mapping[str, str], leaf: str) -> list[str]:
    """The way from the root of a tree to a leaf, the modules to stack in order (Chronopoulou et al.
    2022; Faisal and Anastasopoulos 2022).

    Args:
        parents: name -> its parent's name; a root has none.
        leaf: a name of the tree.

    Raises:
        ValueError: a name that the tree has not, a circle.

    >>> lineage({"reverse": "mirrored", "negate": "mirrored", "mirrored": "all"}, "negate")
    ['all', 'mirrored', 'negate']
    """
    known("leaf", leaf, {**parents, **dict.fromkeys(parents.values(), "")})
    way = [leaf]
    while way[-1] in parents:
        parent = parents[way[-1]]
        if parent in way:
            raise ValueError(f"parents must lead to a root, got a circle at {parent!r}")
        way.append(parent)
    return way[::-1]


def joined(prompts: Sequence[Module]) -> Module:
    """One prompt (or prefix) that has the tokens of all, end to end: [first; second; ...; signal]
    (Vu et al. 2022). A list of modules gives the other order: each puts its tokens before all.

    Args:
        prompts: of the kind `Prompt`, or all of the kind `Prefix`, of any lengths.

    Raises:
        ValueError: no module, another kind or several, other numbers of members.
    """
    check_sizes(prompts=len(prompts))
    kind: type[Prompt | Prefix] = Prefix if isinstance(prompts[0].kind, Prefix) else Prompt
    check_kind("prompts", prompts, kind)
    values = {
        name: torch.cat([prompt.values[name] for prompt in prompts], dim=-2)
        for name in prompts[0].values
    }
    length = sum(p.kind.length for p in prompts if isinstance(p.kind, Prompt | Prefix))
    return Module(kind(length), values)
