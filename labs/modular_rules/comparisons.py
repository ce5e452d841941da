"""The measures of the claims: one number per task, put together from a choice of settings and a
value of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from labs.kit.table import Table
from labs.modular_rules.arms import (
    LEARNED,
    PAPER,
    Setting,
    Values,
    ahead,
    ends,
    mean,
    minus,
    octaves,
    rival,
    slowness,
    wins,
)
from labs.modular_rules.measures import AFTER, BEFORE, distinct, own_modules, raw, specialisation

GT, OP, JOINT, MONO = PAPER
SWITCH = "switch"
Measure = Callable[[Table], list[float]]


def numbers(values: Values) -> list[float]:
    """One number per task, in their order."""
    return list(values.values())


def present(table: Table, *models: str) -> bool:
    """Whether the table has rows of every model."""
    return set(models) <= {row["model"] for row in table}


def over(
    chosen: Callable[[Table], Iterable[Setting]],
    value: Callable[[Table, Setting], Values],
    *models: str,
) -> Measure:
    """One number per task: the mean over the chosen settings."""

    def measure(table: Table) -> list[float]:
        if not present(table, *models):
            return []
        return numbers(mean(value(table, setting) for setting in chosen(table)))

    return measure


def many(**equals: Any) -> Callable[[Table], list[Setting]]:
    """Chooses the settings with most rules."""
    return lambda table: ends(table, **equals)[1]


def growth(value: Callable[[Table, Setting], Values], *models: str, **equals: Any) -> Measure:
    """By how much a value is larger with most rules than with fewest."""

    def measure(table: Table) -> list[float]:
        if not present(table, *models):
            return []
        least, most = (mean(value(table, s) for s in side) for side in ends(table, **equals))
        return numbers(minus(most, least))

    return measure


def gt_wins(table: Table) -> list[float]:
    """GT-Modular's share of settings won less that of the most frequent other winner."""
    if not present(table, *PAPER):
        return []
    lost = {model: {t: -v for t, v in wins(table, model).items()} for model in PAPER}
    own = lost.pop(GT)
    return numbers(minus(rival(lost), own))


def modular_wins(table: Table) -> list[float]:
    """Share of settings that Modular wins against Monolithic."""
    pair = (JOINT, MONO)
    return numbers(wins(table, JOINT, pair)) if present(table, *pair) else []


def gain(model: str, other: str, column: str = "id") -> Callable[[Table, Setting], Values]:
    """Octaves by which a model's loss is below another's."""
    return lambda table, setting: ahead(table, model, other, setting, column)


def specialised_gain(table: Table, setting: Setting) -> Values:
    """Octaves of GT-Modular and Modular-op, their mean, ahead of that of the other two."""
    return mean(ahead(table, m, o, setting) for m in (GT, OP) for o in (JOINT, MONO))


def end_to_end_gain(table: Table, setting: Setting, column: str = "id") -> Values:
    """Octaves of GT-Modular ahead of the mean of Modular and Monolithic."""
    return mean(ahead(table, GT, other, setting, column) for other in (JOINT, MONO))


def gain_over_rival(table: Table, setting: Setting) -> Values:
    """Octaves, out of distribution, of GT-Modular ahead of the best of the other three."""
    found = {m: octaves(table, "ood", m, setting) for m in PAPER}
    own = found.pop(GT)
    return minus(rival(found), own)


def margin(table: Table, setting: Setting) -> Values:
    """Modular's lead over Monolithic less GT-Modular's over Modular, in octaves."""
    return minus(ahead(table, JOINT, MONO, setting), ahead(table, GT, JOINT, setting))


def spread(table: Table, setting: Setting) -> Values:
    """Octaves between the models that are worst and best on the other tasks."""
    found = {m: octaves(table, "id", m, setting) for m in PAPER}
    worst = rival({m: {t: -v for t, v in own.items()} for m, own in found.items()})
    best = rival(found)
    return {task: -worst[task] - best[task] for task in best}


def slower(table: Table, setting: Setting) -> Values:
    """Octaves by which the mean loss over training of the fastest rival is above GT-Modular's."""
    found = {m: slowness(table, m, setting) for m in PAPER}
    own = found.pop(GT)
    return minus(rival(found), own)


def collapse(model: str, table: Table, setting: Setting) -> Values:
    """Rise of Collapse-Worst over the untrained network."""
    return minus(
        raw(table, "collapse_worst", model, setting),
        raw(table, "collapse_worst", model, setting, BEFORE),
    )


def learned_collapse(table: Table, setting: Setting) -> Values:
    """The same, mean over the models that learn what their modules do."""
    return mean(collapse(model, table, setting) for model in LEARNED)


def less_collapse(
    model: str, other: str, table: Table, setting: Setting, metric: str = "collapse_worst"
) -> Values:
    """Collapse after training less the other model's."""
    return minus(raw(table, metric, model, setting), raw(table, metric, other, setting))


def less_rise(model: str, other: str, table: Table, setting: Setting) -> Values:
    """Rise of Collapse-Worst less the other model's."""
    return minus(collapse(model, table, setting), collapse(other, table, setting))


def learned(metric: str, table: Table, setting: Setting) -> Values:
    """A metric of specialisation of the trained routers, over that of random use."""
    return mean(specialisation(table, metric, model, setting, AFTER) for model in LEARNED)


def change(metric: str, table: Table, setting: Setting) -> Values:
    """What training changed of it."""
    before = mean(specialisation(table, metric, model, setting, BEFORE) for model in LEARNED)
    return minus(learned(metric, table, setting), before)


def better_aligned(model: str, other: str, table: Table, setting: Setting) -> Values:
    """Alignment after training, over that of random use, less the other model's."""
    return minus(
        specialisation(table, "alignment", model, setting, AFTER),
        specialisation(table, "alignment", other, setting, AFTER),
    )


def more_distinct(model: str, other: str, table: Table, setting: Setting) -> Values:
    """Share of modules that are some rule's first, less the other model's."""
    return minus(distinct(table, model, setting), distinct(table, other, setting))


def misses(table: Table) -> list[float]:
    """1 for a task where at most half of the networks with most rules gave every rule a module."""
    if not present(table, OP):
        return []
    found = mean(own_modules(table, OP, setting) for setting in many()(table))
    return [float(share <= 0.5) for share in found.values()]


def equal_width_growth(table: Table) -> list[float]:
    """Growth of GT-Modular's gain where all states are equally wide."""
    states = sorted({row["state"] for row in table} - {0})
    if not states:
        return []
    return growth(end_to_end_gain, GT, JOINT, MONO, architecture="rnn", state=states[0])(table)
