"""The class's figure: every student a dot, the class's interval, and the lab's beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import fill
from typing import TYPE_CHECKING, Any

from labs.course.plan import Lesson, Measure
from labs.course.truths import referred
from labs.kit import draw
from labs.kit.claims import Verdict
from labs.kit.forest import forest
from labs.kit.table import Table

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 40  # letters of a row's name
TITLE = 80  # letters of a line of the title
STRIPES = (0, (0.6, 0.4))  # of the lab's interval: dashes would blur its ends
BELOW = 0.24  # of a row, where the lab's interval stands
ABOVE = (0.17, 0.24, 0.31)  # of a row, where the students' dots stand by turns
NOTE = (
    "Thick bar 95 %, thin bar as judged; shaded: the claimed side.\n"
    "Filled circle: holds; triangle: contradicted; open circle: undecided."
)


def figure(lesson: Lesson, table: Table, verdicts: Sequence[Verdict]) -> "Figure":
    """Return one panel for each unit, one row for each measure.

    Args:
        lesson: with the measures.
        table: one row per student.
        verdicts: of the measures.
    """
    with draw.style():
        units = dict.fromkeys(measure.unit for measure in lesson.measures)
        rows = [[each for each in lesson.measures if each.unit == unit] for unit in units]
        heights = [0.6 + 1.05 * len(row) for row in rows]
        drawn, axes = draw.figure(1, len(rows), width=8.0, height=0.7 + sum(heights) / len(heights))
        grid = axes[0].get_gridspec()
        if grid is not None:  # as matplotlib's types have it
            grid.set_height_ratios(heights)
        found = {verdict.id: verdict for verdict in verdicts}
        for ax, unit, measures in zip(axes, units, rows, strict=True):
            panel(ax, unit, {_named(each, found[each.name]): each for each in measures}, found)
        _key(drawn, axes[0], lesson)
        draw.note(drawn, table, NOTE, intervals="one dot is one student")
    return drawn


def panel(
    ax: "Axes", unit: str, rows: Mapping[str, Measure], verdicts: Mapping[str, Verdict]
) -> None:
    """Draw the measures of one unit as rows, above each bar the students as dots, and below it the
    interval of the lab's reference.

    Args:
        ax: where to draw.
        unit: of the measures, the name of the horizontal axis.
        rows: name of a row -> its measure.
        verdicts: by name of the measure; one without an estimate draws nothing.

    Raises:
        KeyError: a measure without a verdict.
        ValueError: a reference that does not exist.
    """
    for place, measure in enumerate(rows.values()):
        if measure.reference is not None:
            _reference(ax, place + BELOW, measure)
        _students(ax, place, sorted((verdicts[measure.name].values or {}).values()))
    bars = {name: replace(verdict, values=None) for name, verdict in verdicts.items()}
    forest(ax, {name: measure.name for name, measure in rows.items()}, bars)
    ax.set_xlabel(unit)


def _students(ax: "Axes", place: int, values: Sequence[float]) -> None:
    heights = [place - ABOVE[i % len(ABOVE)] for i in range(len(values))]  # equal ones lie apart
    ax.plot(values, heights, "o", color=draw.COLORS[0], alpha=0.6, ms=4, mew=0, zorder=6)


def _reference(ax: "Axes", place: float, measure: Measure) -> None:
    assert measure.reference is not None
    found, color = referred(measure.reference), draw.COLORS[1]
    if found.low is not None and found.high is not None:
        look: dict[str, Any] = {"color": color, "ls": STRIPES, "linewidth": 4.0, "zorder": 3}
        ax.plot([found.low, found.high], [place] * 2, **look)
    ax.plot([found.value], [place], "D", color=color, ms=6, zorder=5)


def _key(drawn: "Figure", ax: "Axes", lesson: Lesson) -> None:
    ax.plot([], [], "o-", color=draw.COLORS[0], linewidth=4.0, label="the class")
    if any(measure.reference for measure in lesson.measures):
        look: dict[str, Any] = {"color": draw.COLORS[1], "ls": STRIPES, "linewidth": 4.0}
        ax.plot([], [], marker="D", label="the lab's reference, 95 %", **look)
    title = fill(lesson.question, TITLE)
    draw.key(drawn, ax, title=title, title_fontsize=13, alignment="left")


def _named(measure: Measure, verdict: Verdict) -> str:
    return f"{fill(measure.sentence, WIDTH)}\n{verdict.verdict}, n = {verdict.n}"
