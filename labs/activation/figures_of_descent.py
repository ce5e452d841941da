"""How the activation is learned, and how much the table that stands in for it errs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.activation.figure import STYLES
from labs.activation.grid import KNOTS, LEARNED, SHORT
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, forest
from labs.kit.measures import column
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, *_ = draw.COLORS
PINK = STYLES["quiet"]["color"]


def descent(table: Table, verdicts: VerdictsById) -> "Figure":
    """Objective and meta-gradient by outer step, and what noise is for."""
    figure, axes = draw.figure(2, 2, width=5.4, height=3.2)
    axes[0].get_subplotspec().get_gridspec().set_height_ratios([3, 1])  # type: ignore[union-attr]
    _bands(axes[0], table, "objective", logarithms=False)
    axes[0].set(title="Objective", xlabel="Outer step", ylabel="Training loss (nats)")
    _bands(axes[1], table, "gradient_norm", logarithms=True)
    axes[1].set(title="Meta-gradient", xlabel="Outer step", ylabel="Norm (nats per unit)")
    forest(axes[2], {"accuracy\n": "A5-accuracy"}, verdicts, color=PINK)
    axes[2].set(title="With noise less without", xlabel="Points of test accuracy")
    forest(axes[3], {"norm\n": "A5-gradient"}, verdicts, color=PINK)
    axes[3].set(title="Without noise over with it", xlabel="Octaves (doublings of the norm)")
    for ax in axes[2:]:
        ax.axvline(0, color=draw.GREY, linewidth=1)
    draw.key(figure, axes[0])
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def numerics(table: Table, verdicts: VerdictsById) -> "Figure":
    """Errors of the table by its number of cells."""
    figure, (ax,) = draw.figure(width=7.0, height=4.2)
    rows = table.where(arm=KNOTS)
    cells = rows.rows[0]["knots"] if rows else ()
    for name, label, style in (
        ("objective_error", "objective", {"color": BLUE, "marker": "o"}),
        ("gradient_error", "meta-gradient", {"color": RED, "marker": "s", "linestyle": "--"}),
    ):
        errors = [_digits(own) for own in rows.column(name)]
        draw.band(ax, cells, errors, label=label, **style)
        if rounding := rows.column(f"{name}_float32"):
            level = float(np.mean(_digits(rounding)))
            ax.axhline(level, color=style["color"], linestyle=":", label=f"{label}, float32")
    if cells:
        ax.set_xscale("log", base=2)
        ax.set_xticks(cells, [f"{n}" for n in cells])
        ax.minorticks_off()
    _powers(ax)
    ax.set(title="Table in place of the function", xlabel="Cells from -16 to 16")
    ax.set_ylabel("Relative error")
    draw.key(figure, ax, ncols=4)
    draw.note(figure, rows, arms=("arm",))
    return figure


def _bands(ax: "Axes", table: Table, name: str, *, logarithms: bool) -> None:
    for arm in LEARNED:
        found: dict[int, Any] = column(name, arm=arm)(table)
        curves = [_digits(own) if logarithms else [*own] for own in found.values()]
        steps = range(len(curves[0]) if curves else 0)
        draw.band(ax, steps, curves, label=SHORT[arm], **STYLES[arm])
    if logarithms:
        _powers(ax)


def _powers(ax: "Axes") -> None:
    """Name the ticks of an axis of logarithms to base 10 by what they stand for."""
    from matplotlib.ticker import MaxNLocator

    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.yaxis.set_major_formatter(lambda power, _: f"$10^{{{power:g}}}$")


def _digits(values: Sequence[float]) -> list[float]:
    found: list[float] = np.log10(np.maximum(values, np.finfo(float).eps)).tolist()
    return found
