"""The figures: architectures stand side by side or one below the other, models are lines."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.intervals import interval
from labs.kit.measures import Values, average, shared
from labs.kit.table import Table
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.measures import AFTER, BEFORE, at_random, curves, raw, wins
from labs.modular_rules.published import ARCHITECTURES, GT, JOINT, MONOLITHIC, OP, PAPER
from labs.modular_rules.rows import Setting, of, reference, settings
from labs.nn.metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, *_, BLACK = draw.COLORS
COLORS = {GT: GREEN, OP: BLUE, JOINT: RED, MONOLITHIC: BLACK, SWITCH: ORANGE, OP_WIDE: SKY}
ROUTED = (OP, JOINT, SWITCH, OP_WIDE)  # models with routers that learn
HEATS = (JOINT, OP, SWITCH)
ARM = (*Setting._fields, "model", "seed")  # rows that differ in the task alone
WHERE = {"id": "in distribution", "ood": "out of distribution"}
ZERO = {"id": "zero", "ood": "zero_ood"}
TASKS = "Replicates are tasks, whose seeds are averaged."


def losses(table: Table, verdicts: VerdictsById) -> "Figure":
    """Regression losses over that of predicting zero, since their scale differs by task."""
    return _by_rules_and_place(table, "regression", "L1 loss over that of zero")


def errors(table: Table, verdicts: VerdictsById) -> "Figure":
    """Errors in classification."""
    return _by_rules_and_place(table, "classification", "Errors (%)")


def _by_rules_and_place(table: Table, loss: str, unit: str) -> "Figure":
    figure, axes = draw.figure(2, 3, width=5.0, height=3.3)
    panels = [(name, column) for name in ARCHITECTURES for column in WHERE]
    for ax, (name, column) in zip(axes, panels, strict=True):
        found = settings(table, architecture=name, loss=loss)
        for model in MODELS:
            _line(ax, found, partial(_loss, table, model=model, column=column), model)
        _references(ax, table, found, column)
        ax.set(title=f"{ARCHITECTURES[name]}, {WHERE[column]}", xlabel="Rules", ylabel=unit)
        _rules(ax, found)
        if found:
            ax.set_yscale("log")
            _ticks(ax)
    return _finished(figure, table)


def _loss(table: Table, setting: Setting, model: str, column: str) -> Values:
    return _relative(table, setting, of(table, setting, model, column), column)


def _relative(table: Table, setting: Setting, values: Values, column: str) -> Values:
    if setting.loss == "classification":
        return values
    unit = reference(table, setting, ZERO[column])
    return {task: loss / unit[task] for task, loss in values.items()}


def _references(ax: "Axes", table: Table, found: Sequence[Setting], column: str) -> None:
    lines = [(ZERO[column], "predicting zero", ":")]
    if column == "id":
        lines.append(("blind", "blind to the rule", "--"))
    for name, label, style in lines:
        levels = {
            s.rules: float(np.mean(list(_relative(table, s, values, column).values())))
            for s in found
            if (values := reference(table, s, name))
        }
        if levels:
            ax.plot(*zip(*sorted(levels.items()), strict=True), style, color=draw.GREY, label=label)


def training(table: Table, verdicts: VerdictsById) -> "Figure":
    """Training curves by architecture, the mean over all its settings."""
    figure, axes = draw.figure(3, 1, width=4.2, height=3.6)
    for ax, (name, label) in zip(axes, ARCHITECTURES.items(), strict=True):
        found = settings(table, architecture=name)
        for model in MODELS:
            parts = [curves(table, setting, model) for setting in found]
            if tasks := shared(*parts):
                lines = [np.mean([part[task] for part in parts], axis=0) for task in tasks]
                steps = table.where(architecture=name).rows[0]["step"]
                draw.band(ax, steps, lines, label=MODELS[model], color=COLORS[model])
        ax.set(title=label, xlabel="Training steps", ylabel="Test loss over that of zero")
        if found:
            ax.set_yscale("log")
            _ticks(ax)
    return _finished(figure, table, "Means over all settings.")


def wins_by_model(table: Table, verdicts: VerdictsById) -> "Figure":
    """Settings won, among the paper's four models and head to head."""
    figure, axes = draw.figure(2, 1, width=5.0, height=3.6)
    titles = ("Settings won, of four models", "Settings won, head to head")
    for ax, models, title in zip(axes, (PAPER, (JOINT, MONOLITHIC)), titles, strict=True):
        for offset, (column, label) in enumerate(WHERE.items()):
            shares = {m: wins(table, m, models, column) for m in models}
            _bars(ax, shares, offset, label)
        ax.set_xticks(range(len(models)), [MODELS[m] for m in models])
        ax.set(title=title, ylabel="Settings of a task (%)", ylim=(0, 100))
    return _finished(figure, table)


def _bars(ax: "Axes", shares: dict[str, Values], offset: int, label: str) -> None:
    for place, values in enumerate(shares.values()):
        if not values:
            continue
        middle, low, high = interval([100 * v for v in values.values()])
        error = None if len(values) == 1 else [[middle - low], [high - middle]]
        color = (BLUE, SKY)[offset]
        ax.bar(place + 0.4 * (offset - 0.5), middle, 0.38, yerr=error, color=color, label=label)
        label = "_"  # one entry in the legend


