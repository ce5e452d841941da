"""The lottery's figure: the sweep, the ticket on new data, neighbours, and the masks themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import interval
from labs.kit.table import Table
from labs.lottery.arms import found, ratios, transferred
from labs.lottery.masks import LENGTHS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = {"dense": "#000000", "lottery": "#0072B2", "random": "#D55E00", "nested": "#E69F00"}
SHUFFLED = "#009E73"
NAMES = {
    "dense": "dense",
    "lottery": "lottery",
    "random": "random, new each round",
    "nested": "random, nested",
}
TITLES = {  # order, initial weights: those of dashed curves, if any, come second
    ("original", "rewound"): "New data",
    ("flipped", "rewound", "fresh"): "New data, flipped",
    ("shuffled", "rewound"): "New data, shuffled",
    ("chunks", "rewound"): "New data, chunks reordered",
    ("original", "fresh"): "New data, fresh initial weights",
}
BARS = {  # label -> arm, order of the data, which runs, colour
    "random": ("random", "original", "runs", COLORS["random"]),
    "lottery": ("lottery", "original", "runs", COLORS["lottery"]),
    "lottery of shuffled data": ("lottery", "shuffled", "runs", SHUFFLED),
    "the same, put back in order": ("lottery", "shuffled", "runs_put_back", "#CC79A7"),
}


def plot(table: Table) -> Figure:
    """Loss and accuracy over sparsity, accuracy over training on new data, neighbours, masks."""
    figure, axes = draw.figure(4, 3, width=4.2, height=3.5)
    _sweep(axes[0], table, "test_loss")
    axes[0].set(title="Test loss of the search", ylabel="Cross-entropy (nats)", yscale="log")
    axes[0].set_yticks([1, 2, 3, 5, 8], ["1", "2", "3", "5", "8"])
    axes[0].minorticks_off()
    _sweep(axes[1], table, "test_accuracy")
    axes[1].set(title="Test accuracy of the search", ylabel="Accuracy (%)", ylim=(5, 80))
    for ax, (order, *starts) in zip(axes[2:7], TITLES, strict=True):
        ax.sharey(axes[2])
        _curves(ax, table, order, starts)
    _neighbours(axes[7], table)
    for i in (0, 2, 3, 7):  # handles given, because there may be none
        columns, handles = 1 + (i == 3), axes[i].get_legend_handles_labels()
        axes[i].legend(*handles, fontsize=9, loc="best", ncols=columns)
    for ax, (arm, index) in zip(
        axes[8:], [(arm, index) for arm in ("random", "lottery") for index in (0, 1)], strict=True
    ):
        _mask(ax, table, arm, index)
    draw.note(figure, table)
    return figure


def _sweep(ax: Axes, table: Table, column: str) -> None:
    dense = found(table, "dense").column(column)
    if dense:
        mean, low, high = interval(dense)
        ax.axhline(mean, color=COLORS["dense"], label=NAMES["dense"])
        if len(dense) > 1:
            ax.axhspan(low, high, color=COLORS["dense"], alpha=0.15, linewidth=0)
    for arm in ("lottery", "random", "nested"):
        _levels(ax, table, column, arm, "original", NAMES[arm], COLORS[arm])
    _levels(ax, table, column, "lottery", "shuffled", "lottery of shuffled data", SHUFFLED)
    # The share that is left on a logarithmic axis, named by the share that is masked.
    ticks = (0.5, 0.8, 0.92, 0.96, 0.98, 0.99)
    ax.set_xscale("log")
    ax.set_xticks([1 - s for s in ticks], [f"{100 * s:.0f}" for s in ticks])
    ax.minorticks_off()
    ax.set_xlim(1, 0.009)
    ax.set_xlabel("Masked weights (%)")


def _levels(
    ax: Axes, table: Table, column: str, arm: str, order: str, label: str, color: str
) -> None:
    rows = table.where(data="own", order=order, arm=arm)
    # Nothing is left at 100 %, which has no place on this axis.
    levels = sorted({level for level in rows.column("sparsity") if level < 1})
    curves = [rows.values(column, sparsity=level) for level in levels]
    whole = set.intersection(*map(set, curves)) if curves else set()
    values = [[curve[r] for curve in curves] for r in sorted(whole)]
    left = [1 - level for level in levels]
    draw.band(ax, left, values, label=label, color=color, marker=".")


def _curves(ax: Axes, table: Table, order: str, starts: Sequence[str]) -> None:
    for start, line in zip(starts, ("-", "--"), strict=False):
        for arm in ("dense", "random", "lottery"):
            rows = transferred(table, order, start, arm)
            if len(rows):
                label = arm if line == "-" else f"{arm}, {start}"
                steps, curves = rows.column("step")[0], rows.column("curve")
                draw.band(ax, steps, curves, label=label, color=COLORS[arm], linestyle=line)
    ax.set(title=TITLES[order, *starts], xlabel="Step", ylabel="Test accuracy (%)")


def _neighbours(ax: Axes, table: Table) -> None:
    width = 0.8 / len(BARS)
    for i, (label, (arm, order, runs, color)) in enumerate(BARS.items()):
        rows = found(table, arm, order)
        for n, length in enumerate(LENGTHS):
            place = n + (i - (len(BARS) - 1) / 2) * width
            values = ratios(rows, length, runs)
            if values:
                mean, low, high = interval(values)
                bars = [[mean - low], [high - mean]] if len(values) > 1 else None
                name = label if n == 0 else None
                ax.bar(place, mean, width, yerr=bars, color=color, capsize=2, label=name)
            # The stricter chance knows the masks as they lie, not those put back in order.
            stricter = ratios(rows, length, runs, "stricter_chance") if runs == "runs" else []
            if stricter:
                name = "over the stricter chance" if n == i == 0 else ""
                ends = place - width / 2, place + width / 2
                ax.hlines(np.mean(stricter), *ends, color="black", linewidth=2, label=name)
    ax.axhline(1, color="black", linewidth=1.2, linestyle="--")
    ax.set(title="Neighbours that a unit keeps", ylabel="Runs / runs by chance")
    ax.set_ylim(bottom=0)
    ax.set_xticks(range(len(LENGTHS)), [f"{n} in a row" for n in LENGTHS])


def _mask(ax: Axes, table: Table, arm: str, index: int) -> None:
    masks = [row["mask"] for row in found(table, arm)]
    if index < len(masks):
        mask = masks[index]
        pairs = (mask[1:] & mask[:-1]).sum(axis=0)
        order = np.argsort(-(pairs + 0.001 * mask.sum(axis=0)), kind="stable")  # as in the paper
        ax.imshow(mask[:, order], aspect="auto", cmap="binary", interpolation="nearest")
    else:
        ax.text(0.5, 0.5, "no mask yet", ha="center", transform=ax.transAxes)
    ax.grid(False)
    ax.set(
        title=f"First layer, {NAMES[arm].split(',')[0]} mask {index + 1}",
        xlabel="Unit, sorted by neighbours",
        ylabel="Input position",
    )
