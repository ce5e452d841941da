"""Whole networks of a stack: what fine-tuning adds to them, how they read, and their records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from labs.composition.aggregation.arithmetic import Vector, added, weight_vector
from labs.composition.examples import examples
from labs.composition.grid import SCALES, Cell, Record
from labs.composition.rates import chosen_rate
from labs.composition.teaching import Lesson, accuracies, taught
from labs.nn.base import Weights

Examples = tuple[Tensor, Tensor]  # signals (M, n, 40), digits (M, n)
TOGETHER = 20  # networks that are scored side by side: what they compute stays in the cache


def digits(cells: Sequence[Cell], domain: str, purpose: str, count: int, device: str) -> Examples:
    """Signals of a domain and their digits, one replicate per cell."""
    replicates = [cell.replicate for cell in cells]
    return examples(replicates, [domain] * len(cells), purpose, count, device)


def fine_tuned(
    cells: Sequence[Cell], weights: Weights, data: Examples, device: str, times: int = 1
) -> Vector:
    """What full fine-tuning adds to networks, by name (M, ...); their heads stay.

    Args:
        cells: one per network.
        weights: of the networks (M, ...).
        data: what they learn.
        device: where all of it is.
        times: how often the cells' steps are taken.
    """
    cell = cells[0]
    rate = chosen_rate(cell, "full", "domain", device)
    (module,) = taught(
        Lesson(
            replace(cell, steps=times * cell.steps),
            "full",
            [own.replicate for own in cells],
            weights,
            *data,
            rates=[rate] * len(cells),
            role="domain",
        )
    )
    return weight_vector(weights, module)


def accuracy_in(cells: Sequence[Cell], weights: Weights, domain: str, device: str) -> Tensor:
    """Percent of a domain's test examples that networks read right (M,)."""
    data = digits(cells, domain, "test", cells[0].tests, device)
    return accuracies(cells[0], weights, [], *data)


def by_scale(
    score: Callable[[Weights], Tensor],
    weights: Weights,
    vector: Vector,
    scales: Sequence[float] = SCALES,
) -> Tensor:
    """The scores (scales, M) of weights + s vector for every s of `scales`.

    `score` is given the networks of several scales side by side, (k * M, ...), and gives (k * M,).
    """
    together = max(1, TOGETHER // len(next(iter(vector.values()))))
    found = []
    for start in range(0, len(scales), together):
        networks = [added(weights, vector, s) for s in scales[start : start + together]]
        stacked = {name: torch.cat([own[name] for own in networks]) for name in networks[0]}
        found.append(score(stacked).unflatten(0, (len(networks), -1)))
    return torch.cat(found)


def for_each(weights: Weights, *data: Tensor) -> list[Tensor]:
    """What M members have (M, ...), once more for each of their k networks side by side,
    (k * M, ...)."""
    members = len(next(iter(weights.values())))
    return [own.repeat(members // len(own), *[1] * (own.dim() - 1)) for own in data]


def highest(scores: Tensor, scales: Sequence[float] = SCALES) -> Tensor:
    """In each member the scale (M,) of the highest score (scales, M); of equal ones the first.

    >>> highest(torch.tensor([[1.0, 3.0], [2.0, 3.0], [0.0, 1.0]]), [0.0, 0.5, 1.0]).tolist()
    [0.5, 0.0]
    """
    return torch.tensor(scales, dtype=torch.float64)[scores.argmax(0).cpu()]


def records(found: Mapping[str, Tensor]) -> Iterator[Record]:
    """One record per member of what was found, by field (..., M).

    >>> [record.singles for record in records({"singles": torch.tensor([[1.0, 2.0]])})]
    [[1.0], [2.0]]
    """
    members = next(iter(found.values())).shape[-1]
    for member in range(members):
        own: dict[str, Any] = {name: value[..., member].tolist() for name, value in found.items()}
        yield Record(**own)
