"""What is read off a sweep: valleys, peaks and where it begins to fit. One number per replicate.

A peak's place lies between the sizes of the sweep: on a parabola through three of them. A valley or
a peak that a claim measures is looked for on the mean over the *other* replicates and measured on
this one, so that no replicate's own fluctuation makes it a peak.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labs.double_descent.grid import SWEEPS
from labs.double_descent.sizes import parameters
from labs.double_descent.thresholds import crossing, misfit, octaves
from labs.kit.measures import Measure, Values, aligned, measured, minus
from labs.kit.table import Table

Curves = dict[int, list[float]]  # by replicate, over sizes or epochs
MIDDLE, BEFORE = (30, 70), 20  # widths about the threshold; the last below is their reference


def sizes(table: Table, sweep: str) -> list[int]:
    """The sizes of a sweep, ascending."""
    return sorted(set(table.where(sweep=sweep).column("size")))


def over_sizes(table: Table, sweep: str, column: str = "final_test_error") -> Curves:
    """A column over the sizes of a sweep, of the replicates that have them all."""
    rows = table.where(sweep=sweep)
    return aligned([rows.values(column, size=size) for size in sizes(table, sweep)])


def over_time(table: Table, sweep: str) -> Curves:
    """Test error over the epochs of the largest network of a sweep."""
    largest = max(sizes(table, sweep), default=0)
    return table.values("test_error", sweep=sweep, size=largest)


def rise(curve: Sequence[float]) -> tuple[int, int]:
    """Places of the valley and of the later peak between which a curve rises most.

    >>> rise([70, 50, 47, 49, 54, 52, 45])
    (2, 4)
    """
    pairs = ((i, j) for j in range(1, len(curve)) for i in range(j))
    return max(pairs, key=lambda pair: curve[pair[1]] - curve[pair[0]])


def at(place: str, curves: Callable[..., Curves] = over_sizes, **where: Any) -> Measure:
    """A curve's value at the others' "valley" or "peak", or at its "end".

    Args:
        place: one of the three.
        curves: (table, **where) -> curves; of fewer than 3 points or 2 replicates nothing is said.
    """
    return measured(_at, place, curves, **where)


def _at(table: Table, place: str, curves: Callable[..., Curves], **where: Any) -> Values:
    found = curves(table, **where)
    if len(found) < 2 or len(next(iter(found.values()))) < 3:
        return {}
    values = {}
    for replicate, others in _others(found).items():
        valley, peak = rise(others)
        values[replicate] = found[replicate][{"valley": valley, "peak": peak, "end": -1}[place]]
    return values


def _others(curves: Curves) -> dict[int, list[float]]:
    return {r: np.mean([c for o, c in curves.items() if o != r], axis=0).tolist() for r in curves}


def least(*parts: Measure) -> Measure:
    """The smallest of measures."""
    return measured(_least, *parts)


def _least(table: Table, *parts: Measure) -> Values:
    return {r: min(values) for r, values in aligned([part(table) for part in parts]).items()}


def bump(table: Table) -> Values:
    """Points by which clean test error about the threshold exceeds that of the width before."""
    curves, widths = over_sizes(table, "clean"), sizes(table, "clean")
    middle = [place for place, width in enumerate(widths) if MIDDLE[0] <= width <= MIDDLE[1]]
    before = [place for place, width in enumerate(widths) if BEFORE <= width < MIDDLE[0]]
    if not middle or not before or len(curves) < 2:
        return {}
    worst = {r: max(middle, key=others.__getitem__) for r, others in _others(curves).items()}
    return {r: curve[worst[r]] - curve[before[-1]] for r, curve in curves.items()}


def vertex(points: Sequence[float], values: Sequence[float], place: int) -> float:
    """Where the parabola through a peak and its neighbours is highest, over the logarithms of the
    points; the peak's own point at an end, or where it is not higher than its neighbours.

    >>> [round(vertex([1, 4, 16], errors, 1), 2) for errors in ([0, 3, 0], [0, 3, 2])]
    [4.0, 5.66]
    """
    near = slice(max(place - 1, 0), place + 2)
    x, y = np.log(points[near]), np.asarray(values[near], dtype=float)
    if len(x) < 3 or y[1] < max(y[0], y[2]) or y[0] == y[1] == y[2]:
        return float(points[place])
    curvature, ascent, _ = np.polyfit(x - x[1], y - y[1], 2)
    return float(points[place] * np.exp(-ascent / (2 * curvature)))


def peak_size(table: Table, sweep: str) -> Values:
    """The size at each replicate's own peak of test error, after its valley."""
    found = sizes(table, sweep)
    curves = over_sizes(table, sweep) if len(found) > 1 else {}
    return {r: vertex(found, curve, rise(curve)[1]) for r, curve in curves.items()}


def highest_loss(table: Table, sweep: str) -> Values:
    """The size at which each replicate's test loss is highest."""
    found = sizes(table, sweep)
    curves = over_sizes(table, sweep, "final_test_loss")
    return {r: vertex(found, curve, int(np.argmax(curve))) for r, curve in curves.items()}


def first_fitted(table: Table, sweep: str) -> Values:
    """The size at which the training set is fitted for the first time, if it is at one of them; of
    larger ones nothing is asked."""
    rows, found = table.where(sweep=sweep), sizes(table, sweep)
    curves = aligned([{r["replicate"]: misfit(r) for r in rows.where(size=s)} for s in found])
    fitted = {r: crossing(found, curve) for r, curve in curves.items() if found}
    return {r: threshold.size for r, threshold in fitted.items() if threshold.bracket != "above"}


def loss_from_threshold(table: Table, sweep: str) -> Values:
    """By how many sizes of the sweep the peak of test loss lies above the threshold."""
    return _from_threshold(table, sweep, highest_loss(table, sweep))


def error_from_threshold(table: Table, sweep: str) -> Values:
    """The same of the peak of test error."""
    return _from_threshold(table, sweep, peak_size(table, sweep))


def _from_threshold(table: Table, sweep: str, peaks: Values) -> Values:
    found = sizes(table, sweep)
    places = [
        {r: _place(found, size) for r, size in by.items()}
        for by in (peaks, first_fitted(table, sweep))
    ]
    return minus(*places)


def _place(found: Sequence[int], size: float) -> float:
    return float(np.interp(np.log(size), np.log(found), range(len(found))))


def noise_shift(table: Table) -> Values:
    """Octaves of width by which label noise moves the MLP's threshold."""
    return octaves(first_fitted(table, "noise"), first_fitted(table, "clean"))


def counts(sweep: str, sizes: Mapping[int, float]) -> Values:
    """Numbers of parameters instead of the sizes of a sweep, also between its sizes."""
    return {r: parameters(SWEEPS[sweep].net, size) for r, size in sizes.items()}


def peak_shift(table: Table) -> Values:
    """Octaves of parameters between the CNN's peak of test error and the MLP's."""
    cnn, mlp = (counts(name, peak_size(table, name)) for name in ("cnn", "noise"))
    return octaves(cnn, mlp)


def peak_per_example(table: Table) -> Values:
    """Parameters per training example at the CNN's peak of test error."""
    examples = max(table.where(sweep="cnn").column("examples"), default=1)
    found = counts("cnn", peak_size(table, "cnn"))
    return {r: count / examples for r, count in found.items()}


def old_peak(table: Table) -> Values:
    """Parameters at the peak of test loss in the sweep of 2020."""
    return counts("mlp2020", highest_loss(table, "mlp2020"))
