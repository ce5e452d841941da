"""Lines between networks and their averages; differences that are added, negated and merged."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.composition.figures_of_rows import below
from labs.composition.grid import ALONG, LINES, MERGES, SCALES
from labs.composition.measures import (
    ANALOGIES,
    BOTH,
    Lists,
    all_four,
    analogy,
    barrier,
    couples,
    entry,
    merged,
    of,
)
from labs.composition.published import SUMS
from labs.composition.shown import OF_LINES, soup
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
LOOKS: dict[str, dict[str, Any]] = {  # one start solid, two starts dashed
    "full": {"color": BLUE, "marker": "o"},
    "full-bases": {"color": BLUE, "marker": "s", "linestyle": "--"},
    "adapter": {"color": GREEN, "marker": "^"},
    "adapter-starts": {"color": GREEN, "marker": "v", "linestyle": "--"},
    "lora": {"color": ORANGE, "marker": "D"},
    "lora-starts": {"color": ORANGE, "marker": "P", "linestyle": "--"},
}
OF_MERGES = {
    "average": "average",
    "arithmetic": "sum at\none scale",
    "fisher": "Fisher",
    "regmean": "RegMean",
    "ties": "TIES",
    "dare": "DARE",
}
OF_ANALOGIES = {
    "base": "base",
    "ramp": "ramp",
    "reverse": "reverse",
    "random": "random,\nequal norm",
    "analogy": "analogy",
}


def lines(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy along lines between two networks or modules, with the barrier of each; and of a
    soup beside the networks that it is made of."""
    figure, axes = draw.figure(2, width=5.8, height=4.8)
    _lines(axes[0], table)
    soups = soup(table)
    shades = (draw.GREY, ORANGE, BLUE)
    if any(soups.values()):
        draw.dots(axes[1], soups, color=shades)
        axes[1].set_xlabel("Test accuracy (%)")
        axes[1].grid(axis="y", visible=False)
    else:
        draw.legend(axes[1])
    axes[1].set_title("Soup: the average of networks of one base")
    draw.note(figure, table)
    return figure


def _lines(ax: "Axes", table: Table) -> None:
    for line in LINES:
        found = of(table, "line", "line", line)
        if found:
            height = float(np.mean([*barrier(table, line).values()]))
            label = f"{OF_LINES[line]}: {height:.1f}"
            draw.band(ax, ALONG, found, label=label, markersize=5, **LOOKS[line])
    ax.set(title="On the line between two networks", ylabel="Test accuracy (%)")
    ax.set(xlabel="Place a on the line, (1 \N{MINUS SIGN} a) first + a second")
    if ax.has_data():
        ax.set_ylim(0, 100)
    below(ax, title="Barrier in points", title_fontsize=9)


def arithmetic(table: Table, verdicts: VerdictsById) -> "Figure":
    """What networks keep when differences are added, by scale; what falls when one is negated; how
    four are merged; and the analogy."""
    figure, axes = draw.figure(2, 2, width=5.8, height=4.6)
    _sums(axes[0], table)
    _negation(axes[1], table)
    _bars(axes[2], {OF_MERGES[name]: merged(table, name) for name in MERGES}, (GREEN,) * 6)
    axes[2].axvline(SUMS, color=draw.GREY, linestyle=":", linewidth=1.2)
    axes[2].set(title="Four networks merged", xlabel="Share of their own accuracy that stays")
    shades = (*(draw.GREY,) * 4, BLUE)
    _bars(axes[3], {OF_ANALOGIES[name]: analogy(table, name) for name in ANALOGIES}, shades)
    axes[3].set(title="Analogy, in reverse+ramp", xlabel="Test accuracy (%)")
    words = f"Curves: validation data; marks: test data. Dotted: foretold, {SUMS:g} of their own."
    draw.note(figure, table, words if len(table) else "")
    return figure


def _bars(ax: "Axes", groups: dict[str, Values], shades: Sequence[str]) -> None:
    if any(groups.values()):
        draw.dots(ax, groups, color=shades)
        ax.grid(axis="y", visible=False)
    else:
        draw.legend(ax)


def _sums(ax: "Axes", table: Table) -> None:
    two, four = (of(table, n, "arithmetic") for n in ("couples_by_scale", "all_by_scale"))
    draw.band(ax, SCALES, two, label="sum of two", color=BLUE)
    draw.band(ax, SCALES, four, label="sum of four", color=RED, linestyle="--")
    scales: Lists = of(table, "scales", "arithmetic")
    chosen = {r: float(np.mean(own[:-1])) for r, own in scales.items()}
    marks = (
        (chosen, couples(table), "two, scales chosen", BLUE, "o"),
        (entry(scales, -1), all_four(table), "four, scale chosen", RED, "D"),
        (chosen, couples(table, "noise"), "one and a random one", draw.GREY, "X"),
    )
    for x, y, label, color, marker in marks:
        _mark(ax, x, y, label=label, color=color, marker=marker)
    if ax.has_data():
        ax.axhline(SUMS, color=draw.GREY, linestyle=":", linewidth=1.2)
        ax.set_ylim(0, 1.05)
    ax.set(title="Differences added", xlabel="Scale of the differences")
    ax.set_ylabel("Share of their own accuracy that stays")
    below(ax)


def _mark(ax: "Axes", x: Values, y: Values, *, label: str, color: str, marker: str) -> None:
    """The mean of points with white rims, so that they stand out from a curve."""
    if x and y:
        place = [float(np.mean([*values.values()])) for values in (x, y)]
        ax.plot(*[[one] for one in place], marker, color=color, label=label, markersize=9,
                markeredgecolor="white", zorder=4)  # fmt: skip


def _negation(ax: "Axes", table: Table) -> None:
    looks = ((GREEN, "-", "o"), (RED, "--", "D"))
    scale: Values = of(table, "scale", "negation")
    for place, (name, (color, line, marker)) in enumerate(zip(BOTH, looks, strict=True)):
        curves = of(table, f"{name}_by_scale", "negation")
        draw.band(ax, SCALES, curves, label=name, color=color, linestyle=line)
        ends = (("after", marker, "scale chosen"), ("after_random", "X", "random change"))
        for column, sign, words in ends:
            values = entry(of(table, column, "negation"), place)
            _mark(ax, scale, values, label=f"{name}, {words}", color=color, marker=sign)
    if ax.has_data():
        ax.set_ylim(0, 100)
    ax.set(title="The difference of reverse taken away", xlabel="Scale of the difference")
    ax.set_ylabel("Test accuracy (%)")
    below(ax)
