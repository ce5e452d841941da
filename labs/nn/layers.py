"""Layers with a leading member axis: many networks of one shape trained in one tensor program.

Every layer is an ordinary `torch.nn.Module` whose parameters and inputs carry the member axis M
first. A member never sees another: member m of the output depends on member m of the weights and
of the input alone. Each layer has a twin in `torch.nn` with the same arithmetic, and `load` copies
the twin's weights (in the twin's own shapes) into one member; `reset` draws them as the twin
would, from one generator per member, so a member's start depends on its seed alone.

Inputs are (M, B, features) or, for sequences, channels last: (M, B, length, channels), float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.kit.checks import check_sizes
from labs.nn.gru import scan
from labs.nn.normalisation import normalise
from labs.nn.products import affine


class Uniform(NamedTuple):
    """A parameter of the twin: its shape there and the interval its first values are drawn from."""

    shape: tuple[int, ...]
    low: float
    high: float


def _symmetric(shape: tuple[int, ...], bound: float) -> Uniform:
    return Uniform(shape, -bound, bound)


def _positions(length: int, kernel: int, stride: int, padding: int) -> int:
    check_sizes(length=length, kernel=kernel, stride=stride)
    if padding < 0:
        raise ValueError(f"padding must be at least 0, got {padding}")
    if kernel > length + 2 * padding:
        raise ValueError(
            f"kernel must be at most length + 2 padding = {length + 2 * padding}, got {kernel}"
        )
    return (length + 2 * padding - kernel) // stride + 1


class Layer(nn.Module):
    """Base of the layers: `draws` lists the twin's parameters in the twin's order of drawing."""

    draws: tuple[Uniform, ...] = ()

    def load(self, member: int, *tensors: Tensor) -> None:
        """Copy the twin's parameters, in the order and the shapes of `draws`, into one member."""

    def reset(self, generators: Sequence[torch.Generator]) -> None:
        """Draw the members' parameters as the twin does, each from its own CPU generator."""
        for member, generator in enumerate(generators):
            values = [
                torch.empty(d.shape).uniform_(d.low, d.high, generator=generator)
                for d in self.draws
            ]
            self.load(member, *values)


class Linear(Layer):
    """Affine map of the last axis, one batched matrix product; twin: `torch.nn.Linear`.

    weight (M, inputs, outputs), bias (M, 1, outputs); input (M, B, inputs), output (M, B, outputs).
    """

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        check_sizes(members=members, inputs=inputs, outputs=outputs)
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, inputs, outputs))
        self.bias = nn.Parameter(torch.empty(members, 1, outputs))
        bound = inputs**-0.5
        self.draws = (_symmetric((outputs, inputs), bound), _symmetric((outputs,), bound))

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        weight, bias = tensors
        self.weight[member] = weight.T
        self.bias[member, 0] = bias

    def forward(self, x: Tensor) -> Tensor:
        return affine(x, self.weight, self.bias)


