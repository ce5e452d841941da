"""What is read off a sweep: thresholds, valleys and peaks, slopes. One number per replicate.

A valley or a peak is looked for on the mean over the *other* replicates and measured on this one,
so that no replicate's own fluctuation makes it a peak.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from labs.double_descent.sweeps import MSE_FITTED, SWEEPS, parameters
from labs.kit.table import Table

Curve = Mapping[Any, float]  # size or epoch -> value
Curves = dict[int, Curve]  # by replicate


def sweep(table: Table, name: str, column: str = "final_test_error") -> Curves:
    """The values of a column over sizes, of every replicate that has all the sizes."""
    return _over_sizes((row, row[column]) for row in table.where(sweep=name))


def fitting(table: Table, name: str) -> Curves:
    """Over sizes, whether the training set is fitted."""
    return _over_sizes((row, fits(row)) for row in table.where(sweep=name))


def _over_sizes(values: Iterable[tuple[Mapping[str, Any], float]]) -> Curves:
    curves: dict[int, dict[int, float]] = defaultdict(dict)
    for row, value in values:
        curves[row["replicate"]][row["size"]] = value
    return complete(curves)


def fits(row: Mapping[str, Any]) -> bool:
    """Does a network fit its training set: no error, and of squared error a small loss?

    Outputs that no label uses are not counted: they are right at once, and would dilute the mean.
    """
    loss = row["final_train_loss"] * row["outputs"] / row["classes"]
    small = SWEEPS[row["sweep"]].loss != "mse" or loss < MSE_FITTED
    return row["final_train_error"] == 0 and small


def complete(curves: Mapping[int, Curve]) -> Curves:
    """The replicates that have all the points that any has, each in ascending order."""
    points = set().union(*curves.values())
    return {
        replicate: dict(sorted(curve.items()))
        for replicate, curve in sorted(curves.items())
        if curve.keys() == points
    }


def over_time(table: Table, name: str) -> Curves:
    """Test error over epochs of the largest network of a sweep."""
    rows = table.where(sweep=name)
    largest = max(rows.column("size"), default=0)
    return complete(
        {
            row["replicate"]: dict(zip(row["epoch"], row["test_error"], strict=True))
            for row in rows.where(size=largest)
        }
    )


def rise(curve: Sequence[float]) -> tuple[int, int]:
    """Places of the valley and of the later peak between which a curve rises most.

    >>> rise([70, 50, 47, 49, 54, 52, 45])
    (2, 4)
    """
    pairs = ((i, j) for j in range(1, len(curve)) for i in range(j))
    return max(pairs, key=lambda pair: curve[pair[1]] - curve[pair[0]])


def valley_peak_end(curves: Curves) -> dict[int, tuple[float, float, float]]:
    """Of each replicate, its values at the valley and the peak of the others, and at the end."""
    if len(curves) < 2 or len(next(iter(curves.values()))) < 3:
        return {}
    found = {}
    for replicate, curve in curves.items():
        others = [list(c.values()) for r, c in curves.items() if r != replicate]
        values = list(curve.values())
        valley, peak = rise(np.mean(others, axis=0))
        found[replicate] = values[valley], values[peak], values[-1]
    return found


def where_peak(curves: Curves) -> dict[int, Any]:
    """The size at each replicate's own peak, after its valley."""
    return {
        replicate: list(curve)[rise(list(curve.values()))[1]]
        for replicate, curve in curves.items()
        if len(curve) > 1
    }


def where_highest(curves: Curves) -> dict[int, Any]:
    """The size at which each replicate's value is highest."""
    return {replicate: max(curve, key=curve.__getitem__) for replicate, curve in curves.items()}


def first_fitted(curves: Curves) -> dict[int, int]:
    """The smallest size that fits the training set, of the replicates that have one; `curves` as of
    `fitting`."""
    fitted = {r: [size for size, fits in c.items() if fits] for r, c in curves.items()}
    return {r: sizes[0] for r, sizes in fitted.items() if sizes}


def steps_between(curves: Curves, a: Mapping[int, int], b: Mapping[int, int]) -> list[float]:
    """By how many sizes of the sweep `a` lies above `b`."""
    places = {size: place for place, size in enumerate(next(iter(curves.values()), {}))}
    return [float(places[a[r]] - places[b[r]]) for r in sorted(a.keys() & b.keys())]


def parameters_at(name: str, sizes: Mapping[int, int]) -> dict[int, int]:
    """Numbers of parameters instead of the sizes of a sweep."""
    return {r: parameters(SWEEPS[name].net, size) for r, size in sizes.items()}


