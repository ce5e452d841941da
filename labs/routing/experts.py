"""Experts: adapters side by side, beside the feedforward layer of every block (in parallel, He et
al. 2022: each sees what that layer sees)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from labs.nn.base import Sizes
from labs.nn.linear import affine
from labs.nn.nets import Net


class Experts(Net):
    """M networks' experts, E of each block: sum_e gate_e expert_e(x), where expert_e(x) is
    up_e(relu(down_e(x))) of width w.

    All experts are computed whatever the gates: E adapters are one of width E w whose hidden units
    are multiplied by the gates of their experts.

    Args:
        members: M.
        sizes: of the base.
        experts: E.
        width: w.

    Raises:
        ValueError: a size below 1.
    """

    def __init__(self, members: int, sizes: Sizes, experts: int, width: int) -> None:
        super().__init__(members, experts=experts, width=width)
        blocks, features, wide = sizes.blocks, sizes.features, experts * width
        self.experts, self.width = experts, width
        self.down = nn.Parameter(torch.empty(members, blocks, features, wide))
        self.down_bias = nn.Parameter(torch.empty(members, blocks, 1, wide))
        self.up = nn.Parameter(torch.empty(members, blocks, wide, features))
        self.up_bias = nn.Parameter(torch.empty(members, blocks, experts, features))

    @torch.no_grad()
    def start(self, generators: Sequence[torch.Generator], alike: bool = False) -> None:
        """Draw each member's numbers from its CPU generator: `down` as torch's `Linear`, `up` zero,
        so that experts add nothing. With `alike` the experts of a block start from one draw."""
        bound = self.down.shape[2] ** -0.5
        for member, generator in enumerate(generators):
            for own in (self.down[member], self.down_bias[member]):
                drawn = torch.empty(own.shape).uniform_(-bound, bound, generator=generator)
                if alike:
                    drawn = drawn[..., : self.width].tile(self.experts)
                own.copy_(drawn)
        self.up.zero_()
        self.up_bias.zero_()

    def forward(self, block: int, x: Tensor, gates: Tensor) -> Tensor:
        """x (M, B, T, features), gates (M, B, T or 1, E) -> (M, B, T, features)."""
        inner = affine(x, self.down[:, block], self.down_bias[:, block]).relu()
        inner = (inner.unflatten(-1, (self.experts, -1)) * gates.unsqueeze(-1)).flatten(-2)
        return affine(inner, self.up[:, block]) + affine(gates, self.up_bias[:, block])

    def merged(self, block: int, x: Tensor, gates: Tensor) -> Tensor:
        """The same shapes, by one expert of each signal whose numbers are the mean of those of all
        experts, weighted with the gates (M, B, 1, E): SMEAR (Muqeeth et al. 2023)."""
        shares = gates.squeeze(2)
        down = self.down[:, block].unflatten(-1, (self.experts, -1)).transpose(1, 2)
        bias = self.down_bias[:, block].unflatten(-1, (self.experts, -1)).squeeze(1)
        up = self.up[:, block].unflatten(1, (self.experts, -1))
        first, shift, second = (_mean(shares, part) for part in (down, bias, up))
        last = _mean(shares, self.up_bias[:, block])
        inner = (x @ first + shift.unsqueeze(2)).relu()
        return inner @ second + last.unsqueeze(2)


def _mean(shares: Tensor, parts: Tensor) -> Tensor:
    """Of parts (M, E, ...) with shares (M, B, E): (M, B, ...)."""
    return (shares @ parts.flatten(2)).unflatten(-1, parts.shape[2:])
