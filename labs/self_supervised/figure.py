"""Accuracy by layer, what neighbours know, what was changed, and training time."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw, maps
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, bar, forest
from labs.kit.table import Table
from labs.self_supervised.grid import ARMS, LAST_CONVOLUTION, last_layer
from labs.self_supervised.measures import accuracy
from labs.self_supervised.published import LINEAR, NEIGHBOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
STYLES: dict[str, dict[str, Any]] = {
    "default": {"color": BLUE, "linestyle": "-", "marker": "o"},
    "none": {"color": RED, "linestyle": "--", "marker": "s"},
    "deep": {"color": GREEN, "linestyle": "-.", "marker": "D"},
    "supervised": {"color": ORANGE, "linestyle": ":", "marker": "^"},
}
COLORS = {arm: style["color"] for arm, style in STYLES.items()} | {
    "full": SKY,
    "no_offset": PINK,
    "both": BLACK,
}
SUPERVISED = (92.3, 94.2)  # percent, the range of the published CNN's stored outputs
CHANCE = 10  # percent, of ten classes as large
PEAKS = {  # a row: its claim
    "default: last conv. - embedding\n": "S2",
    "default: best conv. - others\n": "S3-default",
    "default: second layer - others\n": "S3-second",
    "none: best conv. - others\n": "S3-none",
    "none: peak - embedding\n": "S5",
    "deep: best conv. - others\n": "S3-deep",
}
CHANGES = {  # arm: claim on its change to the default
    "none": "S4-none",
    "deep": "S4-deep",
    "full": "S8-loss",
    "no_offset": "S8-offset",
    "both": "S6",
}


def layers(table: Table, verdicts: VerdictsById) -> "Figure":
    """The linear probe by layer, and the claims on where it peaks."""
    figure, axes = draw.figure(2, width=5.8, height=4.6)
    _by_layer(axes[0], table, "linear")
    bar(axes[0], LAST_CONVOLUTION, verdicts["S1"], color=BLUE)
    bar(axes[0], last_layer("supervised"), verdicts["S7"], color=ORANGE)
    ends = [last_layer("supervised")] * len(SUPERVISED)
    axes[0].plot(ends, SUPERVISED, "_", color=BLACK, markersize=13, zorder=4)
    axes[0].set_title("Linear probe (S1 at layer 3, S7 at 4)")
    colors = [BLUE, BLUE, BLUE, RED, RED, GREEN]
    forest(axes[1], PEAKS, verdicts, color=colors)
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="Where accuracy peaks", xlabel="Lead (points of test accuracy)")
    draw.key(figure, axes[0])
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def neighbours(table: Table, verdicts: VerdictsById) -> "Figure":
    """The vote of neighbours by layer, and the map of the embedding."""
    figure, axes = draw.figure(2, width=5.4, height=4.6)
    _by_layer(axes[0], table, "neighbours")
    axes[0].set_title("10 nearest neighbours")
    _map(axes[1], table)
    draw.key(figure, axes[0])
    draw.note(figure, table, arms=("arm",))
    return figure


def changes(table: Table, verdicts: VerdictsById) -> "Figure":
    """The linear probe before and after the projector, and what changes to the default do."""
    figure, axes = draw.figure(2, width=5.6, height=4.6)
    _ends(axes[0], table)
    rows = {f"{ARMS[arm].name}\n": claim for arm, claim in CHANGES.items()}
    forest(axes[1], rows, verdicts, color=[COLORS[arm] for arm in CHANGES])
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="One change to the default", xlabel="Difference (points of test accuracy)")
    draw.key(figure, axes[0])
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def training(table: Table, verdicts: VerdictsById) -> "Figure":
    """The linear probe of the last convolution over training."""
    figure, (ax,) = draw.figure(width=7.5, height=4.2)
    for arm, style in STYLES.items():
        curves = table.values("linear_by_epoch", arm=arm)
        epochs: list[int] = next(iter(table.values("epoch", arm=arm).values()), [])
        draw.band(ax, epochs, curves, label=ARMS[arm].name, markersize=4, **style)
    ax.set(
        title="Linear probe of the last convolution",
        xlabel="Epochs of training",
        ylabel="Test accuracy (%)",
    )
    draw.key(figure, ax, ncols=4)
    draw.note(figure, table, arms=("arm",))
    return figure


def _by_layer(ax: "Axes", table: Table, probe: str) -> None:
    for arm, style in STYLES.items():
        curves = table.values(probe, arm=arm)
        places = range(last_layer(arm) + 1)
        draw.band(ax, places, curves, label=ARMS[arm].name, markersize=4, **style)
        if arm in LINEAR and curves:
            stored = LINEAR[arm] if probe == "linear" else (NEIGHBOURS[arm],)
            ends = places[-len(stored) :]
            ax.plot(ends, stored, "x", color=style["color"], markersize=7, markeredgewidth=2)
    if len(table):
        ax.plot([], [], "x", color=draw.GREY, label="published")
        ax.axhline(CHANCE, color=BLACK, linestyle=":", linewidth=1, label="chance")
    ax.axvspan(0.5, LAST_CONVOLUTION + 0.5, color="#F0F0F0", linewidth=0, zorder=0)
    inside = ax.get_xaxis_transform()
    for place, name in ((2, "convolutions"), (5.6, "projector")):
        ax.text(place, 0.03, name, transform=inside, ha="center", fontsize=9)
    ax.set(xlabel="Layer (0: the signal)", ylabel="Test accuracy (%)", ylim=(0, 100))
    ax.set_xticks(range(max(map(last_layer, STYLES)) + 1))


def _map(ax: "Axes", table: Table) -> None:
    rows = [row for row in table if row["mapped"]]
    if rows:
        maps.by_class(ax, np.asarray(rows[0]["map"]), np.asarray(rows[0]["digit"]))
    else:
        ax.set_axis_off()
        draw.legend(ax)
    ax.set_title("Embedding, replicate 0: t-SNE")


def _ends(ax: "Axes", table: Table) -> None:
    arms = [arm for arm in ARMS if ARMS[arm].loss != "labels"]
    ends = (
        ("last convolution", "o", -0.15, lambda arm: LAST_CONVOLUTION),
        ("embedding", "D", 0.15, last_layer),
    )
    for label, marker, offset, layer in ends:
        groups = {ARMS[arm].name: accuracy(arm, layer(arm))(table) for arm in arms}
        colors = [COLORS[arm] for arm in arms]
        draw.dots(ax, groups, color=colors, marker=marker, offset=offset, label=label)
        for place, arm in enumerate(arms):
            if arm in LINEAR:
                stored = LINEAR[arm][layer(arm)]
                ax.plot(stored, place + offset, "|", color=BLACK, markersize=11, zorder=4)
    if len(table):
        ax.plot([], [], "|", color=BLACK, markersize=11, label="published")
    ax.grid(axis="y", visible=False)
    ax.set(title="Before and after the projector", xlabel="Linear probe: test accuracy (%)")
