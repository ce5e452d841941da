"""The threshold of other architectures, and with digits dropped in place of merged."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labs.double_descent import thresholds
from labs.double_descent.figure import COLORS
from labs.double_descent.grid import LOSSES, Task
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import NOTE, forest
from labs.kit.table import Table

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NETS = {"cnn": "CNN", "gru": "GRU", "transformer": "transformer"}
TICKS = (0.5, 1, 2, 4)  # parameters / n
COLOR = dict(zip(NETS, draw.COLORS, strict=False))


def nets(table: Table, verdicts: VerdictsById) -> "Figure":
    """Four panels: training error over size of three architectures; where their thresholds lie;
    how much further from n than the MLP's; slopes over K with digits dropped."""
    figure, axes = draw.figure(2, 2, width=6.4, height=4.0)
    _errors(axes[0], table)
    colors = list(COLOR.values())
    levels = {f"{words}\n": f"DD9-{net}-level" for net, words in NETS.items()}
    forest(axes[1], levels, verdicts, color=colors)
    axes[1].set(title="Where the threshold lies", xlabel="Parameters / n")
    more = {f"{words}\n": f"DD9-{net}-harder" for net, words in NETS.items()}
    forest(axes[2], more, verdicts, color=colors)
    axes[2].axvline(0, color="black", linewidth=1)
    axes[2].set(title="How much further from n than the MLP's", xlabel="Octaves of parameters")
    bases = {"nll": "DD7-nll-k", "mse": "DD5-mse-k"}
    slopes = {
        f"{LOSSES[loss]},\n{words}\n": f"{base}-{what}"
        for what, words in (("dropped", "dropped"), ("digits", "dropped less merged"))
        for loss, base in bases.items()
    }
    forest(axes[3], slopes, verdicts, color=[COLORS[loss] for loss in ("nll", "mse") * 2])
    axes[3].axvline(0, color="black", linewidth=1)
    axes[3].set(title="Digits dropped, not merged", xlabel="Slope of log threshold on log K")
    shown = Table(row for row in table if _belongs(row))
    draw.note(figure, shown, NOTE, arms=("sweep", "size", *Task._fields))
    return figure


def _belongs(row: thresholds.Row) -> bool:
    return row["sweep"].startswith("fit_") or row["digits"] == thresholds.DROPPED


def _errors(ax: "Axes", table: Table) -> None:
    for net, words in NETS.items():
        rows = table.where(sweep=f"fit_{net}")
        found = sorted(set(rows.column("parameters")))
        curves = [list(rows.values("final_train_error", parameters=p).values()) for p in found]
        x = [p / max(rows.column("examples")) for p in found]
        look: Any = {"color": COLOR[net], "marker": "o", "markersize": 4, "label": words}
        if found:
            ax.plot(x, [float(np.mean(curve)) for curve in curves], **look)
    ax.set(xscale="log", xlabel="Parameters / n", ylabel="Training error (%)")
    ax.set(title="What does not fit yet (means)")
    ax.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    ax.minorticks_off()
    if ax.lines:
        ax.axvline(1, color="black", linestyle=":", linewidth=1.5, label="_")
    named(ax)
