"""Layers of networks made of modules. Columns are examples: (M, features, N), the batch last, so
that what belongs to one module is a block of whole rows, which a gate scales row by row.

The mixture of the modules is linear up to the shared decoder's first rectifier. So the gate scales
the modules' hidden units, and one product with all second layers laid side by side does the rest:

    sum_m p_m (W_m h_m + b_m) = [W_1 ... W_R] (p_1 h_1, ..., p_R h_R) + [b_1 ... b_R] p

and no module's output is ever materialised. A monolithic network is one module with p = 1. Nothing
bends between that product and the decoder's first map either, so the two are one matrix.
"""

import torch
from torch import Tensor, nn

from labs.kit.checks import check_sizes
from labs.nn.layers import Layer, Uniform
from labs.nn.products import affine, matmul


class Product(Layer):
    """Product with a matrix; twin: `torch.nn.Linear` without bias.

    weight (M, outputs, inputs); input (M, inputs, N), output (M, outputs, N).
    """

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        check_sizes(members=members, inputs=inputs, outputs=outputs)
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, outputs, inputs))
        bound = inputs**-0.5
        self.draws = (Uniform((outputs, inputs), -bound, bound),)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        (self.weight[member],) = tensors

    def forward(self, x: Tensor) -> Tensor:
        return matmul(self.weight, x)


class Affine(Product):
    """Affine maps of the same columns, one below the other; twin: one `torch.nn.Linear` for each
    entry of `outputs`.

    weight (M, sum of outputs, inputs), bias (M, sum of outputs, 1); input (M, inputs, N), output
    (M, sum of outputs, N).
    """

    def __init__(self, members: int, inputs: int, *outputs: int) -> None:
        super().__init__(members, inputs, sum(outputs))
        self.bias = nn.Parameter(torch.empty(members, sum(outputs), 1))
        bound = inputs**-0.5
        shapes: list[tuple[int, ...]] = [s for n in outputs for s in ((n, inputs), (n,))]
        self.draws = tuple(Uniform(shape, -bound, bound) for shape in shapes)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        self.weight[member] = torch.cat(tensors[0::2])
        self.bias[member, :, 0] = torch.cat(tensors[1::2])

    def forward(self, x: Tensor) -> Tensor:
        return affine(self.weight, x, self.bias)


def _draws(modules: int | None, inputs: int, outputs: int) -> tuple[Uniform, Uniform]:
    bound = inputs**-0.5
    if modules is None:
        return Uniform((outputs, inputs), -bound, bound), Uniform((outputs,), -bound, bound)
    return (
        Uniform((modules, inputs, outputs), -bound, bound),
        Uniform((1, modules, outputs), -bound, bound),
    )


def _grouped(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """A twin's parameters as (R, inputs, outputs) and (R, outputs)."""
    return (weight, bias[0]) if weight.dim() == 3 else (weight.T[None], bias[None])


class Fan(Layer):
    """The modules' first layers; twin: `labs.modular_rules.nets.plain.GroupLinear`, or
    `torch.nn.Linear` where `modules` is None (one module).

    weight (M, R, outputs, inputs), bias (M, R, outputs, 1); input (M, R, inputs, N), output
    (M, R, outputs, N). Where all modules have the same input, the weights below one another,
    `weight.flatten(1, 2)`, are one matrix.
    """

    def __init__(self, members: int, modules: int | None, inputs: int, outputs: int) -> None:
        check_sizes(members=members, modules=modules or 1, inputs=inputs, outputs=outputs)
        super().__init__()
        shape = (members, modules or 1, outputs)
        self.weight = nn.Parameter(torch.empty(*shape, inputs))
        self.bias = nn.Parameter(torch.empty(*shape, 1))
        self.draws = _draws(modules, inputs, outputs)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        weight, bias = _grouped(*tensors)
        self.weight[member] = weight.transpose(1, 2)
        self.bias[member, ..., 0] = bias

    def forward(self, x: Tensor) -> Tensor:
        parts = (self.weight, x, self.bias)
        return affine(*(p.flatten(0, 1) for p in parts)).unflatten(0, x.shape[:2])


class Merge(Layer):
    """The modules' second layers, to be mixed; twins as those of `Fan`.

    weight (M, R, inputs, outputs), bias (M, R, outputs). With `scored`, the twin has one output
    more, the module's own score: score (M, R, inputs), score_bias (M, R, 1).
    """

    def __init__(
        self, members: int, modules: int | None, inputs: int, outputs: int, scored: bool = False
    ) -> None:
        check_sizes(members=members, modules=modules or 1, inputs=inputs, outputs=outputs)
        super().__init__()
        shape = (members, modules or 1)
        self.outputs = outputs
        self.weight = nn.Parameter(torch.empty(*shape, inputs, outputs))
        self.bias = nn.Parameter(torch.empty(*shape, outputs))
        if scored:
            self.score = nn.Parameter(torch.empty(*shape, inputs))
            self.score_bias = nn.Parameter(torch.empty(*shape, 1))
        self.draws = _draws(modules, inputs, outputs + scored)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        weight, bias = _grouped(*tensors)
        self.weight[member] = weight[..., : self.outputs]
        self.bias[member] = bias[..., : self.outputs]
        if weight.shape[2] > self.outputs:
            self.score[member] = weight[..., -1]
            self.score_bias[member] = bias[..., -1:]

    def scores(self, units: Tensor) -> Tensor:
        """The modules' own scores (M, R, N) of their hidden units (M, R, inputs, N)."""
        rows = self.score.flatten(0, 1).unsqueeze(1)
        return matmul(rows, units.flatten(0, 1)).view(*units.shape[:2], -1) + self.score_bias

    def mixed(self, units: Tensor, weights: Tensor | None, after: Affine) -> Tensor:
        """`after` of the mixture of the modules' outputs, (M, outputs of `after`, N).

        Nothing bends between the two maps, so they are one matrix, of fewer columns.
        """
        joined = matmul(self.weight.flatten(1, 2), after.weight.transpose(1, 2))
        offsets = matmul(after.weight, self.bias.transpose(1, 2))
        if weights is None:
            offset = offsets + after.bias
        else:
            units = units * weights.unsqueeze(2)
            offset = affine(offsets, weights, after.bias)
        return affine(joined.transpose(1, 2), units.flatten(1, 2), offset)
