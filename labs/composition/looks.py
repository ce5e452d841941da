"""How methods look in all figures of the lab, and what their rows are made of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labs.composition.measures import admitted
from labs.composition.shown import name_of
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
Rows = dict[str, str | Values]  # name -> id of a claim, or values of an arm
METHODS = {
    "full": BLACK,
    "lora": BLUE,
    "lt-sft": ORANGE,
    "ia3": PINK,
    "adapter": GREEN,
    "prefix": SKY,
    "prompt": RED,
}
GAP = "Share R of the gap"


def color_of(method: str) -> str:
    """The colour of a method; black of one that is usually not trained."""
    return METHODS.get(method, BLACK)


def labelled(table: Table, method: str) -> str:
    """A method's name with the number of its admitted pairs."""
    count = len(admitted(table, method))
    return f"{name_of(method)}, {count} pair{'s' * (count != 1)}"


def rows(verdicts: VerdictsById, *wanted: tuple[str, str, Values]) -> Rows:
    """Rows of name, claim and values: of the claim, where there is one, else of the values."""
    return {
        f"{name}\n" if claim in verdicts else name: claim if claim in verdicts else values
        for name, claim, values in wanted
    }


def ends(ax: "Axes", *places: float) -> None:
    """Draw thin lines, at 0 and what else a scale begins or ends with."""
    for x in (0.0, *places):
        ax.axvline(x, color=draw.GREY, linewidth=1)


def below(ax: "Axes", columns: int = 2, **how: Any) -> None:
    """A legend below the axes, where it hides no data."""
    under = -0.6 * ax.figure.dpi / ax.bbox.height
    place: Mapping[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, under)}
    draw.legend(ax, ncols=columns, **place, **how)
