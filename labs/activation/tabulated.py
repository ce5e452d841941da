"""A function of one number, looked up in a table instead of computed: cubic Hermite interpolation.

A learned activation is one function of one number, evaluated at every unit of every example of
every step, together with its slope and, to differentiate a training step, its curvature. Its own
parameters do not change meanwhile. So its values and slopes at a few knots, computed once, say all
that is needed: between two knots the cubic polynomial with these values and slopes is off by at
most h^4 / 384 times the fourth derivative (h: distance of knots), and its coefficients are four
numbers gathered by index. The way back is as cheap: the derivatives of a result by the value and by
the slope at each point are added up per cell, in four numbers, and one backward pass of the
function at the knots alone turns the sums into gradients of its parameters.

Beyond the outermost knots the function is computed as it is. Zero is always a knot, so that a
function with a jump in its curvature there (ELU) is as smooth as it looks to both sides.

>>> cube = Tabulated(lambda x: x**3, members=1, reach=2.0, cells=4)
>>> look = cube.look(torch.tensor([[0.5, -1.25, 3.0]]))  # the last one lies outside
>>> look.value.tolist(), look.slope.tolist(), look.curvature.tolist()
([[0.125, -1.953125, 27.0]], [[0.75, 4.6875, 27.0]], [[3.0, -7.5, 18.0]])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from labs.kit.checks import check_sizes

Function = Callable[[Tensor], Tensor]
REACH, CELLS = 16.0, 1024
BLOCK = 1024  # points beyond the knots, of each member, that are computed at once


class Outside(NamedTuple):
    """Points beyond the knots: where in the flat input (P,), ascending, their members (P,), numbers
    (P,)."""

    where: Tensor
    member: Tensor
    x: Tensor

    def blocks(self, members: int) -> Iterator[Block]:
        """The points by member, in float64: a function of its own network is far larger than they
        are, and a training that explodes has millions of them."""
        device = self.x.device
        first = torch.searchsorted(self.member, torch.arange(members, device=device))
        place = torch.arange(len(self.x), device=device) - first[self.member]
        for start in range(0, int(place.max()) + 1, BLOCK):
            (points,) = ((place >= start) & (place < start + BLOCK)).nonzero(as_tuple=True)
            at = self.member[points], place[points] - start
            size = members, int(at[1].max()) + 1
            x = torch.zeros(size, dtype=torch.float64, device=device)
            x[at] = self.x[points].double()
            yield Block(points, at, x)


class Block(NamedTuple):
    """Some points beyond the knots: which (p,), and where they are in x (M, at most `BLOCK`)."""

    points: Tensor
    at: tuple[Tensor, Tensor]
    x: Tensor


class Look(NamedTuple):
    """What a table says of points x (M, ...): value, slope and curvature there, in their shape.

    `place` tells where they are in the table, in cells from its left end, `outside` those points
    that are not in it, if any.
    """

    value: Tensor
    slope: Tensor
    curvature: Tensor
    place: Tensor
    outside: Outside | None = None

    @classmethod
    def blank(cls, *shape: int, dtype: torch.dtype = torch.float32) -> Look:
        """Room for a look at points of this shape."""
        value, slope, curvature, place = (torch.empty(shape, dtype=dtype) for _ in range(4))
        return cls(value, slope, curvature, place)


class Room(NamedTuple):
    """Memory for what is in between, and for a look that nobody keeps."""

    first: Tensor
    second: Tensor
    offset: Tensor  # from the left end of the cell, in units of x
    whole: Tensor  # int32
    cell: Tensor  # int64
    look: Look

    @classmethod
    def like(cls, x: Tensor) -> Room:
        first, second, offset = (torch.empty_like(x) for _ in range(3))
        whole, cell = (torch.empty_like(x, dtype=dtype) for dtype in (torch.int32, torch.int64))
        return cls(first, second, offset, whole, cell, Look.blank(*x.shape, dtype=x.dtype))


class Tabulated:
    """The table of one function per member, on `cells` equal cells from -reach to reach.

    Args:
        function: elementwise in x (M, P) -> (M, P), differentiable three times in x and once in
            its parameters (their graph is kept for `gradients`).
        members: M of the function; 1 serves any number of members with one function.
        reach: the outermost knot.
        cells: an even number.
        dtype: of the table.

    Raises:
        ValueError: cells that are not even, a size below 1, a reach that is not positive.
    """

    def __init__(
        self,
        function: Function,
        members: int,
        *,
        reach: float = REACH,
        cells: int = CELLS,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        check_sizes(members=members, cells=cells)
        if cells % 2:
            raise ValueError(f"cells must be even, so that zero is a knot, got {cells}")
        if not 0 < reach < float("inf"):
            raise ValueError(f"reach must be positive and finite, got {reach!r}")
        self.function, self.members, self.cells, self.reach = function, members, cells, reach
        self.width = 2 * reach / cells
        knots = torch.linspace(-reach, reach, cells + 1, dtype=torch.float64)
        self._knots = value_and_slope(function, knots.expand(members, -1))
        with torch.no_grad():
            coefficients = _coefficients(*self._knots, self.width)
        self._coefficients = [c.flatten().to(dtype) for c in coefficients]
        self._rows = torch.arange(members, dtype=torch.int32) * cells
        self._sums = torch.zeros(4, members * cells, dtype=dtype)
        self._beyond: list[tuple[Outside, Tensor, Tensor]] = []
        self._rooms: dict[torch.Size, Room] = {}

    @torch.no_grad()
    def look(self, x: Tensor, into: Look | None = None) -> Look:
        """Value, slope and curvature at contiguous x (M, ...), written to `into` if given."""
        look = Look.blank(*x.shape, dtype=x.dtype) if into is None else into._replace(outside=None)
        place = torch.mul(x, 1 / self.width, out=look.place).add_(self.reach / self.width)
        low, high = (float(end) for end in torch.aminmax(place))
        if not (low >= 0 and high < self.cells):  # so written that NaN, too, lies outside
            outside = self._outside(x, ~((place >= 0) & (place < self.cells)))
            look = look._replace(outside=outside)
            place.view(-1)[outside.where] = 0
        room = self._located(place)
        first, second, offset, *_ = room
        gathered = (look.value, look.slope, look.curvature, first)
        for coefficient, out in zip(self._coefficients, gathered, strict=True):
            torch.index_select(coefficient, 0, room.cell.view(-1), out=out.view(-1))
        bend = first.mul_(offset)
        torch.add(look.curvature, bend, alpha=1 / 3, out=second)
        torch.addcmul(look.slope, offset, second, value=1 / 2, out=second)
        look.value.addcmul_(offset, second)
        look.slope.addcmul_(offset, torch.add(look.curvature, bend, alpha=1 / 2, out=second))
        look.curvature.add_(bend)
        return look if look.outside is None else self._exact(look, look.outside)

    def evaluate(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Value and slope at x (M, ...), in memory that the next call overwrites."""
        look = self.look(x, self._room(x).look)
        return look.value, look.slope

    @torch.no_grad()
    def accumulate(self, look: Look, by_value: Tensor, by_slope: Tensor) -> None:
        """Add a result's derivatives by the values and by the slopes at looked-up points.

        Both are contiguous, in the shape of x; they are overwritten where points lie outside.
        """
        if look.outside is not None:
            where = look.outside.where
            flat = by_value.view(-1), by_slope.view(-1)
            self._beyond.append((look.outside, flat[0][where], flat[1][where]))
            for derivative in flat:
                derivative[where] = 0
        first, second, offset, _, cell, _ = self._located(look.place)
        # by c0, c1, c2 / 2 and c3 / 6 of value = c0 + d (c1 + d (c2 / 2 + d c3 / 6))
        self._add(0, cell, by_value)
        self._add(1, cell, torch.addcmul(by_slope, offset, by_value, out=first))
        self._add(2, cell, torch.add(first, by_slope, out=second).mul_(offset))
        torch.addcmul(second, by_slope, offset, out=first)
        self._add(3, cell, first.mul_(offset))

    def _add(self, power: int, cell: Tensor, derivative: Tensor) -> None:
        self._sums[power].scatter_add_(0, cell.view(-1), derivative.view(-1))

    def _located(self, place: Tensor) -> Room:
        """Cells and offsets there, in memory that the next call overwrites."""
        room = self._room(place)
        torch.frac(place, out=room.offset).mul_(self.width)
        room.whole.copy_(place)
        if self.members > 1:
            room.whole.add_(self._rows.view(-1, *[1] * (place.dim() - 1)))
        room.cell.copy_(room.whole)  # by way of int32, which is faster
        return room

    def _room(self, x: Tensor) -> Room:
        # New memory for every look would cost more than the arithmetic on it.
        if x.shape not in self._rooms:
            with torch.inference_mode(False):  # for whoever comes next
                self._rooms[x.shape] = Room.like(x)
        return self._rooms[x.shape]

    def gradients(
        self, parameters: Sequence[Tensor], others: Sequence[tuple[Tensor, Tensor]] = ()
    ) -> tuple[Tensor, ...]:
        """The gradient of the result by the function's parameters, after which its sums start anew.

        `others` are further tensors that depend on the parameters, each with the result's
        derivative by it.
        """
        c0, c1, c2, c3 = self._sums.view(4, self.members, self.cells).double()
        by_knots = _knot_gradients(c0, c1, c2 / 2, c3 / 6, self.width)
        outputs = [*self._knots, *(tensor for tensor, _ in others)]
        derivatives = [*by_knots, *(d for _, d in others)]
        result = torch.autograd.grad(outputs, list(parameters), derivatives, retain_graph=True)
        for more in self._gradients_beyond(parameters):
            result = tuple(a + b for a, b in zip(result, more, strict=True))
        self._sums.zero_()
        self._beyond.clear()
        return result

    def _gradients_beyond(self, parameters: Sequence[Tensor]) -> Iterator[tuple[Tensor, ...]]:
        for outside, *derivatives in self._beyond:
            for block in outside.blocks(self.members):
                both = value_and_slope(self.function, block.x)
                here = [d[block.points].double() for d in derivatives]
                yield torch.autograd.grad([part[block.at] for part in both], parameters, here)

    def __call__(self, x: Tensor) -> Tensor:
        """The values at x (M, ...), differentiable once in x and not in the parameters."""
        return _Lookup.apply(x, self)

    def _outside(self, x: Tensor, chosen: Tensor) -> Outside:
        (where,) = chosen.view(-1).nonzero(as_tuple=True)
        member = where // (x.numel() // len(x)) if self.members > 1 else torch.zeros_like(where)
        return Outside(where, member, x.reshape(-1)[where])

    def _exact(self, look: Look, outside: Outside) -> Look:
        for block in outside.blocks(self.members):
            with torch.inference_mode(False), torch.enable_grad():
                x = block.x.clone().requires_grad_()
                value, slope = value_and_slope(self.function, x)
                (curvature,) = torch.autograd.grad(slope.sum(), x)
            where = outside.where[block.points]
            for here, exact in zip(look[:3], (value, slope, curvature), strict=True):
                here.view(-1)[where] = exact.detach()[block.at].to(here.dtype)
        return look


