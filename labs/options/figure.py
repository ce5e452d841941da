"""What was found: episodes solved by length and over training, times until 95 %, use, controls."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import NOTE, bar, forest
from labs.kit.layout import mosaic
from labs.kit.measures import Values, aligned
from labs.kit.table import Table
from labs.options.grid import ARMS, LEARNED, USED
from labs.options.measures import at_budget, first, rows
from labs.options.world import LANDMARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, *_, BLACK = draw.COLORS
STYLES: Mapping[str, dict[str, Any]] = {
    "options": {"color": BLUE},
    "learned": {"color": SKY, "linestyle": (0, (5, 1))},
    "chosen": {"color": SKY, "linestyle": ":"},
    "private": {"color": GREEN, "linestyle": "-."},
    "flat": {"color": RED, "linestyle": "--"},
    "optimistic": {"color": ORANGE, "linestyle": (0, (5, 1, 1, 1, 1, 1))},
    "blind": {"color": PINK, "linestyle": ":"},
    "random": {"color": BLACK, "linestyle": (0, (1, 3))},
}
MARKS = {"options": "o", "flat": "s", "private": "^", "blind": "D", "random": "v"}
OF = {2: "success", 3: "triples", 4: "fours"}  # a column of learners of pairs, by length
SOLVED = "Episodes solved (%)"
JUDGED = {("options", 3): "C28-zero-shot", ("flat", 3): "C28-flat"}
BANDS = "bands are 95 % t intervals"
EACH = ("arm", "length")


def answer(table: Table, verdicts: VerdictsById) -> "Figure":
    """Episodes solved by length of the task, the leads of options, the cost of a learned order."""
    figure, axes = mosaic("AB;AC", width=12.4, height=6.0)
    _lengths(axes[0], table, verdicts)
    _leads(axes[1], verdicts)
    rows = {
        "2 to 10 times the\nepisodes, pairs": "C28-order",
        "2 to 10 times the\nepisodes, triples": "C28-order-triples",
    }
    forest(axes[2], rows, verdicts, color=[SKY, SKY])
    axes[2].set(title="What learning the order, too, costs")
    axes[2].set(xlabel="Share of worlds")
    _small(axes[1:])
    draw.note(figure, table, NOTE, arms=EACH, intervals=BANDS)
    return figure


def _small(axes: Sequence["Axes"]) -> None:
    for ax in axes:
        ax.tick_params(axis="y", labelsize=9)


def _lengths(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    for kind, marker in MARKS.items():
        found: dict[int, Values] = {}
        for length, column in OF.items():
            longer = kind in ("options", "random")
            own = (f"{kind} 2", column) if longer else (f"{kind} {length}", "success")
            if values := at_budget(table, *own):
                found[length] = values
        label = "shared options,\nof pairs" if kind == "options" else ARMS[kind].label
        free = [i for i, n in enumerate(found) if (kind, n) not in JUDGED]
        style = {"label": label, "marker": marker, "markevery": free, **STYLES[kind]}
        draw.band(ax, list(found), aligned([*found.values()]), **style)
    for (kind, length), id in JUDGED.items():
        bar(ax, length, verdicts[id], color=STYLES[kind]["color"])
    ax.axhline(LEARNED, color=draw.GREY, linewidth=1)
    ax.set(title="Solved, by length (C28-zero-shot, C28-flat)", ylabel=SOLVED)
    ax.set(xlabel="Landmarks of a task", xticks=list(OF), ylim=(-3, 103))
    named(ax)


def _leads(ax: "Axes", verdicts: VerdictsById) -> None:
    forest(
        ax,
        {
            "unseen triples: less flat": "C28-triples",
            "less flat, optimistic": "C28-optimistic",
            "less options of each task": "C28-shared",
            "unseen fours: less flat": "C28-fours",
            "trained in triples:\nless of each task": "C28-shared-trained",
        },
        verdicts,
        color=[RED, ORANGE, GREEN, RED, GREEN],
    )
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.set(title="Lead of shared options", xlabel="Difference of episodes solved (points)")


def training(table: Table, verdicts: VerdictsById) -> "Figure":
    """Episodes solved over training, in pairs and in triples."""
    figure, axes = draw.figure(2, width=6.2, height=4.4)
    pairs = ("options", "learned", "private", "flat", "blind")
    _curves(
        axes[0], table, "Pairs: all are trained in them", [(f"{a} 2", "success") for a in pairs]
    )
    others = ("options", "flat", "optimistic", "private", "blind")
    triples = [("options 2", "triples"), *((f"{arm} 3", "success") for arm in others)]
    _curves(axes[1], table, "Triples", triples)
    draw.note(figure, table, arms=EACH, intervals=BANDS)
    return figure


def _curves(ax: "Axes", table: Table, title: str, shown: Sequence[tuple[str, str]]) -> None:
    for arm, column in shown:
        found = [row for row in rows(table, arm).values() if row.get(column) is not None]
        if found:
            kind = arm.split()[0]
            curves = [row[column][1:] for row in found]
            style = STYLES[kind] | ({"linestyle": "--"} if arm == "options 3" else {})
            draw.band(ax, found[0]["steps"][1:], curves, label=_named(arm, column), **style)
    budgets = [row["budget"] for row in table]
    for budget in set(budgets):
        ax.axvline(budget, color=draw.GREY, linewidth=1, linestyle=":")
    ax.axhline(LEARNED, color=draw.GREY, linewidth=1)
    ax.set(title=title, xlabel="Environment steps (dotted: the budget)", ylabel=SOLVED)
    _doubling(ax, budgets)
    ax.set(ylim=(-3, 103), yticks=range(0, 101, 20))
    named(ax)


def _named(arm: str, column: str) -> str:
    name = ARMS[arm.split()[0]].label.replace(", ", ",\n")
    if column == "triples":
        return "shared options,\nof pairs"
    return "shared options,\nof triples" if arm == "options 3" else name


def _doubling(ax: "Axes", budgets: Sequence[int]) -> None:
    ax.set_xscale("log")
    if budgets:
        low, high = ax.get_xlim()
        ticks = [budgets[0] * 4.0**k for k in range(-3, 3) if low < budgets[0] * 4.0**k < high]
        ax.set_xticks(ticks, [f"{tick:,.0f}" for tick in ticks], fontsize=9)
        ax.minorticks_off()


def times(table: Table, verdicts: VerdictsById) -> "Figure":
    """How long learners take until they solve 95 %, and by how much others take longer."""
    figure, axes = mosaic("AB;CC", width=12.4, height=7.2)
    _times(axes[0], table, "steps", "Environment steps")
    _times(axes[1], table, "episodes", "Episodes of each task")
    claims = {
        "pairs: of each task over shared": "C28-sooner",
        "pairs: flat over shared": "C28-sooner-flat",
        "triples: flat over the budget": "C28-flat-longer",
    }
    forest(axes[2], claims, verdicts, color=[GREEN, RED, RED])
    axes[2].axvline(0, color=draw.GREY, linewidth=1)
    axes[2].set(title="How many times as long, in doublings")
    axes[2].set(
        xlabel="Ratio of environment steps until 95 % (octaves: 1 is twice, 3 is eight times)"
    )
    _small(axes)
    bars = "bars above are 95 % t intervals"
    draw.note(figure, table, NOTE, arms=EACH, intervals=bars)
    return figure


def _times(ax: "Axes", table: Table, unit: str, label: str) -> None:
    shown = {
        "shared options, pairs": ("options 2", "success"),
        "the same, unseen triples": ("options 2", "triples"),
        "learned order, pairs": ("learned 2", "success"),
        "learned order, triples": ("chosen 3", "success"),
        "of each task, pairs": ("private 2", "success"),
        "flat, pairs": ("flat 2", "success"),
        "flat, triples": ("flat 3", "success"),
        "flat, optimistic, triples": ("optimistic 3", "success"),
    }
    groups = {name: first(table, arm, unit, of) for name, (arm, of) in shown.items()}
    colors = [STYLES[arm.split()[0]]["color"] for arm, _ in shown.values()]
    draw.dots(ax, groups, color=colors)
    for place, (arm, _) in enumerate(shown.values()):
        ends = [row[unit][-1] for row in rows(table, arm).values()]
        if ends:
            ax.plot([max(ends)], [place], "|", color=draw.GREY, markersize=16)
    ax.grid(axis="y", visible=False)
    ax.set(title=f"{label} until 95 %", xlabel=f"{label} (grey: the end of training)")
    if not any(groups.values()):
        draw.legend(ax)
    elif unit == "steps":
        _doubling(ax, [row["budget"] for row in table])
    else:
        ax.set_xscale("log")


def use(table: Table, verdicts: VerdictsById) -> "Figure":
    """How much every option is used at the end of training."""
    figure, axes = draw.figure(2, width=6.0, height=4.2)
    _use(axes[0], table)
    claims = {"told sketch": "C28-used", "learned order": "C28-used-learned"}
    forest(axes[1], claims, verdicts, color=[BLUE, SKY])
    axes[1].set(title="The option that is used least", xlabel="Steps (%)")
    _small(axes[1:])
    draw.note(figure, table, NOTE, arms=EACH, intervals="dots are replicates")
    return figure


def _use(ax: "Axes", table: Table) -> None:
    for place, (arm, label) in enumerate(
        {
            "options 2": "told sketch",
            "learned 2": "learned order",
            "chosen 3": "given options, learned order",
        }.items()
    ):
        shares = {r: sorted(row["use"], reverse=True) for r, row in rows(table, arm).items()}
        color = (BLUE, SKY, SKY)[place]
        for rank in range(LANDMARKS if shares else 0):
            own = [values[rank] for values in shares.values()]
            x = rank + 0.2 * (place - 1)
            ax.plot([x] * len(own), own, ".", color=color, alpha=0.3)
            marker: dict[str, Any] = {
                "marker": "os^"[place],
                "color": color,
                "linestyle": "",
                "ms": 7,
            }
            marker["mfc"] = "white" if place == 2 else color
            ax.plot([x], [np.mean(own)], **marker, label=None if rank else label)
    ax.axhline(USED, color=draw.GREY, linewidth=1, linestyle=":")
    ax.set(title="Use of the options (large: the mean)", ylabel="Steps (%)", ylim=(0, None))
    ax.set_xticks(range(LANDMARKS), ["most", "second", "third", "least"])
    ax.set_xlabel("Options by use (dotted: collapsed)")
    ax.grid(axis="x", visible=False)
    draw.legend(ax, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=3, handletextpad=0.1)


def controls(table: Table, verdicts: VerdictsById) -> "Figure":
    """Tasks of three that are solved where nothing or little should be."""
    figure, (ax,) = draw.figure(width=8.4, height=4.4)
    claims = {
        "options of pairs, told sketch": "C28-zero-shot",
        "sketch in a wrong order": "C28-shuffled",
        "sketch of other symbols": "C28-replaced",
        "options before training": "C28-untrained",
        "random moves": "C28-random",
        "flat": "C28-flat",
        "flat, cell alone": "C28-blind",
    }
    forest(ax, claims, verdicts, color=[BLUE] * 4 + [BLACK, RED, PINK])
    ax.set(title="Tasks of three landmarks", xlabel=SOLVED)
    draw.note(figure, table, NOTE, arms=EACH, intervals="dots are replicates")
    return figure
