"""What is read off a sweep: valleys and peaks, thresholds, slopes. One number per replicate.

A valley or a peak that a claim measures is looked for on the mean over the *other* replicates and
measured on this one, so that no replicate's own fluctuation makes it a peak.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from labs.double_descent.grid import Task
from labs.kit.measures import Measure, Values, aligned, measured, shared
from labs.kit.table import Table

Row = Mapping[str, Any]
Curves = dict[int, list[float]]  # by replicate, over sizes or epochs
MIDDLE, BEFORE = (30, 70), 20  # widths about the threshold; the last below is their reference
MSE_FITTED = 1e-3  # squared error of a fitted training set, mean over the outputs in use


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


def peak_size(table: Table, sweep: str) -> Values:
    """The size at each replicate's own peak of test error, after its valley."""
    found = sizes(table, sweep)
    curves = over_sizes(table, sweep) if len(found) > 1 else {}
    return {r: found[rise(curve)[1]] for r, curve in curves.items()}


def highest_loss(table: Table, sweep: str) -> Values:
    """The size at which each replicate's test loss is highest."""
    found = sizes(table, sweep)
    curves = over_sizes(table, sweep, "final_test_loss")
    return {r: found[int(np.argmax(curve))] for r, curve in curves.items()}


def fits(row: Row) -> bool:
    """Does a network fit its training set: no error, and of squared error a small loss?

    Outputs that no label uses are not counted: they are right at once, and would dilute the mean.
    """
    loss = row["final_train_loss"] * row["outputs"] / row["classes"]
    return no_error(row) and (row["loss"] != "mse" or loss < MSE_FITTED)


def no_error(row: Row) -> bool:
    """Is every training example classified as its label says?"""
    return row["final_train_error"] == 0


def first_fitted(table: Table, sweep: str) -> Values:
    """The smallest size that fits the training set, of the replicates that have one."""
    rows, found = table.where(sweep=sweep), sizes(table, sweep)
    fitted = aligned([{r["replicate"]: fits(r) for r in rows.where(size=s)} for s in found])
    return {r: found[own.index(True)] for r, own in fitted.items() if any(own)}


def loss_from_threshold(table: Table, sweep: str) -> Values:
    """By how many sizes of the sweep the peak of test loss lies above the first that fits."""
    place: dict[float, int] = {size: place for place, size in enumerate(sizes(table, sweep))}
    peak, fitted = highest_loss(table, sweep), first_fitted(table, sweep)
    return {r: place[peak[r]] - place[fitted[r]] for r in shared(peak, fitted)}


def octaves(above: Mapping[int, float], below: Mapping[int, float]) -> Values:
    """Octaves between values."""
    return {r: float(np.log2(above[r] / below[r])) for r in shared(above, below)}


def noise_shift(table: Table) -> Values:
    """Octaves of width by which label noise moves the MLP's threshold."""
    return octaves(first_fitted(table, "noise"), first_fitted(table, "clean"))


def counts(table: Table, sweep: str, sizes: Mapping[int, float]) -> Values:
    """Numbers of parameters instead of the sizes of a sweep."""
    count: dict[float, float] = {row["size"]: row["parameters"] for row in table.where(sweep=sweep)}
    return {r: count[size] for r, size in sizes.items()}


def peak_shift(table: Table) -> Values:
    """Octaves of parameters between the CNN's peak of test error and the MLP's."""
    cnn, mlp = (counts(table, name, peak_size(table, name)) for name in ("cnn", "noise"))
    return octaves(cnn, mlp)


def peak_per_example(table: Table) -> Values:
    """Parameters per training example at the CNN's peak of test error."""
    examples = max(table.where(sweep="cnn").column("examples"), default=1)
    found = counts(table, "cnn", peak_size(table, "cnn"))
    return {r: count / examples for r, count in found.items()}


def old_peak(table: Table) -> Values:
    """Parameters at the peak of test loss in the sweep of 2020."""
    return counts(table, "mlp2020", highest_loss(table, "mlp2020"))


