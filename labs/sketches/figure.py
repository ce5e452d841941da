"""The answer, the mechanism in one picture, and what the lab's figures share."""

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
from labs.sketches.config import UNCUT
from labs.sketches.grid import FANS
from labs.sketches.measures import size
from labs.sketches.published import FLAT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
MARKS = "o^sDv"  # of lines, beside their colours
STEP = 1.4  # from one slot of the scene to the next
THEORY: dict[str, Any] = {"color": draw.GREY, "linestyle": ":", "linewidth": 1.3}
BANDS = "bands are 95 % t intervals"
ASKED = {  # of a year, and of a day
    "Y1": "How often each digit",
    "Y2": "Mornings or evenings",
    "Y3": "What a digit looks like",
    "Y5": "A day's third object",
}
RIVALS = {"scenes": ("raw scenes", RED), "objects": ("outputs", ORANGE)}


def answer(table: Table, verdicts: VerdictsById) -> "Figure":
    """What sketches remember: errors by d and by depth, and against a sample of as many numbers."""
    figure, axes = mosaic("AB;CB", width=12.0, height=7.0)
    by_objects(axes[0], table, (1, 4, 16))
    axes[0].set_title("Error by length of the sketch (K8, K9)")
    depths(axes[2], verdicts)
    axes[2].set_title("Error by level of depth")
    ahead(axes[1], verdicts)
    draw.note(figure, table.where(question="flat"), f"Dotted: theory. {NOTE}", intervals=BANDS)
    return figure


def ahead(ax: "Axes", verdicts: VerdictsById, reader: str = "") -> None:
    """By how much samples have larger errors than a sketch of as many numbers."""
    rows = {
        f"{asked}?\nagainst {rival}": f"{id}{reader}-{key}"
        for id, asked in ASKED.items()
        for key, (rival, _) in RIVALS.items()
    }
    colors = [color for _ in ASKED for _, color in RIVALS.values()]
    forest(ax, rows, verdicts, color=colors)
    ax.tick_params(axis="y", labelsize=9)
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.set(title="A sketch, or a sample as large?")
    ax.set(xlabel="Error of sample less error of sketch\n(rms; right of 0: sketch better)")


def depths(ax: "Axes", verdicts: VerdictsById) -> None:
    """The factors of the error from one level of depth to the next."""
    rows = {
        f"made of {fan}, depth {depth} to {depth + 1}": f"K11-{fan}-{depth}"
        for fan in FANS
        for depth in (1, 2)
    }
    colors = [color for color in FAN_COLORS for _ in (1, 2)]
    forest(ax, rows, verdicts, color=colors)
    ax.tick_params(axis="y", labelsize=9)
    ax.set(title="By depth", xlabel="Factor of the error from one depth to the next")


FAN_COLORS = (BLUE, RED, GREEN)


def curve(
    ax: "Axes", table: Table, by: str, name: str, *, mean: bool = False, **style: Any
) -> list[float]:
    """Draw a column over another, or over what is left of the sketch ("size"), or its mean alone;
    returns the positions."""
    at = {x: Table(r for r in table if _x(r, by) == x) for x in sorted({_x(r, by) for r in table})}
    curves = aligned([rows.values(name) for rows in at.values()])
    if mean and curves:
        curves = {0: list(np.mean([*curves.values()], axis=0))}
    draw.band(ax, list(at), curves, **style)
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


def as_share(ax: "Axes") -> None:
    """A vertical axis from 0 to 1."""
    ax.set(ylim=(0, 1.03))
    ax.set_yticks(np.linspace(0, 1, 6))


def sizes(table: Table) -> list[int]:
    """The numbers of encodings, without those that keep all."""
    return sorted(set(table.column("d")) - {UNCUT})


def by_objects(ax: "Axes", table: Table, shown: Sequence[int]) -> None:
    """The error of attributes over d, by the number of objects in a scene."""
    x: list[float] = []
    for place, k in enumerate(FLAT):
        if k not in shown:
            continue
        rows = table.where(question="flat", objects=k)
        style: dict[str, Any] = {
            "color": draw.COLORS[place],
            "marker": MARKS[place],
            "markersize": 4,
        }
        label = f"{k} object{'s' if k > 1 else ''}"
        x = curve(ax, rows, "size", "error", label=label, **style) or x
        ax.plot(x, [FLAT[k] / d**0.5 for d in x], **THEORY)
    logarithmic(ax, x)
    ax.set(title="By d and objects (K8, K9)", xlabel="Numbers d of the sketch")
    ax.set(ylabel="Error of attributes (rms)")
    named(ax)


def mechanism(table: Table, verdicts: VerdictsById) -> "Figure":
    """One scene from left to right: its signals, its objects, the sketch as a strip, and what is
    read back from it, counts and waveforms."""
    figure, axes = mosaic("AABBCC;DDDEEE", width=11.5, height=7.4)
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
    ax.set_xticks(range(0, 12, 2))


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
    ax.set(xlabel=xlabel, ylim=(-2.6 * STEP, 0.75 * STEP))
    ax.set_yticks([-STEP * slot for slot in range(3)], ["slot 0", "slot 1", "slot 2"])


COLORS = (BLUE, RED, GREEN)
TITLES = (
    "Signals of such a scene",
    "Objects, of modules that know",
    "One vector: the sketch",
    "Read: how often each digit?",
    "Read: what stood in a slot?",
)
PANELS = (_signals, _objects, _strip, _counts, _read)
