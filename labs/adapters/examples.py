"""Bases and examples of a replicate, as tensors."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from labs.adapters.grid import NAME, SEEN, UNSEEN, Cell
from labs.data.domains import Domain, named
from labs.data.signals import draw
from labs.kit.seeds import seed
from labs.nn.base import SMALL, STANDARD, Base, Sizes
from labs.nn.pretraining import bases
from labs.nn.training import stacked


def sizes(cell: Cell) -> Sizes:
    """Of the cell's base."""
    return SMALL if cell.small else STANDARD


def domain(name: str) -> Domain:
    """The domain of a name in `DOMAINS`, `SEEN` or `UNSEEN`."""
    own = {**UNSEEN, **SEEN}
    return own[name] if name in own else named(name)


def trained_bases(cells: Sequence[Cell], device: str) -> dict[str, Tensor]:
    """The weights of the cells' bases by name (M, ...)."""
    first = cells[0]
    replicates = [cell.replicate for cell in cells]
    return bases(replicates, sizes(first), first.base_steps, device)


def untrained_bases(cells: Sequence[Cell], device: str) -> dict[str, Tensor]:
    """As `trained_bases`, at their start."""
    net = Base(len(cells), sizes(cells[0]))
    seeds = [seed(NAME, "from scratch", cell.replicate) for cell in cells]
    net.reset(seeds).to(device)
    return net.frozen()


def examples(cells: Sequence[Cell], purpose: str, count: int, device: str) -> tuple[Tensor, Tensor]:
    """Signals x (M, count, 40) and digits y (M, count) of the cells' domains and replicates."""
    x, y = stacked((_drawn(c.domain, c.replicate, count, purpose) for c in cells), device)
    return x, y


@lru_cache(maxsize=512)
def _drawn(name: str, replicate: int, count: int, purpose: str):  # type: ignore[no-untyped-def]
    signals = draw(domain(name), replicate, count, f"{NAME}: {purpose}")
    return signals.x, signals.y


def generators(cells: Sequence[Cell], purpose: str) -> list[torch.Generator]:
    """A stream for each cell, the same for all methods and domains of a replicate."""
    return [torch.Generator().manual_seed(seed(NAME, purpose, c.replicate)) for c in cells]
