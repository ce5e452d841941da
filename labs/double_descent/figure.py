"""The figures: error over size and time, and the threshold against n and K."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from labs.data.mnist1d import CLASSES
from labs.double_descent import measures
from labs.double_descent.grid import LOSSES, SWEEPS, Task
from labs.double_descent.measures import Row, first_fitted, over_sizes, sizes
from labs.double_descent.sizes import parameters
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.intervals import interval
from labs.kit.table import Table

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, *_, BLACK = draw.COLORS
CURVES = {
    "clean": ("MLP, clean labels", GREEN),
    "noise": ("MLP, label noise", RED),
    "cnn": ("CNN, label noise", BLUE),
}
OLD = {"mlp2020": ("MLP", RED), "cnn2020": ("CNN", BLUE)}
LOSS_COLORS = {"nll": BLUE, "mse": RED}
CLASS_MARKERS = {2: "o", 5: "s", 10: "D"}


def descent(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels: errors over size, test loss at the threshold, time, and the sweep of 2020."""
    figure, axes = draw.figure(3, 2, width=5.4, height=4.4)
    for ax, name in zip(axes, CURVES, strict=False):
        _errors(ax, table, name)
    _losses(axes[3], table)
    _time(axes[4], table)
    _old(axes[5], table)
    _note(figure, table, [*CURVES, *OLD])
    return figure


