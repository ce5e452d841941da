"""Task arithmetic: differences of fine-tuned networks are added, put into analogies and merged."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from labs.composition.aggregation.arithmetic import (
    Vector,
    added,
    analogy,
    average,
    cosine,
    random_vector,
    total,
)
from labs.composition.aggregation.checks import Number
from labs.composition.aggregation.merging import (
    dare,
    fisher,
    fisher_average,
    grams,
    regmean,
    scored,
    ties,
)
from labs.composition.differences import (
    Examples,
    accuracy_in,
    by_scale,
    digits,
    fine_tuned,
    for_each,
    highest,
    records,
)
from labs.composition.examples import generators, sizes, trained_bases
from labs.composition.grid import CORNER, COUPLES, DOMAINS, MERGES, SCALES, Cell, Record
from labs.composition.teaching import accuracies
from labs.nn.base import Weights, logits
from labs.nn.modules.module import Values

VALIDATION = 100  # validation examples of a domain, at most as many as are learned from
ANALOGOUS = COUPLES.index(("reverse", "ramp"))  # the couple whose scale an analogy has
WIDER = tuple(2 * scale for scale in SCALES)  # for TIES, which gives a mean and no sum
KEEP, DROP = 0.2, 0.5  # what TIES keeps of every difference, and what DARE drops of it
SCORED = 16  # training examples of a domain from which Fisher merging takes its weights
HEARD = 250  # the same of RegMean
LEAST = 1.0  # percent that the accuracy counts as at least of which another is a share


class Judge(NamedTuple):
    """What networks keep of what those have that were fine-tuned in a domain.

    Attributes:
        cell: whose base it is.
        data: examples by domain.
        own: accuracies there of the networks fine-tuned there (M,), by domain.
    """

    cell: Cell
    data: Mapping[str, Examples]
    own: Mapping[str, Tensor]

    def kept(self, weights: Weights, domains: Sequence[str] = DOMAINS) -> Tensor:
        """Accuracy as a share of the own network's, mean over domains (M,), or of k networks of
        every member side by side (k * M,)."""
        shares = []
        for domain in domains:
            x, y, own = for_each(weights, *self.data[domain], self.own[domain])
            shares.append(accuracies(self.cell, weights, [], x, y) / own.clamp(min=LEAST))
        return torch.stack(shares).mean(0)


def judge(
    cells: Sequence[Cell], networks: Mapping[str, Weights], purpose: str, count: int, device: str
) -> Judge:
    """A judge who has `count` examples of every domain, drawn for a purpose."""
    data = {domain: digits(cells, domain, purpose, count, device) for domain in networks}
    own = {d: accuracies(cells[0], net, [], *data[d]) for d, net in networks.items()}
    return Judge(cells[0], data, own)


def sums(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Add, relate and merge what full fine-tuning in each of `DOMAINS` adds; one record per cell.

    Scales are chosen, in each replicate, for the highest mean share kept on validation examples,
    and the curves are of these; all else is of test examples. A random vector has the scale of
    what it replaces. In reverse+ramp nothing is chosen: the analogy ramp + (reverse - clean) and
    the random one are added at the scale of reverse and ramp, single vectors at it or at 1,
    whichever reads more. A couple's single vector is that of scale 1 which keeps more in both.
    """
    cell, base = cells[0], trained_bases(cells, device)
    training = {
        domain: digits(cells, domain, "training", cell.examples, device)
        for domain in (*DOMAINS, "clean")
    }
    vectors = {d: fine_tuned(cells, base, data, device) for d, data in training.items()}
    networks = {domain: added(base, vectors[domain]) for domain in DOMAINS}
    validation = judge(cells, networks, "validation", min(VALIDATION, cell.examples), device)
    test = judge(cells, networks, "test", cell.tests, device)
    couples = [_couple(cells, base, vectors, couple, validation, test) for couple in COUPLES]
    of_couples = Couple(*(torch.stack(column) for column in zip(*couples, strict=True)))
    four = [vectors[domain] for domain in DOMAINS]
    curve = by_scale(validation.kept, base, total(four))
    scale = highest(curve)
    merged = {
        "average": average([*networks.values()]),
        "arithmetic": added(base, total(four), scale),
        "fisher": _fisher_merged(cell, networks, [*four[0]], training),
        "regmean": _regmean_merged(cell, networks, training),
        "ties": _scaled(base, ties(four, KEEP), WIDER, validation),
        "dare": _scaled(base, _dropped(cells, vectors), SCALES, validation),
    }
    keep = torch.stack([test.kept(merged[name]) for name in MERGES])
    yield from records(
        {
            "clean": accuracy_in(cells, base, "clean", device),
            "tuned": torch.stack([test.own[domain] for domain in DOMAINS]),
            "couples": of_couples.kept,
            "all_four": keep[MERGES.index("arithmetic")],
            "noise": of_couples.noise,
            "single": of_couples.single,
            "scales": torch.cat([of_couples.scale, scale.unsqueeze(0)]),
            "couples_by_scale": of_couples.curve.mean(0),
            "all_by_scale": curve,
            "cosines": torch.stack([cosine(vectors[a], vectors[b]).cpu() for a, b in COUPLES]),
            "analogy": _analogy(cells, base, vectors, of_couples.scale[ANALOGOUS], device),
            "merged": keep,
        }
    )


