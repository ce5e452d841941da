"""What a run found: the matrices R, what is forgotten, and what the task's name is worth."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.continual.grid import FROZEN, SEQUENCES, TASKS
from labs.continual.measures import acc, bwt, fwt, listed, of, old, one_by_one
from labs.continual.shown import LABELS, OF_SEQUENCES, learned, measured
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
STYLES = {  # of methods: colour, marker
    "base": (draw.GREY, "X"),
    "full": (RED, "o"),
    "lora": (ORANGE, "s"),
    "lora-each": (BLUE, "o"),
    "adapter-each": (SKY, "s"),
    "packnet": (GREEN, "D"),
    "packnet-leaking": (GREEN, "P"),
    "supsup": (PINK, "^"),
    "progressive": (BLACK, "v"),
    "scratch": (draw.GREY, "v"),
    "joint": (BLACK, "*"),
}
OF_PANELS = {"domains": (BLUE, "o"), "permutations": (RED, "s"), "classes": (GREEN, "D")}
HEATED = ("full", "lora", "lora-each", "packnet", "supsup", "progressive")
CHANCE = {"domains": 10.0, "permutations": 10.0, "classes": 50.0}


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
    text = "Percent right by task, its name known; bold: just learned; in classes answers are the "
    draw.note(figure, table, f"{text}task's own two (chance 50, else 10)." if shown else "")
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
            ax.text(x, y, f"{value:.0f}", ha="center", va="center", fontsize=8, weight=bold,
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


def forgetting(table: Table, verdicts: VerdictsById) -> "Figure":
    """The first task over the sequence, a panel for each; and by method what is there at the end
    (ACC), what was lost (BWT) and what was there beforehand (FWT)."""
    figure, axes = draw.figure(3, 2, width=5.6, height=4.4)
    for ax, name in zip(axes, SEQUENCES, strict=False):
        _first(ax, table, name)
    titles: Mapping[str, tuple[Callable[[Table, str, str], Values], str]] = {
        "At the end (ACC)": (acc, "Test accuracy, mean over tasks (%)"),
        "Backward transfer (BWT)": (bwt, "Points since a task was learned"),
        "Forward transfer (FWT)": (fwt, "Points before a task is learned"),
    }
    for ax, (title, (measure, label)) in zip(axes[len(SEQUENCES) :], titles.items(), strict=True):
        _by_method(ax, table, measure)
        ax.set(title=title, xlabel=label)
    _legend(figure, axes[: len(SEQUENCES)])
    text = "In classes answers are the task's own two; dashed: among all ten. Dotted: chance."
    draw.note(figure, table, text if len(table) else "")
    return figure


def _first(ax: "Axes", table: Table, sequence: str) -> None:
    steps = list(range(TASKS + 1))
    for method in measured(table):
        color, marker = STYLES[method]
        for name, style in (("matrix", "-"), ("open", "--")):
            found = of(table, name, method, sequence)
            curves = {r: [row[0] for row in m] for r, m in found.items() if one_by_one(m)}
            label = LABELS[method] if name == "matrix" else "_"
            draw.band(
                ax, steps, curves, label=label, color=color, linestyle=style, marker=marker, ms=4
            )
    if ax.lines:
        ax.axhline(CHANCE[sequence], color=draw.GREY, linestyle=":", linewidth=1.2)
    ax.set(
        title=f"First of {OF_SEQUENCES[sequence]}",
        xlabel="Tasks learned",
        ylabel="Accuracy on task 1 (%)",
        ylim=(-3, 103),
    )
    if not ax.lines:
        draw.legend(ax)


def _legend(figure: "Figure", axes: "Sequence[Axes]") -> None:
    found: dict[str, Any] = {}
    for ax in axes:
        found |= {name: line for line, name in zip(*ax.get_legend_handles_labels(), strict=True)}
    if found:
        figure.legend(
            found.values(), found.keys(), loc="outside upper center", ncols=5, fontsize=10
        )


def _by_method(ax: "Axes", table: Table, measure: Callable[[Table, str, str], Values]) -> None:
    shown = learned(table)
    step = 0.8 / max(len(shown), 1)
    for place, name in enumerate(shown):
        groups = {LABELS[m]: measure(table, m, name) for m in measured(table)}
        kept = {label: values for label, values in groups.items() if values}
        color, marker = OF_PANELS[name]
        offset = step * (place - (len(shown) - 1) / 2)
        draw.dots(ax, _aligned(table, kept, measure), color=color, marker=marker, label=name,
                  offset=offset)  # fmt: skip
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", labelsize=8)
    draw.legend(ax, fontsize=8)


def _aligned(
    table: Table, kept: Mapping[str, Values], measure: Callable[[Table, str, str], Values]
) -> dict[str, Values]:
    """The groups of all methods that any sequence has a value for, so that rows agree."""
    having = [
        LABELS[m] for m in measured(table) if any(measure(table, m, n) for n in learned(table))
    ]
    return {label: kept.get(label, {}) for label in having}


def names(table: Table, verdicts: VerdictsById) -> "Figure":
    """What the task's name is worth, what is kept for it, and what earlier columns are."""
    figure, axes = draw.figure(2, 2, width=6.8, height=4.4)
    _of_classes(axes[0], table)
    _of_names(axes[1], table)
    _kept(axes[2], table)
    _columns(axes[3], table)
    draw.note(figure, table)
    return figure


