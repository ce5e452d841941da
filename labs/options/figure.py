"""What was found, and what a world, a sketch and its options look like."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Values, aligned
from labs.kit.table import Table
from labs.options.grid import ARMS, LEARNED, NAME, USED
from labs.options.measures import at_budget, first, of_arm, rows
from labs.options.world import (
    CELLS,
    LANDMARKS,
    LIMIT,
    MOVES,
    NAMES,
    SIDE,
    STOP,
    distance,
    free,
    landmarks,
    next_cells,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, *_, BLACK = draw.COLORS
STYLES: Mapping[str, dict[str, Any]] = {
    "options": {"color": BLUE},
    "learned": {"color": SKY},
    "chosen": {"color": SKY, "linestyle": "--"},
    "private": {"color": GREEN},
    "flat": {"color": RED},
    "optimistic": {"color": ORANGE},
    "blind": {"color": PINK},
    "random": {"color": BLACK},
}
OF = {2: "success", 3: "triples", 4: "fours"}  # a column of learners of pairs, by length
SKETCH = (1, 3, 0)  # of the example
SOLVED = "Episodes solved (%)"


def answers(table: Table, verdicts: VerdictsById) -> "Figure":
    """Success over training and by length, time until 95 %, use of options."""
    figure, axes = draw.figure(3, 2, width=5.2)
    pairs = ("options", "learned", "private", "flat", "blind")
    title = "Pairs, in which all are trained"
    _curves(axes[0], table, title, [(f"{arm} 2", "success") for arm in pairs])
    others = ("options", "flat", "optimistic", "private", "blind")
    triples = [(f"{arm} 3", "success") for arm in others]
    title = "Triples, in which all others are trained"
    _curves(axes[1], table, title, [("options 2", "triples"), *triples])
    _lengths(axes[2], table)
    _times(axes[3], table, "steps", "Environment steps until 95 %")
    _times(axes[4], table, "episodes", "Episodes of each task until 95 %")
    _use(axes[5], table)
    draw.note(figure, table, arms=("arm", "length"))
    return figure


def _curves(ax: "Axes", table: Table, title: str, shown: Sequence[tuple[str, str]]) -> None:
    for arm, column in shown:
        found = [row for row in rows(table, arm).values() if row.get(column) is not None]
        if found:
            kind = arm.split()[0]
            curves = [row[column][1:] for row in found]
            label = f"{ARMS[kind].label}{'' if column == 'success' else ' (unseen)'}"
            style = STYLES[kind] | ({"linestyle": ":"} if arm == "options 3" else {})
            draw.band(ax, found[0]["steps"][1:], curves, label=label, **style)
            ax.axvline(found[0]["budget"], color=draw.GREY, linewidth=1, linestyle=":")
    ax.axhline(LEARNED, color=draw.GREY, linewidth=1)
    ax.set(title=title, xlabel="Environment steps (dotted: the budget)", ylabel=SOLVED)
    _doubling(ax, [row["budget"] for row in table])
    _percents(ax)


def _percents(ax: "Axes") -> None:
    # above the curves there is room for the legend
    ax.set(ylim=(-3, 165), yticks=range(0, 101, 20))
    draw.legend(ax, fontsize=8, loc="upper left")


def _doubling(ax: "Axes", budgets: Sequence[int]) -> None:
    ax.set_xscale("log")
    if budgets:
        low, high = ax.get_xlim()
        ticks = [budgets[0] * 4.0**k for k in range(-3, 3) if low < budgets[0] * 4.0**k < high]
        ax.set_xticks(ticks, [f"{tick:,.0f}" for tick in ticks], fontsize=9)
        ax.minorticks_off()


def _lengths(ax: "Axes", table: Table) -> None:
    for kind in ("options", "flat", "private", "blind", "random"):
        found: dict[int, Values] = {}
        for length, column in OF.items():
            longer = kind in ("options", "random")
            own = (f"{kind} 2", column) if longer else (f"{kind} {length}", "success")
            if values := at_budget(table, *own):
                found[length] = values
        label = f"{ARMS[kind].label}{' (unseen)' if kind == 'options' else ''}"
        draw.band(
            ax, list(found), aligned([*found.values()]), label=label, marker="o", **STYLES[kind]
        )
    for column, marker in (("shuffled", "x"), ("replaced", "+")):
        values = of_arm(table, "options 2", column)
        if values:
            mean = float(np.mean([*values.values()]))
            ax.plot([3], [mean], marker, color=BLUE, markersize=9, label=f"{column} sketch")
    ax.axhline(LEARNED, color=draw.GREY, linewidth=1)
    ax.set(title="At the budget", xlabel="Landmarks of the tasks", ylabel=SOLVED)
    ax.set(xticks=list(OF))
    _percents(ax)


def _times(ax: "Axes", table: Table, unit: str, label: str) -> None:
    shown = {
        "options, pairs": ("options 2", "success"),
        "unseen triples": ("options 2", "triples"),
        "order, pairs": ("learned 2", "success"),
        "order, triples": ("chosen 3", "success"),
        "of each, pairs": ("private 2", "success"),
        "flat, pairs": ("flat 2", "success"),
        "flat, triples": ("flat 3", "success"),
        "optimistic": ("optimistic 3", "success"),
    }
    groups = {name: first(table, arm, unit, of) for name, (arm, of) in shown.items()}
    colors = [STYLES[arm.split()[0]]["color"] for arm, _ in shown.values()]
    draw.dots(ax, groups, color=colors)
    for place, (arm, _) in enumerate(shown.values()):
        ends = [row[unit][-1] for row in rows(table, arm).values()]
        if ends:
            ax.plot([max(ends)], [place], "|", color=draw.GREY, markersize=16)
    ax.set(title=label, xlabel=f"{label.split(' until')[0]} (bar: the end of training)")
    if not any(groups.values()):
        draw.legend(ax)
    elif unit == "steps":
        _doubling(ax, [row["budget"] for row in table])
    else:
        ax.set_xscale("log")


def _use(ax: "Axes", table: Table) -> None:
    for place, (arm, label) in enumerate(
        {"options 2": "told sketch", "learned 2": "learned order", "chosen 3": "given"}.items()
    ):
        shares = {r: sorted(row["use"], reverse=True) for r, row in rows(table, arm).items()}
        kind = arm.split()[0]
        for rank in range(LANDMARKS if shares else 0):
            own = [values[rank] for values in shares.values()]
            x = rank + 0.2 * (place - 1)
            ax.plot([x] * len(own), own, ".", color=STYLES[kind]["color"], alpha=0.3)
            marker = {"marker": "os^"[place], "color": STYLES[kind]["color"]}
            ax.plot(x, np.mean(own), **marker, label=None if rank else label)
    ax.axhline(USED, color=draw.GREY, linewidth=1, linestyle=":")
    ax.set(title="Use of the options", ylabel="Steps (%)", ylim=(0, None))
    ax.set_xticks(range(LANDMARKS), ["most", "second", "third", "least"])
    ax.set_xlabel("Options by use (dotted: collapsed)")
    draw.legend(ax, fontsize=8)


def world(table: Table, verdicts: VerdictsById) -> "Figure":
    """The first replicate's world: the path of a sketch, and what each of its options does."""
    figure, axes = draw.figure(3, 2, width=4.6, height=4.4)
    found = rows(table, "options 2")
    for ax in axes[: 5 if found else 6]:
        ax.grid(False)
    if not found:
        draw.legend(axes[0])
        for ax in axes[1:]:
            ax.set_axis_off()
        draw.note(figure, table)
        return figure
    row = found[min(found)]
    places = landmarks(NAME, row["replicate"])
    actions = np.array(row["action"]).reshape(LANDMARKS, CELLS)
    steps = walk(actions, places)
    _path(axes[0], places, steps)
    for option, ax in enumerate(axes[1:5]):
        values = np.array(row["value"]).reshape(LANDMARKS, CELLS)[option]
        _option(ax, option, actions[option], values, places)
    _course(axes[5], places, steps)
    letters = ", ".join(NAMES[symbol] for symbol in SKETCH)
    draw.note(figure, table, f"Shown: replicate {row['replicate']}, sketch {letters}.")
    return figure


