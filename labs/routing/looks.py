"""How routers look in all figures of the lab, and rows of all of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import forest
from labs.kit.measures import Values
from labs.routing.grid import DOMAINS, FIXED, HARD, ROUTERS, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
KINDS = {"fixed": (FIXED, draw.GREY), "hard": (HARD, BLUE), "soft": (SOFT, ORANGE)}
OF_DOMAINS = dict(zip(DOMAINS, (BLUE, ORANGE, GREEN, PINK), strict=True))
PAIRED = {"gumbel": (BLUE, "o"), "switch-balanced": (ORANGE, "s")}  # where two are compared
CHANCE = 10.0
BEFORE = "Grey diamonds: before training."


def color_of(router: str) -> str:
    """The colour of a router's kind: fixed, hard or soft."""
    return next(color for own, color in KINDS.values() if router in own)


def by_router(
    ax: "Axes",
    found: Mapping[str, Values],
    verdicts: VerdictsById,
    *,
    claims: Mapping[str, str] | None = None,
    before: Mapping[str, Values] | None = None,
    more: Mapping[str, str] | None = None,
) -> None:
    """Draw a row for every router with values, its kind at the right; or say that there are none.

    Args:
        ax: where to draw.
        found: values of routers.
        verdicts: by claim.
        claims: of routers of which these values are a claim.
        before: values before training, of which the mean is shown.
        more: names and claims of further rows below, of no router of its own.
    """
    shown = {router: own for router, own in found.items() if own}
    if not shown:
        draw.legend(ax)
        return
    rows: dict[str, str | Values] = {}
    for router, own in shown.items():
        claim = (claims or {}).get(router)
        rows[f"{ROUTERS[router]}\n" if claim else ROUTERS[router]] = claim or own
    rows |= more or {}
    colors = [color_of(router) for router in shown] + [GREEN] * len(more or {})
    forest(ax, rows, verdicts, color=colors)
    ax.tick_params(axis="y", labelsize=10)
    for place, router in enumerate(shown):
        if start := (before or {}).get(router):
            mean = float(np.mean([*start.values()]))
            ax.plot([mean], [place + 0.3], "d", color="#555555", ms=5, zorder=6)
    _kinds(ax, list(shown))


def _kinds(ax: "Axes", shown: list[str]) -> None:
    for kind, (own, color) in KINDS.items():
        places = [place for place, router in enumerate(shown) if router in own]
        if places:
            low, high = places[0] - 0.4, places[-1] + 0.4
            ax.plot([1.01] * 2, [low, high], color=color, linewidth=3, clip_on=False,
                    transform=ax.get_yaxis_transform())  # fmt: skip
            ax.text(1.02, (low + high) / 2, kind, rotation=-90, va="center", fontsize=9,
                    transform=ax.get_yaxis_transform())  # fmt: skip


def dotted(ax: "Axes", x: float = CHANCE) -> None:
    """Draw a dotted line at chance or a base; before rows, which set the axis' limits."""
    ax.axvline(x, color=draw.GREY, linestyle=":", linewidth=1.2)


def zero(ax: "Axes") -> None:
    """Draw a line at no difference, and names of rows and numbers that leave room."""
    ax.locator_params(axis="x", nbins=6)
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.tick_params(axis="y", labelsize=10)
