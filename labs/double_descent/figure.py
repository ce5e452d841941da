"""Error and loss over the size of a network and over time, and what turns where."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.data.mnist1d import CLASSES
from labs.double_descent import measures
from labs.double_descent.grid import SWEEPS, Task
from labs.double_descent.measures import first_fitted, over_sizes, sizes
from labs.double_descent.sizes import parameters
from labs.double_descent.thresholds import Row, geometric
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import NOTE, bar, forest
from labs.kit.table import Table

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
COLORS = {"clean": GREEN, "noise": RED, "cnn": BLUE, "mlp2020": SKY, "cnn2020": BLACK}
COLORS |= {"nll": ORANGE, "mse": PINK}
MARKERS = {"clean": "s", "noise": "o", "cnn": "^"}
NETS = {"clean": "MLP, clean labels", "noise": "MLP, label noise", "cnn": "CNN, label noise"}
NOISY = {"noise": "MLP", "cnn": "CNN"}
OLD = {"mlp2020": "MLP", "cnn2020": "CNN"}
PARTS = (("test", "test", "-"), ("train", "training", "--"))
FITTED = "Dash-dotted: the size without training error, interpolated."


def descent(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: errors over size of the MLP and of the CNN, and by how much they rise and
    fall."""
    figure, axes = draw.figure(3, width=5.2, height=4.2)
    _errors(axes[0], table, {"noise": "noise", "clean": "clean"})
    axes[0].set(title="MLP (peak: DD1-noise-where)", xlabel="Hidden units per layer")
    if sizes(table, "noise"):
        height = 0.95 * axes[0].get_ylim()[1]
        bar(axes[0], height, verdicts["DD1-noise-where"], color=COLORS["noise"], upright=False)
    _errors(axes[1], table, {"cnn": "noise"})
    axes[1].set(title="CNN", xlabel="Channels")
    rows = {
        "MLP, noise: rises\n": "DD1-noise-rise",
        "MLP, noise: falls again\n": "DD1-noise-fall",
        "CNN, noise: rises\n": "DD1-cnn-rise",
        "CNN, noise: falls again\n": "DD1-cnn-fall",
        "MLP, clean: peak\n": "DD2",
    }
    colors = [COLORS[sweep] for sweep in ("noise", "noise", "cnn", "cnn", "clean")]
    _claims(axes[2], rows, verdicts, colors)
    axes[2].set(title="Rise and fall", xlabel="Test error (points)")
    _note(figure, table, [*NETS], f"{FITTED} {NOTE}")
    return figure


