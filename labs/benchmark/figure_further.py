"""What the source says beside its table, and where the spread of a level comes from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labs.benchmark.figure import COLORS, COLUMNS, JUDGED, MARKERS
from labs.benchmark.grid import EXTRA_NETS, NAMES, NETS
from labs.benchmark.measures import arm, final, frozen
from labs.benchmark.spread import deviations
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import ARMS, NOTE, forest
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHORT = NAMES | {"logistic": "logistic"}


def further(table: Table, verdicts: VerdictsById) -> "Figure":
    """Four panels of claims: nets between MLP and CNN, the best on shuffled positions, what is
    learned of training data, and MNIST."""
    between = {f"{NAMES[m]} over MLP": (f"C7-{m}-mlp", m) for m in EXTRA_NETS}
    between |= {f"CNN over {NAMES[m]}": (f"C7-cnn-{m}", m) for m in EXTRA_NETS}
    best = {f"over {NAMES[m]}": (f"C3-best-{m}", m) for m in ("gru", *EXTRA_NETS)}
    learned = {
        f"{NAMES[m]}{', shuffled' * bool(end)}": (f"C8-{m}{end}", m)
        for end in ("", "-s")
        for m in NETS[1:]
    }
    images = {SHORT[m]: (f"C2-{m}-mnist", m) for m in NETS}
    figure, axes = draw.figure(2, 2, width=7.2, height=3.0)
    panels = (
        (between, "Between the MLP and the CNN?", "Difference of test accuracies (points)"),
        (best, "Is the MLP best on shuffled positions?", "The MLP's lead (points)"),
        (learned, "Is all training data learned?", "Best training accuracy (%)"),
        (images, "MNIST", "Test accuracy (%)"),
    )
    for ax, (rows, title, label) in zip(axes, panels, strict=True):
        claims = {name: claim for name, (claim, _) in rows.items()}
        forest(ax, claims, verdicts, color=[COLORS[model] for _, model in rows.values()])
        ax.set(title=title, xlabel=label)
    for ax in axes[:2]:
        ax.axvline(0, color=draw.GREY, linewidth=1)
    draw.note(figure, table.where(varied=""), NOTE, arms=(*COLUMNS, "data"), intervals=JUDGED)
    return figure


def spread(table: Table, verdicts: VerdictsById) -> "Figure":
    """Three panels: deviations by what is drawn anew, whether the test set is most of it, and the
    published data set beside others."""
    figure, axes = draw.figure(3, width=5.6, height=4.4)
    _deviations(axes[0], table)
    rows = {SHORT[model]: f"C10-{model}" for model in NETS}
    forest(axes[1], rows, verdicts, color=[COLORS[model] for model in NETS])
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(
        title="Is the test set most of it?", xlabel="Variance by test set over the rest (octaves)"
    )
    easier = {SHORT[model]: (frozen(model) - final(model))(table) for model in NETS}
    forest(axes[2], easier, verdicts, color=[COLORS[model] for model in NETS])
    axes[2].axvline(0, color=draw.GREY, linewidth=1)
    axes[2].set(
        title="Is the published data set easier?", xlabel="Its level less that of others (points)"
    )
    shown = Table(row for model in NETS for row in table if _is_of(row, model))
    draw.note(figure, shown, NOTE, arms=("model", "varied"), intervals=f"{ARMS}; (a) 95 %")
    return figure


def _is_of(row: Mapping[str, Any], model: str) -> bool:
    return all(row[name] == value for name, value in arm(model).items() if name != "varied")


def _deviations(ax: "Axes", table: Table) -> None:
    by_net = deviations(table)
    for place, (model, own) in enumerate(by_net.items()):
        shift = 0.16 * (place - 1.5)
        for at, found in enumerate(own.values()):
            if found and found.mean > 0:
                bars = [[max(found.mean - found.low, 0)], [max(found.high - found.mean, 0)]]
                label = NAMES[model] if at == 0 else None
                how: Any = {"color": COLORS[model], "capsize": 2, "label": label}
                ax.errorbar([at + shift], [found.mean], bars, fmt=MARKERS[model], **how)
    names = [name.removeprefix("the ").replace(" ", "\n", 1) for name in by_net["mlp"]]
    ax.set_xticks(range(len(names)), names, fontsize=9)
    ax.set(title="What makes a level spread?", ylabel="Standard deviation (points)", yscale="log")
    ax.grid(axis="x", visible=False)
    if ax.get_legend_handles_labels()[0]:
        draw.legend(ax, fontsize=9)
