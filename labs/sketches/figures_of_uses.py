"""Scenes of digits and networks found again, a year of days, and what sketches resemble."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import aligned
from labs.kit.table import Table
from labs.sketches.config import AVERAGED, METHODS, SLOTS, UNCUT
from labs.sketches.figure import THEORY, curve, logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS


def digits(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels: all counts, one slot, and a waveform of scenes of digits by d, seen by modules
    that know them and by a trained network; how often, from a mean of many sketches; columns of
    modules found from sketches alone."""
    figure, axes = draw.figure(3, 2, width=5.0, height=4.1)
    for ax, (name, title, ylabel) in zip(axes, SCENES, strict=False):
        _of_scenes(ax, table, name, title, ylabel)
    _averages(axes[4], table)
    _recovered(axes[5], table)
    note = "Solid: modules that know the digits; dashed: a trained network."
    draw.note(figure, table.where(question="scenes"), note)
    return figure


SCENES = (
    ("histogram", "How often each digit", "Scenes with all ten counts right"),
    ("slot", "Which digit stands in a slot", "Slots that are right"),
    ("waveform", "What a slot looks like", "Error of a waveform's point (rms)"),
    ("nearest", "Which digit it looks like", "Slots that are right"),
)


def _of_scenes(ax: "Axes", table: Table, name: str, title: str, ylabel: str) -> None:
    x: list[float] = []
    for k, color in zip(SLOTS, (BLUE, GREEN, RED), strict=True):
        for question, line in (("scenes", "-"), ("trained scenes", "--")):
            rows = table.where(question=question, objects=k)
            label = f"{k} digit{'s' if k > 1 else ''}" if line == "-" else None
            style = {"color": color, "linestyle": line, "marker": "."}
            x = curve(ax, rows, "size", name, label=label, **style) or x
    logarithmic(ax, x, share=name != "waveform")
    if name != "waveform":
        _as_share(ax)
    ax.set(title=title, xlabel="Numbers d", ylabel=ylabel)
    draw.legend(ax, fontsize=8)


def _averages(ax: "Axes", table: Table) -> None:
    for question, arm, color, label in (
        ("average", "of digits", BLUE, "waveforms of digits"),
        ("trained average", "of digits", SKY, "the same, by a trained network"),
        ("average", "of chance", ORANGE, "waveforms of chance"),
    ):
        rows = table.where(question=question, arm=arm)
        x = curve(ax, rows, "together", "error", label=label, color=color, marker="o")
        bars = aligned([rows.where(together=many).values("bar") for many in x])
        if bars:
            ax.plot(x, np.mean(list(bars.values()), axis=0), **THEORY)
    logarithmic(ax, AVERAGED)
    ax.set(title="The mean of many sketches, d = 2,048", xlabel="Scenes in one vector")
    ax.set(ylabel="Error of a digit's count per scene")
    draw.legend(ax, fontsize=8)


def _recovered(ax: "Axes", table: Table) -> None:
    rows = table.where(question="recovery")
    shares = sorted({row["share"] for row in rows})
    x: list[float] = []
    for arm, line in (("sketches", "-"), ("plain sums", "--")):
        for share, color in zip(shares, (BLUE, RED, GREEN), strict=False):
            own = rows.where(arm=arm, share=share)
            style: Any = {"color": color, "linestyle": line, "marker": "o"}
            label = f"{arm}, {100 * share:g}% of blocks"
            x = curve(ax, own, "sketches", "columns", label=label, **style) or x
            if arm == "sketches":
                dotted: Any = {"color": color, "linestyle": ":", "linewidth": 1}
                curve(ax, own, "sketches", "ceiling", label="_ceiling", **dotted)
    logarithmic(ax, x, share=True)
    _as_share(ax)
    ax.set(title="Columns found from sketches alone", xlabel="Sketches")
    ax.set(ylabel="Share of columns (dotted: ceiling)")
    draw.legend(ax, fontsize=8, handlelength=4)


def _as_share(ax: "Axes") -> None:
    ax.set(ylim=(0, 1.03))
    ax.set_yticks(np.linspace(0, 1, 6))


