"""Names of lines at their ends, in place of a legend over data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes


def named(ax: "Axes", *, gap: float = 0.055) -> None:
    """Name the lines that have labels at their right ends; or say that there are no results.

    Args:
        ax: the axes; the limits of its vertical axis must be set.
        gap: between names at least, as a share of the axes' height.
    """
    lines = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
    if not lines:
        draw.legend(ax)
    low, high = ax.get_ylim()
    ends = [(float(np.asarray(line.get_ydata())[-1]) - low) / (high - low) for line in lines]
    for line, height in zip(lines, apart(ends, gap), strict=True):
        (sample,) = ax.plot([1.02, 1.08], [height] * 2, transform=ax.transAxes, clip_on=False)
        sample.update_from(line)
        sample.set(transform=ax.transAxes, clip_on=False, label="_")
        ax.text(1.1, height, str(line.get_label()), fontsize=9, va="center", transform=ax.transAxes)


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return places pushed apart, in their order, until they are a gap from each other, none below
    0 or above 1.

    >>> [round(place, 3) for place in apart([0.5, 0.1, 0.5], 0.1)]
    [0.45, 0.1, 0.55]
    >>> [round(place, 3) for place in apart([1.0, 0.97], 0.1)]
    [1.0, 0.9]
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = [float(places[i]) for i in order]
    for _ in range(300):
        moved[:1], moved[-1:] = [max(m, 0.0) for m in moved[:1]], [min(m, 1.0) for m in moved[-1:]]
        for i in range(len(moved) - 1):
            short = gap - (moved[i + 1] - moved[i])
            if short > 0:
                moved[i], moved[i + 1] = moved[i] - short / 2, moved[i + 1] + short / 2
    return [moved[order.index(i)] for i in range(len(places))]