def thresholds(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: the threshold against n and against K, and which networks fit."""
    figure, axes = draw.figure(3, width=5.4, height=4.4)
    _against(axes[0], table, "n")
    _against(axes[1], table, "K")
    _share(axes[2], table)
    _note(figure, table, [*LOSSES])
    return figure


def _note(figure: "Figure", table: Table, sweeps: Sequence[str]) -> None:
    shown = Table(row for row in table if row["sweep"] in sweeps)
    draw.note(figure, shown, arms=("sweep", "size", *Task._fields))


def _curve(
    ax: "Axes",
    table: Table,
    sweep: str,
    column: str,
    x: Callable[[int], float] = float,
    **style: str,
) -> None:
    curves = over_sizes(table, sweep, column)
    draw.band(ax, [x(size) for size in sizes(table, sweep)], curves, **style)


def _errors(ax: "Axes", table: Table, name: str) -> None:
    what, color = CURVES[name]
    _curve(ax, table, name, "final_test_error", label="test", color=color, marker=".")
    _curve(ax, table, name, "final_train_error", label="training", color=BLACK, linestyle="--")
    for wrong in {_wrong(row) for row in table.where(sweep=name) if row["noise"]}:
        ax.axhline(wrong, color=draw.GREY, linestyle=":", linewidth=1.2, label="wrong labels")
    _threshold(ax, first_fitted(table, name).values(), color=draw.GREY, label="threshold")
    unit = "Channels" if name == "cnn" else "Hidden units per layer"
    ax.set(title=what, xlabel=unit, ylabel="Error (%)", ylim=(0, 100), xscale="log")
    found = sizes(table, name)
    _ticks(ax, [2**k for k in range(1, 9) if found and found[0] <= 2**k <= found[-1]])
    draw.legend(ax, fontsize=8, loc="upper right")


def _wrong(row: Row) -> float:
    kept = 1 / CLASSES if row["noise_kind"] == "any" else 0
    return 100 * row["noise"] * (1 - kept)


def _threshold(ax: "Axes", found: Iterable[float], **style: str) -> None:
    if values := list(found):
        place = measures.geometric(values)
        ax.axvline(place, linestyle="-.", linewidth=1.2, **style)  # type: ignore[arg-type]


def _losses(ax: "Axes", table: Table) -> None:
    for name, (what, color) in CURVES.items():
        count = partial(parameters, SWEEPS[name].net)
        _curve(ax, table, name, "final_test_loss", count, label=what, color=color, marker=".")
        fitted = measures.counts(table, name, first_fitted(table, name))
        _threshold(ax, fitted.values(), color=color)
    title = "Test loss (vertical: first size without training error)"
    ax.set(title=title, xlabel="Parameters", ylabel="Cross-entropy (nats)", xscale="log")
    ax.minorticks_off()
    draw.legend(ax, fontsize=8, loc="upper left")


def _old(ax: "Axes", table: Table) -> None:
    for name, (what, color) in OLD.items():
        count = partial(parameters, SWEEPS[name].net)
        for part, words, line in (("test", "test", "-"), ("train", "training", "--")):
            style = {"label": f"{what}, {words}", "color": color, "linestyle": line}
            _curve(ax, table, name, f"final_{part}_loss", count, **style)
    if ax.lines:
        ax.axvline(10_000, color=draw.GREY, linestyle=":", linewidth=1.2)
        ax.set_ylim(bottom=0)
    title = "The sweep of 2020 (dotted: its stated threshold)"
    ax.set(title=title, xlabel="Parameters", ylabel="Cross-entropy (nats)")
    draw.legend(ax, fontsize=8)


def _time(ax: "Axes", table: Table) -> None:
    rows, found = table.where(sweep="noise"), sizes(table, "noise")
    chosen = sorted({found[len(found) // 3], found[-len(found) // 3], found[-1]}) if found else []
    for size, color in zip(chosen, (ORANGE, RED, PINK), strict=False):
        own = rows.where(size=size)
        epochs = own.rows[0]["epoch"]
        curves, label = own.column("test_error"), f"{size} units"
        draw.band(ax, epochs, curves, label=label, color=color, marker=".")
    ax.set(title="MLP, label noise: over training time", xlabel="Epochs", ylabel="Test error (%)")
    ax.set_xscale("log")
    ax.minorticks_off()
    if any(np.min(line.get_ydata()) < 70 for line in ax.lines):  # the first epochs are at 90
        ax.set_ylim(top=70)
    draw.legend(ax, fontsize=8)


def _against(ax: "Axes", table: Table, letter: str) -> None:
    axis, other = (0, "K") if letter == "n" else (1, "n")
    for loss, color in LOSS_COLORS.items():
        lines: dict[int, list[tuple[int, float, list[float]]]] = defaultdict(list)
        for task, by in measures.bracketed(measures.law(table, loss)).items():
            if by:
                pair = task.examples, task.classes
                point = pair[axis], measures.predicted(task, loss), list(by.values())
                lines[pair[1 - axis]].append(point)
        for marker, (value, points) in zip(cycle("osD^v"), sorted(lines.items()), strict=False):
            x, predicted, found = zip(*sorted(points), strict=True)
            _intervals(ax, x, found, color, marker, f"{LOSSES[loss]}, {other} = {value}")
            ax.plot(x, predicted, color=color, linestyle=":", linewidth=1)
    ax.set(
        title=f"Threshold against {letter} (dotted: the law of 2020)",
        xlabel="Training examples n" if letter == "n" else "Classes K",
        ylabel="Parameters of the smallest fitting net",
        xscale="log",
        yscale="log",
    )
    _ticks(ax, sorted({task[:2][axis] for loss in LOSSES for task in measures.law(table, loss)}))
    draw.legend(ax, fontsize=8)


def _intervals(
    ax: "Axes",
    x: Sequence[int],
    counts: Sequence[Sequence[float]],
    color: str,
    marker: str,
    label: str,
) -> None:
    mean, low, high = np.exp([interval(np.log(values).tolist()) for values in counts]).T
    bars = np.nan_to_num([mean - low, high - mean])  # none of a single replicate
    ax.errorbar(x, mean, bars, color=color, marker=marker, capsize=3, label=label)


def _share(ax: "Axes", table: Table) -> None:
    for loss, color in LOSS_COLORS.items():
        unit, power = ("n K", 1) if loss == "mse" else ("n", 0)
        for k, by in sorted(_fits(table, loss, power).items()):
            x = sorted(by)
            share = [100 * float(np.mean(by[place])) for place in x]
            label = f"{LOSSES[loss]}, K = {k}: over {unit}"
            marker = CLASS_MARKERS.get(k, ".")
            ax.plot(2.0 ** np.array(x), share, color=color, marker=marker, label=label)
    ax.set(
        title="What fits, at all n",
        xlabel="Parameters / n (cross-entropy), / (n K) (squared error)",
        ylabel="Networks that fit (%)",
    )
    ax.set_xscale("log", base=2)
    draw.legend(ax, fontsize=8)
    ax.axvline(1, color=draw.GREY, linewidth=1)


def _fits(table: Table, loss: str, power: int) -> Mapping[int, Mapping[float, list[bool]]]:
    fits: dict[int, dict[float, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in table.where(sweep=loss):
        task = measures.task(row)
        if task == task.usual:
            place = row["parameters"] / (task.examples * task.classes**power)
            rung = round(2 * np.log2(place)) / 2  # the sweep's half octaves
            fits[task.classes][rung].append(measures.fits(row))
    return fits


def _ticks(ax: "Axes", ticks: Sequence[int]) -> None:
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
