"""What experts give back of one signal, and who wins what."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table
from labs.mechanisms.grid import MECHANISMS, NEW, OLD
from labs.mechanisms.measures import new, of, read
from labs.mechanisms.scores import matching

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE = draw.COLORS[:5]
BLACK = draw.COLORS[-1]
ACTS = {
    "ramp": "ramp\n(+ a rising line)",
    "gain": "gain\n(x 0.3)",
    "square": "square\n(with its sign)",
    "diff": "diff\n(3 x slope)",
    "offset": "offset\n(+ 0.3)",
}
COURSES = {
    "competing": ("started at the identity", BLUE, "-"),
    "random": ("started at random", RED, ":"),
    "paper": ("the same, critic of the paper", GREEN, "--"),
    "fixed": ("dealt by chance", PINK, "-."),
}
READS = {
    "untreated": ("untreated", draw.GREY, "x"),
    "single": ("one expert for all", PINK, "v"),
    "competing": ("competing", BLUE, "o"),
    "told": ("told the mechanism", ORANGE, "s"),
}


def example(table: Table, verdicts: VerdictsById) -> "Figure":
    """One signal, what each mechanism makes of it, and what each expert gives back, the winner
    marked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8.6), layout="constrained")
    ax = figure.add_subplot()
    rows = [r for r in table if r["arm"] == "competing" and r.get("shown") is not None]
    if rows:
        _example(ax, max(rows, key=lambda row: row["experts"] == len(MECHANISMS)))
    else:
        draw.legend(ax)
    ax.set_axis_off()
    note = "Every row: the same clean digit (grey). Blue: the expert that wins most of the row."
    draw.note(figure, table, note if rows else "", arms=("arm", "experts"))
    return figure


def answers(table: Table, verdicts: VerdictsById) -> "Figure":
    """Who wins what, from two starts and over training; what is read by mechanism; the swap."""
    figure, axes = draw.figure(3, 2, width=5.2, height=4.3)
    _wins(axes[0], table, "competing", "Started at the identity")
    _wins(axes[1], table, "random", "Started at random")
    _course(axes[2], table, "matched", "Share won by the matched expert", "Who wins, over training")
    _reads(axes[3], table)
    _swap(axes[4], table)
    _course(axes[5], table, "largest", "Share of all signals won", "The busiest expert")
    draw.note(figure, table, arms=("arm", "experts"))
    return figure


def _example(ax: "Axes", row: Mapping[str, object]) -> None:
    clean, changed, back = (
        np.array(row[name]) for name in ("shown", "shown_changed", "shown_back")
    )
    wins = np.array(row["wins"])
    for place, name in enumerate(MECHANISMS):
        _cell(ax, 0, place, clean, clean)
        _cell(ax, 1, place, clean, changed[place], color=BLACK)
        for k, own in enumerate(back[place]):
            best = k == wins[place].argmax()
            _cell(ax, 2 + k, place, clean, own, color=BLUE if best else ORANGE, wide=bool(best))
            text = f"wins {wins[place, k]:.0%}"
            ax.text(2.5 + k, place + 0.47, text, ha="center", va="bottom", fontsize=9,
                    color=BLUE if best else draw.GREY)  # fmt: skip
        ax.text(-0.05, place, ACTS[name], ha="right", va="center", fontsize=11)
    heads = ["clean", "through the\nmechanism", *(f"expert {k + 1}" for k in range(len(back[0])))]
    for column, head in enumerate(heads):
        ax.text(column + 0.5, -0.55, head, ha="center", va="bottom", fontsize=11)
    ax.set(xlim=(-0.9, len(heads)), ylim=(len(MECHANISMS) - 0.4, -0.9))


def _cell(
    ax: "Axes", column: int, row: int, clean: np.ndarray, own: np.ndarray, *,
    color: str = draw.GREY, wide: bool = False,
) -> None:  # fmt: skip
    # Standardised signals: four deviations fill a cell, and what is higher is drawn to its edge.
    x = column + np.linspace(0.08, 0.92, len(clean))
    for values, shade, width in ((clean, "#C8C8C8", 1.2), (own, color, 2.2 if wide else 1.3)):
        ax.plot(x, row - 0.42 * np.clip(values / 4, -1, 1), color=shade, linewidth=width)


def _wins(ax: "Axes", table: Table, arm: str, title: str) -> None:
    found = [np.array(own) for own in of(table, "wins", arm).values()]
    ax.set_title(title)
    if not found:
        draw.legend(ax)
        return
    shares = np.mean([own[:, [matching(own)[m] for m in range(len(own))]] for own in found], axis=0)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (y, x), value in np.ndenumerate(shares):
        ax.text(x, y, f"{value:.2f}", ha="center", va="center",
                color="white" if value > 0.55 else "black")  # fmt: skip
    ax.set_xticks(range(len(shares)), [f"of {name}" for name in MECHANISMS], fontsize=9)
    ax.set_yticks(range(len(MECHANISMS)), MECHANISMS)
    ax.set(xlabel="Matched expert", ylabel="Mechanism")
    ax.grid(visible=False)


def _course(ax: "Axes", table: Table, column: str, ylabel: str, title: str) -> None:
    for arm, (label, color, line) in COURSES.items():
        curves, looks = of(table, column, arm), of(table, "looks", arm)
        if curves:
            x = next(iter(looks.values()))
            draw.band(ax, x, curves, label=label, color=color, linestyle=line)
    ax.axhline(1 / len(MECHANISMS), color=draw.GREY, linewidth=1)
    ax.set(title=title, xlabel="Training steps", ylabel=ylabel, ylim=(0, 1.02))
    draw.legend(ax)


def _reads(ax: "Axes", table: Table) -> None:
    for place, (arm, (label, color, marker)) in enumerate(READS.items()):
        column, own = ("untreated", "competing") if arm == "untreated" else ("treated", arm)
        groups = {name: read(own, column, (name,))(table) for name in MECHANISMS}
        if any(groups.values()):
            offset = 0.16 * (place - 1.5)
            draw.dots(ax, groups, color=color, marker=marker, label=label, offset=offset)
    ax.axvline(1, color=draw.GREY, linewidth=1)
    ax.set(title="A classifier of clean digits reads", xlim=(0, 1.15))
    ax.set_xlabel("Accuracy (share of clean)")
    ax.set_ylabel("Mechanism")
    draw.legend(ax, fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2)


def _swap(ax: "Axes", table: Table) -> None:
    columns = {"as they were": "swap_before", "one refitted": "swap", "all anew": "anew"}
    draw.dots(ax, {name: new(column)(table) for name, column in columns.items()}, color=BLUE)
    old = {name: _others(table, column) for name, column in columns.items()}
    draw.dots(ax, old, color=ORANGE, marker="s", offset=0.2)
    ax.plot([], [], "o", color=BLUE, label=f"the new mechanism, {NEW}")
    ax.plot([], [], "s", color=ORANGE, label="the four others")
    ax.set(title=f"A mechanism swapped: {OLD} for {NEW}", xlim=(0, 1.15))
    ax.set(xlabel="Accuracy (share of clean)", ylabel="Experts")
    draw.legend(ax, fontsize=8)


def _others(table: Table, column: str) -> dict[int, float]:
    kept = tuple(name for name in MECHANISMS if name != OLD)
    return read("competing", column, kept)(table)
