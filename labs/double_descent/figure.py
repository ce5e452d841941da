"""The figure: error over size, loss at the threshold, the threshold against n and K, and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.double_descent import measures
from labs.double_descent.measures import Curves, fitting, sweep
from labs.double_descent.sweeps import CLASSES, LOSSES, SWEEPS, parameters
from labs.kit import draw
from labs.kit.claims import interval
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
ARMS = {
    "clean": ("MLP, clean labels", GREEN),
    "noise": ("MLP, label noise", RED),
    "cnn": ("CNN, label noise", BLUE),
}
LOSS_COLORS = {"nll": BLUE, "mse": RED}
CLASS_MARKERS = {2: "o", 5: "s", 10: "D"}


def plot(table: Table) -> Figure:
    """Nine panels: three of errors over size, two of losses, three of thresholds, one over time."""
    figure, axes = draw.figure(3, 3, width=5.4, height=4.4)
    for ax, name in zip(axes, ARMS, strict=False):
        _errors(ax, table, name)
    _losses(axes[3], table)
    _old(axes[4], table)
    _time(axes[5], table)
    _against(axes[6], table, "n")
    _against(axes[7], table, "K")
    _share(axes[8], table)
    draw.note(
        figure, table, arms=("sweep", "size", "examples", "classes", "outputs", "effort", "start")
    )
    return figure


def _curve(ax: Axes, curves: Curves, x: Callable[[int], float], **style: str) -> None:
    sizes = list(next(iter(curves.values()), {}))
    draw.band(ax, [x(s) for s in sizes], [list(c.values()) for c in curves.values()], **style)


def _errors(ax: Axes, table: Table, name: str) -> None:
    what, color = ARMS[name]
    test, train = sweep(table, name), sweep(table, name, "final_train_error")
    _curve(ax, test, float, label="test", color=color, marker=".")
    _curve(ax, train, float, label="training", color=BLACK, linestyle="--")
    for wrong in {_wrong(row) for row in table.where(sweep=name) if row["noise"]}:
        ax.axhline(wrong, color="#888888", linestyle=":", linewidth=1.2, label="wrong labels")
    fitted = measures.first_fitted(fitting(table, name))
    _threshold(ax, fitted, float, color="#555555", label="threshold")
    unit = "Channels" if name == "cnn" else "Hidden units per layer"
    ax.set(title=what, xlabel=unit, ylabel="Error (%)", ylim=(0, 75))
    _log(ax, list(next(iter(test.values()), {})))
    _legend(ax, bool(test), "upper right")


def _wrong(row: Mapping[str, Any]) -> float:
    kept = 1 / CLASSES if row["noise_kind"] == "any" else 0
    return 100 * row["noise"] * (1 - kept)


def _threshold(
    ax: Axes, fitted: Mapping[int, int], x: Callable[[int], float], **style: str
) -> None:
    if fitted:
        mean = float(np.exp(np.mean([np.log(x(size)) for size in fitted.values()])))
        ax.axvline(mean, linestyle="-.", linewidth=1.2, **style)  # type: ignore[arg-type]


def _losses(ax: Axes, table: Table) -> None:
    for name, (what, color) in ARMS.items():
        count = partial(parameters, SWEEPS[name].net)
        _curve(
            ax, sweep(table, name, "final_test_loss"), count, label=what, color=color, marker="."
        )
        _threshold(ax, measures.first_fitted(fitting(table, name)), count, color=color)
    ax.set_xscale("log")
    ax.set(
        title="Test loss (vertical: first size without training error)",
        xlabel="Parameters",
        ylabel="Cross-entropy (nats)",
    )
    _legend(ax, bool(ax.lines), "upper left")


def _old(ax: Axes, table: Table) -> None:
    for name, what, color in (("mlp2020", "MLP", RED), ("cnn2020", "CNN", BLUE)):
        for part, words, line in (("test", "test", "-"), ("train", "training", "--")):
            _curve(
                ax,
                sweep(table, name, f"final_{part}_loss"),
                partial(parameters, SWEEPS[name].net),
                label=f"{what}, {words}",
                color=color,
                linestyle=line,
            )
    trained = bool(ax.lines)
    if trained:
        ax.axvline(10000, color="#888888", linestyle=":", linewidth=1.2)
        ax.set_ylim(bottom=0)
    ax.set(
        title="The sweep of 2020 (dotted: its stated threshold)",
        xlabel="Parameters",
        ylabel="Cross-entropy (nats)",
    )
    _legend(ax, trained)


def _time(ax: Axes, table: Table) -> None:
    rows = table.where(sweep="noise")
    sizes = sorted(set(rows.column("size")))
    chosen = sorted({sizes[len(sizes) // 3], sizes[-len(sizes) // 3], sizes[-1]}) if sizes else []
    for size, color in zip(chosen, (ORANGE, RED, PINK), strict=False):
        own = rows.where(size=size)
        epochs = own.rows[0]["epoch"]
        draw.band(ax, epochs, own.column("test_error"), label=f"{size} units", color=color)
    ax.set_xscale("log")
    ax.set(title="MLP, label noise: over training time", xlabel="Epochs", ylabel="Test error (%)")
    ax.set_ylim(top=70)
    _legend(ax, bool(chosen))


def _against(ax: Axes, table: Table, letter: str) -> None:
    axis, other = (0, "K") if letter == "n" else (1, "n")
    for loss, color in LOSS_COLORS.items():
        lines: dict[int, list[tuple[int, float, list[int]]]] = defaultdict(list)
        for task, by in measures.bracketed(measures.law(table, loss)).items():
            if by:
                pair = task.examples, task.classes
                point = pair[axis], measures.predicted(task, loss), list(by.values())
                lines[pair[1 - axis]].append(point)
        for marker, (value, points) in zip(cycle("osD^v"), sorted(lines.items()), strict=False):
            x, predicted, found = zip(*sorted(points), strict=True)
            _intervals(ax, x, found, color, marker, f"{LOSSES[loss]}, {other} = {value}")
            ax.plot(x, predicted, color=color, linestyle=":", linewidth=1)
    drawn = bool(ax.lines)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ticks = sorted({task[:2][axis] for loss in LOSSES for task in measures.law(table, loss)})
    if ticks:
        ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        ax.minorticks_off()
    what = "training examples n" if letter == "n" else "classes K"
    ax.set(
        title=f"Threshold against {what} (dotted: the law of 2020)",
        xlabel=what[0].upper() + what[1:],
        ylabel="Parameters of the smallest fitting net",
    )
    _legend(ax, drawn)


def _intervals(
    ax: Axes,
    x: Sequence[int],
    counts: Sequence[Sequence[int]],
    color: str,
    marker: str,
    label: str,
) -> None:
    mean, low, high = np.exp([interval(np.log(values).tolist()) for values in counts]).T
    bars = np.nan_to_num([mean - low, high - mean])  # none of a single replicate
    ax.errorbar(x, mean, bars, color=color, marker=marker, capsize=3, label=label)


def _share(ax: Axes, table: Table) -> None:
    for loss, color in LOSS_COLORS.items():
        unit, power = ("n K", 1) if loss == "mse" else ("n", 0)
        for k, by in sorted(_fits(table, loss, power).items()):
            x = sorted(by)
            share = [100 * float(np.mean(by[place])) for place in x]
            label = f"{LOSSES[loss]}, K = {k}: over {unit}"
            marker = CLASS_MARKERS.get(k, ".")
            ax.plot(2.0 ** np.array(x), share, color=color, marker=marker, label=label)
    ax.set_xscale("log", base=2)
    ax.axvline(1, color="#888888", linewidth=1)
    ax.set(
        title="What fits, at all n",
        xlabel="Parameters / n (cross-entropy), / (n K) (squared error)",
        ylabel="Networks that fit (%)",
    )
    _legend(ax, len(ax.lines) > 1)


def _fits(table: Table, loss: str, power: int) -> dict[int, dict[float, list[int]]]:
    fits: dict[int, dict[float, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in table.where(sweep=loss):
        if row["classes"] == row["outputs"] and row["effort"] == 1 and not row["start"]:
            unit = row["examples"] * row["classes"] ** power
            place = round(2 * np.log2(row["parameters"] / unit)) / 2  # the sweep's half octaves
            fits[row["classes"]][place].append(measures.fits(row))
    return fits


def _legend(ax: Axes, filled: bool, place: str = "best") -> None:
    if filled:
        ax.legend(fontsize=8, loc=place)  # type: ignore[call-overload]
    else:
        ax.text(0.5, 0.5, "no results", transform=ax.transAxes, ha="center", color="#777777")


def _log(ax: Axes, sizes: list[int]) -> None:
    ax.set_xscale("log")
    ticks = [
        size for size in (2, 4, 8, 16, 32, 64, 128, 256) if sizes and sizes[0] <= size <= sizes[-1]
    ]
    ax.set_xticks(ticks, [str(size) for size in ticks])
    ax.minorticks_off()
