"""How well each mechanism is undone, which experts are ahead, and one mechanism swapped."""

from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS as SQUARES
from labs.kit.forest import NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.mechanisms.figure import ARMS, BLUE, OF_CLEAN, ORANGE
from labs.mechanisms.grid import MECHANISMS, NEW, OLD
from labs.mechanisms.measures import new, read

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = ("untreated", "single", "competing", "told")
OF_READS = {  # rows of leads in reading: claim, and whose colour
    "competing over\nuntreated signals\n": ("C30-invert", "untreated"),
    "competing over\none expert for all\n": ("C30-several", "single"),
    "competing over\nstarted at random\n": ("C30-start-read", "random"),
    "competing over\ndealt by chance\n": ("C30-dealt-read", "fixed"),
    "told the mechanism\nover competing\n": ("C30-told", "told"),
}
OF_WINS = {
    "over untrained\n": ("C30-specialise", "untrained"),
    "over started\nat random\n": ("C30-start", "random"),
    "over dealt\nby chance\n": ("C30-dealt", "fixed"),
}
SWAPPED = {"as they were": "swap_before", "one refitted": "swap", "all anew": "anew"}
POINTS = "Difference (shares of clean)"


def leads(table: Table, verdicts: VerdictsById) -> "Figure":
    """How well each mechanism's signals are read, by experts; and who is ahead in reading and in
    wins."""
    figure, axes = draw.figure(3, width=5.2, height=5.0)
    _reads(axes[0], table)
    _leads(axes[1], OF_READS, verdicts)
    axes[1].set(title="Who is read better", xlabel=POINTS)
    _leads(axes[2], OF_WINS, verdicts)
    axes[2].set(title="Who wins more", xlabel="Difference (of signals)")
    text = "bars of (a) 95 %"
    draw.note(figure, table, NOTE, arms=("arm", "experts"), intervals=text)
    return figure


def _reads(ax: "Axes", table: Table) -> None:
    for place, arm in enumerate(SHOWN):
        label, color, marker, _ = ARMS[arm]
        column, own = ("untreated", "competing") if arm == "untreated" else ("treated", arm)
        groups = {name: read(own, column, (name,))(table) for name in MECHANISMS}
        if any(groups.values()):
            offset = 0.16 * (place - 1.5)
            draw.dots(ax, groups, color=color, marker=marker, label=label, offset=offset)
    ax.axvline(1, color=draw.GREY, linewidth=1)
    ax.grid(axis="y", visible=False)
    ax.set(title="By mechanism", xlabel=OF_CLEAN, xlim=(0, 1.05), ylabel="Mechanism")
    draw.legend(ax, loc="upper left", bbox_to_anchor=(-0.1, -0.13), ncols=2)


def _leads(ax: "Axes", rows: dict[str, tuple[str, str]], verdicts: VerdictsById) -> None:
    colors = [ARMS[arm][1] for _, arm in rows.values()]
    forest(ax, {name: claim for name, (claim, _) in rows.items()}, verdicts, color=colors)
    ax.axvline(0, color=draw.GREY, linewidth=1)
    ax.tick_params(axis="y", labelsize=10)


def swap(table: Table, verdicts: VerdictsById) -> "Figure":
    """One mechanism swapped: how well the new one and the others are read, before and after its
    expert is refitted, and with all experts anew; and whether other experts change."""
    figure, axes = draw.figure(3, width=5.2, height=4.4)
    rows: dict[str, str | Values] = {}
    for name, column in SWAPPED.items():
        fresh = column == "swap"
        rows[f"{NEW}: {name}" + "\n" * fresh] = "C30-new" if fresh else new(column)(table)
    rows |= {f"others: {name}": _others(table, column) for name, column in SWAPPED.items()}
    axes[0].set_xlim(0, 1.05)
    forest(axes[0], rows, verdicts, color=[BLUE] * 3 + [ORANGE] * 3)
    axes[0].axvline(1, color=draw.GREY, linewidth=1)
    axes[0].set(title=f"{OLD} swapped for {NEW}", xlabel=OF_CLEAN)
    own = {f"{NEW}, over\nbefore\n": "C30-old", f"{NEW}, over\nall anew\n": "C30-new-anew"}
    forest(axes[1], own, verdicts, color=BLUE)
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="Read better with one refitted", xlabel=POINTS)
    forest(axes[2], {"outputs that\nchange\n": "C30-others"}, verdicts, color=ORANGE)
    axes[2].set(title="The other experts", xlabel="Outputs that differ")
    draw.note(figure, table, NOTE, arms=("arm", "experts"), intervals=SQUARES)
    return figure


def _others(table: Table, column: str) -> Values:
    kept = tuple(name for name in MECHANISMS if name != OLD)
    return read("competing", column, kept)(table)
