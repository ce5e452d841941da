"""What the aggregations ask of their arguments, and numbers that are one or one per member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real

import torch
from torch import Tensor

from labs.kit.checks import check_sizes
from labs.nn.modules.module import Module, check_finite

Number = float | Tensor  # one for all members, or one each (M,)


def spread(number: Number, value: Tensor) -> Tensor | float:
    """A number in the shape in which it multiplies a value (M, ...)."""
    if not isinstance(number, Tensor) or not number.dim():
        return float(number)
    return number.to(value).view(-1, *[1] * (value.dim() - 1))


def check_number(name: str, number: Number) -> None:
    """Refuse what is neither a finite number nor finite numbers (M,).

    Raises:
        ValueError: naming the rule and the value.
    """
    if not isinstance(number, Tensor):
        check_finite(**{name: number})
    elif number.dim() > 1 or not number.isfinite().all():
        raise ValueError(f"{name} must be finite, one or one per member (M,), got {number}")


def check_numbers(name: str, numbers: Sequence[Number], count: int) -> None:
    """Refuse what is not `count` numbers, each one for all members or one each.

    Raises:
        ValueError: naming the rule and the value.
    """
    if len(numbers) != count:
        raise ValueError(f"{name} must hold {count} numbers, got {len(numbers)}")
    for number in numbers:
        check_number(name, number)


def check_shares(shares: Sequence[Number], count: int) -> None:
    """Refuse what is not `count` numbers that add up to 1, in every member.

    Raises:
        ValueError: naming the rule and the sum.
    """
    check_numbers("shares", shares, count)
    total = sum(torch.as_tensor(share, dtype=torch.float64).cpu() for share in shares)
    if not torch.allclose(torch.as_tensor(total), torch.ones((), dtype=torch.float64), atol=1e-6):
        raise ValueError(f"shares must add up to 1, got {torch.as_tensor(total).tolist()}")


def check_fraction(name: str, value: float, *, zero: bool = True, one: bool = True) -> None:
    """Refuse what is not in 0..1, where `zero` and `one` say whether the ends belong to it.

    Raises:
        ValueError: naming the rule and the value.
    """
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1 or (value == 0 and not zero) or (value == 1 and not one):
        low, high = "at least" if zero else "above", "at most" if one else "below"
        raise ValueError(f"{name} must be {low} 0 and {high} 1, got {value!r}")


def check_alike(name: str, items: Sequence[Mapping[str, Tensor]]) -> None:
    """Refuse no item at all, and items of other names, shapes or numbers of members (1 or M).

    Raises:
        ValueError: naming the rule and what differs.
    """
    check_sizes(**{name: len(items)})
    for item in items[1:]:
        for key in {**items[0], **item}:
            own, other = (tuple(i[key].shape[1:]) if key in i else None for i in (items[0], item))
            if own != other:
                raise ValueError(f"{name} must have {key} {own} all of them, got {other}")
    members = {len(value) for item in items for value in item.values()} - {1}
    if len(members) > 1:
        raise ValueError(f"{name} must have one number of members (or 1), got {sorted(members)}")


def check_generators(generators: Sequence[torch.Generator], members: int) -> None:
    """Refuse what is not one generator per member.

    Raises:
        ValueError: naming the rule and the count.
    """
    if len(generators) != members:
        raise ValueError(f"generators must hold one per member ({members}), got {len(generators)}")


def check_kind(name: str, modules: Sequence[Module], kind: type) -> None:
    """Refuse no module, other kinds, and modules of several numbers of members.

    Raises:
        ValueError: naming the rule and the value.
    """
    check_sizes(**{name: len(modules)})
    for module in modules:
        if not isinstance(module.kind, kind):
            raise ValueError(f"{name} must be of the kind {kind.__name__}, got {module.kind}")
    counts = {module.members for module in modules}
    if len(counts) > 1:
        raise ValueError(f"{name} must have one number of members, got {sorted(counts)}")
