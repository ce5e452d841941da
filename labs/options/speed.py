"""The bench: the learners of all replicates at once against a loop over single environments."""

from dataclasses import replace

from labs.kit.lab import Bench
from labs.options.grid import PRESETS, QUESTIONS, Cell, cells
from labs.options.plain import train

FULL = replace(PRESETS["full"], budget=40_000, octaves=0)
TIMED = (("options", 2), ("flat", 3), ("learned", 2))


def bench() -> list[Bench[Cell]]:
    """The stack of a full run of three learners, with a tenth of the steps."""
    stacks = {
        (arm, length): tuple(
            cell for cell in cells(replace(FULL, arms=(arm,))) if cell.length == length
        )
        for arm, length, _ in QUESTIONS
    }
    return [Bench(f"{arm} {n}", stacks[arm, n], FULL.budget, train) for arm, n in TIMED]
