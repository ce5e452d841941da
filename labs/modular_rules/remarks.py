"""What a run says in words: the paper's comparisons by architecture and rules, two-sided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from labs.kit.claims import shown
from labs.kit.table import Table
from labs.modular_rules.arms import (
    ARCHITECTURES,
    MODELS,
    PAPER,
    Setting,
    Values,
    ahead,
    curves,
    mean,
    rows,
    settings,
    wins,
)
from labs.modular_rules.claims import CLAIMS
from labs.modular_rules.measures import AFTER, BEFORE, raw, specialisation

_shown = partial(shown, claims=len(CLAIMS), form="+.2f")
ROUTERS = ("modular_op", "modular", "switch", "modular_op_wide")
QUARTER = 0.25  # of the zero predictor's loss


PAIRS = (  # of models, loss, and how the comparison is called
    ("modular", "monolithic", "id", "Octaves of Modular ahead of Monolithic (two-sided)"),
    ("gt_modular", "modular", "id", "Octaves of GT-Modular ahead of Modular"),
    ("gt_modular", "modular", "ood", "Octaves of GT-Modular ahead of Modular out of distribution"),
    ("modular_op", "modular", "id", "Octaves of Modular-op ahead of Modular"),
    ("switch", "modular", "id", "Octaves of Switch ahead of Modular"),
    ("modular_op_wide", "modular_op", "id", "Octaves of the wide Modular-op ahead of the narrow"),
)
USES = (  # of modules: metric, and what is over its value for random use
    ("collapse_worst", "Collapse-Worst (random 0)"),
    ("alignment", "Alignment over its value for random use (random 1)"),
)


def remarks(table: Table) -> list[str]:
    """Sentences on the whole; intervals have the confidence of the claims'."""
    lines = [_by_rules(table, *pair) for pair in PAIRS]
    lines += [_equal_states(table), _pair(table)]
    lines += [_ranking(table, "id", "in"), _ranking(table, "ood", "out of")]
    lines += [_use(table, model, *use) for use in USES for model in ROUTERS]
    return [*filter(None, lines), *_relative(table), *_reached(table)]


def _series(table: Table, value: Callable[[Setting], Values], **equals: Any) -> str:
    """A value by architecture and rules."""
    parts = []
    for key, label in ARCHITECTURES.items():
        found = settings(table, architecture=key, **equals)
        for rules in sorted({s.rules for s in found}):
            parts_of = [v for s in found if s.rules == rules and (v := value(s))]
            if values := mean(parts_of):
                parts.append(f"{label} {rules}: {_shown(list(values.values()))}")
    return ", ".join(parts)


def _by_rules(table: Table, model: str, other: str, column: str, what: str) -> str:
    series = _series(table, lambda setting: ahead(table, model, other, setting, column))
    return f"{what}, by architecture and rules: {series}." if series else ""


def _equal_states(table: Table) -> str:
    states = sorted({row["state"] for row in table} - {0})
    if not states:
        return ""
    gain = partial(ahead, table, "gt_modular", "modular")
    series = _series(table, gain, state=states[0])
    return f"With states of {states[0]} for all, octaves of GT-Modular ahead of Modular: {series}."


def _pair(table: Table) -> str:
    shares = ", ".join(
        f"{label} {_shown([100 * v for v in values.values()], form='.0f')} %"
        for key, label in ARCHITECTURES.items()
        if (values := wins(table, "modular", ("modular", "monolithic"), architecture=key))
    )
    return (
        f"Settings that Modular wins against Monolithic (half is a draw): {shares}."
        if shares
        else ""
    )


def _use(table: Table, model: str, metric: str, what: str) -> str:
    def value(setting: Setting, when: str) -> Values:
        if metric == "alignment":
            return specialisation(table, metric, model, setting, when)
        return raw(table, metric, model, setting, when)

    after, before = (_series(table, partial(value, when=when)) for when in (AFTER, BEFORE))
    return f"{MODELS[model]}, {what}: trained {after}; untrained {before}." if after else ""


def _ranking(table: Table, column: str, where: str) -> str:
    shares = ", ".join(
        f"{MODELS[m]} {100 * float(np.mean(list(values.values()))):.0f} %"
        for m in PAPER
        if (values := wins(table, m, column=column))
    )
    return f"Share of the settings won {where} distribution: {shares}." if shares else ""


def _relative(table: Table) -> list[str]:
    """Losses over the zero predictor's: out of distribution the labels themselves are larger."""
    lines = []
    for key, label in ARCHITECTURES.items():
        found = settings(table, architecture=key, loss="regression")
        parts = [
            f"{MODELS[model]} {_share(table, model, found, 'id', 'zero'):.1f} % and "
            f"{_share(table, model, found, 'ood', 'zero_ood'):.1f} %"
            for model in MODELS
            if any(rows(table, model, s) for s in found)
        ]
        if parts:
            lines.append(
                f"{label}, regression loss over the zero predictor's, in and out of distribution: "
                f"{', '.join(parts)}."
            )
    return lines


def _share(table: Table, model: str, found: list[Setting], column: str, zero: str) -> float:
    own = [row for s in found for row in rows(table, model, s)]
    return 100 * float(np.mean([row[column] / row[zero] for row in own]))


def _reached(table: Table) -> list[str]:
    parts = []
    for key, label in ARCHITECTURES.items():
        found = settings(table, architecture=key, loss="regression")
        shares = ", ".join(
            f"{MODELS[model]} {100 * float(np.mean(hits)):.0f} %"
            for model in MODELS
            if (hits := [hit for s in found for hit in _hits(table, model, s).values()])
        )
        if shares:
            parts.append(f"{label}: {shares}")
    if not parts:
        return []
    return [
        "Regression tasks, of all settings, whose loss falls below a quarter of the zero "
        f"predictor's: {'; '.join(parts)}."
    ]


def _hits(table: Table, model: str, setting: Setting) -> Values:
    return {t: float(c.min() < QUARTER) for t, c in curves(table, model, setting).items()}
