"""How many cells train together, and the seconds and memory that they are expected to take."""

from collections.abc import Sequence

from labs.composition.grid import (
    COUPLES,
    DOMAINS,
    LEAVES,
    MIXTURES,
    PAIRS,
    SCALES,
    SOUP,
    TASKS,
    Cell,
)

MEMBERS = 10
STEP = 3.5  # milliseconds of a step of 16 signals in a stack
TESTED = 0.12  # milliseconds of a test example
SEARCHED = 10  # replicates that share a search of rates, as they train together
TWICE = ("lt-sft",)  # methods that train twice
APART = len(DOMAINS) + len(TASKS)  # modules of a method that are trained apart
# Runs of a cell, runs of its search of rates, and accuracies that it measures, of `Cell.tests` each
COUNTS = {
    "pairs": (APART + 2 + len(PAIRS), 45, 8 * len(PAIRS)),
    "joint": (4 * APART, 5 * APART, 4 * len(PAIRS)),
    "line": (2 + SOUP / 2, 5, 12),
    "arithmetic": (len(DOMAINS) + 1, 5, 8 * len(COUPLES) + 600),
    "negation": (3, 5, 6 + 4 * len(SCALES) / 2),
    "mixtures": (len(DOMAINS) + len(MIXTURES) / 2, 20, len(MIXTURES) + 4),
    "trees": (3 * len(LEAVES), 10, 3 * len(LEAVES)),
}


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on a 2.5 GHz Xeon), the search of rates included."""
    size = 0.56 if cell.small else 1.0  # small ones on an AMD EPYC whose threads are all busy
    trained, searched, tested = COUNTS[cell.question]
    if cell.question == "pairs" and (cell.signal, cell.layers) != ("labels", "all"):
        trained, searched, tested = APART, 20, 5 * len(PAIRS)
    runs = (trained + searched / SEARCHED) * (2 if cell.method in TWICE else 1)
    step = STEP * cell.batch / 16 * cell.steps
    bases = 0.02 * cell.base_steps if cell.method == "full-bases" else 0.0
    return size * (bases + (runs * step + tested * TESTED * cell.tests) / 1000)


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured in `full`: 450 to 1,660;
    joint networks have the largest batches)."""
    cell = stack[0]
    size = 0.4 if cell.small else 1.0
    return 60 + (160 if cell.question == "joint" else 85) * size * len(stack)
