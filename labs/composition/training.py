"""What a stack of cells does, by its question."""

from collections.abc import Iterator, Sequence

from labs.composition.grid import Cell, Record
from labs.composition.joint import joint
from labs.composition.lines import lines
from labs.composition.mixtures import mixtures
from labs.composition.negating import negations
from labs.composition.pairs import pairs
from labs.composition.sums import sums
from labs.composition.trees import trees

QUESTIONS = {
    "pairs": pairs,
    "joint": joint,
    "line": lines,
    "arithmetic": sums,
    "negation": negations,
    "mixtures": mixtures,
    "trees": trees,
}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell."""
    yield from QUESTIONS[cells[0].question](cells, device)
