"""Linear mode connectivity (Frankle et al. 2020, arXiv:1912.05671): is there a barrier of error on
the line between two networks? And a symmetry that puts one there: inner units in another order
(Entezari et al. 2022)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from labs.composition.aggregation.arithmetic import Point, path
from labs.composition.aggregation.checks import check_kind
from labs.kit.checks import check_sizes
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.module import Module


def points(steps: int) -> list[float]:
    """0, 1 / steps, ..., 1.

    Raises:
        ValueError: `steps` below 1.

    >>> points(4)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    check_sizes(steps=steps)
    return [step / steps for step in range(steps + 1)]


def errors_along(
    error: Callable[[Point], Tensor], first: Point, second: Point, along: Sequence[float]
) -> Tensor:
    """The errors E(a) (points, M) of (1 - a) first + a second.

    Args:
        error: of weights or of a module, as `first` and `second` are: one number per member (M,).
        first, second: the ends.
        along: the values of a, as `points` gives them.

    Raises:
        ValueError: no point, ends that are not alike.
    """
    check_sizes(along=len(along))
    return torch.stack([error(point) for point in path(first, second, along)])


def barrier(errors: Tensor, along: Sequence[float]) -> Tensor:
    """max_a [E(a) - (1 - a) E(0) - a E(1)] in each member (M,): how far the error rises above the
    line between the errors of the ends. At least 0, which the ends have.

    Args:
        errors: (points, M), from a = 0 to a = 1.
        along: the values of a, rising from 0 to 1.

    Raises:
        ValueError: points that do not rise from 0 to 1, errors of another number of them.
    """
    a = torch.tensor(list(along), dtype=errors.dtype, device=errors.device)
    if len(a) < 2 or a[0] != 0 or a[-1] != 1 or (a.diff() <= 0).any():
        raise ValueError(f"along must rise from 0 to 1, got {list(along)}")
    if errors.dim() != 2 or len(errors) != len(a):
        raise ValueError(f"errors must have shape ({len(a)}, M), got {tuple(errors.shape)}")
    return (errors - torch.lerp(errors[:1], errors[-1:], a.unsqueeze(1))).amax(0)


def permuted(module: Module, orders: Sequence[Tensor]) -> Module:
    """The same function with the inner units of every bottleneck in another order.

    Args:
        module: of the kind `Adapter`.
        orders: one permutation of 0..width-1 per member.

    Raises:
        ValueError: another kind, not one permutation per member.
    """
    check_kind("module", [module], Adapter)
    width = next(iter(module.values.values())).shape[-1]
    expected = list(range(width))
    if len(orders) != module.members or any(o.sort().values.tolist() != expected for o in orders):
        raise ValueError(
            f"orders must be {module.members} permutations of 0..{width - 1}, "
            f"got {[order.tolist() for order in orders]}"
        )
    by_unit = {".down": -1, ".down_bias": -1, ".up": -2}

    def reordered(name: str, value: Tensor) -> Tensor:
        axis = by_unit.get(name[name.rindex(".") :])
        if axis is None:
            return value
        rows = zip(value, orders, strict=True)
        return torch.stack([v.index_select(axis, order.to(v.device)) for v, order in rows])

    return replace(module, values={n: reordered(n, v) for n, v in module.values.items()})
