"""What claims, remarks and figures measure: numbers by task, and their means over settings.

A value is a function of a table and a setting, {task: number}; seeds of one task are averaged
before anything is compared. Losses are compared as log2 ratios, octaves, because their scale
differs by task and number of rules; an error rate of nothing counts as half an error.

Specialisation is reported over its value for modules used at random: Alignment over 1 - 1/R and
Adaptation over that of the uniform matrix, so that 0 is ground truth, 1 is random, and numbers of
rules can be compared. Collapse is 0 for both; a rise over the untrained network is what training
did. A mean over all architectures is over those that have learned (`learning`).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from labs.kit.measures import Values, average, lowest_elsewhere, minus, shared
from labs.kit.table import Table
from labs.modular_rules.learning import pooled
from labs.modular_rules.published import GT, JOINT, MONOLITHIC, OP, PAPER
from labs.modular_rules.rows import (
    Row,
    Setting,
    by_task,
    ends,
    equal_state,
    networks,
    of,
    settings,
    smallest,
)
from labs.nn.metrics import METRICS

LEARNED = (OP, JOINT)  # what they do with modules is left to them
AFTER, BEFORE = "activation", "activation_before"
ADAPTATION = {AFTER: "adaptation", BEFORE: "adaptation_before"}

Value = Callable[..., Values]  # of a table, a setting and options


# means over settings


def over(table: Table, value: Value, architecture: str | None = None, **options: Any) -> Values:
    """The mean of a value over all settings; `options` are the value's."""
    return _mean(table, value, _settings(table, architecture), options)


def with_most(
    table: Table, value: Value, architecture: str | None = None, **options: Any
) -> Values:
    """The mean of a value over the settings with most rules."""
    return _mean(table, value, _ends(table, architecture)[1], options)


def growth(
    table: Table, value: Value, architecture: str | None = None, state: int = 0, **options: Any
) -> Values:
    """By how much a value is larger with most rules than with fewest."""
    sides = _ends(table, architecture, state=state)
    few, many = (_mean(table, value, side, options) for side in sides)
    return minus(many, few)


def _settings(table: Table, architecture: str | None = None) -> list[Setting]:
    return [s for name in pooled(table, architecture) for s in settings(table, architecture=name)]


def _ends(table: Table, architecture: str | None, state: int = 0) -> list[list[Setting]]:
    """The settings with fewest and those with most rules."""
    names = pooled(table, architecture)
    pairs = [ends(table, architecture=name, state=state) for name in names]
    return [[s for pair in pairs for s in pair[side]] for side in (0, 1)]


def _mean(
    table: Table, value: Value, found: Sequence[Setting], options: Mapping[str, Any]
) -> Values:
    return average(*(value(table, setting, **options) for setting in found))


def equal_width_growth(table: Table) -> Values:
    """Growth of GT-Modular's gain where all states are equally wide."""
    state = equal_state(table)
    return growth(table, end_to_end_gain, architecture="rnn", state=state) if state else {}


# losses


def octaves(table: Table, setting: Setting, model: str, column: str = "id") -> Values:
    """log2 of a loss, averaged over seeds before the logarithm."""
    least = smallest(table, setting, column)
    found = of(table, setting, model, column)
    return {task: float(np.log2(max(value, least))) for task, value in found.items()}


def ahead(table: Table, setting: Setting, model: str, other: str, column: str = "id") -> Values:
    """Octaves by which a model's loss is below another's."""
    return minus(octaves(table, setting, other, column), octaves(table, setting, model, column))


def specialised_gain(table: Table, setting: Setting) -> Values:
    """Octaves of GT-Modular and Modular-op, their mean, ahead of that of the other two."""
    pairs = [(model, other) for model in (GT, OP) for other in (JOINT, MONOLITHIC)]
    return average(*(ahead(table, setting, *pair) for pair in pairs))


def end_to_end_gain(table: Table, setting: Setting, column: str = "id") -> Values:
    """Octaves of GT-Modular ahead of the mean of Modular and Monolithic."""
    return average(*(ahead(table, setting, GT, other, column) for other in (JOINT, MONOLITHIC)))


def margin(table: Table, setting: Setting) -> Values:
    """Modular's lead over Monolithic less GT-Modular's over Modular, in octaves."""
    return minus(ahead(table, setting, JOINT, MONOLITHIC), ahead(table, setting, GT, JOINT))


def _negative(values: Values) -> Values:
    return {task: -value for task, value in values.items()}


def gain_over_rival(table: Table, setting: Setting) -> Values:
    """Octaves, out of distribution, of GT-Modular ahead of the best of the other three."""
    found = {m: octaves(table, setting, m, "ood") for m in PAPER}
    own = found.pop(GT)
    return minus(lowest_elsewhere(found), own)


def spread(table: Table, setting: Setting) -> Values:
    """Octaves between the models that are worst and best on the other tasks."""
    found = {m: octaves(table, setting, m) for m in PAPER}
    worst = _negative(lowest_elsewhere({m: _negative(own) for m, own in found.items()}))
    return minus(worst, lowest_elsewhere(found))


def curves(table: Table, setting: Setting, model: str) -> dict[int, np.ndarray]:
    """Test loss over steps relative to the zero predictor, (evaluations,), mean over seeds."""
    found = networks(table, setting, model)
    return by_task(found, [np.array(row["curve"]) / row["zero"] for row in found])


def slower(table: Table, setting: Setting) -> Values:
    """Octaves by which the mean loss over training of the fastest rival is above GT-Modular's."""
    found = {m: time(table, setting, m) for m in PAPER}
    own = found.pop(GT)
    return minus(lowest_elsewhere(found), own)


