"""The bench: a stack of replicates against the usual loop, one expert after the other."""

from dataclasses import replace

from labs.kit.lab import Bench
from labs.mechanisms.grid import PRESETS, Cell, cells
from labs.mechanisms.plain import compete

FULL = replace(
    PRESETS["full"], experts=(5,), arms=("told",), steps=100, identity=20, examples=2000, reading=1,
    tests=10,
)  # fmt: skip


def bench() -> list[Bench[Cell]]:
    """Five experts and a critic per replicate, of the batch of a full run."""
    stack = tuple(replace(cell, arm="competing") for cell in cells(FULL))
    return [Bench("5 experts", stack, FULL.steps, compete)]
