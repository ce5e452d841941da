"""What a run says after its claims."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import numpy as np

from labs.kit.intervals import Interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Values, average
from labs.kit.table import Table
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.learning import SHARES, level, worst
from labs.modular_rules.measures import ahead, collapse, specialisation
from labs.modular_rules.published import ARCHITECTURES, GT, JOINT, LOSSES, MONOLITHIC, OP, SAMPLES
from labs.modular_rules.rows import Setting, equal_state, networks, settings

ROUTERS = (OP, JOINT, SWITCH, OP_WIDE)

Value = Callable[[Table, Setting], Values]


def remarks(table: Table) -> list[Remark]:
    """How far the networks have learned, and tables of the comparisons by architecture and number
    of rules."""
    parts = (_learned, _passed, _shown, _comparisons, _modules, _relative)
    return [remark for part in parts for remark in part(table)]


def _learned(table: Table) -> Iterator[Remark]:
    """Where told modules stand: by this an architecture is judged or not."""
    rows = []
    for name, label in ARCHITECTURES.items():
        found = settings(table, architecture=name)
        for rules in sorted({s.rules for s in found}):
            by_loss = {s.loss: 100 * level(table, s)[1] for s in found if s.rules == rules}
            own = [share if share == share else None for share in map(by_loss.get, LOSSES)]
            rows.append((f"{label} {rules}", *own))
    text = (
        "Loss of GT-Modular by rules in % of zero's (regression; learned: below {:.0f}) and its "
        "errors in % of those of the best that is blind to the rule (classification; RNN: of a "
        "coin's; below {:.0f})."
    ).format(*(100 * SHARES[loss] for loss in LOSSES))
    yield _remark(text, ("", *LOSSES), rows, ".1f")


def _passed(table: Table) -> Iterator[Remark]:
    """How far from its line the gate decided, beside how far tasks differ."""
    asked = [(label, name, 0) for name, label in ARCHITECTURES.items()]
    if state := equal_state(table):
        asked.append((f"RNN, states of {state}", "rnn", state))
    rows = []
    for label, name, width in asked:
        found = {task: 100 * share for task, share in worst(table, name, width).items()}
        rows.append((label, _mean([found]), max(found.values(), default=None)))
    text = (
        "GT-Modular in the setting where it is worst, in % of what it must be below, on average, "
        "to count as learned."
    )
    yield _remark(text, ("", "mean", "worst task"), rows, ".0f")


def _shown(table: Table) -> Iterator[Remark]:
    rows = []
    for name, label in ARCHITECTURES.items():
        own = {row["steps"] * row["batch"] for row in table.where(architecture=name)}
        if own:
            rows.append((label, min(own) / 1000, SAMPLES[name] / min(own)))
    columns = ("", "thousands", "published, times ours")
    yield _remark("Samples or sequences that a network trained on.", columns, rows, ".0f")


def _comparisons(table: Table) -> Iterator[Remark]:
    gains = {
        f"{MODELS[model]}, {MODELS[other]}": partial(ahead, model=model, other=other)
        for model, other in ((JOINT, MONOLITHIC), (GT, JOINT), (OP, JOINT), (SWITCH, JOINT))
    }
    controls: dict[str, Value] = {
        "out of distribution": partial(ahead, model=GT, other=JOINT, column="ood"),
        "equal states": _equal_states,
        "wide router": partial(ahead, model=OP_WIDE, other=OP),
    }
    yield from _by_rules(
        table, "Octaves by which the first's loss is below the second's, by rules, {}.", gains
    )
    yield from _by_rules(
        table,
        "Octaves of GT-Modular ahead of Modular; wide router: of it ahead of Modular-op, {}.",
        controls,
    )


def _modules(table: Table) -> Iterator[Remark]:
    rises = {MODELS[model]: partial(collapse, model=model) for model in ROUTERS}
    yield from _by_rules(table, "Rise of Collapse-Worst by training, by rules, {}.", rises)
    for metric in ("alignment", "adaptation"):
        own = {
            MODELS[model]: partial(specialisation, metric=metric, model=model) for model in ROUTERS
        }
        text = f"{metric.capitalize()} after training: 0 is perfect, 1 random use, {{}}."
        yield from _by_rules(table, text, own)


def _by_rules(table: Table, text: str, values: Mapping[str, Value]) -> Iterator[Remark]:
    """For each loss a row for each architecture and number of rules: means over settings."""
    for loss in LOSSES:
        rows = []
        for key, label in ARCHITECTURES.items():
            found = settings(table, architecture=key, loss=loss)
            for rules in sorted({s.rules for s in found}):
                own = [s for s in found if s.rules == rules]
                row = [_mean(value(table, s) for s in own) for value in values.values()]
                rows.append((f"{label} {rules}", *row))
        yield _remark(text.format(loss), ("", *values), rows, "+.2f")


def _mean(parts: Iterable[Values]) -> Interval | None:
    return interval_or_none(average(*(part for part in parts if part)))


def _equal_states(table: Table, setting: Setting) -> Values:
    """GT-Modular ahead of Modular in the same setting with states of one width."""
    state = equal_state(table)
    own = setting._replace(state=state)
    return ahead(table, own, GT, JOINT) if state and own in settings(table, state=state) else {}


def _relative(table: Table) -> Iterator[Remark]:
    rows = []
    for model, label in MODELS.items():
        shares = [
            _share(table, model, settings(table, architecture=key, loss="regression"), *columns)
            for key in ARCHITECTURES
            for columns in (("id", "zero"), ("ood", "zero_ood"))
        ]
        rows.append((label, *shares))
    columns = [f"{label}{where}" for label in ARCHITECTURES.values() for where in ("", ", out")]
    text = "Regression loss in % of the zero predictor's, in and out of distribution."
    yield _remark(text, ("", *columns), rows, ".1f")


def _share(table: Table, model: str, found: list[Setting], column: str, zero: str) -> float | None:
    own = [row[column] / row[zero] for s in found for row in networks(table, s, model)]
    return 100 * float(np.mean(own)) if own else None


Entries = tuple[str | float | Interval | None, ...]


def _remark(text: str, columns: tuple[str, ...], rows: Iterable[Entries], form: str) -> Remark:
    """Without the rows and columns that have no data."""
    full = [row for row in rows if any(entry is not None for entry in row[1:])]
    kept = [0, *(i for i in range(1, len(columns)) if any(row[i] is not None for row in full))]
    return Remark(
        text,
        tuple(columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in full),
        form,
    )
