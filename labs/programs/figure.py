"""Errors by length and by what runs the program, controls and recall; and a program, step by
step."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.programs.grid import ARMS, LONGER, RECALLERS, SHOWN, TOLD, TRAINED
from labs.programs.measures import (
    by_length,
    control,
    error,
    guess,
    least_of_others,
    octaves,
    of,
    of_commuting,
    recall,
    untrained,
)
from labs.programs.operations import NAMES, PAIRS, Array, commute, parse, run
from labs.programs.published import CHANCE, FEW, TIMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, *_, BLACK = draw.COLORS
SHADES = {
    "modular": BLUE,
    "iterated": GREEN,
    "monolith": RED,
    "memory": BLUE,
    "recurrent": RED,
    "recurrent-longer": GREEN,
}
DRAWN = ("modular", "iterated", "monolith")  # affine modules make no error that a panel could show
STEPS = range(1, 6)  # lengths of programs


def lengths(table: Table, verdicts: VerdictsById) -> "Figure":
    """Errors over length, ratios to the monolith, single operations, controls, the order of pairs,
    and recall over the number of pairs."""
    figure, axes = draw.figure(3, 2, width=5.2, height=4.2)
    _errors(axes[0], table)
    _ratios(axes[1], table)
    _operations(axes[2], table)
    _controls(axes[3], table)
    _order(axes[4], table)
    _recall(axes[5], table)
    draw.note(figure, table, f"Errors are averaged as logarithms. {_affine(table)}", arms=("arm",))
    return figure


def program(table: Table, verdicts: VerdictsById) -> "Figure":
    """A program's text, its modules one after the other, and the signal after each: what it should
    be and what the modules of one replicate make of it."""
    figure, axes = draw.figure(3, 2, width=4.8, height=3.1)
    shown, signals = of(table, "modular", "shown"), of(table, "modular", "signal")
    if not shown:
        axes[0].set_title("No modules yet")
        draw.note(figure, table)
        return figure
    replicate = min(shown)
    signal, places = np.array([signals[replicate]]), parse(SHOWN)
    for step, ax in enumerate(axes):
        wanted = run(signal, places[:step])[0] if step else signal[0]
        made = shown[replicate][step - 1] if step else None
        _signal(ax, wanted, made, f"{step}: {NAMES[places[step - 1]]}" if step else "signal")
        if (step + 1) % 3:
            _arrow(ax)
    axes[0].set_ylabel("Height (deviations)")
    axes[3].set_ylabel("Height (deviations)")
    draw.legend(axes[1], fontsize=8)
    figure.suptitle(f'The program "{SHOWN}": a module per operation, put together from its text')
    draw.note(figure, table.where(replicate=replicate), f"Number {replicate}.", arms=("arm",))
    return figure


def _affine(table: Table) -> str:
    most = max(error(table, "affine").values(), default=None)
    return "" if most is None else f"Affine modules, not shown, have {most:.1g} % at most."


def _signal(ax: "Axes", wanted: Array, made: Sequence[float] | None, name: str) -> None:
    label = "what it should be" if made is not None else "test signal"
    ax.plot(wanted, color=draw.GREY, linewidth=5, alpha=0.5, label=label)
    if made is not None:
        ax.plot(made, color=BLUE, label="what modules make of it")
        off = np.square(np.asarray(made) - wanted).mean() / wanted.var()
        ax.set_xlabel(f"Sample (off by {100 * off:.2g} % of its variance)")
    else:
        ax.set_xlabel("Sample")
    box = {"boxstyle": "round,pad=0.4", "facecolor": "#DDEBF5", "edgecolor": BLUE}
    ax.set_title(name, bbox=box if made is not None else None, pad=12)


def _arrow(ax: "Axes") -> None:
    arrow = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 2}
    where = "axes fraction"
    ends = (1.38, 1.1), (0.68, 1.1)  # from the box above a panel to that of the next
    ax.annotate("", *ends, xycoords=where, textcoords=where, arrowprops=arrow)


def _powers(ax: "Axes", low: int, high: int, *, vertical: bool = True) -> None:
    """Ticks of an axis of logarithms to base 10."""
    powers = range(low, high + 1)
    ticks = [*powers], [f"{10.0**power:g}" for power in powers]
    if vertical:
        ax.set_yticks(*ticks)
    else:
        ax.set_xticks(*ticks)


def _errors(ax: "Axes", table: Table) -> None:
    for arm in DRAWN:
        logs = {r: np.log10(2) * np.array(own) for r, own in by_length(table, arm).items()}
        curves = {r: own.tolist() for r, own in logs.items()}
        draw.band(ax, STEPS, curves, label=ARMS[arm].label, color=SHADES[arm], marker=".")
    found = of(table, "modular", "carried").items()
    curves = by_length(table, "modular")
    foretold = [
        [np.log10(2) * (curves[r][n - 1] - own[n if n > 2 else 1]) for n in STEPS]
        for r, own in found
    ]
    label = "modules, from single operations"
    draw.band(ax, STEPS, foretold, label=label, color=BLACK, linestyle="--", linewidth=1.2)
    ax.axhline(np.log10(FEW), color=draw.GREY, linewidth=1)
    ax.axvspan(0.8, 1.5, color=draw.GREY, alpha=0.12, linewidth=0)
    ax.axvspan(1.5, 2.5, color=draw.GREY, alpha=0.06, linewidth=0)
    ax.set_xticks([*STEPS], ["1\ntrained", "2\nhalf trained", "3", "4", "5"])
    _powers(ax, -2, 3)
    ax.set_ylim(-2.4, 3.2)
    ax.set(title="Error by length", xlabel="Operations of a program", ylabel="Relative error (%)")
    draw.legend(ax, fontsize=8)


def _ratios(ax: "Axes", table: Table) -> None:
    groups = ("2 held out", *map(str, LONGER))
    for arm in DRAWN[:-1]:
        found = [octaves(table, arm, "monolith", (name,)) for name in groups]
        kept = {r: [own[r] for own in found] for r in found[0]}
        style = {"label": ARMS[arm].label, "color": SHADES[arm], "marker": "."}
        draw.band(ax, range(2, 6), kept, **style)
    ax.axhline(np.log2(TIMES), color=draw.GREY, linewidth=1, linestyle=":", label="ten times")
    ax.axhline(0, color=draw.GREY, linewidth=1)
    ax.set_xticks(range(2, 6), groups)
    ax.set(title="Ahead of the monolith", xlabel="Operations", ylabel="Error, octaves below it")
    draw.legend(ax, fontsize=8)


def _operations(ax: "Axes", table: Table) -> None:
    for place, arm in enumerate(DRAWN):
        found = of(table, arm, "errors").items()
        groups = {
            name: {r: float(np.log10(own[0][kind])) for r, own in found}
            for kind, name in enumerate(NAMES)
        }
        offset = 0.2 * (place - 1)
        draw.dots(ax, groups, color=SHADES[arm], offset=offset)
    _powers(ax, -3, 2, vertical=False)
    ax.set_xlim(-3.2, 2.2)
    ax.set(title="Single operations (trained), colours as before", xlabel="Relative error (%)")


def _controls(ax: "Axes", table: Table) -> None:
    found: Mapping[str, Values] = {
        "as the text says": error(table, "modular"),
        "another order": control(table, "shuffled"),
        "other modules": control(table, "exchanged"),
        "not trained": untrained(table),
        "commuting pair": of_commuting(table, "pairs"),
        "commuting, swapped": of_commuting(table, "swapped"),
        "best other pair": least_of_others(table, "pairs"),
        "best other, swapped": least_of_others(table, "swapped"),
    }
    logs = {name: {r: float(np.log10(v)) for r, v in own.items()} for name, own in found.items()}
    shades = [BLUE, RED, RED, RED, BLUE, BLUE, BLUE, RED]
    draw.dots(ax, logs, color=shades)
    ax.axvline(np.log10(FEW), color=draw.GREY, linewidth=1)
    _powers(ax, -2, 3, vertical=False)
    ax.set_xlim(-2.2, 3.2)
    ax.set(title="Modules put together in other ways", xlabel="Relative error (%)")


def _order(ax: "Axes", table: Table) -> None:
    found = of(table, "modular", "swapped")
    if not found:
        ax.set_axis_off()
        draw.legend(ax)
        return
    means = np.log10([*found.values()]).mean(0)
    cells = np.full((len(NAMES), len(NAMES)), np.nan)
    for pair, value in zip(PAIRS, means, strict=True):
        cells[pair] = value
    ax.imshow(cells, cmap="YlOrRd", vmin=-1, vmax=2.5)
    for a, b in PAIRS:
        shade = "white" if cells[a, b] > 1.7 else "black"
        value = 10 ** cells[a, b]
        text = f"{value:.0f}" if value > 10 else f"{value:.2g}"
        text += "*" if commute(a, b) else ""
        ax.text(b, a, text, ha="center", va="center", fontsize=8, color=shade)
    ax.set_xticks(range(len(NAMES)), NAMES, rotation=30, fontsize=9)
    ax.set_yticks(range(len(NAMES)), NAMES, fontsize=9)
    ax.grid(visible=False)
    ax.set(
        title="Error (%), the two modules swapped\n(*: the operations commute)",
        xlabel="Second operation",
        ylabel="First operation",
    )


def _recall(ax: "Axes", table: Table) -> None:
    for arm in RECALLERS:
        curves = of(table, arm, "accuracy")
        draw.band(ax, TOLD, curves, label=ARMS[arm].label, color=SHADES[arm], marker=".")
    if recall(table, RECALLERS[0], TOLD):
        guesses = [guess(number) for number in TOLD]
        ax.plot(TOLD, guesses, "--", color=draw.GREY, label="a guess among those told")
    ax.axhline(CHANCE, color=draw.GREY, linewidth=1)
    ax.axvspan(min(TRAINED), max(TRAINED), color=draw.GREY, alpha=0.12, linewidth=0)
    ax.set_xticks(TOLD)
    ax.set(title="Recall (shaded: trained)", xlabel="Pairs told", ylabel="Test accuracy (%)")
    draw.legend(ax, fontsize=8)
