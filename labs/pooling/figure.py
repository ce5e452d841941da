"""Accuracy over training steps by size, and what pooling gains against size."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Measure, aligned
from labs.kit.table import Table
from labs.pooling.grid import ARMS, POOLED
from labs.pooling.measures import ahead, by_size, error_ratio, prolonged, sizes
from labs.pooling.published import GAIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, *_, BLACK = draw.COLORS
STYLES = {
    "none": {"color": BLACK},
    "matched": {"color": PINK},
    "stride": {"color": ORANGE, "linestyle": "--"},
    "max": {"color": RED},
    "avg": {"color": GREEN},
    "l2": {"color": BLUE},
}
PANELS = 6


def curves(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy over steps, a panel for every size; of more than six sizes the six largest."""
    panels = sizes(table)[-PANELS:]
    columns = min(max(len(panels), 1), 3)
    figure, axes = draw.figure(columns, max(-(-len(panels) // columns), 1), width=5.4)
    for ax in axes[len(panels) :]:
        ax.set_axis_off()
    for ax, examples in zip(axes, panels, strict=False):
        _curves(ax, table, examples, further=False)
    draw.note(figure, table, arms=("arm", "examples"))
    return figure


def gains(table: Table, verdicts: VerdictsById) -> "Figure":
    """Gains in points and ratios of errors by size, and the longer training, where there is one."""
    longer = prolonged(table)
    figure, axes = draw.figure(3 if longer else 2, width=5.4)
    _points(axes[0], table)
    _ratios(axes[1], table)
    if longer:
        _curves(axes[2], longer, max(sizes(longer)), further=True)
    draw.note(figure, table, arms=("arm", "examples"))
    return figure


def _curves(ax: "Axes", table: Table, examples: int, *, further: bool) -> None:
    for arm, style in STYLES.items():
        rows = table.where(arm=arm, examples=examples)
        if len(rows):
            first = rows.rows[0]
            end = len(first["step"]) if further else first["step"].index(first["steps"]) + 1
            shown = [curve[:end] for curve in rows.column("test_accuracy")]
            draw.band(ax, first["step"][:end], shown, label=ARMS[arm].label, **style)
    title = f"{examples:,} training examples"
    ax.set(
        title=f"{title}, longer training" if further else title,
        xlabel="Training steps",
        ylabel="Test accuracy (%)",
    )
    _zoom(ax, table, examples)
    draw.legend(ax, fontsize=8)


def _zoom(ax: "Axes", table: Table, examples: int) -> None:
    # The lower end of the finals is what matters, not the first steps.
    finals = table.where(examples=examples).column("final")
    if finals:
        span = max(max(finals) - min(finals), 1)
        ax.set_ylim(min(finals) - span, max(finals) + 0.3 * span)


def _over_sizes(
    ax: "Axes", table: Table, measure: Callable[[int], Measure], label: str, **style: str
) -> None:
    found = {n: values for n, values in by_size(table, measure).items() if values}
    draw.band(ax, list(found), aligned([*found.values()]), label=label, marker=".", **style)


def _points(ax: "Axes", table: Table) -> None:
    for arm in ("stride", *POOLED):
        label = f"{ARMS[arm].label} over no pooling"
        _over_sizes(ax, table, partial(ahead, arm=arm), label, **STYLES[arm])
    matched = partial(ahead, over="matched")
    _over_sizes(ax, table, matched, "pooling over the matched net", color=PINK)
    ax.plot(
        *zip(*GAIN.items(), strict=True), "D", color=draw.GREY, mfc="none", label="published, mean"
    )
    ax.axhline(0, color=draw.GREY, linewidth=1)
    ax.set(title="Gain", xlabel="Training examples", ylabel="Points of test accuracy")
    _log(ax, sizes(table))


def _ratios(ax: "Axes", table: Table) -> None:
    for over in ("none", "stride", "matched"):
        label = f"{ARMS[over].label} against pooling"
        _over_sizes(ax, table, partial(error_ratio, over=over), label, **STYLES[over])
    ax.axhline(1, color=draw.GREY, linewidth=1)
    ax.set(
        title="Ratio of errors (above 1: pooling is ahead)",
        xlabel="Training examples",
        ylabel="Errors per error with pooling",
    )
    _log(ax, sizes(table))


def _log(ax: "Axes", ticks: list[int]) -> None:
    ax.set_xscale("log")
    if ticks:
        ax.set_xticks(ticks, [f"{n:,}" for n in ticks], fontsize=9)
        ax.minorticks_off()
    draw.legend(ax, fontsize=8)
