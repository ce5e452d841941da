"""Names of lines at their ends, in place of a legend over data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def named(ax: "Axes", *, gap: float = 0.055) -> None:
    """Name the lines that have labels at their right ends; or say that there are no results.

    Args:
        ax: the axes; scale and limits of its vertical axis must be set.
        gap: from one line of a name to the next at least, as a share of the axes' height.
    """
    lines = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
    if not lines:
        draw.legend(ax)
    ends = [_height(ax, line) for line in lines]
    rows = max((str(line.get_label()).count("\n") + 1 for line in lines), default=1)
    for line, height in zip(lines, apart(ends, gap * rows), strict=True):
        (sample,) = ax.plot([1.03, 1.06, 1.09], [height] * 3, transform=ax.transAxes, clip_on=False)
        sample.update_from(line)
        sample.set(transform=ax.transAxes, clip_on=False, label="_", markevery=[1])
        ax.text(
            1.105, height, str(line.get_label()), fontsize=9, va="center", transform=ax.transAxes
        )


def _height(ax: "Axes", line: "Line2D") -> float:
    """Where the last point of a line that is one lies, as a share of the axes' height."""
    values = np.asarray(line.get_ydata(), dtype=float)
    values = values[np.isfinite(values)]
    ax.get_ylim()  # settles it
    x_and_y = ax.transData.transform((1.0, values[-1] if len(values) else 1.0))
    return float(ax.transAxes.inverted().transform(x_and_y)[1])


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return places pushed apart, in their order, until they are a gap from each other, none below
    0 or above 1.

    >>> [round(place, 3) for place in apart([0.5, 0.1, 0.5], 0.1)]
    [0.45, 0.1, 0.55]
    >>> [round(place, 3) for place in apart([1.0, 0.97], 0.1)]
    [1.0, 0.9]
    >>> apart([-20.0, 0.5], 0.1)
    [0.0, 0.5]
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = [min(max(float(places[i]), 0.0), 1.0) for i in order]
    for _ in range(300):
        moved[:1], moved[-1:] = [max(m, 0.0) for m in moved[:1]], [min(m, 1.0) for m in moved[-1:]]
        for i in range(len(moved) - 1):
            short = gap - (moved[i + 1] - moved[i])
            if short > 0:
                moved[i], moved[i + 1] = moved[i] - short / 2, moved[i + 1] + short / 2
    return [moved[order.index(i)] for i in range(len(places))]
