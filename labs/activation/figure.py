"""What was learned and how far it leads: functions, accuracies, shapes, and ranks in CNNs."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.activation.grid import BASELINES, SHORT, TASKS
from labs.activation.measures import functions, rank
from labs.activation.shape import POINTS
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, forest
from labs.kit.measures import column
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, *_, BLACK = draw.COLORS
STYLES: dict[str, dict[str, Any]] = {
    "paper": {"color": BLACK, "linestyle": "-"},
    "fresh": {"color": BLUE, "linestyle": "--"},
    "quiet": {"color": PINK, "linestyle": "-."},
    "relu": {"color": RED, "linestyle": "--"},
    "swish": {"color": ORANGE, "linestyle": "-."},
    "elu": {"color": GREEN, "linestyle": ":"},
    "softplus": {"color": SKY, "linestyle": (0, (3, 1, 1, 1))},
    "tanh": {"color": draw.GREY, "linestyle": (0, (6, 2))},
    "sigmoid": {"color": "#A89400", "linestyle": (0, (1, 1))},
}
EXTREMA = (-2, 0.15)  # the published maximum and minimum
LEADS = {  # a row: its claim
    "over ReLU\n": "A1-relu",
    "over swish\n": "A1-swish",
    "over ELU\n": "A1-elu",
    "best rates, over ReLU\n": "A2-paper",
    "trained longer, over ReLU\n": "A2-long-paper",
    "fresh, over ReLU\n": "A1-fresh",
    "fresh, best rates\n": "A2-fresh",
    "fresh, trained longer\n": "A2-long-fresh",
}
SHAPES = {
    "one network: extrema\n": "A3-paper-shape",
    "one network: positive left\n": "A3-paper-left",
    "fresh: extrema\n": "A3-fresh-shape",
    "fresh: positive left\n": "A3-fresh-left",
}


def leads(table: Table, verdicts: VerdictsById) -> "Figure":
    """What was learned, and by how much it beats others in fresh networks."""
    figure, axes = draw.figure(2, width=5.6, height=5.0)
    _functions(axes[0], table, ("paper",))
    axes[0].plot(POINTS, np.maximum(POINTS, 0), label="ReLU", **STYLES["relu"])
    axes[0].set_title("Learned on one network, as published")
    colors = [BLACK if "fresh" not in row else BLUE for row in LEADS]
    forest(axes[1], LEADS, verdicts, color=colors)
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="Lead in fresh networks", xlabel="Points of test accuracy")
    draw.key(figure, axes[0])
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def accuracies(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy in one network and in fresh ones, and how much of the lead is of the one alone."""
    figure, axes = draw.figure(2, 2, width=5.4, height=3.8)
    grid = axes[0].get_subplotspec().get_gridspec()  # type: ignore[union-attr]
    grid.set_height_ratios([5, 1])
    for ax in axes[2:]:
        ax.remove()
    _published(axes[0], table)
    _accuracies(axes[1], table)
    below = figure.add_subplot(grid[1, :])
    forest(below, {"one - fresh\n": "A4-one"}, verdicts, color=BLACK)
    below.set(title="Lead over ReLU that is of the one network", xlabel="Training loss (nats)")
    draw.key(figure, axes[0], ncols=4)
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def shapes(table: Table, verdicts: VerdictsById) -> "Figure":
    """How the function grew, what was learned in all replicates, and claims on its shape."""
    figure, axes = draw.figure(2, 2, width=5.4, height=3.6)
    axes[0].get_subplotspec().get_gridspec().set_height_ratios([1.3, 1])  # type: ignore[union-attr]
    _by_step(figure, axes[0], table)
    _functions(axes[1], table, ("paper", "fresh"))
    axes[1].set_title("All replicates")
    axes[2].set_xlim(-0.05, 1.05)
    forest(axes[2], SHAPES, verdicts, color=[BLACK, BLACK, BLUE, BLUE])
    axes[2].set(title="Published shape", xlabel="Share of replicates")
    axes[3].set_xlim(-0.05, 1.05)
    forest(axes[3], {"distance\n": "A4"}, verdicts, color=BLUE)
    axes[3].set(title="Fresh from one network", xlabel="Share of the way from the start")
    draw.key(figure, axes[1])
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def transfer(table: Table, verdicts: VerdictsById) -> "Figure":
    """Ranks of the learned activations in CNNs, and whether they end behind three usual ones."""
    figure, (ax, late) = draw.figure(2, width=6.6, height=4.4)
    tasks = [t for t in TASKS if rank(table, "paper", t, "first") or t in ("mnist1d", "digits")]
    whats = {"first": ("first epoch", "1st"), "final": ("at the end", "end")}
    pairs = [(task, what) for task in tasks for what in whats]
    for arm, marker, offset in (("paper", "s", 0.18), ("fresh", "D", 0.32)):
        groups = {f"{task} {what}": rank(table, arm, task, what) for task, what in pairs}
        color = STYLES[arm]["color"]
        draw.dots(ax, groups, color=color, marker=marker, label=SHORT[arm], offset=offset)
    ax.set_xlim(0.5, 7.5)
    rows = {f"{TASKS[t]}, {whats[w][0]}\n": f"A6-{whats[w][1]}-{t}" for t, w in pairs}
    forest(ax, rows, verdicts, color=BLACK)
    if len(table):
        ax.plot([], [], "o-", color=BLACK, label="learned, one network, as a polyline (claims)")
    ax.set(title="Rank by loss among seven in CNNs", xlabel="Rank (1: lowest loss)")
    forest(late, {f"{TASKS[t]}\n": f"A6-late-{t}" for t in tasks}, verdicts, color=BLACK)
    late.axvline(0, color=draw.GREY, linewidth=1)
    late.set(title="Behind ReLU, swish and ELU at the end", xlabel="Test loss over theirs (nats)")
    draw.key(figure, ax)
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def _published(ax: "Axes", table: Table) -> None:
    for arm, label in BASELINES.items():
        if values := column("published_accuracy", arm=arm)(table):
            ax.axhline(float(np.mean([*values.values()])), label=label, **STYLES[arm])
    curves: Mapping[int, Any] = column("accuracy", arm="paper")(table)
    steps = range(max(map(len, curves.values()), default=0))
    draw.band(ax, steps, curves, label=SHORT["paper"], **STYLES["paper"])
    ax.set(title="One network, as published", xlabel="Outer step", ylabel="Test accuracy (%)")


