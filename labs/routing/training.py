"""What a stack of cells does, by its question."""

from collections.abc import Iterator, Sequence

from labs.routing.grid import Cell, Record
from labs.routing.mixtures import mixtures, timed
from labs.routing.skills import skills
from labs.routing.starts import starts

QUESTIONS = {"mixture": mixtures, "starts": starts, "skills": skills, "timing": timed}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell."""
    yield from QUESTIONS[cells[0].question](cells, device)
