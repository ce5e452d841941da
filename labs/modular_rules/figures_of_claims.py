"""Who has the lower loss, by how much, and who wins more settings: by the claims."""

from typing import TYPE_CHECKING, Any

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE
from labs.kit.layout import mosaic
from labs.kit.table import Table
from labs.modular_rules.figure import COLORS, DOTS, GREEN, PINK, WHERE, claims, finished
from labs.modular_rules.grid import MODELS, SWITCH
from labs.modular_rules.measures import wins
from labs.modular_rules.published import GT, JOINT, MONOLITHIC, OP, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEADERS = {  # by claim, in whose colour it is drawn
    "7-gt": COLORS[GT],
    "7-op": COLORS[OP],
    "4": COLORS[JOINT],
    "S-loss": COLORS[SWITCH],
    "2": COLORS[JOINT],
    "2-gap": COLORS[JOINT],
    **dict.fromkeys(("3-many", "3-mlp", "3-mha", "3-rnn", "1", "8", "state"), GREEN),
    **dict.fromkeys(("6-mlp", "6-mha", "6-rnn", "6-grow"), PINK),
}
LEAD = "Lead (octaves: 1 is half the loss)"
GROWTH = "Growth of the lead (octaves)"
STEPS = {  # from one model to the next
    "told the rule, over a router\nthat sees it alone": "7-gt",
    "router that sees the rule\nalone, over one that sees all": "7-op",
    "modules and router,\nover one network": "4",
}


def answer(table: Table, verdicts: VerdictsById) -> "Figure":
    """What telling modules apart is worth, whether it is worth more with more rules, and how far
    trained routers are from it."""
    figure, axes = mosaic("AB;AC", width=12.0, height=6.4)
    claims(axes[0], STEPS, LEADERS, verdicts)
    axes[0].set(title="Whose loss is lower?", xlabel=LEAD)
    rows = {
        "MLP": "3-mlp",
        "MHA": "3-mha",
        "RNN": "3-rnn",
        "all, out of\ndistribution": "6-grow",
    }
    claims(axes[1], rows, LEADERS, verdicts)
    axes[1].set(title="Does the lead of told modules grow?", xlabel=GROWTH)
    claims(axes[2], {"both kinds of\nrouter": "12-far"}, {}, verdicts, most=1)
    axes[2].set(title="How far from perfect are routers?")
    axes[2].set(xlabel="Alignment (0: perfect, 1: random use)")
    axes[2].axvline(1, color=draw.GREY, linestyle=":")
    return finished(figure, table, NOTE, intervals=DOTS)


def leads(table: Table, verdicts: VerdictsById) -> "Figure":
    """Leads in loss: with many rules, by how much they grow, and out of distribution."""
    figure, axes = mosaic("AB;AC", width=12.4, height=7.4)
    rows = {
        "GT-Modular and Modular-op\nover the others, many rules": "3-many",
        "GT-Modular over\nModular-op, many rules": "7-gt",
        "Modular-op over\nModular, many rules": "7-op",
        "Modular over\nMonolithic, all": "4",
        "that less GT-Modular\nover Modular, all": "4-margin",
        "Switch over\nModular, many rules": "S-loss",
    }
    claims(axes[0], rows, LEADERS, verdicts)
    axes[0].set(title="Leads in distribution", xlabel=LEAD)
    rows = {
        "GT-Modular, MLP": "3-mlp",
        "GT-Modular, MHA": "3-mha",
        "GT-Modular, RNN": "3-rnn",
        "RNN, equal states": "state",
        "best to worst": "5",
    }
    claims(axes[1], rows, LEADERS, verdicts)
    axes[1].set(title="From fewest to most rules", xlabel=GROWTH)
    rows = {
        "MLP, many rules": "6-mlp",
        "MHA, many rules": "6-mha",
        "RNN, many rules": "6-rnn",
        "growth with rules": "6-grow",
    }
    claims(axes[2], rows, LEADERS, verdicts)
    axes[2].set(title="GT-Modular out of distribution", xlabel=LEAD)
    return finished(figure, table, NOTE, intervals=DOTS)


def wins_by_model(table: Table, verdicts: VerdictsById) -> "Figure":
    """Settings won, among the paper's four models and head to head."""
    figure, axes = draw.figure(3, 1, width=4.3, height=4.0)
    titles = ("Settings won, of four", "Settings won, head to head")
    for ax, models, title in zip(axes, (PAPER, (JOINT, MONOLITHIC)), titles, strict=False):
        _won(ax, table, models)
        ax.set(title=title, xlabel="Settings of a task (%)")
    rows = {
        "GT-Modular less\nthe next": "1",
        "Modular, head\nto head": "2",
        "the same: no\nhuge gap": "2-gap",
    }
    claims(axes[2], rows, LEADERS, verdicts)
    axes[2].set(title="In distribution", xlabel="Share of the settings of a task")
    bars = "bars at the left are 95 % t intervals"
    return finished(figure, table, NOTE, intervals=bars)


def _won(ax: "Axes", table: Table, models: tuple[str, ...]) -> None:
    for place, (column, label) in enumerate(WHERE.items()):
        won = {MODELS[m]: wins(table, m, models, column) for m in models}
        shares = {m: {task: 100 * v for task, v in own.items()} for m, own in won.items()}
        style: dict[str, Any] = {"marker": "oD"[place], "offset": 0.24 * (place - 0.5)}
        ax.plot([], [], "oD"[place], color=draw.GREY, label=label)
        draw.dots(ax, shares, color=[COLORS[m] for m in models], **style)
    ax.grid(axis="y", visible=False)
    if not table:
        draw.legend(ax)