def _accuracies(ax: "Axes", table: Table) -> None:
    for what, marker, label, offset in (
        ("accuracy_usual", "o", "published rate", -0.24),
        ("tuned_accuracy", "s", "best rate", 0.0),
        ("long_accuracy", "D", "longer, best rate", 0.24),
    ):
        groups = {SHORT[arm]: column(what, arm=arm)(table) for arm in STYLES}
        colors = [style["color"] for style in STYLES.values()]
        draw.dots(ax, groups, color=colors, marker=marker, label=None, offset=offset)
        ax.plot([], [], marker, color=draw.GREY, label=label)
    ax.set(title="Fresh networks, whole test set", xlabel="Test accuracy (%)")
    ax.grid(axis="y", visible=False)
    draw.legend(ax, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)


def _by_step(figure: "Figure", ax: "Axes", table: Table) -> None:
    import matplotlib as mpl

    rows = table.where(arm="paper").rows
    row: dict[str, Any] = dict(min(rows, key=lambda r: r["replicate"], default={"replicate": 0}))
    steps = row.get("snapshot_step", ())
    if len(steps):
        scale = mpl.cm.ScalarMappable(mpl.colors.Normalize(0, max(steps)), "viridis")
        for step, f in zip(steps, row["snapshots"], strict=True):
            ax.plot(POINTS, f, color=scale.to_rgba(step), linestyle="-" if step else "--")
        figure.colorbar(scale, ax=ax, label="Outer step (dashed: start)")
    _plane(ax)
    ax.set_title(f"One network, replicate {row['replicate']}")


def _functions(ax: "Axes", table: Table, arms: Iterable[str]) -> None:
    for arm in arms:
        for place, f in enumerate(functions(table, arm).values()):
            label = SHORT[arm] if place == 0 else None
            ax.plot(POINTS, f, alpha=0.6, linewidth=1, label=label, **STYLES[arm])
    _plane(ax)
    for place, x in enumerate(EXTREMA):
        label = "published extrema" if not place and len(table) else None
        ax.axvline(x, ymax=0.06, color=BLACK, linewidth=3, label=label)


def _plane(ax: "Axes") -> None:
    for line in (ax.axhline, ax.axvline):
        line(0, color=draw.GREY, linewidth=0.8)
    ax.set(xlabel="Input x", ylabel="Activation f(x)", xlim=(-5, 5), ylim=(-1.5, 4))
