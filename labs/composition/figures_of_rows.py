"""Shares of the gap by method: composed modules against those that should close nothing, and what
domain modules learned from."""

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

from labs.composition.grid import PAIRS
from labs.composition.measures import OWN_HEAD, admitted, closed
from labs.composition.published import MISMATCHED, MOST
from labs.composition.shown import VARIANTS, measured, name_of, varied
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
ARMS = {  # colour, marker, name
    "composed": (BLUE, "o", "composed"),
    "reversed": (SKY, "s", "reversed order"),
    "head": (ORANGE, "D", "domain module, head alone (parity, quartile)"),
    "masked": (PINK, "P", "LT-SFT at random places"),
    "random": (draw.GREY, "X", "random change of equal norm"),
    "wrong": (RED, "v", "wrong domain's module"),
}
VARIED = {"lora": (BLUE, "o"), "adapter": (GREEN, "s")}
OTHERS = ((ORANGE, "D"), (PINK, "^"), (RED, "v"), (SKY, "P"), (BLACK, "X"))


def rows(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share R of the gap by method and arm, over the pairs that have one; and of composed
    modules by what the domain modules learned from, and where modules of a kind have blocks of
    their own."""
    methods = measured(table)
    figure, axes = draw.figure(2, width=5.8, height=max(4.4, 0.72 * len(methods) + 1.6))
    _arms(axes[0], table)
    _variants(axes[1], table)
    foretold = f"Dotted: foretold of composed modules, {MOST:g} or more, of wrong ones, "
    foretold += f"{MISMATCHED:g} or less."
    draw.note(figure, table, foretold if methods else "")
    return figure


def _arms(ax: "Axes", table: Table) -> None:
    found = {name: arms(table, name) for name in ARMS}
    shown = [name for name, groups in found.items() if any(groups.values())]
    step = 0.8 / max(len(shown), 1)
    for place, name in enumerate(shown):
        color, marker, label = ARMS[name]
        offset = step * (place - (len(shown) - 1) / 2)
        draw.dots(ax, found[name], color=color, marker=marker, label=label, offset=offset)
    for edge in range(1, len(measured(table)) if shown else 0):
        ax.axhline(edge - 0.5, color="#E0E0E0", linewidth=1)
    ax.set_title("Arms, over the admitted pairs")
    _finish(ax, MISMATCHED, MOST)


def arms(table: Table, name: str) -> dict[str, Values]:
    """By method, with the number of its admitted pairs, the share R of an arm; of heads over the
    pairs whose task has one of its own."""
    among = OWN_HEAD if name == "head" else PAIRS
    return {_label(table, m): closed(table, m, name, among=among) for m in measured(table)}


def _label(table: Table, method: str) -> str:
    count = len(admitted(table, method))
    return f"{name_of(method)}\n{count} pair{'s' * (count != 1)}"


def _variants(ax: "Axes", table: Table) -> None:
    found = {method: variants(table, method) for method in varied(table)}
    shown = {method: groups for method, groups in found.items() if any(groups.values())}
    looks = iter(OTHERS)
    for place, (method, groups) in enumerate(shown.items()):
        color, marker = VARIED.get(method) or next(looks, OTHERS[-1])
        offset = 0.24 * (place - (len(shown) - 1) / 2)
        label = name_of(method)
        draw.dots(ax, groups, color=color, marker=marker, label=label, offset=offset)
    ax.set_title("Composed, by what domain modules learned from")
    _finish(ax, MOST)


def variants(table: Table, method: str) -> Mapping[str, Values]:
    """By what a domain module learned from, the share R of composed modules."""
    return {
        fill(name, 12): closed(table, method, signal=signal, layers=layers)
        for name, (signal, layers) in VARIANTS.items()
    }


def _finish(ax: "Axes", *foretold: float) -> None:
    for end in (0, 1):
        ax.axvline(end, color=draw.GREY, linewidth=1)
    for x in foretold:
        ax.axvline(x, color=draw.GREY, linestyle=":", linewidth=1.2)
    ax.set_xlabel("Share R of the gap (0: task module alone, 1: oracle)")
    ax.grid(axis="y", visible=False)
    below(ax)


def below(ax: "Axes", columns: int = 2, **how: Any) -> None:
    """A legend below the axes, where it hides no data."""
    under = -0.6 * ax.figure.dpi / ax.bbox.height
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, under)}
    draw.legend(ax, ncols=columns, **place, **how)
