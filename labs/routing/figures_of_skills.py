"""Tasks of two skills: which skills were found, and what they are worth."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.routing.grid import SHARERS, SHOTS, SKILLS
from labs.routing.looks import BLUE, GREEN, ORANGE, PINK, SKY, dotted, zero
from labs.routing.measures import f1, matched, sharer, skill_column
from labs.routing.pairs import split, truth

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OF_SHARERS = dict(zip(SHARERS, (GREEN, BLUE, ORANGE, SKY, PINK), strict=True))
LEADS = {  # of rows: claim, colour
    "skills found, over a\nmodule for each\n": ("C14-private", BLUE),
    "skills found, over\none for all\n": ("C14-shared", BLUE),
    "skills found, over\none wide for all\n": ("C14-wide", BLUE),
    "skills told, over a\nmodule for each\n": ("C14-told", GREEN),
    "seen pairs: found, over\nthe next pair's\n": ("N-crossed", BLUE),
}


def skills(table: Table, verdicts: VerdictsById) -> "Figure":
    """The true skills of the seen pairs and those that Polytropon found, in one replicate; how well
    the two agree; and how much training adds to that."""
    figure, axes = draw.figure(2, 2, width=6.0, height=4.2)
    found = skill_column(table, "polytropon", "z")
    replicate = min(found, default=0)
    pairs, _ = split(replicate)
    true = truth(pairs)
    _matrix(axes[0], true, pairs)
    axes[0].set(title=f"True skills, replicate {replicate}", xlabel="Skill")
    _found(axes[1], found.get(replicate), true, pairs)
    axes[1].set(title="Skills that were found", xlabel="Module, matched to a skill")
    rows: dict[str, str | Values] = {"after training\n": "C14-f1", "before": f1(table, "z_before")}
    axes[2].set_xlim(0, 1)
    forest(axes[2], rows, verdicts, color=(BLUE, draw.GREY))
    axes[2].set(title="Found and true agree", xlabel="F1 after matching (1: the same)")
    forest(axes[3], {"after over\nbefore\n": "N-f1"}, verdicts, color=BLUE)
    zero(axes[3])
    axes[3].set(title="What training adds", xlabel="Difference of F1")
    text = f"(a), (b): blue 1, white 0. {NOTE}"
    draw.note(figure, table, text, intervals=ARMS)
    return figure


def _matrix(ax: "Axes", values: Any, pairs: Any) -> None:
    ax.imshow(values, vmin=0, vmax=1, cmap="Blues", aspect="auto")
    ax.set_xticks(range(len(SKILLS)), SKILLS, fontsize=9)
    ax.set_yticks(range(len(pairs)), [" + ".join(pair) for pair in pairs], fontsize=9)
    ax.grid(visible=False)


def _found(ax: "Axes", z: Any, true: Any, pairs: Any) -> None:
    if z is None:
        draw.legend(ax)
        return
    columns = matched(z, true)
    _matrix(ax, np.asarray(z)[:, columns], pairs)
    ax.set_xticks(range(len(SKILLS)), [str(own + 1) for own in columns])


def pairs(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy of seen pairs of skills, and of unseen ones before and after their examples, by how
    modules are shared; and who is ahead."""
    figure, axes = draw.figure(2, 2, width=6.2, height=4.4)
    for ax, column, title in (
        (axes[0], "seen", "Pairs that were trained on"),
        (axes[1], "zero", "Unseen pairs, before examples"),
        (axes[2], "unseen", f"Unseen pairs, after {SHOTS} examples"),
    ):
        _accuracies(ax, table, column, verdicts)
        ax.set(title=title, xlabel="Test accuracy (%)")
    forest(axes[3], {name: claim for name, (claim, _) in LEADS.items()}, verdicts,
           color=[color for _, color in LEADS.values()])  # fmt: skip
    zero(axes[3])
    axes[3].set(title="Who is ahead", xlabel="Points of accuracy")
    draw.note(figure, table, f"Dotted: frozen base. {NOTE}", intervals=ARMS)
    return figure


def _accuracies(ax: "Axes", table: Table, column: str, verdicts: VerdictsById) -> None:
    rows: dict[str, str | Values] = {
        label: sharer(table, name, column) for name, label in SHARERS.items()
    }
    shades = [*OF_SHARERS.values()]
    if not any(rows.values()):
        draw.legend(ax)
        return
    more = {"unseen": ("new row of Z alone", "routed"), "seen": ("the next pair's row", "crossed")}
    if column in more:
        name, own = more[column]
        rows[f"Polytropon,\n{name}"] = sharer(table, "polytropon", own)
        shades.append(BLUE)
    of_base = ("told", "untaught") if column == "seen" else ("private", "zero")
    if base := [*sharer(table, *of_base).values()]:
        dotted(ax, float(np.mean(base)))
    forest(ax, rows, verdicts, color=shades)
    ax.tick_params(axis="y", labelsize=10)
