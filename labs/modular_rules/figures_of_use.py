"""Which module answers for which rule: collapse and specialisation, of architectures that learn."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE
from labs.kit.layout import mosaic
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.modular_rules.figure import BANDS, COLORS, claims, finished, line, rules_axis
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.learning import pooled
from labs.modular_rules.measures import AFTER, BEFORE, raw, specialisation
from labs.modular_rules.published import ARCHITECTURES, JOINT, OP
from labs.modular_rules.rows import Setting, settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROUTERS = (OP, JOINT)
BLUE, RED, GREEN, *_ = draw.COLORS
STYLES = {"mlp": (BLUE, "o"), "mha": (RED, "s"), "rnn": (GREEN, "^")}  # by architecture
OF_MODELS = {
    "9-mod": COLORS[JOINT],
    "9-op": COLORS[OP],
    "10-worst": COLORS[OP],
    "10-avg": COLORS[OP],
    "12-op": COLORS[OP],
    "S-collapse": COLORS[SWITCH],
    "S-special": COLORS[SWITCH],
    "wide": COLORS[OP_WIDE],
}
OF_COLLAPSE = {
    "rise, Modular": "9-mod",
    "rise, Modular-op": "9-op",
    "rise, mean of both": "9-avg",
    "growth of the rise": "9-grow",
    "Modular-op less\nModular, worst": "10-worst",
    "the same, mean": "10-avg",
    "Switch less Modular": "S-collapse",
    "MHA, rise: wide\nless narrow": "wide",
}
OF_ALIGNMENT = {
    "change, MLP": "11-mlp",
    "change, MHA": "11-mha",
    "change, RNN": "11-rnn",
    "growth of the change": "11-harder",
    "Modular-op\nless Modular": "12-op",
    "after, MLP": "12-far-mlp",
    "after, MHA": "12-far-mha",
    "after, RNN": "12-far-rnn",
    "growth, Adaptation": "11-adapt",
    "growth, inverse\ninformation": "11-imi",
    "change of inverse\ninformation": "12-train",
}


def modules(table: Table, verdicts: VerdictsById) -> "Figure":
    """Collapse above, specialisation below: two models by number of rules, and the claims."""
    figure, axes = mosaic("AABBCCC;DDEEFFF", width=13.0, height=7.6)
    worst = partial(raw, table, metric="collapse_worst")
    aligned = partial(specialisation, table, metric="alignment")
    rows = (
        (worst, "Collapse-Worst", "left unused", "collapse", OF_COLLAPSE, "Collapse (differences)"),
        (aligned, "Alignment", "random use", "specialisation", OF_ALIGNMENT, "Of random use"),
    )
    for place, (value, name, worst_word, about, told, xlabel) in enumerate(rows):
        for ax, model in zip(axes[3 * place :], ROUTERS, strict=False):
            _by_rules(ax, table, value, model)
            ax.set(title=f"{name}, {MODELS[model]}", ylabel=f"0: best, 1: {worst_word}")
        ax = axes[3 * place + 2]
        claims(ax, told, OF_MODELS, verdicts)
        ax.set(title=f"Claims about {about}", xlabel=xlabel)
    return finished(
        figure, table, f"Dotted: untrained. GT-Modular is at 0. {NOTE}", intervals=BANDS
    )


def _by_rules(ax: "Axes", table: Table, value: Callable[..., Values], model: str) -> None:
    for name in pooled(table):
        color, marker = STYLES[name]
        found = settings(table, architecture=name)
        for when, dashes in ((AFTER, "-"), (BEFORE, ":")):
            own: Callable[[Setting], Values] = partial(value, model=model, when=when)
            label = ARCHITECTURES[name] if when == AFTER else "_untrained"
            line(ax, found, own, model, color=color, marker=marker, linestyle=dashes, label=label)
    ax.update_datalim([(2, 0), (2, 1)])  # all that a metric can be
    ax.autoscale_view()
    ax.set(xlabel="Rules (as many modules)")
    rules_axis(ax, [s for name in pooled(table) for s in settings(table, architecture=name)])
