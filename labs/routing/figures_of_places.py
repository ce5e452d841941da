"""Where routers stand and what they see: levels and grains, factors, few examples, other ways to
train hard choices, and a new expert's start."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.routing.grid import FACTORED, GRAINS, LEVELLED, LEVELS, NEW, ROUTERS, STARTED
from labs.routing.looks import BLUE, CHANCE, GREEN, PAIRED, PINK, dotted, zero
from labs.routing.measures import Arm, accuracy, factored, of
from labs.routing.meters import gap, meter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHORT = {"gumbel": "Gumbel", "switch-balanced": "Switch"}
IDS = {"gumbel": "gumbel", "switch-balanced": "switch"}
COLORS = [PAIRED[name][0] for name in LEVELLED]
MIXED = {"factors": "two factors", "four": "four domains"}
PLAIN = "argmax, plain gradient"
HARD = {  # arms of hard choices of all blocks at once: router, grain
    f"{PLAIN}\n(signal)": ("argmax", "example"),
    "REINFORCE\n(signal)": ("reinforce", "example"),
    "Gumbel\n(signal)": ("gumbel", "example"),
    f"{PLAIN}\n(told the domain)": ("argmax", "task"),
    "evolution\n(told the domain)": ("evolution", "task"),
}


def places(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy and specialisation of two routers by level and grain; and what a choice for every
    signal specialises more than one for every token."""
    figure, axes = draw.figure(3, width=5.4, height=5.4)
    spots = [(level, grain) for level in LEVELS for grain in GRAINS]
    for router in LEVELLED:
        arms = {f"{lv}, {gr}": Arm(router, level=lv, grain=gr) for lv, gr in spots}
        _pair(axes[0], router, {name: accuracy(table, arm) for name, arm in arms.items()})
        _pair(axes[1], router, {name: meter(table, "nmi", arm) for name, arm in arms.items()})
    dotted(axes[0])
    _finish(axes[0], "Accuracy", "Test accuracy (%)")
    _finish(axes[1], "Specialisation", "NMI of domain and expert", key=False)
    rows = {f"{SHORT[name]}\n": f"C16-{IDS[name]}" for name in LEVELLED}
    rows |= {f"{SHORT[name]}, by training\n": f"C16-gain-{IDS[name]}" for name in LEVELLED}
    rows["Gumbel, trained\nover untrained\n"] = "N-untrained"
    forest(axes[2], rows, verdicts, color=[*COLORS, *COLORS, COLORS[0]])
    zero(axes[2])
    axes[2].set(title="Signal over token", xlabel="Difference of NMI")
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals="other bars 95 %")
    return figure


def factors(table: Table, verdicts: VerdictsById) -> "Figure":
    """Two experts in each block for one factor, and for two; one choice for all blocks against one
    for each, by two routers that are told the domain."""
    figure, axes = draw.figure(3, width=5.4, height=4.8)
    for router in LEVELLED:
        _factored(axes[0], table, router, {"factor": "one factor"})
        _factored(axes[1], table, router, MIXED)
    _finish(axes[0], "One factor, two domains", "Test accuracy (%)")
    _finish(axes[1], "Four domains", "Test accuracy (%)", key=False)
    rows = {f"one factor, {SHORT[name]}\n": f"C17-one-{IDS[name]}" for name in LEVELLED}
    rows |= {f"two factors, {SHORT[name]}\n": f"C17-two-{IDS[name]}" for name in LEVELLED}
    rows |= {f"two factors over\nfour, {SHORT[name]}\n": f"N-ways-{IDS[name]}" for name in LEVELLED}
    forest(axes[2], rows, verdicts, color=COLORS * 3)
    zero(axes[2])
    axes[2].set(title="Each block over all", xlabel="Points of accuracy")
    draw.note(figure, table, NOTE, intervals="other bars 95 %")
    return figure


def _factored(ax: "Axes", table: Table, router: str, of_each: dict[str, str]) -> None:
    words = {"naive": "all at once", "global": "each block"}
    groups = {
        f"{label},\n{words.get(level, level)}": factored(table, router, domains, level)
        for domains, label in of_each.items()
        for level in FACTORED
    }
    _pair(ax, router, groups)


