"""Numbers of activation matrices, by task: how modules are used, trained, untrained and at random.

Specialisation is reported over its value for modules used at random: Alignment over 1 - 1/R and
Adaptation over that of the uniform matrix, so that 0 is ground truth, 1 is random, and numbers of
rules can be compared. Collapse is 0 for both; a rise over the untrained network is what training
did.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from labs.kit.table import Table
from labs.modular_rules import metrics
from labs.modular_rules.arms import Setting, Values, by_task, rows

AFTER, BEFORE = "activation", "activation_before"
ADAPTATION = {AFTER: "adaptation", BEFORE: "adaptation_before"}


def specialisation(table: Table, metric: str, model: str, setting: Setting, when: str) -> Values:
    """A metric over its value for the uniform matrix; `when` is `AFTER` or `BEFORE`."""
    uniform = np.full((setting.rules, setting.rules), 1 / setting.rules)
    unit = float(metrics.METRICS[metric].function(uniform))
    return {task: value / unit for task, value in raw(table, metric, model, setting, when).items()}


@lru_cache(maxsize=4096)  # many claims and panels ask for the same
def raw(
    table: Table, metric: str, model: str, setting: Setting, when: str = AFTER
) -> Mapping[int, float]:
    """A metric, averaged over the seeds of each task.

    Adaptation is the sampled one where a router also sees the other tokens of a sequence.
    """
    found = [row for row in rows(table, model, setting) if row[when] is not None]
    sampled = ADAPTATION[when]
    if not found:
        return {}
    if metric == "adaptation" and found[0][sampled] is not None:
        values = [row[sampled] for row in found]
    else:
        values = list(np.asarray(metrics.METRICS[metric].function([row[when] for row in found])))
    return MappingProxyType({t: float(v) for t, v in by_task(found, values).items()})


def own_modules(table: Table, model: str, setting: Setting) -> Values:
    """Share of the seeds of each task whose most active modules are all different: every rule has
    found a module of its own."""
    found = rows(table, model, setting)
    first = [set(np.argmax(row[AFTER], axis=1).tolist()) for row in found]
    return by_task(found, [float(len(modules) == setting.rules) for modules in first])


def distinct(table: Table, model: str, setting: Setting) -> Values:
    """Share of the modules that are the most active one of some rule, so that hard and soft routers
    can be compared; of R modules chosen at random about 1 - 1/e are."""
    found = rows(table, model, setting)
    first = [len(set(np.argmax(row[AFTER], axis=1).tolist())) for row in found]
    return by_task(found, [count / setting.rules for count in first])
