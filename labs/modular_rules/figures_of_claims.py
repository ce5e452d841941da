"""Who has the lower loss, by how much, and who wins more settings: by the claims."""

from typing import TYPE_CHECKING

from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE
from labs.kit.layout import mosaic
from labs.kit.table import Table
from labs.modular_rules.figure import COLORS, DOTS, GREEN, PINK, claims, finished
from labs.modular_rules.grid import SWITCH
from labs.modular_rules.published import ARCHITECTURES, GT, JOINT, OP

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OUT_OF_DISTRIBUTION = [f"{claim}-{key}" for claim in ("6", "6-grow") for key in ARCHITECTURES]
SHADES = {  # by claim, in whose colour it is drawn
    "7-gt": COLORS[GT],
    "7-op": COLORS[OP],
    "4": COLORS[JOINT],
    "8-op": COLORS[OP],
    "8-mod": COLORS[JOINT],
    "S-loss": COLORS[SWITCH],
    "2": COLORS[JOINT],
    "2-gap": COLORS[JOINT],
    **dict.fromkeys(("3-many", "3-mlp", "3-mha", "3-rnn", "1", "8", "state"), GREEN),
    **dict.fromkeys(OUT_OF_DISTRIBUTION, PINK),
}
LEAD = "Lead (octaves: 1 is half the loss)"
PANELS = (
    (
        "Whose loss is lower?",
        LEAD,
        {
            "told the rule, over a router\nthat sees it alone, many rules": "7-gt",
            "that router over one that\nsees all, many rules": "7-op",
            "modules and router,\nover one network": "4",
            "that less told modules'\nover modules and router": "4-margin",
            "told or routed by the rule,\nover the others, many rules": "3-many",
            "sparse router over\nModular, many rules": "S-loss",
            "told, while training,\nover the fastest other": "8",
            "router by the rule, while\ntraining, over one that sees all": "8-op",
            "modules and router, while\ntraining, over one network": "8-mod",
        },
    ),
    (
        "Does the lead grow with rules?",
        "Growth of the lead (octaves)",
        {
            "told, MLP": "3-mlp",
            "told, MHA": "3-mha",
            "told, RNN": "3-rnn",
            "RNN, equal states": "state",
            "best over worst": "5",
            "MLP, out of\ndistribution": "6-grow-mlp",
            "MHA, out of\ndistribution": "6-grow-mha",
            "RNN, out of\ndistribution": "6-grow-rnn",
        },
    ),
    (
        "Told the rule, out of distribution",
        LEAD,
        {"MLP, many rules": "6-mlp", "MHA, many rules": "6-mha", "RNN, many rules": "6-rnn"},
    ),
    (
        "Settings won",
        "Share of the settings of a task",
        {
            "told, less the\nnext of four": "1",
            "Modular against\nMonolithic": "2",
            "the same: no\nhuge gap": "2-gap",
        },
    ),
)


def answer(table: Table, verdicts: VerdictsById) -> "Figure":
    """What telling modules apart is worth, whether it is worth more with more rules and out of
    distribution, and who wins."""
    figure, axes = mosaic("AAB;AAB;AAC;AAD", width=13.0, height=8.4)
    for ax, (title, xlabel, rows) in zip(axes, PANELS, strict=True):
        claims(ax, rows, SHADES, verdicts)
        ax.set(title=title, xlabel=xlabel)
    return finished(figure, table, NOTE, intervals=DOTS)
