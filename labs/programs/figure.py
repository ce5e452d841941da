"""What modules and others err by length, and who is ahead of whom."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, bar, forest
from labs.kit.measures import Values, aligned
from labs.kit.table import Table
from labs.programs.grid import ARMS, GROUPS, LONGER, RECALLERS, TOLD, TRAINED
from labs.programs.measures import by_length, error, guess, of, untrained
from labs.programs.operations import NAMES, PAIRS, commute
from labs.programs.published import CHANCE, FEW

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, *_, BLACK = draw.COLORS
STYLES: dict[str, dict[str, Any]] = {
    "modular": {"color": BLUE, "marker": "o"},
    "iterated": {"color": GREEN, "marker": "s", "linestyle": "--"},
    "monolith": {"color": RED, "marker": "D", "linestyle": "-."},
    "memory": {"color": BLUE, "marker": "o"},
    "recurrent": {"color": RED, "marker": "D", "linestyle": "-."},
    "recurrent-longer": {"color": ORANGE, "marker": "s", "linestyle": "--"},
}
DRAWN = ("modular", "iterated", "monolith")  # affine modules make no error that a panel could show
LENGTHS = {3: "three", 4: "four", 5: "five"}  # in the claims' ids
BELOW: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2)}  # of a panel
AHEAD = {  # a row: its claim
    "modules over monolith,\nlength 3 to 5": "C29-longer",
    "modules over monolith,\nlength 3": "C29-tenfold-three",
    "modules over monolith,\nlength 4": "C29-tenfold-four",
    "modules over monolith,\nlength 5": "C29-tenfold-five",
    "modules over iterated,\nlength 3 to 5": "C29-apart",
    "iterated over monolith,\nlength 3 to 5": "C29-iterated",
}
CONTROLS = {
    "another order\n": "C29-order",
    "other modules\n": "C29-exchanged",
    "not trained\n": "C29-untrained",
    "least, a pair swapped\n": "C29-swapped",
    "a commuting pair swapped\n": "C29-commuting",
}


def lengths(table: Table, verdicts: VerdictsById) -> "Figure":
    """Errors over length, and who is ahead of whom on longer programs."""
    figure, axes = draw.figure(2, width=5.8, height=4.4)
    _errors(axes[0], table, verdicts)
    axes[1].set_xlim(-1, 12)
    forest(axes[1], AHEAD, verdicts, color=[BLUE] * 5 + [GREEN])
    axes[1].set(title="Who is ahead by how much", xlabel="Lead (octaves: doublings of the error)")
    draw.key(figure, axes[0])
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def growth(table: Table, verdicts: VerdictsById) -> "Figure":
    """Errors of single operations, and what they predict."""
    figure, axes = draw.figure(2, 2, width=5.4, height=3.6)
    axes[0].get_subplotspec().get_gridspec().set_height_ratios([2.2, 1])  # type: ignore[union-attr]
    _operations(axes[0], table)
    _foretold(axes[1], table)
    rows = {"held-out over trained pairs\n": "C29-held", "measured over carried\n": "C29-carried"}
    forest(axes[2], rows, verdicts, color=(BLUE, BLACK))
    axes[2].set(title="Errors of modules", xlabel="Error (octaves: doublings)")
    forest(axes[3], {"bend": "C29-geometric"}, verdicts)
    axes[3].set(title="Growth, 3 to 5 less 1 to 3", xlabel="Octaves per step")
    draw.note(figure, table, f"Curves average logarithms. {NOTE}", arms=("arm",))
    return figure


def controls(table: Table, verdicts: VerdictsById) -> "Figure":
    """Modules put together in other ways, and in the other order."""
    figure, axes = draw.figure(2, width=5.6, height=4.4)
    axes[0].set(xscale="log", xlim=(0.01, 2000))
    rows = {"as the text says": error(table, "modular")} | CONTROLS
    forest(axes[0], rows, verdicts, color=[BLUE] + [RED] * 4 + [BLUE])
    axes[0].xaxis.set_major_formatter("{x:g}")
    axes[0].set(title="Modules in other ways", xlabel="Relative error (%)")
    _order(axes[1], table)
    affine = max(error(table, "affine").values(), default=None)
    said = "" if affine is None else f"Affine modules, not shown, err by {affine:.1g} % at most. "
    draw.note(figure, table, said + NOTE, arms=("arm",))
    return figure


def recalls(table: Table, verdicts: VerdictsById) -> "Figure":
    """Recall over the number of pairs, and who recalls more."""
    figure, axes = draw.figure(2, width=5.6, height=4.2)
    _recall(axes[0], table, verdicts)
    axes[1].set_xlim(-5, 80)
    rows = {
        "as many steps,\n2 to 6 pairs": "C29-recall",
        "GRU: 4 times the steps,\n2 to 6 pairs": "C29-recall-fourfold",
        "as many steps,\n8 and 12 pairs": "C29-recall-longer",
    }
    forest(axes[1], rows, verdicts)
    axes[1].set(title="Memory over GRU", xlabel="Lead (points of test accuracy)")
    draw.key(figure, axes[0])
    draw.note(figure, table, NOTE, arms=("arm",))
    return figure


def _errors(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    places = range(len(GROUPS))
    for arm in DRAWN:
        curves = aligned([error(table, arm, (name,)) for name in GROUPS])
        draw.band(ax, places, curves, label=ARMS[arm].label, markersize=4, **STYLES[arm])
    for length in LONGER:
        bar(ax, GROUPS.index(str(length)), verdicts[f"C29-{LENGTHS[length]}"], color=BLUE)
    if found := [*untrained(table).values()]:
        ax.axhline(float(np.mean(found)), color=BLACK, linestyle=":", label="modules, untrained")
    ax.axhline(FEW, color=draw.GREY, linewidth=1.2, label=f"foretold of modules: below {FEW:g} %")
    ax.axvspan(-0.4, 1.5, color="#EDEDED", linewidth=0, zorder=0)
    ax.text(0.55, 0.02, "trained", transform=ax.get_xaxis_transform(), ha="center", fontsize=9)
    ax.set_xticks(places, ["1", "2", "2\nheld out", "3", "4", "5"])
    ax.set(yscale="log", ylim=(0.01, 1000), xlabel="Operations of a program")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set(title="Error (C29-three, -four, -five)", ylabel="Relative error (%)")


def _operations(ax: "Axes", table: Table) -> None:
    for place, arm in enumerate(DRAWN):
        found = of(table, arm, "errors").items()
        groups: dict[str, Values] = {
            name: {r: float(np.log10(own[0][kind])) for r, own in found}
            for kind, name in enumerate(NAMES)
        }
        style = {"color": STYLES[arm]["color"], "marker": STYLES[arm]["marker"]}
        draw.dots(ax, groups, label=ARMS[arm].label, offset=0.24 * (place - 1), **style)
    powers = range(-3, 3)
    ax.set_xticks([*powers], [f"{10.0**power:g}" for power in powers])
    ax.set(xlim=(-3.2, 2.2), title="Single operations", xlabel="Relative error (%)")
    ax.grid(axis="y", visible=False)
    draw.legend(ax, ncols=2, **BELOW)


def _foretold(ax: "Axes", table: Table) -> None:
    curves, steps = by_length(table, "modular"), range(1, 6)
    found = of(table, "modular", "carried").items()
    above = {r: [curves[r][n - 1] - own[n if n > 2 else 1] for n in steps] for r, own in found}
    measured, foretold = ([[2.0**v for v in c] for c in of.values()] for of in (curves, above))
    for label, errors, style in (
        ("modules", measured, STYLES["modular"]),
        ("carried from single operations", foretold, {"color": BLACK, "linestyle": "--"}),
    ):
        logs = [np.log10(own).tolist() for own in errors]
        draw.band(ax, steps, logs, label=label, **style)
    ax.set_yticks([-2, -1, 0, 1], ["0.01", "0.1", "1", "10"])
    ax.set(xticks=steps, ylim=(-2, 1), xlabel="Operations of a program")
    ax.set(title="The typical program", ylabel="Relative error (%)")
    draw.legend(ax, **BELOW)


def _order(ax: "Axes", table: Table) -> None:
    found = of(table, "modular", "swapped")
    if not found:
        ax.set_axis_off()
        draw.legend(ax)
        return
    means = np.log10([*found.values()]).mean(0)
    cells = np.full((len(NAMES), len(NAMES)), np.nan)
    for pair, value in zip(PAIRS, means, strict=True):
        cells[pair] = value
    ax.imshow(cells, cmap="YlOrRd", vmin=-1, vmax=2.5)
    for a, b in PAIRS:
        shade = "white" if cells[a, b] > 1.7 else "black"
        value = 10 ** cells[a, b]
        text = f"{value:.0f}" if value > 10 else f"{value:.1g}"
        text += "*" if commute(a, b) else ""
        ax.text(b, a, text, ha="center", va="center", fontsize=9, color=shade)
    ax.set_xticks(range(len(NAMES)), NAMES, rotation=30)
    ax.set_yticks(range(len(NAMES)), NAMES)
    ax.grid(visible=False)
    ax.set_title("Error (%) of pairs, modules swapped\n(*: the operations commute)")
    ax.set(xlabel="Second operation", ylabel="First operation")


def _recall(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    for arm in RECALLERS:
        curves = of(table, arm, "accuracy")
        draw.band(ax, TOLD, curves, label=ARMS[arm].label, markersize=4, **STYLES[arm])
    ax.plot(TOLD, [guess(n) for n in TOLD], ":", color=BLACK, label="a guess among those told")
    ax.axhline(CHANCE, color=draw.GREY, linewidth=1.2, label="chance: one of 8 symbols")
    bar(ax, float(np.mean(TRAINED)), verdicts["C29-emptied"], color=PINK)
    ax.plot([], [], color=PINK, linewidth=4, label="memory emptied (C29-emptied)")
    ax.axvspan(min(TRAINED) - 0.3, max(TRAINED) + 0.3, color="#EDEDED", linewidth=0, zorder=0)
    ax.text(float(np.mean(TRAINED)), 2, "trained", ha="center", fontsize=9)
    ax.set(xticks=TOLD, ylim=(0, 105), title="Recall", xlabel="Pairs told")
    ax.set_ylabel("Test accuracy (%)")
