"""The figures: maps with what neighbours know, accuracy over examples, and data sets beside each
other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.embedding.grid import PLAIN, TITLES
from labs.embedding.measures import arm, level
from labs.embedding.published import LOGISTIC, PUBLISHED
from labs.kit import draw, maps
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, bar, forest
from labs.kit.measures import aligned
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, *_, BLACK = draw.COLORS
CLASSIFIERS = {  # column: label, colour, marker, line
    "knn_accuracy": ("10 nearest neighbours", BLUE, "o", "-"),
    "logistic_accuracy": ("logistic regression", RED, "s", "--"),
}
PURITIES = {
    "purity": ("in signal space", GREEN, "D", "-"),
    "map_purity": ("in the t-SNE map", PINK, "^", "-"),
}
CHANCE = 10  # percent, of ten classes about as large
BELOW: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.18)}  # of a panel
ACCURACY = {PLAIN: "E2", "digits": "E4-digits", "mnist": "E4-mnist"}  # claims of the vote


def neighbours(table: Table, verdicts: VerdictsById) -> "Figure":
    """The maps side by side, and below them what neighbours in signal space know."""
    shown = _data(table)
    figure, axes = draw.figure(len(shown), 2, width=10 / len(shown), height=3.2)
    for ax, data in zip(axes, shown, strict=False):
        _draw_map(ax, arm(table, data), f"{TITLES[data]}{_named(data)}")
    grid = axes[0].get_subplotspec().get_gridspec()  # type: ignore[union-attr]
    grid.set_height_ratios([3, 1])
    for ax in axes[len(shown) :]:
        ax.remove()
    _draw_claims(figure.add_subplot(grid[1, :]), table, verdicts)
    draw.note(figure, table, f"Maps: the first replicate. {NOTE}")
    return figure


def sizes(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy over training examples, and differences of accuracies."""
    figure, axes = draw.figure(2, width=5.2, height=4.0)
    _draw_sizes(axes[0], table, verdicts)
    axes[1].set_xlim(0, 60)
    rows = {"neighbours -\nlogistic\nregression": "E3", "digits -\nsignals": "E5"}
    forest(axes[1], rows, verdicts)
    axes[1].set(title="Differences", xlabel="Points of test accuracy")
    draw.note(figure, table, NOTE)
    return figure


def datasets(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy, purity and silhouettes of the data sets."""
    shown = _data(table)
    figure, axes = draw.figure(3, width=3.8, height=4.0)
    arms = {TITLES[data]: arm(table, data) for data in shown}
    arms["MNIST-1D, as\nmany as digits"] = arm(table, PLAIN, "small")
    _draw_levels(axes[0], arms, CLASSIFIERS, verdicts, [ACCURACY[data] for data in shown])
    axes[0].plot(LOGISTIC, 0.15, "|", color=BLACK, markersize=13, zorder=4)  # published
    _draw_levels(axes[1], arms, PURITIES, verdicts, ["E1-purity"])
    axes[0].set(title="Read (E2, E4)", xlabel="Test accuracy (%)")
    axes[1].set(title="Of one class (E1-purity)", xlabel="Of 10 neighbours (%)")
    axes[1].set_yticklabels([])
    axes[2].set_xlim(-0.2, 1)
    digits = level("map_silhouette", "digits")(table)
    clusters = {f"{TITLES[data]}\n": digits if data == "digits" else f"E6-{data}" for data in shown}
    forest(axes[2], clusters, verdicts, color=PINK)
    axes[2].set(title="Classes in the map", xlabel="Silhouette (-1 to 1)")
    draw.note(figure, table, NOTE, intervals=ARMS)
    return figure


def _named(data: str) -> str:
    return "" if data == "digits" else f" (E6-{data})"  # no claim is about a map of digits


def _data(table: Table) -> list[str]:
    return [PLAIN, "digits", *(["mnist"] if table.where(data="mnist") else [])]


def _draw_map(ax: "Axes", rows: Table, title: str) -> None:
    if not rows:
        ax.set_axis_off()
        ax.set_title(f"{title}: no map yet")
        return
    row = next(iter(rows))
    maps.by_class(ax, np.asarray(row["map"]), np.asarray(row["labels"]))
    ax.set_title(f"{title}\nsilhouette {row['map_silhouette']:.2f}")


def _draw_claims(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    ax.set_xlim(0, 100)
    rows = {"right votes\n": "E2", "same class\n": "E1-purity"}
    forest(ax, rows, verdicts, color=(BLUE, GREEN))
    ax.axvline(CHANCE, color=BLACK, linestyle=":")
    ax.text(CHANCE, -0.7, "chance", ha="center", fontsize=9)
    ax.set_title("The 10 nearest neighbours of a signal")
    ax.set_xlabel("Test signals whose digit they vote for, and neighbours of the same class (%)")


def _draw_sizes(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    rows = table.where(data=PLAIN)
    counts = sorted({row["train"] for row in rows})
    for name, (label, color, marker, line) in CLASSIFIERS.items():
        curves = aligned([rows.where(train=n).values(name) for n in counts])
        style = {"color": color, "marker": marker, "linestyle": line}
        draw.band(ax, counts, curves, label=label, markersize=4, **style)
    ax.plot(PUBLISHED[0], LOGISTIC, "_", color=BLACK, markersize=13, label="published", zorder=4)
    if found := arm(table, PLAIN).column("train"):
        bar(ax, found[0], verdicts["E2"], color=BLUE)
    ax.set(title="MNIST-1D (E2 at 4,000 examples)", xlabel="Training examples")
    ax.set(ylabel="Test accuracy (%)", xscale="log", ylim=(0, 100))
    ax.set_xticks(counts, [f"{n:,}" for n in counts])
    ax.minorticks_off()
    ax.axhline(CHANCE, color=BLACK, linestyle=":", label="chance")
    draw.legend(ax, ncols=2, **BELOW)


def _draw_levels(
    ax: "Axes",
    arms: dict[str, Table],
    columns: dict[str, tuple[str, str, str, str]],
    verdicts: VerdictsById,
    claims: Sequence[str],
) -> None:
    # The first column is what claims are about: of the first arms, in their order.
    for place, (name, (label, color, marker, _)) in enumerate(columns.items()):
        offset = 0.3 * (place - 0.5)
        groups = {title: rows.column(name) for title, rows in arms.items()}
        if not place:
            groups |= {title: [] for title in [*arms][: len(claims)]}
            for at, claim in enumerate(claims):
                bar(ax, at + offset, verdicts[claim], color=color, upright=False)
        draw.dots(ax, groups, color=color, marker=marker, label=label, offset=offset)
    ax.axvline(CHANCE, color=BLACK, linestyle=":", label="chance")
    ax.set_xlim(0, 100)
    ax.grid(axis="y", visible=False)
    draw.legend(ax, **BELOW)
