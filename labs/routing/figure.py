"""What a router is, by the run's own signals and choices; and accuracies by router."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.data.signals import draw as draw_signals
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.table import Table
from labs.nn.metrics import matching
from labs.routing.grid import DOMAINS, ROUTERS
from labs.routing.looks import CHANCE, OF_DOMAINS, RED, by_router, color_of, dotted, zero
from labs.routing.measures import FOUR, Arm, accuracy, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAPS = ("oracle", "hash", "gumbel", "switch")  # routers whose choices are shown
DIGIT = 5
LEADS = {  # of rows: claim, and whose colour
    "one for each domain, over\nthe best learned router\n": ("C12-best", "oracle"),
    "one for each domain, over\nthe best that is told names\n": ("C12-named", "oracle"),
    "classifier, over the\nbest learned router\n": ("C12-taught-best", "taught"),
    "classifier, over\none wide expert\n": ("C12-taught-one", "taught"),
    "one for each domain,\nover one wide expert\n": ("C24-modular", "oracle"),
}
OVER_ONE = {
    "labels conflict\n": "C24-modular",
    "labels conflict,\n10 points\n": "C24-ten",
    "labels agree,\na tie\n": "C24-tie",
}


def learned(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy by router where labels of domains conflict; and who is ahead of whom."""
    figure, axes = draw.figure(2, width=6.4, height=6.0)
    found = {name: accuracy(table, Arm(name)) for name in ROUTERS}
    dotted(axes[0])
    _line(axes[0], found["oracle"])
    by_router(axes[0], found, verdicts)
    axes[0].set(title="Four domains, labels conflict", xlabel="Test accuracy (%)")
    rows_ = {name: claim for name, (claim, _) in LEADS.items()}
    colors = [color_of(router) for _, router in LEADS.values()]
    forest(axes[1], rows_, verdicts, color=colors)
    zero(axes[1])
    axes[1].set(title="Who is ahead", xlabel="Points of accuracy")
    text = f"Dashed: one expert for each domain. Dotted: chance. {NOTE}"
    draw.note(figure, table, text, intervals=ARMS)
    return figure


def _line(ax: "Axes", values: Mapping[int, float]) -> None:
    if values:
        mean = float(np.mean([*values.values()]))
        ax.axvline(mean, color=draw.GREY, linestyle="--", linewidth=1.2)


def labels(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy by router where labels of domains agree; and the lead of one expert for each domain
    over one wide expert, where they conflict and where they agree."""
    figure, axes = draw.figure(2, width=6.2, height=4.2)
    found = {name: accuracy(table, Arm(name, labels="shared")) for name in ROUTERS}
    before = [*accuracy(table, Arm("oracle", labels="shared"), "before").values()]
    dotted(axes[0], float(np.mean(before)) if before else CHANCE)
    _line(axes[0], found["oracle"])
    by_router(axes[0], found, verdicts)
    axes[0].set(title="Four domains, labels agree", xlabel="Test accuracy (%)")
    forest(axes[1], OVER_ONE, verdicts, color=color_of("oracle"))
    zero(axes[1])
    axes[1].set(title="An expert for each over one wide", xlabel="Points of accuracy")
    text = f"Dashed: one expert for each domain. Dotted: without experts. {NOTE}"
    draw.note(figure, table, text, intervals=ARMS)
    return figure


def block(table: Table, verdicts: VerdictsById) -> "Figure":
    """One digit in four domains; and a block with experts and a router."""
    figure, axes = draw.figure(2, width=4.7, height=3.6)
    _signals(axes[0])
    _scheme(axes[1])
    draw.note(figure, table, intervals="no results are shown here")
    return figure


def maps(table: Table, verdicts: VerdictsById) -> "Figure":
    """How often four routers send the domains' signals to each expert of the last block, in the
    first replicate."""
    figure, axes = draw.figure(2, 2, width=5.2, height=3.6)
    for ax, name in zip(axes, MAPS, strict=True):
        _map(ax, table, name)
    text = "Experts are in the order that fits the domains best."
    draw.note(figure, table, text, intervals="the first one is shown")
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
    ax.set(title="In every block", xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


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
    ax.set(xlabel="Expert", ylabel="Domain of a signal")


def _ordered(use: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    first = [int(module) for module in matching(use) if module >= 0]
    rest = [module for module in range(use.shape[1]) if module not in first]
    return use[:, [*first, *rest]]
