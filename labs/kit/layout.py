"""Figures whose panels differ in size."""

from typing import TYPE_CHECKING

from labs.kit import draw

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def mosaic(layout: str, *, width: float, height: float) -> tuple["Figure", list["Axes"]]:
    """Return a figure of panels of several sizes, and its axes in the order of their letters.

    Args:
        layout: one row of equal squares after the other, each the letter of its axes, as
            ``"AB;AC"`` for a high one beside two.
        width, height: inches of the figure.
    """
    drawn, (whole,) = draw.figure(width=width, height=height)
    whole.remove()
    axes = drawn.subplot_mosaic(layout)
    return drawn, [axes[name] for name in sorted(axes)]
