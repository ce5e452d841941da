"""The frozen base in a domain: as it is, and with its answers permuted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from labs.adapters.adaptation import CHUNK
from labs.adapters.examples import examples, sizes, trained_bases
from labs.adapters.grid import Cell, Record
from labs.data.mnist1d import CLASSES
from labs.nn.base import Base
from labs.nn.training import evaluate


def bases_alone(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Test the cells' bases, untouched; one record each."""
    net = Base(len(cells), sizes(cells[0])).to(device)
    net.load_state_dict(trained_bases(cells, device))
    x, y = examples(cells, "test", cells[0].tests, device)
    found = evaluate(net, x, y, CHUNK)
    own = [replace(cell, domain="clean") for cell in cells]
    clean = evaluate(net, *examples(own, "test", cells[0].tests, device), CHUNK).accuracy
    for m, (predicted, right) in enumerate(zip(found.predicted, y.cpu(), strict=True)):
        yield Record(
            base=float(found.accuracy[m]),
            clean=float(clean[m]),
            remapped=remapped(predicted.numpy(), right.numpy()),
        )


def remapped(predicted: np.ndarray, right: np.ndarray) -> float:
    """Accuracy in percent with the answers (n,) permuted so that it is highest; the permutation
    is chosen on one half of the examples and tested on the other.

    >>> remapped(np.array([1, 0] * 4), np.array([0, 1] * 4))
    100.0
    """
    half = len(right) // 2
    counts = np.zeros((CLASSES, CLASSES))
    np.add.at(counts, (predicted[:half], right[:half]), 1)
    _, answer = linear_sum_assignment(-counts)
    return float(100 * (answer[predicted[half:]] == right[half:]).mean())
