"""Negation: a network that knows two domains is to forget one of them."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from labs.composition.aggregation.arithmetic import added, negated, random_vector, total
from labs.composition.differences import (
    accuracy_in,
    by_scale,
    digits,
    fine_tuned,
    for_each,
    highest,
    records,
)
from labs.composition.examples import generators, trained_bases
from labs.composition.grid import Cell, Record
from labs.composition.teaching import accuracies
from labs.nn.base import Weights

KEPT, FORGOTTEN = "clean", "reverse"
FLOOR = 0.97  # of the accuracy on clean signals that is to stay; more than what is judged
BOTH = (KEPT, FORGOTTEN)
VALIDATION = 500  # validation examples of a domain, at most as many as are learned from


def negations(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Forget a domain by negating what learning more of it adds; one record per cell.

    The base learns clean and reversed signals together, in twice the steps, and from there on fresh
    reversed ones alone. What the second run adds is subtracted at the scale that leaves the lowest
    accuracy on reversed signals while that on clean ones stays at `FLOOR` of what it was; both, and
    the curves, are of validation data. A random vector of equal norm is subtracted at the same
    scale.
    """
    cell, base = cells[0], trained_bases(cells, device)
    both = [digits(cells, domain, "training", cell.examples, device) for domain in BOTH]
    x, y = (torch.cat(parts, dim=1) for parts in zip(*both, strict=True))
    start = added(base, fine_tuned(cells, base, (x, y), device, times=2))
    more = digits(cells, FORGOTTEN, "training of what is negated", cell.examples, device)
    vector = fine_tuned(cells, start, more, device)
    opposite = total([vector], [-1.0])
    count = min(VALIDATION, cell.examples)
    validation = {d: digits(cells, d, "validation", count, device) for d in BOTH}

    def curve(domain: str) -> Tensor:
        def right(weights: Weights) -> Tensor:
            x, y = for_each(weights, *validation[domain])
            return accuracies(cell, weights, [], x, y)

        return by_scale(right, start, opposite)

    clean, reverse = curve(KEPT), curve(FORGOTTEN)
    scale = chosen(clean, reverse)
    chance = random_vector(vector, generators([c.replicate for c in cells], "noise of a negation"))

    def in_both(weights: Weights) -> Tensor:
        return torch.stack([accuracy_in(cells, weights, domain, device) for domain in BOTH])

    yield from records(
        {
            "clean": accuracy_in(cells, base, "clean", device),
            "before": in_both(start),
            "after": in_both(negated(start, vector, scale)),
            "after_random": in_both(negated(start, chance, scale)),
            "scale": scale,
            "clean_by_scale": clean,
            "reverse_by_scale": reverse,
        }
    )


def chosen(kept: Tensor, forgotten: Tensor) -> Tensor:
    """In each member the scale (M,) of the lowest accuracy `forgotten` among those whose accuracy
    `kept` is at least `FLOOR` of that at scale 0; accuracies (SCALES, M).

    >>> flat, falling = torch.full((21, 1), 90.0), torch.linspace(90, 50, 21).unsqueeze(1)
    >>> chosen(flat, falling).tolist(), chosen(falling, falling).tolist()
    ([1.0], [0.05])
    """
    allowed = kept >= FLOOR * kept[:1]
    return highest(-forgotten.masked_fill(~allowed, torch.inf))
