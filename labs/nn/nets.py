"""The benchmark's networks, stacked: each reads as one network and is M of them.

Input (M, B, length) float32, output logits (M, B, classes). `net.reset(seeds)` starts member m
exactly as the twin in `labs.nn.plain` starts under `torch.manual_seed(seeds[m])`; the transformer,
whose twin draws in another order, from the same distributions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import torch
from torch import Tensor, nn

from labs.kit.checks import check_sizes
from labs.nn.halving import rectified
from labs.nn.layers import (
    GRU,
    Attention,
    Conv1d,
    Dropout,
    Layer,
    LayerNorm,
    Linear,
    LocallyConnected1d,
    Positions,
)

LENGTH, CLASSES = 40, 10


class Net(nn.Module):
    """Base of the stacked nets: the member axis, starting values, and copying from a plain twin."""

    def __init__(self, members: int, **sizes: int) -> None:
        check_sizes(members=members, **sizes)
        super().__init__()
        self.members = members

    def layers(self) -> Iterator[Layer]:
        """The layers in order of definition, which is the twin's order of parameters."""
        return (child for child in self.children() if isinstance(child, Layer))

    def reset(self, seeds: Sequence[int]) -> Net:
        """Start each member from its own seed, as torch starts the plain twin; returns the net.

        Torch's global generator is neither read nor moved.

        Raises:
            ValueError: not one seed per member.
        """
        if len(seeds) != self.members:
            raise ValueError(
                f"seeds must hold one seed per member ({self.members}), got {len(seeds)}"
            )
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        for layer in self.layers():
            layer.reset(generators)
        return self

    def load(self, member: int, twin: nn.Module) -> None:
        """Copy the parameters of a plain `torch.nn` twin into one member.

        Raises:
            ValueError: a twin whose parameters have other shapes.
        """
        expected = [draw.shape for layer in self.layers() for draw in layer.draws]
        received = [tuple(p.shape) for p in twin.parameters()]
        if received != expected:
            raise ValueError(f"twin must have parameters of shapes {expected}, got {received}")
        tensors = iter(twin.parameters())
        for layer in self.layers():
            layer.load(member, *islice(tensors, len(layer.draws)))

    def parameter_count(self) -> int:
        """Trainable numbers of one member."""
        return sum(p[0].numel() for p in self.parameters())


class Logistic(Net):
    """Multinomial logistic regression: one affine map; 410 parameters."""

    def __init__(self, members: int, length: int = LENGTH) -> None:
        super().__init__(members, length=length)
        self.head = Linear(members, length, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x)


def check_depth(depth: int) -> None:
    """Refuse a number of hidden layers other than 1 and 2.

    Raises:
        ValueError: naming the rule and the value.
    """
    if depth not in (1, 2):
        raise ValueError(f"depth must be 1 or 2, got {depth!r}")


class MLP(Net):
    """One or two hidden layers, the second with a residual connection unless told otherwise;
    15,210 parameters.

    Of width h and for ten classes: 51 h + 10 parameters at depth 1 (which ignores `residual`),
    h^2 + 52 h + 10 at depth 2.

    Raises:
        ValueError: a depth other than 1 and 2, a size below 1, a rate of dropout outside [0, 1).
    """

    def __init__(
        self,
        members: int,
        hidden: int = 100,
        dropout: float = 0.0,
        length: int = LENGTH,
        *,
        depth: int = 2,
        residual: bool = True,
        classes: int = CLASSES,
    ) -> None:
        super().__init__(members, hidden=hidden, length=length, classes=classes)
        check_depth(depth)
        self.depth, self.residual = depth, residual
        self.first = Linear(members, length, hidden)
        if depth == 2:
            self.second = Linear(members, hidden, hidden)
        self.head = Linear(members, hidden, classes)
        self.dropout = Dropout(members, dropout)

    def forward(self, x: Tensor) -> Tensor:
        h = self.dropout(self.first(x).relu())
        if self.depth == 2:
            second = self.dropout(self.second(h).relu())
            h = h + second if self.residual else second
        return self.head(h)


