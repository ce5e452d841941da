"""Accuracy by layer, the map of the embedding, time, and what was changed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Measure, Values
from labs.kit.table import Table
from labs.self_supervised.grid import ARMS, LAST_CONVOLUTION, last_layer
from labs.self_supervised.measures import accuracy
from labs.self_supervised.published import LINEAR, MARGIN, NEIGHBOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, _, ORANGE, _, _, BLACK = draw.COLORS
COLORS = {"default": BLUE, "none": RED, "deep": GREEN, "supervised": ORANGE}
LINES = {"default": "-", "none": "--", "deep": "-.", "supervised": ":"}
CHANGES = ("none", "deep", "full", "no_offset", "both")


def layers(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels: linear and neighbour accuracy by layer, the embedding's map; over training time,
    before and after the projector, and changes to the default."""
    figure, axes = draw.figure(3, 2, width=5.2, height=4.3)
    _by_layer(axes[0], table, "linear", "Linear probe (crosses: published)")
    _by_layer(axes[1], table, "neighbours", "10 nearest neighbours (crosses: published)")
    _map(axes[2], table)
    _over_time(axes[3], table)
    _ends(axes[4], table)
    _changes(axes[5], table)
    draw.note(figure, table, arms=("arm",))
    return figure


def _by_layer(ax: "Axes", table: Table, probe: str, title: str) -> None:
    for arm, color in COLORS.items():
        curves = table.values(probe, arm=arm)
        places = range(last_layer(arm) + 1)
        style = {"color": color, "linestyle": LINES[arm], "marker": "."}
        draw.band(ax, places, curves, label=ARMS[arm].name, **style)
        if arm in LINEAR and curves:
            stored = LINEAR[arm] if probe == "linear" else (NEIGHBOURS[arm],)
            ax.plot(places[-len(stored) :], stored, "x", color=color, markersize=5)
    ax.axvline(LAST_CONVOLUTION, color=draw.GREY, linestyle=":", linewidth=1)
    ax.text(
        LAST_CONVOLUTION - 0.08, 24, "last convolution", fontsize=8, color=draw.GREY, ha="right"
    )
    ax.set(title=title, xlabel="Layer (0: the signal)", ylabel="Test accuracy (%)", ylim=(22, 98))
    ax.set_xticks(range(max(map(last_layer, COLORS)) + 1))
    draw.legend(ax, fontsize=8, loc="lower right")


def _map(ax: "Axes", table: Table) -> None:
    ax.axis("off")
    ax.set_title("Default embedding, replicate 0: t-SNE")
    rows = [row for row in table if row["mapped"]]
    if not rows:
        draw.legend(ax)
        return
    place, digits = (np.asarray(rows[0][name]) for name in ("map", "digit"))
    x, y = place.T
    ax.scatter(x, y, c=digits, cmap="tab10", vmin=0, vmax=9, s=3, linewidths=0, rasterized=True)
    for digit in np.unique(digits):
        right, up = np.median(place[digits == digit], axis=0)
        ax.text(right, up, str(digit), fontsize=12, weight="bold", ha="center", va="center")
    ax.set_aspect("equal", "datalim")


def _over_time(ax: "Axes", table: Table) -> None:
    for arm, color in COLORS.items():
        curves = table.values("linear_by_epoch", arm=arm)
        epochs: list[int] = next(iter(table.values("epoch", arm=arm).values()), [])
        draw.band(ax, epochs, curves, label=ARMS[arm].name, color=color, linestyle=LINES[arm])
    ax.set(
        title="Linear probe of the last convolution",
        xlabel="Epochs of training",
        ylabel="Test accuracy (%)",
    )
    draw.legend(ax, fontsize=8, loc="lower right")


def _ends(ax: "Axes", table: Table) -> None:
    arms = [arm for arm in ARMS if ARMS[arm].loss != "labels"]
    before = {arm: accuracy(arm) for arm in arms}
    after = {arm: accuracy(arm, last_layer(arm)) for arm in arms}
    ends = (("last convolution", "o", -0.15, before), ("embedding", "D", 0.15, after))
    for label, marker, offset, measures in ends:
        draw.dots(
            ax, _groups(table, measures), color=BLUE, marker=marker, offset=offset, label=label
        )
    ax.set(title="Linear probe before and after the projector", xlabel="Test accuracy (%)")
    draw.legend(ax, fontsize=8)


def _changes(ax: "Axes", table: Table) -> None:
    gains = {arm: accuracy(arm) - accuracy("default") for arm in CHANGES}
    draw.dots(ax, _groups(table, gains))
    ax.axvspan(-MARGIN, MARGIN, color=BLACK, alpha=0.07, linewidth=0)
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.set(
        title=f"One change to the default (grey: ± {MARGIN} points)",
        xlabel="Last convolution: difference in accuracy (points)",
    )


def _groups(table: Table, measures: Mapping[str, Measure]) -> dict[str, Values]:
    return {ARMS[arm].name: measure(table) for arm, measure in measures.items()}
