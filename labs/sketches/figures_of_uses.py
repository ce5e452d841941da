"""A year of days, what sketches resemble, and sketches of a CNN's firings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import NOTE, forest
from labs.kit.layout import mosaic
from labs.kit.measures import aligned
from labs.kit.table import Table
from labs.sketches.config import METHODS, UNCUT
from labs.sketches.figure import (
    BANDS,
    RIVALS,
    THEORY,
    ahead,
    as_share,
    curve,
    logarithmic,
    sizes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS


def year(table: Table, verdicts: VerdictsById) -> "Figure":
    """The error of five questions on a year by the numbers that are kept, of sketches and of what
    one would keep instead."""
    figure, axes = draw.figure(3, 2, width=4.3, height=3.9)
    rows = table.where(question="year")
    for ax, (name, title, ylabel) in zip(axes, QUESTIONS, strict=False):
        _of_year(ax, rows, name, title, ylabel)
    axes[5].set_axis_off()
    if rows:
        handles, labels = axes[0].get_legend_handles_labels()
        axes[5].legend(handles, labels, loc="center", fontsize=10, handlelength=3, title="Kept")
    note = "Errors of 0 are not drawn; told: of what will be asked."
    draw.note(figure, rows, note, intervals=BANDS)
    return figure


QUESTIONS = (
    ("frequency", "How often each digit? (Y1)", "Error of a share (rms)"),
    ("mornings", "Mornings or evenings? (Y2)", "Error of a share (rms)"),
    ("shape", "What does a digit look like? (Y3)", "Error of a mean waveform (rms)"),
    ("alike", "Which days are alike? (Y4)", "1 \N{MINUS SIGN} rank correlation with truth"),
    ("third", "A day's third object? (Y5)", "Error of a waveform (rms)"),
)
STYLES: dict[str, dict[str, Any]] = {
    "sketch": {"color": BLUE, "marker": "o", "label": "sketch"},
    "solved": {"color": SKY, "marker": "D", "linestyle": "--", "label": "sketch, solved"},
    "scenes": {"color": RED, "marker": "s", "label": "sample of raw scenes"},
    "objects": {"color": ORANGE, "marker": "v", "label": "sample of outputs"},
    "labels": {"color": PINK, "marker": "P", "label": "sample of labels (told)"},
    "counters": {"color": GREEN, "marker": "^", "label": "count sketch (told)"},
    "average": {
        "color": BLACK,
        "linestyle": "-.",
        "label": "average of outputs (told;\n130 numbers)",
    },
    "null": {"color": draw.GREY, "linestyle": ":", "label": "nothing"},
}
LEAST = 1e-4  # an error that is drawn


def _of_year(ax: "Axes", table: Table, name: str, title: str, ylabel: str) -> None:
    for method in (method for method in METHODS if method in STYLES):
        rows = Table(row for row in table.where(arm=method) if row[name] > LEAST)
        style = {"markersize": 4, **STYLES[method]}
        if not curve(ax, _complete(rows), "d", name, **style) and table:
            ax.plot([], [], **style)  # its errors are 0: named all the same
    logarithmic(ax, sorted({row["d"] for row in table})[::2])
    ax.set(title=title, xlabel="Numbers kept" + " of a day" * (name in DAILY), ylabel=ylabel)
    if not table:
        draw.legend(ax)


DAILY = ("alike", "third")


def _complete(table: Table) -> Table:
    """The rows of sizes that all replicates have."""
    count = len(table.replicates)
    sizes = [row["d"] for row in table]
    return Table(row for row in table if sizes.count(row["d"]) == count)


def samples(table: Table, verdicts: VerdictsById) -> "Figure":
    """By how much samples of as many numbers have larger errors than sketches, question by
    question."""
    figure, axes = mosaic("AB;AB;CD", width=12.0, height=8.6)
    ahead(axes[0], verdicts)
    ahead(axes[1], verdicts, "-solved")
    axes[0].set_title("Read as the source reads it")
    axes[1].set_title("Solved for all that it may hold")
    rows = {
        f"{reader or 'read'}, against {rival}": "-".join(filter(None, ("Y4", reader, key)))
        for reader in ("", "solved")
        for key, (rival, _) in RIVALS.items()
    }
    forest(axes[2], rows, verdicts, color=[RED, ORANGE] * 2)
    axes[2].set(
        title="Which days are alike?",
        xlabel="1 \N{MINUS SIGN} rank correlation: sample less sketch",
    )
    forest(axes[3], {"How often each digit": "Y1-told"}, verdicts, color=GREEN)
    axes[3].set(title="Against counters, told the question")
    axes[3].set(xlabel="Error of sketch less error of counters (rms)")
    for ax in axes:
        ax.tick_params(axis="y", labelsize=9)
    for ax in axes[2:]:
        ax.axvline(0, color=draw.GREY, linewidth=1)
    draw.note(figure, table.where(question="year"), NOTE, intervals="dots are replicates")
    return figure


def resemblance(table: Table, verdicts: VerdictsById) -> "Figure":
    """Sketches of scenes in a plane, coloured by content; how retrieval follows shared content; and
    clusters of new concepts."""
    figure, axes = draw.figure(3, 2, width=4.6, height=3.9)
    _plane(axes[0], table)
    _retrieval(axes[1], table)
    _products(axes[2], table)
    _concepts(axes[3], table)
    rows = {
        "read: 4,096\nless 64": "U-concepts",
        "read less\nthe sketches": "U-clusters",
        "the sketches\nless chance": "K18-concepts",
    }
    forest(axes[4], rows, verdicts, color=[BLUE, BLUE, RED])
    axes[4].set(title="Differences of purity", xlabel="Difference of purities (shares)")
    forest(axes[5], {"": "K18-spearman"}, verdicts)
    axes[5].set(title="Follow products shared digits?", xlabel="Rank correlation, d = 512")
    for ax in axes[4:]:
        ax.tick_params(axis="y", labelsize=9)
    draw.note(figure, table.where(question="retrieval"), NOTE, intervals=BANDS)
    return figure


def _concepts(ax: "Axes", table: Table) -> None:
    x: list[float] = []
    for arm, label, color, marker in (
        ("raw", "the waveforms", BLACK, "D"),
        ("recovered", "read of sketches", BLUE, "o"),
        ("sketches", "the sketches", RED, "s"),
        ("chance", "chance: labels\npermuted", draw.GREY, "v"),
    ):
        rows = table.where(question="concepts", arm=arm)
        style: Any = {"label": label, "color": color, "marker": marker, "markersize": 4}
        x = curve(ax, rows, "d", "purity", **style) or x
    logarithmic(ax, x[::2], share=True)
    as_share(ax)
    ax.set(title="Clusters of new concepts")
    ax.set(xlabel="Numbers d of the sketch", ylabel="Purity of ten clusters (share)")
    named(ax)


def cnn(table: Table, verdicts: VerdictsById) -> "Figure":
    """What sketches of a trained CNN's firings hold of the class, beside random projections."""
    figure, axes = draw.figure(3, 2, width=4.5, height=3.9)
    _of_cnn(axes[0], table, "class_auc", "Are two inputs of one class?", "AUC of cosines")
    _of_cnn(axes[1], table, "accuracy", "A linear probe of the class", "Test accuracy (%)")
    _channels(axes[2], table)
    rows = {f"less {RANDOM[arm]}": f"U-cnn-auc-{arm}" for arm in RANDOM}
    colors = [ENCODED[arm][1] for arm in RANDOM]
    forest(axes[3], {**rows, "64: less\nuntrained": "U-untrained"}, verdicts,
           color=[*colors, BLUE])  # fmt: skip
    axes[3].set(title="Pairs told: sketch, 256 numbers", xlabel="Difference of AUCs")
    rows = {f"less {RANDOM[arm]}": f"U-cnn-probe-{arm}" for arm in ("raw", "top")}
    forest(axes[4], {**rows, "untrained:\nless both": "U-untrained-probe"}, verdicts,
           color=[*colors[:2], BLUE])  # fmt: skip
    axes[4].set(title="Probe: sketch, 64 numbers", xlabel="Difference of accuracies (points)")
    for ax in axes[3:5]:
        ax.tick_params(axis="y", labelsize=9)
        ax.axvline(0, color=draw.GREY, linewidth=1)
    _key(axes[5], *axes[1].get_legend_handles_labels())
    draw.note(figure, table.where(question="cnn"), NOTE, intervals=BANDS)
    return figure


