"""Forest plots: one row per claim, with the interval that judged it, beside what was claimed; arms
that are no claims can stand among them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from labs.kit.claims import Verdict, VerdictsById
from labs.kit.draw import COLORS, GREY
from labs.kit.intervals import interval, numbers
from labs.kit.measures import Values

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes

MARKS = {  # verdict -> marker, filled?
    "holds": ("o", True),
    "contradicted": ("^", True),
    "undecided": ("o", False),
    "not judged": ("x", True),
}
NOTE = (
    "Rows of claims: thick bar 95 %, thin bar as judged, shaded the claimed side, | published; "
    "filled circle: holds, triangle: contradicted, open circle: undecided, cross: not judged."
)
ARMS = "squares are no claims, their bars 95 %"  # for the intervals of a note


def forest(
    ax: "Axes",
    rows: Mapping[str, str | Values],
    verdicts: VerdictsById,
    *,
    color: str | Sequence[str] = COLORS[0],
) -> None:
    """Draw one row per claim: its replicates as faint dots, and what `bar` draws; or one per arm
    that is no claim, with a square and its 95 % t interval.

    Args:
        ax: where to draw; its vertical axis gets the names, the first on top. Rows of one axes
            should be of one unit, which the caller names on the horizontal axis.
        rows: name of a row -> id of its claim, which is added to the name, with the replicates that
            decided it where an earlier look did, or an arm's values by replicate; without values it
            keeps its place.
        verdicts: by claim.
        color: one for all, or one per row.

    Raises:
        KeyError: a row of a claim that was not judged here.
        ValueError: not as many colours as rows.
    """
    colors = [color] * len(rows) if isinstance(color, str) else list(color)
    if len(colors) != len(rows):
        raise ValueError(f"color must be one or {len(rows)}, got {len(colors)}")
    shown = {
        place: verdicts[row] for place, row in enumerate(rows.values()) if isinstance(row, str)
    }
    for place, (row, shade) in enumerate(zip(rows.values(), colors, strict=True)):
        if isinstance(row, str):
            bar(ax, place, verdicts[row], color=shade, upright=False)
        else:
            _arm(ax, place, row, shade)
    ends = [end for v in shown.values() for end in (v.above, v.below) if end is not None]
    ax.update_datalim([(end, 0) for end in ends])  # they belong to the picture
    ax.autoscale_view()
    low, high = ax.get_xlim()
    for place, verdict in shown.items():
        left = low if verdict.above is None else verdict.above
        right = high if verdict.below is None else verdict.below
        ax.fill_betweenx([place - 0.4, place + 0.4], left, right, color="#EDEDED", zorder=0)
    ax.set_xlim(low, high)
    ax.set_yticks(range(len(rows)), [_named(*row, verdicts) for row in rows.items()])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)


def _named(name: str, row: str | Values, verdicts: VerdictsById) -> str:
    if not isinstance(row, str):
        return name
    look = verdicts[row].look
    early = look is not None and look < len(verdicts[row].values or {})
    words = f"{row}, of the first {look}" if early else row
    return f"{name} ({words})" if name else words


def _arm(ax: "Axes", place: float, values: Values, color: str) -> None:
    if values:
        mean, low, high = interval(numbers(values))
        ax.plot([*values.values()], [place] * len(values), ".", color=color, alpha=0.35, zorder=2)
        if len(values) > 1:
            ax.plot([low, high], [place] * 2, color=color, linewidth=4.0, solid_capstyle="butt")
        ax.plot([mean], [place], "s", color=color, ms=7, zorder=5)


def bar(
    ax: "Axes", place: float, verdict: Verdict, *, color: str = COLORS[0], upright: bool = True
) -> None:
    """Draw one verdict at a place: a thick bar of 95 %, a thin one of the interval that judged it,
    its estimate with the mark of the decision, its replicates, and the published value as a tick.

    Args:
        ax: where to draw.
        place: on the horizontal axis, or on the vertical one where the bar is not upright.
        verdict: without data it draws nothing but the published value.
        color: of bar and mark.
        upright: the measure is on the vertical axis.
    """

    def line(*values: float) -> tuple[Sequence[float], Sequence[float]]:
        places = [place] * len(values)
        return (places, values) if upright else (values, places)

    if isinstance(verdict.published, int | float):
        ax.plot(*line(verdict.published), "_" if upright else "|", color="black", ms=13, zorder=4)
    if verdict.estimate is None:
        return
    ax.plot(*line(*(verdict.values or {}).values()), ".", color=color, alpha=0.35, zorder=2)
    spans = {1.2: (verdict.low, verdict.high), 4.0: (verdict.low_95, verdict.high_95)}
    for width, (low, high) in spans.items():
        if low is not None and high is not None:
            ax.plot(*line(low, high), color=color, linewidth=width, solid_capstyle="butt", zorder=3)
    marker, filled = MARKS[verdict.verdict]
    face = color if filled else "white"
    shade = GREY if verdict.verdict == "not judged" else color
    ax.plot(*line(verdict.estimate), marker, color=shade, mfc=face, ms=8, zorder=5)
