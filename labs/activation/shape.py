"""The shape of an activation: its extrema, and the best polyline through points of it."""

from typing import NamedTuple

import numpy as np

Array = np.ndarray

POINTS = np.linspace(-6, 6, 241)  # where learned functions are recorded
MIDDLE = slice(20, 221)  # from -5 to 5, which the published figure shows
FITTED = slice(20, 221, 2)  # the same in steps of 0.1, which the polyline fits


class Extrema(NamedTuple):
    """Where a sampled function has its local maxima and minima."""

    maxima: list[float]
    minima: list[float]


def extrema(x: Array, y: Array) -> Extrema:
    """The interior local extrema of a function given at ascending x, both of shape (n,).

    >>> x = np.linspace(-5, 5, 101)
    >>> found = extrema(x, x**3 - 3 * x)
    >>> [round(float(at), 2) for at in (*found.maxima, *found.minima)]
    [-1.0, 1.0]
    """
    rising = np.diff(y) > 0
    turns = np.flatnonzero(rising[1:] != rising[:-1]) + 1
    return Extrema(
        [float(x[i]) for i in turns if rising[i - 1]],
        [float(x[i]) for i in turns if not rising[i - 1]],
    )


class Polyline(NamedTuple):
    """A continuous piecewise-linear function; beyond the ends its outer pieces go on.

    `nodes` (k,) where the slope changes, `slopes` (k + 1,) of the pieces, `start` the value at the
    first node.
    """

    nodes: Array
    slopes: Array
    start: float

    def __call__(self, x: Array) -> Array:
        """The values at x, of any shape."""
        beyond = np.maximum(x[..., None] - self.nodes, 0) @ np.diff(self.slopes)
        return self.start + self.slopes[0] * (x - self.nodes[0]) + beyond


def polyline(x: Array, y: Array, pieces: int = 6) -> Polyline:
    """The polyline through `pieces + 1` points of a function, its ends among them, that is
    nearest to it: least sum of squares over the points given.

    Args:
        x: ascending, equally spaced, (n,).
        y: the function there, (n,).
        pieces: straight pieces; the published approximation has 6.

    Raises:
        ValueError: fewer than 2 pieces, or not more points than pieces.

    >>> x = np.linspace(-1, 1, 21)
    >>> line = polyline(x, np.abs(x), pieces=2)
    >>> [round(float(v), 6) for v in (*line.nodes, *line.slopes, line.start)]
    [0.0, -1.0, 1.0, 0.0]
    """
    if not 2 <= pieces < len(x):
        raise ValueError(f"pieces must be between 2 and {len(x) - 1}, got {pieces}")
    cost = _chords(x, y)
    least, before = cost[0], []
    for _ in range(pieces - 1):  # dynamic programming over the last node
        total = least[:, None] + cost
        before.append(total.argmin(0))
        least = total.min(0)
    path = [len(x) - 1]
    for choice in reversed(before):
        path.append(int(choice[path[-1]]))
    at = [0, *sorted(path)]
    slopes = np.diff(y[at]) / np.diff(x[at])
    return Polyline(x[at[1:-1]], slopes, float(y[at[1]]))


def _chords(x: Array, y: Array) -> Array:
    """Sum of squares between the function and its chord from each point to each later one."""
    n = len(x)
    cost = np.full((n, n), np.inf)
    for i in range(n):
        for j in range(i + 1, n):
            chord = y[i] + (y[j] - y[i]) / (j - i) * np.arange(j - i)
            cost[i, j] = np.sum((y[i:j] - chord) ** 2)
    return cost
