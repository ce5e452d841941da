"""Which module answers for which rule: collapse, specialisation, and how use follows the rules."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE
from labs.kit.table import Table
from labs.modular_rules.figure import (
    BANDS,
    COLORS,
    by_architecture,
    claims,
    finished,
    line,
    rules_axis,
    told,
)
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.measures import AFTER, BEFORE, at_random, raw
from labs.modular_rules.published import ARCHITECTURES, JOINT, OP
from labs.modular_rules.rows import settings
from labs.nn.metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROUTED = (OP, JOINT, SWITCH, OP_WIDE)  # models with routers that learn
HEATS = (JOINT, OP, SWITCH)
OF_MODELS = {
    "9-mod": COLORS[JOINT],
    "9-op": COLORS[OP],
    "10-worst": COLORS[OP],
    "10-avg": COLORS[OP],
    "12-op": COLORS[OP],
    "S-collapse": COLORS[SWITCH],
    "wide": COLORS[OP_WIDE],
}


def collapse(table: Table, verdicts: VerdictsById) -> "Figure":
    """The worst module's collapse by number of rules, trained and untrained."""
    rows = {
        "Modular, rise by training, many rules": "9-mod",
        "Modular-op, rise by training, many rules": "9-op",
        "both, growth of the rise with rules": "9-grow",
        "Modular-op less Modular, all": "10-worst",
        "Switch less Modular, many rules": "S-collapse",
        "MHA, many rules: rise of the wide\nrouter less Modular-op's": "wide",
    }
    return _by_rules(table, verdicts, "collapse_worst", rows, "Difference of Collapse-Worst")


def average_collapse(table: Table, verdicts: VerdictsById) -> "Figure":
    """The mean collapse of modules by number of rules, trained and untrained."""
    rows = {"Modular-op less Modular, all": "10-avg"}
    return _by_rules(table, verdicts, "collapse_avg", rows, "Difference of Collapse-Avg")


def specialisation(table: Table, verdicts: VerdictsById) -> "Figure":
    """Alignment of modules with rules by number of rules, trained, untrained and for random use."""
    rows = {
        "change by training, MLP, many rules": "11-mlp",
        "change by training, MHA, many rules": "11-mha",
        "change by training, RNN, many rules": "11-rnn",
        "growth of the change with rules": "11-harder",
        "Modular-op less Modular, all": "12-op",
        "after training, many rules": "12-far",
    }
    return _by_rules(table, verdicts, "alignment", rows, "Alignment, of random use (0: perfect)")


def information(table: Table, verdicts: VerdictsById) -> "Figure":
    """What modules tell of rules, by number of rules, trained, untrained and for random use."""
    rows = {"change by training, all": "12-train"}
    words = "Inverse mutual information, of random use"
    return _by_rules(table, verdicts, "inverse_mi", rows, words)


def _by_rules(
    table: Table, verdicts: VerdictsById, metric: str, rows: Mapping[str, str], xlabel: str
) -> "Figure":
    figure, axes, names = by_architecture(table, 1, rows=len(told(rows, verdicts)))
    for ax, name in zip(axes, names, strict=False):
        _metric(ax, table, metric, name)
    claims(axes[-1], rows, OF_MODELS, verdicts)
    axes[-1].set(title="Claims about it", xlabel=xlabel)
    extra = f"Dotted: untrained. GT-Modular is at 0. {NOTE}"
    return finished(figure, table, extra, intervals=BANDS)


def _metric(ax: "Axes", table: Table, metric: str, architecture: str) -> None:
    found = settings(table, architecture=architecture)
    for model in ROUTED:
        for when, dashes in ((AFTER, "-"), (BEFORE, ":")):
            value = partial(raw, table, metric=metric, model=model, when=when)
            label = MODELS[model] if when == AFTER else "_untrained"
            line(ax, found, value, model, linestyle=dashes, label=label)
    rules = sorted({s.rules for s in found})
    if rules:
        ax.plot(rules, [at_random(metric, r) for r in rules], "--", color=draw.GREY,
                label="random use")  # fmt: skip
    ax.update_datalim([(2, 0), (2, 1)])  # all that a metric can be
    ax.autoscale_view()
    ax.set(title=f"{METRICS[metric].label}, {ARCHITECTURES[architecture]}")
    ax.set(xlabel="Rules (as many modules)", ylabel="0 is best, 1 worst")
    rules_axis(ax, found)


def adaptation(table: Table, verdicts: VerdictsById) -> "Figure":
    """Whether the use of modules follows the frequencies of rules."""
    figure, axes, names = by_architecture(table, 1)
    for ax, name in zip(axes, names, strict=True):
        _metric(ax, table, "adaptation", name)
    return finished(figure, table, "Dotted: untrained. GT-Modular is at 0.", intervals=BANDS)


def matrices(table: Table, verdicts: VerdictsById) -> "Figure":
    """Activation matrices of single networks."""
    figure, axes = draw.figure(len(HEATS), 1, width=4.2, height=4.5)
    for ax, model in zip(axes, HEATS, strict=True):
        _heat(ax, table, model)
    _scale(figure, axes)
    return finished(figure, table, intervals="of each model one network is shown")


def _heat(ax: "Axes", table: Table, model: str) -> None:
    rows = [row for row in table.where(model=model, state=0) if row[AFTER] is not None]
    if not rows:
        draw.legend(ax)
        return
    row = max(rows, key=lambda row: row["rules"])
    ax.imshow(row[AFTER], vmin=0, vmax=1, cmap="YlGnBu")
    ticks = range(0, row["rules"], max(row["rules"] // 4, 1))
    ax.set(xlabel="Module", ylabel="Rule")
    ax.set_title(f"{MODELS[model]}, {ARCHITECTURES[row['architecture']]}")
    ax.set_xticks(ticks, [str(t + 1) for t in ticks])
    ax.set_yticks(ticks, [str(t + 1) for t in ticks])
    ax.grid(visible=False)


def _scale(figure: "Figure", axes: "list[Axes]") -> None:
    images = [image for ax in axes for image in ax.get_images()]
    if images:
        figure.colorbar(images[0], ax=axes, label="Share of the module on the rule")
