"""The figure, with the paper's layouts: losses against rules and training curves, how modules are
used, who wins, and the activation matrices themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import interval
from labs.kit.table import Table
from labs.modular_rules import metrics
from labs.modular_rules.arms import (
    ARCHITECTURES,
    MODELS,
    PAPER,
    SETTING,
    Setting,
    Values,
    curves,
    mean,
    of,
    reference,
    settings,
    wins,
)
from labs.modular_rules.measures import AFTER, BEFORE, raw

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, *_, BLACK = draw.COLORS
GREY = "#999999"
COLORS = {
    "gt_modular": GREEN,
    "modular_op": BLUE,
    "modular": RED,
    "monolithic": BLACK,
    "switch": ORANGE,
    "modular_op_wide": SKY,
}
SHOWN = (*PAPER, "switch", "modular_op_wide")
RANKED = (*PAPER, "switch")
NAMED = [MODELS[model] for model in RANKED]  # in the legend of the training curves
ARM = (*SETTING, "model", "seed")  # rows that differ in the task alone
PAIR = ("modular", "monolithic")
COLUMNS = 5
LOSS = (("classification", "Error (%)"), ("regression", "L1 loss over that of predicting zero"))
WHERE = (("id", "in distribution"), ("ood", "out of distribution"))
ZERO = {"id": "zero", "ood": "zero_ood"}
ROUTED = (  # bars of the metrics: label, model, when, colour
    ("GT-Modular", "gt_modular", AFTER, GREEN),
    ("Modular-op", "modular_op", AFTER, BLUE),
    ("Modular-op, untrained", "modular_op", BEFORE, "#A6CBE3"),
    ("Modular", "modular", AFTER, RED),
    ("Modular, untrained", "modular", BEFORE, "#F0BD94"),
    ("Switch", "switch", AFTER, ORANGE),
    ("Switch, untrained", "switch", BEFORE, "#F5D890"),
)
HEATS = (
    ("modular", BEFORE),
    ("modular", AFTER),
    ("modular_op", BEFORE),
    ("modular_op", AFTER),
    ("switch", AFTER),
)


def plot(table: Table) -> Figure:
    """For each architecture a row of losses against rules and training curves; then collapse and
    specialisation, by rules and over all; rankings; activation matrices."""
    found = [name for name in ARCHITECTURES if settings(table, architecture=name)]
    figure, axes = draw.figure(COLUMNS, len(found) + 4, width=4.4, height=3.5)
    for row, name in enumerate(found):
        _losses(axes[COLUMNS * row : COLUMNS * (row + 1)], table, name)
    rest = iter(axes[COLUMNS * len(found) :])
    for metric in metrics.METRICS:
        _by_rules(next(rest), table, metric)
    for metric in metrics.METRICS:
        _over_rules(next(rest), table, metric)
    _rankings([next(rest) for _ in range(COLUMNS)], table)
    for model, when in HEATS:
        _heat(next(rest), table, model, when)
    draw.note(
        figure,
        table,
        "Replicates are tasks, whose seeds are averaged. Bars by rules are means over the "
        "architectures that were trained with so many.",
        arms=ARM,
    )
    return figure


def _losses(axes: Sequence[Axes], table: Table, architecture: str) -> None:
    label = ARCHITECTURES[architecture]
    panels = [(loss, unit, *where) for loss, unit in LOSS for where in WHERE]
    for ax, (loss, unit, column, where) in zip(axes, panels, strict=False):
        found = settings(table, architecture=architecture, loss=loss)
        for model in SHOWN:
            by_rules = {
                rules: mean(
                    _relative(table, of(table, column, model, s), column, s)
                    for s in found
                    if s.rules == rules
                )
                for rules in sorted({s.rules for s in found})
            }
            _line(ax, by_rules, MODELS[model], COLORS[model])
        _references(ax, table, found, column)
        ax.set(title=f"{label}, {loss}, {where}", xlabel="Rules", ylabel=unit)
        _log_axes(ax, sorted({s.rules for s in found}))
    _legend(axes[0], without=NAMED)
    _curves(axes[len(panels)], table, architecture)


def _relative(table: Table, losses: Values, column: str, setting: Setting) -> Values:
    """Regression losses over the zero predictor's, since their scale differs by task."""
    if setting.loss == "classification":
        return losses
    unit = reference(table, ZERO[column], setting)
    return {task: loss / unit[task] for task, loss in losses.items()}


