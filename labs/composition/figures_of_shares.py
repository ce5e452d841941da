"""Shares of the gap by method: composed modules against those that should close nothing, and what
domain modules learned from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from labs.composition.grid import APART, METHODS, PAIRS, UNLABELLED
from labs.composition.looks import GAP, Rows, color_of, ends, labelled, rows
from labs.composition.measures import OWN_HEAD, closed
from labs.composition.published import FORETOLD
from labs.composition.shown import VARIANTS, measured, name_of, varied
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCALE = "R is 0 of the task's module alone, 1 of one trained on the pair"
LIMITS = (-0.6, 1.08)


def wrong(method: str) -> str:
    """The claim about a method's composition with another domain's module."""
    return f"{'C8' if method in FORETOLD else 'N'}-wrong-{method}"


def shares(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share of the gap that modules close with the right domain's module, and with another's,
    by method."""
    figure, axes = draw.figure(2, width=6.6, height=5.2)
    right = {f"{name_of(m)}\n": f"C8-{m}" for m in METHODS}
    more = {f"{name_of(m)}, more than half\n": f"C8-most-{m}" for m in FORETOLD}
    colors = [color_of(m) for m in METHODS]
    _rows(axes[0], right | more, [*colors, *map(color_of, FORETOLD)], verdicts)
    axes[0].set_title("The domain's module and the task's")
    other = {f"{name_of(m)}\n": wrong(m) for m in METHODS}
    _rows(axes[1], other, colors, verdicts)
    axes[1].set_title("Another domain's, and the task's")
    draw.note(figure, table, NOTE, intervals=SCALE)
    return figure


def _rows(
    ax: "Axes", shown: Mapping[str, str | Values], colors: list[str], verdicts: VerdictsById
) -> None:
    ax.set_xlim(*LIMITS)
    forest(ax, shown, verdicts, color=colors)
    ends(ax, 1)
    ax.tick_params(axis="y", labelsize=10)
    ax.set_xlabel(GAP)


def arms(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share of the gap by what is put together, a panel for each method."""
    shown = measured(table)[:6]
    columns = min(max(len(shown), 1), 3)
    figure, axes = draw.figure(columns, max(-(-len(shown) // 3), 1), width=5.2, height=4.2)
    for ax in axes[len(shown) :]:
        ax.set_axis_off()
    for ax, method in zip(axes, shown, strict=False):
        found = of_arms(table, method, verdicts)
        both = [color_of(method)] * 2
        _rows(ax, found, both + [draw.GREY] * (len(found) - 2), verdicts)
        ax.set_title(labelled(table, method))
    if not shown:
        draw.legend(axes[0])
    draw.note(figure, table, NOTE, intervals=f"{SCALE}; {ARMS}")
    return figure


def of_arms(table: Table, method: str, verdicts: VerdictsById) -> Rows:
    """What is put together, and the share that it closes."""

    def own(arm: str) -> Values:
        among = OWN_HEAD if arm == "head" else PAIRS
        return closed(table, method, arm, among=among)

    found = rows(
        verdicts,
        ("composed", f"C8-{method}", own("composed")),
        ("reversed order", "", own("reversed")),
        ("domain's module,\nhead alone", "", own("head")),
        ("at random places", "N-masked" if method == "lt-sft" else "", own("masked")),
        ("random change", f"N-random-{method}", own("random")),
        ("wrong domain", wrong(method), own("wrong")),
    )
    return {name: row for name, row in found.items() if row}


def leads(table: Table, verdicts: VerdictsById) -> "Figure":
    """What composed modules are ahead of: the same with a wrong module, with a head alone and in
    the other order; networks that were trained jointly; and the same in blocks of their own."""
    figure, axes = draw.figure(3, width=5.4, height=4.6)
    over = {f"{name_of(m)}\n": f"T-{m}" for m in METHODS}
    forest(axes[0], over, verdicts, color=[color_of(m) for m in METHODS])
    axes[0].set(title="Over the wrong domain", xlabel="Difference of R")
    others = {f"{name_of(m)}, head alone\n": f"C8-head-{m}" for m in FORETOLD}
    others["adapter, task's first\n"] = "C23-order"
    forest(axes[1], others, verdicts, color=[*map(color_of, FORETOLD), color_of("adapter")])
    axes[1].set(title="Over head or order", xlabel="Difference of R")
    points = {f"{name_of(m)}, over\njoint training\n": f"C8-joint-{m}" for m in FORETOLD}
    points |= {f"{name_of(m)}, blocks\napart over all\n": f"C8-apart-{m}" for m in APART}
    forest(axes[2], points, verdicts, color=[color_of(m) for m in (*FORETOLD, *APART)])
    axes[2].set(title="In accuracy", xlabel="Points of accuracy")
    for ax in axes:
        ends(ax)
        ax.tick_params(axis="y", labelsize=10)
    draw.note(figure, table, NOTE, intervals="mean over the pairs with a gap")
    return figure


def sources(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share that composed modules close by what the domain's module learned from, a panel for
    each method that was varied; and by how much more than from masked samples."""
    shown = varied(table)[:2]
    figure, axes = draw.figure(3, width=5.4, height=4.6)
    for ax, method in zip(axes, shown, strict=False):
        _rows(ax, of_variants(table, method, verdicts), [color_of(method)] * 4, verdicts)
        ax.set_title(f"{name_of(method)}, learned from")
    for ax in axes[len(shown) : 2]:
        draw.legend(ax)
    words = {"labels": "labels", "pairs": "clean twins"}
    over = {
        f"{name_of(m)}, {word}\n": f"C8-{signal}-over-{m}"
        for signal, word in words.items()
        for m in UNLABELLED
    }
    forest(axes[2], over, verdicts, color=[color_of(m) for m in UNLABELLED] * 2)
    ends(axes[2])
    axes[2].tick_params(axis="y", labelsize=10)
    axes[2].set(title="Over signals alone", xlabel="Difference of R")
    draw.note(figure, table, NOTE, intervals=f"{SCALE}; {ARMS}")
    return figure


def of_variants(table: Table, method: str, verdicts: VerdictsById) -> Rows:
    """By what a domain's module learned from, the share that composed modules close."""
    claims = {"labels": f"C8-{method}", "pairs with clean signals": f"C8-pairs-{method}"}
    wanted = (
        (name, claims.get(name, ""), closed(table, method, signal=signal, layers=layers))
        for name, (signal, layers) in VARIANTS.items()
    )
    return rows(verdicts, *wanted)
