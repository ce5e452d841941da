"""The mechanism in one picture, and its errors against theory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import aligned
from labs.kit.table import Table
from labs.sketches.config import DEPTHS, ERASED, SHARED
from labs.sketches.grid import FANS, OBJECTS
from labs.sketches.measures import LOST, size
from labs.sketches.published import FLAT, WEIGHTED, deep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
STEP = 1.4  # from one slot of the scene to the next
THEORY: dict[str, Any] = {"color": draw.GREY, "linestyle": ":", "linewidth": 1.3}


def mechanism(table: Table, verdicts: VerdictsById) -> "Figure":
    """One scene from left to right: its signals, its objects, the sketch as a strip, and what is
    read back from it, counts and waveforms."""
    figure, axes = draw.figure(5, 1, width=3.5, height=4.4)
    rows = list(table.where(question="picture"))
    for ax, title, panel in zip(axes, TITLES, PANELS, strict=True):
        ax.set_title(title, fontsize=11)
        if rows:
            panel(ax, rows[0])
        else:
            draw.legend(ax)
    draw.note(figure, Table(rows))
    return figure


def _signals(ax: "Axes", row: Any) -> None:
    signals = np.asarray(row["signals"])
    for slot, signal in enumerate(signals):
        ax.plot(0.6 * signal / np.abs(signals).max() - STEP * slot, color=BLACK)
    _slots(ax, "Position (samples)")


def _objects(ax: "Axes", row: Any) -> None:
    for slot, waveform in enumerate(np.asarray(row["waveforms"])):
        ax.plot(waveform - STEP * slot, "o-", color=COLORS[slot], markersize=3)
        ax.text(
            0, 0.62 - STEP * slot, f"module “digit {row['shown'][slot]}”, weight 1/3", fontsize=9
        )
    _slots(ax, "Attribute (12 points)")


def _strip(ax: "Axes", row: Any) -> None:
    sketch = np.asarray(row["sketch"])
    most = float(np.abs(sketch).max())
    shown = sketch.reshape(-1, 32)
    ax.imshow(shown, cmap="RdBu", vmin=-most, vmax=most, aspect="auto", interpolation="nearest")
    ax.set(xlabel=f"{sketch.size:,} numbers, {shown.shape[0]} rows of 32")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)


def _counts(ax: "Axes", row: Any) -> None:
    counts, digits = np.asarray(row["counts"]), np.arange(10)
    true = np.bincount(row["shown"], minlength=10)
    ax.bar(digits, true, color="#D0D0D0", label="true")
    ax.errorbar(
        digits, counts, row["counts_error"], fmt="o", color=BLUE, capsize=3, label="read, ± 1 sd"
    )
    ax.set(xlabel="Digit", ylabel="Objects of the module", xticks=digits, ylim=(-0.5, 2.9))
    draw.legend(ax)


def _read(ax: "Axes", row: Any) -> None:
    points = np.arange(12)
    for slot, (true, read) in enumerate(zip(row["waveforms"], row["read"], strict=True)):
        ax.plot(points, np.asarray(true) - STEP * slot, color="#B0B0B0", linewidth=3)
        low, high = (np.asarray(read) + sign * row["read_error"] - STEP * slot for sign in (-1, 1))
        ax.fill_between(points, low, high, color=COLORS[slot], alpha=0.25, linewidth=0)
        ax.plot(points, np.asarray(read) - STEP * slot, "o-", color=COLORS[slot], markersize=3)
    _slots(ax, "Attribute (grey: true; band: ± 1 sd)")


def _slots(ax: "Axes", xlabel: str) -> None:
    ax.set(xlabel=xlabel, ylim=(-2.8 * STEP, 0.75 * STEP))
    ax.set_yticks([-STEP * slot for slot in range(3)], ["slot 0", "slot 1", "slot 2"])


COLORS = (BLUE, RED, GREEN)
TITLES = (
    "1. Signals of such a scene",
    "2. Objects, of modules that know",
    "3. One vector: the sketch",
    "4. Read: how often each digit?",
    "5. Read: what stood in a slot?",
)
PANELS = (_signals, _objects, _strip, _counts, _read)


def errors(table: Table, verdicts: VerdictsById) -> "Figure":
    """Six panels, with lines of theory: errors of attributes by d, weight and depth; products of
    sketches by d and by shared weight; errors of what is left of a cut sketch."""
    figure, axes = draw.figure(3, 2, width=5.0, height=4.1)
    _by_objects(axes[0], table)
    _by_weight(axes[1], table)
    _by_depth(axes[2], table)
    _apart(axes[3], table)
    _together(axes[4], table)
    _erased(axes[5], table)
    draw.note(figure, table.where(question="flat"), "Dotted: derived from the construction.")
    return figure


def curve(ax: "Axes", table: Table, by: str, name: str, **style: Any) -> list[float]:
    """Draw a column over another, or over what is left of the sketch ("size"); returns the
    positions."""
    at = {x: Table(r for r in table if _x(r, by) == x) for x in sorted({_x(r, by) for r in table})}
    draw.band(ax, list(at), aligned([rows.values(name) for rows in at.values()]), **style)
    return list(at)


def _x(row: Any, by: str) -> float:
    return float(size(row) if by == "size" else row[by])


def logarithmic(
    ax: "Axes", x: Sequence[float], form: str = "{:,.0f}", *, share: bool = False
) -> None:
    """Make both axes logarithmic; of a `share`, which may be 0 everywhere, the horizontal one."""
    ax.set(xscale="log", yscale="linear" if share else "log")
    ax.minorticks_off()
    ax.set_xticks(list(x), [form.format(value) for value in x], fontsize=8)
    if share:
        return
    low, high = ax.get_ylim()
    ticks = [m * 10.0**e for e in range(-5, 4) for m in (1, 2, 5) if low < m * 10.0**e < high]
    ax.set_yticks(ticks, [f"{tick:.2g}" for tick in ticks], fontsize=9)


def _by_objects(ax: "Axes", table: Table) -> None:
    x: list[float] = []
    for k, color in zip(OBJECTS, draw.COLORS, strict=False):
        rows = table.where(question="flat", objects=k)
        label = f"{k} object{'s' if k > 1 else ''}"
        x = curve(ax, rows, "size", "error", label=label, color=color, marker=".") or x
        ax.plot(x, [FLAT[k] / d**0.5 for d in x], **THEORY)
    logarithmic(ax, x)
    ax.set(title="Attributes, by objects", xlabel="Numbers d", ylabel="Error (rms)")
    draw.legend(ax, fontsize=8)


def _by_weight(ax: "Axes", table: Table) -> None:
    rows = table.where(question="weight")
    x = curve(ax, rows, "weight", "error", label="measured", color=BLUE, marker="o")
    d = max(rows.column("d"), default=1)
    ax.plot(x, [WEIGHTED[w] / d**0.5 for w in x], label="theory", **THEORY)
    logarithmic(ax, x, "{:g}")
    title = f"One of four objects, d = {d:,}" if x else "One of four objects"
    ax.set(title=title, xlabel="Weight of the object", ylabel="Error (rms)")
    draw.legend(ax)


def _by_depth(ax: "Axes", table: Table) -> None:
    rows = table.where(question="depth")
    d = max(rows.column("d"), default=1)
    for fan, color in zip(FANS, draw.COLORS, strict=False):
        own = rows.where(fan=fan, d=d)
        x = curve(ax, own, "depth", "error", label=f"made of {fan}", color=color, marker="o")
        ax.plot(x, [deep(fan, int(h)) / d**0.5 for h in x], **THEORY)
    ax.axhline(1, color=draw.GREY, linewidth=1)
    ax.set(yscale="log", xticks=DEPTHS, title=f"By depth, d = {d:,}" if rows else "By depth")
    ax.set(xlabel="Depth of the object", ylabel="Error (rms; above 1: lost)")
    draw.legend(ax)


def _apart(ax: "Axes", table: Table) -> None:
    rows = table.where(question="disjoint")
    x = curve(ax, rows, "size", "cosine_rms", label="measured", color=BLUE, marker="o")
    ax.plot(x, [d**-0.5 for d in x], label="1 / sqrt(d)", **THEORY)
    logarithmic(ax, x)
    ax.set(title="Sketches without a common module", xlabel="Numbers d", ylabel="Cosine (rms)")
    draw.legend(ax)


def _together(ax: "Axes", table: Table) -> None:
    shared = {"question": "shared", "arm": "same position", "cosine": 1.0}
    rows = Table(row for row in table.where(**shared) if row["weight"] in SHARED)
    x = curve(ax, rows, "weight", "product", label="measured", color=BLUE, marker="o")
    ax.plot(x, [w**2 / 32 for w in x], label="w² / 32", **THEORY)
    logarithmic(ax, x, "{:g}")
    ax.set(title="Sketches that share an object", xlabel="Its weight w in both")
    ax.set(ylabel="Inner product")
    draw.legend(ax)


def _erased(ax: "Axes", table: Table) -> None:
    x: list[float] = []
    for weight, color in zip(ERASED, (RED, ORANGE, BLUE), strict=True):
        rows = table.where(question="erased weight", weight=weight)
        label = f"weight {weight:g}"
        x = curve(ax, rows, "size", "error", label=label, color=color, marker="o") or x
        ax.plot(x, [WEIGHTED[weight] / d**0.5 for d in x], **THEORY)
    ax.axhline(LOST, color=draw.GREY, linewidth=1)
    if x:
        ax.text(x[-1], LOST * 1.06, "error 0.5", fontsize=8, color=draw.GREY, ha="right")
    logarithmic(ax, x)
    ax.set(title="A sketch that is cut", xlabel="Numbers that are left", ylabel="Error (rms)")
    draw.legend(ax)
