"""What is local in masks: how many neighbours a unit keeps, and which positions."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.lottery.figure import COLORS, MARKERS, PINK, RATIOS, compress, mark_earlier
from labs.lottery.masks import LENGTHS
from labs.lottery.measures import found, neighbours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORDS = {2: "Two neighbours", 3: "Three in a row", 4: "Four in a row"}
ARMS_SHOWN = {"random": "Random mask", "lottery": "Ticket"}
UNITS = 100  # of a mask that are shown: more are not seen


def locality(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: how much more often than by chance units keep two, three and four
    neighbours."""
    figure, axes = draw.figure(3, width=4.6, height=4.2)
    colors = [COLORS["random"], *[COLORS["lottery"]] * 2, COLORS["shuffled"], PINK]
    for ax, length in zip(axes, LENGTHS, strict=True):
        rows = _rows(table, length)
        mark_earlier(ax, rows, verdicts)
        forest(ax, rows, verdicts, color=colors)
        ax.set_yticks(range(len(rows)), [*rows])
        ax.tick_params(axis="y", labelleft=length == LENGTHS[0])
        for place, row in enumerate(rows.values()):
            where, text = ax.get_yaxis_transform(), row if isinstance(row, str) else ""
            ax.text(1, place - 0.28, text, transform=where, fontsize=8, ha="right")
        ax.axvline(1, color="black", linewidth=1)
        ax.set(title=WORDS[length], xlabel="Times as often as by chance")
        ax.set_xlim(left=0)
        compress(ax)
    draw.note(figure, table, f"{NOTE} {RATIOS}", intervals=ARMS)
    return figure


def masks(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: a random mask and a ticket of the first layer, and how much of each input
    position masks keep."""
    figure, axes = draw.figure(1, 3, width=9.0, height=2.6)
    for ax, (arm, words) in zip(axes, ARMS_SHOWN.items(), strict=False):
        _mask(ax, table, arm)
        ax.set(title=f"{words}, units with most neighbours", ylabel="Input position")
        ax.set_xlabel("Unit of the first layer, sorted")
    for arm, words in ARMS_SHOWN.items():
        kept = [100 * mask.mean(axis=1) for mask in found(table, arm).column("mask")]
        look: Any = {"color": COLORS[arm], "marker": MARKERS[arm], "markersize": 4}
        draw.band(axes[2], range(len(kept[0]) if kept else 0), kept, label=words, **look)
    axes[2].set(title="What is kept of each position", xlabel="Input position")
    axes[2].set(ylabel="Units that keep it (%)")
    axes[2].set_ylim(bottom=0)
    draw.legend(axes[2], loc="lower center", ncols=2)
    draw.note(figure, table)
    return figure


def neighboured(mask: np.ndarray) -> np.ndarray:
    """Return which live positions of a mask have a live neighbour in the same unit.

    Args:
        mask: bool of shape (positions, units), and so is what is returned.

    >>> neighboured(np.array([[1, 1, 0, 1, 0, 1]], bool).T).ravel().tolist()
    [True, True, False, False, False, False]
    """
    pairs = mask[1:] & mask[:-1]
    none = np.zeros((1, mask.shape[1]), bool)
    return np.concatenate([none, pairs]) | np.concatenate([pairs, none])


def _rows(table: Table, length: int) -> dict[str, str | Values]:
    shuffled = neighbours(length, "shuffled")(table)
    put_back = neighbours(length, "shuffled", runs="runs_put_back")(table)
    return {
        "random mask": neighbours(length, arm="random")(table),
        "ticket": f"L11-p{length}",
        "ticket, stricter chance": f"L11-strict-p{length}",
        "ticket of shuffled data": "L11-shuffled" if length == 2 else shuffled,
        "the same, put back in order": "L11-put-back" if length == 2 else put_back,
    }


def _mask(ax: "Axes", table: Table, arm: str) -> None:
    from matplotlib.colors import ListedColormap

    mask = next(iter(found(table, arm).column("mask")), None)
    if mask is None:
        draw.legend(ax)  # that there is none
        return
    pairs = (mask[1:] & mask[:-1]).sum(axis=0)
    order = np.argsort(-(pairs + 0.001 * mask.sum(axis=0)), kind="stable")  # as in the paper
    shown = mask[:, order[:UNITS]]
    kinds = shown.astype(int) + neighboured(shown)  # masked, kept, kept beside one that is kept
    look: Any = {"cmap": ListedColormap(["white", "#BBBBBB", COLORS[arm]]), "vmin": 0, "vmax": 2}
    ax.imshow(kinds, aspect="auto", interpolation="nearest", **look)
    ax.grid(False)
