"""The benchmark's figure: learning curves, final accuracies, and what moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labs.benchmark.arms import (
    HUMAN,
    HUMAN_CORRECT,
    HUMAN_TOTAL,
    NAMES,
    SETTINGS,
    SKLEARN,
    arm,
    best_change,
)
from labs.kit import draw
from labs.kit.claims import interval, proportion_interval
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = {
    "logistic": "#E69F00",
    "mlp": "#D55E00",
    "transformer": "#CC79A7",
    "local": "#56B4E9",
    "gru": "#009E73",
    "cnn": "#0072B2",
    "knn": "#777777",
    "sklearn": "#777777",
}
PUBLISHED = {"logistic": (32, 32), "mlp": (68, 68), "cnn": (94, 56), "gru": (91, 57)}


def plot(table: Table) -> Figure:
    """Learning curves, final accuracies, changed MLPs, errors by digit, larger training sets."""
    figure, axes = draw.figure(3, 2, width=5.4, height=4.6)
    for ax, part in zip(axes, ("train", "test"), strict=False):
        _curves(ax, table, part)
    axes[1].legend(fontsize=9, loc="lower right", ncols=2)
    _finals(axes[2], table)
    _changes(axes[3], table)
    _digits(axes[4], table)
    _sizes(axes[5], table)
    draw.note(
        figure,
        table,
        "Dashed lines and diamonds: positions shuffled.",
        arms=("model", "shuffled", "change", "examples"),
    )
    return figure


def _human(ax: Axes, *, vertical: bool = False, label: str | None = None) -> None:
    answers = [1] * HUMAN_CORRECT + [0] * (HUMAN_TOTAL - HUMAN_CORRECT)
    mean, low, high = (100 * share for share in proportion_interval(answers))
    line, span = (ax.axvline, ax.axvspan) if vertical else (ax.axhline, ax.axhspan)
    line(mean, color="black", linewidth=1.2, label=label)
    span(low, high, color="black", alpha=0.1, linewidth=0)


def _curves(ax: Axes, table: Table, part: str) -> None:
    for model in COLORS:
        for shuffled in (False, True):
            rows = arm(table, model, shuffled)
            if len(rows) and model not in SKLEARN:
                draw.band(
                    ax,
                    rows.rows[0]["step"],
                    rows.column(f"{part}_accuracy"),
                    label="" if shuffled else NAMES[model],
                    color=COLORS[model],
                    linestyle="--" if shuffled else "-",
                )
    if part == "test":
        _human(ax, label="human")
    title = "Training data" if part == "train" else "Test data (dashed: shuffled)"
    ax.set(title=title, xlabel="Training steps", ylabel="Accuracy (%)", ylim=(0, 102))


def _finals(ax: Axes, table: Table) -> None:
    colors = [COLORS[model] for model in NAMES]
    for shuffled, marker, offset in ((False, "o", -0.15), (True, "D", 0.15)):
        groups = {_label(m, table): arm(table, m, shuffled).column("final") for m in NAMES}
        draw.dots(ax, groups, color=colors, marker=marker, offset=offset)
    for place, model in enumerate(NAMES):
        for value, offset in zip(PUBLISHED.get(model, ()), (-0.15, 0.15), strict=False):
            ax.plot(value, place + offset, "|", color="black", markersize=13, zorder=4)
    _human(ax, vertical=True)
    ax.set(title="Final test accuracy (bar: published)", xlabel="Accuracy (%)")


def _label(model: str, table: Table) -> str:
    parameters = set(arm(table, model).column("parameters")) - {0}
    return f"{NAMES[model]} ({parameters.pop():,})" if parameters else NAMES[model]


def _changes(ax: Axes, table: Table) -> None:
    groups = {"unchanged": arm(table, "mlp").column("final")}
    groups["early stopping"] = arm(table, "mlp").column("best_on_val")
    for setting, text in SETTINGS.items():
        groups[text] = list(best_change(table, setting).values())
    draw.dots(ax, groups, color=COLORS["mlp"])
    ax.axvline(68, color="black", linewidth=1.2)
    ax.set(title="MLP, one change at a time (line: published 68 %)", xlabel="Test accuracy (%)")


def _digits(ax: Axes, table: Table) -> None:
    ax.bar(
        [digit - 0.2 for digit in range(10)],
        [100 * wrong / n for wrong, n in HUMAN],
        width=0.4,
        color="#555555",
        label=f"human ({HUMAN_TOTAL} answers)",
    )
    errors = arm(table, "cnn").column("class_errors")
    if errors:
        mean, low, high = interval(errors)
        bars = [mean - low, high - mean] if len(errors) > 1 else None
        places = [digit + 0.2 for digit in range(10)]
        ax.bar(places, mean, 0.4, yerr=bars, color=COLORS["cnn"], capsize=2, label="CNN")
    ax.set(title="Errors by digit", xlabel="Digit", ylabel="Misclassified (%)")
    ax.set_ylim(bottom=0)
    ax.set_xticks(range(10))
    ax.legend(fontsize=9)


def _sizes(ax: Axes, table: Table) -> None:
    rows = table.where(model="cnn", shuffled=False)
    sizes = sorted({row["examples"] for row in rows})
    for examples in sizes:
        scores = arm(table, "cnn", examples=examples).column("final")
        mean, low, high = interval(scores)
        bars = [[mean - low], [high - mean]] if len(scores) > 1 else None
        ax.errorbar([examples], [mean], bars, fmt="o", color=COLORS["cnn"], capsize=3)
        ax.plot([examples] * len(scores), scores, ".", color=COLORS["cnn"], alpha=0.35)
    _human(ax, label="human, 95 % interval")
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.minorticks_off()
    ax.set(title="CNN against the human", xlabel="Training examples", ylabel="Test accuracy (%)")
    ax.legend(fontsize=9, loc="lower right")
