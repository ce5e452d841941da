"""Constants, slopes and ratios of what was measured, by replicate.

The size of a cell's sketch is d, or where it was cut what is left of it. A constant is an error
times the root of the size, the mean over all sizes; a slope is that of a straight line through
logarithms.
"""

import math
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from labs.kit.measures import Measure, Values, column, measured
from labs.kit.table import Table

LOST = 0.5  # an error above which attributes of norm 1 are said to be lost


def constant(name: str, **where: object) -> Measure:
    """A column times the root of the size."""
    return measured(_constant, name, **where)


def level(name: str, **where: object) -> Measure:
    """The mean of a column over all sizes."""
    return measured(_level, name, **where)


def slope(name: str, **where: object) -> Measure:
    """The exponent of the size in a column."""
    return measured(_slope, name, "size", **where)


def exponent(name: str, by: str, **where: object) -> Measure:
    """The exponent of another column of the grid in a column."""
    return measured(_slope, name, by, **where)


def readable(**where: object) -> Measure:
    """The logarithm to base 2 of the size at which the error is `LOST`."""
    return measured(_readable, **where)


def largest(name: str, **where: object) -> Measure:
    """The greatest value of a column."""
    return measured(_largest, name, **where)


def at(name: str, question: str, **where: object) -> Measure:
    """A column of the one row of a question that `where` selects."""
    return column(name, question=question, **where)


def deeper(fan: int, depth: int) -> Measure:
    """The factor of the error from a depth to the next."""
    where = {"question": "depth", "fan": fan}
    return constant("error", depth=depth + 1, **where) / constant("error", depth=depth, **where)


def product_over_theory(arm: str, weight: float, cosine: float) -> Measure:
    """The inner product of sketches that share an object over w^2 (1 + c) / 64, at another position
    of half of that."""
    theory = weight**2 * (1 + cosine) / (64 if arm == "same position" else 128)
    return at("product", "shared", arm=arm, weight=weight, cosine=cosine) / theory


def size(row: Mapping[str, int]) -> int:
    """How many numbers of a cell's sketch are left."""
    return row["keep"] or row["d"]


Points = dict[int, tuple[np.ndarray, np.ndarray]]  # by replicate sizes and values (k,)


def _points(table: Table, name: str, by: str, where: Mapping[str, object]) -> Points:
    found: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for row in table.where(**where):
        found[row["replicate"]].append((size(row) if by == "size" else row[by], row[name]))
    points: Points = {}
    for replicate, pairs in found.items():
        x, y = np.array(sorted(pairs)).T
        points[replicate] = x, y
    return points


def _constant(table: Table, name: str, **where: object) -> Values:
    points = _points(table, name, "size", where)
    return {r: float(np.mean(y * np.sqrt(x))) for r, (x, y) in points.items()}


def _level(table: Table, name: str, **where: object) -> Values:
    return {r: float(y.mean()) for r, (_, y) in _points(table, name, "size", where).items()}


def _slope(table: Table, name: str, by: str, **where: object) -> Values:
    points = _points(table, name, by, where)
    return {r: _line(x, y)[0] for r, (x, y) in points.items() if len(x) > 1 and (y > 0).all()}


def _readable(table: Table, **where: object) -> Values:
    lines = {
        r: _line(x, y) for r, (x, y) in _points(table, "error", "size", where).items() if len(x) > 1
    }
    return {r: (math.log(LOST) - b) / a / math.log(2) for r, (a, b) in lines.items()}


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    a, b = np.polyfit(np.log(x), np.log(y), 1)
    return float(a), float(b)


def _largest(table: Table, name: str, **where: object) -> Values:
    points = _points(table, name, "size", where)
    return {r: float(y.max()) for r, (_, y) in points.items()}
