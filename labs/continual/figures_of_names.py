"""What a task's name is worth: who knows it, who infers it, and what is left without it."""

from typing import TYPE_CHECKING

from labs.continual.grid import FROZEN
from labs.continual.looks import BLUE, CHANCE, COLORS, PINK, by_method, dotted
from labs.continual.measures import acc, listed, of, old
from labs.continual.published import CHANCE_OF_NAME
from labs.continual.shown import LABELS, measured
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ASKED = {  # a name that a network is asked under: colour, and what a legend says
    "known": (BLUE, "o", "its own"),
    "inferred": (PINK, "^", "inferred from 16 signals"),
    "shuffled": (draw.GREY, "X", "the next task's"),
}
NAMED = {  # sequences, in which SupSup names tasks
    "domains\n": "C25-names-domains",
    "classes\n": "C25-names-classes",
    "permutations\n": "C25-names-alike",
}
SHARED = ("full", "lora")  # one set of numbers for all tasks


def names(table: Table, verdicts: VerdictsById) -> "Figure":
    """Domains by the name that a network is asked under; permutations under the next one's name;
    and how often SupSup names the task right."""
    figure, axes = draw.figure(3, width=5.2, height=4.6)
    _asked(axes[0], table)
    axes[1].set_xlim(0, 12)
    by_method(axes[1], {name: f"C25-wrong-{name}" for name in FROZEN}, verdicts)
    dotted(axes[1], CHANCE["permutations"])
    axes[1].set(title="Permutations, next task's name", xlabel="Test accuracy (%)")
    forest(axes[2], NAMED, verdicts, color=COLORS["supsup"])
    dotted(axes[2], CHANCE_OF_NAME)
    axes[2].set(title="SupSup names the task", xlabel="Batches named right (%)")
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals="bars of (a) 95 %")
    return figure


def _asked(ax: "Axes", table: Table) -> None:
    methods = [m for m in FROZEN if of(table, "shuffled", m, "domains")]
    for place, (name, (color, marker, label)) in enumerate(ASKED.items()):
        groups = {LABELS[m]: _under(table, m, name) for m in methods}
        if groups:
            offset = 0.25 * place - 0.25
            draw.dots(ax, groups, color=color, marker=marker, label=label, offset=offset)
    if methods:
        dotted(ax, CHANCE["domains"])
        ax.set_xlim(-3, 103)
    ax.grid(axis="y", visible=False)
    ax.set(title="Domains, by the name asked under", xlabel="Test accuracy (%)")
    draw.legend(ax, loc="upper center", bbox_to_anchor=(0.3, -0.14), ncols=3, columnspacing=1)


def _under(table: Table, method: str, name: str) -> Values:
    return acc(table, method, "domains") if name == "known" else listed(
        table, name, method, "domains"
    )  # fmt: skip


def classes(table: Table, verdicts: VerdictsById) -> "Figure":
    """What is left of old pairs of classes: between a task's own two answers, among all ten, and
    with the network inferred."""
    figure, axes = draw.figure(3, width=5.2, height=4.4)
    titles = ("Between the task's two answers", "Among all ten answers", "Network inferred, of ten")
    for ax, name, title, chance in zip(axes, ("matrix", "open", "inferred"), titles, (50, 10, 10),
                                       strict=True):  # fmt: skip
        ax.set_xlim(-3, 103)
        _old(ax, table, name, verdicts)
        dotted(ax, chance)
        ax.set(title=title, xlabel="Test accuracy on old pairs (%)")
    axes[2].set_xlabel("Test accuracy on all pairs (%)")
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals=ARMS)
    return figure


def _old(ax: "Axes", table: Table, name: str, verdicts: VerdictsById) -> None:
    claimed = {"matrix": "C25-masked", "open": "C25-open"}.get(name)
    rows: dict[str, str | Values] = {}
    for method in measured(table):
        if not claimed:
            rows[method] = listed(table, name, method, "classes")
        elif values := old(table, method, "classes", name):
            rows[method] = f"{claimed}-{method}" if method in SHARED else values
    by_method(ax, rows, verdicts)
