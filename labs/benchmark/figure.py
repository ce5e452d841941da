"""What each model reaches, by how much, over training; the changed MLPs; the CNN and the human."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labs.benchmark.grid import CHANGES, NAMES, NETS, PLAIN, SKLEARN
from labs.benchmark.measures import arm, final
from labs.benchmark.published import HUMAN, HUMAN_INTERVAL, QUIZ, TABLE_1
from labs.data.mnist1d import CLASSES, EXAMPLES
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, bar, forest
from labs.kit.intervals import interval, wilson
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
COLORS = {
    "sklearn": draw.GREY,
    "logistic": ORANGE,
    "knn": draw.GREY,
    "mlp": RED,
    "transformer": PINK,
    "local": SKY,
    "gru": GREEN,
    "cnn": BLUE,
}
MARKERS = {"logistic": "s", "mlp": "D", "transformer": "v", "local": "P", "gru": "o", "cnn": "^"}
PRIORS = {  # what a model knows of the order of the 40 positions
    "sklearn": "no prior",
    "logistic": "no prior",
    "knn": "no prior",
    "mlp": "no prior",
    "transformer": "patches",
    "local": "neighbours",
    "gru": "a sequence",
    "cnn": "neighbours, alike everywhere",
}
ORDERS = {False: "Positions in order", True: "Positions shuffled"}
COLUMNS = ("model", "shuffled", "change", "examples")
BANDS = "bands are 95 % t intervals each"
JUDGED = "bars are those of the verdicts"


def priors(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: final test accuracy of every model on positions in order, and shuffled."""
    figure, axes = draw.figure(2, width=5.4, height=5.6)
    for ax, (shuffled, title) in zip(axes, ORDERS.items(), strict=True):
        claims = {model: f"C2-{model}{'-s' * shuffled}" for model in NETS}
        rows = {model: claims.get(model, final(model, shuffled)(table)) for model in NAMES}
        forest(ax, rows, verdicts, color=[COLORS[model] for model in NAMES])
        for place, model in enumerate(NAMES):
            _beside(ax, place, claims.get(model, ""))
        ax.axvline(100 / CLASSES, color=draw.GREY, linestyle=":")
        _along(ax, 100 / CLASSES + 1, f"chance {100 / CLASSES:g} %", 0.5, ha="left")
        _human(ax, vertical=True)
        ax.set(title=title, xlabel="Test accuracy (%)", xlim=(0, 100))
    axes[0].set_yticklabels([_label(model, table) for model in NAMES])
    axes[1].tick_params(axis="y", labelleft=False)
    _along(axes[0], HUMAN_INTERVAL[0] - 1, f"human {HUMAN:g} %", 0.97, ha="right", va="top")
    _note(figure, table, NOTE, ARMS)
    return figure


