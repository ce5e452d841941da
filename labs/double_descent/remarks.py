"""What a run says in words: where the peak is, whether it is clear of noise, and the thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from labs.double_descent import measures
from labs.double_descent.claims import CLAIMS
from labs.double_descent.measures import Curves, sweep
from labs.double_descent.sweeps import LOSSES, SWEEPS, parameters
from labs.kit.claims import FAMILY_LEVEL, interval
from labs.kit.table import Table

ARMS = {"noise": ("MLP", "units"), "cnn": ("CNN", "channels")}


def remarks(table: Table) -> list[str]:
    """Sentences on the whole; intervals have the confidence of the claims'."""
    return [
        *(line for name in ARMS for line in _peak(table, name)),
        *_over_time(table),
        *_interpolation(table),
        *(line for loss in LOSSES for line in _thresholds(table, loss)),
        *_without_error(table),
    ]


def _shown(values: Sequence[float]) -> tuple[str, bool]:
    mean, low, high = interval(values, 1 - FAMILY_LEVEL / len(CLAIMS))
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]", low > 0


def _moves(curves: Curves) -> str:
    points = list(measures.valley_peak_end(curves).values())
    rise, clear = _shown([peak - valley for valley, peak, _ in points])
    fall, falls = _shown([peak - end for _, peak, end in points])
    words = {True: "clear of noise", False: "not clear of noise"}
    return f"Rise {rise} points, {words[clear]}; fall {fall} points, {words[falls]}."


def _mean(curves: Curves) -> tuple[list[float], list[float]]:
    sizes = list(next(iter(curves.values())))
    return sizes, np.mean([list(c.values()) for c in curves.values()], axis=0).tolist()


def _peak(table: Table, name: str) -> Iterator[str]:
    curves = sweep(table, name)
    if not measures.valley_peak_end(curves):
        return
    net, unit = ARMS[name]
    sizes, error = _mean(curves)
    valley, peak = measures.rise(error)
    count = parameters(SWEEPS[name].net, int(sizes[peak]))
    yield (
        f"With label noise the {net}'s test error has its valley at {sizes[valley]} {unit} "
        f"({error[valley]:.1f} %), its peak at {sizes[peak]} ({error[peak]:.1f} %, {count:,} "
        f"parameters) and ends at {sizes[-1]} with {error[-1]:.1f} %. {_moves(curves)}"
    )


def _over_time(table: Table) -> Iterator[str]:
    curves = measures.over_time(table, "noise")
    if not measures.valley_peak_end(curves):
        return
    epochs, error = _mean(curves)
    valley, peak = measures.rise(error)
    width = max(table.where(sweep="noise").column("size"))
    yield (
        f"With {width} units and noise test error falls to {error[valley]:.1f} % by epoch "
        f"{epochs[valley]:.0f}, rises to {error[peak]:.1f} % at epoch {epochs[peak]:.0f} and ends "
        f"with {error[-1]:.1f} %. {_moves(curves)}"
    )


def _interpolation(table: Table) -> Iterator[str]:
    parts = []
    for name, what in (("clean", "MLP, clean"), ("noise", "MLP, noise"), ("cnn", "CNN, noise")):
        curves = measures.fitting(table, name)
        counts = measures.parameters_at(name, measures.first_fitted(curves)).values()
        if counts:
            examples = max(table.where(sweep=name).column("examples"))
            mean = measures.geometric(counts)
            parts.append(
                f"{what} {mean:,.0f} = {mean / examples:.2f} n "
                f"({len(counts)} of {len(curves)} replicates)"
            )
    if parts:
        yield f"Parameters of the smallest net without training error: {'; '.join(parts)}."


def _thresholds(table: Table, loss: str) -> Iterator[str]:
    parts = []
    for task, by in measures.law(table, loss).items():
        if by:
            mean = measures.geometric(t.parameters for t in by.values())
            per = f"{mean / task.examples:.2f} n"
            if loss == "mse":
                n, k = task.examples, task.classes
                per += f" = {mean / n / k:.2f} n K = {mean / n / (k - 1):.2f} n (K - 1)"
            bounds = Counter(t.bracket for t in by.values() if t.bracket)
            outside = "".join(f", {count} {side} the widths" for side, count in bounds.items())
            parts.append(f"n {task.examples} K {task.classes}: {per}{outside}")
    if parts:
        yield (
            f"Threshold with {LOSSES[loss]}, in parameters, to half an octave: {'; '.join(parts)}."
        )


def _without_error(table: Table) -> Iterator[str]:
    found = measures.law(table, "mse", lambda row: row["final_train_error"] == 0)
    parts = [
        f"n {task.examples} K {task.classes}: "
        f"{measures.geometric(t.parameters for t in by.values()) / task.examples:.2f} n"
        for task, by in found.items()
        if by
    ]
    if parts:
        yield (
            "Were no training error enough, squared error would have its threshold at "
            f"{'; '.join(parts)}."
        )
