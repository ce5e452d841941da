"""Tasks of two skills: which skills were found, and what they are worth."""

from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table
from labs.routing.figure import BLUE, GREEN, ORANGE, PINK, SKY
from labs.routing.grid import SHARERS, SHOTS, SKILLS
from labs.routing.measures import f1, matched, sharer, skill_column
from labs.routing.pairs import split, truth
from labs.routing.published import RECOVERED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OF_SHARERS = dict(zip(SHARERS, (GREEN, BLUE, ORANGE, SKY, PINK), strict=True))


def skills(table: Table, verdicts: VerdictsById) -> "Figure":
    """The true skills of the seen pairs and those that Polytropon found, in one replicate; how well
    the two agree; accuracy of seen pairs, and of unseen ones before and after their examples."""
    figure, axes = draw.figure(3, 2, width=5.0, height=4.0)
    found = skill_column(table, "polytropon", "z")
    replicate = min(found, default=0)
    pairs, _ = split(replicate)
    true = truth(pairs)
    _matrix(axes[0], true, pairs)
    axes[0].set(title=f"True skills of the seen pairs, replicate {replicate}")
    _found(axes[1], found.get(replicate), true, pairs)
    axes[1].set(title="Skills that Polytropon found, matched")
    _agreement(axes[2], table)
    for ax, column, title in (
        (axes[3], "seen", "Pairs that were trained on"),
        (axes[4], "zero", "Unseen pairs, before examples"),
        (axes[5], "unseen", f"Unseen pairs, after {SHOTS} examples"),
    ):
        _accuracies(ax, table, column)
        ax.set(title=title)
    draw.note(figure, table, "Blue: 1, white: 0. Dotted: frozen base; of F1, what was foretold.")
    return figure


def _matrix(ax: "Axes", values: Any, pairs: Any) -> None:
    ax.imshow(values, vmin=0, vmax=1, cmap="Blues", aspect="auto")
    ax.set_xticks(range(len(SKILLS)), SKILLS, rotation=30, ha="right", fontsize=8)
    ax.set_yticks(range(len(pairs)), [" + ".join(pair) for pair in pairs], fontsize=8)
    ax.grid(visible=False)


def _found(ax: "Axes", z: Any, true: Any, pairs: Any) -> None:
    if z is None:
        draw.legend(ax)
        return
    columns = matched(z, true)
    _matrix(ax, np.asarray(z)[:, columns], pairs)
    ax.set_xticks(range(len(SKILLS)), [f"module {own + 1}" for own in columns])


def _agreement(ax: "Axes", table: Table) -> None:
    groups = {"after\ntraining": f1(table), "before": f1(table, "z_before")}
    if any(groups.values()):
        draw.dots(ax, groups, color=[BLUE, draw.GREY])
        ax.axvline(RECOVERED, color=draw.GREY, linestyle=":", linewidth=1.2)
        ax.grid(axis="y", visible=False)
    else:
        draw.legend(ax)
    ax.set(title="Found and true skills", xlabel="F1 after matching", xlim=(0, 1.02))


def _accuracies(ax: "Axes", table: Table, column: str) -> None:
    groups = {label: sharer(table, name, column) for name, label in SHARERS.items()}
    shades = [*OF_SHARERS.values()]
    if column == "unseen" and any(groups.values()):
        groups["Polytropon,\nnew row of Z alone"] = sharer(table, "polytropon", "routed")
        shades.append(BLUE)
    if any(groups.values()):
        draw.dots(ax, groups, color=shades)
        ax.grid(axis="y", visible=False)
    else:
        draw.legend(ax)
    of_base = ("told", "untaught") if column == "seen" else ("private", "zero")
    base = [*sharer(table, *of_base).values()]
    if base:
        ax.axvline(float(np.mean(base)), color=draw.GREY, linestyle=":", linewidth=1.2)
    ax.set(xlabel="Test accuracy (%)")
