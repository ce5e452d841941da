"""Learning curves, final accuracies, and what moves them."""

from typing import TYPE_CHECKING

from labs.benchmark.grid import CHANGES, NAMES, SKLEARN
from labs.benchmark.measures import arm, changed, early, final
from labs.benchmark.published import ANSWERS, HUMAN, HUMAN_INTERVAL, MLP, QUIZ, TABLE_1
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.intervals import interval
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
COLORS = {
    "logistic": ORANGE,
    "mlp": RED,
    "transformer": PINK,
    "local": SKY,
    "gru": GREEN,
    "cnn": BLUE,
    "knn": draw.GREY,
    "sklearn": draw.GREY,
}
MARKS = ((False, "o", -0.15), (True, "D", 0.15))  # are the positions shuffled?


def models(table: Table, verdicts: VerdictsById) -> "Figure":
    """Learning curves, final accuracies, changed MLPs, errors by digit, larger training sets."""
    figure, axes = draw.figure(3, 2, width=5.4, height=4.6)
    _curves(axes[0], table, "train", "Training data")
    _curves(axes[1], table, "test", "Test data (dashed: shuffled)")
    _human(axes[1], label="human")
    draw.legend(axes[1], loc="lower right", ncols=2)
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


def _human(ax: "Axes", *, vertical: bool = False, label: str | None = None) -> None:
    line, span = (ax.axvline, ax.axvspan) if vertical else (ax.axhline, ax.axhspan)
    line(HUMAN, color=BLACK, linewidth=1.2, label=label)
    span(*HUMAN_INTERVAL, color=BLACK, alpha=0.1, linewidth=0)


def _curves(ax: "Axes", table: Table, part: str, title: str) -> None:
    for model in (model for model in COLORS if model not in SKLEARN):
        for shuffled in (False, True):
            rows = table.where(**arm(model, shuffled))
            if len(rows):
                draw.band(
                    ax,
                    rows.rows[0]["step"],
                    rows.column(f"{part}_accuracy"),
                    label="" if shuffled else NAMES[model],
                    color=COLORS[model],
                    linestyle="--" if shuffled else "-",
                )
    ax.set(title=title, xlabel="Training steps", ylabel="Accuracy (%)", ylim=(0, 102))


def _finals(ax: "Axes", table: Table) -> None:
    colors = [COLORS[model] for model in NAMES]
    for shuffled, marker, offset in MARKS:
        groups = {_label(m, table): final(m, shuffled)(table) for m in NAMES}
        draw.dots(ax, groups, color=colors, marker=marker, offset=offset)
        for (model, where), (published, _) in TABLE_1.items():
            if where == shuffled:
                place = list(NAMES).index(model) + offset
                ax.plot(published, place, "|", color=BLACK, markersize=13, zorder=4)
    _human(ax, vertical=True)
    ax.set(title="Final test accuracy (bar: published)", xlabel="Accuracy (%)")


def _label(model: str, table: Table) -> str:
    parameters = set(table.where(**arm(model)).column("parameters")) - {0}
    return f"{NAMES[model]} ({parameters.pop():,})" if parameters else NAMES[model]


def _changes(ax: "Axes", table: Table) -> None:
    measures = {"unchanged": final("mlp"), "early stopping": early("mlp")}
    measures |= {text: changed(setting) for setting, text in CHANGES.items()}
    groups = {text: measure(table) for text, measure in measures.items()}
    draw.dots(ax, groups, color=COLORS["mlp"])
    ax.axvline(MLP, color=BLACK, linewidth=1.2)
    ax.set(title=f"MLP, one change at a time (line: published {MLP} %)", xlabel="Test accuracy (%)")


def _digits(ax: "Axes", table: Table) -> None:
    ax.bar(
        [digit - 0.2 for digit in range(10)],
        [100 * wrong / questions for wrong, questions in QUIZ],
        width=0.4,
        color=draw.GREY,
        label=f"human ({ANSWERS} answers)",
    )
    errors = table.where(**arm("cnn")).column("class_errors")
    if errors:
        mean, low, high = interval(errors)
        bars = [mean - low, high - mean] if len(errors) > 1 else None
        places = [digit + 0.2 for digit in range(10)]
        ax.bar(places, mean, 0.4, yerr=bars, color=COLORS["cnn"], capsize=2, label="CNN")
    ax.set(title="Errors by digit", xlabel="Digit", ylabel="Misclassified (%)")
    ax.set_ylim(bottom=0)
    ax.set_xticks(range(10))
    draw.legend(ax)


def _sizes(ax: "Axes", table: Table) -> None:
    sizes = sorted({row["examples"] for row in table if row["model"] == "cnn"})
    for examples in sizes:
        scores = list(final("cnn", examples=examples)(table).values())
        mean, low, high = interval(scores)
        bars = [[mean - low], [high - mean]] if len(scores) > 1 else None
        ax.errorbar([examples], [mean], bars, fmt="o", color=COLORS["cnn"], capsize=3)
        ax.plot([examples] * len(scores), scores, ".", color=COLORS["cnn"], alpha=0.35)
    _human(ax, label="human, 95 % interval")
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.minorticks_off()
    ax.set(title="CNN against the human", xlabel="Training examples", ylabel="Test accuracy (%)")
    draw.legend(ax, loc="lower right")
