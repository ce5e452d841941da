"""Merging with more than the parameters: how much each of them matters (Fisher, RegMean), or which
of them to keep at all (TIES, DARE, sparse sums)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from labs.composition.aggregation.arithmetic import Vector, average, everywhere, total
from labs.composition.aggregation.checks import (
    Number,
    check_alike,
    check_fraction,
    check_generators,
    spread,
)
from labs.composition.aggregation.listening import listener
from labs.kit.checks import check_sizes
from labs.nn.base import STANDARD, Weights, logits
from labs.nn.modules.module import Module, Values

Outputs = Callable[[Values, Tensor], Tensor]
"""A network as a function of its values: (values, signals (M, B, ...)) -> logits (M, B, C)."""


class Scored(NamedTuple):
    """Of one class and B examples: its probability (M, B), and by value the gradient (M, B, ...) of
    its log-likelihood. With the labels that were observed the probability is 1."""

    probability: Tensor
    gradients: Values


def scored(outputs: Outputs, values: Values, x: Tensor) -> Iterator[Scored]:
    """Every class of every example in turn, B = 1.

    Args:
        outputs: the network.
        values: (M, ...), where the gradients are taken.
        x: signals (M, B, ...).
    """
    leaves = {name: v.detach().clone().requires_grad_() for name, v in values.items()}
    for example in x.split(1, dim=1):
        scores = outputs(leaves, example).log_softmax(-1)
        for of_class in scores.unbind(-1):  # members are independent: one sum has all gradients
            gradients = torch.autograd.grad(
                of_class.sum(), [*leaves.values()], retain_graph=True, materialize_grads=True
            )
            by_name = zip(leaves, (g.unsqueeze(1) for g in gradients), strict=True)
            yield Scored(of_class.detach().exp(), dict(by_name))


def fisher(examples: Iterable[Scored]) -> dict[str, Tensor]:
    """The diagonal of the Fisher information, E_x E_{y ~ p(y | x)} (d log p(y | x) / d value)^2, by
    value (M, ...); exact over the examples given, if they come with all classes, as from `scored`.

    Raises:
        ValueError: no example.
    """
    squares: dict[str, Tensor] = {}
    weight: Tensor | float = 0.0
    for probability, gradients in examples:
        weight = weight + probability.sum(1)
        for name, g in gradients.items():
            part = (_by_row(probability, g) * g.square()).sum(1)
            squares[name] = squares[name] + part if name in squares else part
    if isinstance(weight, float):
        raise ValueError("examples must be at least 1, got 0")
    return {name: value / spread(weight, value) for name, value in squares.items()}


def _by_row(rows: Tensor, value: Tensor) -> Tensor:
    return rows.view(*rows.shape, *[1] * (value.dim() - 2))


def fisher_average(
    items: Sequence[Values], fishers: Sequence[Values], shares: Sequence[Number] | None = None
) -> dict[str, Tensor]:
    """sum_j share_j F_j value_j / sum_j share_j F_j (Matena and Raffel 2022, arXiv:2111.09832);
    the plain average where no item's value matters to it (all F_j = 0).

    Args:
        items: weights, or values of modules, by name (M, ...) or (1, ...); not factors of LoRA,
            which are not unique.
        fishers: the diagonal of each one's Fisher information, in the same shapes.
        shares: one per item, which add up to 1; None for equal ones.

    Raises:
        ValueError: no item, items or fishers that are not alike, a negative Fisher, shares that do
            not add up to 1.
    """
    check_alike("items and fishers", [*items, *fishers])
    if len(items) != len(fishers):
        raise ValueError(f"fishers must hold one per item ({len(items)}), got {len(fishers)}")
    if any((value < 0).any() for own in fishers for value in own.values()):
        raise ValueError("fishers must be at least 0, got a negative one")
    shares = [1 / len(items)] * len(items) if shares is None else shares
    plain = average(items, shares)
    weighted = [
        {n: f * v[n] for n, f in own.items()} for v, own in zip(items, fishers, strict=True)
    ]
    above, below = total(weighted, shares), total(fishers, shares)
    return {n: torch.where(below[n] > 0, above[n] / below[n], plain[n]) for n in plain}


@torch.no_grad()
def grams(
    weights: Weights, x: Tensor, modules: Sequence[Module] = (), heads: int = STANDARD.heads
) -> dict[str, Tensor]:
    """X^T X (M, in, in) of the inputs X of every linear map behind the stem, by its name, summed
    over the signals and their tokens.

    Args:
        weights, x, modules, heads: of a forward pass, as `labs.nn.base.logits` takes them.
    """
    found: dict[str, Tensor] = {}

    def hear(name: str, inputs: Tensor, y: Tensor) -> None:
        rows = inputs.flatten(1, -2)
        found[name] = rows.transpose(1, 2) @ rows

    logits(weights, x, [*modules, listener(len(x), linear=hear)], heads)
    return found


def regmean(
    items: Sequence[Weights], grams: Sequence[Values], alpha: float = 0.9
) -> dict[str, Tensor]:
    """RegMean (Jin et al. 2023, arXiv:2212.09849): a linear map's weights (in, out) become
    (sum_j G_j)^-1 sum_j G_j W_j, the least squares of all items' outputs on their own inputs; all
    else, shifts too, is averaged.

    Args:
        items: weights by name.
        grams: of each one's inputs, by the names of linear maps (M, in, in), as `grams` gives them.
        alpha: what the entries off the diagonal of every Gram matrix are multiplied by; 1 is least
            squares itself, 0 weighs every input alone. Directions without input become 0.

    Raises:
        ValueError: no item, items or matrices that are not alike, a map that items have not, alpha
            not in 0..1.
    """
    check_alike("grams", grams)
    check_fraction("alpha", alpha)
    if len(items) != len(grams):
        raise ValueError(f"grams must hold one per item ({len(items)}), got {len(grams)}")
    merged = dict(average(items))
    if unknown := sorted(name for name in grams[0] if f"{name}.weight" not in merged):
        raise ValueError(f"grams must be of linear maps of the items, got {unknown[0]!r}")
    for name in grams[0]:
        scaled = [_shrunk(own[name].double(), alpha) for own in grams]
        products = [
            g @ own[f"{name}.weight"].double() for g, own in zip(scaled, items, strict=True)
        ]
        inverse = torch.linalg.pinv(torch.stack(scaled).sum(0), hermitian=True)
        merged[f"{name}.weight"] = (inverse @ sum(products)).to(merged[f"{name}.weight"])
    return merged


def _shrunk(gram: Tensor, alpha: float) -> Tensor:
    diagonal = torch.diag_embed(gram.diagonal(dim1=-2, dim2=-1))
    return alpha * gram + (1 - alpha) * diagonal


def trimmed(vector: Vector, keep: float) -> dict[str, Tensor]:
    """The share `keep` of a vector's numbers that are largest in absolute value, over all names, in
    each member; 0 elsewhere.

    Raises:
        ValueError: `keep` not above 0 and at most 1.
    """
    check_fraction("keep", keep, zero=False)
    flat = _flat(vector)
    count = max(1, round(keep * flat.shape[1]))
    kept = flat.abs().topk(count, dim=1).indices
    mask = torch.zeros_like(flat).scatter_(1, kept, 1.0)
    return _unflat(flat * mask, vector)


def ties(vectors: Sequence[Vector], keep: float = 0.2) -> dict[str, Tensor]:
    """TIES (Yadav et al. 2023, arXiv:2306.01708): trim every vector to the share `keep`, elect for
    every parameter the sign of the sum, and average the numbers that have it.

    Args:
        vectors: differences by name.
        keep: share of the numbers of each that stay.

    Returns:
        The merged vector, which a scale of about 1 adds to the base (`arithmetic.added`).

    Raises:
        ValueError: no vector, vectors that are not alike, `keep` not above 0 and at most 1.
    """
    check_sizes(vectors=len(vectors))
    parts = [trimmed(vector, keep) for vector in everywhere(vectors)]
    return {
        name: _elected(torch.stack(torch.broadcast_tensors(*(own[name] for own in parts))))
        for name in parts[0]
    }


def _elected(values: Tensor) -> Tensor:
    agree = (values.sign() == values.sum(0).sign()) & (values != 0)
    return (values * agree).sum(0) / agree.sum(0).clamp(min=1)


def dare(vector: Vector, drop: float, generators: Sequence[torch.Generator]) -> dict[str, Tensor]:
    """DARE (Yu et al. 2024, arXiv:2311.03099): every number is dropped with probability `drop` and
    divided by 1 - drop if it stays, which leaves its mean as it was.

    Args:
        vector: by name (M, ...).
        drop: the probability.
        generators: one CPU generator per member, which draws what that one drops.

    Raises:
        ValueError: `drop` not at least 0 and below 1, not one generator per member.
    """
    check_fraction("drop", drop, one=False)
    check_alike("vectors", [vector])
    check_generators(generators, max((len(value) for value in vector.values()), default=0))

    def kept(value: Tensor) -> Tensor:
        drawn = [torch.rand(value.shape[1:], generator=g) >= drop for g in generators]
        return value * torch.stack(drawn).to(value) / (1 - drop)

    return {name: kept(value) for name, value in vector.items()}


class Overlap(NamedTuple):
    """Of two sparse vectors, in each member (M,): the share of the first one's numbers that the
    second has too, and what chance gives."""

    shared: Tensor
    chance: Tensor


def overlap(first: Vector, second: Vector, numbers: int) -> Overlap:
    """|D and T| / |D| beside |T| / N, the mean of two sets drawn at random; of sizes K both, K / N.

    Args:
        first, second: masks or sparse vectors by name (M, ...); what is not 0 belongs to the set.
        numbers: N, all parameters that the sets were chosen from.

    Raises:
        ValueError: shapes that are not alike, an empty first set, N below a set's size.
    """
    check_sizes(numbers=numbers)
    one, other = (_flat(vector) != 0 for vector in everywhere([first, second]))
    own, others = one.sum(1), other.sum(1)
    if not own.all():
        raise ValueError("first must hold a number that is not 0 in every member, got none")
    if max(own.max(), others.max()) > numbers:
        raise ValueError(f"numbers must be at least the sets' sizes, got {numbers}")
    return Overlap((one & other).sum(1) / own, others / numbers)


def _flat(vector: Vector) -> Tensor:
    check_alike("vectors", [vector])
    check_sizes(names=len(vector))
    members = max(len(value) for value in vector.values())
    return torch.cat([v.flatten(1).expand(members, -1) for v in vector.values()], dim=1)


def _unflat(flat: Tensor, like: Vector) -> dict[str, Tensor]:
    parts = flat.split([value[0].numel() for value in like.values()], dim=1)
    return {
        name: part.view(-1, *value.shape[1:])
        for (name, value), part in zip(like.items(), parts, strict=True)
    }
