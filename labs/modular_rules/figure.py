"""Losses, errors and training curves; what the lab's figures share. Models are lines, with one
colour, marker and dash each in all figures; architectures without results have no panels."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, forest
from labs.kit.layout import mosaic
from labs.kit.measures import Values, average, shared
from labs.kit.table import Table
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.measures import curves
from labs.modular_rules.published import ARCHITECTURES, GT, JOINT, MONOLITHIC, OP
from labs.modular_rules.rows import Setting, of, reference, settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, *_, BLACK = draw.COLORS
COLORS = {GT: GREEN, OP: BLUE, JOINT: RED, MONOLITHIC: BLACK, SWITCH: ORANGE, OP_WIDE: SKY}
MARKS = {GT: "o", OP: "s", JOINT: "^", MONOLITHIC: "D", SWITCH: "v", OP_WIDE: "P"}
DASHES: dict[str, Any] = {
    GT: "-",
    OP: "--",
    JOINT: "-.",
    MONOLITHIC: ":",
    SWITCH: (0, (5, 1, 1, 1, 1, 1)),
    OP_WIDE: (0, (8, 2)),
}
ARM = (*Setting._fields, "model", "seed")  # rows that differ in the task alone
WHERE = {"id": "in distribution", "ood": "out of distribution"}
ZERO = {"id": "zero", "ood": "zero_ood"}
TASKS = "Replicates are tasks, whose seeds are averaged."
BANDS = "bands are 95 % t intervals"
DOTS = "dots are replicates"


def present(table: Table) -> list[str]:
    """The architectures of a table; of an empty one all."""
    return [name for name in ARCHITECTURES if settings(table, architecture=name)] or [
        *ARCHITECTURES
    ]


def told(rows: Mapping[str, str], verdicts: VerdictsById) -> dict[str, str]:
    """The rows whose claims have data; where none has, all."""
    return {name: id for name, id in rows.items() if verdicts[id].estimate is not None} or {**rows}


def claims(
    ax: "Axes",
    rows: Mapping[str, str],
    colors: Mapping[str, str],
    verdicts: VerdictsById,
    *,
    most: float = 0,
) -> None:
    """Rows of the claims that have data, each in the colour of its id, else blue, on an axis that
    has 0 and `most` in it."""
    kept = told(rows, verdicts)
    ax.update_datalim([(0, 0), (most, 0)])
    forest(ax, kept, verdicts, color=[colors.get(id, BLUE) for id in kept.values()])
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.tick_params(axis="y", labelsize=9)


def by_architecture(
    table: Table, places: int, *, rows: int = 0
) -> tuple["Figure", list["Axes"], list[str]]:
    """A figure with so many panels for each architecture, one below the other, and, of `rows`
    claims, a wide one below all; its axes, the last that of the claims; and the architectures."""
    names = present(table)
    letters = iter("ABCDEF")
    lines = [line for _ in range(places) for line in 3 * ["".join(next(letters) for _ in names)]]
    lines += ["Z" * len(names)] * (1 + math.ceil(rows / 3) if rows else 0)
    width = max(4.2 * len(names), 8.0)
    figure, axes = mosaic(";".join(lines), width=width, height=1.1 * len(lines) + 0.8)
    figure.set_layout_engine("constrained", w_pad=0.1)
    return figure, axes, names


def losses(table: Table, verdicts: VerdictsById) -> "Figure":
    """Regression losses over that of predicting zero, since their scale differs by task."""
    return _by_rules_and_place(table, "regression", "L1 loss (1: of zero)")


def errors(table: Table, verdicts: VerdictsById) -> "Figure":
    """Errors in classification."""
    return _by_rules_and_place(table, "classification", "Errors (%)")


def _by_rules_and_place(table: Table, loss: str, unit: str) -> "Figure":
    figure, axes, names = by_architecture(table, 2)
    panels = [(name, column) for column in WHERE for name in names]
    for ax, (name, column) in zip(axes, panels, strict=True):
        found = settings(table, architecture=name, loss=loss)
        for model in MODELS:
            line(ax, found, partial(_loss, table, model=model, column=column), model)
        _references(ax, table, found, column)
        ax.set_title(f"{ARCHITECTURES[name]}, {WHERE[column]}")
        ax.set(xlabel="Rules (as many modules)", ylabel=unit)
        rules_axis(ax, found)
        if found:
            ax.set_yscale("log")
            ticks(ax)
    return finished(figure, table, intervals=BANDS)


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
    figure, axes, names = by_architecture(table, 1, rows=1)
    for ax, name in zip(axes, names, strict=False):
        found = settings(table, architecture=name)
        for model in MODELS:
            parts = [curves(table, setting, model) for setting in found]
            if tasks := shared(*parts):
                lines = [np.mean([part[task] for part in parts], axis=0) for task in tasks]
                steps = table.where(architecture=name).rows[0]["step"]
                style = {"label": MODELS[model], "color": COLORS[model], "linestyle": DASHES[model]}
                draw.band(ax, steps, lines, **style)
        ax.set(title=ARCHITECTURES[name], xlabel="Training steps", ylabel="Test loss (1: of zero)")
        if found:
            ax.set_yscale("log")
            ticks(ax)
    claims(axes[-1], {"GT-Modular over the fastest other": "8"}, {"8": COLORS[GT]}, verdicts)
    axes[-1].set(title="Is perfect specialisation trained faster?")
    axes[-1].set(xlabel="Ratio of mean losses over training (octaves; right of 0: faster)")
    return finished(figure, table, f"Means over all settings. {NOTE}", intervals=BANDS)


def line(
    ax: "Axes",
    found: Sequence[Setting],
    value: Callable[[Setting], Values],
    model: str,
    **style: Any,
) -> None:
    """A value over rules, the mean over settings with as many."""
    rules = sorted({s.rules for s in found})
    by_rules = {r: average(*(value(s) for s in found if s.rules == r)) for r in rules}
    by_rules = {r: values for r, values in by_rules.items() if values}
    lines = [[values[task] for values in by_rules.values()] for task in shared(*by_rules.values())]
    own: dict[str, Any] = {"label": MODELS[model], "marker": MARKS[model], "markersize": 5}
    own |= {"linestyle": DASHES[model]} | style
    draw.band(ax, list(by_rules), lines, color=COLORS[model], **own)


def rules_axis(ax: "Axes", found: Sequence[Setting]) -> None:
    """Numbers of rules as ticks of a logarithmic axis."""
    rules = sorted({s.rules for s in found})
    if not rules:
        draw.legend(ax)  # that there is nothing
        return
    ax.set_xscale("log", base=2)
    ax.set_xticks(rules, [str(r) for r in rules])


def ticks(ax: "Axes") -> None:
    """Plain numbers on a logarithmic axis, as many as its range can bear."""
    from matplotlib.ticker import MaxNLocator

    low, high = ax.get_ylim()
    for subs in (range(1, 10), (1, 2, 5), (1,)):
        round_ = [m * 10.0**e for e in range(-6, 6) for m in subs if low <= m * 10.0**e <= high]
        if len(round_) <= 8:
            break
    places = round_ if len(round_) > 1 else MaxNLocator(4).tick_values(low, high)
    ax.set_yticks(places, [f"{place:g}" for place in places])
    ax.set_ylim(low, high)
    ax.minorticks_off()


def finished(figure: "Figure", table: Table, extra: str = "", *, intervals: str) -> "Figure":
    """With one legend for all panels, and the note."""
    entries: dict[str, Any] = {}
    for ax in figure.axes:
        handles, labels = ax.get_legend_handles_labels()
        entries |= dict(zip(labels, handles, strict=True)) | entries
    if entries:
        columns = min(len(entries), int(figure.get_figwidth() // 2.1))
        figure.legend(
            entries.values(), entries, loc="outside upper center", ncols=columns, handlelength=3
        )
    draw.note(figure, table, f"{TASKS} {extra}".strip(), arms=ARM, intervals=intervals)
    return figure
