"""What a run says after its claims."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from labs.double_descent import measures, thresholds
from labs.double_descent.grid import DROPPED, LOSSES, MERGED, Task
from labs.double_descent.measures import Curves
from labs.double_descent.thresholds import Threshold, wrong
from labs.kit.intervals import Interval, Sample, interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Values, shared
from labs.kit.table import Table

Entries = tuple[str | Interval | None, ...]
Ends = tuple[tuple[str, str], tuple[int, int, int]]  # what it is; at either end, and of how many
NETS = {"cnn": "CNN", "gru": "GRU", "transformer": "transformer"}
CURVES = {"clean": "MLP, clean labels", "noise": "MLP, label noise", "cnn": "CNN, label noise"}
PEAKS = (  # of what, its column, in which sweeps claims look for it, its place on a curve
    ("test error", "final_test_error", ("noise", "cnn"), lambda curve: measures.rise(curve)[1]),
    ("test loss", "final_test_loss", (*CURVES, "mlp2020"), np.argmax),
)


def remarks(table: Table) -> list[Remark]:
    """Tables of turning points and of thresholds, these as geometric means."""
    parts = (_turns, _fitted, _ends, _cross_entropy, _squared_error, _controls, _digits, _nets)
    return [remark for part in parts for remark in part(table)]


def _turns(table: Table) -> Iterator[Remark]:
    curves = {
        name: (measures.sizes(table, sweep), measures.over_sizes(table, sweep))
        for sweep, name in (("noise", "MLP, units"), ("cnn", "CNN, channels"))
    }
    widest = max(measures.sizes(table, "noise"), default=0)
    epochs = next(iter(table.values("epoch", sweep="noise", size=widest).values()), ())
    curves[f"MLP, epochs of {widest} units"] = [*epochs], measures.over_time(table, "noise")
    yield Remark(
        "Where the mean curve of test error (%) turns with label noise.",
        ("over", "valley", "there", "peak", "there", "at the end"),
        tuple(row for name, own in curves.items() for row in _turn(name, *own)),
        ".1f",
    )


def _turn(name: str, points: Sequence[float], curves: Curves) -> Iterator[Entries]:
    if len(curves) < 2 or len(points) < 3:
        return
    values = np.array([*curves.values()])
    valley, peak = measures.rise(values.mean(0).tolist())
    yield (
        name,
        f"{points[valley]:.0f}",
        interval(values[:, valley].tolist()),
        f"{points[peak]:.0f}",
        interval(values[:, peak].tolist()),
        interval(values[:, -1].tolist()),
    )


def _fitted(table: Table) -> Iterator[Remark]:
    rows: list[Entries] = []
    for sweep, net in CURVES.items():
        fitted = measures.counts(sweep, measures.first_fitted(table, sweep))
        if fitted:
            examples = max(table.where(sweep=sweep).column("examples"))
            of = len(measures.over_sizes(table, sweep))
            rows.append((net, _per(examples, fitted.values()), f"{len(fitted)} of {of}"))
    yield Remark(
        "Parameters per training example where training error vanishes.",
        ("net", "parameters / n", "replicates"),
        tuple(rows),
        ".2f",
    )


def _ends(table: Table) -> Iterator[Remark]:
    rows = [*_peaks_at_ends(table), *_thresholds_at_ends(table)]
    yield Remark(
        "A peak at an end of its sweep, or a threshold at or below the smallest size, counts as "
        "lying there; a threshold above the largest size is left out.",
        ("sweep", "what", "smallest size", "largest size", "replicates"),
        tuple((*words, *map(str, counts)) for words, counts in rows),
    )


def _peaks_at_ends(table: Table) -> Iterator[Ends]:
    for words, column, sweeps, place in PEAKS:
        for sweep in sweeps:
            curves = measures.over_sizes(table, sweep, column)
            last = len(measures.sizes(table, sweep)) - 1
            if curves and last > 0:
                places = [place(curve) for curve in curves.values()]
                counts = places.count(0), places.count(last), len(places)
                yield (CURVES.get(sweep, "MLP of 2020"), f"peak of {words}"), counts


def _thresholds_at_ends(table: Table) -> Iterator[Ends]:
    for sweep, words in CURVES.items():
        for by in thresholds.thresholds(table, sweep).values():
            sides = [threshold.bracket for threshold in by.values()]
            if sides:
                counts = sides.count("below"), sides.count("above"), len(sides)
                yield (words, "threshold"), counts


def _cross_entropy(table: Table) -> Iterator[Remark]:
    rows: list[Entries] = []
    for (n, k, *_), found in thresholds.law(table, "nll").items():
        counts = _sizes(found).values()
        rows.append((f"{n:,}", str(k), _per(n, counts), _bounds(found.values())))
    yield Remark(
        "The threshold with cross-entropy; bounds stand for themselves.",
        ("n", "K", "parameters / n", "bounds"),
        tuple(rows),
        ".2f",
    )


def _squared_error(table: Table) -> Iterator[Remark]:
    rows: list[Entries] = []
    classified = thresholds.law(table, "mse", wrong)
    for task, found in thresholds.law(table, "mse").items():
        n, k, *_ = task
        counts, fewer = (_sizes(by).values() for by in (found, classified[task]))
        units = (n * k, counts), (n * (k - 1), counts), (n, fewer)
        rows.append((f"{n:,}", str(k), *(_per(*unit) for unit in units), _bounds(found.values())))
    yield Remark(
        "The threshold with squared error, and where no training error were enough.",
        ("n", "K", "/ (n K)", "/ (n (K - 1))", "no error: / n", "bounds"),
        tuple(rows),
        ".2f",
    )


def _controls(table: Table) -> Iterator[Remark]:
    rows: list[Entries] = []
    for loss, words in LOSSES.items():
        found = thresholds.thresholds(table, loss)
        for task, by in found.items():
            if task.digits == MERGED and task != task.usual and task.usual in found:
                what = words, _change(task), f"{task.examples:,}", str(task.classes)
                rows.append((*what, *_moves(by, found[task.usual])))
    yield Remark(
        "Octaves by which a control moves the threshold, and in how many replicates one is a bound "
        "or both are the same, which counts as no move.",
        ("loss", "control", "n", "K", "octaves", "bounds", "the same", "of"),
        tuple(rows),
        ".2f",
    )


def _change(task: Task) -> str:
    if task.effort != 1:
        return f"{task.effort:g} of the steps"
    return "another start" if task.start else f"{task.outputs} outputs"


def _moves(by: Mapping[int, Threshold], usual: Mapping[int, Threshold]) -> Entries:
    pairs = [(by[r], usual[r]) for r in shared(by, usual)]
    bound = sum(any(threshold.bracket for threshold in pair) for pair in pairs)
    same = sum(bool(own.bracket) and own == other for own, other in pairs)
    shifts = thresholds.octaves(_sizes(by), _sizes(usual))
    return interval_or_none(shifts), str(bound), str(same), str(len(pairs))


def _digits(table: Table) -> Iterator[Remark]:
    rows: list[Entries] = []
    for loss, words in LOSSES.items():
        found = thresholds.thresholds(table, loss)
        for task, by in found.items():
            if task.digits == DROPPED and task.usual in found:
                shifts = thresholds.octaves(_sizes(by), _sizes(found[task.usual]))
                rows.append(
                    (words, str(task.classes), interval_or_none(shifts), _bounds(by.values()))
                )
    yield Remark(
        "Octaves by which the threshold is higher with dropped digits than with merged ones.",
        ("loss", "K", "octaves", "bounds"),
        tuple(rows),
        ".2f",
    )


def _nets(table: Table) -> Iterator[Remark]:
    rows: list[Entries] = []
    for net, words in NETS.items():
        for task, by in thresholds.thresholds(table, f"fit_{net}").items():
            counts = _sizes(by).values()
            rows.append(
                (words, f"{task.examples:,}", _per(task.examples, counts), _bounds([*by.values()]))
            )
    yield Remark(
        "The threshold of other architectures with cross-entropy.",
        ("net", "n", "parameters / n", "bounds"),
        tuple(rows),
        ".2f",
    )


def _sizes(by: Mapping[int, Threshold]) -> Values:
    return {r: threshold.size for r, threshold in by.items()}


def _per(unit: float, counts: Iterable[float]) -> Interval | None:
    found = Sample(np.log2(np.array([*counts]) / unit)).interval(0.95)
    return found and Interval(*(2.0**end for end in found))


def _bounds(found: Iterable[Threshold]) -> str:
    sides = Counter(threshold.bracket for threshold in found if threshold.bracket)
    return ", ".join(f"{count} {side} the widths" for side, count in sides.items())