class Couple(NamedTuple):
    """Of the sum of two: shares kept at `SCALES` on validation examples (21, M), the scale of the
    highest (M,), and at it the share kept on test examples (M,), and with noise for the second; and
    what the better one of the two keeps alone."""

    curve: Tensor
    scale: Tensor
    kept: Tensor
    noise: Tensor
    single: Tensor


def _couple(
    cells: Sequence[Cell],
    base: Weights,
    vectors: Mapping[str, Vector],
    couple: tuple[str, str],
    validation: Judge,
    test: Judge,
) -> Couple:
    one, other = (vectors[domain] for domain in couple)
    curve = by_scale(partial(validation.kept, domains=couple), base, total([one, other]))
    scale = highest(curve)
    noise = random_vector(other, _streams(cells, f"noise for {couple[1]} beside {couple[0]}"))
    kept, with_noise = (
        test.kept(added(base, total([one, second]), scale), couple) for second in (other, noise)
    )
    single = torch.stack([test.kept(added(base, own), couple) for own in (one, other)]).amax(0)
    return Couple(curve, scale, kept, with_noise, single)


def _analogy(
    cells: Sequence[Cell],
    base: Weights,
    vectors: Mapping[str, Vector],
    scale: Tensor,
    device: str,
) -> Tensor:
    """In reverse+ramp: base, ramp, reverse, random, analogy (5, M)."""
    vector = analogy(vectors["ramp"], vectors["reverse"], vectors["clean"])
    noise = random_vector(vector, _streams(cells, "noise for an analogy"))

    def right(vector: Vector, *scales: Number) -> Tensor:
        found = [accuracy_in(cells, added(base, vector, s), CORNER, device) for s in scales]
        return torch.stack(found).amax(0)

    return torch.stack(
        [
            right(vector, 0.0),
            right(vectors["ramp"], 1.0, scale),
            right(vectors["reverse"], 1.0, scale),
            right(noise, scale),
            right(vector, scale),
        ]
    )


def _fisher_merged(
    cell: Cell,
    networks: Mapping[str, Weights],
    names: Sequence[str],
    training: Mapping[str, Examples],
) -> Weights:
    """Of the parameters named, in which the networks differ."""
    first = networks[DOMAINS[0]]
    stacked = {name: torch.cat([own[name] for own in networks.values()]) for name in first}
    x = torch.cat([training[domain][0][:, :SCORED] for domain in networks])

    def outputs(values: Values, x: Tensor) -> Tensor:
        return logits({**stacked, **values}, x, heads=sizes(cell).heads)

    values = {name: stacked[name] for name in names}
    information = fisher(scored(outputs, values, x))
    by_network = {name: value.chunk(len(networks)) for name, value in information.items()}
    own = [{name: network[name] for name in names} for network in networks.values()]
    fishers = [{name: by_network[name][place] for name in names} for place in range(len(own))]
    return {**first, **fisher_average(own, fishers)}


def _regmean_merged(
    cell: Cell, networks: Mapping[str, Weights], training: Mapping[str, Examples]
) -> Weights:
    heard = [
        grams(network, training[d][0][:, :HEARD], heads=sizes(cell).heads)
        for d, network in networks.items()
    ]
    return regmean([*networks.values()], heard)


def _dropped(cells: Sequence[Cell], vectors: Mapping[str, Vector]) -> Vector:
    return total([dare(vectors[d], DROP, _streams(cells, f"DARE in {d}")) for d in DOMAINS])


def _scaled(base: Weights, vector: Vector, scales: Sequence[float], validation: Judge) -> Weights:
    """The base and the vector, at the scale that validation examples choose."""
    return added(base, vector, highest(by_scale(validation.kept, base, vector, scales), scales))


def _streams(cells: Sequence[Cell], purpose: str) -> list[torch.Generator]:
    return generators([cell.replicate for cell in cells], purpose)
