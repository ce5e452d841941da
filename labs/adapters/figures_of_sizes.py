"""What modules of other sizes buy: the fronts of size and gap closed, and intrinsic dimensions."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.adapters.comparisons import DIMENSIONS, SIZED, d90
from labs.adapters.figures_of_gaps import DOMAIN_COLORS, ROW_COLORS
from labs.adapters.gaps import compared, gap_closed, numbers_of_examples, over
from labs.adapters.grid import COMPARED, INTRINSIC, MAIN
from labs.adapters.measures import adapted, dimension, most
from labs.adapters.published import MOST_OF_IT
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.intervals import interval
from labs.kit.measures import aligned
from labs.kit.table import Table
from labs.nn.modules.methods import METHODS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
FAMILIES = {name: names for of_row in SIZED.values() for name, names in of_row.items()}
STYLES: dict[str, dict[str, Any]] = {
    "LoRA": {"color": BLUE, "marker": "o"},
    "LT-SFT": {"color": SKY, "marker": "s"},
    "intrinsic": {"color": PINK, "marker": "v"},
    "prompt": {"color": ORANGE, "marker": "^"},
    "prefix": {"color": RED, "marker": "D"},
    "adapter": {"color": GREEN, "marker": "o"},
}
SINGLE = tuple(
    name
    for name in COMPARED
    if METHODS[name].row != "none" and not any(name in names for names in FAMILIES.values())
)
LINES = {"full": (BLACK, "-"), "head": (draw.GREY, "--"), "scratch": (draw.GREY, ":")}
SHOWN = (-0.25, 1.35)  # shares of a gap


def fronts(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share of the gap closed against the share of parameters, families of methods over their
    sizes, with most and fewest examples; and by domain against the intrinsic dimension."""
    figure, axes = draw.figure(2, 2, width=5.8, height=4.6)
    numbers = numbers_of_examples(table)
    for ax, place in zip(axes, (0, -1), strict=False):
        enough = len(numbers) > abs(place)
        _front(ax, table, numbers[place] if enough else 0)
    _intrinsic(axes[2], table)
    _key(axes[3])
    draw.note(figure, table)
    return figure


def _front(ax: "Axes", table: Table, examples: int) -> None:
    domains = compared(table, sizes=True) or compared(table)
    for family, names in FAMILIES.items():
        points = _points(table, names, domains, examples)
        _errorbars(ax, list(points.values()), capsize=2, **STYLES[family])
    single = _points(table, SINGLE, domains, examples)
    for name, point in single.items():
        _errorbars(ax, [point], fmt="P", color=ROW_COLORS[METHODS[name].row])
    _lines(ax, table, domains, examples)
    _axes(ax)
    _name(ax, {name: (x, mean) for name, (x, mean, *_) in single.items()})
    title = f"{examples:,} examples, {' and '.join(domains)}" if examples else "Fewer examples"
    ax.set(title=title, xlabel="Parameters trained (% of the base's)")
    ax.set(ylabel=f"Share of the gap closed (1: full, {most(table):,} examples)")
    if not ax.has_data():
        draw.legend(ax)


def _errorbars(ax: "Axes", points: Sequence[Sequence[float]], **style: Any) -> None:
    if points:
        x, mean, low, high = np.transpose(points)
        ax.errorbar(x, mean, [mean - low, high - mean], elinewidth=1, markersize=6, **style)


def _points(
    table: Table, names: Sequence[str], domains: Sequence[str], examples: int
) -> dict[str, tuple[float, float, float, float]]:
    """By method its share of the parameters, and of the gap that it closes, the mean over domains,
    with the mean's interval."""
    found = {}
    for name in names:
        values = over(table, gap_closed, name, domains, examples)
        shares = [adapted(table, "share", name, domain, examples) for domain in domains]
        if values:
            share = float(np.mean([*shares[0].values()]))
            mean, low, high = interval(values)
            # of a single replicate there is no interval
            found[name] = (share, mean, *((low, high) if len(values) > 1 else (mean, mean)))
    return dict(sorted(found.items(), key=lambda item: item[1][0])) if found else {}