def year(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels: the error of five questions on a year by the numbers that are kept, of sketches
    and of what one would keep instead; and clusters of an unnamed module's objects."""
    figure, axes = draw.figure(3, 2, width=5.2, height=4.2)
    for ax, (name, title, ylabel) in zip(axes, QUESTIONS, strict=False):
        _of_year(ax, table.where(question="year"), name, title, ylabel)
    _concepts(axes[5], table)
    draw.note(figure, table.where(question="year"), "Errors of 0 are not drawn.")
    return figure


QUESTIONS = (
    ("frequency", "How often each digit in a year?", "Error of a share (rms)"),
    ("mornings", "Mornings or evenings?", "Error of a share (rms)"),
    ("shape", "What does a digit look like?", "Error of a mean waveform's point"),
    ("alike", "Which days are alike?", "1 - correlation with truth"),
    ("third", "A day's third object?", "Error of a waveform's point (rms)"),
)
STYLES: dict[str, dict[str, Any]] = {
    "sketch": {"color": BLUE, "marker": "o", "label": "sketch"},
    "solved": {"color": SKY, "marker": "o", "label": "sketch, solved"},
    "scenes": {"color": RED, "marker": "s", "label": "sample of raw scenes"},
    "objects": {"color": ORANGE, "marker": "s", "label": "sample of outputs"},
    "labels": {"color": PINK, "marker": "s", "label": "sample of labels (told)"},
    "counters": {"color": GREEN, "marker": "^", "label": "count sketch (told)"},
    "average": {"color": BLACK, "linestyle": "--", "label": "average of outputs (told; 130)"},
    "null": {"color": draw.GREY, "linestyle": ":", "label": "nothing kept"},
}
LEAST = 1e-4  # an error that is drawn


def _of_year(ax: "Axes", table: Table, name: str, title: str, ylabel: str) -> None:
    for method in (method for method in METHODS if method in STYLES):
        rows = Table(row for row in table.where(arm=method) if row[name] > LEAST)
        if not curve(ax, _complete(rows), "d", name, **STYLES[method]) and table:
            ax.plot([], [], **STYLES[method])  # its errors are 0: named all the same
    logarithmic(ax, sorted({row["d"] for row in table}))
    ax.set(title=title, xlabel="Numbers kept" + " of a day" * (name in DAILY), ylabel=ylabel)
    if name == "mornings":  # where there is room
        draw.legend(ax, fontsize=6.5, loc="lower left", handlelength=3)


DAILY = ("alike", "third")


def _complete(table: Table) -> Table:
    """The rows of sizes that all replicates have."""
    count = len(table.replicates)
    sizes = [row["d"] for row in table]
    return Table(row for row in table if sizes.count(row["d"]) == count)


def _concepts(ax: "Axes", table: Table) -> None:
    x: list[float] = []
    for arm, label, color in (
        ("raw", "the waveforms themselves", BLACK),
        ("recovered", "read from sketches", BLUE),
        ("sketches", "the sketches", RED),
        ("chance", "the sketches, labels permuted", draw.GREY),
    ):
        rows = table.where(question="concepts", arm=arm)
        x = curve(ax, rows, "d", "purity", label=label, color=color, marker="o") or x
    logarithmic(ax, x, share=True)
    _as_share(ax)
    ax.set(title="New concepts, two known objects beside")
    ax.set(xlabel="Numbers d", ylabel="Purity of ten clusters")
    draw.legend(ax, fontsize=8)


def resemblance(table: Table, verdicts: VerdictsById) -> "Figure":
    """Sketches of scenes in a plane, coloured by content; how retrieval follows shared content; and
    what sketches of a trained CNN's firings hold of the class."""
    figure, axes = draw.figure(3, 2, width=5.0, height=4.2)
    _plane(axes[0], table)
    _retrieval(axes[1], table)
    _products(axes[2], table)
    _of_cnn(axes[3], table, "class_auc", "A CNN's firings: pairs of one class", "AUC of cosines")
    _of_cnn(axes[4], table, "accuracy", "A CNN's firings: a linear probe", "Test accuracy (%)")
    _channels(axes[5], table)
    networks = len(table.where(question="cnn").replicates)
    draw.note(figure, table.where(question="retrieval"), f"Of the CNN {networks} networks.")
    return figure


ENCODED = {
    "sketch": ("sketch", BLUE),
    "raw": ("responses of both layers", RED),
    "top": ("responses of the last layer", ORANGE),
    "bag": ("objects without places", GREEN),
}


def _of_cnn(ax: "Axes", table: Table, name: str, title: str, ylabel: str) -> None:
    x: list[float] = []
    for question, line in (("cnn", "-"), ("untrained cnn", "--")):
        rows = Table(row for row in table.where(question=question) if row["d"] != UNCUT)
        for arm, (label, color) in ENCODED.items():
            style: Any = {"color": color, "linestyle": line, "marker": "."}
            own = rows.where(arm=arm)
            x = curve(ax, own, "d", name, label=label if line == "-" else None, **style) or x
    if name == "accuracy":
        own = Table(row for row in table.where(question="cnn") if "own_accuracy" in row)
        values = list(own.where(arm="top").values("own_accuracy").values()) if own else []
        if values:
            ax.axhline(float(np.mean(values)), label="the network", **THEORY)
    sizes = sorted({row["d"] for row in table.where(question="cnn")} - {UNCUT})
    logarithmic(ax, sizes, share=True)
    low, high, step = (0.5, 1.0, 0.1) if name == "class_auc" else (0, 100, 20)
    ax.set(ylim=(low, high))
    ax.set_yticks(np.arange(low, high + step / 2, step))
    ax.set(title=title, xlabel="Numbers d (dashed: untrained)", ylabel=ylabel)
    draw.legend(ax, fontsize=7)


def _channels(ax: "Axes", table: Table) -> None:
    for question, line, label in (("cnn", "-", "trained"), ("untrained cnn", "--", "untrained")):
        rows = table.where(question=question, arm="sketch")
        style: Any = {"color": BLUE, "linestyle": line, "marker": "o"}
        curve(ax, rows, "d", "channels", label=label, **style)
    sizes = sorted({row["d"] for row in table.where(question="cnn")} - {UNCUT})
    logarithmic(ax, sizes, share=True)
    _as_share(ax)
    ax.set(title="A CNN's firings: which channels fired", xlabel="Numbers d")
    ax.set(ylabel="Correlation of weights, read and true")
    draw.legend(ax, handlelength=4)


def _plane(ax: "Axes", table: Table) -> None:
    ax.set_title("300 sketches in a plane")
    rows = list(table.where(question="plane"))
    if not rows:
        draw.legend(ax)
        return
    points, labels = np.asarray(rows[0]["points"]), np.asarray(rows[0]["labels"])
    common = np.bincount(labels.ravel(), minlength=10).argmax()
    held = (labels == common).sum(1)
    for count, color in enumerate((draw.GREY, SKY, BLUE, BLACK)):
        own = points[held == count]
        if len(own):
            ax.scatter(
                own[:, 0], own[:, 1], s=14, color=color, label=f"{count} times", linewidths=0
            )
    first, second = rows[0]["shares"]
    ax.set(title=f"300 sketches, by how often “{common}” is in the scene")
    ax.set(xlabel=f"First component ({first:.0%})", ylabel=f"Second component ({second:.0%})")
    draw.legend(ax, fontsize=8)


def _retrieval(ax: "Axes", table: Table) -> None:
    rows = table.where(question="retrieval")
    for name, label, color, line in (
        ("top", "ten best by their sketches", BLUE, "-"),
        ("oracle_top", "ten that share most", BLACK, "--"),
        ("random_top", "ten at random", draw.GREY, ":"),
    ):
        style = {"label": label, "color": color, "linestyle": line, "marker": "."}
        x = curve(ax, rows, "d", name, **style)
    logarithmic(ax, x, share=True)
    ax.set(ylim=(0, 2.5), title="Retrieval: 400 scenes of three digits")
    ax.set_yticks(np.arange(0, 3, 0.5))
    ax.set(xlabel="Numbers d", ylabel="Digits shared with the query")
    draw.legend(ax, fontsize=8)


def _products(ax: "Axes", table: Table) -> None:
    rows = table.where(question="retrieval")
    d = max(rows.column("d"), default=0)
    shared: Sequence[int] = range(4)
    curves = aligned([rows.where(d=d).values(f"overlap_{n}") for n in shared]) if rows else {}
    whole = {r: curve for r, curve in curves.items() if np.isfinite(curve).all()}
    draw.band(ax, shared, whole, label="measured", color=BLUE, marker="o")
    ax.set(title=f"Products of sketches, d = {d:,}", xticks=list(shared))
    ax.set(xlabel="Digits that two scenes share", ylabel="Mean inner product")
    draw.legend(ax)
