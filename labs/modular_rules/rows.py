"""The rows of a table by setting and model: what one comparison of models holds fixed, and which
networks it has. The unit is the task (a replicate): its seeds are averaged.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from labs.kit.measures import Values
from labs.kit.table import Table

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
        setting = Setting(*(row[name] for name in Setting._fields))
        found.setdefault(setting, {}).setdefault(row["model"], []).append(row)
    return found


def settings(table: Table, **equals: Any) -> list[Setting]:
    """The settings of the rows, those with matched parameters only unless `state` is asked for."""
    wanted = {"state": 0, **equals}.items()
    return [s for s in _index(table) if all(getattr(s, name) == v for name, v in wanted)]


def equal_state(table: Table) -> int:
    """The width of the states of the control, in which all have equally wide ones; 0: without."""
    return max((row["state"] for row in table), default=0)


def ends(table: Table, **equals: Any) -> tuple[list[Setting], list[Setting]]:
    """The settings with fewest and with most rules of each series that has both."""
    few, many = [], []
    series: dict[Setting, list[Setting]] = {}
    for setting in settings(table, **equals):
        series.setdefault(setting._replace(rules=0), []).append(setting)
    for found in series.values():
        if len(found) > 1:
            low, *_, high = sorted(found, key=lambda setting: setting.rules)
            few.append(low)
            many.append(high)
    return few, many


def networks(table: Table, setting: Setting, model: str) -> list[Row]:
    """The networks of one model in one setting, all tasks and seeds."""
    return _index(table).get(setting, {}).get(model, [])


def by_task(found: Iterable[Row], values: Iterable[Any]) -> dict[int, Any]:
    """The values of networks, a number or an array each, averaged over the seeds of each task."""
    groups: dict[int, list[Any]] = {}
    for row, value in zip(found, values, strict=True):
        groups.setdefault(row["replicate"], []).append(value)
    return {task: np.mean(group, axis=0) for task, group in groups.items()}


def of(table: Table, setting: Setting, model: str, column: str) -> Values:
    """A column of one model in one setting, averaged over the seeds of each task."""
    found = networks(table, setting, model)
    return {t: float(v) for t, v in by_task(found, [row[column] for row in found]).items()}


def reference(table: Table, setting: Setting, column: str) -> Values:
    """A predictor's loss by task, which all models share; empty where it is not defined."""
    found = [
        row for own in _index(table)[setting].values() for row in own if row[column] is not None
    ]
    return by_task(found, [float(row[column]) for row in found])


def smallest(table: Table, setting: Setting, column: str) -> float:
    """Half of one error among the test examples, in percent; for regression next to nothing."""
    if setting.loss == "regression":
        return 1e-12
    count = "test_examples_ood" if column == "ood" else "test_examples"
    return 50 / next(iter(_index(table)[setting].values()))[0][count]
