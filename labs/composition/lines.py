"""Lines between two fine-tuned networks or modules, and the average of several."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from labs.composition.aggregation.arithmetic import average, path
from labs.composition.differences import accuracy_in, digits, records
from labs.composition.examples import trained_bases
from labs.composition.grid import ALONG, SOUP, Cell, Record
from labs.composition.rates import chosen_rate
from labs.composition.teaching import Lesson, accuracies, taught
from labs.nn.base import Weights
from labs.nn.modules.module import Module, merge

DOMAIN = "reverse"
DRAW = 100_000  # replicates from one draw of a cell to the next; no run has as many
PACES = (1.0, 1.0, 0.5, 2.0)  # of the draws: their rate, times the chosen one


def lines(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Accuracy on test examples of `DOMAIN` at `ALONG` of a straight line; one record per cell.

    Both ends learn from examples and in a batch order of their own, at the chosen rate. They are
    networks that were wholly fine-tuned (the line is of their weights) from the same base ("full")
    or from two ("full-bases": both learn signals in the units of the cell's replicate, and heads
    are on the line, too); or modules on the same base, from the same start or from two ("-starts"):
    adapters (the line is of their parameters) or LoRA (of what they add to the weights).

    A soup (of "full" alone) averages fine-tunings that differ in their rates, too, as those of
    Wortsman et al. (2022) differ in their settings: the ends of the line and two more, at half and
    at twice the rate.
    """
    method, _, apart = cells[0].method.partition("-")
    base = trained_bases(cells, device)
    found = {"clean": accuracy_in(cells, base, "clean", device)}
    if method == "full":
        found |= _of_networks(cells, base, apart == "bases", device)
    else:
        found |= _of_modules(cells, method, base, apart == "starts", device)
    yield from records(found)


def _of_networks(
    cells: Sequence[Cell], base: Weights, apart: bool, device: str
) -> dict[str, Tensor]:
    def tuned(draw: int) -> Weights:
        weights = trained_bases(_drawn(cells, draw), device) if apart else base
        return merge(weights, [_taught(cells, "full", weights, draw, device)])

    def right(network: Weights) -> Tensor:
        return accuracy_in(cells, network, DOMAIN, device)

    networks = [tuned(draw) for draw in range(2 if apart else SOUP)]
    line = torch.stack([right(point) for point in path(networks[0], networks[1], ALONG)])
    if apart:
        return {"line": line}
    singles = torch.stack([line[0], line[-1], *(right(network) for network in networks[2:])])
    return {"line": line, "singles": singles, "soup": right(average(networks))}


def _of_modules(
    cells: Sequence[Cell], method: str, base: Weights, apart: bool, device: str
) -> dict[str, Tensor]:
    x, y = digits(cells, DOMAIN, "test", cells[0].tests, device)
    first, second = (
        _taught(cells, method, base, draw, device, own_start=apart) for draw in range(2)
    )
    points = path(first, second, ALONG)
    return {"line": torch.stack([accuracies(cells[0], base, [p], x, y) for p in points])}


def _drawn(cells: Sequence[Cell], draw: int) -> list[Cell]:
    return [replace(cell, replicate=cell.replicate + DRAW * draw) for cell in cells]


def _taught(
    cells: Sequence[Cell],
    method: str,
    weights: Weights,
    draw: int,
    device: str,
    own_start: bool = False,
) -> Module:
    """One draw: what the cells' replicates learn from other examples in another order."""
    cell, replicates = cells[0], [own.replicate for own in _drawn(cells, draw)]
    purpose = f"training, draw {draw}" if draw else "training"
    rate = PACES[draw] * chosen_rate(cell, method, "domain", device)
    (module,) = taught(
        Lesson(
            cell,
            method,
            replicates,
            weights,
            *digits(cells, DOMAIN, purpose, cell.examples, device),
            rates=[rate] * len(cells),
            role="domain",
            starts=replicates if own_start else [own.replicate for own in cells],
        )
    )
    return module
