"""What a world, a sketch and its options look like."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table
from labs.options.grid import NAME
from labs.options.measures import rows
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

SKETCH = (1, 3, 0)  # of the example


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
    text = f"Shown: replicate {row['replicate']}, sketch {letters}."
    draw.note(figure, table, text, intervals="one of them is shown")
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
