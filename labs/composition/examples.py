"""Bases, examples and random streams of a replicate, as tensors."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from labs.composition.grid import NAME, Cell
from labs.data.signals import Signals, draw
from labs.data.tasks import named
from labs.kit.seeds import seed
from labs.nn.base import SMALL, STANDARD, Sizes
from labs.nn.pretraining import bases
from labs.nn.training import stacked

CHUNK = 50  # test examples at a time: what a member computes of them stays in the cache


def sizes(cell: Cell) -> Sizes:
    """Of the cell's base."""
    return SMALL if cell.small else STANDARD


def trained_bases(cells: Sequence[Cell], device: str, times: int = 1) -> dict[str, Tensor]:
    """The weights of the cells' bases by name (M * times, ...), each `times` times in a row."""
    first = cells[0]
    replicates = [cell.replicate for cell in cells for _ in range(times)]
    return bases(replicates, sizes(first), first.base_steps, device)


def examples(
    replicates: Sequence[int],
    domains: Sequence[str],
    purpose: str,
    count: int,
    device: str,
    task: str = "digit",
) -> tuple[Tensor, Tensor]:
    """Signals x (M, count, 40) and a task's labels y (M, count), one replicate and domain per
    member; domains of a replicate are changes of the same signals."""
    pairs = zip(replicates, domains, strict=True)
    drawn = [(r, _drawn(domain, r, count, purpose)) for r, domain in pairs]
    labelled = ((own.x, named(task).labels(own, r)) for r, own in drawn)
    x, y = stacked(labelled, device)
    return x, y


@lru_cache(maxsize=256)
def _drawn(domain: str, replicate: int, count: int, purpose: str) -> Signals:
    return draw(domain, replicate, count, f"{NAME}: {purpose}")


def generators(replicates: Sequence[int], purpose: str) -> list[torch.Generator]:
    """A stream for each member, the same for all methods of a replicate."""
    return [torch.Generator().manual_seed(seed(NAME, purpose, r)) for r in replicates]
