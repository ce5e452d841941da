"""Asking: every cell is a question with a function that answers it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from labs.sketches import reader
from labs.sketches.experiments import (
    matrices,
    of_several,
    picture,
    reading,
    scenes,
    similarity,
    throughput,
)
from labs.sketches.grid import Cell, Record

QUESTIONS: Mapping[str, Callable[[Cell], dict[str, Any]]] = {
    "matrices": matrices.matrices,
    "disjoint": similarity.disjoint,
    "shared": similarity.shared,
    "detection": similarity.detection,
    "lipschitz": similarity.lipschitz,
    "flat": reading.flat_scenes,
    "weight": reading.one_of_four,
    "depth": reading.deep_scenes,
    "repeated": reading.repeated,
    "count": reading.counts,
    "nothing": reading.nothing_there,
    "erasure": reading.flat_scenes,
    "erased weight": reading.one_of_four,
    "exact": reading.exact,
    "scenes": scenes.known_scenes,
    "cut scenes": scenes.known_scenes,
    "average": scenes.averaged,
    "picture": picture.picture,
    "year": of_several.year_of,
    "retrieval": of_several.retrieved,
    "concepts": of_several.named,
    "plane": of_several.plane_of,
    "recovery": of_several.network_recovered,
    "known activities": of_several.of_known_activities,
    "other recovery": of_several.recovered_otherwise,
    "rotation": throughput.rotated,
    "throughput": throughput.together,
}
OF_NETWORKS: Mapping[str, Callable[[Cell, reader.Reader, int], dict[str, Any]]] = {
    "trained scenes": scenes.trained_scenes,
    "trained cut scenes": scenes.trained_scenes,
    "trained average": scenes.trained_average,
    "trained year": of_several.year_by_network,
    "trained retrieval": of_several.retrieved_by_network,
    "trained concepts": of_several.named_by_network,
    "cnn": of_several.probed,
    "untrained cnn": of_several.probed,
}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Ask the cells of a stack one after the other, those of networks after training one for every
    replicate among them (with no steps it stays as it starts); yields one record per cell."""
    if cells[0].question in OF_NETWORKS:
        return _ask_networks(cells, device)
    return (Record(**QUESTIONS[cell.question](cell)) for cell in cells)


def _ask_networks(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    replicates = sorted({cell.replicate for cell in cells})
    steps = cells[0].steps
    net = reader.train(replicates, steps, device) if steps else reader.start(replicates, device)
    for cell in cells:
        member = replicates.index(cell.replicate)
        yield Record(**OF_NETWORKS[cell.question](cell, net, member))
