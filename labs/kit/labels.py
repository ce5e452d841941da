"""Names of lines beside an axes, where a legend would lie over what it explains."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

STEP = 0.07  # from one line of names to the next, of the height of an axes
AT = 1.07  # where names begin, of its width


def beside(ax: "Axes", *, size: float = 9) -> None:
    """Write the names of an axes' lines beside their right ends, moved apart where they are near,
    with a stroke from each line to its name; of no lines say that there are no results.

    Limits and scales of the axes should be set before.

    Args:
        ax: the axes.
        size: of the letters, in points.
    """
    ends = {line: end for line in ax.get_lines() if _named(line) and (end := _end(line))}
    if not ends:
        draw.legend(ax)
        return
    ax.get_xlim(), ax.get_ylim()  # settles them
    to_axes = ax.transData + ax.transAxes.inverted()
    heights = {line: float(to_axes.transform(end)[1]) for line, end in ends.items()}
    ordered = sorted(ends, key=heights.__getitem__)
    lines = max(str(line.get_label()).count("\n") + 1 for line in ordered)
    placed = apart([heights[line] for line in ordered], STEP * lines, 0.0, 1.0)
    for line, height in zip(ordered, placed, strict=True):
        stroke = {"arrowstyle": "-", "color": line.get_color(), "linestyle": line.get_linestyle()}
        ax.annotate(
            str(line.get_label()), ends[line], (AT, height), textcoords="axes fraction",
            fontsize=size, va="center", annotation_clip=False,
            arrowprops=stroke | {"lw": 1.0, "shrinkA": 1, "shrinkB": 2, "relpos": (0, 0.5)},
        )  # fmt: skip


def _named(line: "Line2D") -> bool:
    return not str(line.get_label()).startswith("_")


def _end(line: "Line2D") -> tuple[float, float] | None:
    """The last point of a line that is one."""
    points = np.asarray(line.get_xydata(), dtype=float)
    points = points[np.isfinite(points).all(1)]
    return (float(points[-1, 0]), float(points[-1, 1])) if len(points) else None


def apart(heights: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Return ascending heights moved as little as is needed (least squares) to be a step apart,
    from `low` to `high`; where there are too many of them they end at `high`.

    >>> apart([0.0, 0.0, 5.0], 1.0, 0.0, 5.0)
    [0.0, 1.0, 5.0]
    >>> apart([2.0, 2.0], 1.0, 0.0, 5.0)
    [1.5, 2.5]
    """
    n = len(heights)
    steps = step * np.arange(n)
    free = np.asarray(heights, dtype=float) - steps  # must not fall: isotonic regression
    means = [[free[a : b + 1].mean() for b in range(a, n)] for a in range(n)]
    rising = [max(min(means[a][i - a :]) for a in range(i + 1)) for i in range(n)]
    return [float(h) for h in np.clip(rising, low, high - step * (n - 1)) + steps] if n else []
