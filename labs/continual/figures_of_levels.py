"""What methods reach: after the last task, with and without lateral connections, and for how many
numbers that are kept."""

from typing import TYPE_CHECKING

import numpy as np

from labs.continual.grid import SEQUENCES, TASKS
from labs.continual.looks import CHANCE, COLORS, MARKERS, STYLES, by_method, dotted
from labs.continual.measures import acc, fwt, of, one_by_one
from labs.continual.shown import LABELS, OF_SEQUENCES, measured
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEADS = {"acc": "over fine-tuning", "joint": "over joint training"}


def levels(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy after the last task by method, a panel for each sequence; and how far a LoRA per
    task is ahead of fine-tuning and of joint training."""
    figure, axes = draw.figure(2, 2, width=6.4, height=4.4)
    for ax, name in zip(axes, SEQUENCES, strict=False):
        ax.set_xlim(-3, 103)
        by_method(ax, {m: acc(table, m, name) for m in measured(table)}, verdicts)
        dotted(ax, CHANCE[name])
        ax.set(title=f"At the end of {OF_SEQUENCES[name]}")
        ax.set_xlabel("Test accuracy, mean over tasks (%)")
    rows = {f"{words}, {n}\n": f"C25-{key}-{n}" for key, words in LEADS.items() for n in SEQUENCES}
    forest(axes[3], rows, verdicts, color=COLORS["lora-each"])
    axes[3].axvline(0, color=draw.GREY, linewidth=1)
    axes[3].set(title="Lead of a LoRA per task", xlabel="Points of accuracy at the end")
    axes[3].tick_params(axis="y", labelsize=10)
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals=ARMS)
    return figure


def columns(table: Table, verdicts: VerdictsById) -> "Figure":
    """Columns with and without lateral connections on their own task, a panel for each sequence;
    and what laterals bring to late columns."""
    figure, axes = draw.figure(2, 2, width=6.2, height=4.0)
    for ax, name in zip(axes, SEQUENCES, strict=False):
        _columns(ax, table, name)
    handles, labels = axes[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside upper center", ncols=2, fontsize=10)
    rows = {f"{name}\n": f"C26-late-{name}" for name in SEQUENCES}
    forest(axes[3], rows, verdicts, color=COLORS["progressive"])
    axes[3].axvline(0, color=draw.GREY, linewidth=1)
    axes[3].set(title="What laterals bring to tasks 4 and 5", xlabel="Points of accuracy")
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals="bands 95 % t intervals")
    return figure


def _columns(ax: "Axes", table: Table, sequence: str) -> None:
    tasks = list(range(1, TASKS + 1))
    for method in ("progressive", "scratch"):
        found = of(table, "matrix", method, sequence)
        curves = {r: [m[j][j - 1] for j in tasks] for r, m in found.items() if one_by_one(m)}
        draw.band(ax, tasks, curves, label=LABELS[method], **STYLES[method])
    if ax.lines:
        ax.axhline(CHANCE[sequence], color=draw.GREY, linestyle=":", linewidth=1.2)
    else:
        draw.legend(ax)
    ax.set(title=OF_SEQUENCES[sequence].capitalize(), xlabel="Task, in the order of learning")
    ax.set(ylabel="Accuracy when learned (%)", ylim=(-3, 103), xticks=tasks)


def beforehand(table: Table, verdicts: VerdictsById) -> "Figure":
    """What tasks gain from earlier ones before they are learned, by method, a panel for each
    sequence."""
    figure, axes = draw.figure(3, width=5.2, height=4.4)
    for ax, name in zip(axes, SEQUENCES, strict=True):
        rows: dict[str, str | Values] = {m: fwt(table, m, name) for m in measured(table)}
        if name == "domains" and rows.get("progressive"):
            rows["progressive"] = "C26-fwt"
        by_method(ax, rows, verdicts)
        ax.axvline(0, color=draw.GREY, linewidth=1)
        ax.set(title=OF_SEQUENCES[name].capitalize(), xlabel="Forward transfer (points)")
    draw.note(figure, table, NOTE, intervals=ARMS)
    return figure


def kept(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy after five domains, and what is kept beyond the base to answer all of them."""
    figure, (ax,) = draw.figure(width=8.6, height=4.8)
    for method in measured(table):
        values, bits = acc(table, method, "domains"), of(table, "bits", method, "domains")
        if values and next(iter(bits.values())):
            _point(ax, method, next(iter(bits.values())) / 8000, values)
    base = [*acc(table, "base", "domains").values()]
    if base:
        label = f"{LABELS['base']}, which keeps nothing"
        ax.axhline(float(np.mean(base)), color=draw.GREY, linewidth=1.2, label=label)
    if ax.lines:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
        ax.axhline(CHANCE["domains"], color=draw.GREY, linestyle=":", linewidth=1.2, label="chance")
    ax.set(ylabel="Test accuracy after five domains (%)", ylim=(0, 100))
    ax.set_xlabel("Kept beyond the base, for all five tasks (kB, logarithmic)")
    draw.legend(ax, loc="center left", bbox_to_anchor=(1.01, 0.5))
    draw.note(figure, table, intervals="dots are replicates, large marks their means")
    return figure


def _point(ax: "Axes", method: str, size: float, values: Values) -> None:
    own = [*values.values()]
    color, marker = COLORS[method], MARKERS[method]
    ax.plot([size] * len(own), own, ".", color=color, alpha=0.35)
    mean = float(np.mean(own))
    ax.plot([size], [mean], marker, color=color, label=LABELS[method], ms=9, linestyle="none")
