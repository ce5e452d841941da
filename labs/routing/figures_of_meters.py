"""How experts are used, by router, and where routers stand."""

from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.routing.figure import BLUE, GREEN, ORANGE, PINK, colors
from labs.routing.grid import FACTORED, GRAINS, LEVELLED, LEVELS, NEW, ROUTERS, STARTED
from labs.routing.measures import MANY, Arm, accuracy, factored, of
from labs.routing.meters import churn, gap, meter, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = {  # title, experts, what the axis says
    "worst": ("Collapse-Worst, 8 experts", MANY, "1: an expert is never used"),
    "collapse": ("Collapse-Avg, 8 experts", MANY, "Use that experts miss (1: all but one)"),
    "nmi": ("Specialisation, 4 experts", 4, "NMI of domain and expert"),
    "alignment": ("Alignment, 4 experts", 4, "Distance from an expert for each domain"),
}
LOOKS = {"gumbel": (BLUE, "o"), "switch-balanced": (ORANGE, "s")}
WITHOUT = ("one", "oracle")  # that have no choice


def meters(table: Table, verdicts: VerdictsById) -> "Figure":
    """Collapse, specialisation and unrest by router, where labels conflict, each beside its value
    before training."""
    figure, axes = draw.figure(3, 2, width=5.2, height=4.6)
    for ax, (name, (title, experts, label)) in zip(axes[:4], PANELS.items(), strict=True):
        _meter(ax, table, name, experts)
        ax.set(title=title, xlabel=label, xlim=(-0.04, 1.04))
    changing = {name: churn(table, name) for name in ROUTERS}
    _dots(axes[4], changing)
    axes[4].set(title="Churn", xlabel="Share of choices that change")
    spreading = {name: spread(table, name) for name in ROUTERS if name != "oracle"}
    _dots(axes[5], spreading)
    axes[5].set(title="Spread, behind the oracle", xlabel="Points from the median")
    draw.note(figure, table, "Crosses: before training. Grey: fixed; blue: hard; orange: soft.")
    return figure


def _meter(ax: "Axes", table: Table, name: str, experts: int) -> None:
    arms = {router: Arm(router, experts) for router in ROUTERS if router not in WITHOUT}
    after = {router: meter(table, name, arm) for router, arm in arms.items()}
    before = {router: meter(table, name, arm, before=True) for router, arm in arms.items()}
    shown = {router: own for router, own in after.items() if own}
    _dots(ax, shown)
    for place, router in enumerate(shown):
        values = [*before[router].values()]
        ax.plot(sum(values) / len(values), place + 0.28, "x", color=draw.GREY, markersize=6)


def _dots(ax: "Axes", groups: dict[str, Values]) -> None:
    shown = {name: own for name, own in groups.items() if own}
    if shown:
        names = tuple(shown)
        draw.dots(ax, {ROUTERS[name]: own for name, own in shown.items()}, color=colors(names))
        ax.grid(axis="y", visible=False)
    else:
        draw.legend(ax)


def levels(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy and specialisation by level and grain, one factor and two, few examples, and a new
    expert's starts."""
    figure, axes = draw.figure(3, 2, width=5.0, height=4.2)
    places = [(level, grain) for level in LEVELS for grain in GRAINS]
    for router in LEVELLED:
        arms = {f"{lv}, {gr}": Arm(router, level=lv, grain=gr) for lv, gr in places}
        _pair(axes[0], router, {name: accuracy(table, arm) for name, arm in arms.items()})
        _pair(axes[1], router, {name: meter(table, "nmi", arm) for name, arm in arms.items()})
        _factored(axes[2], table, router, ("factor",))
        _factored(axes[3], table, router, ("factors", "four"))
        _pair(axes[4], router, {grain: gap(table, router, grain) for grain in GRAINS})
    _starts(axes[5], table)
    titles = (
        ("Level and grain", "Test accuracy (%)"),
        ("Level and grain", "NMI of domain and expert"),
        ("One factor, two experts", "Test accuracy (%)"),
        ("Two factors crossed, four domains without; two experts", "Test accuracy (%)"),
        ("300 examples, by grain", "Points of training over test accuracy"),
    )
    for ax, (title, label) in zip(axes, titles, strict=False):
        ax.set(title=title, xlabel=label)
        ax.grid(axis="y", visible=False)
        if ax is axes[0] or not ax.lines:
            draw.legend(ax, fontsize=8)
    draw.note(figure, table, "Labels conflict, but for new experts.")
    return figure


def _factored(ax: "Axes", table: Table, router: str, of_each: tuple[str, ...]) -> None:
    groups = {
        f"{domains}, {level}": factored(table, router, domains, level)
        for domains in of_each
        for level in FACTORED
    }
    _pair(ax, router, groups)


def _pair(ax: "Axes", router: str, groups: dict[str, Values]) -> None:
    shown = {name: own for name, own in groups.items() if own}
    color, marker = LOOKS[router]
    offset = 0.14 if router == LEVELLED[0] else -0.14
    if shown:
        label = ROUTERS[router]
        draw.dots(ax, shown, color=color, marker=marker, label=label, offset=offset)


def _starts(ax: "Axes", table: Table) -> None:
    arm = Arm("oracle", labels="shared", question="starts")
    looks = {"from_mean": ("mean of trained", GREEN), "from_random": ("chance", PINK)}
    for name, (label, color) in looks.items():
        curves = of(table, name, arm)
        if curves:
            steps = STARTED[: len(next(iter(curves.values())))]
            draw.band(ax, steps, curves, label=label, color=color, marker="o", markersize=3)
    ax.set(title=f"A new expert in {NEW}, by its start", xlabel="Training steps")
    ax.set(ylabel="Test accuracy (%)")
    draw.legend(ax, loc="lower right")
