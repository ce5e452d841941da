"""Networks that run programs, stacked: modules put together from the text, one network iterated
with the operation's code, and one network that reads the whole program first.

`run(x, programs)` takes signals (M, B, 40) and the programs of one length (M, P, L) int64 of every
member, and returns what every program makes of every signal, (M, P, B, 40).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.kit.checks import check_sizes
from labs.nn.gru import scan
from labs.nn.layers import Layer, Linear, Uniform
from labs.nn.nets import Net
from labs.programs.operations import LENGTH, NAMES

KINDS = len(NAMES)


def taken(values: Tensor, which: Tensor) -> Tensor:
    """Of values by operation (M, operations, ...) those of `which` (M, P): (M, P, ...)."""
    first = torch.arange(len(which), device=which.device).unsqueeze(1) * values.shape[1]
    rows = values.flatten(0, 1).index_select(0, (first + which).flatten())
    return rows.unflatten(0, which.shape)


class Bank(Layer):
    """One affine map per operation; twin: a list of `torch.nn.Linear`.

    weight (M, operations, inputs, outputs), bias (M, operations, 1, outputs).
    """

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        check_sizes(members=members, inputs=inputs, outputs=outputs)
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, KINDS, inputs, outputs))
        self.bias = nn.Parameter(torch.empty(members, KINDS, 1, outputs))
        bound = inputs**-0.5
        shapes: tuple[tuple[int, ...], ...] = ((outputs, inputs), (outputs,))
        self.draws = tuple(Uniform(shape, -bound, bound) for shape in shapes) * KINDS

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        self.weight[member] = torch.stack([weight.T for weight in tensors[0::2]])
        self.bias[member, :, 0] = torch.stack(tensors[1::2])

    def forward(self, x: Tensor, which: Tensor) -> Tensor:
        """x (M, P, B, inputs) through the maps of operations `which` (M, P): (M, P, B, outputs)."""
        weight, bias = (taken(own, which).flatten(0, 1) for own in (self.weight, self.bias))
        return torch.baddbmm(bias, x.flatten(0, 1), weight).unflatten(0, which.shape)


class Recurrent(Layer):
    """GRU in one direction, all states; twin: `torch.nn.GRU`.

    Input (T, M, inputs, B), time first and batch last as `labs.nn.gru.scan` takes it, output
    (T, M, hidden, B).
    """

    def __init__(self, members: int, inputs: int, hidden: int) -> None:
        check_sizes(members=members, inputs=inputs, hidden=hidden)
        super().__init__()
        gates = 3 * hidden
        self.weight_ih = nn.Parameter(torch.empty(members, gates, inputs))
        self.weight_hh = nn.Parameter(torch.empty(members, gates, hidden))
        self.bias_ih = nn.Parameter(torch.empty(members, gates, 1))
        self.bias_hh = nn.Parameter(torch.empty(members, gates, 1))
        shapes: tuple[tuple[int, ...], ...] = ((gates, inputs), (gates, hidden), (gates,), (gates,))
        self.draws = tuple(Uniform(shape, -(hidden**-0.5), hidden**-0.5) for shape in shapes)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        for own, value in zip(self.parameters(), tensors, strict=True):
            own[member] = value.view_as(own[member])

    def forward(self, x: Tensor) -> Tensor:
        return scan(x, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)


class ProgramNet(Net):
    """Base of the networks: what they are trained on is set as `programs`, by length."""

    programs: Sequence[Tensor] = ()

    def run(self, x: Tensor, programs: Tensor) -> Tensor:
        """What programs make of signals: (M, P, B, 40)."""
        every = torch.arange(KINDS, device=x.device).expand(len(x), -1)
        # programs share what each first operation makes of the signals
        h = taken(self.step(x.unsqueeze(1).expand(-1, KINDS, -1, -1), every), programs[:, :, 0])
        for which in programs[:, :, 1:].unbind(2):
            h = self.step(h, which)
        return h

    def step(self, h: Tensor, which: Tensor) -> Tensor:
        """One operation of every program: h (M, P, B, 40), which (M, P)."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """What all `programs` make of signals (M, B, 40): (M, B, P, 40), shorter ones first."""
        return torch.cat([self.run(x, own) for own in self.programs], 1).transpose(1, 2)


class Modular(ProgramNet):
    """A module per operation, x + second(rectified(first(x))), put one after the other as the
    program says; 6 (81 h + 40) parameters for h hidden units.

    Args:
        members: networks in the stack.
        hidden: units of a module.
        linear: without the rectifier: what affine modules do, as the operations are.
    """

    def __init__(self, members: int, hidden: int, *, linear: bool = False) -> None:
        super().__init__(members, hidden=hidden)
        self.linear = linear
        self.first = Bank(members, LENGTH, hidden)
        self.second = Bank(members, hidden, LENGTH)

    def step(self, h: Tensor, which: Tensor) -> Tensor:
        hidden = self.first(h, which)
        return h + self.second(hidden if self.linear else hidden.relu(), which)


class Coded(ProgramNet):
    """A network of two hidden layers that is told by a code what to do: x + head(...)."""

    def __init__(self, members: int, hidden: int, code: int) -> None:
        super().__init__(members, hidden=hidden, code=code)
        self.first = Linear(members, LENGTH, hidden)
        self.code = Linear(members, code, hidden)
        self.second = Linear(members, hidden, hidden)
        self.head = Linear(members, hidden, LENGTH)

    def told(self, x: Tensor, code: Tensor) -> Tensor:
        """x (M, P or 1, B, 40) and codes (M, P, c) of P programs: (M, P, B, 40)."""
        members, programs = code.shape[:2]
        own = self.first(x.flatten(1, 2)).unflatten(1, x.shape[1:3])
        h = (own + self.code(code).unsqueeze(2)).relu().flatten(1, 2)
        y = self.head(self.second(h).relu())
        return x + y.view(members, programs, -1, LENGTH)


class Iterated(Coded):
    """One network, run once per operation with its code: iterates as modules do, but shares all
    weights. (h + 1)(h + 40) + 47 h + h parameters for h hidden units."""

    def __init__(self, members: int, hidden: int) -> None:
        super().__init__(members, hidden, KINDS)

    def step(self, h: Tensor, which: Tensor) -> Tensor:
        return self.told(h, F.one_hot(which, KINDS).to(h))


class Monolith(Coded):
    """One network that is told the program by a GRU that has read all of it."""

    def __init__(self, members: int, hidden: int, code: int) -> None:
        super().__init__(members, hidden, code)
        self.reader = Recurrent(members, KINDS, code)

    def run(self, x: Tensor, programs: Tensor) -> Tensor:
        words = F.one_hot(programs, KINDS).to(x).permute(2, 0, 3, 1)
        return self.told(x.unsqueeze(1), self.reader(words)[-1].transpose(1, 2))
