"""Adapters side by side in a new domain, and adapters in trees."""

from typing import TYPE_CHECKING

from labs.composition.grid import DOMAINS, FEW, LEAF, LEAVES, MIXTURES, NEW
from labs.composition.looks import BLUE, GREEN, ORANGE, SKY, Rows, below, ends, rows
from labs.composition.measures import leaf, mass, mixture
from labs.composition.published import UNIFORM
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OF_MIXTURES = {  # name, colour
    "base": ("frozen base", draw.GREY),
    "best": ("best single adapter", draw.GREY),
    "average": ("average of outputs", SKY),
    "scalars": ("learned scalars", GREEN),
    "attention": ("attention\n(AdapterFusion)", BLUE),
    "new": ("new adapter", ORANGE),
}
OF_LEADS = {  # claim: name, colour
    "C21-scalars": ("learned scalars\nover average\n", GREEN),
    "C21-attention": ("attention over\nlearned scalars\n", BLUE),
    "C21-new": ("attention over\nnew adapter\n", BLUE),
}
TREES = {  # colour, marker, name
    "root": (draw.GREY, "X", "root and family alone"),
    "flat": (ORANGE, "D", "an adapter alone"),
    "tree": (BLUE, "o", "root, family and leaf"),
}


def mixtures(table: Table, verdicts: VerdictsById) -> "Figure":
    """Adapters of other domains side by side in a new one, their leads, and the attention that each
    adapter gets."""
    figure, axes = draw.figure(3, width=5.2, height=4.4)
    own: Rows = {OF_MIXTURES[name][0]: mixture(table, name) for name in MIXTURES}
    forest(axes[0], own, verdicts, color=[OF_MIXTURES[name][1] for name in MIXTURES])
    axes[0].set(title=f"In {NEW}, from {FEW} examples", xlabel="Test accuracy (%)")
    forest(axes[1], {name: claim for claim, (name, _) in OF_LEADS.items()}, verdicts,
           color=[color for _, color in OF_LEADS.values()])  # fmt: skip
    ends(axes[1])
    axes[1].set(title="Who is ahead", xlabel="Points of accuracy")
    wanted = ((name, "C21-mass" * (name == "ramp"), mass(table, name)) for name in DOMAINS)
    forest(axes[2], rows(verdicts, *wanted), verdicts, color=BLUE)
    axes[2].axvline(UNIFORM, color=draw.GREY, linestyle=":", linewidth=1.2)
    axes[2].set(title="Attention, by adapter", xlabel="Share of the attention")
    draw.note(figure, table, f"Dotted: equal shares. {NOTE}", intervals=ARMS)
    return figure


def trees(table: Table, verdicts: VerdictsById) -> "Figure":
    """Adapters alone, and behind those of their family and of all, by leaf; and what the tree
    brings over an adapter alone."""
    figure, axes = draw.figure(2, width=6.0, height=4.4)
    for place, (name, (color, marker, label)) in enumerate(TREES.items()):
        groups = {f"{domain}\n({family})": leaf(table, name, domain)
                  for domain, family in LEAVES.items()}  # fmt: skip
        if any(groups.values()):
            offset = 0.22 * (place - 1)
            draw.dots(axes[0], groups, color=color, marker=marker, label=label, offset=offset)
    axes[0].axvline(10, color=draw.GREY, linestyle=":", linewidth=1.2)
    axes[0].grid(axis="y", visible=False)
    axes[0].set(title=f"Leaves, from {LEAF} examples each", xlabel="Test accuracy (%)")
    below(axes[0])
    forest(axes[1], {"root, family and\nleaf over an\nadapter alone\n": "C23-tree"}, verdicts)
    ends(axes[1])
    axes[1].set(title="What the tree brings", xlabel="Points of accuracy, mean over leaves")
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals="bars of (a) 95 %")
    return figure