class Threshold(NamedTuple):
    """Parameters of the smallest net that fits, and whether the widths of the sweep bracket it."""

    parameters: int
    bracket: str  # "" or why it is a bound: "above" the largest width, at or "below" the smallest


def thresholds(
    table: Table, loss: str, fitted: Callable[[Row], bool] = fits
) -> dict[Task, dict[int, Threshold]]:
    """The threshold by task and replicate, of replicates with all the widths.

    Where no width fits it is the next one, half an octave up: a bound, as the smallest width is
    where it fits. Claims use none but bracketed thresholds; the remarks count the others.
    """
    curves: dict[Task, dict[int, Values]] = defaultdict(lambda: defaultdict(dict))
    for row in table.where(sweep=loss):
        curves[task(row)][row["parameters"]][row["replicate"]] = fitted(row)
    return {of: _thresholds(dict(sorted(by.items()))) for of, by in curves.items()}


def task(row: Row) -> Task:
    """What a network was to fit."""
    return Task(*(row[name] for name in Task._fields))


def _thresholds(by_count: Mapping[int, Values]) -> dict[int, Threshold]:
    return {r: _first([*by_count], own) for r, own in aligned([*by_count.values()]).items()}


def _first(counts: Sequence[int], fitted: Sequence[float]) -> Threshold:
    fitting = [count for count, fits in zip(counts, fitted, strict=True) if fits]
    if not fitting:
        return Threshold(round(counts[-1] * 2**0.5), "above")
    return Threshold(fitting[0], "below" if fitting[0] == counts[0] else "")


def law(
    table: Table, loss: str, fitted: Callable[[Row], bool] = fits
) -> dict[Task, dict[int, Threshold]]:
    """The thresholds of the grid, without those of the controls."""
    found = thresholds(table, loss, fitted)
    return {task: by for task, by in found.items() if task == task.usual}


def bracketed(found: Mapping[Task, Mapping[int, Threshold]]) -> dict[Task, Values]:
    """Parameters at the thresholds that the widths bracket, by task and replicate."""
    return {
        task: {r: t.parameters for r, t in by.items() if not t.bracket}
        for task, by in found.items()
    }


def slope(table: Table, loss: str, over: str) -> Values:
    """Slope of log threshold on log n (`over` "examples") or log K ("classes").

    By least squares on both, of every replicate that has a bracketed threshold for all n and K.
    """
    found = bracketed(law(table, loss))
    if len({task.examples for task in found}) < 2 or len({task.classes for task in found}) < 2:
        return {}
    x = [[1, np.log(task.examples), np.log(task.classes)] for task in found]
    axis = ("examples", "classes").index(over) + 1
    points = aligned([*found.values()])
    return {r: float(np.linalg.lstsq(x, np.log(y), rcond=None)[0][axis]) for r, y in points.items()}


def predicted(task: Task, loss: str) -> int:
    """The threshold of the law of 2020: n parameters, or n K with squared error."""
    return task.examples * (task.classes if loss == "mse" else 1)


def level(table: Table, loss: str) -> Values:
    """Geometric mean over n and K of the threshold in units of the predicted one."""
    found = bracketed(law(table, loss))
    units = [{r: c / predicted(task, loss) for r, c in by.items()} for task, by in found.items()]
    return {r: geometric(values) for r, values in aligned(units).items()}


def geometric(values: Iterable[float]) -> float:
    """The geometric mean."""
    return float(np.exp(np.mean(np.log(list(values)))))


def moved(table: Table, loss: str, changed: str) -> Values:
    """Octaves by which the control that changes a field of the task moves the threshold."""
    found, usual = bracketed(thresholds(table, loss)), bracketed(law(table, loss))
    for task, by in found.items():
        if getattr(task, changed) != getattr(task.usual, changed) and usual.get(task.usual):
            return octaves(by, usual[task.usual])
    return {}


def restarted(table: Table, loss: str) -> Values:
    """Octaves by which a second start moves the threshold, when one start that fits is enough."""
    return {r: min(value, 0.0) for r, value in moved(table, loss, "start").items()}