def windows(x: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Sliding windows of a channels-last sequence as rows.

    x (M, B, length, channels) -> (M, B, positions, kernel * channels), positions = (length + 2
    padding - kernel) // stride + 1; within a row the channel varies fastest. Shifted slices laid
    side by side: on a CPU this beats both `unfold`, whose inner stride is not 1, and the grouped
    convolution that vmap makes.

    Raises:
        ValueError: a kernel longer than the padded sequence, a negative padding.
    """
    span = (_positions(x.shape[2], kernel, stride, padding) - 1) * stride + 1
    x = F.pad(x, (0, 0, padding, padding))
    return torch.cat([x[:, :, j : j + span : stride] for j in range(kernel)], dim=-1)


class Convolution(Layer):
    """Base of the convolutions, over one or two `axes`, as one batched product over windows.

    weight (M, kernel ** axes * inputs, outputs), the channel varying fastest; bias (M, 1, outputs).

    Raises:
        ValueError: a size below 1, a negative padding.
    """

    axes: int

    def __init__(
        self,
        members: int,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
    ) -> None:
        check_sizes(members=members, inputs=inputs, outputs=outputs, kernel=kernel, stride=stride)
        if padding < 0:
            raise ValueError(f"padding must be at least 0, got {padding}")
        super().__init__()
        self.geometry = (kernel, stride, padding)
        fan_in = kernel**self.axes * inputs
        self.weight = nn.Parameter(torch.empty(members, fan_in, outputs))
        self.bias = nn.Parameter(torch.empty(members, 1, outputs))
        shape = (outputs, inputs, *[kernel] * self.axes)
        self.draws = (_symmetric(shape, fan_in**-0.5), _symmetric((outputs,), fan_in**-0.5))

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        weight, bias = tensors
        self.weight[member] = weight.movedim((0, 1), (-1, -2)).flatten(0, -2)
        self.bias[member, 0] = bias


class Conv1d(Convolution):
    """Convolution over a channels-last sequence; twin: `torch.nn.Conv1d`.

    Input (M, B, length, inputs), output (M, B, positions, outputs).
    """

    axes = 1

    def forward(self, x: Tensor) -> Tensor:
        rows = windows(x, *self.geometry)
        y = affine(rows.flatten(1, 2), self.weight, self.bias)
        return y.unflatten(1, rows.shape[1:3])


class LocallyConnected1d(Layer):
    """A convolution without weight sharing: each position has a kernel of its own; twin: `Linear`
    per position.

    Input (M, B, length, inputs), output (M, B, positions, outputs); weight (M, positions, kernel *
    inputs, outputs). `length` is that of the input. Within a window the channel varies fastest.
    """

    def __init__(
        self,
        members: int,
        length: int,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
    ) -> None:
        check_sizes(members=members, inputs=inputs, outputs=outputs)
        super().__init__()
        self.geometry = (kernel, stride, padding)
        self.positions = _positions(length, *self.geometry)
        self.weight = nn.Parameter(torch.empty(members, self.positions, kernel * inputs, outputs))
        self.bias = nn.Parameter(torch.empty(members, self.positions, 1, outputs))
        bound = (kernel * inputs) ** -0.5
        shape = (_symmetric((outputs, kernel * inputs), bound), _symmetric((outputs,), bound))
        self.draws = shape * self.positions

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        self.weight[member] = torch.stack([weight.T for weight in tensors[0::2]])
        self.bias[member, :, 0] = torch.stack(tensors[1::2])

    def forward(self, x: Tensor) -> Tensor:
        rows = windows(x, *self.geometry).transpose(1, 2)
        y = affine(rows.flatten(0, 1), self.weight.flatten(0, 1), self.bias.flatten(0, 1))
        return y.unflatten(0, rows.shape[:2]).transpose(1, 2)


class GRU(Layer):
    """Bidirectional gated recurrent layer, all steps returned; twin: `torch.nn.GRU(...,
    bidirectional=True)`.

    Input (M, B, T, inputs), output (M, B, T, 2 * hidden): forward state, then backward state. Both
    directions run in one scan (`labs.nn.gru`). Parameters carry the direction as second axis; gate
    order reset, update, new as in torch.
    """

    def __init__(self, members: int, inputs: int, hidden: int) -> None:
        check_sizes(members=members, inputs=inputs, hidden=hidden)
        super().__init__()
        self.hidden = hidden
        gates = 3 * hidden
        self.weight_ih = nn.Parameter(torch.empty(members, 2, gates, inputs))
        self.weight_hh = nn.Parameter(torch.empty(members, 2, gates, hidden))
        self.bias_ih = nn.Parameter(torch.empty(members, 2, gates, 1))
        self.bias_hh = nn.Parameter(torch.empty(members, 2, gates, 1))
        shapes: list[tuple[int, ...]] = [(gates, inputs), (gates, hidden), (gates,), (gates,)]
        self.draws = tuple(_symmetric(shape, hidden**-0.5) for shape in shapes * 2)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        for direction in range(2):
            weight_ih, weight_hh, bias_ih, bias_hh = tensors[4 * direction : 4 * direction + 4]
            self.weight_ih[member, direction] = weight_ih
            self.weight_hh[member, direction] = weight_hh
            self.bias_ih[member, direction, :, 0] = bias_ih
            self.bias_hh[member, direction, :, 0] = bias_hh

    def forward(self, x: Tensor) -> Tensor:
        both = torch.stack([x, x.flip(2)], dim=1)  # M, direction, B, T, inputs
        states = scan(
            both.permute(3, 0, 1, 4, 2).flatten(1, 2),
            *(
                p.flatten(0, 1)
                for p in (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
            ),
        )
        forward, backward = states.unflatten(1, (-1, 2)).transpose(0, 1).unbind(2)
        both = torch.cat([forward, backward.flip(1)], dim=2)  # M, T, 2 hidden, B
        return both.permute(0, 3, 1, 2)


class LayerNorm(Layer):
    """Normalisation of the last axis with gain and shift per member; twin: `torch.nn.LayerNorm`."""

    def __init__(self, members: int, features: int) -> None:
        check_sizes(members=members, features=features)
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, 1, features))
        self.bias = nn.Parameter(torch.empty(members, 1, features))
        self.draws = (Uniform((features,), 1.0, 1.0), Uniform((features,), 0.0, 0.0))

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        self.weight[member, 0], self.bias[member, 0] = tensors

    def forward(self, x: Tensor) -> Tensor:
        return normalise(x, self.weight, self.bias)


class Attention(Layer):
    """Multi-head self-attention over tokens; twin: `torch.nn.MultiheadAttention(...,
    batch_first=True)`.

    Input and output (M, B * tokens, features): the caller states the number of tokens.
    """

    def __init__(self, members: int, features: int, heads: int) -> None:
        check_sizes(members=members, features=features, heads=heads)
        if features % heads:
            raise ValueError(f"features must be a multiple of heads = {heads}, got {features}")
        super().__init__()
        self.heads = heads
        self.project_in = Linear(members, features, 3 * features)
        self.project_out = Linear(members, features, features)
        # torch draws the three input projections as one matrix, by Glorot's rule
        xavier = (6 / (features + 3 * features)) ** 0.5
        self.draws = (
            _symmetric((3 * features, features), xavier),
            Uniform((3 * features,), 0.0, 0.0),
            _symmetric((features, features), features**-0.5),
            Uniform((features,), 0.0, 0.0),
        )

    def load(self, member: int, *tensors: Tensor) -> None:
        self.project_in.load(member, *tensors[:2])
        self.project_out.load(member, *tensors[2:])

    def forward(self, x: Tensor, tokens: int) -> Tensor:
        split = self.project_in(x).view(-1, tokens, 3, self.heads, x.shape[-1] // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value)
        return self.project_out(mixed.transpose(1, 2).reshape(x.shape))


class Positions(Layer):
    """A learned vector per position, added to the tokens; twin: the weight of
    `torch.nn.Embedding`, drawn in (-1, 1).

    Input and output (M, B, tokens, features).
    """

    def __init__(self, members: int, tokens: int, features: int) -> None:
        check_sizes(members=members, tokens=tokens, features=features)
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, 1, tokens, features))
        self.draws = (_symmetric((tokens, features), 1.0),)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        self.weight[member, 0] = tensors[0]

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight


class Dropout(Layer):
    """Dropout whose masks come from each member's own stream: alone it drops the same units."""

    def __init__(self, members: int, rate: float) -> None:
        check_sizes(members=members)
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be in [0, 1), got {rate}")
        super().__init__()
        self.rate = rate
        self.generators: Sequence[torch.Generator] = [torch.Generator() for _ in range(members)]

    def reset(self, generators: Sequence[torch.Generator]) -> None:
        """Keep the members' generators: masks continue the stream that drew the weights."""
        self.generators = generators

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        draws = torch.stack([torch.rand(x.shape[1:], generator=g) for g in self.generators])
        return x * (draws >= self.rate).to(x) / (1 - self.rate)
