"""How methods look in all figures of the lab: by colour, and by marker and line."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labs.continual.shown import LABELS
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import forest
from labs.kit.measures import Values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
STYLES: dict[str, dict[str, Any]] = {  # one network for all tasks is dashed
    "base": {"color": draw.GREY, "marker": "X", "linestyle": ":"},
    "full": {"color": RED, "marker": "o", "linestyle": "--"},
    "lora": {"color": ORANGE, "marker": "s", "linestyle": "--"},
    "lora-each": {"color": BLUE, "marker": "o", "linestyle": "-"},
    "adapter-each": {"color": SKY, "marker": "s", "linestyle": "-"},
    "packnet": {"color": GREEN, "marker": "D", "linestyle": "-"},
    "packnet-leaking": {"color": GREEN, "marker": "P", "linestyle": "--"},
    "supsup": {"color": PINK, "marker": "^", "linestyle": "-"},
    "progressive": {"color": BLACK, "marker": "v", "linestyle": "-"},
    "scratch": {"color": draw.GREY, "marker": "v", "linestyle": ":"},
    "joint": {"color": BLACK, "marker": "*", "linestyle": ":"},
}
COLORS = {method: look["color"] for method, look in STYLES.items()}
MARKERS = {method: look["marker"] for method, look in STYLES.items()}
CHANCE = {"domains": 10.0, "permutations": 10.0, "classes": 50.0}


def by_method(ax: "Axes", rows: Mapping[str, str | Values], verdicts: VerdictsById) -> None:
    """Draw a row for every method that has a claim or values; or say that there are no results."""
    shown = {method: row for method, row in rows.items() if row}
    if not shown:
        draw.legend(ax)
        return
    names = {LABELS[m] + "\n" * isinstance(row, str): row for m, row in shown.items()}
    forest(ax, names, verdicts, color=[COLORS[method] for method in shown])
    ax.tick_params(axis="y", labelsize=10)


def dotted(ax: "Axes", x: float) -> None:
    """Draw a dotted line at chance."""
    ax.axvline(x, color=draw.GREY, linestyle=":", linewidth=1.2)
