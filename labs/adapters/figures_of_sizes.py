"""What modules of other sizes buy: the fronts of size and gap closed, and intrinsic dimensions."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.adapters.comparisons import DIMENSIONS, SIZED, d90
from labs.adapters.figures_of_gaps import DOMAIN_COLORS, ROW_COLORS
from labs.adapters.gaps import compared, gap_closed, numbers_of_examples, over
from labs.adapters.grid import COMPARED, INTRINSIC, MAIN, SWEPT
from labs.adapters.measures import adapted, dimension, most
from labs.adapters.published import MOST_OF_IT
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import apart, named
from labs.kit.forest import NOTE, forest
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
    "intrinsic": {"color": BLACK, "marker": "v"},
    "prompt": {"color": ORANGE, "marker": "^"},
    "prefix": {"color": RED, "marker": "D"},
    "adapter": {"color": GREEN, "marker": "o"},
}
SINGLE = tuple(
    name
    for name in COMPARED
    if METHODS[name].row != "none" and not any(name in names for names in FAMILIES.values())
)
BESIDE = "#555555"  # of what modules are compared with
LINES = {"full": "-", "head": "--", "scratch": ":"}
SHOWN, WIDE = (-0.25, 1.35), (0.01, 150)  # shares of a gap, percent of parameters


def fronts(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share of the gap closed against the share of parameters, families of methods over their
    sizes, with most and fewest examples."""
    figure, axes = draw.figure(2, width=6.2, height=5.6)
    numbers = numbers_of_examples(table)
    for ax, place in zip(axes, (0, -1), strict=False):
        enough = len(numbers) > abs(place)
        _front(ax, table, numbers[place] if enough else 0)
    figure.legend(handles=_key(), loc="outside upper center", ncols=4, fontsize=9)
    draw.note(figure, table)
    return figure


def sizes(ax: "Axes", table: Table, examples: int) -> None:
    """The share of the gap closed over the share of parameters, of families of sizes alone."""
    domains = compared(table, sizes=True) or compared(table)
    ends = _lines(ax, table, domains, examples)
    for family, names in FAMILIES.items():
        points = list(_points(table, names, domains, examples).values())
        _errorbars(ax, points, capsize=2, **STYLES[family])
        if points:
            ends[family] = (points[-1][0], points[-1][1], STYLES[family]["color"])
    _axes(ax)
    _name(ax, ends)
    _title(ax, table, domains, examples)


def _front(ax: "Axes", table: Table, examples: int) -> None:
    domains = compared(table, sizes=True) or compared(table)
    for family, names in FAMILIES.items():
        points = _points(table, names, domains, examples)
        _errorbars(ax, list(points.values()), capsize=2, **STYLES[family])
    single = _points(table, SINGLE, domains, examples)
    for name, point in single.items():
        _errorbars(ax, [point], fmt="P", color=ROW_COLORS[METHODS[name].row])
    ends = _lines(ax, table, domains, examples)
    _axes(ax)
    for name, (x, y, *_) in single.items():
        ends[METHODS[name].label] = (x, y, ROW_COLORS[METHODS[name].row])
    _name(ax, ends)
    _title(ax, table, domains, examples)


def _title(ax: "Axes", table: Table, domains: Sequence[str], examples: int) -> None:
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


def _lines(
    ax: "Axes", table: Table, domains: Sequence[str], examples: int
) -> dict[str, tuple[float, float, str]]:
    """Draws what modules are compared with; returns names with the right ends of lines."""
    ends: dict[str, tuple[float, float, str]] = {}
    for name, line in LINES.items():
        values = over(table, gap_closed, name, domains, examples)
        if not values:
            continue
        height = float(np.mean([*values.values()]))
        text = f"{METHODS[name].label} ({height:.2f})".replace("(-", "(\N{MINUS SIGN}")
        if height < SHOWN[0]:
            ax.text(0.012, SHOWN[0] + 0.02, text, fontsize=9, color=BESIDE)
            continue
        ax.axhline(height, color=BESIDE, linestyle=line, linewidth=1.2, zorder=1)
        ends[text] = (WIDE[1], height, BESIDE)
    return ends


