"""Bases, mixtures of domains and random streams of a replicate, as tensors."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from labs.data.mnist1d import CLASSES, LENGTH
from labs.data.signals import draw
from labs.kit import seeds
from labs.nn.base import SMALL, STANDARD, Sizes
from labs.nn.pretraining import bases
from labs.nn.training import stacked
from labs.routing.grid import MIXTURES, NAME, Cell

CHUNK = 50  # test examples at a time: what a member computes of them stays in the cache


def sizes(cell: Cell) -> Sizes:
    """Of the cell's base."""
    return SMALL if cell.small else STANDARD


def trained_bases(cells: Sequence[Cell], device: str) -> dict[str, Tensor]:
    """The weights of the cells' bases by name (M, ...)."""
    first = cells[0]
    replicates = [cell.replicate for cell in cells]
    return bases(replicates, sizes(first), first.base_steps, device)


def generators(cells: Iterable[Cell], purpose: str) -> list[torch.Generator]:
    """A stream for each cell, the same for all routers of a replicate."""
    return [
        torch.Generator().manual_seed(seeds.seed(NAME, purpose, cell.replicate)) for cell in cells
    ]


def mixture(cells: Sequence[Cell], purpose: str, count: int, device: str) -> tuple[Tensor, Tensor]:
    """`count` examples of each of the D domains of a mixture, one domain after the other.

    Returns:
        x (M, D * count, 41) float32, signals and behind each the number of its domain; y
        (M, D * count) int64, labels as the cells have them.
    """
    pairs = ((cell.domains, cell.labels, cell.replicate) for cell in cells)
    x, y = stacked((_mixture(*pair, purpose, count) for pair in pairs), device)
    return x, y


@lru_cache(maxsize=64)
def _mixture(
    domains: str, labels: str, replicate: int, purpose: str, count: int
) -> tuple[np.ndarray, np.ndarray]:
    names = MIXTURES[domains]
    x = np.empty((len(names), count, LENGTH + 1), np.float32)
    y = np.empty((len(names), count), np.int64)
    for number, name in enumerate(names):
        # each domain has signals of its own: the same in several would tell of one another
        signals = draw(name, replicate, count, f"{NAME}: {purpose} in {name}")
        x[number, :, :LENGTH], x[number, :, LENGTH] = signals.x, number
        y[number] = meaning(name, labels, replicate)[signals.y]
    return x.reshape(-1, LENGTH + 1), y.reshape(-1)


def meaning(domain: str, labels: str, replicate: int) -> np.ndarray:
    """The label (10,) of each digit in a domain: the digit itself, or where labels conflict a
    permutation of the domain's own. That of two factors is that of the first, then that of the
    second; the clean domain has none.

    >>> names = ("reverse+ramp", "reverse", "ramp")
    >>> both, reverse, ramp = (meaning(name, "conflict", 0) for name in names)
    >>> bool((both == ramp[reverse]).all())
    True
    """
    order = np.arange(CLASSES)
    for factor in domain.split("+") if labels == "conflict" and domain != "clean" else []:
        own = seeds.stream(NAME, f"permutation in {factor}", replicate).permutation(CLASSES)
        order = own[order]
    return order
