"""What a stack of cells does, by its question."""

from collections.abc import Iterator, Sequence

from labs.adapters.adaptation import adapted, timed
from labs.adapters.grid import Cell, Record
from labs.adapters.identities import identities
from labs.adapters.pilot import bases_alone
from labs.adapters.writing import written

QUESTIONS = {
    "adapt": adapted,
    "base": bases_alone,
    "identities": identities,
    "hypernetwork": written,
    "timing": timed,
}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell."""
    yield from QUESTIONS[cells[0].question](cells, device)