class Task(NamedTuple):
    """What a threshold is looked for, and how hard."""

    examples: int
    classes: int
    outputs: int
    effort: float  # share of the usual steps
    start: int  # 0, or a further one


class Threshold(NamedTuple):
    """Parameters of the smallest net that fits, and whether the widths of the sweep bracket it."""

    parameters: int
    bracket: str  # "" or why it is a bound: "above" the largest width, at or "below" the smallest


def thresholds(
    table: Table, loss: str, fitted: Callable[[Mapping[str, Any]], bool] = fits
) -> dict[Task, dict[int, Threshold]]:
    """The threshold by task and replicate, of replicates with all the widths.

    Where no width fits it is the next one, half an octave up: a bound, as the smallest width is
    where it fits. Claims use none but bracketed thresholds; the remarks count the others.
    """
    curves: dict[Task, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in table.where(sweep=loss):
        task = Task(*(row[name] for name in Task._fields))
        curves[task][row["replicate"]][row["parameters"]] = fitted(row)
    return {
        task: {r: _first(curve) for r, curve in complete(by).items()} for task, by in curves.items()
    }


def _first(curve: Curve) -> Threshold:
    counts = [count for count, fitted in curve.items() if fitted]
    if not counts:
        return Threshold(round(max(curve) * 2**0.5), "above")
    return Threshold(counts[0], "below" if counts[0] == min(curve) else "")


def law(
    table: Table, loss: str, fitted: Callable[[Mapping[str, Any]], bool] = fits
) -> dict[Task, dict[int, Threshold]]:
    """The thresholds of the grid, without those of the controls."""
    found = thresholds(table, loss, fitted)
    return {t: by for t, by in found.items() if t == Task(t.examples, t.classes, t.classes, 1, 0)}


def bracketed(found: Mapping[Task, Mapping[int, Threshold]]) -> dict[Task, dict[int, int]]:
    """Parameters at the thresholds that the widths bracket, by task and replicate."""
    return {
        task: {r: t.parameters for r, t in by.items() if not t.bracket}
        for task, by in found.items()
    }


def slopes(table: Table, loss: str) -> dict[int, tuple[float, float]]:
    """Slopes of log threshold on log n and log K, by least squares, of every replicate that has a
    bracketed threshold for all n and K."""
    found = bracketed(law(table, loss))
    if len({task.examples for task in found}) < 2 or len({task.classes for task in found}) < 2:
        return {}
    x = np.array([[1, np.log(task.examples), np.log(task.classes)] for task in found])
    fitted = {}
    for replicate in _in_all(found.values()):
        y = np.log([by[replicate] for by in found.values()])
        fitted[replicate] = tuple(np.linalg.lstsq(x, y, rcond=None)[0][1:].tolist())
    return fitted


def predicted(task: Task, loss: str) -> int:
    """The threshold of the law of 2020: n parameters, or n K with squared error."""
    return task.examples * (task.classes if loss == "mse" else 1)


def level(table: Table, loss: str) -> dict[int, float]:
    """Geometric mean over n and K of the threshold in units of the predicted one."""
    found = bracketed(law(table, loss))
    return {
        r: geometric(by[r] / predicted(task, loss) for task, by in found.items())
        for r in _in_all(found.values())
    }


def geometric(values: Iterable[float]) -> float:
    """The geometric mean."""
    return float(np.exp(np.mean(np.log(list(values)))))


def halved(table: Table, loss: str) -> dict[int, float]:
    """Octaves by which half the training moves the threshold."""
    return _control(table, loss, lambda task: task.effort < 1)


def unused(table: Table, loss: str) -> dict[int, float]:
    """Octaves by which outputs that no label uses move the threshold."""
    return _control(table, loss, lambda task: task.outputs > task.classes)


def _control(table: Table, loss: str, chosen: Callable[[Task], bool]) -> dict[int, float]:
    found, usual = bracketed(thresholds(table, loss)), bracketed(law(table, loss))
    for task, by in found.items():
        same = usual.get(Task(task.examples, task.classes, task.classes, 1, 0))
        if same and chosen(task):
            return {r: float(np.log2(by[r] / same[r])) for r in _in_all((by, same))}
    return {}


def restarted(table: Table, loss: str) -> dict[int, float]:
    """Octaves by which a second start moves the threshold, when one start that fits is enough."""
    moved = _control(table, loss, lambda task: task.start > 0)
    return {replicate: min(octaves, 0.0) for replicate, octaves in moved.items()}


def _in_all(mappings: Iterable[Mapping[int, Any]]) -> list[int]:
    sets = [set(mapping) for mapping in mappings]
    return sorted(set.intersection(*sets)) if sets else []
