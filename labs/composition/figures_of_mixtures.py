"""Adapters side by side in a new domain, and adapters in trees."""

from typing import TYPE_CHECKING

from labs.composition.figures_of_rows import below
from labs.composition.grid import DOMAINS, FEW, LEAF, LEAVES, MIXTURES, NEW
from labs.composition.measures import leaf, mass, mixture
from labs.composition.published import UNIFORM
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
OF_MIXTURES = {  # name, colour
    "base": ("frozen base", draw.GREY),
    "best": ("best single adapter", draw.GREY),
    "average": ("average of outputs", SKY),
    "scalars": ("learned scalars", GREEN),
    "attention": ("attention\n(AdapterFusion)", BLUE),
    "new": ("new adapter", ORANGE),
}
TREES = {  # colour, marker, name
    "root": (draw.GREY, "X", "root and family alone"),
    "flat": (ORANGE, "D", "an adapter alone"),
    "tree": (BLUE, "o", "root, family and leaf"),
}


def mixtures(table: Table, verdicts: VerdictsById) -> "Figure":
    """Adapters of other domains side by side in a new one, the attention that each gets, and
    adapters alone against those behind their family's and the root's."""
    figure, axes = draw.figure(3, width=4.9, height=4.6)
    _mixtures(axes[0], table)
    _mass(axes[1], table)
    _trees(axes[2], table)
    draw.note(figure, table)
    return figure


def _mixtures(ax: "Axes", table: Table) -> None:
    groups = {OF_MIXTURES[name][0]: mixture(table, name) for name in MIXTURES}
    if any(groups.values()):
        draw.dots(ax, groups, color=[OF_MIXTURES[name][1] for name in MIXTURES])
        ax.grid(axis="y", visible=False)
    else:
        draw.legend(ax)
    ax.set(title=f"Side by side, in {NEW}, {FEW} examples", xlabel="Test accuracy (%)")


def _mass(ax: "Axes", table: Table) -> None:
    groups = {domain: mass(table, domain) for domain in DOMAINS}
    if any(groups.values()):
        draw.dots(ax, groups, color=BLUE)
        ax.axvline(UNIFORM, color=draw.GREY, linestyle=":", linewidth=1.2)
        ax.grid(axis="y", visible=False)
        ax.set_xlim(left=0)
    else:
        draw.legend(ax)
    ax.set(title="Attention, by adapter", xlabel=f"Share of the attention (dotted: {UNIFORM:g})")


def _trees(ax: "Axes", table: Table) -> None:
    for place, (name, (color, marker, label)) in enumerate(TREES.items()):
        groups = {f"{domain}\n({family})": leaf(table, name, domain)
                  for domain, family in LEAVES.items()}  # fmt: skip
        if any(groups.values()):
            offset = 0.22 * (place - 1)
            draw.dots(ax, groups, color=color, marker=marker, label=label, offset=offset)
    ax.grid(axis="y", visible=False)
    ax.set(title=f"Trees, {LEAF} examples of a leaf", xlabel="Test accuracy (%)")
    below(ax, 1)
