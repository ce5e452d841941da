"""What a cell costs: how many train together, seconds and memory."""

from collections.abc import Sequence

from labs.sketches.config import UNCUT
from labs.sketches.grid import Cell


def members(cell: Cell) -> int:
    """Most cells in its stack: of networks those of all replicates, which train together, and once
    for all questions."""
    return 120 if cell.steps or "cnn" in cell.question else 16


# What asks for columns of a network, in units of one; the arms of the second share work.
RECOVERY = {"recovery": 1.4, "other recovery": 0.5, "known activities": 0.13}
LIGHT = ("year", "retrieval", "concepts", "picture", "plane")


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on an AMD EPYC whose threads are all busy)."""
    if cell.question in ("cnn", "untrained cnn"):
        numbers = 100 if cell.d == UNCUT else cell.d
        return 0.1 + 1.7e-4 * cell.fitted * (1 + 0.01 * numbers)
    if cell.question in RECOVERY:
        return RECOVERY[cell.question] * (0.1 + 1.2e-4 * cell.d + 3e-7 * cell.d * cell.sketches)
    trained = 5e-5 * cell.steps
    if cell.question.removeprefix("trained ") in LIGHT:
        return trained + 0.02 + 4e-5 * cell.d
    if "scenes" in cell.question:
        return trained + 0.1 + 3e-7 * cell.d * cell.trials * cell.objects
    if "average" in cell.question:
        return trained + cell.trials * (0.02 + 3e-4 * cell.together)
    drawn = 1.1e-3 if cell.question == "detection" else 4e-4
    return 0.002 + cell.trials * _modules(cell) * (drawn + 5e-7 * cell.d)


def _modules(cell: Cell) -> float:
    """How many modules draw their matrices in a trial."""
    if cell.question in ("matrices", "rotation", "throughput"):
        return 0.2
    if cell.question in ("disjoint", "shared", "detection"):
        return 2 * cell.objects
    fan = 3 if cell.question == "lipschitz" else cell.fan
    return cell.objects or sum(fan**level for level in range(1, cell.depth + 1))


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 120 to 490 in `full`)."""
    cell = max(stack, key=lambda cell: cell.d)
    if cell.question in ("cnn", "untrained cnn"):
        return 100 + 0.065 * (cell.fitted + cell.tested)
    if cell.question in RECOVERY:
        return 60 + 1.1e-5 * cell.d * cell.sketches
    if cell.question == "throughput":
        return 60 + 4e-5 * cell.d * cell.trials
    if cell.question.removeprefix("trained ") in LIGHT:
        return 100 + 0.05 * cell.d
    return 120 + 0.02 * cell.d * ("scenes" in cell.question)