def time(table: Table, setting: Setting, model: str) -> Values:
    """log2 of the mean test loss over training, of the zero predictor's: lower is faster."""
    return {t: float(np.log2(c.mean())) for t, c in curves(table, setting, model).items()}


def faster(table: Table, setting: Setting, model: str, other: str) -> Values:
    """Octaves by which a model's mean loss over training is below another's."""
    return minus(time(table, setting, other), time(table, setting, model))


# settings won


def wins(table: Table, model: str, models: tuple[str, ...] = PAPER, column: str = "id") -> Values:
    """Share of the settings of each task in which a model is best; equals share a win."""
    found = _settings(table)
    return average(*(_won(table, setting, model, models, column) for setting in found))


def _won(
    table: Table, setting: Setting, model: str, models: tuple[str, ...], column: str
) -> Values:
    losses = {m: of(table, setting, m, column) for m in models}
    won = {}
    for task in shared(*losses.values()):
        least = min(losses[m][task] for m in models)
        best = [m for m in models if losses[m][task] == least]
        won[task] = (model in best) / len(best)
    return won


def gt_wins(table: Table) -> Values:
    """GT-Modular's share of settings won less that of the most frequent other winner."""
    lost = {model: _negative(wins(table, model)) for model in PAPER}
    own = lost.pop(GT)
    return minus(lowest_elsewhere(lost), own)


# the use of modules


@lru_cache(maxsize=4096)  # many claims and panels ask for the same
def raw(table: Table, setting: Setting, metric: str, model: str, when: str = AFTER) -> Values:
    """A metric, averaged over the seeds of each task; `when` is `AFTER` or `BEFORE`. Shared: not to
    be changed.

    Adaptation is the sampled one where a router also sees the other tokens of a sequence.
    """
    found = [row for row in networks(table, setting, model) if row[when] is not None]
    sampled = ADAPTATION[when]
    if not found:
        return {}
    if metric == "adaptation" and found[0][sampled] is not None:
        values = [row[sampled] for row in found]
    else:
        values = list(np.asarray(METRICS[metric].function([row[when] for row in found])))
    return {t: float(v) for t, v in by_task(found, values).items()}


def at_random(metric: str, rules: int) -> float:
    """A metric of the uniform matrix."""
    return float(METRICS[metric].function(np.full((rules, rules), 1 / rules)))


def specialisation(
    table: Table, setting: Setting, metric: str, model: str, when: str = AFTER
) -> Values:
    """A metric over its value for the uniform matrix."""
    unit = at_random(metric, setting.rules)
    return {task: value / unit for task, value in raw(table, setting, metric, model, when).items()}


def collapse(table: Table, setting: Setting, model: str, metric: str = "collapse_worst") -> Values:
    """Rise of a collapse over the untrained network."""
    after, before = (raw(table, setting, metric, model, when) for when in (AFTER, BEFORE))
    return minus(after, before)


def learned_collapse(table: Table, setting: Setting, metric: str = "collapse_worst") -> Values:
    """The same, mean over the models that learn what their modules do."""
    return average(*(collapse(table, setting, model, metric) for model in LEARNED))


def less_collapse(
    table: Table, setting: Setting, model: str, other: str, metric: str = "collapse_worst"
) -> Values:
    """Collapse after training less the other model's."""
    return minus(raw(table, setting, metric, model), raw(table, setting, metric, other))


def less_rise(table: Table, setting: Setting, model: str, other: str) -> Values:
    """Rise of Collapse-Worst less the other model's."""
    return minus(collapse(table, setting, model), collapse(table, setting, other))


def learned(table: Table, setting: Setting, metric: str, when: str = AFTER) -> Values:
    """A metric of specialisation over its value for random use, mean over the models that learn
    what their modules do; Alignment and inverse mutual information are in [0, 1]."""
    found = average(*(specialisation(table, setting, metric, m, when) for m in LEARNED))
    if metric == "adaptation":
        return found
    return {task: min(value, 1.0) for task, value in found.items()}  # rounding may pass 1


def change(table: Table, setting: Setting, metric: str) -> Values:
    """What training changed of it."""
    return minus(learned(table, setting, metric), learned(table, setting, metric, BEFORE))


def better_aligned(table: Table, setting: Setting, model: str, other: str) -> Values:
    """Alignment after training, over that of random use, less the other model's."""
    own, others = (specialisation(table, setting, "alignment", m) for m in (model, other))
    return minus(own, others)


def first_modules(table: Table, setting: Setting, model: str) -> Values:
    """Share of the modules that are the most active one of some rule, so that hard and soft routers
    can be compared; of R modules chosen at random about 1 - 1/e are."""
    found = networks(table, setting, model)
    return by_task(found, [len(set(_firsts(row))) / setting.rules for row in found])


def more_distinct(table: Table, setting: Setting, model: str, other: str) -> Values:
    """Share of modules that are some rule's first, less the other model's."""
    own, others = (first_modules(table, setting, m) for m in (model, other))
    return minus(own, others)


def own_modules(table: Table, setting: Setting, model: str) -> Values:
    """Share of the seeds of each task in which every rule has a most active module of its own."""
    found = networks(table, setting, model)
    return by_task(found, [float(len(set(_firsts(row))) == setting.rules) for row in found])


def _firsts(row: Row) -> list[int]:
    firsts: list[int] = np.argmax(row[AFTER], axis=1).tolist()
    return firsts


def misses(table: Table, model: str) -> Values:
    """1 for a task where at most half of the networks with most rules gave every rule a module, in
    the architecture in which fewest other tasks are such."""
    found = {name: with_most(table, own_modules, name, model=model) for name in pooled(table)}
    return lowest_elsewhere(
        {
            name: {task: float(share <= 0.5) for task, share in own.items()}
            for name, own in found.items()
        }
    )
