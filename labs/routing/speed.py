"""Mixtures of experts in a stack against the usual loop: one network at a time, experts that are
called one after the other."""

from labs.kit.lab import Bench
from labs.routing.grid import PLACE, ROUTERS, Cell
from labs.routing.plain import train

TIMED = ("gumbel", "dense", "switch")
STEPS, REPLICATES = 40, 10


def bench() -> list[Bench[Cell]]:
    """Three routers, each the stack of a full run; the bases are untrained on both sides."""
    return [Bench(ROUTERS[name], tuple(_cells(name)), STEPS, train) for name in TIMED]


def _cells(router: str) -> list[Cell]:
    level, grain = PLACE
    return [
        Cell(
            question="timing",
            router=router,
            experts=4,
            labels="conflict",
            domains="four",
            level=level,
            grain=grain,
            examples=4000,
            steps=STEPS,
            batch=32,
            base_steps=0,
            small=False,
            tests=100,
            replicate=replicate,
        )
        for replicate in range(REPLICATES)
    ]
