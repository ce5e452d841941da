"""Differences of networks that are added, negated, merged and put into an analogy."""

from typing import TYPE_CHECKING

import numpy as np

from labs.composition.grid import MERGES, SCALES
from labs.composition.looks import BLUE, GREEN, RED, Rows, below, ends, rows
from labs.composition.measures import (
    ANALOGIES,
    BOTH,
    Lists,
    all_four,
    analogy,
    couples,
    entry,
    fallen,
    merged,
    of,
)
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OF_MERGES = {
    "average": "average",
    "arithmetic": "sum, one scale",
    "fisher": "Fisher",
    "regmean": "RegMean",
    "ties": "TIES",
    "dare": "DARE",
}
OF_ANALOGIES = {
    "base": "base",
    "ramp": "ramp",
    "reverse": "reverse",
    "random": "random, equal norm",
    "analogy": "analogy",
}
OWN = "Share of own accuracy kept"


def sums(table: Table, verdicts: VerdictsById) -> "Figure":
    """What networks keep of their accuracy when their differences are added, by scale; sums of two
    beside others; their leads; and four networks merged in six ways."""
    figure, axes = draw.figure(2, 2, width=6.2, height=4.2)
    _sums(axes[0], table)
    axes[1].set_xlim(0, 1)
    colors = (BLUE, draw.GREY, draw.GREY, RED)
    forest(axes[1], of_sums(table, verdicts), verdicts, color=colors)
    axes[1].set(title="At scales chosen", xlabel=OWN)
    own = {"sum of four\n": "C20-four", "one and random\n": "C20-noise"}
    own["the better one\n"] = "C20-single"
    forest(axes[2], own, verdicts, color=BLUE)
    ends(axes[2])
    axes[2].set(title="Lead of sums of two over", xlabel="Difference of shares kept")
    axes[3].set_xlim(0, 1)
    merges: Rows = {OF_MERGES[name]: merged(table, name) for name in MERGES}
    forest(axes[3], merges, verdicts, color=RED)
    axes[3].set(title="Four networks merged", xlabel=OWN)
    intervals = f"bands 95 % t intervals, on validation data; {ARMS}"
    draw.note(figure, table, NOTE, intervals=intervals)
    return figure


def of_sums(table: Table, verdicts: VerdictsById) -> Rows:
    """What is kept at scales that validation data chose."""
    return rows(
        verdicts,
        ("sum of two", "C20-couples", couples(table)),
        ("one and a random one", "", couples(table, "noise")),
        ("the better one alone", "", couples(table, "single")),
        ("sum of four", "", all_four(table)),
    )


def _sums(ax: "Axes", table: Table) -> None:
    two, four = (of(table, n, "arithmetic") for n in ("couples_by_scale", "all_by_scale"))
    draw.band(ax, SCALES, two, label="sum of two", color=BLUE)
    draw.band(ax, SCALES, four, label="sum of four", color=RED, linestyle="--")
    scales: Lists = of(table, "scales", "arithmetic")
    chosen = {r: float(np.mean(own[:-1])) for r, own in scales.items()}
    marks = (
        (chosen, couples(table), "two, scales chosen", BLUE, "o"),
        (entry(scales, -1), all_four(table), "four, scale chosen", RED, "D"),
    )
    for x, y, label, color, marker in marks:
        _mark(ax, x, y, label=label, color=color, marker=marker)
    ax.set(title="By scale", xlabel="Scale of the differences", ylim=(0, 1), ylabel=OWN)
    below(ax)


def _mark(ax: "Axes", x: Values, y: Values, *, label: str, color: str, marker: str) -> None:
    """The mean of points with white rims, so that they stand out from a curve."""
    if x and y:
        place = [float(np.mean([*values.values()])) for values in (x, y)]
        ax.plot(*[[one] for one in place], marker, color=color, label=label, markersize=9,
                markeredgecolor="white", zorder=4)  # fmt: skip


def negation(table: Table, verdicts: VerdictsById) -> "Figure":
    """What a network reads when the difference of reverse is taken away, by scale; how far reverse
    falls; and what stays of clean signals."""
    figure, axes = draw.figure(3, width=5.2, height=4.4)
    _negation(axes[0], table)
    falls = rows(
        verdicts,
        ("reverse taken\naway", "C20-falls", fallen(table)),
        ("a random change", "", fallen(table, "after_random")),
        ("over a random\nchange", "C20-falls-random", {}),
    )
    forest(axes[1], falls, verdicts, color=(RED, draw.GREY, RED))
    ends(axes[1])
    axes[1].set(title="How far reverse falls", xlabel="Points of accuracy")
    forest(axes[2], {"reverse taken\naway\n": "C20-keeps"}, verdicts, color=GREEN)
    axes[2].set(title="What stays of clean", xlabel="Share of accuracy before")
    draw.note(figure, table, NOTE, intervals=f"bands 95 % t intervals; {ARMS}")
    return figure


def _negation(ax: "Axes", table: Table) -> None:
    looks = ((GREEN, "-", "o"), (RED, "--", "D"))
    scale: Values = of(table, "scale", "negation")
    for place, (name, (color, line, marker)) in enumerate(zip(BOTH, looks, strict=True)):
        curves = of(table, f"{name}_by_scale", "negation")
        draw.band(ax, SCALES, curves, label=name, color=color, linestyle=line)
        ends_ = (("after", marker, "scale chosen"), ("after_random", "X", "random change"))
        for column, sign, words in ends_:
            values = entry(of(table, column, "negation"), place)
            _mark(ax, scale, values, label=f"{name}, {words}", color=color, marker=sign)
    ax.set(title="By scale", xlabel="Scale of what is taken away", ylim=(0, 100))
    ax.set_ylabel("Test accuracy (%)")
    below(ax)


def analogies(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy in reverse+ramp of the base, of differences alone and of the analogy; and its
    leads."""
    figure, axes = draw.figure(2, width=6.0, height=4.0)
    arms: Rows = {OF_ANALOGIES[name]: analogy(table, name) for name in ANALOGIES}
    forest(axes[0], arms, verdicts, color=(*(draw.GREY,) * 4, BLUE))
    axes[0].axvline(10, color=draw.GREY, linestyle=":", linewidth=1.2)
    axes[0].set(title="What is added to the base", xlabel="Test accuracy in reverse+ramp (%)")
    own = {f"over {name}\n": f"C20-analogy-{name}" for name in ("ramp", "reverse", "random")}
    forest(axes[1], own, verdicts, color=BLUE)
    ends(axes[1])
    axes[1].set(title="Lead of the analogy", xlabel="Points of accuracy")
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals=ARMS)
    return figure
