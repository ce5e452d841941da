"""What is forgotten: the first task over a sequence, backward transfer, and the matrices R."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.continual.grid import FROZEN, SEQUENCES, TASKS
from labs.continual.looks import CHANCE, COLORS, STYLES, by_method
from labs.continual.measures import of, one_by_one
from labs.continual.shown import LABELS, OF_SEQUENCES, learned, measured
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import NOTE, bar, forest
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIRST = ("full", "lora", "lora-each", "packnet", "progressive")  # that the first figure shows
HEATED = ("full", "lora", "lora-each", "packnet", "supsup", "progressive")
SHARED = {  # rows of backward transfer: method and sequence
    f"{LABELS[method]},\n{sequence}": (method, f"C25-{method}-{sequence}")
    for method in ("full", "lora")
    for sequence in SEQUENCES
}
NEAR_ZERO = 0.4  # points, by which an exact zero is shaded to be seen


def forgetting(table: Table, verdicts: VerdictsById) -> "Figure":
    """The first of five domains over the sequence; and what is lost by one network for all tasks,
    and by frozen parts."""
    figure, axes = draw.figure(2, width=6.8, height=5.2)
    _first(axes[0], table, "domains", FIRST)
    axes[0].set_title("The first of five domains, as others follow")
    _lost(axes[1], verdicts)
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals="bands 95 % t intervals")
    return figure


def _lost(ax: "Axes", verdicts: VerdictsById) -> None:
    rows = {name: claim for name, (_, claim) in SHARED.items()}
    rows |= {"PackNet that leaks,\ndomains": "C25-leaking", "": "C25-bwt"}
    own = {claim: method for method, claim in SHARED.values()} | {"C25-leaking": "packnet-leaking"}
    shown = {name: claim for name, claim in rows.items() if claim != "C25-bwt"}
    forest(ax, shown, verdicts, color=[COLORS[own[claim]] for claim in shown.values()])
    place, (low, high) = len(shown), ax.get_xlim()
    bar(ax, place, verdicts["C25-bwt"], color=COLORS["lora-each"], upright=False)
    ax.fill_betweenx([place - 0.4, place + 0.4], -NEAR_ZERO, NEAR_ZERO, color="#EDEDED", zorder=0)
    names = [f"{name} ({claim})" for name, claim in shown.items()]
    ax.set_yticks(range(place + 1), [*names, "five methods that freeze,\nall sequences (C25-bwt)"])
    ax.set_ylim(place + 0.6, -0.6)
    ax.set_xlim(low, max(high, 5))
    ax.tick_params(axis="y", labelsize=10)
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.set(title="What is lost of earlier tasks", xlabel="Backward transfer (points)")


def courses(table: Table, verdicts: VerdictsById) -> "Figure":
    """The first task over each sequence, by all methods; and whether logits of frozen methods stay
    the same to the bit."""
    figure, axes = draw.figure(2, 2, width=6.8, height=4.5)
    for ax, name in zip(axes, SEQUENCES, strict=False):
        _first(ax, table, name, measured(table))
        ax.set_title(f"First of {OF_SEQUENCES[name]}")
    by_method(axes[3], {name: f"C25-{name}" for name in FROZEN}, verdicts)
    axes[3].xaxis.set_major_formatter(lambda x, _: f"{1e12 * x:.1f}")
    axes[3].set(title="Outputs of old tasks, frozen methods")
    axes[3].set_xlabel("Largest change of a logit, in units of $10^{-12}$")
    text = "In (c) answers are the task's own two; thin: among all ten. Dotted: chance."
    draw.note(figure, table, f"{text} {NOTE}", intervals="bands 95 % t intervals")
    return figure


def _first(ax: "Axes", table: Table, sequence: str, methods: Sequence[str]) -> None:
    steps = list(range(TASKS + 1))
    for method in methods:
        for name, width in (("matrix", 1.8), ("open", 0.8)):
            found = of(table, name, method, sequence)
            curves = {r: [row[0] for row in m] for r, m in found.items() if one_by_one(m)}
            label = LABELS[method] if name == "matrix" else "_"
            look = {**STYLES[method], "markersize": 4 * width**0.5, "linewidth": width}
            draw.band(ax, steps, curves, label=label, **look)
    ax.set(xlabel="Tasks learned", ylabel="Test accuracy on task 1 (%)", ylim=(-3, 103))
    named(ax)
    if len(ax.lines):
        ax.axhline(CHANCE[sequence], color=draw.GREY, linestyle=":", linewidth=1.2)


def matrices(table: Table, verdicts: VerdictsById) -> "Figure":
    """R of up to six methods, the sequences side by side: rows are before training and after each
    task, columns the tasks."""
    shown = [name for name in HEATED if name in measured(table)]
    columns = min(max(len(shown), 1), 2)
    rows = max(-(-len(shown) // columns), 1)
    figure, axes = draw.figure(columns, rows, width=7.2, height=3.1)
    for ax in axes[len(shown) :]:
        ax.set_axis_off()
    if not shown:
        draw.legend(axes[0])
    for ax, method in zip(axes, shown, strict=False):
        _heat(ax, table, method)
    text = "Bold: just learned. Chance: 10, in classes, where answers are the task's own two, 50."
    draw.note(figure, table, text if shown else "", intervals="cells are means, percent right")
    return figure


def _heat(ax: "Axes", table: Table, method: str) -> None:
    shown = [n for n in learned(table) if _matrices(table, method, n)]
    cells = np.full((TASKS + 1, len(shown) * (TASKS + 1) - 1), np.nan)
    for place, name in enumerate(shown):
        first = place * (TASKS + 1)
        cells[:, first : first + TASKS] = np.mean(_matrices(table, method, name), axis=0)
    ax.imshow(cells, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    for (y, x), value in np.ndenumerate(cells):
        if np.isfinite(value):
            bold = "bold" if x % (TASKS + 1) == y - 1 else "normal"
            ax.text(x, y, f"{value:.0f}", ha="center", va="center", fontsize=9, weight=bold,
                    color="white" if value > 60 else "black")  # fmt: skip
    _named_axes(ax, shown)
    ax.set(title=LABELS[method], ylabel="After task")


def _matrices(table: Table, method: str, sequence: str) -> list[list[list[float]]]:
    return [m for m in of(table, "matrix", method, sequence).values() if one_by_one(m)]


def _named_axes(ax: "Axes", shown: Sequence[str]) -> None:
    places = [place * (TASKS + 1) + j for place in range(len(shown)) for j in range(TASKS)]
    middle = TASKS // 2
    words = [f"{j + 1}\n{n}" if j == middle else str(j + 1) for n in shown for j in range(TASKS)]
    ax.set_xticks(places, words, fontsize=9)
    ax.set_yticks(range(TASKS + 1), ["start", *map(str, range(1, TASKS + 1))], fontsize=9)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