def _references(ax: Axes, table: Table, found: Sequence[Setting], column: str) -> None:
    lines = [(ZERO[column], "predicting zero", ":")]
    if column == "id":
        lines.append(("blind", "blind to the rule", "--"))
    for name, label, style in lines:
        levels = {
            s.rules: float(np.mean(list(_relative(table, values, column, s).values())))
            for s in found
            for values in [reference(table, name, s)]
            if values
        }
        if levels:
            ax.plot(*zip(*sorted(levels.items()), strict=True), style, color=GREY, label=label)


def _line(ax: Axes, by_rules: dict[int, Values], label: str, color: str) -> None:
    by_rules = {rules: values for rules, values in by_rules.items() if values}
    shared = sorted(set.intersection(*map(set, by_rules.values()))) if by_rules else []
    rows = [[values[task] for values in by_rules.values()] for task in shared]
    draw.band(ax, list(by_rules), rows, label=label, color=color, marker="o", markersize=4)


def _curves(ax: Axes, table: Table, architecture: str) -> None:
    found = settings(table, architecture=architecture)
    for model in RANKED:
        parts = [curves(table, model, setting) for setting in found]
        shared = sorted(set.intersection(*map(set, parts))) if parts else []
        if shared:
            rows = [np.mean([part[task] for part in parts], axis=0) for task in shared]
            steps = table.where(architecture=architecture).rows[0]["step"]
            draw.band(ax, steps, rows, label=MODELS[model], color=COLORS[model])
    ax.set(
        title=f"{ARCHITECTURES[architecture]}, all settings",
        xlabel="Training steps",
        ylabel="Test loss over that of predicting zero",
        yscale="log",
    )
    _ticks(ax)
    _legend(ax)


def _log_axes(ax: Axes, rules: Sequence[int]) -> None:
    if not rules:
        ax.text(0.5, 0.5, "no results", transform=ax.transAxes, ha="center", color="#777777")
        return
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(rules, [str(r) for r in rules])
    _ticks(ax)


