"""Experts and their critic, stacked: each reads as one network and is M of them.

An expert is small: it bends every sample, filters the signal and shifts every place. Each of the
five mechanisms but one is undone by a bend, a filter or a shift; slopes are undone by a sum over
all places, of which the wide parts of the filter are a rough one. No expert can undo two mechanisms
that shift in two ways.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.nn.layers import Layer, Linear, Uniform
from labs.nn.nets import LENGTH, Net

BENDS = 8  # hidden units of the bend
NEAR = 2  # places on either side that have a weight of their own
REACHES = (0.7, 0.95)  # per place, by which the wide parts of the filter decay
SHIFTS = 30.0  # times the other rates is that of the shift
WIDE = 0.5  # sum of the magnitudes of a wide part
HIDDEN = 64  # units of the critic's two layers
SLOPE = 0.2  # of its rectifiers below zero


def patterns(length: int = LENGTH) -> Tensor:
    """What the filter is a sum of, as matrices (parts, length * length): single places near by,
    then for every reach an even and an odd part.

    >>> patterns(3).shape, patterns(3)[2].view(3, 3).tolist()[0]
    (torch.Size([9, 9]), [1.0, 0.0, 0.0])
    """
    place = torch.arange(length, dtype=torch.float32)
    lag = place.unsqueeze(0) - place.unsqueeze(1)
    parts = [(lag == j).float() for j in range(-NEAR, NEAR + 1)]
    lags = torch.arange(1 - length, length).abs()
    for reach in REACHES:
        even = WIDE * reach ** lag.abs() / (reach**lags).sum()
        parts += [even, even * lag.sign()]
    return torch.stack(parts).flatten(1)


class Filter(Layer):
    """x filtered and shifted: weights (M, parts, 1) of `patterns`, shift (M, 1, length); input and
    output (M, B, length)."""

    patterns: Tensor

    def __init__(self, members: int, length: int = LENGTH) -> None:
        super().__init__()
        self.register_buffer("patterns", patterns(length))
        parts = len(self.patterns)
        self.length = length
        self.weight = nn.Parameter(torch.empty(members, parts, 1))
        self.shift = nn.Parameter(torch.empty(members, 1, length))
        bound = parts**-0.5
        self.draws = (Uniform((parts,), -bound, bound), Uniform((length,), 0.0, 0.0))

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        self.weight[member, :, 0], self.shift[member, 0] = tensors

    def forward(self, x: Tensor) -> Tensor:
        matrix = (self.weight.squeeze(-1) @ self.patterns).view(-1, self.length, self.length)
        return torch.baddbmm(SHIFTS * self.shift, x, matrix)


class Experts(Net):
    """A bend of every sample, a filter, a shift per place; 74 numbers. Input and output
    (M, B, 40)."""

    def __init__(self, members: int) -> None:
        super().__init__(members)
        self.bend_in = Linear(members, 1, BENDS)
        self.bend_out = Linear(members, BENDS, 1)
        self.filter = Filter(members)

    def forward(self, x: Tensor) -> Tensor:
        # samples last: a product with one feature on a side is slow in the layout of `Linear`
        samples = x.reshape(self.members, 1, -1)
        for layer in (self.bend_in, self.bend_out):
            samples = F.elu(samples) if layer is self.bend_out else samples
            samples = torch.baddbmm(layer.bias.mT, layer.weight.mT, samples)
        return self.filter(x + samples.view(x.shape))

    def slow(self) -> list[nn.Parameter]:
        """All parameters but the shift."""
        return [p for p in self.parameters() if p is not self.filter.shift]


class Critic(Net):
    """Two hidden layers and a linear readout: how clean a signal looks. Input (M, B, 40), output
    (M, B)."""

    def __init__(self, members: int) -> None:
        super().__init__(members)
        self.first = Linear(members, LENGTH, HIDDEN)
        self.second = Linear(members, HIDDEN, HIDDEN)
        self.head = Linear(members, HIDDEN, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = F.leaky_relu(self.first(x), SLOPE)
        h = F.leaky_relu(self.second(h), SLOPE)
        return self.head(h).squeeze(-1)
