"""What pooling gains by size of the training set, by kind, over training steps, and in a longer
training."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, bar, forest
from labs.kit.measures import Measure, aligned
from labs.kit.table import Table
from labs.pooling.grid import ARMS, POOLED
from labs.pooling.measures import POOLING, ahead, by_size, error_ratio, prolonged, sizes
from labs.pooling.published import ACCURACY, FEW, GAIN, MANY, SHOWN, STEPS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
STYLES: dict[str, dict[str, Any]] = {
    "none": {"color": BLACK, "linestyle": "-"},
    "matched": {"color": PINK, "linestyle": ":"},
    "stride": {"color": ORANGE, "linestyle": "--"},
    "max": {"color": RED, "linestyle": "-"},
    "avg": {"color": GREEN, "linestyle": "-."},
    "l2": {"color": SKY, "linestyle": (0, (5, 1, 1, 1, 1, 1))},
    POOLING: {"color": BLUE, "linestyle": "-"},
}
MARKERS = {"none": "o", "matched": "s", "stride": "D", "max": "o", "avg": "s", "l2": "^"}
TICK: dict[str, Any] = {"markersize": 11, "color": BLACK, "zorder": 4}  # of a published value
PANELS = 6
SMALL = {  # a row: its claim
    "pooling: no difference\n": "P3",
    "pooling hinders\n": "P3-hinders",
    "... with as many parameters\n": "P5-hinders",
    "... trained for longer\n": "P5-longer",
    "stride, at its best size\n": "P4",
    "max - L2, 20,000 and more\n": "P6",
}


def gains(table: Table, verdicts: VerdictsById) -> "Figure":
    """What pooling and stride gain, by size, and the claims on small differences."""
    figure, axes = draw.figure(2, width=5.6, height=4.4)
    _gains(axes[0], table, verdicts)
    colors = [BLUE, BLUE, PINK, BLUE, ORANGE, RED]
    forest(axes[1], SMALL, verdicts, color=colors)
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="Claims on small differences", xlabel="Points of test accuracy")
    draw.key(figure, axes[0])
    draw.note(figure, table, NOTE, arms=("arm", "examples"))
    return figure


def kinds(table: Table, verdicts: VerdictsById) -> "Figure":
    """The gain of each kind of pooling, ratios of errors, and how both change with size."""
    figure, axes = draw.figure(2, 2, width=5.2, height=3.4)
    axes[0].get_subplotspec().get_gridspec().set_height_ratios([2.6, 1])  # type: ignore[union-attr]
    _kinds(axes[0], table)
    _ratios(axes[1], table)
    forest(axes[2], {"gain\n": "P2"}, verdicts, color=BLUE)
    axes[2].set(title="Change of the gain", xlabel="Points per decade of examples")
    forest(axes[3], {"ratio\n": "P2-ratio"}, verdicts, color=BLACK)
    axes[3].set(title="Change of the ratio", xlabel="Octaves per decade of examples")
    draw.note(figure, table, NOTE, arms=("arm", "examples"))
    return figure


def curves(table: Table, verdicts: VerdictsById) -> "Figure":
    """Accuracy over steps, a panel for every size; of more than six sizes the six largest."""
    panels = sizes(table)[-PANELS:]
    columns = min(max(len(panels), 1), 3)
    rows = max(-(-len(panels) // columns), 1)
    figure, axes = draw.figure(columns, rows, width=4.0, height=3.2)
    for ax in axes[len(panels) :]:
        ax.set_axis_off()
    for ax, examples in zip(axes, panels, strict=False):
        _curves(ax, table, examples, further=False)
    for ax in axes[: max(len(panels), 1) : columns]:
        ax.set_ylabel("Test accuracy (%)")
    draw.key(figure, axes[0], ncols=4)
    draw.note(figure, table, arms=("arm", "examples"))
    return figure


def longer(table: Table, verdicts: VerdictsById) -> "Figure":
    """A longer training with the most examples, where there is one, and the claims on both."""
    figure, axes = draw.figure(2, width=5.2, height=4.0)
    rows = prolonged(table)
    if rows:
        _curves(axes[0], rows, max(sizes(rows)), further=True)
    axes[0].set_ylabel("Test accuracy (%)")
    claims = {f"{STEPS:,} steps\n": "P3-hinders", "longer\n": "P5-longer"}
    forest(axes[1], claims, verdicts, color=BLUE)
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="Does pooling hinder?", xlabel="Gain of pooling (points)")
    draw.key(figure, axes[0], ncols=4)
    draw.note(figure, rows or table, NOTE, arms=("arm", "examples"))
    return figure


def _curves(ax: "Axes", table: Table, examples: int, *, further: bool) -> None:
    steps = [0]
    for arm, known in ARMS.items():
        rows = table.where(arm=arm, examples=examples)
        if len(rows):
            first = rows.rows[0]
            end = len(first["step"]) if further else first["step"].index(first["steps"]) + 1
            steps = first["step"][:end]
            shown = [curve[:end] for curve in rows.column("test_accuracy")]
            draw.band(ax, steps, shown, label=known.label, **STYLES[arm])
    if examples in ACCURACY and STEPS in steps:
        for arm, value in zip(SHOWN, ACCURACY[examples], strict=True):
            ax.plot(STEPS, value, "x", color=STYLES[arm]["color"], ms=7, mew=2, clip_on=False)
        ax.plot([], [], "x", color=draw.GREY, label=f"published, {STEPS:,} steps")
    ax.set(title=f"{examples:,} training examples", xlabel="Training steps")
    _zoom(ax, table, examples)


def _zoom(ax: "Axes", table: Table, examples: int) -> None:
    # The lower end of the finals is what matters, not the first steps.
    finals = [*table.where(examples=examples).column("final"), *ACCURACY.get(examples, ())]
    if finals:
        span = max(max(finals) - min(finals), 1)
        ax.set_ylim(min(finals) - 0.5 * span, max(finals) + 0.2 * span)


def _over_sizes(
    ax: "Axes", table: Table, measure: Callable[[int], Measure], label: str, **style: Any
) -> None:
    found = {n: values for n, values in by_size(table, measure).items() if values}
    draw.band(ax, list(found), aligned([*found.values()]), label=label, markersize=4, **style)


def _gains(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    lines: dict[str, tuple[Callable[[int], Measure], dict[str, Any]]] = {
        "pooling - no pooling (P1, P3)": (ahead, STYLES[POOLING] | {"marker": "o"}),
        "pooling - no pooling with as many parameters (P5)": (
            partial(ahead, over="matched"),
            STYLES["matched"] | {"marker": "s"},
        ),
        "stride - no pooling": (partial(ahead, arm="stride"), STYLES["stride"] | {"marker": "D"}),
    }
    for label, (measure, style) in lines.items():
        _over_sizes(ax, table, measure, label, **style)
    ax.plot(*zip(*GAIN.items(), strict=True), "_", label="published", **TICK)
    stride = {n: stride - none for n, (none, stride, *_) in ACCURACY.items()}
    ax.plot(*zip(*stride.items(), strict=True), "_", **TICK)
    for claim, examples, color in (
        ("P5-matched", FEW, PINK),
        ("P1", FEW, BLUE),
        ("P5-hinders", MANY, PINK),
        ("P3", MANY, BLUE),
    ):
        if verdicts[claim].estimate is not None:
            bar(ax, examples, verdicts[claim], color=color)
    ax.axhline(0, color=draw.GREY, linewidth=1)
    ax.set(title="Gain by size of the training set", ylabel="Points of test accuracy")
    _log(ax, sizes(table))


def _kinds(ax: "Axes", table: Table) -> None:
    for arm in POOLED:
        style = STYLES[arm] | {"marker": MARKERS[arm]}
        _over_sizes(ax, table, partial(ahead, arm=arm), ARMS[arm].label, **style)
        of = SHOWN.index(arm)
        stored = {n: values[of] - values[0] for n, values in ACCURACY.items()}
        ax.plot(*zip(*stored.items(), strict=True), "x", color=STYLES[arm]["color"], ms=7, mew=2)
    ax.plot([], [], "x", color=draw.GREY, label="published")
    ax.axhline(0, color=draw.GREY, linewidth=1)
    ax.set(title="Gain over no pooling, by kind", ylabel="Points of test accuracy")
    _log(ax, sizes(table))
    draw.legend(ax, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _ratios(ax: "Axes", table: Table) -> None:
    from matplotlib.ticker import LogLocator

    for over in ("none", "stride", "matched"):
        style = STYLES[over] | {"marker": MARKERS[over]}
        _over_sizes(ax, table, partial(error_ratio, over=over), ARMS[over].label, **style)
    stored = {
        n: (100 - none) / (100 - sum(pooled) / len(pooled))
        for n, (none, _, *pooled) in ACCURACY.items()
    }
    ax.plot(*zip(*stored.items(), strict=True), "_", label="published, no pooling", **TICK)
    ax.axhline(1, color=draw.GREY, linewidth=1)
    ax.set(title="Errors per error with pooling", ylabel="Ratio of errors")
    ax.set_yscale("log", base=2)
    ax.yaxis.set_major_locator(LogLocator(base=2, subs=(1, 1.25, 1.5, 1.75)))
    ax.yaxis.set_major_formatter("{x:g}")
    _log(ax, sizes(table))
    draw.legend(ax, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _log(ax: "Axes", ticks: list[int]) -> None:
    ax.set(xscale="log", xlabel="Training examples")
    if ticks:
        # Thousands, for the numbers in full would run into each other.
        ax.set_xticks(ticks, [f"{n / 1000:g}k" for n in ticks])
        ax.tick_params(axis="x", which="minor", length=0, labelbottom=False)