def few(table: Table, verdicts: VerdictsById) -> "Figure":
    """How much better two routers read 300 training examples than test examples, by what gets a
    choice of its own; and by how much more with a choice for every token."""
    figure, axes = draw.figure(2, width=6.0, height=3.8)
    for router in LEVELLED:
        _pair(axes[0], router, {grain: gap(table, router, grain) for grain in GRAINS})
    _finish(axes[0], "300 examples, a choice for every", "Training over test accuracy (points)")
    rows = {f"{SHORT[name]}\n": f"C11-overfit-{IDS[name]}" for name in LEVELLED}
    forest(axes[1], rows, verdicts, color=COLORS)
    zero(axes[1])
    axes[1].set(title="Token over signal and domain", xlabel="Difference of gaps (points)")
    draw.note(figure, table, NOTE, intervals="other bars 95 %")
    return figure


def _pair(ax: "Axes", router: str, groups: dict[str, Values]) -> None:
    shown = {name: own for name, own in groups.items() if own}
    color, marker = PAIRED[router]
    offset = 0.14 if router == LEVELLED[0] else -0.14
    if shown:
        label = ROUTERS[router]
        draw.dots(ax, shown, color=color, marker=marker, label=label, offset=offset)


def _finish(ax: "Axes", title: str, xlabel: str, *, key: bool = True) -> None:
    ax.set(title=title, xlabel=xlabel)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", labelsize=10)
    if key or not ax.lines:
        under = -0.62 * ax.figure.dpi / ax.bbox.height
        draw.legend(ax, loc="upper left", bbox_to_anchor=(-0.1, under), ncols=2)


def hard(table: Table, verdicts: VerdictsById) -> "Figure":
    """Hard choices of all blocks at once, by how they are trained; and who is ahead of plain
    gradients."""
    figure, axes = draw.figure(2, width=6.2, height=4.2)
    found: dict[str, str | Values] = {
        name: accuracy(table, Arm(router, level="global", grain=grain))
        for name, (router, grain) in HARD.items()
    }
    shades = (draw.GREY, BLUE, BLUE, draw.GREY, BLUE)
    dotted(axes[0])
    forest(axes[0], found, verdicts, color=shades)
    axes[0].set(title="Hard choices, all blocks' at once", xlabel="Test accuracy (%)")
    rows = {
        "REINFORCE\n": "C13-reinforce",
        "Gumbel\n": "C13-gumbel",
        "evolution\n": "C13-evolution",
    }
    forest(axes[1], rows, verdicts, color=BLUE)
    zero(axes[1])
    axes[0].tick_params(axis="y", labelsize=10)
    axes[1].set(title="Over plain gradients", xlabel="Points of accuracy")
    draw.note(figure, table, f"Dotted: chance. {NOTE}", intervals=ARMS)
    return figure


def starts(table: Table, verdicts: VerdictsById) -> "Figure":
    """How fast a new expert learns a new domain, from the mean of trained experts and from chance;
    and the steps that the former takes, relative to the latter."""
    figure, axes = draw.figure(2, width=6.2, height=3.8)
    _starts(axes[0], table)
    rows = {"fewer steps\n": "C24-start", "half of the\nsteps or less\n": "C24-half"}
    forest(axes[1], rows, verdicts, color=GREEN)
    zero(axes[1])
    _as_times(axes[1], (-2, -1, 0, 1))
    axes[1].set(title="Steps to 95 %, mean over chance", xlabel="Ratio of steps (logarithmic)")
    draw.note(figure, table, f"Dotted: chance of ten. {NOTE}", intervals="bands 95 % t intervals")
    return figure


def _as_times(ax: "Axes", ticks: Sequence[int]) -> None:
    low, high = ax.get_xlim()
    ax.set_xticks(ticks, [f"{2.0**tick:g}" for tick in ticks])
    ax.set_xlim(low, high)


def _starts(ax: "Axes", table: Table) -> None:
    arm = Arm("oracle", labels="shared", question="starts")
    looks = {
        "from_mean": ("mean of trained", GREEN, "o", "-"),
        "from_random": ("chance", PINK, "s", "--"),
    }
    for name, (label, color, marker, line) in looks.items():
        curves = of(table, name, arm)
        if curves:
            steps = STARTED[: len(next(iter(curves.values())))]
            draw.band(ax, steps, curves, label=label, color=color, marker=marker, markersize=4,
                      linestyle=line)  # fmt: skip
    ax.set(title=f"A new expert in {NEW}, by its start", xlabel="Training steps", ylim=(0, 100))
    ax.set(ylabel="Test accuracy (%)")
    named(ax)
    ax.axhline(CHANCE, color=draw.GREY, linestyle=":", linewidth=1.2)
