"""The pictures of the lesson `signals`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from mnist1d import get_templates

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OWN, OTHER = draw.COLORS[1], draw.COLORS[0]


def digits(x: np.ndarray, y: np.ndarray) -> "Figure":
    """Draw the ten strokes, and below each a signal of its digit; both run down the page.

    Args:
        x: signals (n, L).
        y: their digits (n,), each at least once.
    """
    drawn, axes = draw.figure(10, 2, width=0.9, height=1.7)
    shapes = get_templates()["x"]
    for digit, (above, below) in enumerate(zip(axes[:10], axes[10:], strict=True)):
        _stroke(above, shapes[digit], draw.GREY)
        _stroke(below, x[np.flatnonzero(y == digit)[0]], OTHER)
        above.set_title(str(digit))
    for ax, name in ((axes[0], "stroke"), (axes[10], "signal")):
        ax.set_ylabel(f"{name}\nposition")
    return drawn


def _stroke(ax: "Axes", values: np.ndarray, color: str) -> None:
    ax.plot(values, np.arange(len(values)), color=color)
    ax.invert_yaxis()
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def ladder(rungs: Mapping[str, float], own: str, low: float, share: float, high: float) -> "Figure":
    """Draw who reads how many of 100 signals, and one reader with an interval among them.

    Args:
        rungs: reader -> percent.
        own: name of the reader with the interval.
        low, share, high: its interval and share, percent.
    """
    drawn, (ax,) = draw.figure(width=7.0, height=3.4)
    rows = sorted((dict(rungs) | {own: share}).items(), key=lambda row: row[1])
    for place, (name, value) in enumerate(rows):
        color = OWN if name == own else OTHER
        ax.plot(value, place, "o", color=color)
        ax.annotate(
            f"{value:.1f}",
            (value, place),
            (0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=color,
        )
    place = [name for name, _ in rows].index(own)
    ax.plot([low, high], [place, place], color=OWN)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    ax.set(xlim=(0, 103), ylim=(-0.6, len(rows) - 0.3), xlabel="signals read right (%)")
    return drawn


def knobs(accuracies: Mapping[str, float]) -> "Figure":
    """Draw what ten nearest neighbours read with each knob at zero, against the first entry.

    Args:
        accuracies: what was done to the recipe -> percent; the first is the published recipe.
    """
    drawn, (ax,) = draw.figure(width=7.0, height=2.8)
    names, values = list(accuracies), list(accuracies.values())
    places = range(len(names))
    ax.barh(places, values, color=[draw.GREY, *[OTHER] * (len(names) - 1)], height=0.6)
    ax.axvline(values[0], color=draw.GREY, linestyle="--")
    for place, value in zip(places, values, strict=True):
        ax.annotate(
            f"{value:.1f}",
            (value, place),
            (7, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    ax.set_yticks(places, names)
    ax.invert_yaxis()
    ax.set(xlim=(0, 103), xlabel="ten nearest neighbours: signals read right (%)")
    return drawn


def steps(moves: Sequence[int], curves: Mapping[str, Sequence[float]]) -> "Figure":
    """Draw what is read of signals that were moved after training.

    Args:
        moves: positions that they were moved by.
        curves: reader -> percent at each step.
    """
    drawn, (ax,) = draw.figure(width=7.0, height=3.4)
    for (name, values), mark, color in zip(
        curves.items(), ("o-", "s--"), (OWN, OTHER), strict=False
    ):
        ax.plot(moves, values, mark, color=color, label=name)
    ax.axhline(10, color=draw.GREY, linestyle=":", label="guessing")
    ax.set(ylim=(0, 103), xlabel="test signals moved to the right by (positions)")
    ax.set_ylabel("signals read right (%)")
    ax.set_xticks(list(moves))
    draw.legend(ax)
    return drawn
