"""How many cells train together, and the seconds and memory that they are expected to take."""

from collections.abc import Sequence

from labs.routing.grid import DOMAINS, LOOKS, MIXTURES, NAMED, SHARERS, STARTED, UNSEEN, Cell

MEMBERS = 10
STEP = 6.2  # milliseconds of a step of 32 signals in a stack
TESTED = 0.1  # milliseconds of a test example
DEARER = {"em": 3.0}  # times the step of other routers
LOOKED_AT, READ = 100, 350  # examples of a domain at a look and, with ablations, after training
FIRST = 250  # that are tested before training
POPULATION = 8  # looks that evolution takes
PAIRS = 11 * 3 + UNSEEN * 3  # of skills, that are tested
PAIR, ROW = 27.0, 17.0  # milliseconds of skills' steps of all seen pairs, and of it for a row of Z
APART = 5.0  # milliseconds of it for unseen pairs, of which there are half as many steps
SEARCHED = 1.3  # times, for the search of rates


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on a 2.5 GHz Xeon)."""
    size = 0.58 if cell.small else 1.0  # small ones on an AMD EPYC whose threads are all busy
    steps, tested = _mixture(cell)
    if cell.question == "starts":
        steps, tested = 3 * STEP, (len(DOMAINS) + 2 * len(STARTED)) * cell.tests
    if cell.question == "skills":
        finds = cell.router == "polytropon" and cell.router in SHARERS
        steps = SEARCHED * (PAIR + APART + (ROW + APART) * finds)
        tested = PAIRS * cell.tests
    return size * (steps * cell.steps * cell.batch / 32 + TESTED * tested) / 1000


def _mixture(cell: Cell) -> tuple[float, int]:
    """Milliseconds of a step of 32 signals, and examples that are tested."""
    domains = len(MIXTURES[cell.domains])
    looks = LOOKS + 1 + POPULATION * (cell.router == "evolution")
    first = cell.tests if cell.router == "argmax" else min(cell.tests, FIRST)
    tests = first + cell.tests * (2 if cell.router in NAMED else 1)
    step = STEP * DEARER.get(cell.router, 1.0)
    return step, domains * (tests + looks * LOOKED_AT + READ + LOOKED_AT * cell.experts)


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries."""
    size = 0.5 if stack[0].small else 1.0
    own = {"skills": 70, "mixture": 35}.get(stack[0].question, 35)
    return 60 + own * size * len(stack) * max(0.4, stack[0].batch / 32)
