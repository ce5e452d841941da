"""The grid of compositions: what modules that never met close of every pair's gap, and of one
method all arms by pair."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.composition.grid import DOMAINS, PAIRS, TASKS
from labs.composition.measures import Lists, admitted, closed
from labs.composition.published import WIDE
from labs.composition.shown import arm, measured, name_of
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BY_TASK = tuple((domain, task) for task in TASKS for domain in DOMAINS)
SHOWN = "adapter"  # the method of which all arms are shown, where it was trained
ARMS = {
    "task": "task module alone",
    "head": "domain module, head alone",
    "composed": "composed",
    "reversed": "reversed order",
    "wrong": "wrong domain's module",
    "random": "random change of equal norm",
    "joint": "joint training, pair held out",
    "oracle": "oracle, trained on the pair",
}
NAMES = {"permuted": "permuted digits", "parity": "parity", "quartile": "position (quartile)"}
SHARES, PERCENT = "RdBu", "Blues"  # colours of shares, of accuracies
MINUS = "\N{MINUS SIGN}"


def grid(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share R of the gap that composed modules close, by method and pair, blank in pairs
    without a gap; below it the accuracy of all arms of one method."""
    methods = measured(table)
    figure, axes = draw.figure(1, 2, width=11, height=4.3)
    shares = {name_of(method): _shares(table, method) for method in methods}
    _heat(axes[0], shares, "{:.2f}", SHARES, (-1, 1), "Share R of the gap")
    _blank(axes[0], table, methods)
    axes[0].set_title("Composed modules: share R of the gap (0: task module alone, 1: oracle)")
    method = SHOWN if SHOWN in methods else next(iter(methods), SHOWN)
    arms = {label: _means(arm(table, name, method)) for name, label in ARMS.items()}
    found = {label: values for label, values in arms.items() if values}
    _heat(axes[1], found, "{:.0f}", PERCENT, (0, 100), "Test accuracy (%)")
    axes[1].set_title(f"All arms of one method, {name_of(method)}: test accuracy in percent")
    hatched = f"Hatched: a gap below {WIDE} points, or a task that was not learned."
    draw.note(figure, table, hatched if methods else "", intervals="cells are means")
    return figure


def _means(lists: Lists) -> dict[tuple[str, str], float]:
    if not lists:
        return {}
    return dict(zip(PAIRS, np.mean([*lists.values()], axis=0).tolist(), strict=True))


def _shares(table: Table, method: str) -> dict[tuple[str, str], float]:
    found = {pair: closed(table, method, among=(pair,)) for pair in PAIRS}
    return {pair: float(np.mean([*own.values()])) for pair, own in found.items() if own}


def _heat(
    ax: "Axes",
    rows: Mapping[str, Mapping[tuple[str, str], float]],
    form: str,
    colors: str,
    limits: tuple[float, float],
    label: str,
) -> None:
    """Cells of rows by pair, grouped by task, with their numbers."""
    if not rows:
        ax.set_axis_off()
        draw.legend(ax)
        return
    cells = np.array([[own.get(pair, np.nan) for pair in BY_TASK] for own in rows.values()])
    drawn = ax.imshow(cells, cmap=colors, vmin=limits[0], vmax=limits[1], aspect="auto")
    for (y, x), value in np.ndenumerate(cells):
        if np.isfinite(value):
            red, green, blue, _ = drawn.to_rgba(value)
            dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
            ax.text(x, y, _signed(value, form), ha="center", va="center", fontsize=10,
                    color="white" if dark else "black")  # fmt: skip
    _axes(ax, list(rows))
    beyond = "min" if limits[0] < 0 else "neither"
    bar = ax.figure.colorbar(drawn, ax=ax, pad=0.01, fraction=0.03, aspect=25, extend=beyond)
    bar.set_label(label)
    bar.outline.set_visible(False)


def _signed(value: float, form: str) -> str:
    text = form.format(value)
    return (text.lstrip("-") if not float(text) else text).replace("-", MINUS)


def _axes(ax: "Axes", names: Sequence[str]) -> None:
    ax.set_xticks(range(len(BY_TASK)), [domain for domain, _ in BY_TASK], fontsize=10)
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    for edge in np.arange(0.5, len(BY_TASK) - 1):
        wide = (edge + 0.5) % len(DOMAINS) == 0
        ax.axvline(edge, color="white", linewidth=7 if wide else 1.5)
    for edge in np.arange(0.5, len(names) - 1):
        ax.axhline(edge, color="white", linewidth=1.5)
    groups = ax.secondary_xaxis(-0.085)
    middles = [len(DOMAINS) * (place + 0.5) - 0.5 for place in range(len(TASKS))]
    groups.set_xticks(middles, [NAMES[task] for task in TASKS], fontsize=11, weight="bold")
    groups.tick_params(length=0)
    groups.spines[:].set_visible(False)


def _blank(ax: "Axes", table: Table, methods: Sequence[str]) -> None:
    """Hatch the pairs that are not admitted."""
    from matplotlib.patches import Rectangle

    for y, method in enumerate(methods):
        within = admitted(table, method)
        for x, pair in enumerate(BY_TASK):
            if pair not in within:
                ax.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor="#F4F4F4",
                                       edgecolor="#C4C4C4", hatch="///", linewidth=0))  # fmt: skip
