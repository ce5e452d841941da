"""What a ticket gains and where, the search that finds it, and its training on new data."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, bar, forest
from labs.kit.intervals import interval
from labs.kit.measures import Values, aligned
from labs.kit.table import Table
from labs.lottery.measures import found, gain, transferred
from labs.lottery.published import NEW_DATA

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, *_, BLACK = draw.COLORS
COLORS = {
    "dense": BLACK,
    "lottery": BLUE,
    "random": RED,
    "weights": ORANGE,
    "shuffled": GREEN,
    "rounds": PINK,
}
MARKERS = {
    "dense": "",
    "lottery": "o",
    "random": "s",
    "weights": "^",
    "shuffled": "D",
    "rounds": "",
}
NAMES = {
    "dense": "dense",
    "lottery": "ticket",
    "random": "random mask",
    "weights": "ticket, biases live",
    "rounds": "ticket of many rounds",
}
SIZES = {"_": 13, "d": 6}  # of marks of published values, in points
PUBLISHED = "Published: | 2024, diamond 2020."
RATIOS = "Published: | 2024 (of four in a row 2020), diamond 2020."
LINES = {"rewound": "-", "fresh": "--"}  # by initial weights
PANELS = {  # order, initial weights
    ("original", "rewound"): ("New data", "L4-level"),
    ("flipped", "rewound", "fresh"): ("Flipped", "L7-level"),
    ("shuffled", "rewound"): ("Shuffled", ""),
    ("chunks", "rewound"): ("In chunks", ""),
    ("original", "fresh"): ("Fresh initial weights", ""),
}


def tickets(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: what the ticket gains over the dense net on its own and on new data, and how
    much more often than by chance its units keep neighbours."""
    figure, axes = draw.figure(2, width=6.2, height=4.8)
    gains: dict[str, str | Values] = {
        "data it was found on": "L1",
        "new data": "L4",
        "new data, fresh weights": "L5",
        "flipped": "L7",
        "flipped, fresh weights": "L7-fresh",
        "chunks in another order": gain("chunks")(table),
        "shuffled": "L8",
    }
    _claims(axes[0], gains, verdicts)
    axes[0].set(title="What a ticket gains over the dense net", xlabel="Test accuracy (points)")
    kept = {f"{word} in a row": f"L11-p{n}" for n, word in enumerate(("two", "three", "four"), 2)}
    _claims(axes[1], kept, verdicts, zero=1)
    axes[1].set(title="Neighbours that its units keep", xlabel="Times as often as by chance")
    compress(axes[1])
    draw.note(figure, table, f"{NOTE} {RATIOS}", intervals=ARMS)
    return figure


