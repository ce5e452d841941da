"""How many cells train together, and the seconds and memory that they are expected to take."""

from collections.abc import Sequence

from labs.adapters.grid import LOOKED_AT, SEEN, UNSEEN, VALIDATION, Cell
from labs.nn.modules.methods import METHODS

MEMBERS = 40
# Milliseconds of a step of 16 signals in a stack: of modules, and where all weights have gradients
LIGHT, HEAVY = 3.0, 4.2
TESTED = 0.11  # milliseconds of a test example
SMALL = 0.56  # of the times on a small base (in `quick` on an AMD EPYC whose threads are all busy)
RUNS = {
    "twice": 2,
    "sparse_fine_tuning": 2,
    "without_rewinding": 2,
    "diff_pruning": 2,
    "magnitude_pruning": 3,
}


def runs(name: str) -> int:
    """Runs of training of a method."""
    return RUNS.get(METHODS[name].procedure.path.split(":")[1], 1)


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on a 2.5 GHz Xeon), the choice of rates included."""
    size = SMALL if cell.small else 1.0
    if cell.question == "hypernetwork":
        trained = (
            len(SEEN) * LIGHT * cell.steps * cell.batch / 16 + len(UNSEEN) * cell.tests * TESTED
        )
        return size * trained / 1000
    tested = TESTED * cell.tests
    if cell.question != "adapt":
        return size * (0.1 + 2 * tested / 1000)
    method = METHODS[cell.method]
    heavy = method.kind.path.endswith(("Delta", "Ticket", "DiffPruning", "Supermask", "Intrinsic"))
    step = (HEAVY if heavy else LIGHT) * cell.batch / 16
    looks = TESTED * (VALIDATION + runs(cell.method) * cell.looks * LOOKED_AT)
    return size * (1.2 * runs(cell.method) * step * cell.steps + tested + looks) / 1000


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 520 to 710 in `full`)."""
    cell = stack[0]
    if cell.question == "hypernetwork":  # a batch of every domain
        return 60 + 46 * len(stack)
    return 60 + (33 if cell.method == "prompt-20" else 16) * len(stack)
