"""The lottery's figures: the search and the ticket on new data, and what is local in masks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.intervals import interval
from labs.kit.measures import aligned
from labs.kit.table import Table
from labs.lottery.masks import LENGTHS
from labs.lottery.measures import found, neighbours, transferred

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, *_, BLACK = draw.COLORS
COLORS = {"dense": BLACK, "lottery": BLUE, "random": RED, "nested": ORANGE}
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
    ("original", "fresh"): "New data, fresh initial weights",
}
BARS = {  # label -> arm, order of the data, which runs, colour
    "random": ("random", "original", "runs", RED),
    "lottery": ("lottery", "original", "runs", BLUE),
    "lottery of shuffled data": ("lottery", "shuffled", "runs", GREEN),
    "the same, put back in order": ("lottery", "shuffled", "runs_put_back", PINK),
}


def tickets(table: Table, verdicts: VerdictsById) -> "Figure":
    """Loss and accuracy over sparsity, and accuracy over training on new data: panels a to f of the
    published figure."""
    figure, axes = draw.figure(3, 2, width=4.6, height=3.8)
    _sweep(axes[0], table, "test_loss")
    axes[0].set(title="Test loss of the search", ylabel="Cross-entropy (nats)", yscale="log")
    axes[0].set_yticks([1, 2, 3, 5, 8], ["1", "2", "3", "5", "8"])
    axes[0].minorticks_off()
    _sweep(axes[1], table, "test_accuracy")
    axes[1].set(title="Test accuracy of the search", ylabel="Accuracy (%)", ylim=(5, 80))
    for ax, ((order, *starts), title) in zip(axes[2:], TITLES.items(), strict=True):
        ax.sharey(axes[2])
        _curves(ax, table, order, starts, title)
    for ax, columns in ((axes[0], 1), (axes[2], 1), (axes[3], 2)):
        draw.legend(ax, fontsize=9, ncols=columns)
    draw.note(figure, table)
    return figure


def locality(table: Table, verdicts: VerdictsById) -> "Figure":
    """What neighbours are worth: how many a unit keeps, a training in which they stay and their
    places change, and masks of the first two replicates."""
    figure, axes = draw.figure(3, 2, width=4.6, height=3.8)
    _neighbours(axes[0], table)
    _curves(axes[3], table, "chunks", ["rewound"], "New data, chunks reordered")
    for ax in (axes[0], axes[3]):
        draw.legend(ax, fontsize=9)
    for column, arm in ((1, "random"), (2, "lottery")):
        for replicate in (0, 1):
            _mask(axes[3 * replicate + column], table, arm, replicate)
    draw.note(figure, table)
    return figure


def _sweep(ax: "Axes", table: Table, column: str) -> None:
    dense = found(table, "dense").column(column)
    if dense:
        mean, low, high = interval(dense)
        ax.axhline(mean, color=COLORS["dense"], label=NAMES["dense"])
        if len(dense) > 1:
            ax.axhspan(low, high, color=COLORS["dense"], alpha=0.15, linewidth=0)
    for arm in ("lottery", "random", "nested"):
        _levels(ax, table, column, arm, "original", NAMES[arm], COLORS[arm])
    _levels(ax, table, column, "lottery", "shuffled", "lottery of shuffled data", GREEN)
    # The share that is left on a logarithmic axis, named by the share that is masked.
    ticks = (0.5, 0.8, 0.92, 0.96, 0.98, 0.99)
    ax.set_xscale("log")
    ax.set_xticks([1 - s for s in ticks], [f"{100 * s:.0f}" for s in ticks])
    ax.minorticks_off()
    ax.set_xlim(1, 0.009)
    ax.set_xlabel("Masked weights (%)")


def _levels(
    ax: "Axes", table: Table, column: str, arm: str, order: str, label: str, color: str
) -> None:
    rows = table.where(data="own", order=order, arm=arm)
    # Nothing is left at 100 %, which has no place on this axis.
    levels = sorted({level for level in rows.column("sparsity") if level < 1})
    curves = aligned([rows.values(column, sparsity=level) for level in levels])
    left = [1 - level for level in levels]
    draw.band(ax, left, curves, label=label, color=color, marker=".")


def _curves(ax: "Axes", table: Table, order: str, starts: Sequence[str], title: str) -> None:
    for start, line in zip(starts, ("-", "--"), strict=False):
        for arm in ("dense", "random", "lottery"):
            rows = transferred(table, order, start, arm)
            if len(rows):
                label = arm if line == "-" else f"{arm}, {start}"
                steps, curves = rows.column("step")[0], rows.column("curve")
                draw.band(ax, steps, curves, label=label, color=COLORS[arm], linestyle=line)
    ax.set(title=title, xlabel="Step", ylabel="Test accuracy (%)")


def _neighbours(ax: "Axes", table: Table) -> None:
    width = 0.8 / len(BARS)
    for i, (label, (arm, order, runs, color)) in enumerate(BARS.items()):
        for n, length in enumerate(LENGTHS):
            place = n + (i - (len(BARS) - 1) / 2) * width
            values = [*neighbours(length, order, arm, runs)(table).values()]
            if values:
                mean, low, high = interval(values)
                bars = [[mean - low], [high - mean]] if len(values) > 1 else None
                name = label if n == 0 else None
                ax.bar(place, mean, width, yerr=bars, color=color, capsize=2, label=name)
            # The stricter chance knows the masks as they lie, not those put back in order.
            stricter = neighbours(length, order, arm, runs, "stricter_chance")(table)
            if stricter and runs == "runs":
                name = "over the stricter chance" if n == i == 0 else ""
                ends = place - width / 2, place + width / 2
                ax.hlines(
                    np.mean([*stricter.values()]), *ends, color="black", linewidth=2, label=name
                )
    ax.axhline(1, color="black", linewidth=1.2, linestyle="--")
    ax.set(title="Neighbours that a unit keeps", ylabel="Runs / runs by chance")
    ax.set_ylim(bottom=0)
    ax.set_xticks(range(len(LENGTHS)), [f"{n} in a row" for n in LENGTHS])


def _mask(ax: "Axes", table: Table, arm: str, replicate: int) -> None:
    mask = found(table, arm).values("mask").get(replicate)
    if mask is not None:
        pairs = (mask[1:] & mask[:-1]).sum(axis=0)
        order = np.argsort(-(pairs + 0.001 * mask.sum(axis=0)), kind="stable")  # as in the paper
        ax.imshow(mask[:, order], aspect="auto", cmap="binary", interpolation="nearest")
    else:
        draw.legend(ax)  # that there is none
    ax.grid(False)
    ax.set(
        title=f"First layer, {arm} mask {replicate + 1}",
        xlabel="Unit, sorted by neighbours",
        ylabel="Input position",
    )
