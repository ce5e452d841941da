"""A grid of 9 x 9 cells with walls around it, four landmarks, and tasks: landmarks in an order.

Cells are numbered by row, 0 to 80. A move takes one step and, against a wall, leaves the agent
where it is. A landmark counts as visited when a move ends in its cell and all those before it in
the order have been visited; a move that ends there too early does not count.
"""

from functools import lru_cache
from itertools import permutations

import numpy as np

from labs.kit.seeds import stream

SIDE = 9
CELLS = SIDE * SIDE
NAMES = ("A", "B", "C", "D")  # the symbols of landmarks
LANDMARKS = len(NAMES)
APART = 6  # the least distance of two landmarks, in moves
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # north, east, south, west
STOP = len(MOVES)
LIMIT = 25  # steps of an episode for each landmark of its task; a leg needs at most 16


def next_cells() -> np.ndarray:
    """Return where every action leads, shape (81, 5) int64; `STOP`, the last, stays.

    >>> next_cells()[0].tolist()
    [0, 1, 9, 0, 0]
    """
    row, column = np.divmod(np.arange(CELLS), SIDE)
    moved = [
        np.clip(row + down, 0, SIDE - 1) * SIDE + np.clip(column + right, 0, SIDE - 1)
        for down, right in (*MOVES, (0, 0))
    ]
    return np.stack(moved, axis=1)


def tasks(length: int) -> np.ndarray:
    """Return all orders of `length` different landmarks, shape (tasks, length) int64.

    >>> [len(tasks(length)) for length in (2, 3, 4)]
    [12, 24, 24]
    """
    return np.array(list(permutations(range(LANDMARKS), length)))


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the moves between cells.

    >>> int(distance(np.array(0), np.array(80)))
    16
    """
    row, column = np.divmod(a, SIDE)
    other, there = np.divmod(b, SIDE)
    return np.abs(row - other) + np.abs(column - there)


def optimum(start: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """Return the fewest moves that solve a task.

    Args:
        start: cells, shape (...).
        goals: the task's cells in their order, shape (..., length).
    """
    first = distance(start, goals[..., 0])
    return np.asarray(first + distance(goals[..., :-1], goals[..., 1:]).sum(axis=-1))


@lru_cache(maxsize=256)
def landmarks(lab: str, replicate: int) -> np.ndarray:
    """Return the cells of a replicate's landmarks, `APART` or more moves apart: (4,) int64."""
    draw = stream(lab, "landmarks", replicate)
    while True:
        found = draw.choice(CELLS, LANDMARKS, replace=False)
        between = distance(found[:, None], found[None, :])
        if between[~np.eye(LANDMARKS, dtype=bool)].min() >= APART:
            return found


def free(places: np.ndarray) -> np.ndarray:
    """Return the cells without a landmark, ascending, where episodes start: (77,) int64."""
    return np.setdiff1d(np.arange(CELLS), places)
