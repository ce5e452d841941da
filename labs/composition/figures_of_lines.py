"""Lines between networks, and their averages."""

from typing import TYPE_CHECKING, Any

from labs.composition.grid import ALONG, LINES
from labs.composition.looks import BLACK, Rows, color_of, ends, rows
from labs.composition.measures import barrier, of
from labs.composition.shown import OF_LINES, soup
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS: dict[str, dict[str, Any]] = {  # one start solid, two starts dashed
    "full": {"color": color_of("full"), "marker": "o"},
    "full-bases": {"color": color_of("full"), "marker": "s", "linestyle": "--"},
    "adapter": {"color": color_of("adapter"), "marker": "^"},
    "adapter-starts": {"color": color_of("adapter"), "marker": "v", "linestyle": "--"},
    "lora": {"color": color_of("lora"), "marker": "D"},
    "lora-starts": {"color": color_of("lora"), "marker": "P", "linestyle": "--"},
}
TICKS = (0, 1, 2, 5, 20, 100)
JUDGED = ("full", "full-bases", "adapter")  # lines of which a level is claimed
STARTS = {"adapters,\ntwo over one\n": "adapter", "LoRA,\ntwo over one\n": "lora"}


def lines(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy along lines between two networks or modules; the barrier of each; and how much
    higher it is between two starts."""
    figure, axes = draw.figure(3, width=5.6, height=4.6)
    _lines(axes[0], table)
    shown = of_barriers(table, verdicts)
    axes[1].set_xscale("symlog", linthresh=2)
    axes[1].set_xlim(0, 120)
    forest(axes[1], shown, verdicts, color=[LOOKS[line]["color"] for line in LINES])
    axes[1].set_xticks(TICKS, [str(tick) for tick in TICKS])
    axes[1].minorticks_off()
    axes[1].set(title="Barriers", xlabel="Points (above 2 logarithmic)")
    own = {name: f"C18-{line}-starts" for name, line in STARTS.items()}
    forest(axes[2], own, verdicts, color=[color_of(line) for line in STARTS.values()])
    ends(axes[2])
    axes[2].set(title="Two starts over one", xlabel="Difference (points)")
    for ax in axes[1:]:
        ax.tick_params(axis="y", labelsize=10)
    draw.note(figure, table, NOTE, intervals=f"bands 95 % t intervals; {ARMS}")
    return figure


def of_barriers(table: Table, verdicts: VerdictsById) -> Rows:
    """The barrier of every line."""
    return rows(
        verdicts,
        *(
            (name.replace(", ", ",\n"), f"C18-{line}" * (line in JUDGED), barrier(table, line))
            for line, name in OF_LINES.items()
        ),
    )


def _lines(ax: "Axes", table: Table) -> None:
    for line in LINES:
        found = of(table, "line", "line", line)
        if found:
            draw.band(ax, ALONG, found, label=OF_LINES[line], markersize=5, **LOOKS[line])
    ax.set(title="On the line between two", ylabel="Test accuracy (%)", ylim=(0, 100))
    ax.set_xlabel("Place, from first to second")
    named(ax)


def soups(table: Table, verdicts: VerdictsById) -> "Figure":
    """A soup, the average of four networks from one base, beside their mean and the best of them;
    and its lead over both."""
    figure, axes = draw.figure(2, width=6.0, height=3.4)
    forest(axes[0], {**soup(table)}, verdicts, color=[draw.GREY, draw.GREY, BLACK])
    axes[0].set(title="Four networks and their average", xlabel="Test accuracy (%)")
    own = {"soup over\ntheir mean\n": "C19-mean", "soup over\nthe best\n": "C19-best"}
    forest(axes[1], own, verdicts, color=BLACK)
    ends(axes[1])
    axes[1].set(title="What averaging brings", xlabel="Points of accuracy")
    draw.note(figure, table, NOTE, intervals=ARMS)
    return figure