def walk(actions: np.ndarray, places: np.ndarray) -> list[tuple[int, int, int]]:
    """Return (option, cell, visited) at the steps of an episode of the example's sketch.

    Args:
        actions: greedy, (4, 81).
        places: cells of the landmarks (4,).

    It starts in the free cell that is the farthest from the first landmark.
    """
    goals, to = [int(places[symbol]) for symbol in SKETCH], next_cells()
    starts = free(places)
    cell = int(starts[np.argmax(distance(starts, places[SKETCH[0]]))])
    ended = visited = 0
    steps = [(SKETCH[0], cell, 0)]
    while visited < len(goals) and len(steps) <= LIMIT * len(goals):
        action = int(actions[SKETCH[ended], cell])
        cell = int(to[cell, action])
        ended += action == STOP
        visited += action != STOP and cell == goals[visited]
        if ended == len(goals):
            break
        steps.append((SKETCH[ended], cell, visited))
    return steps


def _board(ax: "Axes", places: np.ndarray) -> None:
    for symbol, place in enumerate(places):
        y, x = divmod(int(place), SIDE)
        back = {"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0}
        ax.text(x, y, NAMES[symbol], ha="center", va="center", weight="bold", bbox=back, zorder=5)
    ax.set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5), aspect="equal")
    ax.set(xticks=np.arange(SIDE), yticks=np.arange(SIDE), xlabel="Column", ylabel="Row")


