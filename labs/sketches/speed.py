"""What the mechanism costs: rotations in O(d log d) against a dense product, and scenes sketched
together against a loop over them.

Here a cell stands for a network and its vectors or scenes for steps; both sides have drawn their
matrices beforehand.
"""

from labs.kit.lab import Bench
from labs.sketches.experiments.throughput import multiplied, one_by_one
from labs.sketches.grid import Cell

DIMS = (64, 256, 1024, 4096, 16384)  # of rotations
VECTORS = 64
SKETCHED = (256, 1024, 2048, 4096)  # numbers of sketches of scenes
SCENES, DIGITS = 4000, 5
BYTES = 8  # of a float64, and of an index


def bench() -> list[Bench[Cell]]:
    """Rotations by d with the memory of the map, and sketches of scenes by d."""
    return [*map(_rotation, DIMS), *map(_sketches, SKETCHED)]


def _rotation(d: int) -> Bench[Cell]:
    cell = Cell(question="rotation", d=d, trials=VECTORS, replicate=0)
    kept = BYTES * d * d / 1e6, BYTES * 5 * d / 1e6  # three rows of signs, two orders
    return Bench(f"rotation, d = {d:,}", (cell,), VECTORS, multiplied, kept)


def _sketches(d: int) -> Bench[Cell]:
    cell = Cell(question="throughput", d=d, objects=DIGITS, trials=SCENES, replicate=0)
    return Bench(f"{SCENES:,} scenes, d = {d:,}", (cell,), SCENES, one_by_one)
