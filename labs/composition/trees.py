"""Adapters in a tree: behind a root's that all domains share, a family's, and behind that the
leaf's own (Chronopoulou et al. 2022; Faisal and Anastasopoulos 2022).

The leaves are the domains of `LEAVES`, each with `LEAF` training examples; there is much more of
the other domains, `cell.examples` of each. What a leaf shares must come from its relatives: they
alone train the root and the family that stand before it, each leaf's own, and neither has seen the
leaf's domain. Examples of a replicate's relatives are changes of the same signals; a leaf's own are
changes of others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from labs.composition.aggregation.stacking import lineage
from labs.composition.examples import examples, trained_bases
from labs.composition.grid import LEAF, LEAVES, Cell, Record
from labs.composition.rates import chosen_rate
from labs.composition.teaching import Lesson, accuracies, taught
from labs.kit.checks import known
from labs.nn.modules.module import Module

METHOD = "adapter"
PARENTS = {**LEAVES, **dict.fromkeys(LEAVES.values(), "root")}  # of leaves and families
SHARED = ("root", "family")  # levels of the tree above its leaves


def trees(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """What M cells, which differ in their replicates, get out of trees; one record each.

    For each leaf a root is trained on the pooled examples of the three other domains, then behind
    it, frozen, a family on those of the leaf's sibling, for `cell.steps` each; then behind both,
    frozen, the leaf on its own examples ("tree"). "flat" is an adapter that is trained on the same
    examples alone, from the same start in the same order; "root" is the tree without its leaf. As
    examples are few, leaf and flat train for half the steps. All are tested in the leaf's domain.
    """
    cell, leaves = cells[0], [*LEAVES] * len(cells)
    replicates = [own.replicate for own in cells for _ in LEAVES]
    weights = trained_bases(cells, device, len(LEAVES))
    shared: list[Module] = []
    for level, role in enumerate(SHARED):
        x, y = _pooled(replicates, [relatives(leaf, level) for leaf in leaves], cell, device)
        rates = [chosen_rate(cell, METHOD, "domain", device)] * len(leaves)
        lesson = Lesson(cell, METHOD, replicates, weights, x, y, rates, role, before=shared)
        shared = [*shared, *taught(lesson)]
    few = replace(cell, examples=LEAF, steps=cell.steps // 2)
    rates = [chosen_rate(few, METHOD, "domain", device)] * len(leaves)
    x, y = examples(replicates, leaves, "training of a leaf", LEAF, device)
    lesson = Lesson(few, METHOD, replicates, weights, x, y, rates, "leaf")
    flat = taught(lesson)
    leaf = taught(lesson._replace(before=shared))
    x, y = examples(replicates, leaves, "test", cell.tests, device)
    of_flat, of_tree, of_root = (
        accuracies(cell, weights, modules, x, y).unflatten(0, (len(cells), -1)).tolist()
        for modules in (flat, [*shared, *leaf], shared)
    )
    own = [one.replicate for one in cells]
    x, y = examples(own, ["clean"] * len(cells), "test", cell.tests, device)
    clean = accuracies(cell, trained_bases(cells, device), [], x, y).tolist()
    for m in range(len(cells)):
        yield Record(clean=clean[m], flat=of_flat[m], tree=of_tree[m], root=of_root[m])


def relatives(leaf: str, level: int) -> list[str]:
    """The other leaves below a leaf's ancestor: its root at level 0, its family at level 1.

    Raises:
        ValueError: a name that is no leaf, a level that is not above the leaves.

    >>> relatives("ramp", 0), relatives("ramp", 1)
    (['reverse', 'negate', 'gain'], ['gain'])
    """
    known("leaf", leaf, LEAVES)
    if level not in range(len(SHARED)):
        raise ValueError(f"level must be in 0..{len(SHARED) - 1}, got {level}")
    ancestor = lineage(PARENTS, leaf)[level]
    return [other for other in LEAVES if ancestor in lineage(PARENTS, other) and other != leaf]


def _pooled(
    replicates: Sequence[int], pools: Sequence[Sequence[str]], cell: Cell, device: str
) -> tuple[Tensor, Tensor]:
    """Training examples of all domains of each member's pool, of equal sizes, end to end: x (M, n,
    40) and y (M, n)."""
    drawn = [
        examples(replicates, domains, "training", cell.examples, device)
        for domains in zip(*pools, strict=True)
    ]
    x, y = (torch.cat(parts, dim=1) for parts in zip(*drawn, strict=True))
    return x, y
