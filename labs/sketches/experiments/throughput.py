"""Work for the benches: rotations of many vectors, and sketches of many scenes."""

from functools import lru_cache

import numpy as np

from labs.sketches.digits import CLASSES, digit_space, digits, scenes
from labs.sketches.grid import Cell
from labs.sketches.objects import Scene
from labs.sketches.rotations import Rotation
from labs.sketches.sketching import overall_sketch, overall_sketches
from labs.sketches.space import Space


def rotated(cell: Cell) -> dict[str, float]:
    """Rotate vectors by the structured map."""
    x, turn, _ = _vectors(cell.d, cell.trials, dense=False)
    turn.apply(x)
    return {}


def multiplied(cell: Cell) -> None:
    """Multiply as many vectors with a dense matrix."""
    x, _, matrix = _vectors(cell.d, cell.trials, dense=True)
    x @ matrix


def together(cell: Cell) -> dict[str, float]:
    """Sketch scenes of five digits all at once."""
    overall_sketches(*_scenes(cell.d, cell.objects, cell.trials))
    return {}


def one_by_one(cell: Cell) -> None:
    """Sketch the same scenes in a loop."""
    space, rooms = _scenes(cell.d, cell.objects, cell.trials)
    for room in rooms:
        overall_sketch(space, room)


@lru_cache(maxsize=1)
def _vectors(d: int, count: int, *, dense: bool) -> tuple[np.ndarray, Rotation, np.ndarray]:
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((d, d) if dense else (0, 0))  # any matrix takes this time
    return rng.standard_normal((count, d)), Rotation(d, "bench"), matrix


@lru_cache(maxsize=1)
def _scenes(d: int, k: int, count: int) -> tuple[Space, list[Scene]]:
    rng = np.random.default_rng(0)
    return digit_space(d, k, 0), scenes(digits(rng.integers(CLASSES, size=(count, k)), rng))
