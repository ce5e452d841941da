"""What a router is, by the run's own signals and choices, and accuracies by router."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.data.signals import draw as draw_signals
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.table import Table
from labs.nn.metrics import matching
from labs.routing.grid import DOMAINS, FIXED, HARD, LABELS, ROUTERS, SOFT
from labs.routing.measures import FOUR, Arm, accuracy, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
KINDS = {"fixed": (FIXED, draw.GREY), "hard": (HARD, BLUE), "soft": (SOFT, ORANGE)}
OF_DOMAINS = dict(zip(DOMAINS, (BLUE, ORANGE, GREEN, PINK), strict=True))
MAPS = ("oracle", "hash", "gumbel", "switch")  # routers whose choices are shown
DIGIT = 5


def routing(table: Table, verdicts: VerdictsById) -> "Figure":
    """One digit in four domains; a block with experts and a router; and how often four routers send
    the domains' signals to each expert of the last block, in the first replicate."""
    figure, axes = draw.figure(3, 2, width=4.7, height=3.6)
    _signals(axes[0])
    _scheme(axes[1])
    for ax, name in zip(axes[2:], MAPS, strict=True):
        _map(ax, table, name)
    draw.note(figure, table, "Experts are in the order that fits the domains best.")
    return figure


def _signals(ax: "Axes") -> None:
    for place, (name, color) in enumerate(OF_DOMAINS.items()):
        own = draw_signals(name, 0, 100, "routing: shown")
        shown = own.x[np.flatnonzero(own.y == DIGIT)[0]]
        ax.plot(shown / np.abs(shown).max() - 2.4 * place, color=color)
    ax.set_yticks([-2.4 * place for place in range(len(DOMAINS))], DOMAINS)
    ax.set(title=f"One digit, a {DIGIT}, in four domains", xlabel="Sample")
    ax.set(ylabel="Signal, each to its own scale")
    ax.grid(visible=False)


def _scheme(ax: "Axes") -> None:
    def box(x: float, y: float, text: str, color: str, width: float = 0.15) -> None:
        style = {"boxstyle": "round,pad=0.35", "facecolor": color, "alpha": 0.25}
        ax.text(x, y, text, ha="center", va="center", fontsize=9, bbox=style)

    def arrow(start: tuple[float, float], end: tuple[float, float], **how: Any) -> None:
        shape = {"arrowstyle": "->", "color": "#555555", "shrinkA": 0, "shrinkB": 0} | how
        ax.annotate("", end, start, arrowprops=shape)

    box(0.12, 0.5, "tokens of\na signal", draw.GREY)
    box(0.5, 0.9, "feedforward layer (frozen)", draw.GREY)
    box(0.34, 0.1, "router\n$r(x)$", RED)
    heights = np.linspace(0.72, 0.3, FOUR)
    for height, (name, color) in zip(heights, OF_DOMAINS.items(), strict=True):
        box(0.58, height, f"expert {list(OF_DOMAINS).index(name) + 1}", color)
        arrow((0.22, 0.5), (0.48, height))
        arrow((0.68, height), (0.82, 0.5))
        arrow((0.41, 0.12), (0.54, height - 0.05), color=RED, linestyle=":")
    arrow((0.17, 0.58), (0.29, 0.87))
    arrow((0.71, 0.87), (0.86, 0.56))
    arrow((0.15, 0.42), (0.28, 0.16))
    box(0.87, 0.5, "+", draw.GREY)
    ax.text(0.66, 0.1, "gates", color=RED, fontsize=9)
    ax.set(title="In every block", xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()


def _map(ax: "Axes", table: Table, name: str) -> None:
    found = rows(table, Arm(name))
    own = found[min(found)]["chosen"][-1] if found else None
    ax.set(title=ROUTERS[name])
    ax.grid(visible=False)
    if own is None:
        draw.legend(ax)
        return
    use = _ordered(np.asarray(own))
    ax.imshow(use, vmin=0, vmax=1, cmap="Blues", aspect="auto")
    for (row, column), share in np.ndenumerate(use):
        color = "white" if share > 0.6 else "black"
        ax.text(column, row, f"{share:.2f}", ha="center", va="center", color=color, fontsize=9)
    ax.set_xticks(range(use.shape[1]), [str(expert + 1) for expert in range(use.shape[1])])
    ax.set_yticks(range(len(DOMAINS)), DOMAINS)
    ax.set(xlabel="Expert (share of signals that are sent there)")


def _ordered(use: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    first = [int(module) for module in matching(use) if module >= 0]
    rest = [module for module in range(use.shape[1]) if module not in first]
    return use[:, [*first, *rest]]


def accuracies(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy by router, where labels of domains conflict and where they do not; beside it what
    the untrained experts, which add nothing, read."""
    figure, axes = draw.figure(len(LABELS), width=6.0, height=6.4)
    for ax, label in zip(axes, reversed(LABELS), strict=True):
        _accuracies(ax, table, label)
    text = "Grey: fixed; blue: hard; orange: soft. Dashed: oracle. Dotted: before training."
    draw.note(figure, table, text)
    return figure


def _accuracies(ax: "Axes", table: Table, label: str) -> None:
    groups = {ROUTERS[name]: accuracy(table, Arm(name, labels=label)) for name in ROUTERS}
    if any(groups.values()):
        draw.dots(ax, groups, color=colors(ROUTERS))
        _line(ax, accuracy(table, Arm("oracle", labels=label)), "--")
        _line(ax, accuracy(table, Arm("oracle", labels=label), "before"), ":")
        ax.grid(axis="y", visible=False)
    else:
        draw.legend(ax)
    meaning = {"conflict": "labels conflict", "shared": "labels agree"}[label]
    ax.set(title=f"Four domains, {meaning}", xlabel="Test accuracy (%)")


def _line(ax: "Axes", values: Mapping[int, float], style: str) -> None:
    if values:
        mean = float(np.mean([*values.values()]))
        ax.axvline(mean, color=draw.GREY, linestyle=style, linewidth=1.2)


def colors(names: Mapping[str, str] | tuple[str, ...]) -> list[str]:
    """The colour of each router's kind: fixed, hard or soft."""
    return [next(color for own, color in KINDS.values() if name in own) for name in names]
