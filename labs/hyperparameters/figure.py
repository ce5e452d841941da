"""Where the outer loop goes and ends, what the optimum depends on, and what else is tuned."""

from typing import TYPE_CHECKING

import numpy as np

from labs.hyperparameters.grid import GRID, LONG
from labs.hyperparameters.measures import judged, saved, tuned
from labs.hyperparameters.published import HORIZON, OPTIMUM
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, bar, forest
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
STARTS = ((RED, "-"), (SKY, "--"), (BLACK, "-."))
LINES = (":", "-", "--", "-.")  # of horizons
BY_GRADIENT, BY_GRID, SCHEDULE, JOINT = BLUE, ORANGE, GREEN, PINK
QUARTILES = (0.5, 0.25, 0.75)
Rows = dict[str, str | Values]
COLUMNS = ("arm", "horizon", "start")
LOSSES = {"mean": "mean over training", "last": "last batch", "train": "training set"}


def rate(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: the learning rate over the outer loop, and the optimum by gradient and by
    grid."""
    figure, axes = draw.figure(2, width=5.4, height=4.4)
    _path(axes[0], table, "rates")
    axes[0].set(title="Gradient descent on the learning rate", ylabel="Learning rate")
    rows: Rows = {"by gradient": "M2-level", "by grid search": judged()(table)}
    forest(axes[1], rows, verdicts, color=[BY_GRADIENT, BY_GRID])
    _published(axes[1])
    axes[1].set(title="Best learning rate of each data set")
    _note(figure, table, f"bands are quartiles; {ARMS}")
    return figure


def loop(table: Table, verdicts: VerdictsById) -> "Figure":
    """Four panels: two losses over the published outer loop, whether both starts meet, and how far
    their end lies from the published optimum and from that of a search."""
    figure, axes = draw.figure(2, 2, width=5.4, height=3.6)
    _path(axes[0], table, "objective")
    axes[0].set(title="What is tuned: the mean loss", ylabel="Mean training loss (nats)")
    _path(axes[1], table, "last")
    axes[1].set(title="What comes with it: the last loss", ylabel="Loss of the last batch (nats)")
    ends = {
        "published loop": "M1-published",
        "better loop": "M1-converged",
        f"better loop,\n{LONG} steps": "M1-long",
    }
    forest(axes[2], ends, verdicts, color=BLACK)
    axes[2].set(title="Both starts end at one rate", xlabel="Share of the data sets")
    distances = {f"the published {OPTIMUM:g}": "M2-each", "that of a search": "M3"}
    forest(axes[3], distances, verdicts, color=BY_GRADIENT)
    axes[3].set(title="Distance of the tuned rate from", xlabel="Learning rate")
    _note(figure, table, "bands are quartiles")
    return figure


def horizons(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: the loss by learning rate and horizon, its optimum, and by how much that moves
    with the horizon."""
    figure, axes = draw.figure(3, width=5.0, height=4.2)
    _excess(axes[0], table)
    rows: Rows = {}
    for horizon in sorted(set(table.where(arm="rate").column("horizon"))):
        own = "M2-level" if horizon == HORIZON else tuned(horizon)(table)
        rows[f"{horizon} steps, gradient" + "\n" * (horizon == HORIZON)] = own
        rows[f"{horizon} steps, grid"] = judged(horizon=horizon)(table)
    forest(axes[1], rows, verdicts, color=[BY_GRADIENT, BY_GRID] * (len(rows) // 2))
    _published(axes[1])
    axes[1].set(title="Best rate, by horizon")
    moves = {f"50 to {HORIZON}\n": f"M5-{HORIZON}", f"{HORIZON} to {LONG}\n": f"M5-{LONG}"}
    forest(axes[2], moves, verdicts, color=BY_GRID)
    axes[2].set(title="A longer horizon", xlabel="Its change (octaves)")
    axes[2].axvline(0, color=draw.GREY, linewidth=1)
    _note(figure, table, f"bands are 95 % t intervals; {ARMS}")
    return figure


def losses(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: the best learning rate by the loss that is minimised, and how far it lies above
    that of the mean loss."""
    figure, axes = draw.figure(2, width=5.4, height=4.0)
    best = {text: judged(name)(table) for name, text in LOSSES.items()}
    forest(axes[0], best, verdicts, color=BY_GRID)
    axes[0].set(title="Best rate by the loss that is minimised", xlabel="Learning rate")
    later = {LOSSES[name]: f"M4-{name}" for name in ("last", "train")}
    forest(axes[1], later, verdicts, color=BY_GRID)
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="How much larger than of the mean loss", xlabel="Learning rate")
    _note(figure, table, ARMS)
    return figure


def further(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: the tuned schedule with its last rate, and what it and joint tuning gain."""
    figure, axes = draw.figure(2, width=5.8, height=4.4)
    _schedule(axes[0], table, verdicts)
    _gains(axes[1], table, verdicts)
    _note(figure, table, f"bands are quartiles; {ARMS}")
    return figure


def _note(figure: "Figure", table: Table, intervals: str) -> None:
    draw.note(figure, table, NOTE, arms=COLUMNS, intervals=intervals)


def _path(ax: "Axes", table: Table, column: str) -> None:
    rows = table.where(arm="published")
    starts = sorted(set(rows.column("start")), reverse=True)
    for start, (color, line) in zip(starts, STARTS, strict=False):
        # Medians: where a single loop diverges a mean shows nothing else.
        curves = rows.where(start=start).column(column)
        if column == "rates":  # these stand after each update, losses before it
            curves = [[start, *rates] for rates in curves]
        middle, low, high = np.quantile(curves, QUARTILES, axis=0)
        steps = np.arange(len(middle))
        ax.plot(steps, middle, label=f"from {start:g}", color=color, linestyle=line)
        ax.fill_between(steps, low, high, color=color, alpha=0.25, linewidth=0)
    if column == "rates":
        label = f"published end, {OPTIMUM:g}"
        ax.axhline(OPTIMUM, color=BLACK, linestyle=":", linewidth=1.2, label=label)
    ax.set_xlabel("Outer step")
    draw.legend(ax, loc="upper right", fontsize=10)


def _excess(ax: "Axes", table: Table) -> None:
    rows = table.where(arm=GRID)
    found = sorted(set(rows.column("horizon")))
    for horizon, line in zip(found, LINES, strict=False):
        own = rows.where(horizon=horizon)
        excess = np.array(own.column("mean"))
        excess -= excess.min(axis=1, keepdims=True)
        style = {"label": f"{horizon} steps", "color": BY_GRID, "linestyle": line}
        draw.band(ax, own.rows[0]["rate"], excess.tolist(), **style)
    if found:
        ax.set_ylim(-0.01, 0.3)
        ax.set_xscale("log")
        ax.set_xticks([0.03, 0.1, 0.3, 1, 3], ["0.03", "0.1", "0.3", "1", "3"])
        ax.minorticks_off()
    ax.set(title="Loss above that of the best rate", xlabel="Learning rate")
    ax.set_ylabel("Mean training loss (nats)")
    draw.legend(ax, loc="lower left")


def _published(ax: "Axes") -> None:
    ax.axvline(OPTIMUM, color=BLACK, linestyle=":", linewidth=1.2)
    ax.set_xlabel(f"Learning rate (dotted: published {OPTIMUM:g})")


def _schedule(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    schedules = table.values("best_rates", arm="schedule", horizon=_horizon(table, "schedule"))
    shares = [np.array(rates) / np.mean(rates) for rates in schedules.values()]
    if shares:
        middle, low, high = np.quantile(shares, QUARTILES, axis=0)
        ends = np.linspace(0, 100, len(middle) + 1)
        ax.stairs(middle, ends, color=SCHEDULE, baseline=None, linewidth=2)
        ax.stairs(high, ends, baseline=low, fill=True, color=SCHEDULE, alpha=0.25, linewidth=0)
        bar(ax, (ends[-2] + ends[-1]) / 2, verdicts["S-falls"], color=SCHEDULE)
        ax.set_ylim(bottom=0)
    ax.axhline(1, color=BLACK, linestyle=":", linewidth=1.2)
    where = ax.get_yaxis_transform()
    ax.text(0.99, 1.02, "constant", ha="right", fontsize=10, transform=where)
    ax.set(title="Tuned schedule (last rate: S-falls)", xlabel="Part of the training (%)")
    ax.set_ylabel("Learning rate / mean of the schedule")


def _gains(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    rows: Rows = {}
    for arm, name in (("schedule", "schedule"), ("joint", "jointly")):
        rows[f"{name}: tuned run"] = saved("own_mean", arm, _horizon(table, arm))(table)
        rows[f"{name}: fresh runs"] = f"{arm[0].upper()}-fresh"
        rows[f"{name}: fresh, test"] = f"{arm[0].upper()}-test"
    forest(ax, rows, verdicts, color=[SCHEDULE] * 3 + [JOINT] * 3)
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.set(title="Gain over one tuned rate", xlabel="Loss saved (nats): mean in training, or test")


def _horizon(table: Table, arm: str) -> int:
    return max(table.where(arm=arm).column("horizon"), default=HORIZON)
