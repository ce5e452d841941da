"""Columns of a progressive network (Rusu et al. 2016, arXiv:1606.04671): one small network per
task, which reads the hidden layers of all earlier columns, too.

h_i of column k is f(W_i h_{i-1} + sum over j < k of U_i^{k:j} h_{i-1}^{j}). A column is three
convolutions of stride 2, the maximum over positions, and a head. Lateral connections start at zero,
so a column begins as the same one without them.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from labs.nn.layers import Conv1d, Linear, windows
from labs.nn.linear import affine
from labs.nn.nets import CLASSES, Net

GEOMETRY = (3, 2, 1)  # kernel, stride and padding of the second and third convolution
INSIDE = ("second", "third", "head")  # layers that laterals enter


class Column(Net):
    """M columns of one task; input (M, B, 40), output logits (M, B, 10).

    Args:
        members: M.
        width: channels.
        earlier: columns whose hidden layers it reads; they stay as they are.

    Raises:
        ValueError: a size below 1.
    """

    def __init__(self, members: int, width: int, earlier: Sequence["Column"] = ()) -> None:
        super().__init__(members, width=width)
        self.first = Conv1d(members, 1, width, 5, 2, 2)
        self.second, self.third = (Conv1d(members, width, width, *GEOMETRY) for _ in range(2))
        self.head = Linear(members, width, CLASSES)
        self.earlier = (*earlier,)  # of a tuple, so they are no part of the parameters
        rows = len(self.earlier) * width
        shapes = {"second": (3 * rows, width), "third": (3 * rows, width), "head": (rows, CLASSES)}
        own = {n: nn.Parameter(torch.zeros(members, *s)) for n, s in shapes.items() if rows}
        self.laterals = nn.ParameterDict(own)

    def lateral_count(self) -> int:
        """Numbers of one member that lie between this column and earlier ones."""
        return sum(value[0].numel() for value in self.laterals.values())

    def forward(self, x: Tensor) -> Tensor:
        heard: list[list[Tensor]] = []
        with torch.no_grad():
            for column in self.earlier:
                heard.append(column.layers_of(x, heard))
        return self.layers_of(x, heard)[-1]

    def layers_of(self, x: Tensor, heard: Sequence[Sequence[Tensor]] = ()) -> list[Tensor]:
        """The two hidden layers, the features of the head and the logits, for signals x.

        Args:
            x: (M, B, 40).
            heard: the same of the earlier columns, in their order.
        """
        side = [torch.cat(parts, dim=-1) for parts in zip(*heard, strict=True)]
        first = self.first(x.unsqueeze(-1)).relu()
        second = self._with("second", self.second(first), side[:1]).relu()
        third = self._with("third", self.third(second), side[1:2]).relu().amax(2)
        return [first, second, third, self._with("head", self.head(third), side[2:3])]

    def _with(self, name: str, own: Tensor, side: Sequence[Tensor]) -> Tensor:
        if not self.laterals:
            return own
        (heard,) = side
        rows = heard if name == "head" else windows(heard, *GEOMETRY)
        return own + affine(rows, self.laterals[name])
