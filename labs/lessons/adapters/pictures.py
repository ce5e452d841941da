"""The pictures of the lesson on adapters."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.figure import Figure


def gaps(
    closed: Mapping[str, Sequence[float | None]],
    kept: Mapping[str, float],
    before: float,
    numbers: Mapping[str, int],
    domains: Sequence[str],
) -> "Figure":
    """What methods gain in new domains (left), and what they leave of the old one (right).

    Args:
        closed: method -> share of each domain's gap, None where there is none.
        kept: method -> accuracy in the old domain with the module in place, in percent.
        before: the same with the module taken out.
        numbers: method -> how many numbers it trains.
        domains: their names.
    """
    drawn, (left, right) = draw.figure(2, width=4.8, height=3.6)
    places = range(len(closed))
    for at, (domain, mark) in enumerate(zip(domains, "os^", strict=False)):
        shares = [float("nan") if share[at] is None else share[at] for share in closed.values()]
        left.plot(places, np.array(shares, dtype=float), mark, label=domain)
    right.plot(places, list(kept.values()), "D", color="C2", label="module in place")
    right.axhline(before, color="grey", linestyle="--", label="module taken out")
    left.axhline(1, color="grey", linestyle=":")
    left.axhline(0, color="grey", linestyle=":")
    left.set(ylabel="share of the gap closed")
    right.set(ylabel="clean signals read right (%)")
    labels = [f"{name.replace(' rank', chr(10) + 'rank')}\n{numbers[name]:,}" for name in closed]
    for axes in (left, right):
        axes.set_xticks(places, labels)
        axes.legend()
    return drawn


def sums(results: Mapping[str, np.ndarray], arms: Sequence[str]) -> "Figure":
    """What each of some networks reads of each kind of test signal.

    Args:
        results: kind of signal -> accuracy of each network (arms,), in percent.
        arms: the networks' names.
    """
    drawn, (axes,) = draw.figure(1, width=8.4, height=2.8)
    for at, (arm, mark) in enumerate(zip(arms, "Xos^D", strict=False)):
        axes.plot([own[at] for own in results.values()], list(results), mark, label=arm)
    axes.set(xlabel="test signals read right (%)", ylim=(len(results) - 0.5, -0.5))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return drawn
