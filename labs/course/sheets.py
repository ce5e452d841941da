"""Drawing slides: pages of 12.8 by 7.2 inches, which the kit saves as 1920 by 1080 dots, with
letters of at least 20 points."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import fill, wrap
from typing import TYPE_CHECKING, Any

from labs.course.plan import Question
from labs.kit import draw
from labs.kit.forest import MARKS

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.offsetbox import OffsetBox

SIZE = (12.8, 7.2)  # inches
TEXT, NAME, TITLE, QUESTION = 20, 24, 30, 46  # points of letters
LEFT = 0.025  # of the page, where its text begins
TOP, KEY, FOOT = 0.94, 0.845, 0.045  # heights of title, key and caption
BODY = (0.02, 0.085, 0.955, 0.74)  # left, bottom, width, height
STRIP = (0.02, 0.1, 0.96, 0.17)  # of the clock
SHADE, DARK = "#EDEDED", "#444444"
THICKER, LARGER = 1.4, 1.6  # than lines and marks of a figure that is read at a desk
ROOM, TALL = 383.0, 415.0  # points of the body's height, with and without a key above it
COLUMN, LINE, ANSWER, LETTER = 44, 80, 72, 70  # letters: row's name, line, options, source
PANEL, ROW, LETTERING = 62.0, 8.0, 24.0  # points for axis and unit, between rows, for a line
BLANKS = {"interval": "80 %", "choice": "one of", "order": "rank"}


@contextmanager
def style() -> Iterator[None]:
    """The kit's style with the letters of a slide."""
    with draw.style(), draw.load_matplotlib().rc_context({"font.size": TEXT}):
        yield


def sheet(
    title: str,
    caption: str = "",
    heights: Sequence[float] = (1.0,),
    body: tuple[float, float, float, float] = BODY,
) -> tuple["Figure", list["Axes"]]:
    """Return a page with its title and caption, and the axes in its body, one above the other.

    Args:
        title, caption: at the top and at the foot.
        heights: of the axes, in any unit.
        body: left, bottom, width and height of what the axes share, as shares of the page.
    """
    drawn, axes = draw.figure(1, len(heights), width=SIZE[0], height=SIZE[1] / len(heights))
    drawn.set_layout_engine("constrained", rect=body)
    grid = axes[0].get_gridspec()
    if grid is not None:  # as matplotlib's types have it
        grid.set_height_ratios(list(heights))
    drawn.text(LEFT, TOP, title, fontsize=TITLE, va="center", color=draw.COLORS[0])
    drawn.text(LEFT, FOOT, caption, va="center", color=DARK)
    return drawn, axes


def opening(title: str, question: str, phases: Mapping[str, int]) -> "Figure":
    """Return the page of the question, with the lesson's minutes as a strip."""
    drawn, (ax,) = sheet(title, body=STRIP)
    drawn.text(LEFT, 0.6, balanced(question, 32), fontsize=QUESTION, va="center", linespacing=1.3)
    now = 0
    for name, minutes in phases.items():
        ax.barh([0], [minutes], left=[now], color=SHADE, edgecolor="white", linewidth=4)
        ax.text(now + minutes / 2, 0, f"{name}\n{minutes} min", ha="center", va="center")
        now += minutes
    ax.set_xlim(0, now)
    ax.set_axis_off()
    return drawn


def predictions(title: str, questions: Sequence[Question]) -> "Figure":
    """Return the page of the questions, with empty boxes for the answers."""
    asked = [[_words(balanced(each.text, LINE)), _blank(each)] for each in questions]
    lines = sum(_lines(each.text, LINE) for each in questions)
    rows = sum(len(_rows(each.options)) for each in questions)
    return _listed(title, [_packed(each, sep=4) for each in asked], 27 * lines + 34 * rows)


def functions(title: str, signatures: Mapping[str, str]) -> "Figure":
    """Return the page of what students write: name -> arguments and result."""
    mono: dict[str, Any] = {"family": "monospace"}
    broken = {name: _broken(text) for name, text in signatures.items()}
    named = {"color": draw.COLORS[0], "size": NAME, "weight": "bold", **mono}
    shown = {_words(name, **named): _words(text, **mono) for name, text in broken.items()}
    rows = [_packed(pair, sep=5) for pair in shown.items()]
    lines = sum(1 + text.count("\n") for text in broken.values())
    return _listed(title, rows, 27 * lines + 34 * len(rows))


def forests(
    title: str,
    caption: str,
    panels: Mapping[str, Mapping[str, Any]],
    paint: Callable[["Axes", str, Mapping[str, Any]], None],
) -> "Figure":
    """Return a page of rows of claims, one panel for each unit.

    Args:
        title, caption: of the page.
        panels: unit -> name of a row -> what `paint` takes.
        paint: draws one panel, given its axes, unit and rows.
    """
    broken = {
        unit: {balanced(name, COLUMN): row for name, row in rows.items()}
        for unit, rows in panels.items()
    }
    heights = [height(rows) - PANEL for rows in panels.values()]
    drawn, axes = sheet(title, caption, heights)
    for ax, (unit, rows) in zip(axes, broken.items(), strict=True):
        paint(ax, unit, rows)
        ax.set_yticks(range(len(rows)), list(rows), linespacing=1.1)
        ax.tick_params(labelsize=TEXT)
        ax.tick_params(axis="y", length=0)
        ax.locator_params(axis="x", nbins=6)
        for line in ax.lines:
            line.set_linewidth(line.get_linewidth() * THICKER)
            line.set_markersize(line.get_markersize() * LARGER)
            line.set_markeredgewidth(line.get_markeredgewidth() * THICKER)
    return drawn