def losses(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: test loss over parameters, how far its peak lies from the threshold, and how
    far thresholds and peaks lie from each other."""
    figure, axes = draw.figure(3, width=5.0, height=4.2)
    ax = axes[0]
    for name, what in NETS.items():
        count = partial(parameters, SWEEPS[name].net)
        look = {"color": COLORS[name], "marker": MARKERS[name], "markersize": 5}
        _curve(ax, table, name, "final_test_loss", count, label=what, **look)
        fitted = measures.counts(name, first_fitted(table, name))
        _threshold(ax, fitted.values(), COLORS[name])
    ax.set(title="Test loss", xlabel="Parameters", ylabel="Cross-entropy (nats)", xscale="log")
    rows = {f"{what}\n": f"DD3-{name}" for name, what in NETS.items()}
    rows |= {f"{what}'s test error\n": f"DD3-{name}-error" for name, what in NOISY.items()}
    _claims(axes[1], rows, verdicts, [COLORS[name] for name in (*NETS, *NOISY)])
    axes[1].set(title="Peak, from threshold", xlabel="Sizes of the sweep")
    shifts = {
        "threshold, width:\nnoise over clean\n": "DD4",
        "peak, parameters:\nCNN over MLP\n": "DD7-cnn",
    }
    _claims(axes[2], shifts, verdicts, [COLORS["noise"], COLORS["cnn"]])
    axes[2].set(title="How far apart?", xlabel="Octaves")
    draw.key(figure, ax, loc="outside upper center")
    _note(figure, table, [*NETS], f"{FITTED} {NOTE}")
    return figure


def time(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: the MLP's test error over training time, and whether it turns twice."""
    figure, axes = draw.figure(2, width=5.6, height=4.2)
    ax, rows, found = axes[0], table.where(sweep="noise"), sizes(table, "noise")
    chosen = sorted({found[len(found) // 3], found[-len(found) // 3], found[-1]}) if found else []
    for size, line in zip(chosen, (":", "--", "-"), strict=False):
        own = rows.where(size=size)
        look = {"color": COLORS["noise"], "linestyle": line, "label": f"{size} units"}
        draw.band(ax, own.rows[0]["epoch"], own.column("test_error"), **look)
    ax.set(title="MLP, label noise", xlabel="Epochs", ylabel="Test error (%)", xscale="log")
    ax.minorticks_off()
    if any(np.min(line.get_ydata()) < 70 for line in ax.lines):  # the first epochs are at 90
        ax.set_ylim(top=70)
    named(ax)
    _claims(axes[1], {"rises again\n": "DD8-rise", "then falls\n": "DD8-fall"}, verdicts, RED)
    axes[1].set(title="Does the widest one's error turn?", xlabel="Test error (points)")
    _note(figure, table, ["noise"], NOTE)
    return figure


def sweep2020(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: loss over parameters in the sweep of 2020, and how much test loss rises and
    falls."""
    figure, axes = draw.figure(2, width=5.6, height=4.2)
    ax = axes[0]
    for name, what in OLD.items():
        count = partial(parameters, SWEEPS[name].net)
        for part, words, line in PARTS:
            look = {"color": COLORS[name], "linestyle": line}
            label = f"{what}, {words}"
            _curve(ax, table, name, f"final_{part}_loss", count, label=label, **look)
    ax.set_ylim(0, _top(ax))
    if ax.lines:
        bar(ax, 0.95 * _top(ax), verdicts["DD6-where"], color=COLORS["mlp2020"], upright=False)
    ax.set(title="The sweep of 2020 (peak: DD6-where)", xlabel="Parameters")
    ax.set_ylabel("Cross-entropy (nats)")
    named(ax)
    rows = {
        "peak / valley before\n": "DD6-rise",
        "peak / widest net\n": "DD6-fall",
        "peak / valley,\nMLP's over CNN's\n": "DD6-cnn",
    }
    _claims(axes[1], rows, verdicts, COLORS["mlp2020"], zero=1)
    axes[1].set(title="Does its test loss rise and fall?", xlabel="Ratio of test losses")
    _note(figure, table, [*OLD], NOTE)
    return figure


def _claims(
    ax: "Axes",
    rows: dict[str, str],
    verdicts: VerdictsById,
    color: str | Sequence[str],
    *,
    zero: float = 0,
) -> None:
    forest(ax, rows, verdicts, color=color)
    ax.axvline(zero, color=BLACK, linewidth=1)


def _note(figure: "Figure", table: Table, sweeps: Sequence[str], extra: str) -> None:
    shown = Table(row for row in table if row["sweep"] in sweeps)
    draw.note(figure, shown, extra, arms=("sweep", "size", *Task._fields))


def _curve(
    ax: "Axes",
    table: Table,
    sweep: str,
    column: str,
    x: Callable[[float], float] = float,
    **look: Any,
) -> None:
    curves = over_sizes(table, sweep, column)
    draw.band(ax, [x(size) for size in sizes(table, sweep)], curves, **look)


def _errors(ax: "Axes", table: Table, sweeps: dict[str, str]) -> None:
    ax.set(ylabel="Error (%)", xscale="log")
    for name, words in sweeps.items():
        for part, what, line in PARTS:
            look: Any = {"color": COLORS[name], "linestyle": line, "label": f"{what}, {words}"}
            _curve(ax, table, name, f"final_{part}_error", **look)
        _threshold(ax, first_fitted(table, name).values(), COLORS[name])
    found = sorted({size for name in sweeps for size in sizes(table, name)})
    ticks = [2**k for k in range(1, 9) if found and found[0] <= 2**k <= found[-1]]
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
    for wrong in {_wrong(row) for name in sweeps for row in table.where(sweep=name)} - {0}:
        ax.axhline(wrong, color=draw.GREY, linestyle=":", linewidth=1.2, label="wrong labels")
    ax.set_ylim(0, _top(ax))
    named(ax)


def _top(ax: "Axes") -> float:
    # with room for the bar of a claim above the lines
    return 1.15 * float(max((np.max(line.get_ydata()) for line in ax.lines), default=1))


def _wrong(row: Row) -> float:
    kept = 1 / CLASSES if row["noise_kind"] == "any" else 0
    return float(100 * row["noise"] * (1 - kept))


def _threshold(ax: "Axes", found: Iterable[float], color: str) -> None:
    if values := list(found):
        ax.axvline(geometric(values), linestyle="-.", linewidth=1.2, color=color)