def _key(ax: "Axes", handles: Sequence[Any], labels: Sequence[str]) -> None:
    ax.set_axis_off()
    if handles:
        title = "What is kept (dashed: untrained)"
        ax.legend(handles, labels, loc="center", fontsize=10, title=title, handlelength=3)


RANDOM = {"raw": "both\nlayers", "top": "last\nlayer", "bag": "objects\nunplaced"}
ENCODED = {
    "sketch": ("sketch", BLUE, "o"),
    "raw": ("both layers' responses,\nprojected at random", RED, "s"),
    "top": ("last layer's responses,\nprojected at random", ORANGE, "v"),
    "bag": ("objects without places,\nprojected at random", GREEN, "^"),
}


def _of_cnn(ax: "Axes", table: Table, name: str, title: str, ylabel: str) -> None:
    for question, line in (("cnn", "-"), ("untrained cnn", "--")):
        rows = Table(row for row in table.where(question=question) if row["d"] != UNCUT)
        for arm, (label, color, marker) in ENCODED.items():
            style: Any = {"color": color, "linestyle": line, "marker": marker, "markersize": 4}
            own = rows.where(arm=arm)
            curve(ax, own, "d", name, label=label if line == "-" else None, **style)
    if name == "accuracy":
        own = Table(row for row in table.where(question="cnn") if "own_accuracy" in row)
        values = list(own.where(arm="top").values("own_accuracy").values()) if own else []
        if values:
            ax.axhline(float(np.mean(values)), label="the network's accuracy", **THEORY)
    logarithmic(ax, sizes(table.where(question="cnn")), share=True)
    low, high, step = (0.5, 1.0, 0.1) if name == "class_auc" else (0, 100, 20)
    ax.set(ylim=(low, high))
    ax.set_yticks(np.arange(low, high + step / 2, step))
    ax.set(title=title, xlabel="Numbers that are kept", ylabel=ylabel)
    if not table.where(question="cnn"):
        draw.legend(ax)


