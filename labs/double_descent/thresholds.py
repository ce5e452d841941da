"""Where the networks of a sweep begin to fit their training set, and how that grows.

The threshold lies between the largest network that does not fit and the first that does: where the
misfit passes 1 on a line through both, all on logarithmic scales. Where the widths do not bracket
it, it is a bound, and censored regression (Tobin 1958) takes it as one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import log_ndtr

from labs.double_descent.grid import DROPPED, Task
from labs.kit.measures import Values, aligned, minus, shared
from labs.kit.table import Table

Row = Mapping[str, Any]
MSE_FITTED = 1e-3  # squared error of a fitted training set, mean over the outputs in use
SIDES = {"": 0, "above": 1, "below": -1}
ROUNDS = 200  # of expectation and maximisation


def wrong(row: Row) -> float:
    """Training examples that are not classified as their label says, and half a one: below 1
    where there is none."""
    return float(row["final_train_error"]) / 100 * row["examples"] + 0.5


def misfit(row: Row) -> float:
    """How far a network is from fitting its training set: below 1 where it does.

    With cross-entropy what `wrong` counts; with squared error the training loss in units of
    `MSE_FITTED`, and not below 1 while an example is wrong. Outputs that no label uses are right at
    once, and would dilute the mean: they are not counted. It is never below 1/2: how far training
    went on after it had fitted is no matter.
    """
    if row["loss"] != "mse":
        return wrong(row)
    loss = row["final_train_loss"] * row["outputs"] / row["classes"]
    return max(min(wrong(row), 1.0), float(loss) / MSE_FITTED)


def fits(row: Row) -> bool:
    """Does a network fit its training set: no error, and of squared error a small loss?"""
    return misfit(row) < 1


class Threshold(NamedTuple):
    """The size at which networks begin to fit, and whether the sizes of the sweep bracket it."""

    size: float
    bracket: str  # "" or why it is a bound: "above" the largest size, at or "below" the smallest


def crossing(sizes: Sequence[float], misfits: Sequence[float]) -> Threshold:
    """Where a misfit over ascending sizes first passes 1, on a line between logarithms.

    >>> round(crossing([10, 20, 40], [100, 4, 0.5]).size / 20, 3) == round(2 ** (2 / 3), 3)
    True
    >>> crossing([10, 20], [100, 4]), crossing([10, 20], [0.5, 0.5])
    (Threshold(size=20, bracket='above'), Threshold(size=10, bracket='below'))
    """
    first = next((place for place, value in enumerate(misfits) if value < 1), None)
    if first is None:
        return Threshold(sizes[-1], "above")
    if first == 0:
        return Threshold(sizes[0], "below")
    last, next_ = np.log(misfits[first - 1]), np.log(misfits[first])
    share = last / (last - next_)
    return Threshold(float(sizes[first - 1] * (sizes[first] / sizes[first - 1]) ** share), "")


def thresholds(
    table: Table, sweep: str, misfit: Callable[[Row], float] = misfit
) -> dict[Task, dict[int, Threshold]]:
    """The threshold in parameters, by task and replicate, of replicates with all the sizes."""
    curves: dict[Task, dict[int, Values]] = defaultdict(lambda: defaultdict(dict))
    for row in table.where(sweep=sweep):
        curves[task(row)][row["parameters"]][row["replicate"]] = misfit(row)
    return {of: _thresholds(dict(sorted(by.items()))) for of, by in curves.items()}


def task(row: Row) -> Task:
    """What a network was to fit."""
    return Task(*(row[name] for name in Task._fields))


def _thresholds(by_count: Mapping[int, Values]) -> dict[int, Threshold]:
    return {
        r: crossing([*by_count], misfits) for r, misfits in aligned([*by_count.values()]).items()
    }


def law(
    table: Table, loss: str, misfit: Callable[[Row], float] = misfit
) -> dict[Task, dict[int, Threshold]]:
    """The thresholds of the grid, without those of the controls and of dropped digits."""
    found = thresholds(table, loss, misfit)
    return {task: by for task, by in found.items() if task == task.usual}


def completed(found: Mapping[Task, Mapping[int, Threshold]]) -> dict[int, list[float]]:
    """By replicate the logarithms of its thresholds, in the order of the tasks; a bound is replaced
    by what is expected beyond it, if logarithms are linear in those of n and K with normal
    deviations, by maximum likelihood.

    Only replicates that have all tasks, and so many of them bracketed that these alone determine
    the line.
    """
    if not found:
        return {}
    x = _design([*found])
    values = {r: _beyond(x, [by[r] for by in found.values()]) for r in shared(*found.values())}
    return {r: y for r, y in values.items() if y}


def _design(tasks: Sequence[Task]) -> np.ndarray:
    """One, log n and log K of each task, but no column twice the same number."""
    columns = [[np.log(t.examples) for t in tasks], [np.log(t.classes) for t in tasks]]
    return np.column_stack([np.ones(len(tasks)), *(c for c in columns if len(set(c)) > 1)])


def _beyond(x: np.ndarray, found: Sequence[Threshold]) -> list[float]:
    bounds = np.log([threshold.size for threshold in found])
    side = np.array([SIDES[threshold.bracket] for threshold in found])
    if np.linalg.matrix_rank(x[side == 0]) < x.shape[1]:
        return []
    y, more = bounds, np.zeros(len(bounds))
    for _ in range(ROUNDS if side.any() else 0):
        line = x @ np.linalg.lstsq(x, y, rcond=None)[0]
        deviation = max(float(np.sqrt(np.mean((y - line) ** 2 + more))), 1e-6)
        z = side * (bounds - line) / deviation
        hazard = np.exp(-(z**2) / 2 - np.log(2 * np.pi) / 2 - log_ndtr(-z))
        y = np.where(side == 0, bounds, line + side * deviation * hazard)
        more = np.where(side == 0, 0, deviation**2 * np.maximum(1 + z * hazard - hazard**2, 0))
    return [float(value) for value in y]


def slope(table: Table, loss: str, over: str) -> Values:
    """Slope of log threshold on log n (`over` "examples") or log K ("classes"), by least squares on
    both."""
    found = law(table, loss)
    if any(len({task[axis] for task in found}) < 2 for axis in (0, 1)):
        return {}
    return _slope(found, ("examples", "classes").index(over) + 1)


def _slope(found: Mapping[Task, Mapping[int, Threshold]], column: int) -> Values:
    if not found:
        return {}
    x = _design([*found])
    return {
        r: float(np.linalg.lstsq(x, np.array(y), rcond=None)[0][column])
        for r, y in completed(found).items()
    }


def slope_over_digits(table: Table, loss: str, digits: str) -> Values:
    """Slope of log threshold on log K at the n of the dropped digits, where fewer than all classes
    are the first digits alone ("dropped") or all of them "merged"."""
    found = thresholds(table, loss)
    few = [task for task in found if task.digits == DROPPED]
    if not few:
        return {}
    many = Task(few[0].examples)
    tasks = [*(few if digits == DROPPED else [task.usual for task in few]), many]
    return _slope({task: found.get(task, {}) for task in tasks}, 1)


def predicted(task: Task, loss: str) -> int:
    """The threshold of the law of 2020: n parameters, or n K with squared error."""
    return task.examples * (task.classes if loss == "mse" else 1)


def level(table: Table, loss: str) -> Values:
    """Geometric mean over n and K of the threshold in units of the predicted one."""
    found = law(table, loss)
    unit = geometric(predicted(task, loss) for task in found)
    return {r: float(np.exp(np.mean(y))) / unit for r, y in completed(found).items()}


def geometric(values: Iterable[float]) -> float:
    """The geometric mean; 1 of no values."""
    logs = np.log(list(values))
    return float(np.exp(np.mean(logs))) if len(logs) else 1.0


def octaves(above: Mapping[int, float], below: Mapping[int, float]) -> Values:
    """Octaves between values."""
    return {r: float(np.log2(above[r] / below[r])) for r in shared(above, below)}


def moved(table: Table, loss: str, changed: str) -> Values:
    """Octaves by which the control that changes a field of the task moves the threshold; a bound
    stands for itself."""
    found = thresholds(table, loss)
    for task, by in found.items():
        if getattr(task, changed) != getattr(task.usual, changed) and task.usual in found:
            return octaves(
                *({r: t.size for r, t in own.items()} for own in (by, found[task.usual]))
            )
    return {}


def restarted(table: Table, loss: str) -> Values:
    """Octaves by which a second start moves the threshold, when one start that fits is enough."""
    return {r: min(value, 0.0) for r, value in moved(table, loss, "start").items()}


def per_example(table: Table, net: str) -> Values:
    """Parameters per training example at the threshold of an architecture; a bound stands for
    itself."""
    found = thresholds(table, f"fit_{net}")
    return {r: t.size / task.examples for task, by in found.items() for r, t in by.items()}


def harder(table: Table, net: str) -> Values:
    """Octaves by which the threshold of an architecture misses n, up or down, beyond those by which
    the MLP's of the same task does; bounds stand for themselves."""
    mlp = thresholds(table, "nll")
    for task, by in thresholds(table, f"fit_{net}").items():
        return minus(*(_missed(task, own) for own in (by, mlp.get(task, {}))))
    return {}


def _missed(task: Task, found: Mapping[int, Threshold]) -> Values:
    return {r: abs(float(np.log2(t.size / task.examples))) for r, t in found.items()}
