"""The smallest network that fits its training set, against n and K, and which networks fit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.double_descent import thresholds
from labs.double_descent.figure import COLORS
from labs.double_descent.grid import LOSSES, Task
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, forest
from labs.kit.intervals import interval
from labs.kit.table import Table

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UNITS = {"nll": "n", "mse": "(n K)"}  # of the law of 2020
NEAR = 1.3  # times as high: names at the ends of such lines are pushed apart


def laws(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels: for both losses the threshold against n and against K; claims about its slopes
    and about its level."""
    figure, axes = draw.figure(3, 2, width=5.2, height=4.0)
    for row, letter in enumerate(("n", "K")):
        for column, loss in enumerate(LOSSES):
            ax = axes[3 * row + column]
            ax.sharey(axes[0])
            _against(ax, table, loss, letter)
    slopes = {
        "cross-entropy, n\n": "DD5-nll-n",
        "cross-entropy, K\n": "DD7-nll-k",
        "squared error, n\n": "DD5-mse-n",
        "squared error, K\n": "DD5-mse-k",
    }
    colors = [COLORS[loss] for loss in ("nll", "nll", "mse", "mse")]
    forest(axes[2], slopes, verdicts, color=colors)
    axes[2].set(title="How it grows", xlabel="Slope of log threshold on log n, log K")
    levels = {
        "cross-entropy / n\n": "DD5-nll-level",
        "squared error / (n K)\n": "DD5-mse-level",
        "CNN's peak / n\n": "DD7-cnn-n",
    }
    forest(axes[5], levels, verdicts, color=[COLORS[name] for name in ("nll", "mse", "cnn")])
    axes[5].set(title="Where it lies", xlabel="Parameters / n, squared error / (n K)")
    _note(figure, table, f"Dotted: the law of 2020. {NOTE}")
    return figure


def fits(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: for both losses the share of networks that fit, by size in units of the law of
    2020; and the controls."""
    figure, axes = draw.figure(3, width=5.2, height=5.2)
    for ax, loss in zip(axes, LOSSES, strict=False):
        _share(ax, table, loss)
    controls = {
        f"{words},\n{LOSSES[loss]}\n": f"DD5-{loss}-{change}"
        for change, words in (("half", "half training"), ("start", "second start"))
        for loss in LOSSES
    }
    controls["unused outputs,\nsquared error\n"] = "DD5-mse-unused"
    colors = [COLORS[loss] for loss in ("nll", "mse", "nll", "mse", "mse")]
    forest(axes[2], controls, verdicts, color=colors)
    axes[2].axvline(0, color="black", linewidth=1)
    axes[2].set(title="What a change moves", xlabel="Threshold (octaves)")
    _note(figure, table, NOTE)
    return figure


def _note(figure: "Figure", table: Table, extra: str) -> None:
    shown = Table(row for row in table if row["sweep"] in LOSSES)
    draw.note(figure, shown, extra, arms=("sweep", "size", *Task._fields))


def _against(ax: "Axes", table: Table, loss: str, letter: str) -> None:
    axis, other = (0, "K") if letter == "n" else (1, "n")
    lines: dict[int, list[tuple[int, float, list[float]]]] = defaultdict(list)
    for task, by in thresholds.law(table, loss).items():
        if by:
            pair, counts = (task.examples, task.classes), [t.size for t in by.values()]
            point = pair[axis], thresholds.predicted(task, loss), counts
            lines[pair[1 - axis]].append(point)
    ax.set(xscale="log", yscale="log", title=f"{LOSSES[loss].capitalize()}, against {letter}")
    ax.set(xlabel="Training examples n" if letter == "n" else "Classes K")
    ax.set(ylabel="Parameters that fit")
    ends = []
    for marker, (value, points) in zip(cycle("osD^v"), sorted(lines.items()), strict=False):
        x, predicted, found = zip(*sorted(points), strict=True)
        mean = _intervals(ax, x, found, COLORS[loss], marker)
        ax.plot(x, predicted, color=COLORS[loss], linestyle=":", linewidth=1.4)
        ends.append((x[-1], mean[-1], f"{other} = {value:,}"))
    for place, height, text in ends:
        near = [other / height for at, other, _ in ends if at == place]
        nudge = 5 * (any(1 / NEAR < n < 1 for n in near) - any(1 < n < NEAR for n in near))
        shift: Any = {"xytext": (8, nudge), "textcoords": "offset points", "va": "center"}
        ax.annotate(text, (place, height), fontsize=9, **shift)
    ticks = sorted({task[:2][axis] for task in thresholds.law(table, loss)})
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
    ax.margins(x=0.18)
    if not lines:
        draw.legend(ax)  # that there are none


def _intervals(
    ax: "Axes", x: Sequence[int], counts: Sequence[Sequence[float]], color: str, marker: str
) -> np.ndarray:
    mean, low, high = np.exp([interval(np.log(values).tolist()) for values in counts]).T
    bars = np.nan_to_num([mean - low, high - mean])  # none of a single replicate
    ax.errorbar(x, mean, bars, color=color, marker=marker, capsize=3)
    return np.asarray(mean)


def _share(ax: "Axes", table: Table, loss: str) -> None:
    ax.set(ylim=(-4, 104), ylabel="Networks that fit (%)")
    ax.set_xscale("log", base=2)
    for marker, (k, by) in zip(cycle("osD^v"), sorted(_fits(table, loss).items()), strict=False):
        x = sorted(by)
        share = [100 * float(np.mean(by[place])) for place in x]
        look = {"color": COLORS[loss], "marker": marker, "markersize": 5}
        ax.plot(2.0 ** np.array(x), share, label=f"K = {k}", **look)  # type: ignore[arg-type]
    ax.set(title=LOSSES[loss].capitalize())
    ax.set_xlabel(f"Parameters / {UNITS[loss]}")
    if ax.lines:
        ax.axvline(1, color="black", linestyle=":", linewidth=1.5)
    draw.legend(ax, loc="upper left")


def _fits(table: Table, loss: str) -> Mapping[int, Mapping[float, list[bool]]]:
    fits: dict[int, dict[float, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in table.where(sweep=loss):
        task = thresholds.task(row)
        if task == task.usual:
            place = row["parameters"] / thresholds.predicted(task, loss)
            rung = round(2 * np.log2(place)) / 2  # the sweep's half octaves
            fits[task.classes][rung].append(thresholds.fits(row))
    return fits
