"""Modules in a stack against the usual loop: one network at a time, surgery and hooks."""

from labs.adapters.grid import MAIN, Cell
from labs.adapters.plain import train
from labs.kit.lab import Bench
from labs.nn.modules.methods import METHODS

TIMED = ("full", "bitfit", "lora", "adapter")
STEPS, REPLICATES = 40, 10


def bench() -> list[Bench[Cell]]:
    """Four methods, each the stack of one number of examples of a full run; the bases are untrained
    on both sides."""
    return [Bench(METHODS[name].label, tuple(_cells(name)), STEPS, train) for name in TIMED]


def _cells(method: str) -> list[Cell]:
    return [
        Cell(
            question="timing",
            method=method,
            domain=domain,
            examples=1500,
            steps=STEPS,
            batch=16,
            base_steps=0,
            small=False,
            tests=200,
            looks=0,
            replicate=replicate,
        )
        for domain in MAIN
        for replicate in range(REPLICATES)
    ]
