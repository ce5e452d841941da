"""Signals, programs and what these should make of those, on the device."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from labs.data import mnist1d
from labs.kit.seeds import stream
from labs.programs.grid import LONGER, NAME
from labs.programs.operations import Array, Programs, affine, drawn


class Group(NamedTuple):
    """Programs of one length of every member: places in `operations.NAMES` (M, P, L) int64, and
    the affine maps that they are, (M, P, 40, 40) and (M, P, 1, 40)."""

    programs: Tensor
    matrix: Tensor
    shift: Tensor

    def targets(self, x: Tensor) -> Tensor:
        """What the programs should make of signals (M, B, 40): (M, P, B, 40)."""
        return x.unsqueeze(1) @ self.matrix + self.shift

    def variance(self, x: Tensor) -> Tensor:
        """Of the targets over all signals, mean over samples: (M, P)."""
        x = x - x.mean(1, keepdim=True)
        law = x.transpose(1, 2) @ x / x.shape[1]
        return (self.matrix * (law.unsqueeze(1) @ self.matrix)).sum((2, 3)) / x.shape[2]


def group(members: Sequence[Array], device: str | torch.device) -> Group:
    """Programs (P, L) of one length of every member.

    Raises:
        ValueError: members with other numbers of programs.
    """
    if len({own.shape for own in members}) != 1:
        shapes = [own.shape for own in members]
        raise ValueError(f"members must have as many programs of one length each, got {shapes}")
    maps = [[affine(tuple(program.tolist())) for program in own] for own in members]
    matrix = np.array([[one.matrix for one in own] for own in maps], np.float32)
    shift = np.array([[one.shift for one in own] for own in maps], np.float32)
    parts = (np.stack(members), matrix, shift[:, :, None])
    return Group(*(torch.from_numpy(part).to(device) for part in parts))


@lru_cache(maxsize=64)
def programs(replicate: int, count: int) -> Programs:
    """The programs of a replicate, `count` of every longer length."""
    return drawn(stream(NAME, "programs", replicate), LONGER, count)


def training_signals(replicates: Sequence[int], device: str | torch.device) -> Tensor:
    """The published training signals (M, 4000, 40)."""
    x = np.stack([mnist1d.published(replicate).train.x for replicate in replicates])
    return torch.from_numpy(x).to(device)


def fresh_signals(
    replicates: Sequence[int], count: int, purpose: str, device: str | torch.device
) -> Tensor:
    """Signals (M, count, 40) of the same law and in the same units that did not train."""
    x = np.stack([mnist1d.fresh(replicate, count, purpose).x for replicate in replicates])
    return torch.from_numpy(x).to(device)