def _ticks(ax: Axes) -> None:
    """Plain numbers on a logarithmic axis, as many as its range can bear."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = ax.get_ylim()
    subs = (1,) if high > 50 * low else (1, 2, 5) if high > 5 * low else tuple(range(1, 10))
    ax.yaxis.set_major_locator(LogLocator(subs=subs))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())


def _legend(ax: Axes, without: Sequence[str] = (), **options: Any) -> None:
    entries = zip(*ax.get_legend_handles_labels(), strict=True)
    shown = [(handle, label) for handle, label in entries if label not in without]
    if shown:
        ax.legend(*zip(*shown, strict=True), **({"fontsize": 8} | options))


def _pooled(table: Table, metric: str, model: str, when: str, found: Sequence[Setting]) -> Values:
    parts = [raw(table, metric, model, setting, when) for setting in found]
    return mean(part for part in parts if part)


def _random(metric: str, rules: int) -> float:
    return float(metrics.METRICS[metric].function(np.full((rules, rules), 1 / rules)))


def _routed(table: Table) -> list[tuple[str, str, str, str]]:
    found = {row["model"] for row in table}
    return [entry for entry in ROUTED if entry[1] in found]


def _bars(
    ax: Axes,
    places: Sequence[float],
    values: Sequence[Values],
    width: float,
    color: str,
    label: str,
) -> None:
    for place, by_task in zip(places, values, strict=True):
        if by_task:
            middle, low, high = interval(list(by_task.values()))
            error = None if len(by_task) == 1 else [[middle - low], [high - middle]]
            ax.bar(place, middle, width, color=color, label=label, yerr=error, ecolor="#555555")
            label = "_"  # one entry in the legend


def _by_rules(ax: Axes, table: Table, metric: str) -> None:
    found, routed = settings(table), _routed(table)
    rules = sorted({s.rules for s in found})
    width = 0.9 / (len(routed) + 1)
    for place, (label, model, when, color) in enumerate(routed):
        values = [
            _pooled(table, metric, model, when, [s for s in found if s.rules == r]) for r in rules
        ]
        _bars(ax, [i + place * width for i in range(len(rules))], values, width, color, label)
    places = [i + len(routed) * width for i in range(len(rules))]
    if rules:
        ax.bar(places, [_random(metric, r) for r in rules], width, color=GREY, label="Random")
    ax.set_xticks([i + len(routed) / 2 * width for i in range(len(rules))], [str(r) for r in rules])
    ax.set(title=metrics.METRICS[metric].label, xlabel="Rules", ylabel="0 is best", ylim=(0, 1))
    if metric == "collapse_avg":  # one legend for the row, above the bars
        _legend(ax, ncols=2, fontsize=7, loc="upper center")
        ax.set(ylim=(0, 1.5), yticks=np.linspace(0, 1, 6))


def _over_rules(ax: Axes, table: Table, metric: str) -> None:
    found, routed = settings(table), _routed(table)
    for place, (label, model, when, color) in enumerate(routed):
        _bars(ax, [place], [_pooled(table, metric, model, when, found)], 0.8, color, label)
    if found:
        level = float(np.mean([_random(metric, s.rules) for s in found]))
        ax.bar(len(routed), level, 0.8, color=GREY)
    labels = [*(label for label, *_ in routed), "Random"]
    ax.set_xticks(range(len(labels)), labels, rotation=35, ha="right", fontsize=8)
    ax.set(title=f"{metrics.METRICS[metric].label}, all", ylabel="0 is best", ylim=(0, 1))


def _rankings(axes: Sequence[Axes], table: Table) -> None:
    panels = [
        (models, column, f"{what}, {where}")
        for column, where in WHERE
        for models, what in ((PAPER, "Settings won"), (PAIR, "Head to head"))
    ]
    for ax, (models, column, title) in zip(axes, panels, strict=False):
        _ranking(ax, table, models, column, title)
    _ranking(axes[len(panels)], table, RANKED, "id", "Settings won, with the Switch")


def _ranking(ax: Axes, table: Table, models: tuple[str, ...], column: str, title: str) -> None:
    found = len(settings(table))
    if not set(models) <= {row["model"] for row in table}:
        ax.set_axis_off()
        return
    for place, model in enumerate(models):
        share = {t: 100 * v for t, v in wins(table, model, models, column).items()}
        _bars(ax, [place], [share], 0.8, COLORS[model], MODELS[model])
        if share:
            count = found * sum(share.values()) / 100
            ax.text(place, 111, f"{count:.0f}", ha="center", va="top", fontsize=9)
    ax.set_xticks(range(len(models)), [MODELS[m] for m in models], fontsize=8, rotation=20)
    ax.set(title=title, ylabel="Settings of a task (%), counts above", ylim=(0, 112))


def _heat(ax: Axes, table: Table, model: str, when: str) -> None:
    rows = [row for row in table.where(model=model, state=0) if row[when] is not None]
    if not rows:
        ax.set_axis_off()
        return
    title = f"{MODELS[model]}, {'untrained' if when == BEFORE else 'trained'}"
    ax.set(xlabel="Module", ylabel="Rule")
    ax.grid(visible=False)
    largest = max(row["rules"] for row in rows)
    row = next(row for row in rows if row["rules"] == largest)
    image = ax.imshow(row[when], vmin=0, vmax=1, cmap="YlGnBu")
    ax.set_title(f"{title}: {ARCHITECTURES[row['architecture']]}, {largest} rules")
    ticks = range(0, largest, max(largest // 4, 1))
    ax.set_xticks(ticks, [str(t + 1) for t in ticks])
    ax.set_yticks(ticks, [str(t + 1) for t in ticks])
    ax.figure.colorbar(image, ax=ax, label="p(module | rule)")


def pies(table: Table) -> Figure:
    """The paper's Figure 3: settings won, among its four models and between two, as pies.

    >>> plan = session.stored(LAB, "full", Path("results"))  # doctest: +SKIP
    >>> draw.save(pies(session.results(plan).table), Path("pies"))  # doctest: +SKIP
    """
    figure, axes = draw.figure(2, 1, width=4.5, height=4.0)
    for ax, models in zip(axes, (PAPER, PAIR), strict=True):
        shares = {
            m: float(np.mean(list(v.values()))) for m in models if (v := wins(table, m, models))
        }
        won = {m: share for m, share in shares.items() if share}
        if not won:
            ax.set_axis_off()
            continue
        ring = {"width": 0.3} if models == PAPER else None
        ax.pie(
            list(won.values()),
            colors=[COLORS[m] for m in won],
            autopct="%.1f%%",
            startangle=90,
            wedgeprops=ring,
            pctdistance=1.2 if ring else 0.6,
        )
        ax.legend([MODELS[m] for m in won], loc="lower center", fontsize=8)
    draw.note(figure, table, arms=ARM)
    return figure
