"""Listening to a forward pass: a module that changes nothing and is told what passes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from labs.kit.checks import check_sizes
from labs.nn.modules.module import Kind, Module

Heard = Callable[[str, Tensor, Tensor], None]
"""Called with the name of a linear map, what goes in and what comes out."""


def _deaf(name: str, x: Tensor, y: Tensor) -> None:
    pass


@dataclass(frozen=True)
class Listener(Kind):
    """Calls back at every linear map and at every sub-layer's end, and leaves all as it is. It
    hears what the modules before it in the list leave.

    Args:
        linear_heard, sublayer_heard: called with name, x and y, as `Kind.linear` and
            `Kind.sublayer` are.
    """

    linear_heard: Heard = _deaf
    sublayer_heard: Heard = _deaf
    composition: ClassVar[str] = "function"

    def linear(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        self.linear_heard(name, x, y)
        return y

    def sublayer(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        self.sublayer_heard(name, x, y)
        return y


def listener(members: int, *, linear: Heard = _deaf, sublayer: Heard = _deaf) -> Module:
    """M listeners; they train nothing.

    Raises:
        ValueError: `members` below 1.
    """
    check_sizes(members=members)
    return Module(Listener(linear, sublayer), {"nothing": torch.empty(members, 0)})
