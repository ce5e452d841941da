"""The tuned learning rate, with the paper's three panels; and what else is tuned."""

from typing import TYPE_CHECKING

import numpy as np

from labs.hyperparameters.grid import GRID
from labs.hyperparameters.measures import judged, saved, tuned
from labs.hyperparameters.published import HORIZON, OPTIMUM
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
STARTS = (RED, BLUE, GREEN, PINK)
HORIZONS = (ORANGE, GREEN, PINK, SKY)
PANELS = (  # column, title, label of the axis
    ("objective", "Outer objective", "Mean training loss (nats)"),
    ("last", "Loss of the last inner step", "Training loss (nats)"),
    ("rates", "Learning rate", "Learning rate"),
)
QUARTILES = (0.5, 0.25, 0.75)
FURTHER = {"schedule": "schedule", "joint": "joint with momentum"}
GAINS = {"own_mean": "same run", "fresh_mean": "fresh runs", "fresh_test": "fresh,\ntest"}


def rate(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels: three of the published outer loop, three of the optimum and its judge."""
    figure, axes = draw.figure(3, 2, width=4.6, height=4.2)
    for ax, panel in zip(axes, PANELS, strict=False):
        _trajectory(ax, table, *panel)
    axes[2].axhline(OPTIMUM, color=BLACK, linestyle=":", linewidth=1.2, label="published 0.62")
    _curves(axes[3], table)
    _optima(axes[4], table)
    _objectives(axes[5], table)
    return _finished(figure, table)


def further(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: the tuned schedule, and what it and joint tuning gain."""
    figure, axes = draw.figure(2, 1, width=5.4, height=4.2)
    _schedule(axes[0], table)
    _gains(axes[1], table)
    return _finished(figure, table)


def _finished(figure: "Figure", table: Table) -> "Figure":
    for ax in figure.axes:
        draw.legend(ax, fontsize=8)
    draw.note(figure, table, arms=("arm", "horizon", "start"))
    return figure


def _trajectory(ax: "Axes", table: Table, column: str, title: str, label: str) -> None:
    rows = table.where(arm="published")
    starts = sorted(set(rows.column("start")), reverse=True)
    for start, color in zip(starts, STARTS, strict=False):
        # Medians: where a single loop diverges a mean shows nothing else.
        curves = rows.where(start=start).column(column)
        middle, low, high = np.quantile(curves, QUARTILES, axis=0)
        steps = np.arange(len(middle))
        ax.plot(steps, middle, label=f"from {start:g}: median, quartiles", color=color)
        ax.fill_between(steps, low, high, color=color, alpha=0.2, linewidth=0)
    ax.set(title=title, xlabel="Outer step", ylabel=label)


def _curves(ax: "Axes", table: Table) -> None:
    rows = table.where(arm=GRID)
    horizons = sorted(set(rows.column("horizon")))
    for horizon, color in zip(horizons, HORIZONS, strict=False):
        own = rows.where(horizon=horizon)
        excess = np.array(own.column("mean"))
        excess -= excess.min(axis=1, keepdims=True)
        draw.band(ax, own.rows[0]["rate"], excess.tolist(), label=f"{horizon} steps", color=color)
    if horizons:
        ax.set_ylim(-0.01, 0.3)
    ax.set_xscale("log")
    ax.set(
        title="Grid search, excess over its minimum",
        xlabel="Learning rate",
        ylabel="Mean training loss (nats)",
    )


def _optima(ax: "Axes", table: Table) -> None:
    horizons = sorted(set(table.where(arm="rate").column("horizon")))
    by_gradient = {f"{h} steps": tuned(h)(table) for h in horizons}
    by_grid = {f"{h} steps": judged(horizon=h)(table) for h in horizons}
    draw.dots(ax, by_gradient, color=BLUE, offset=-0.15, label="by gradient")
    draw.dots(ax, by_grid, color=ORANGE, offset=0.15, label="by grid")
    if horizons:
        ax.axvline(OPTIMUM, color=BLACK, linestyle=":", linewidth=1.2)
    ax.set(title="Optimum by horizon (dotted: published)", xlabel="Learning rate")


def _objectives(ax: "Axes", table: Table) -> None:
    labels = {"mean": "mean over\ntraining", "last": "last\nbatch", "train": "training\nset"}
    horizon = _horizon(table, "published")
    groups = {what: judged(name, horizon)(table) for name, what in labels.items()}
    draw.dots(ax, groups, color=ORANGE, label="by grid")
    ax.set(title="Optimum by the loss that is minimised", xlabel="Learning rate")


def _schedule(ax: "Axes", table: Table) -> None:
    rates = table.where(arm="schedule").column("best_rates")
    if rates:
        middle, low, high = np.quantile(rates, QUARTILES, axis=0)
        ends = np.linspace(0, 100, len(middle) + 1)
        for values, style in ((middle, "-"), (low, ":"), (high, ":")):
            ax.stairs(values, ends, color=GREEN, linestyle=style, baseline=None)
        ax.plot([], [], color=GREEN, label="schedule: median, quartiles")
        single = list(tuned(_horizon(table, "schedule"))(table).values())
        if single:
            ax.axhline(float(np.median(single)), color=BLUE, linestyle="--", label="one rate")
        ax.set_ylim(bottom=0)
    ax.set(title="Tuned schedule", xlabel="Part of the training (%)", ylabel="Learning rate")


def _gains(ax: "Axes", table: Table) -> None:
    for arm, color, offset in zip(FURTHER, (GREEN, PINK), (-0.15, 0.15), strict=True):
        horizon = _horizon(table, arm)
        groups = {name: saved(loss, arm, horizon)(table) for loss, name in GAINS.items()}
        draw.dots(ax, groups, color=color, offset=offset, label=FURTHER[arm])
    ax.set_ylim(top=-1)  # room for the legend
    ax.axvline(0, color=BLACK, linewidth=1)
    ax.set(title="Gain over one tuned rate", xlabel="Loss saved (nats): mean over training, test")


def _horizon(table: Table, arm: str) -> int:
    return max(table.where(arm=arm).column("horizon"), default=HORIZON)