def value_and_slope(function: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    """An elementwise function and its derivative at x, both with their graph."""
    with torch.enable_grad():
        x = x if x.requires_grad else x.clone().requires_grad_()
        value = function(x)
        (slope,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    return value, slope


def _coefficients(value: Tensor, slope: Tensor, width: float) -> tuple[Tensor, ...]:
    """Value, slope, curvature and its slope at the left end of each cell."""
    rise = value.diff() / width
    left, right = slope[:, :-1], slope[:, 1:]
    curvature = (6 * rise - 4 * left - 2 * right) / width
    bend = 6 * (left + right - 2 * rise) / width**2
    return value[:, :-1], left, curvature, bend


def _knot_gradients(
    c0: Tensor, c1: Tensor, c2: Tensor, c3: Tensor, width: float
) -> tuple[Tensor, Tensor]:
    """The transpose of `_coefficients`: from derivatives by each cell's coefficients to those by
    the values and slopes at the knots."""
    rise = (6 * c2 - 12 * c3 / width) / width**2
    left, right = (c1 - 4 * c2 / width + 6 * c3 / width**2, -2 * c2 / width + 6 * c3 / width**2)
    value = torch.nn.functional.pad(c0 - rise, (0, 1))
    value[:, 1:] += rise
    slope = torch.nn.functional.pad(left, (0, 1))
    slope[:, 1:] += right
    return value, slope


class _Lookup(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, table: Tabulated) -> Tensor:
        value, slope = (part.clone() for part in table.evaluate(x.contiguous()))
        ctx.save_for_backward(slope)
        return value

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (slope,) = ctx.saved_tensors
        return grads[0] * slope, None