def _axes(ax: "Axes") -> None:
    ax.set(xscale="log", xlim=WIDE, ylim=SHOWN)
    ticks = (0.01, 0.1, 1, 10, 100)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()


def _name(ax: "Axes", points: Mapping[str, tuple[float, float, str]]) -> None:
    """Write the names of points (x, y, colour) beside the axes, as high as their points where there
    is room."""
    low, high = SHOWN
    heights = apart([(y - low) / (high - low) for _, y, _ in points.values()], 0.062)
    for (name, (x, y, color)), height in zip(points.items(), heights, strict=True):
        ax.annotate(
            name, (x, min(max(y, low), high)), (1.02, height), textcoords="axes fraction",
            fontsize=9, color=color, va="center", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": color, "alpha": 0.5, "lw": 0.7,
                        "relpos": (0, 0.5)},
        )  # fmt: skip


def dimension_needed(table: Table, domain: str) -> str:
    """The dimension that closes 90 % of the gap, as the claims have it: the geometric mean over
    replicates; "not reached" where half of them or more reach it with none."""
    found = [*d90(table, domain).values()]
    if not found:
        return "not all were trained"
    beyond = np.mean([value > np.log2(dimension(DIMENSIONS[-1])) for value in found])
    return "not reached" if beyond >= 0.5 else f"{2 ** np.mean(found):,.0f}"


def dimensions(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share of the gap closed over the intrinsic dimension, and the one that is needed."""
    figure, axes = draw.figure(3, width=4.7, height=4.2)
    _intrinsic(axes[0], table)
    rows = {f"{d},\n{what}": f"C10-{key}-{d}" for d in SWEPT for key, what in BOUNDS.items()}
    colors = [DOMAIN_COLORS[MAIN.index(domain)] for domain in SWEPT for _ in BOUNDS]
    forest(axes[1], rows, verdicts, color=colors)
    axes[1].set(title="Dimension for 90 % of the gap", xlabel="Dimension (octaves: 2 to the power)")
    rows = {f"{domain} over\ngain": f"C10-{domain}" for domain in ("diff", "stretch")}
    colors = [DOMAIN_COLORS[MAIN.index(domain)] for domain in ("diff", "stretch")]
    forest(axes[2], rows, verdicts, color=colors)
    axes[2].axvline(0, color=draw.GREY, linewidth=1)
    axes[2].set(title="Larger than for gain?", xlabel="Ratio of dimensions (octaves)")
    for ax in axes[1:]:
        ax.tick_params(axis="y", labelsize=9)
    draw.note(figure, table, NOTE, intervals="bands are 95 % t intervals")
    return figure


BOUNDS = {"low": "4 % or less", "size": "100 to 1,000"}


def _intrinsic(ax: "Axes", table: Table) -> None:
    asked = {row["domain"] for row in table if row["method"] in set(INTRINSIC) - {"intrinsic"}}
    for domain, color, mark in zip((*MAIN, "gain"), DOMAIN_COLORS, "o^sDv", strict=False):
        found = {dimension(n): gap_closed(table, n, domain, most(table)) for n in DIMENSIONS}
        found = {x: values for x, values in found.items() if values}
        if domain in asked and found:
            label = f"{domain}:\n{dimension_needed(table, domain)}"
            draw.band(ax, list(found), aligned([*found.values()]), label=label, color=color,
                      marker=mark)  # fmt: skip
    ticks = [dimension(name) for name in DIMENSIONS]
    ax.set(xscale="log", xlim=(8, 2500), title="By dimension (dotted: 90 %)", xlabel="Dimension")
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks], fontsize=8)
    ax.minorticks_off()
    ax.set(ylabel="Share of the gap closed")
    named(ax)
    ax.axhline(MOST_OF_IT, color=draw.GREY, linestyle=":")


def _key() -> list[Any]:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], label=name, **style) for name, style in STYLES.items()]
    rows = (("parameter", "parameter composition"), ("function", "function composition"))
    for row, label in rows:
        mark: dict[str, Any] = {"color": ROW_COLORS[row], "marker": "P", "linestyle": ""}
        handles.append(Line2D([], [], label=f"{label}, one size", **mark))
    return handles