def _of_classes(ax: "Axes", table: Table) -> None:
    methods = [m for m in measured(table) if of(table, "open", m, "classes")]
    arms = {"matrix": (BLUE, "o", "of the task's two"), "open": (RED, "s", "of all ten")}
    for place, (name, (color, marker, label)) in enumerate(arms.items()):
        groups = {LABELS[m]: old(table, m, "classes", name) for m in methods}
        kept = {label_: values for label_, values in groups.items() if values}
        draw.dots(ax, kept, color=color, marker=marker, label=label, offset=0.3 * place - 0.15)
    guess = {LABELS[m]: listed(table, "inferred", m, "classes") for m in methods}
    shown = {LABELS[m] for m in methods if old(table, m, "classes")}
    groups = {label: values for label, values in guess.items() if label in shown}
    if any(groups.values()):
        draw.dots(ax, groups, color=PINK, marker="^", label="network inferred, of ten", offset=0.0)
    _dotted(ax, bool(methods), 10, 50)
    ax.set(title="Old pairs of classes, at the end", xlabel="Test accuracy (%)")
    _below(ax)


def _of_names(ax: "Axes", table: Table) -> None:
    methods = [m for m in FROZEN if of(table, "shuffled", m, "domains")]
    arms: dict[str, tuple[str, str, str]] = {
        "known": (BLUE, "o", "known"),
        "inferred": (PINK, "^", "inferred from 16 signals"),
        "shuffled": (draw.GREY, "X", "of the next task"),
    }
    for place, (name, (color, marker, label)) in enumerate(arms.items()):
        groups = {LABELS[m]: _under(table, m, name) for m in methods}
        if groups:
            draw.dots(
                ax, groups, color=color, marker=marker, label=label, offset=0.25 * place - 0.25
            )
    _dotted(ax, bool(methods), 10)
    ax.set(title="Domains, by the name that a network is asked under", xlabel="Test accuracy (%)")
    _below(ax)


def _under(table: Table, method: str, name: str) -> Values:
    if name == "known":
        return acc(table, method, "domains")
    return listed(table, name, method, "domains")


def _below(ax: "Axes") -> None:
    draw.legend(ax, fontsize=9, loc="upper center", bbox_to_anchor=(0.4, -0.14), ncols=3)


def _dotted(ax: "Axes", shown: bool, *chances: float) -> None:
    if shown:
        ax.set_xlim(-3, 103)
    for chance in chances if shown else ():
        ax.axvline(chance, color=draw.GREY, linestyle=":", linewidth=1.2)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", labelsize=9)


def _kept(ax: "Axes", table: Table) -> None:
    for method in measured(table):
        values, bits = acc(table, method, "domains"), of(table, "bits", method, "domains")
        if values:
            color, marker = STYLES[method]
            kept = max(next(iter(bits.values())) / 8000, 0.5)
            mean = float(np.mean([*values.values()]))
            ax.plot([kept] * len(values), [*values.values()], ".", color=color, alpha=0.35)
            ax.plot([kept], [mean], marker, color=color, label=LABELS[method], linestyle="none")
    if ax.lines:
        ax.set_xscale("log")
    ax.set(
        title="Domains: what is reached and what is kept",
        xlabel="kB kept beyond the base for five tasks (base: none, drawn at 0.5)",
        ylabel="ACC (%)",
    )
    draw.legend(ax, fontsize=8, loc="upper center", bbox_to_anchor=(0.4, -0.14), ncols=3)


def _columns(ax: "Axes", table: Table) -> None:
    tasks = list(range(1, TASKS + 1))
    for name in learned(table):
        color, marker = OF_PANELS[name]
        for method, style in (("progressive", "-"), ("scratch", "--")):
            found = of(table, "matrix", method, name)
            curves = {r: [m[j][j - 1] for j in tasks] for r, m in found.items() if one_by_one(m)}
            label = f"{name}, {'with laterals' if style == '-' else 'without'}"
            draw.band(ax, tasks, curves, label=label, color=color, linestyle=style, marker=marker)
    ax.set(title="Columns, on their own task", xlabel="Task", ylabel="Accuracy when learned (%)")
    ax.set(ylim=(-3, 103), xticks=tasks)
    draw.legend(ax, fontsize=9, loc="upper center", bbox_to_anchor=(0.4, -0.14), ncols=3)
