"""The pictures of the lesson `verdicts`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from labs.kit import draw

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Ends = tuple[float, float]
MARKS = {"holds": "o", "contradicted": "^", "undecided": "D"}
SHADES = dict(zip(MARKS, draw.COLORS, strict=False))


def growing(panels: Mapping[str, Mapping[int, tuple[float, Ends, str]]]) -> "Figure":
    """Draw how a mean, its interval and its verdict change while replicates come in.

    Args:
        panels: what is judged -> number of replicates -> mean, ends and verdict.
    """
    drawn, axes = draw.figure(len(panels), width=5.0, height=3.6)
    for ax, (name, steps) in zip(axes, panels.items(), strict=True):
        if ax is not axes[0]:
            ax.sharey(axes[0])
        ax.axhline(0, color=draw.GREY)
        for n, (mean, ends, word) in steps.items():
            ax.plot([n, n], ends, color=SHADES[word])
            ax.plot(n, mean, MARKS[word], color=SHADES[word])
        ax.set(title=name, xlabel="replicates", ylabel="difference (points)")
        ax.set_xticks(list(steps))
    _key(axes[0], drawn)
    return drawn


def _key(ax: "Axes", drawn: "Figure") -> None:
    for word, mark in MARKS.items():
        ax.plot([], [], mark, color=SHADES[word], label=word)
    draw.key(drawn, ax)


def families(rows: Mapping[str, tuple[float, Ends, Ends]]) -> "Figure":
    """Draw each mean with its interval as one claim alone, and as one of 29.

    Args:
        rows: what is judged -> mean, ends alone, ends among 29.
    """
    drawn, (ax,) = draw.figure(width=8.0, height=3.2)
    ax.axvline(0, color=draw.GREY)
    for place, (mean, alone, among) in enumerate(rows.values()):
        first = place == 0
        ax.plot(
            among,
            [place] * 2,
            color=draw.COLORS[1],
            linewidth=1.5,
            label="among 29 claims" if first else None,
        )
        ax.plot(
            alone,
            [place] * 2,
            color=draw.COLORS[0],
            linewidth=5,
            label="alone, 95 %" if first else None,
        )
        ax.plot(mean, place, "o", color="white", markeredgecolor=draw.COLORS[0], zorder=4)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set(ylim=(len(rows) - 0.5, -0.5), xlabel="points")
    draw.key(drawn, ax)
    return drawn


def gains(groups: Mapping[str, Sequence[float]], threshold: float) -> "Figure":
    """Draw what is gained over the last evaluation, one dot for each replicate.

    Args:
        groups: way to choose an evaluation -> gain of each replicate, points.
        threshold: of the claim.
    """
    drawn, (ax,) = draw.figure(width=8.0, height=2.4)
    ax.axvline(0, color=draw.GREY)
    ax.axvline(threshold, color=draw.GREY, linestyle="--")
    draw.dots(ax, {name: list(values) for name, values in groups.items()})
    for place, values in enumerate(groups.values()):
        equal = Counter(round(value, 6) for value in values)
        for value, many in equal.items():  # they stand above the first
            heights = [place - 0.08 * above for above in range(1, many)]
            ax.plot([value] * len(heights), heights, ".", color=draw.COLORS[0], alpha=0.35)
    ax.set_xlabel("test accuracy above that of the last evaluation (points)")
    return drawn