def height(names: Sequence[str] | Mapping[str, Any]) -> float:
    """Return the points that a panel of rows takes: all are as high as the longest name."""
    lines = max(_lines(name, COLUMN) for name in names)
    return PANEL + len(names) * (ROW + LETTERING * lines)


def balanced(text: str, width: int) -> str:
    """Return a text in as few lines as the width asks for, and those of about one length.

    >>> balanced("On shuffled signals the MLP is ahead of the CNN.", 44)
    'On shuffled signals the\\nMLP is ahead of the CNN.'
    """
    narrow = next(w for w in range(1, width + 1) if _lines(text, w) <= _lines(text, width))
    return fill(_kept(text), narrow)


def key(drawn: "Figure", names: Mapping[str, Mapping[str, Any]], verdicts: Iterable[str]) -> None:
    """Name above the body what marks and colours mean: the given lines, then the verdicts.

    Args:
        drawn: the page.
        names: name -> how its line looks, as arguments of a line.
        verdicts: those that the page shows.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    blue, white = draw.COLORS[0], "white"
    marks = {
        verdict: {"marker": marker, "mfc": blue if filled else white, "ls": "", "color": blue}
        for verdict, (marker, filled) in MARKS.items()
        if verdict in {*verdicts}
    }
    handles: list[Any] = [
        Line2D([], [], label=name, **{"ms": 13, "lw": 6, **look})
        for name, look in {**names, **marks}.items()
    ]
    handles.insert(len(names), Patch(color="#DDDDDD", label="claimed"))
    drawn.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(LEFT, KEY),
        ncols=len(handles),
        fontsize=TEXT,
        handlelength=1.2,
        handletextpad=0.5,
        columnspacing=1.0,
        borderpad=0,
        borderaxespad=0,
    )


def _listed(title: str, rows: Sequence["OffsetBox"], used: float) -> "Figure":
    from matplotlib.offsetbox import AnchoredOffsetbox

    left, bottom, width, high = BODY
    drawn, (ax,) = sheet(title, body=(left, 0.03, width, high + bottom))
    sep = min(44, (TALL - used) / max(1, len(rows) - 1))
    ax.set_axis_off()
    box = AnchoredOffsetbox(
        "center left",
        child=_packed(rows, sep=sep),
        frameon=False,
        pad=0,
        borderpad=0,
        bbox_to_anchor=(LEFT, 0.455),
        bbox_transform=drawn.transFigure,
    )
    drawn.add_artist(box)
    return drawn


def _blank(question: Question) -> "OffsetBox":
    lead = _words(f"    {BLANKS[question.kind]}", color=draw.GREY)
    if question.kind == "interval":
        parts = [lead, _box(110), _words("to"), _box(110), _words(question.unit)]
        return _packed(parts, upright=False, sep=18)
    rows = [_packed(map(_option, row), upright=False, sep=18) for row in _rows(question.options)]
    return _packed([lead, _packed(rows, sep=4)], upright=False, sep=18)


def _option(text: str) -> "OffsetBox":
    return _packed([_box(26), _words(text)], upright=False, sep=9)


def _rows(options: Sequence[str]) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    for option in options:
        if sum(len(each) + 5 for each in [*rows[-1], option]) > ANSWER:
            rows.append([])
        rows[-1].append(option)
    return rows


def _box(width: float) -> "OffsetBox":
    from matplotlib.offsetbox import DrawingArea
    from matplotlib.patches import Rectangle

    area = DrawingArea(width, 26)
    area.add_artist(Rectangle((0, 0), width, 26, fc="white", ec=draw.COLORS[0], lw=2))
    return area


def _words(text: str, **look: Any) -> "OffsetBox":
    from matplotlib.offsetbox import TextArea

    return TextArea(text, textprops={"size": TEXT, **look})


def _packed(parts: Iterable["OffsetBox"], *, upright: bool = True, sep: float = 8) -> "OffsetBox":
    from matplotlib.offsetbox import HPacker, VPacker

    if upright:
        return VPacker(children=list(parts), align="left", pad=0, sep=sep)
    return HPacker(children=list(parts), align="center", pad=0, sep=sep)


def _lines(text: str, width: int) -> int:
    return len(wrap(_kept(text), width))


def _kept(text: str) -> str:
    return text.replace(" %", "\xa0%")  # on one line with its number


def _broken(text: str) -> str:
    kept = text.replace(": ", ":\xa0").replace(" -> ", " ->\xa0")  # an argument with its type
    return fill(kept, LETTER, subsequent_indent="  ", break_long_words=False)
