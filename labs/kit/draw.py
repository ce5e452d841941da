"""The drawing style of the labs: legible, colour-blind safe, and the same bytes every time,
whatever the user's own matplotlib is set to.

Figures are matplotlib `Figure` objects without pyplot, so nothing needs a display. The kit draws
a lab's figure inside `style()`; a lab only composes.
"""

import io
import locale
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, chdir, contextmanager
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from labs.kit import files
from labs.kit.claims import VerdictsById
from labs.kit.intervals import interval, numbers
from labs.kit.table import Table

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREY = "#888888"  # of lines and words that are no data
# Okabe and Ito's palette, distinct under every common colour blindness; black comes last.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")

STYLE: Any = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E0E0E0",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "svg.hashsalt": "labs",  # element ids that do not change from run to run
}


def style() -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws as the labs do: matplotlib's own defaults and
    `STYLE`. The user's parameters are back after it, his backend is never touched."""
    mpl = load_matplotlib()
    drawing: AbstractContextManager[None] = mpl.rc_context(_parameters(mpl))
    return drawing


def adopt_style() -> None:
    """Let matplotlib draw as the labs do from now on: a notebook's own pictures, too."""
    mpl = load_matplotlib()
    mpl.rcParams.update(_parameters(mpl))


def _parameters(mpl: Any) -> dict[str, Any]:
    defaults = {name: value for name, value in mpl.rcParamsDefault.items() if name != "backend"}
    return {**defaults, **STYLE}


def load_matplotlib() -> Any:
    """Return matplotlib, even where importing it fails on what somebody has set around us: a
    backend or a locale that is not installed, a `matplotlibrc` that is no text."""
    try:
        import matplotlib as mpl
    except (ValueError, OSError, locale.Error):
        for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
            del sys.modules[name]  # the half of it that was imported
        with _nothing_set():
            import matplotlib as mpl
    return mpl


@contextmanager
def _nothing_set() -> Iterator[None]:
    # A matplotlibrc of the working folder is read before any that a variable names.
    before = {name: os.environ.pop(name, None) for name in ("MPLBACKEND", "MATPLOTLIBRC")}
    os.environ["MATPLOTLIBRC"] = os.devnull
    try:
        with chdir(Path(__file__).parent):
            yield
    finally:
        del os.environ["MATPLOTLIBRC"]
        os.environ.update({name: value for name, value in before.items() if value is not None})


def figure(
    columns: int = 1, rows: int = 1, *, width: float = 6.0, height: float = 4.2
) -> tuple["Figure", list["Axes"]]:
    """Return a figure and its axes in reading order.

    Args:
        columns, rows: the grid of axes.
        width, height: inches of one of them.

    Raises:
        ValueError: a number below 1, or a size that is not positive.
    """
    from matplotlib.figure import Figure

    for name, value in (("columns", columns), ("rows", rows)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    if width <= 0 or height <= 0:
        raise ValueError(f"width and height must be above 0, got {width} and {height}")
    drawn = Figure(figsize=(width * columns, height * rows), layout="constrained")
    return drawn, list(drawn.subplots(rows, columns, squeeze=False).flat)


def band(
    ax: "Axes",
    x: Sequence[float],
    curves: Sequence[Sequence[float]] | Mapping[int, Sequence[float]],
    *,
    label: str,
    color: str,
    **line: Any,
) -> None:
    """Draw the mean of curves over replicates and its pointwise 95 % t interval.

    Args:
        ax: where to draw.
        x: positions, shape (k,).
        curves: shape (replicates, k), or by replicate; none at all draws nothing, a single one no
            interval.
        label, color: of the line.
        **line: further arguments of `Axes.plot`, such as ``linestyle="--"``.

    Raises:
        ValueError: a curve that is not as long as `x`.
    """
    if len(curves) == 0:
        return
    curves = numbers(curves)
    lengths = {len(curve) for curve in curves} - {len(x)}
    if lengths:
        raise ValueError(f"every curve must have {len(x)} points like x, got {sorted(lengths)}")
    mean, low, high = interval(curves)
    ax.plot(x, mean, label=label, color=color, **line)
    if len(curves) > 1:
        ax.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0)


def dots(
    ax: "Axes",
    groups: Mapping[str, Sequence[float] | Mapping[int, float]],
    *,
    color: str | Sequence[str] = COLORS[0],
    marker: str = "o",
    label: str | None = None,
    offset: float = 0.0,
) -> None:
    """Draw one mean with its 95 % t interval per group, and every replicate as a faint dot.

    Args:
        ax: where to draw; its vertical axis gets the groups' names, the first on top.
        groups: name -> one value per replicate, or by replicate; an empty group keeps its place.
        color: one for all, or one per group.
        marker: of the mean.
        label: in the legend.
        offset: vertical shift, so that two series can share the groups.

    Raises:
        ValueError: not as many colours as groups.
    """
    colors = [color] * len(groups) if isinstance(color, str) else list(color)
    if len(colors) != len(groups):
        raise ValueError(f"color must be one or {len(groups)}, got {len(colors)}")
    for place, (values, shade) in enumerate(zip(groups.values(), colors, strict=True)):
        if len(values) == 0:
            continue
        height, values = place + offset, numbers(values)
        ax.plot(values, [height] * len(values), ".", color=shade, alpha=0.35, zorder=2)
        mean, low, high = interval(values)
        ax.errorbar(
            [mean],
            [height],
            xerr=None if len(values) == 1 else [[mean - low], [high - mean]],
            fmt=marker,
            color=shade,
            capsize=3,
            label=label,
            zorder=3,
        )
        label = None  # one entry in the legend for the series
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.4, -0.6)


