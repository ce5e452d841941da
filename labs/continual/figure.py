"""The experiment: the tasks of each sequence as signals, and what of a network each method trains
for a task and leaves alone afterwards. Both are of replicate 0 and need no result."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labs.continual.grid import PRUNED, TASKS
from labs.continual.sequences import Task, drawn, sequence
from labs.continual.shown import LABELS, OF_SEQUENCES
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SAMPLES, STEP = 40, 50  # of a signal, and from one signal to the next
EXAMPLES = 60  # among which a digit is looked for
DIGIT = 3  # that is shown where all digits occur
OF_TASKS = draw.COLORS[:TASKS]
FROZEN, BORDER = "#D8D8D8", "#333333"
SCHEMES = ("full", "lora", "lora-each", "packnet", "supsup", "progressive")


class Part(NamedTuple):
    """A part of a network, from `left` to `right` of its width 1: the task that trained it last
    (None for what no task did) and whether that is happening."""

    left: float
    right: float
    task: int | None
    now: bool = False


def sequences(table: Table, verdicts: VerdictsById) -> "Figure":
    """The tasks of three sequences, and what six methods train for each of them."""
    figure, axes = draw.figure(2, 2, width=6.8, height=3.6)
    for ax, name in zip(axes, OF_SEQUENCES, strict=False):
        _signals(ax, name)
    _schemes(axes[-1])
    text = "Signals and order of replicate 0."
    draw.note(figure, table, text, intervals="no results are shown here")
    return figure


def _signals(ax: "Axes", name: str) -> None:
    tasks = sequence(name, 0)
    for place, task in enumerate(tasks):
        for digit, style in zip(_digits(task), ("-", "--"), strict=False):
            start = place * STEP
            along = np.arange(start, start + SAMPLES)
            ax.plot(along, _signal(task, digit), style, color=OF_TASKS[place], linewidth=1.5)
    middles = [place * STEP + SAMPLES / 2 for place in range(TASKS)]
    ax.set_xticks(middles, [f"{i + 1}: {_words(task)}" for i, task in enumerate(tasks)], fontsize=9)
    ax.set(title=OF_SEQUENCES[name].capitalize(), ylabel="Signal (standardised)")
    ax.set_xlabel("Task: 40 samples each")
    ax.grid(axis="x", visible=False)


def _digits(task: Task) -> tuple[int, ...]:
    return task.digits if len(task.digits) == 2 else (DIGIT,)


def _signal(task: Task, digit: int) -> np.ndarray:
    x, y = drawn(task, 0, EXAMPLES, "figure")
    own: np.ndarray = x[np.flatnonzero(y == task.answers[digit])[0]]
    return own


def _words(task: Task) -> str:
    if len(task.digits) == 2:
        return " or ".join(map(str, task.digits))
    answer = task.answers[DIGIT]
    return task.domain if answer == DIGIT else f"{DIGIT} is called {answer}"


def parts(method: str, task: int) -> list[Part]:
    """What a method's networks are made of while it learns a task (0 to 4).

    >>> parts("lora", 2)
    [Part(left=0.0, right=0.75, task=None, now=False), Part(left=0.8, right=1.0, task=2, now=True)]
    """
    if method == "full":
        return [Part(0.0, 1.0, task, True)]
    if method == "lora":
        return [Part(0.0, 0.75, None), Part(0.8, 1.0, task, True)]
    if method == "packnet":
        return [*_packed(task)]
    if method == "progressive":
        return [Part(0.2 * k, 0.2 * k + 0.15, k, k == task) for k in range(task + 1)]
    small = [Part(0.5 + 0.1 * k, 0.57 + 0.1 * k, k, k == task) for k in range(task + 1)]
    return [Part(0.0, 0.45, None), *small]


def _packed(task: int) -> Iterator[Part]:
    left = 0.0
    for k in range(task + 1):
        right = left + (1 - left) * (1 - PRUNED)
        yield Part(left, right, k, k == task)
        left = right


def _schemes(ax: "Axes") -> None:
    from matplotlib.patches import Rectangle

    for y, method in enumerate(SCHEMES):
        for task in range(TASKS):
            ax.add_patch(Rectangle((task + 0.05, y - 0.35), 0.9, 0.7, facecolor="white",
                                   edgecolor="#BBBBBB", linewidth=0.8))  # fmt: skip
            for part in parts(method, task):
                _part(ax, task, y, part)
            if method == "progressive":
                _laterals(ax, task, y)
    ax.set_xlim(0, TASKS)
    ax.set_ylim(len(SCHEMES) - 0.5, -0.5)
    ax.set_xticks(np.arange(TASKS) + 0.5, [f"task {k + 1}" for k in range(TASKS)])
    ax.set_yticks(range(len(SCHEMES)), [LABELS[name] for name in SCHEMES], fontsize=9)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set_title("What is trained (framed), what stays (pale)")
    ax.set_xlabel("Grey: frozen base or random network; colour: task that set it")


def _part(ax: "Axes", task: int, y: int, part: Part) -> None:
    from matplotlib.patches import Rectangle

    color = FROZEN if part.task is None else OF_TASKS[part.task]
    at, wide = (task + 0.05 + 0.9 * part.left, y - 0.35), 0.9 * (part.right - part.left)
    alpha = 1.0 if part.now or part.task is None else 0.4
    ax.add_patch(Rectangle(at, wide, 0.7, facecolor=color, alpha=alpha, linewidth=0))
    if part.now:
        ax.add_patch(Rectangle(at, wide, 0.7, facecolor="none", edgecolor=BORDER, linewidth=1.4))


def _laterals(ax: "Axes", task: int, y: int) -> None:
    end = task + 0.05 + 0.9 * 0.2 * task
    for k in range(task):
        start = task + 0.05 + 0.9 * (0.2 * k + 0.15)
        ax.plot([start, end], [y - 0.2 + 0.1 * k, y - 0.2 + 0.1 * k], color=BORDER, linewidth=0.8)