def collapse(table: Table, verdicts: VerdictsById) -> "Figure":
    """Collapse by number of rules, trained and untrained."""
    return _use_by_rules(table, ("collapse_worst", "collapse_avg"))


def specialisation(table: Table, verdicts: VerdictsById) -> "Figure":
    """Specialisation by number of rules, trained, untrained and for random use."""
    return _use_by_rules(table, ("alignment", "inverse_mi"))


def _use_by_rules(table: Table, names: Sequence[str]) -> "Figure":
    figure, axes = draw.figure(3, len(names), width=4.2, height=3.4)
    panels = [(metric, name) for metric in names for name in ARCHITECTURES]
    for ax, (metric, name) in zip(axes, panels, strict=True):
        _metric(ax, table, metric, name)
    return _finished(figure, table, "GT-Modular is at 0.")


def _metric(ax: "Axes", table: Table, metric: str, architecture: str) -> None:
    found = settings(table, architecture=architecture)
    for model in ROUTED:
        for when, style in ((AFTER, "-"), (BEFORE, ":")):
            value = partial(raw, table, metric=metric, model=model, when=when)
            label = MODELS[model] + (", untrained" if when == BEFORE else "")
            _line(ax, found, value, model, linestyle=style, label=label)
    rules = sorted({s.rules for s in found})
    if rules:
        levels = [at_random(metric, r) for r in rules]
        ax.plot(rules, levels, "--", color=draw.GREY, label="random use")
    ax.set(title=f"{METRICS[metric].label}, {ARCHITECTURES[architecture]}", xlabel="Rules")
    ax.set(ylabel="0 is best", ylim=(-0.03, 1.03))
    _rules(ax, found)


def use(table: Table, verdicts: VerdictsById) -> "Figure":
    """Whether the use of modules follows the frequencies of rules, and activation matrices."""
    figure, axes = draw.figure(3, 2, width=4.2, height=3.6)
    for ax, name in zip(axes, ARCHITECTURES, strict=False):
        _metric(ax, table, "adaptation", name)
    for ax, model in zip(axes[len(ARCHITECTURES) :], HEATS, strict=True):
        _heat(ax, table, model)
    return _finished(
        figure, table, "Matrices: p(module | rule) of one network, from 0 (light) to 1 (dark)."
    )


def _heat(ax: "Axes", table: Table, model: str) -> None:
    rows = [row for row in table.where(model=model, state=0) if row[AFTER] is not None]
    if not rows:
        ax.set_axis_off()
        return
    row = max(rows, key=lambda row: row["rules"])
    ax.imshow(row[AFTER], vmin=0, vmax=1, cmap="YlGnBu")
    ticks = range(0, row["rules"], max(row["rules"] // 4, 1))
    ax.set(xlabel="Module", ylabel="Rule")
    ax.set_title(f"{MODELS[model]}, {ARCHITECTURES[row['architecture']]}")
    ax.set_xticks(ticks, [str(t + 1) for t in ticks])
    ax.set_yticks(ticks, [str(t + 1) for t in ticks])
    ax.grid(visible=False)


def _line(
    ax: "Axes",
    found: Sequence[Setting],
    value: Callable[[Setting], Values],
    model: str,
    **line: Any,
) -> None:
    """A value over rules, the mean over settings with as many."""
    rules = sorted({s.rules for s in found})
    by_rules = {r: average(*(value(s) for s in found if s.rules == r)) for r in rules}
    by_rules = {r: values for r, values in by_rules.items() if values}
    lines = [[values[task] for values in by_rules.values()] for task in shared(*by_rules.values())]
    options: dict[str, Any] = {"label": MODELS[model], "marker": "o", "markersize": 4} | line
    draw.band(ax, list(by_rules), lines, color=COLORS[model], **options)


def _rules(ax: "Axes", found: Sequence[Setting]) -> None:
    """Numbers of rules as ticks of a logarithmic axis."""
    rules = sorted({s.rules for s in found})
    if not rules:
        draw.legend(ax)  # that there is nothing
        return
    ax.set_xscale("log", base=2)
    ax.set_xticks(rules, [str(r) for r in rules])


def _ticks(ax: "Axes") -> None:
    """Plain numbers on a logarithmic axis, as many as its range can bear."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = ax.get_ylim()
    subs = (1,) if high > 50 * low else (1, 2, 5) if high > 5 * low else tuple(range(1, 10))
    ax.yaxis.set_major_locator(LogLocator(subs=subs))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def _finished(figure: "Figure", table: Table, extra: str = "") -> "Figure":
    """With one legend for all panels, and the note."""
    entries: dict[str, Any] = {}
    for ax in figure.axes:
        handles, labels = ax.get_legend_handles_labels()
        entries |= dict(zip(labels, handles, strict=True)) | entries
    if entries:
        figure.legend(entries.values(), entries, loc="outside upper center", ncols=5)
    draw.note(figure, table, f"{TASKS} {extra}".strip(), arms=ARM)
    return figure
