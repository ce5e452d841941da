"""What a network costs, in seconds and in memory, and how many train in one stack."""

from collections.abc import Sequence

from labs.double_descent.grid import Cell
from labs.double_descent.sizes import parameters

STEP = {  # milliseconds of a step: whatever the size, and for each parameter
    "one": (0.026, 6e-6),
    "two": (0.026, 8e-6),
    "cnn": (0.13, 6.5e-5),
    "gru": (0.3, 1.4e-4),
    "transformer": (1.1, 1.8e-4),
}


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on an AMD EPYC)."""
    count = parameters(cell.net, cell.size, cell.outputs)
    fixed, each = STEP[cell.net]
    return 1.3 * cell.steps * (fixed + each * count) / 1000


def members(cell: Cell) -> int:
    """Most networks in a stack: what trains fastest on a core, for more leave its cache."""
    if cell.net in ("cnn", "gru", "transformer"):
        return 10 if cell.size <= 40 else 5
    return 20 if cell.size <= 200 else 10


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 80 to 360 in `full`)."""
    cell = stack[0]
    each = {
        "cnn": 2 + 0.55 * cell.size,
        "gru": 5 + 2 * cell.size,
        "transformer": 5 + 1.5 * cell.size,
        "one": 3 + 0.02 * cell.size + 4e-4 * cell.examples,
        "two": 3 + 3e-4 * parameters("two", cell.size, cell.outputs),
    }
    return 60 + len(stack) * each[cell.net]
