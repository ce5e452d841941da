"""How experts are used by router: collapse, specialisation and unrest."""

from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.routing.grid import ROUTERS
from labs.routing.looks import BEFORE, BLUE, ORANGE, by_router, color_of, zero
from labs.routing.measures import FOUR, MANY, Arm
from labs.routing.meters import churn, idle, meter, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WITHOUT = ("one", "oracle")  # that have no choice
USE = {"Switch, by training\n": "C11-collapse", "Switch, by lack\nof balancing\n": "C11-uneven"}
CHURNS = {  # claim: whose colour
    "REINFORCE over\nGumbel\n": "C11-churn-reinforce",
    "Gumbel over\ndense mixture\n": "C11-churn-gumbel",
}


def collapse(table: Table, verdicts: VerdictsById) -> "Figure":
    """How unevenly 8 experts of a block are used, by router, before and after training; what
    training and balancing change; and experts without any input."""
    figure, axes = draw.figure(3, 2, width=5.4, height=4.4)
    _meter(axes[0], table, "collapse", MANY, verdicts, {"switch-balanced": "C11-balanced"})
    axes[0].set(title="Collapse-Avg", xlabel="Use that experts miss (1: all but one)")
    _meter(axes[1], table, "worst", MANY, verdicts, {})
    axes[1].set(title="Collapse-Worst", xlabel="Use that the least used one misses (share)")
    forest(axes[2], USE, verdicts, color=color_of("switch"))
    zero(axes[2])
    axes[2].set(title="Collapse-Avg rises", xlabel="Difference of use that is missed")
    counts = {name: idle(table, name) for name in ("switch", "switch-balanced")}
    before = {name: idle(table, name, before=True) for name in counts}
    by_router(axes[3], counts, verdicts, before=before)
    axes[3].set(title="Experts without input", xlabel=f"Experts, of {MANY} in each of 3 blocks")
    forest(axes[4], {"no balancing\nover balanced\n": "C11-idle"}, verdicts, color=ORANGE)
    zero(axes[4])
    axes[4].set(title="More experts without input", xlabel="Experts")
    forest(axes[5], {"Switch,\nno balancing\n": "C11-dead"}, verdicts, color=ORANGE)
    axes[5].set(title="Some expert without input", xlabel="Share of replicates")
    draw.note(figure, table, f"{BEFORE} {NOTE}", intervals=ARMS)
    return figure


def specialisation(table: Table, verdicts: VerdictsById) -> "Figure":
    """What an expert tells of the domain, and how far experts are from one for each domain, by
    router, before and after training."""
    figure, axes = draw.figure(2, width=6.4, height=5.8)
    best = {"best learned router\n": "C12-nmi"}
    _meter(axes[0], table, "nmi", FOUR, verdicts, {"hash": "N-hash"}, best)
    axes[0].set(title="Specialisation", xlabel="Normalised mutual information (0 to 1)")
    _meter(axes[1], table, "alignment", FOUR, verdicts, {})
    axes[1].set(title="Alignment", xlabel="Distance from an expert for each (0 to 1)")
    draw.note(figure, table, f"{BEFORE} {NOTE}", intervals=ARMS)
    return figure


def unrest(table: Table, verdicts: VerdictsById) -> "Figure":
    """How many choices change between two looks in training, how far replicates lie apart, by
    router, and claims of both."""
    figure, axes = draw.figure(2, 2, width=6.4, height=4.6)
    by_router(axes[0], {name: churn(table, name) for name in ROUTERS}, verdicts)
    axes[0].set(title="Churn", xlabel="Choices that change between two looks (share)")
    others = [name for name in ROUTERS if name != "oracle"]
    by_router(axes[1], {name: spread(table, name) for name in others}, verdicts)
    axes[1].set(title="Spread", xlabel="Points from the median distance to the oracle")
    forest(axes[2], CHURNS, verdicts, color=BLUE)
    zero(axes[2])
    axes[2].set(title="More churn", xlabel="Difference of shares")
    forest(axes[3], {"REINFORCE over\ntwice Gumbel\n": "C11-spread"}, verdicts, color=BLUE)
    zero(axes[3])
    axes[3].set(title="More spread", xlabel="Points")
    draw.note(figure, table, NOTE, intervals=ARMS)
    return figure


def _meter(
    ax: "Axes",
    table: Table,
    name: str,
    experts: int,
    verdicts: VerdictsById,
    claims: dict[str, str],
    more: dict[str, str] | None = None,
) -> None:
    arms = {router: Arm(router, experts) for router in ROUTERS if router not in WITHOUT}
    after: dict[str, Values] = {router: meter(table, name, arm) for router, arm in arms.items()}
    before = {router: meter(table, name, arm, before=True) for router, arm in arms.items()}
    ax.set_xlim(-0.03, 1.03)
    by_router(ax, after, verdicts, claims=claims, before=before, more=more)
