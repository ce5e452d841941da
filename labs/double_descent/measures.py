"""What is read off a sweep: thresholds, valleys and peaks, slopes. One number per replicate.

A valley or a peak is looked for on the mean over the *other* replicates and measured on this one,
so that no replicate's own fluctuation makes it a peak.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from labs.double_descent.sweeps import SWEEPS, parameters
from labs.kit.table import Table

Curve = Mapping[Any, float]  # size or epoch -> value
Curves = dict[int, Curve]  # by replicate


def sweep(table: Table, name: str, column: str = "final_test_error") -> Curves:
    """The values of a column over sizes, of every replicate that has all the sizes."""
    curves: dict[int, dict[int, float]] = defaultdict(dict)
    for row in table.where(sweep=name):
        curves[row["replicate"]][row["size"]] = row[column]
    return complete(curves)


def complete(curves: Mapping[int, Curve]) -> Curves:
    """The replicates that have as many points as the longest, each in ascending order."""
    longest = max(map(len, curves.values()), default=0)
    return {
        replicate: dict(sorted(curve.items()))
        for replicate, curve in sorted(curves.items())
        if len(curve) == longest
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
    """The smallest size that fits the training set, of the replicates that have one.

    `curves` holds the column "fitted".
    """
    fitted = {r: [size for size, fits in c.items() if fits] for r, c in curves.items()}
    return {r: sizes[0] for r, sizes in fitted.items() if sizes}


def steps_between(curves: Curves, a: Mapping[int, int], b: Mapping[int, int]) -> list[float]:
    """By how many sizes of the sweep `a` lies above `b`."""
    places = {size: place for place, size in enumerate(next(iter(curves.values()), {}))}
    return [float(places[a[r]] - places[b[r]]) for r in sorted(a.keys() & b.keys())]


def parameters_at(name: str, sizes: Mapping[int, int]) -> dict[int, int]:
    """Numbers of parameters instead of the sizes of a sweep."""
    return {r: parameters(SWEEPS[name].net, size) for r, size in sizes.items()}


Task = tuple[int, int, int, int]  # examples, classes, outputs, times the usual training


def thresholds(table: Table, loss: str) -> dict[Task, dict[int, int]]:
    """Parameters of the smallest net that fits, by task and replicate.

    A replicate in which no net fits is left out.
    """
    fits: dict[Task, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in table.where(sweep=loss):
        task = row["examples"], row["classes"], row["outputs"], row["times"]
        fits[task][row["replicate"]][row["parameters"]] = row["fitted"]
    return {task: first_fitted(complete(by)) for task, by in fits.items()}


def law(table: Table, loss: str) -> dict[Task, dict[int, int]]:
    """The thresholds of the grid: all outputs in use, trained as long as usual."""
    found = thresholds(table, loss)
    return {task: by for task, by in found.items() if task[1] == task[2] and task[3] == 1}


def slopes(table: Table, loss: str) -> dict[int, tuple[float, float]]:
    """Slopes of log threshold on log n and log K, by least squares, of every replicate that has a
    threshold for all n and K."""
    found = law(table, loss)
    if len({task[0] for task in found}) < 2 or len({task[1] for task in found}) < 2:
        return {}
    x = np.array([[1, np.log(n), np.log(k)] for n, k, _, _ in found])
    fits = {}
    for replicate in _in_all(found.values()):
        y = np.log([by[replicate] for by in found.values()])
        fits[replicate] = tuple(np.linalg.lstsq(x, y, rcond=None)[0][1:].tolist())
    return fits


def level(table: Table, loss: str) -> dict[int, float]:
    """Geometric mean over n and K of the threshold in units of the predicted one (n or n K)."""
    found = law(table, loss)
    predicted = {task: task[0] * (task[1] if loss == "mse" else 1) for task in found}
    return {
        r: float(np.exp(np.mean([np.log(by[r] / predicted[task]) for task, by in found.items()])))
        for r in _in_all(found.values())
    }


def control(table: Table, loss: str, differs: Callable[[Task, Task], bool]) -> dict[int, float]:
    """Octaves by which the threshold of a control lies above that of the grid's task it controls;
    mean over the pairs, of the replicates that have all of them."""
    found, usual = thresholds(table, loss), law(table, loss)
    pairs = [(found[a], usual[b]) for a in found for b in usual if differs(a, b)]
    return {
        r: float(np.mean([np.log2(a[r] / b[r]) for a, b in pairs]))
        for r in _in_all(by for pair in pairs for by in pair)
    }


def longer(task: Task, usual: Task) -> bool:
    """Is the first the second with more training?"""
    return task[:3] == usual[:3] and task[3] > usual[3]


def padded(task: Task, usual: Task) -> bool:
    """Is the first the second with outputs that no label uses?"""
    return task[:2] == usual[:2] and task[2] > usual[2] and task[3] == usual[3]


def _in_all(mappings: Iterable[Mapping[int, Any]]) -> list[int]:
    sets = [set(mapping) for mapping in mappings]
    return sorted(set.intersection(*sets)) if sets else []