def margins(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels of claims: by how much one model is better, what shuffling costs, and how much
    of an accuracy is chosen on test data."""
    short = {"logistic": "logistic regression"} | {model: NAMES[model] for model in NETS[1:]}
    pairs = (("mlp", "logistic"), ("gru", "mlp"), ("cnn", "mlp"), ("cnn", "gru"))
    better = {f"{short[a]} over {short[b]}": (f"C1-{a}-{b}", a) for a, b in pairs}
    costs = {short[model]: (f"C3-{model}", model) for model in NETS}
    costs["MLP over CNN, both shuffled"] = "C3-best", "mlp"
    chosen = {short[model]: (f"C4-{model}", model) for model in NETS}
    figure, axes = draw.figure(1, 3, width=8.4, height=2.7)
    panels = (
        (better, "How much better is one model?", "Difference of test accuracies (points)"),
        (costs, "What does shuffling the positions cost?", "Loss of test accuracy (points)"),
        (chosen, "What does choosing the best test evaluation add?", "Gain over the last (points)"),
    )
    for ax, (rows, title, label) in zip(axes, panels, strict=True):
        claims = {name: claim for name, (claim, _) in rows.items()}
        forest(ax, claims, verdicts, color=[COLORS[model] for _, model in rows.values()])
        ax.axvline(0, color=draw.GREY, linewidth=1)
        ax.set(title=title, xlabel=label)
    _note(figure, table, NOTE, JUDGED)
    return figure


def curves(table: Table, verdicts: VerdictsById) -> "Figure":
    """Four panels: accuracy over training, by part of the data and order of the positions."""
    figure, axes = draw.figure(2, 2, width=5.4, height=3.8)
    parts = (("train", "training data"), ("test", "test data"))
    panels = ((part, shuffled) for part in parts for shuffled in ORDERS)
    for ax, ((part, words), shuffled) in zip(axes, panels, strict=True):
        _curves(ax, table, part, shuffled)
        ax.set(title=f"{ORDERS[shuffled]}, {words}", ylabel="Accuracy (%)", ylim=(0, 102))
        ax.set_xlabel("Training steps")
        if part == "test":
            _published(ax, table, shuffled)
            _human(ax, label="human, 95 % interval")
    draw.key(figure, axes[2], ncols=4, loc="outside upper center")
    draw.note(
        figure, table.where(varied="", data=PLAIN), "Short black bar: published.", arms=COLUMNS
    )
    return figure


def changes(table: Table, verdicts: VerdictsById) -> "Figure":
    """One panel of claims: the MLP as it is, and with one change at a time."""
    figure, (ax,) = draw.figure(width=8.4, height=4.4)
    rows = {"unchanged": "C2-mlp", "early stopping": "C5-stopping"}
    rows |= {text: f"C5-{setting}" for setting, text in CHANGES.items()}
    forest(ax, rows, verdicts, color=COLORS["mlp"])
    ax.set(title="Which change takes the MLP to the published accuracy?")
    ax.set_xlabel("Test accuracy (%)")
    _note(figure, table, NOTE, JUDGED)
    return figure


def human(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: the CNN by training examples against the human, and the errors of both by
    digit."""
    figure, axes = draw.figure(2, width=5.6, height=4.4)
    _sizes(axes[0], table, verdicts)
    _digits(axes[1], table)
    draw.note(
        figure,
        table.where(varied="", data=PLAIN),
        NOTE,
        arms=COLUMNS,
        intervals="other bars are 95 % (human: Wilson)",
    )
    return figure


def _note(figure: "Figure", table: Table, extra: str, intervals: str = BANDS) -> None:
    shown = table.where(varied="", data=PLAIN)
    draw.note(figure, shown, extra, arms=COLUMNS, intervals=intervals)


def _label(model: str, table: Table) -> str:
    parameters = set(table.where(**arm(model)).column("parameters")) - {0}
    count = f" ({parameters.pop():,})" if parameters else ""
    return f"{NAMES[model]}{count}\n{PRIORS[model]}"


def _beside(ax: "Axes", place: float, claim: str) -> None:
    where, how = ax.get_yaxis_transform(), {"va": "center", "color": "#555555"}
    ax.text(1.01, place, claim, transform=where, fontsize=8, **how)  # type: ignore[arg-type]


def _along(ax: "Axes", x: float, text: str, height: float, **how: str) -> None:
    where = ax.get_xaxis_transform()
    style = {"va": "center", "rotation": 90, "fontsize": 9, "color": "#555555"} | how
    ax.text(x, height, text, transform=where, **style)  # type: ignore[arg-type]


def _human(ax: "Axes", *, vertical: bool = False, label: str | None = None) -> None:
    line, span = (ax.axvline, ax.axvspan) if vertical else (ax.axhline, ax.axhspan)
    line(HUMAN, color=BLACK, linewidth=1.2, label=label)
    span(*HUMAN_INTERVAL, color=BLACK, alpha=0.1, linewidth=0)


def _curves(ax: "Axes", table: Table, part: str, shuffled: bool) -> None:
    for model in (model for model in NAMES if model not in SKLEARN):
        rows = table.where(**arm(model, shuffled))
        if len(rows):
            steps, found = rows.rows[0]["step"], rows.column(f"{part}_accuracy")
            style = {"marker": MARKERS[model], "markevery": 4, "markersize": 5}
            draw.band(ax, steps, found, label=NAMES[model], color=COLORS[model], **style)


def _published(ax: "Axes", table: Table, shuffled: bool) -> None:
    end = max((row["steps"] for row in table), default=0)
    for (_, where), (accuracy, _) in TABLE_1.items() if end else ():
        if where == shuffled:
            ax.plot(1.04 * end, accuracy, "_", color=BLACK, ms=12, mew=2)


def _sizes(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    sizes = sorted(
        {row["examples"] for row in table if (row["model"], row["data"]) == ("cnn", PLAIN)}
    )
    claims = {EXAMPLES: ("C2-cnn",), 32000: ("C6-human", "C6-clear")}
    for place, examples in enumerate(sizes):
        shown = claims.get(examples, ())
        for k, claim in enumerate(shown):
            at = place + 0.3 * (k - (len(shown) - 1) / 2)
            bar(ax, at, verdicts[claim], color=COLORS["cnn"])
        if not shown:
            _upright(ax, place, [*final("cnn", examples=examples)(table).values()])
    _human(ax)
    names = [f"{n:,}\n{', '.join(claims.get(n, ()))}" for n in sizes]
    ax.set_xticks(range(len(sizes)), names)
    ax.set_xlim(-0.6, max(len(sizes), 1) - 0.4)
    ax.text(-0.55, HUMAN + 0.1, "human", fontsize=9)
    ax.grid(axis="x", visible=False)
    ax.set(title="CNN against the human", xlabel="Training examples", ylabel="Test accuracy (%)")


def _upright(ax: "Axes", place: float, scores: list[float]) -> None:
    mean, low, high = interval(scores)
    bars = [[mean - low], [high - mean]] if len(scores) > 1 else None
    ax.errorbar([place], [mean], bars, fmt="o", color=COLORS["cnn"], capsize=3)
    ax.plot([place] * len(scores), scores, ".", color=COLORS["cnn"], alpha=0.35)


def _digits(ax: "Axes", table: Table) -> None:
    errors = table.where(**arm("cnn")).column("class_errors")
    cnn = [*zip(*interval(errors), strict=True)] if errors else []
    human = [wilson(*each) for each in QUIZ]
    for found, color, marker, offset in ((human, BLACK, "s", -0.15), (cnn, BLUE, "o", 0.15)):
        if found:
            mean, low, high = np.array(found).T
            bars = np.abs([mean - low, high - mean])  # none of a single replicate
            places = np.arange(CLASSES) + offset
            how: Any = {"capsize": 3, "markersize": 5, "clip_on": False}
            ax.errorbar(places, mean, bars, fmt=marker, color=color, **how)
    ax.set(
        title="Errors by digit: human (squares), CNN (circles)",
        xlabel="Digit",
        ylabel="Misclassified (%)",
    )
    ax.set_ylim(bottom=0)
    ax.set_xticks(range(CLASSES))
    ax.grid(axis="x", visible=False)