class CNN(Net):
    """Three convolutions of stride 2 and a linear readout; 5,210 parameters with 25 channels."""

    def __init__(self, members: int, channels: int = 25, length: int = LENGTH) -> None:
        super().__init__(members, channels=channels, length=length)
        self.first = Conv1d(members, 1, channels, kernel=5, stride=2, padding=1)
        self.second = Conv1d(members, channels, channels, kernel=3, stride=2, padding=1)
        self.third = Conv1d(members, channels, channels, kernel=3, stride=2, padding=1)
        self.head = Linear(members, channels * _halved(length), CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = rectified(x.unsqueeze(-1), self.first, self.second, self.third)
        return self.head(h.transpose(2, 3).flatten(2))  # channel by channel, as torch flattens


class LocalNet(Net):
    """The CNN without weight sharing: at every position a kernel of its own; 32,610 parameters."""

    def __init__(self, members: int, channels: int = 25, length: int = LENGTH) -> None:
        super().__init__(members, channels=channels, length=length)
        self.first = LocallyConnected1d(members, length, 1, channels, kernel=5, stride=2, padding=1)
        second = self.first.positions
        self.second = LocallyConnected1d(
            members, second, channels, channels, kernel=3, stride=2, padding=1
        )
        third = self.second.positions
        self.third = LocallyConnected1d(
            members, third, channels, channels, kernel=3, stride=2, padding=1
        )
        self.head = Linear(members, channels * self.third.positions, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x.unsqueeze(-1)).relu()
        h = self.second(h).relu()
        h = self.third(h).relu()
        return self.head(h.transpose(2, 3).flatten(2))


class GRUNet(Net):
    """Bidirectional GRU whose states at all steps are read out; 5,134 parameters with 6 units. It
    takes `inputs` numbers at each of `length` steps, x (M, B, length * inputs)."""

    def __init__(
        self, members: int, hidden: int = 6, length: int = LENGTH, inputs: int = 1
    ) -> None:
        super().__init__(members, hidden=hidden, length=length, inputs=inputs)
        self.recurrent = GRU(members, inputs, hidden)
        self.head = Linear(members, 2 * hidden * length, CLASSES)
        self.sequence = (length, inputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.recurrent(x.unflatten(-1, self.sequence)).flatten(2))


class Transformer(Net):
    """One pre-norm encoder block over patches of 4 samples, mean readout; 2,634 parameters.

    Weights are shared over the 10 patches as in the CNN, but nothing says that neighbouring
    patches belong together: their positions are learned vectors. (Dosovitskiy et al. 2021, in one
    dimension.) `length` is a multiple of `patch`.
    """

    def __init__(
        self,
        members: int,
        features: int = 16,
        heads: int = 2,
        wide: int = 32,
        patch: int = 4,
        length: int = LENGTH,
    ) -> None:
        super().__init__(
            members, features=features, heads=heads, wide=wide, patch=patch, length=length
        )
        if length % patch:
            raise ValueError(f"length must be a multiple of patch = {patch}, got {length}")
        self.patches = (length // patch, patch)
        self.embed = Linear(members, patch, features)
        self.positions = Positions(members, length // patch, features)
        self.attention = Attention(members, features, heads)
        self.widen = Linear(members, features, wide)
        self.narrow = Linear(members, wide, features)
        self.norm_attention = LayerNorm(members, features)
        self.norm_widen = LayerNorm(members, features)
        self.head = Linear(members, features, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        tokens, patch = self.patches
        h = self.embed(x.reshape(self.members, -1, patch)).unflatten(1, (-1, tokens))
        h = self.positions(h).flatten(1, 2)
        h = h + self.attention(self.norm_attention(h), tokens)
        h = h + self.narrow(self.widen(self.norm_widen(h)).relu())
        return self.head(h.unflatten(1, (-1, tokens)).mean(2))


def _halved(length: int) -> int:
    first = (length + 2 - 5) // 2 + 1
    second = (first + 2 - 3) // 2 + 1
    return (second + 2 - 3) // 2 + 1
