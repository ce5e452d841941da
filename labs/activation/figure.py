"""The figures: what was learned and how good it is, how it was learned, and ranks in CNNs."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.activation.grid import BASELINES, KNOTS, LEARNED, SHORT, TASKS
from labs.activation.measures import functions, rank
from labs.activation.shape import POINTS
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import column
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Scale = Callable[[np.ndarray], np.ndarray]
BLUE, RED, GREEN, PINK, ORANGE, SKY, *_, BLACK = draw.COLORS
COLORS = {
    "paper": BLACK,
    "fresh": BLUE,
    "quiet": PINK,
    "relu": RED,
    "swish": ORANGE,
    "elu": GREEN,
    "softplus": SKY,
    "tanh": draw.GREY,
    "sigmoid": "#C8B400",
}


def activations(table: Table, verdicts: VerdictsById) -> "Figure":
    """What was learned, and its accuracy as published and in fresh networks."""
    figure, axes = draw.figure(2, 2, width=5.8, height=4.4)
    _published(axes[0], table)
    _by_step(axes[1], table)
    _functions(axes[2], table)
    _accuracies(axes[3], table)
    draw.note(figure, table, arms=("arm",))
    return figure


def descent(table: Table, verdicts: VerdictsById) -> "Figure":
    """Objective and meta-gradient by outer step, and their errors by size of the table."""
    figure, axes = draw.figure(3, 1, width=5.2, height=4.4)
    _bands(axes[0], table, "objective", LEARNED)
    axes[0].set(title="Outer objective", ylabel="Loss of the last 200 steps (nats)")
    _bands(axes[1], table, "gradient_norm", LEARNED, np.log10)
    axes[1].set(title="Norm of the meta-gradient", ylabel="Norm (log10)")
    for ax in axes[:2]:
        ax.set_xlabel("Outer step")
        draw.legend(ax, fontsize=8)
    _knots(axes[2], table)
    draw.note(figure, table, arms=("arm",))
    return figure


def transfer(table: Table, verdicts: VerdictsById) -> "Figure":
    """Ranks of the learned activations in CNNs."""
    figure, axes = draw.figure(width=7.5)
    _ranks(axes[0], table)
    draw.note(figure, table, arms=("arm",))
    return figure


def _published(ax: "Axes", table: Table) -> None:
    for arm, label in BASELINES.items():
        if values := column("published_accuracy", arm=arm)(table):
            ax.axhline(float(np.mean([*values.values()])), color=COLORS[arm], label=label)
    _bands(ax, table, "accuracy", ["paper"])
    ax.set(
        title="As published: one network, its 500 test examples",
        xlabel="Outer step",
        ylabel="Test accuracy (%)",
        ylim=(10, 75),
    )
    draw.legend(ax, fontsize=8, ncols=2)


def _by_step(ax: "Axes", table: Table) -> None:
    import matplotlib as mpl

    rows = table.where(arm="paper").rows
    row: dict[str, Any] = dict(min(rows, key=lambda r: r["replicate"], default={"replicate": 0}))
    steps = row.get("snapshot_step", ())
    colors = mpl.colormaps["viridis"](np.linspace(0, 1, len(steps)))
    for step, f, color in zip(steps, row.get("snapshots", ()), colors, strict=True):
        ax.plot(POINTS, f, color=color, label=f"step {step}")
    _plane(ax, f"Learned on one network, replicate {row['replicate']}")
    draw.legend(ax, fontsize=8, ncols=2)


def _functions(ax: "Axes", table: Table) -> None:
    for arm in ("paper", "fresh"):
        for place, f in enumerate(functions(table, arm).values()):
            label = SHORT[arm] if place == 0 else None
            ax.plot(POINTS, f, color=COLORS[arm], alpha=0.6, linewidth=1, label=label)
    _plane(ax, "All replicates")
    draw.legend(ax, fontsize=8)


def _plane(ax: "Axes", title: str) -> None:
    for line in (ax.axhline, ax.axvline):
        line(0, color=draw.GREY, linewidth=0.8)
    ax.set(title=title, xlabel="x", ylabel="f(x)", xlim=(-5, 5), ylim=(-1.5, 4))


def _accuracies(ax: "Axes", table: Table) -> None:
    for what, marker, label, offset in (
        ("accuracy_usual", "o", "published rate", -0.22),
        ("tuned_accuracy", "s", "best rate", 0.0),
        ("long_accuracy", "D", "longer, best rate", 0.22),
    ):
        groups = {SHORT[arm]: column(what, arm=arm)(table) for arm in COLORS}
        colors = list(COLORS.values())
        draw.dots(ax, groups, color=colors, marker=marker, label=label, offset=offset)
    ax.set(title="Fresh networks, whole test set", xlabel="Test accuracy (%)")
    draw.legend(ax, fontsize=8)


def _bands(
    ax: "Axes", table: Table, name: str, arms: Iterable[str], scale: Scale = np.asarray
) -> None:
    for arm in arms:
        found = column(name, arm=arm)(table).values()
        curves = [scale(np.asarray(curve)).tolist() for curve in found]
        steps = range(len(curves[0]) if curves else 0)
        draw.band(ax, steps, curves, label=SHORT[arm], color=COLORS[arm])


def _knots(ax: "Axes", table: Table) -> None:
    rows = table.where(arm=KNOTS)
    cells = rows.rows[0]["knots"] if rows else ()
    for name, color, label in (
        ("objective_error", BLUE, "objective"),
        ("gradient_error", RED, "meta-gradient"),
    ):
        errors = [_digits(own) for own in rows.column(name)]
        draw.band(ax, cells, errors, label=label, color=color, marker=".")
        if rounding := rows.column(f"{name}_float32"):
            ax.axhline(float(np.mean(_digits(rounding))), color=color, linestyle=":")
    if cells:
        ax.set_xscale("log", base=2)
    ax.set(
        title="Error of the table (dotted: of float32)",
        xlabel="Cells from -16 to 16",
        ylabel="Relative error (log10)",
    )
    draw.legend(ax, fontsize=8)


def _digits(errors: Sequence[float]) -> list[float]:
    return np.log10(np.maximum(errors, np.finfo(float).eps)).tolist()


def _ranks(ax: "Axes", table: Table) -> None:
    tasks = [t for t in TASKS if rank(table, "paper", t, "first") or t in ("mnist1d", "digits")]
    for place, (arm, lines, color, label) in enumerate(
        (
            ("paper", True, BLACK, "one network, as a polyline"),
            ("paper", False, draw.GREY, "one network"),
            ("fresh", False, BLUE, "fresh networks"),
        )
    ):
        groups = {
            f"{TASKS[task]}, {text}": rank(table, arm, task, what, lines)
            for task in tasks
            for what, text in (("first", "first epoch"), ("final", "at the end"))
        }
        draw.dots(ax, groups, color=color, label=label, offset=0.22 * (place - 1))
    ax.set(
        title="In CNNs: rank by loss among seven",
        xlabel="Rank (1: lowest loss)",
        xlim=(0.5, 7.5),
    )
    draw.legend(ax, fontsize=8)
