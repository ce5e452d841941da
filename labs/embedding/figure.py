"""The figure: two maps (three with MNIST), accuracy over examples, and purity by data set."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.embedding.grid import PLAIN, TITLES
from labs.embedding.measures import arm
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import aligned
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MEASURES = {  # column: title, color
    "knn_accuracy": ("10 nearest neighbours, %", draw.COLORS[0]),
    "logistic_accuracy": ("logistic regression, %", draw.COLORS[1]),
    "purity": ("purity in signal space, %", draw.COLORS[2]),
    "map_purity": ("purity in the map, %", draw.COLORS[3]),
}


def neighbours(table: Table, verdicts: VerdictsById) -> "Figure":
    """The maps side by side, then accuracy over training examples, and purity by data set."""
    shown = [PLAIN, "digits", *(["mnist"] if table.where(data="mnist") else [])]
    figure, axes = draw.figure(len(shown), 2, width=6.4, height=5.2)
    for ax, data in zip(axes, shown, strict=False):
        _draw_map(ax, arm(table, data), TITLES[data])
    _draw_sizes(axes[len(shown)], table)
    _draw_measures(axes[len(shown) + 1], table, shown)
    for ax in axes[len(shown) + 2 :]:
        ax.set_axis_off()
    draw.note(figure, table, "Maps: the first replicate; labels at the medians of the classes.")
    return figure


def _draw_map(ax: "Axes", rows: Table, title: str) -> None:
    ax.set_axis_off()
    ax.set_title(f"{title}: no map yet")
    if not rows:
        return
    row = next(iter(rows))
    points, labels = np.asarray(row["map"]), np.asarray(row["labels"])
    x, y = points.T
    # Ten colours that even the colour-blind tell apart do not exist: the numbers say the class.
    ax.scatter(x, y, c=labels, cmap="tab10", s=5, linewidths=0, rasterized=True)
    for digit in np.unique(labels):
        x, y = np.median(points[labels == digit], axis=0)
        box = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "alpha": 0.85}
        ax.text(x, y, str(digit), ha="center", va="center", weight="bold", bbox=box)
    ax.set_title(f"{title}: {len(labels):,} examples, silhouette {row['map_silhouette']:.2f}")
    ax.set_aspect("equal", adjustable="datalim")


def _draw_sizes(ax: "Axes", table: Table) -> None:
    rows = table.where(data=PLAIN)
    sizes = sorted({row["train"] for row in rows})
    for name in ("knn_accuracy", "logistic_accuracy"):
        label, color = MEASURES[name]
        curves = aligned([rows.where(train=n).values(name) for n in sizes])
        draw.band(ax, sizes, curves, label=label, color=color, marker="o")
    ax.set(title="MNIST-1D, more examples", xlabel="Training examples", ylabel="Test accuracy (%)")
    ax.set(xscale="log", ylim=(0, 100))
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.minorticks_off()
    draw.legend(ax, loc="lower right")


def _draw_measures(ax: "Axes", table: Table, shown: Sequence[str]) -> None:
    arms = {TITLES[data]: arm(table, data) for data in shown}
    arms["MNIST-1D, as\nmany as digits"] = arm(table, PLAIN, "small")
    for place, (name, (label, color)) in enumerate(MEASURES.items()):
        groups = {title: rows.column(name) for title, rows in arms.items()}
        offset = 0.18 * (place - 1.5)
        draw.dots(ax, groups, color=color, marker="osD^"[place], label=label, offset=offset)
    chance = arm(table, PLAIN).column("purity_of_chance")
    if chance:
        ax.axvline(float(np.mean(chance)), color=draw.COLORS[-1], linestyle=":", label="chance")
    ax.set(title="By data set", xlabel="Percent", xlim=(0, 100))
    draw.legend(ax, loc="lower right")
