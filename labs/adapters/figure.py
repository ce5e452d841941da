"""Figures."""

from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def fronts(table: Table) -> "Figure":
    """To be written."""
    drawn, _ = draw.figure()
    return drawn