def _path(ax: "Axes", places: np.ndarray, steps: Sequence[tuple[int, int, int]]) -> None:
    for edge in np.arange(SIDE + 1) - 0.5:
        ax.axhline(edge, color="#E0E0E0", linewidth=0.8)
        ax.axvline(edge, color="#E0E0E0", linewidth=0.8)
    y, x = np.divmod([cell for _, cell, _ in steps], SIDE)
    ax.plot(x[0], y[0], "s", color=draw.GREY, markersize=12, label="start")
    for symbol in SKETCH:
        own = [i for i, (option, _, _) in enumerate(steps) if option == symbol]
        span = slice(own[0], own[-1] + 1) if own else slice(0)
        ax.plot(x[span], y[span], "-o", markersize=4, color=draw.COLORS[symbol], alpha=0.8,
                linewidth=3, label=f"option {NAMES[symbol]}")  # fmt: skip
    _board(ax, places)
    ax.set_title("A sketch, and the path of its options")
    ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=4)


def _option(
    ax: "Axes", option: int, actions: np.ndarray, values: np.ndarray, places: np.ndarray
) -> None:
    ax.imshow(values.reshape(SIDE, SIDE), cmap="Greys", vmin=0, vmax=1.3)  # letters stay legible
    y, x = np.divmod(np.arange(CELLS), SIDE)
    down, right = np.array([*MOVES, (0, 0)])[actions].T
    stopped = actions == STOP
    moving = ~stopped & (np.arange(CELLS) != places[option])
    color = draw.COLORS[option]
    ax.quiver(x[moving], y[moving], right[moving], down[moving], color=color, angles="xy",
              pivot="mid", scale=16, width=0.008)  # fmt: skip
    ax.plot(x[stopped], y[stopped], "o", color=color, fillstyle="none", markersize=20, mew=2)
    _board(ax, places)
    ax.set_title(f"Option {NAMES[option]}: values to {values.max():.2f} (dark); ring: stops")


def _course(ax: "Axes", places: np.ndarray, steps: Sequence[tuple[int, int, int]]) -> None:
    for time, (option, _, _) in enumerate(steps):
        ax.barh(0, 1, left=time - 0.5, color=draw.COLORS[option], height=0.5)
    visited = [count for _, _, count in steps]
    for count in range(1, max(visited) + 1):
        time = visited.index(count)
        name = NAMES[SKETCH[count - 1]]
        ax.annotate(f"{name} visited", (time, 0.26), (time, 0.6), ha="center", fontsize=9,
                    arrowprops={"arrowstyle": "->"})  # fmt: skip
    for time in range(1, len(steps)):
        if steps[time][0] != steps[time - 1][0]:
            ax.annotate("STOP", (time - 0.5, -0.26), (time - 0.5, -0.6), ha="center", fontsize=9,
                        arrowprops={"arrowstyle": "->"})  # fmt: skip
    if visited[-1] == len(SKETCH):
        ax.text(len(steps) - 1, 0.85, "reward 1", ha="center", fontsize=9, fontweight="bold")
    ax.set(ylim=(-1, 1), yticks=[], xlabel="Step of the episode")
    ax.set_title("Which option runs, and what is visited")