def _lines(ax: "Axes", table: Table, domains: Sequence[str], examples: int) -> None:
    for name, (color, line) in LINES.items():
        values = over(table, gap_closed, name, domains, examples)
        if not values:
            continue
        height = float(np.mean([*values.values()]))
        text = f"{METHODS[name].label} ({height:.2f})".replace("(-", "(\N{MINUS SIGN}")
        if height >= SHOWN[0]:
            ax.axhline(height, color=color, linestyle=line, linewidth=1.2, zorder=1)
        below = max(height, SHOWN[0] + 0.01)
        ax.text(0.012, below + 0.01, text, fontsize=8.5, color=color)


def _axes(ax: "Axes") -> None:
    ax.set(xscale="log", xlim=(0.01, 150), ylim=SHOWN)
    ticks = (0.01, 0.1, 1, 10, 100)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()


def _name(ax: "Axes", points: Mapping[str, tuple[float, float]]) -> None:
    """Write the names of points beside the axes, as high as their points where there is room."""
    ordered = sorted(points, key=lambda name: points[name][1])
    low, high = SHOWN
    step = 0.062 * (high - low)
    heights = _apart([points[name][1] for name in ordered], step, low, high)
    for name, height in zip(ordered, heights, strict=True):
        label, color = METHODS[name].label, ROW_COLORS[METHODS[name].row]
        to = (1.02, (height - low) / (high - low))
        ax.annotate(
            label, points[name], to, textcoords="axes fraction", fontsize=8.5, color=color,
            va="center", arrowprops={"arrowstyle": "-", "color": color, "alpha": 0.35, "lw": 0.7},
            annotation_clip=False,
        )  # fmt: skip


def _apart(heights: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Ascending heights moved as little as is needed to be a step apart, below `high`.

    >>> _apart([0.0, 0.0, 5.0], 1.0, 0.0, 5.0)
    [0.0, 1.0, 5.0]
    """
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, low, placed[-1] + step if placed else low))
    top = high
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], top)
        top = placed[i] - step
    return placed


def dimension_needed(table: Table, domain: str) -> str:
    """The dimension that closes 90 % of the gap, as the claims have it: the geometric mean over
    replicates; "not reached" where half of them or more reach it with none."""
    found = [*d90(table, domain).values()]
    if not found:
        return "not all were trained"
    beyond = np.mean([value > np.log2(dimension(DIMENSIONS[-1])) for value in found])
    return "not reached" if beyond >= 0.5 else f"{2 ** np.mean(found):,.0f}"


def _intrinsic(ax: "Axes", table: Table) -> None:
    asked = {row["domain"] for row in table if row["method"] in set(INTRINSIC) - {"intrinsic"}}
    for domain, color in zip((*MAIN, "gain"), DOMAIN_COLORS, strict=False):
        found = {dimension(n): gap_closed(table, n, domain, most(table)) for n in DIMENSIONS}
        found = {x: values for x, values in found.items() if values}
        if domain in asked and found:
            label = f"{domain}: {dimension_needed(table, domain)}"
            draw.band(ax, list(found), aligned([*found.values()]), label=label, color=color,
                      marker="o")  # fmt: skip
    ax.axhline(MOST_OF_IT, color=draw.GREY, linestyle=":")
    ticks = [dimension(name) for name in DIMENSIONS]
    ax.set(xscale="log", xlim=(8, 2500), title="Intrinsic dimension", xlabel="Dimension")
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks], fontsize=9)
    ax.minorticks_off()
    ax.set(ylabel="Share of the gap closed")
    draw.legend(ax, title="Dimension for 90 %", title_fontsize=9)


def _key(ax: "Axes") -> None:
    from matplotlib.lines import Line2D

    ax.set_axis_off()
    handles = [Line2D([], [], label=name, **style) for name, style in STYLES.items()]
    rows = (("parameter", "parameter composition"), ("function", "function composition"))
    for row, label in rows:
        mark: dict[str, Any] = {"color": ROW_COLORS[row], "marker": "P", "linestyle": ""}
        handles.append(Line2D([], [], label=f"{label}, one size", **mark))
    ax.legend(handles=handles, loc="center", fontsize=10, title="Upper panels", title_fontsize=11)