def _channels(ax: "Axes", table: Table) -> None:
    for question, line, label in (("cnn", "-", "trained"), ("untrained cnn", "--", "untrained")):
        rows = table.where(question=question, arm="sketch")
        style: Any = {"color": BLUE, "linestyle": line, "marker": "o", "markersize": 4}
        curve(ax, rows, "d", "channels", label=label, **style)
    logarithmic(ax, sizes(table.where(question="cnn")), share=True)
    as_share(ax)
    ax.set(title="Which channels fired", xlabel="Numbers of the sketch")
    ax.set(ylabel="Correlation of weights, read and true")
    named(ax)


def _plane(ax: "Axes", table: Table) -> None:
    ax.set_title("300 sketches in a plane")
    rows = list(table.where(question="plane"))
    if not rows:
        draw.legend(ax)
        return
    points, labels = np.asarray(rows[0]["points"]), np.asarray(rows[0]["labels"])
    common = np.bincount(labels.ravel(), minlength=10).argmax()
    held = (labels == common).sum(1)
    for count, (color, marker) in enumerate(
        zip((draw.GREY, SKY, BLUE, BLACK), ".os^", strict=True)
    ):
        own = points[held == count]
        if len(own):
            style: Any = {"s": 16, "color": color, "marker": marker, "linewidths": 0}
            ax.scatter(own[:, 0], own[:, 1], label=f"{count} times", **style)
    first, second = rows[0]["shares"]
    ax.set(title=f"300 sketches, by “{common}” in the scene")
    ax.set(xlabel=f"First component ({first:.0%})", ylabel=f"Second component ({second:.0%})")
    draw.legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5), handletextpad=0.1)


def _retrieval(ax: "Axes", table: Table) -> None:
    rows = table.where(question="retrieval")
    for name, label, color, line in (
        ("top", "ten best by\ntheir sketches", BLUE, "-"),
        ("oracle_top", "ten that\nshare most", BLACK, "--"),
        ("random_top", "ten at random", draw.GREY, ":"),
    ):
        style: dict[str, Any] = {"label": label, "color": color, "linestyle": line, "marker": "."}
        x = curve(ax, rows, "d", name, **style)
    logarithmic(ax, x[::2], share=True)
    ax.set(ylim=(0, 2.5), title="Retrieval from 400 scenes (K18-top)")
    ax.set_yticks(np.arange(0, 3, 0.5))
    ax.set(xlabel="Numbers d of the sketch", ylabel="Digits of three shared with the query")
    named(ax)


def _products(ax: "Axes", table: Table) -> None:
    rows = table.where(question="retrieval")
    d = max(rows.column("d"), default=0)
    shared: Sequence[int] = range(4)
    curves = aligned([rows.where(d=d).values(f"overlap_{n}") for n in shared]) if rows else {}
    whole = {r: curve for r, curve in curves.items() if np.isfinite(curve).all()}
    draw.band(ax, shared, whole, label="measured", color=BLUE, marker="o")
    ax.set(title=f"Products, d = {d:,}", xticks=list(shared))
    ax.set(xlabel="Digits that two scenes share", ylabel="Mean inner product of two sketches")
    if not rows:
        draw.legend(ax)