def search(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: test loss and accuracy over the share that is masked, and claims about them."""
    figure, axes = draw.figure(3, width=5.0, height=4.2)
    _sweep(axes[0], table, "test_loss")
    axes[0].set(title="Test loss of the search", ylabel="Cross-entropy (nats)", yscale="log")
    axes[0].set_yticks([1, 2, 3, 5, 8], ["1", "2", "3", "5", "8"])
    axes[0].minorticks_off()
    _sweep(axes[1], table, "test_accuracy")
    axes[1].set(title="Test accuracy of the search", ylabel="Accuracy (%)", ylim=(5, 80))
    rows = {
        "ticket over dense, 92 %": "L1",
        "over random masks, 92 %": "L2",
        "over dense, biases live": "L1-weights",
        "over random, biases live": "L2-weights",
        "over random, least level": "L2-each",
        "over random, new data": "L2-new",
        "over dense, 95 to 97 %": "L3-96",
        "over dense, 98 %": "L3-98",
    }
    _claims(axes[2], rows, verdicts)
    axes[2].tick_params(axis="y", labelsize=9)
    axes[2].set(title="What a ticket gains", xlabel="Test accuracy (points)")
    draw.key(figure, axes[1], ncols=5, loc="outside upper center")
    draw.note(figure, table, f"{NOTE} {PUBLISHED}")
    return figure


def transfer(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels: accuracy over training on new data by order of its positions and by initial
    weights, and claims about their differences."""
    figure, axes = draw.figure(3, 2, width=5.0, height=4.0)
    for ax, ((order, *starts), (title, claim)) in zip(axes, PANELS.items(), strict=False):
        ax.sharey(axes[0])
        for start in starts:
            training(ax, table, order, start, ("dense", "random", "lottery"))
        _ends(ax, table, order, starts[0])
        if claim and table:
            bar(ax, 1.2 * _last(table), verdicts[claim], color=COLORS["lottery"])
        ax.set(title=f"{title} ({claim})" if claim else title)
        ax.set(xlabel="Training steps", ylabel="Test accuracy (%)")
        ax.set_xticks(np.linspace(0, _last(table), 6)[1:])  # levels stand behind the last
    rows = {
        "fresh weights\n": "L6",
        "shuffling\n": "L9",
        "chunks\n": "L10-original",
        "shuffling\nover chunks\n": "L10-shuffled",
    }
    _claims(axes[5], rows, verdicts)
    axes[5].set(title="What costs the ticket accuracy?", xlabel="Loss of accuracy (points)")
    draw.key(figure, axes[1], ncols=5, loc="outside upper center")
    draw.note(figure, table, f"{NOTE} {PUBLISHED} (a to e: dashes 2024.)")
    return figure


def compress(ax: "Axes") -> None:
    """Make an axis of ratios that reaches far, to one mask's of 2024, logarithmic from 1 on."""
    if ax.get_xlim()[1] > 10:
        ax.set_xscale("symlog", linthresh=1, linscale=0.4)
        ax.set_xticks([0, 1, 2, 5, 10], ["0", "1", "2", "5", "10"])
        ax.set_xlim(left=0)


def mark_earlier(ax: "Axes", rows: Mapping[str, object], verdicts: VerdictsById) -> None:
    """Mark what was published of the claims of a forest plot in 2020, beside the later value.

    Args:
        ax: where it is drawn.
        rows: its rows; those that are no claims are passed over.
        verdicts: by claim.
    """
    how: Any = {"color": BLACK, "markerfacecolor": "white", "markersize": SIZES["d"], "zorder": 4}
    for place, claim in enumerate(rows.values()):
        if isinstance(claim, str) and (value := verdicts[claim].earlier) is not None:
            ax.plot(value, place, "d", **how)


def _claims(
    ax: "Axes", rows: Mapping[str, str | Values], verdicts: VerdictsById, *, zero: float = 0
) -> None:
    mark_earlier(ax, rows, verdicts)  # before the ends of the axis are set
    forest(ax, rows, verdicts, color=COLORS["lottery"])
    ax.axvline(zero, color=BLACK, linewidth=1)


def _sweep(ax: "Axes", table: Table, column: str) -> None:
    dense_line(ax, table, column)
    for arm in ("lottery", "random", "weights"):
        levels(ax, table, column, arm)
    levels(ax, table, column, "lottery", "shuffled", "ticket of shuffled data")
    name_levels(ax)


def dense_line(ax: "Axes", table: Table, column: str) -> None:
    """A line across for the dense net's mean, with its interval."""
    dense = found(table, "dense").column(column)
    if dense:
        mean, low, high = interval(dense)
        ax.axhline(mean, color=COLORS["dense"], label="dense, nothing masked")
        if len(dense) > 1:
            ax.axhspan(low, high, color=COLORS["dense"], alpha=0.15, linewidth=0)


def name_levels(ax: "Axes", most: float = 0.99) -> None:
    """Name the levels of a search up to the highest."""
    # The share that is left on a logarithmic axis, named by the share that is masked.
    ticks = [s for s in (0.5, 0.8, 0.92, 0.96, 0.98, 0.99) if s <= most]
    ax.set_xscale("log")
    ax.set_xticks([1 - s for s in ticks], [f"{100 * s:.0f}" for s in ticks])
    ax.minorticks_off()
    ax.set_xlim(1, 0.9 * (1 - most))
    ax.set_xlabel("Masked weights (%)")


def levels(
    ax: "Axes", table: Table, column: str, arm: str, order: str = "original", label: str = ""
) -> None:
    """The mean of a column, with its interval, over the levels of a search."""
    rows = table.where(data="own", order=order, arm=arm, varied="all")
    # Nothing is left at 100 %, which has no place on this axis.
    masked = sorted({level for level in rows.column("sparsity") if level < 1})
    curves = aligned([rows.values(column, sparsity=level) for level in masked])
    style = arm if order == "original" else order
    look: Any = {"color": COLORS[style], "marker": MARKERS[style], "markersize": 5}
    draw.band(ax, [1 - level for level in masked], curves, label=label or NAMES[arm], **look)


def _last(table: Table) -> int:
    return max((row["step"][-1] for row in table.where(data="new")), default=1)


def training(ax: "Axes", table: Table, order: str, start: str, arms: Sequence[str]) -> None:
    """Test accuracy over the steps on new data, the mean of each arm with its interval."""
    for arm in arms:
        rows = transferred(table, order, start, arm)
        if len(rows):
            label = NAMES[arm] + ", fresh weights" * (start == "fresh")
            look: Any = {"color": COLORS[arm], "marker": MARKERS[arm], "markersize": 5}
            steps, curves = rows.column("step")[0], rows.column("curve")
            draw.band(ax, steps, curves, label=label, linestyle=LINES[start], markevery=3, **look)


def _ends(ax: "Axes", table: Table, order: str, start: str) -> None:
    for year, levels in NEW_DATA[order, start].items() if table else ():
        for arm, level in zip(("dense", "random", "lottery"), levels, strict=True):
            mark = {2020: "d", 2024: "_"}[year]
            place = {2020: 1.06, 2024: 1.12}[year] * _last(table)
            how = {"color": COLORS[arm], "markerfacecolor": "white", "markersize": SIZES[mark]}
            ax.plot(place, level, mark, **how)  # type: ignore[arg-type]
