"""What the presets beside `full` ask: where spread comes from, and what many rounds change."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values, minus
from labs.kit.table import Table
from labs.lottery.figure import COLORS, MARKERS, dense_line, levels, name_levels, training
from labs.lottery.grid import VARIED
from labs.lottery.measures import found, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WHAT = {"dense": "dense", "lottery": "ticket", "gain": "its gain"}
LOOK = COLORS | {"gain": COLORS["random"]}, MARKERS | {"dense": "s", "gain": "D"}


def chance(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two panels: how far levels and gains spread, and the gains, by what is drawn anew."""
    figure, axes = draw.figure(2, width=6.2, height=4.2)
    found = {words: _accuracies(table, name) for name, words in VARIED.items()}
    found = {words: own for words, own in found.items() if own["gain"]}
    _deviations(axes[0], found)
    gains = {words: own["gain"] for words, own in found.items()}
    forest(axes[1], gains, verdicts, color=LOOK[0]["gain"])
    axes[1].set(title="The gain, by what is redrawn", xlabel="Ticket over dense (points)")
    shown, arms = table.where(data="own"), ("arm", "sparsity", "varied")
    draw.note(figure, shown, intervals="bars are 95 % intervals", arms=arms)
    return figure


def rounds(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: test accuracy of a search in few rounds and of one in many, both tickets on new
    data, and claims about them."""
    figure, axes = draw.figure(3, width=5.0, height=4.2)
    dense_line(axes[0], table, "test_accuracy")
    for arm in ("lottery", "rounds"):
        levels(axes[0], table, "test_accuracy", arm)
    name_levels(axes[0], most=0.92)
    axes[0].set(title="The searches", ylabel="Test accuracy (%)")
    training(axes[1], table, "original", "rewound", ("dense", "lottery", "rounds"))
    axes[1].set(title="New data", xlabel="Training steps", ylabel="Test accuracy (%)")
    rows = {
        "many rounds over few,\nwhere found": "L12-own",
        "the same,\nnew data": "L12-new",
        "few over dense,\nwhere found": "L1",
        "few over dense,\nnew data": "L4",
    }
    forest(axes[2], rows, verdicts, color=[COLORS["rounds"]] * 2 + [COLORS["lottery"]] * 2)
    axes[2].axvline(0, color="black", linewidth=1)
    axes[2].set(title="What the rounds change", xlabel="Test accuracy (points)")
    draw.key(figure, axes[0], ncols=3, loc="outside upper center")
    draw.note(figure, table, NOTE, intervals=ARMS)
    return figure


def _accuracies(table: Table, varied: str) -> dict[str, Values]:
    dense, ticket = (
        found(table, arm, varied=varied).values("test_accuracy") for arm in ("dense", "lottery")
    )
    return {"dense": dense, "lottery": ticket, "gain": minus(ticket, dense)}


def _deviations(ax: "Axes", found: Mapping[str, Mapping[str, Values]]) -> None:
    colors, markers = LOOK
    for at, own in enumerate(found.values()):
        for shift, (what, values) in enumerate(own.items(), -1):
            if one := spread(values):
                bars = [[one.mean - one.low], [one.high - one.mean]]
                how: Any = {"color": colors[what], "fmt": markers[what], "capsize": 2}
                label = None if at else WHAT[what]
                ax.errorbar([at + 0.16 * shift], [one.mean], bars, label=label, **how)
    names = [words.replace(" ", "\n", 1) for words in found]
    ax.set_xticks(range(len(names)), names, fontsize=9)
    ax.set(title="What makes accuracies spread?", ylabel="Standard deviation (points)")
    ax.set_ylim(bottom=0)
    ax.grid(axis="x", visible=False)
    if ax.get_legend_handles_labels()[0]:
        draw.legend(ax, fontsize=9)
