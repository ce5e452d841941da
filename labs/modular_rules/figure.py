"""Losses and errors; what the lab's figures share. Models are lines, with one colour, marker and
dash each; architectures without results have no panels."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import forest
from labs.kit.measures import Values, average, shared
from labs.kit.table import Table
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.learning import SHARES, line_of
from labs.modular_rules.published import ARCHITECTURES, GT, JOINT, LOSSES, MONOLITHIC, OP
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
UNITS = {"regression": "L1 loss (1: of zero)", "classification": "Errors (%)"}
TASKS = "Replicates are tasks, whose seeds are averaged."
BANDS = "bands are 95 % t intervals"
DOTS = "dots are replicates"


def present(table: Table) -> list[str]:
    """The architectures of a table; of an empty one all."""
    return [name for name in ARCHITECTURES if settings(table, architecture=name)] or [
        *ARCHITECTURES
    ]


def judged(rows: Mapping[str, str], verdicts: VerdictsById) -> dict[str, str]:
    """The rows whose claims are judged; where none is, those that have data, or else all."""
    with_data = {name: id for name, id in rows.items() if verdicts[id].estimate is not None}
    kept = {name: id for name, id in with_data.items() if verdicts[id].verdict != "not judged"}
    return kept or with_data or {**rows}


def claims(
    ax: "Axes",
    rows: Mapping[str, str],
    colors: Mapping[str, str],
    verdicts: VerdictsById,
) -> None:
    """Rows of the claims that are judged, each in the colour of its id, else blue, on an axis that
    has 0 in it."""
    kept = judged(rows, verdicts)
    ax.update_datalim([(0, 0)])
    forest(ax, kept, verdicts, color=[colors.get(id, BLUE) for id in kept.values()])
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.tick_params(axis="y", labelsize=9)


def losses(table: Table, verdicts: VerdictsById) -> "Figure":
    """Losses in distribution: regression over predicting zero, since scales differ, and errors."""
    names = present(table)
    figure, axes = draw.figure(len(names), 2, width=max(4.2, 8.0 / len(names)), height=3.5)
    figure.set_layout_engine("constrained", w_pad=0.1)
    panels = [(name, loss) for loss in LOSSES for name in names]
    for ax, (name, loss) in zip(axes, panels, strict=True):
        found = settings(table, architecture=name, loss=loss)
        for model in MODELS:
            line(ax, found, partial(_loss, table, model=model), model)
        _references(ax, table, found)
        ax.set(title=f"{ARCHITECTURES[name]}, {loss}", ylabel=UNITS[loss])
        ax.set(xlabel="Rules (as many modules)")
        rules_axis(ax, found)
        if found:
            ax.set_yscale("log")
            ticks(ax)
    return finished(figure, table, intervals=BANDS)


def _loss(table: Table, setting: Setting, model: str) -> Values:
    return _relative(table, setting, of(table, setting, model, "id"))


def _relative(table: Table, setting: Setting, values: Values) -> Values:
    if setting.loss == "classification":
        return values
    unit = reference(table, setting, "zero")
    return {task: loss / unit[task] for task, loss in values.items()}


def _references(ax: "Axes", table: Table, found: Sequence[Setting]) -> None:
    """What predictors reach that learn nothing, and what told modules are to be below."""
    for name, label, style in (
        ("zero", "predicting zero, or a coin", ":"),
        ("blind", "blind to the rule", "--"),
    ):
        lines = {s.rules: _relative(table, s, reference(table, s, name)) for s in found}
        _level(ax, lines, label, style)
    asked = {
        s.rules: {
            task: SHARES[s.loss] * value
            for task, value in _relative(table, s, line_of(table, s)[1]).items()
        }
        for s in found
    }
    _level(ax, asked, "learned: GT-Modular below", "-")


def _level(ax: "Axes", lines: Mapping[int, Values], label: str, style: str) -> None:
    levels = sorted(
        (r, float(np.mean([*values.values()]))) for r, values in lines.items() if values
    )
    if levels:
        ax.plot(*zip(*levels, strict=True), style, color=draw.GREY, label=label)


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
    own |= {"color": COLORS[model], "linestyle": DASHES[model]} | style
    draw.band(ax, list(by_rules), lines, **own)


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
