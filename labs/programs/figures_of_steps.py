"""A program, step by step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table
from labs.programs.grid import SHOWN
from labs.programs.measures import of
from labs.programs.operations import NAMES, Array, parse, run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE = draw.COLORS[0]


def program(table: Table, verdicts: VerdictsById) -> "Figure":
    """A program's text, its modules one after the other, and the signal after each: what it should
    be and what the modules of one replicate make of it."""
    figure, axes = draw.figure(3, 2, width=3.6, height=2.7)
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
    for ax in (axes[0], axes[3]):
        ax.set_ylabel("Height\n(standard deviations)")
    for ax in axes[3:]:
        ax.set_xlabel("Position in the signal")
    draw.key(figure, axes[1], loc="outside upper center")
    draw.note(figure, table.where(replicate=replicate), f"Number {replicate}.", arms=("arm",))
    return figure


def _signal(ax: "Axes", wanted: Array, made: Sequence[float] | None, name: str) -> None:
    ax.plot(wanted, color=draw.GREY, linewidth=5, alpha=0.5, label="what it should be")
    title = name
    if made is not None:
        ax.plot(made, color=BLUE, label="what modules make of it")
        off = np.square(np.asarray(made) - wanted).mean() / wanted.var()
        title = f"{name} (off by {100 * off:.2g} %)"
    box = {"boxstyle": "round,pad=0.3", "facecolor": "#DDEBF5", "edgecolor": BLUE}
    ax.set_title(title, bbox=box if made is not None else None, pad=10)


def _arrow(ax: "Axes") -> None:
    arrow = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 2}
    ax.annotate(
        "",
        (1.07, 0.5),
        (1.01, 0.5),
        xycoords="axes fraction",
        textcoords="axes fraction",
        arrowprops=arrow,
    )