def compared(
    table: Table,
    verdicts: VerdictsById,
    *,
    column: str,
    by: str,
    xlabel: str = "",
    ylabel: str = "",
) -> "Figure":
    """Draw one column for every value of another: a figure to start with.

    Args:
        table: the results; where `by` and the replicate do not tell rows apart, all are shown.
        verdicts: not shown.
        column: what is drawn.
        by: whose values are compared, one row of `dots` each.
        xlabel, ylabel: names of the axes, by default those of the columns.
    """
    drawn, (ax,) = figure()
    values = dict.fromkeys(table.column(by))
    dots(ax, {str(value): table.where(**{by: value}).column(column) for value in values})
    ax.set(xlabel=xlabel or column, ylabel=ylabel or by)
    note(drawn, table)
    return drawn


def legend(ax: "Axes", **how: Any) -> None:
    """Name what an axes shows, or say that there are no results to show.

    Args:
        ax: the axes.
        **how: arguments of `Axes.legend`.
    """
    if ax.get_legend_handles_labels()[0]:
        ax.legend(**{"fontsize": 9, **how})
    else:
        ax.text(0.5, 0.5, "no results", transform=ax.transAxes, ha="center", color=GREY)


def key(drawn: "Figure", ax: "Axes", **how: Any) -> None:
    """Name above a figure what one of its axes shows, where a legend would cover data or several
    panels share it; without anything to name it says in the axes that there are no results.

    Args:
        drawn: the figure.
        ax: the axes whose labelled lines are named.
        **how: arguments of `Figure.legend`.
    """
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        drawn.legend(
            handles, labels, **{"loc": "outside upper left", "ncols": 3, "fontsize": 9, **how}
        )
    else:
        legend(ax)


def note(
    drawn: "Figure",
    table: Table,
    extra: str = "",
    *,
    arms: Sequence[str] = (),
    intervals: str = "bands and bars are 95 % t intervals each",
) -> None:
    """Write under the figure how many replicates it shows and what its intervals are.

    Args:
        drawn: the figure.
        table: what it shows.
        extra: further sentences.
        arms: the columns that tell the arms of the experiment apart, where some of them have fewer
            replicates than others.
        intervals: what bands and bars are, where they are not the usual ones.
    """
    counts = Counter(tuple(row[name] for name in arms) for row in table).values()
    text = "no results yet"
    if counts:
        least, most = (min(counts), max(counts)) if arms else [len(table.replicates)] * 2
        number = str(most) if least == most else f"{least} to {most}"
        text = f"{number} replicates; {intervals}"
        text = text if most > 1 else "1 replicate"  # which has no interval
    drawn.supxlabel(f"{text}. {extra}".strip(), fontsize=9, color="#555555", wrap=True)


def lettered(drawn: "Figure") -> "Figure":
    """Put a bold letter before the title of every panel, and return the figure; one that stands
    alone has none."""
    shown = panels(drawn)
    for letter, ax in zip(ascii_lowercase, shown if len(shown) > 1 else [], strict=False):
        ax.title.set_text(f"$\\bf{{{letter}}}$  {ax.get_title()}".rstrip())
    return drawn


def panels(drawn: "Figure") -> list["Axes"]:
    """Return the axes that readers take for panels, in reading order: no colour bars, none that
    lie in or over others, none that are switched off."""
    shown: dict[tuple[float, ...], Axes] = {}
    for ax in drawn.axes:
        spec = ax.get_subplotspec()
        if spec is not None and ax.axison and ax.get_label() != "<colorbar>":
            shown.setdefault((*spec.get_position(drawn).bounds,), ax)
    return list(shown.values())


def png(drawn: "Figure") -> bytes:
    """Return a figure as the bytes of a picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    with style():  # much of a figure is looked up when it is drawn
        FigureCanvasAgg(drawn).print_png(buffer)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def save(drawn: "Figure", stem: Path, *, slide: bool = False) -> list[Path]:
    """Write a figure as `.png` and `.svg` beside each other, atomically; equal figures give
    equal bytes. Returns the paths.

    A slide is 16 to 9, 1920 pixels wide, with larger letters the fewer panels it has.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    png, svg = io.BytesIO(), io.BytesIO()
    engine, dpi, size = drawn.get_layout_engine(), drawn.dpi, tuple(drawn.get_size_inches())
    with style():  # `savefig` would draw and lay out everything four times
        drawn.dpi = _as_slide(drawn) if slide else STYLE["savefig.dpi"]
        FigureCanvasAgg(drawn).print_png(png, metadata={"Software": None})  # type: ignore[no-untyped-call]
        drawn.set_layout_engine("none")
        FigureCanvasSVG(drawn).print_svg(svg, metadata={"Date": None})  # type: ignore[no-untyped-call]
    drawn.dpi = dpi
    drawn.set_layout_engine(engine)
    drawn.set_size_inches(size)
    paths = [stem.with_name(stem.name + ending) for ending in (".png", ".svg")]
    for path, buffer in zip(paths, (png, svg), strict=True):
        files.write(path, buffer.getvalue())
    return paths


def _as_slide(drawn: "Figure") -> float:
    """Give a figure the shape of a slide, in inches by its panels; return the dots per inch."""
    width = 9.0 if len(panels(drawn)) == 1 else 11.0 if len(panels(drawn)) < 3 else 14.0
    drawn.set_size_inches(width, width * 9 / 16)
    drawn.draw_without_rendering()  # ticks of another size settle at the second layout
    return 1920 / width
