"""Accuracies of the arms, in percent, by replicate; the arms of a replicate share data set, start
and batch order. What is no fresh test accuracy says so."""

from operator import itemgetter
from typing import Any

import numpy as np

from labs.benchmark.grid import FROZEN, PLAIN
from labs.data.mnist1d import EXAMPLES
from labs.kit.measures import Measure, Values, column, measured, shared
from labs.kit.table import Table


def arm(model: str, shuffled: bool = False, examples: int = EXAMPLES) -> dict[str, Any]:
    """The columns that select an arm of unchanged models on MNIST-1D."""
    where = {"model": model, "shuffled": shuffled, "examples": examples}
    return where | {"change": "", "varied": "", "data": PLAIN}


def final(model: str, shuffled: bool = False, examples: int = EXAMPLES) -> Measure:
    """Test accuracy after training."""
    return column("final", **arm(model, shuffled, examples))


def on_published(model: str, shuffled: bool = False) -> Measure:
    """Accuracy after training on the 1000 published test examples."""
    return column("final_published", **arm(model, shuffled))


def early(model: str) -> Measure:
    """Test accuracy at the evaluation that is best on validation data."""
    return column("best_on_val", **arm(model))


def early_published(model: str) -> Measure:
    """The same on the 1000 published test examples."""
    return column("best_on_val_published", **arm(model))


def best(model: str) -> Measure:
    """The best of all evaluations on the 1000 published test examples."""
    return column("best_on_test", **arm(model))


def changed(setting: str) -> Measure:
    """Test accuracy of the MLP with one setting changed, its value chosen on validation data."""
    return measured(_changed, setting)


def _changed(table: Table, setting: str) -> Values:
    mlps = table.where(model="mlp", data=PLAIN)
    tried = [row for row in mlps if row["change"].startswith(f"{setting}=")]
    return {row["replicate"]: row["final"] for row in sorted(tried, key=itemgetter("final_val"))}


def on_images(model: str) -> Measure:
    """Test accuracy on MNIST, at the rate that is best on validation data."""
    return column("final", model=model, data="mnist")


def learned(model: str, shuffled: bool = False) -> Measure:
    """The best accuracy on training data of all evaluations."""
    return measured(_learned, model, shuffled)


def _learned(table: Table, model: str, shuffled: bool) -> Values:
    curves = table.where(**arm(model, shuffled)).values("train_accuracy")
    return {replicate: max(curve) for replicate, curve in curves.items()}


def errors(model: str, *digits: int) -> Measure:
    """Percent of some digits' test examples that are misread, mean over the digits."""
    return measured(_errors, model, digits)


def _errors(table: Table, model: str, digits: tuple[int, ...]) -> Values:
    rows = table.where(**arm(model)).values("class_errors")
    return {replicate: float(np.mean([own[d] for d in digits])) for replicate, own in rows.items()}


def of_test_set(model: str) -> Measure:
    """Variance of the final accuracy over test sets of 1000, in squared points."""
    return column("set_variance", **arm(model))


def of_all_else(model: str) -> Measure:
    """Each replicate's part of the variance over replicates of the final accuracy, where data,
    start and order differ: the mean of the parts is the variance, in squared points."""
    return measured(_of_all_else, model)


def _of_all_else(table: Table, model: str) -> Values:
    levels = final(model)(table)
    if len(levels) < 2:
        return {}
    mean = float(np.mean([*levels.values()]))
    scale = len(levels) / (len(levels) - 1)
    return {replicate: scale * (level - mean) ** 2 for replicate, level in levels.items()}


def of_test_set_over_all_else(model: str) -> Measure:
    """log2 of the variance over test sets of 1000, mean over replicates, over the variance over
    replicates, where data, start and order differ: jackknife pseudo-values, whose mean has a t
    interval where squared deviations of a dozen levels have none (Miller 1968, Jackknifing
    variances); empty below three replicates, or where levels do not differ."""
    return measured(_of_test_set_over_all_else, model)


def _of_test_set_over_all_else(table: Table, model: str) -> Values:
    sets, levels = of_test_set(model)(table), final(model)(table)
    replicates = shared(sets, levels)
    n = len(replicates)
    if n < 3:
        return {}
    of_sets, of_levels = (np.array([own[r] for r in replicates]) for own in (sets, levels))
    without = ~np.eye(n, dtype=bool)
    kept = [np.full(n, True), *without]
    test_set = np.array([of_sets[own].mean() for own in kept])
    all_else = np.array([of_levels[own].var(ddof=1) for own in kept])
    if not (test_set.all() and all_else.all()):
        return {}
    whole, *parts = np.log2(test_set / all_else).tolist()
    return {r: n * whole - (n - 1) * part for r, part in zip(replicates, parts, strict=True)}


def of_source(model: str, source: str) -> Measure:
    """Variance by one source of chance alone, a key of `SOURCES` or `ROUNDING`, in squared
    points: half the squared difference of two networks that share the others (Jansen 1999)."""
    return measured(_of_source, model, source)


def _of_source(table: Table, model: str, source: str) -> Values:
    anew = column("final", **arm(model) | {"varied": source}) - final(model)
    return {replicate: difference**2 / 2 for replicate, difference in anew(table).items()}


def frozen(model: str) -> Measure:
    """Test accuracy on the one published data set, start and order drawn anew."""
    return column("final", **arm(model) | {"varied": FROZEN})
