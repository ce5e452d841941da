"""What is compared: architectures and models, and the numbers that compare them.

The unit is the task (a replicate): seeds of one task are averaged before anything is compared.
Losses are compared as log2 ratios, octaves, because their scale differs by task and number of
rules; an error rate of nothing counts as half an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from labs.kit.table import Table

NAME = "modular_rules"
ARCHITECTURES = {"mlp": "MLP", "mha": "MHA", "rnn": "RNN"}
MODELS = {
    "gt_modular": "GT-Modular",
    "modular_op": "Modular-op",
    "modular": "Modular",
    "monolithic": "Monolithic",
    "switch": "Switch",
    "modular_op_wide": "Modular-op, wide",
}
PAPER = ("gt_modular", "modular_op", "modular", "monolithic")  # the models that it ranks
WIDER = 4  # the hidden width, in encoder widths, as published
LEARNED = ("modular", "modular_op")  # what they do with modules is left to them
SETTING = ("architecture", "loss", "version", "rules", "width", "state")

Values = Mapping[int, float]  # by replicate
Row = Mapping[str, Any]


class Setting(NamedTuple):
    """What one comparison of models holds fixed, but for the task."""

    architecture: str
    loss: str
    version: int
    rules: int
    width: int
    state: int


@lru_cache(maxsize=2)
def _index(table: Table) -> dict[Setting, dict[str, list[Row]]]:
    # Thousands of rows are asked for hundreds of times.
    found: dict[Setting, dict[str, list[Row]]] = {}
    for row in table:
        setting = Setting(*(row[name] for name in SETTING))
        found.setdefault(setting, {}).setdefault(row["model"], []).append(row)
    return found


def settings(table: Table, **equals: Any) -> list[Setting]:
    """The settings of the rows, those with matched parameters only unless `state` is asked for."""
    wanted = {"state": 0, **equals}.items()
    return [s for s in _index(table) if all(getattr(s, name) == v for name, v in wanted)]


def rows(table: Table, model: str, setting: Setting) -> list[Row]:
    """The networks of one model in one setting, all tasks and seeds."""
    return _index(table).get(setting, {}).get(model, [])


def by_task(found: Iterable[Row], values: Iterable[Any]) -> dict[int, Any]:
    """The values of networks, a number or an array each, averaged over the seeds of each task."""
    groups: dict[int, list[Any]] = {}
    for row, value in zip(found, values, strict=True):
        groups.setdefault(row["replicate"], []).append(value)
    return {task: np.mean(group, axis=0) for task, group in groups.items()}


def ends(table: Table, **equals: Any) -> tuple[list[Setting], list[Setting]]:
    """The settings with fewest and with most rules of each series that has both."""
    few, many = [], []
    series: dict[tuple[Any, ...], list[Setting]] = {}
    for setting in settings(table, **equals):
        series.setdefault(setting._replace(rules=0), []).append(setting)
    for found in series.values():
        if len(found) > 1:
            low, *_, high = sorted(found, key=lambda setting: setting.rules)
            few.append(low)
            many.append(high)
    return few, many


def of(table: Table, column: str, model: str, setting: Setting) -> Values:
    """A column of one model in one setting, averaged over the seeds of each task."""
    found = rows(table, model, setting)
    return {t: float(v) for t, v in by_task(found, [row[column] for row in found]).items()}


def reference(table: Table, column: str, setting: Setting) -> Values:
    """A predictor's loss by task, which all models share; empty where it is not defined."""
    found = [
        row for own in _index(table)[setting].values() for row in own if row[column] is not None
    ]
    return by_task(found, [float(row[column]) for row in found])


def mean(parts: Iterable[Values]) -> Values:
    """Mean over parts, for the tasks that all parts have."""
    found = list(parts)
    shared = sorted(set.intersection(*map(set, found))) if found else []
    return {task: float(np.mean([part[task] for part in found])) for task in shared}


def minus(a: Values, b: Values) -> Values:
    """a - b for the tasks that both have."""
    return {task: a[task] - b[task] for task in a if task in b}


def octaves(table: Table, column: str, model: str, setting: Setting) -> Values:
    """log2 of a loss, averaged over seeds before the logarithm."""
    least = floor(table, setting, column)
    found = of(table, column, model, setting)
    return {task: float(np.log2(max(value, least))) for task, value in found.items()}


def floor(table: Table, setting: Setting, column: str) -> float:
    """Half of one error among the test examples, in percent; for regression next to nothing."""
    if setting.loss == "regression":
        return 1e-12
    count = "test_examples_ood" if column == "ood" else "test_examples"
    return 50 / next(iter(_index(table)[setting].values()))[0][count]


def ahead(table: Table, model: str, other: str, setting: Setting, column: str = "id") -> Values:
    """Octaves by which a model's loss is below another's."""
    return minus(
        octaves(table, column, other, setting),
        octaves(table, column, model, setting),
    )


def wins(
    table: Table,
    model: str,
    models: tuple[str, ...] = PAPER,
    column: str = "id",
    **equals: Any,
) -> Values:
    """Share of the settings of each task in which a model is best; equals share a win."""
    return mean(_won(table, s, model, models, column) for s in settings(table, **equals))


def _won(
    table: Table, setting: Setting, model: str, models: tuple[str, ...], column: str
) -> Values:
    losses = {m: of(table, column, m, setting) for m in models}
    won = {}
    for task in sorted(set.intersection(*map(set, losses.values()))):
        least = min(losses[m][task] for m in models)
        best = [m for m in models if losses[m][task] == least]
        won[task] = (model in best) / len(best)
    return won


def best_of_others(values: Mapping[str, Values], task: int) -> str:
    """The model with the lowest mean over the other tasks: this one's own luck does not choose."""
    rest = {m: [v for t, v in own.items() if t != task] for m, own in values.items()}
    return min(rest, key=lambda m: float(np.mean(rest[m])))


def rival(values: Mapping[str, Values]) -> Values:
    """Of each task the value of the model that is lowest on the others; needs two tasks."""
    shared = sorted(set.intersection(*map(set, values.values())))
    if len(shared) < 2:
        return {}
    return {task: values[best_of_others(values, task)][task] for task in shared}


def curves(table: Table, model: str, setting: Setting) -> dict[int, np.ndarray]:
    """Test loss over steps relative to the zero predictor, (evaluations,), mean over seeds."""
    found = rows(table, model, setting)
    return by_task(found, [np.array(row["curve"]) / row["zero"] for row in found])


def slowness(table: Table, model: str, setting: Setting) -> Values:
    """log2 of the mean relative loss over training, the area under the curve."""
    return {t: float(np.log2(c.mean())) for t, c in curves(table, model, setting).items()}
