"""What experts give back of one signal, and who wins what: the answer, and training from several
starts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import ARMS as SQUARES
from labs.kit.forest import NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.mechanisms.grid import MECHANISMS
from labs.mechanisms.measures import of, read, wins
from labs.mechanisms.scores import matching

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
ACTS = {
    "ramp": "ramp\n(+ a rising line)",
    "gain": "gain\n(x 0.3)",
    "square": "square\n(with its sign)",
    "diff": "diff\n(3 x slope)",
    "offset": "offset\n(+ 0.3)",
}
ARMS = {  # name, colour, marker, line: the same in all figures
    "competing": ("competing", BLUE, "o", "-"),
    "random": ("started at random", RED, "^", ":"),
    "paper": ("started at random,\ncritic of the paper", GREEN, "s", "--"),
    "fixed": ("dealt by chance", PINK, "v", "-."),
    "untrained": ("untrained", draw.GREY, "x", "-"),
    "untreated": ("untreated signals", draw.GREY, "x", "-"),
    "single": ("one expert for all", SKY, "D", "-"),
    "told": ("told the mechanism", ORANGE, "P", "-"),
}
COLLAPSED = {"random": "C30-collapse", "paper": "C30-collapse-paper"}
COURSES = ("competing", "random", "paper", "fixed")
WINS = ("competing", "paper", "random", "untrained", "fixed")  # rows of the first figure
READS = ("told", "competing", "random", "fixed", "single", "untreated")
FIFTH = 1 / len(MECHANISMS)
OF_WINS, OF_CLEAN = "Share of signals won", "Accuracy (share of clean)"


def answers(table: Table, verdicts: VerdictsById) -> "Figure":
    """Who wins what after training; the share that matched experts win, and how well the winners'
    output is read, each beside other experts."""
    figure, axes = draw.figure(3, width=5.4, height=4.4)
    _wins(axes[0], table, "competing", "Who wins what")
    _beside(axes[1], {arm: wins("matched", arm)(table) for arm in WINS}, "C30-apart", verdicts)
    dotted(axes[1], FIFTH)
    axes[1].set(title="Won by matched experts", xlabel=OF_WINS)
    values = {arm: read(arm)(table) for arm in READS if arm != "untreated"}
    values["untreated"] = read(column="untreated")(table)
    _beside(axes[2], values, "C30-read", verdicts)
    axes[2].axvline(1, color=draw.GREY, linewidth=1)
    axes[2].set(title="How well it is read", xlabel=OF_CLEAN)
    text = f"Dotted: one in five. Line: clean signals. {NOTE}"
    draw.note(figure, table, text, arms=("arm", "experts"), intervals=SQUARES)
    return figure


def _beside(ax: "Axes", values: Mapping[str, Values], claim: str, verdicts: VerdictsById) -> None:
    rows: dict[str, str | Values] = {
        f"{ARMS[arm][0]}\n" if arm == "competing" else ARMS[arm][0]: claim
        if arm == "competing"
        else own
        for arm, own in values.items()
    }
    ax.set_xlim(0, 1.05)
    forest(ax, rows, verdicts, color=[ARMS[arm][1] for arm in values])
    ax.tick_params(axis="y", labelsize=10)


def dotted(ax: "Axes", x: float) -> None:
    """Draw a dotted line at a share."""
    ax.axvline(x, color=draw.GREY, linestyle=":", linewidth=1.2)


def training(table: Table, verdicts: VerdictsById) -> "Figure":
    """Who wins what of experts that started at random; what matched experts and the busiest one win
    over training; and whether one wins all."""
    figure, axes = draw.figure(2, 2, width=6.6, height=4.3)
    _wins(axes[0], table, "random", "Started at random: who wins what")
    _course(axes[1], table, "matched", "Share won by the matched expert", "Who wins, over training")
    _course(axes[2], table, "largest", "Share of all signals won", "The busiest expert")
    rows = {f"{ARMS[arm][0]}\n": claim for arm, claim in COLLAPSED.items()}
    axes[3].set_xlim(0, 1.05)
    forest(axes[3], rows, verdicts, color=[ARMS[arm][1] for arm in COLLAPSED])
    dotted(axes[3], FIFTH)
    axes[3].set(title="Does one expert win all?", xlabel="Share of all signals, busiest expert")
    text = f"Dotted: one in five. {NOTE}"
    words = "bands 95 % t intervals"
    draw.note(figure, table, text, arms=("arm", "experts"), intervals=words)
    return figure


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
    words = note if rows else ""
    draw.note(figure, table, words, arms=("arm", "experts"), intervals="the first one is shown")
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
            ax.text(2.5 + k, place + 0.5, text, ha="center", va="bottom", fontsize=9,
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
        ax.plot(x, row - 0.36 * np.clip(values / 4, -1, 1), color=shade, linewidth=width)


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
    ax.set_xticks(range(len(shares)), MECHANISMS, fontsize=10)
    ax.set_yticks(range(len(MECHANISMS)), MECHANISMS)
    ax.set(xlabel="Expert, named after what it wins most", ylabel="Signals through a mechanism")
    ax.grid(visible=False)


def _course(ax: "Axes", table: Table, column: str, ylabel: str, title: str) -> None:
    for arm in COURSES:
        label, color, _, line = ARMS[arm]
        curves, looks = of(table, column, arm), of(table, "looks", arm)
        if curves:
            x = next(iter(looks.values()))
            draw.band(ax, x, curves, label=label, color=color, linestyle=line)
    ax.set(title=title, xlabel="Training steps", ylabel=ylabel, ylim=(0, 1.02))
    named(ax, gap=0.11)
    ax.axhline(FIFTH, color=draw.GREY, linestyle=":", linewidth=1.2)
