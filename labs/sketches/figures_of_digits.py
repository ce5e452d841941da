"""What is read of scenes of digits, and networks that are found again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import NOTE, bar, forest
from labs.kit.measures import aligned
from labs.kit.table import Table
from labs.sketches.config import AVERAGED, SLOTS
from labs.sketches.figure import BANDS, MARKS, THEORY, as_share, curve, logarithmic
from labs.sketches.published import AVERAGE, CUT_HISTOGRAM, HISTOGRAM, RECOVERED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
JUDGED = 3  # digits in the scenes of the claims
LINES = {"": "-", "trained ": "--"}  # who sees the digits: modules that know them, or a network


def digits(table: Table, verdicts: VerdictsById) -> "Figure":
    """Scenes of digits: all counts, of whole and cut sketches and from a mean of many; one slot, a
    waveform and the nearest template by d."""
    figure, axes = draw.figure(3, 2, width=4.5, height=3.9)
    _of_scenes(axes[0], table, *SCENES[0], verdicts=verdicts)
    _cut(axes[1], table, verdicts)
    _averages(axes[2], table, verdicts)
    for ax, scene in zip(axes[3:], SCENES[1:], strict=True):
        _of_scenes(ax, table, *scene)
    note = f"Solid: modules that know the digits; dashed: a trained network. {NOTE}"
    draw.note(figure, table.where(question="scenes"), note, intervals=BANDS)
    return figure


SCENES = (
    ("histogram", "All counts (K14-256 to K14-2048)", "Scenes with all ten counts right"),
    ("slot", "Which digit stands in a slot", "Slots that are right"),
    ("waveform", "What a slot looks like", "Error of a waveform's point (rms)"),
    ("nearest", "Which digit it looks like", "Slots that are right"),
)


def _of_scenes(
    ax: "Axes",
    table: Table,
    name: str,
    title: str,
    ylabel: str,
    verdicts: VerdictsById | None = None,
) -> None:
    x: list[float] = []
    for k, color, marker in zip(SLOTS, (BLUE, GREEN, RED), MARKS, strict=False):
        for who, line in LINES.items():
            rows = table.where(question=f"{who}scenes", objects=k)
            label = f"{k} digit{'s' if k > 1 else ''}" if not who else None
            style = {"color": color, "linestyle": line, "marker": marker, "markersize": 4}
            judged = bool(verdicts) and k == JUDGED and not who  # bars in place of a band
            x = curve(ax, rows, "size", name, mean=judged, label=label, **style) or x
    if verdicts:
        _bars(ax, {d: f"K14-{d}" for d in HISTOGRAM}, verdicts)
    logarithmic(ax, x, share=name != "waveform")
    if name != "waveform":
        as_share(ax)
    ax.set(title=title, xlabel="Numbers d of the sketch", ylabel=ylabel)
    named(ax)


def _bars(
    ax: "Axes", claims: Mapping[int, str], verdicts: VerdictsById, color: str = GREEN
) -> None:
    for x, id in claims.items():
        bar(ax, x, verdicts[id], color=color)


def _cut(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    for who, line in LINES.items():
        style = {"color": GREEN, "linestyle": line, "marker": MARKS[1], "markersize": 4}
        rows = table.where(question=f"{who}cut scenes")
        label = "a trained network" if who else "modules that know"
        curve(ax, rows, "size", "histogram", mean=not who, label=label, **style)
    _bars(ax, {keep: f"K14-cut-{keep}" for keep in CUT_HISTOGRAM}, verdicts)
    logarithmic(ax, list(CUT_HISTOGRAM), share=True)
    as_share(ax)
    ax.set(title="A prefix (K14-cut-256 to -2048)")
    ax.set(xlabel="Numbers left of 8,192", ylabel="Scenes of 3 with all counts right")
    named(ax)


def _averages(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    for question, arm, color, line, label in (
        ("average", "of digits", BLUE, "-", "digits"),
        ("trained average", "of digits", SKY, "--", "digits, seen by\na trained network"),
        ("average", "of chance", ORANGE, "-.", "objects of\nchance"),
    ):
        rows = table.where(question=question, arm=arm)
        style: Any = {"label": label, "color": color, "linestyle": line, "marker": "."}
        x = curve(ax, rows, "together", "error", mean=arm == "of chance", **style)
        bars = aligned([rows.where(together=many).values("bar") for many in x])
        if bars:
            ax.plot(x, np.mean(list(bars.values()), axis=0), **THEORY)
    _bars(ax, {many: f"K17-{many}" for many in AVERAGE}, verdicts, ORANGE)
    logarithmic(ax, AVERAGED)
    ax.set(title="Mean of many (K17-1 to K17-400)", xlabel="Scenes in one vector, d = 2,048")
    ax.set(ylabel="Error of a count per scene (rms)")
    named(ax)


def recovery(table: Table, verdicts: VerdictsById) -> "Figure":
    """Columns of a network that are found from its sketches alone."""
    figure, axes = draw.figure(2, 1, width=5.8, height=4.2)
    _recovered(axes[0], table, verdicts)
    rows = {
        "1,000 sketches\nless 300": "K19-rise",
        "placed in its module,\nless by chance": "K19-wiring",
        "block by block\nless FastICA": "K19-ica",
    }
    forest(axes[1], rows, verdicts, color=[BLUE, GREEN, PINK])
    axes[1].tick_params(axis="y", labelsize=9)
    axes[1].set(title="Differences of shares", xlabel="Difference of shares of columns")
    draw.note(
        figure, table.where(question="recovery"), f"Dotted: ceilings. {NOTE}", intervals=BANDS
    )
    return figure


def _recovered(ax: "Axes", table: Table, verdicts: VerdictsById) -> None:
    rows = table.where(question="recovery")
    shares = sorted({row["share"] for row in rows})
    x: list[float] = []
    for arm, line, marker in (("sketches", "-", "o"), ("plain sums", "--", "s")):
        for share, color in zip(shares, (BLUE, RED, GREEN), strict=False):
            own = rows.where(arm=arm, share=share)
            style: Any = {"color": color, "linestyle": line, "marker": marker, "markersize": 4}
            label = f"{arm},\n{100 * share:g} % of blocks"
            x = curve(ax, own, "sketches", "columns", label=label, **style) or x
            if arm == "sketches":
                dotted: Any = {"color": color, "linestyle": ":", "linewidth": 1}
                curve(ax, own, "sketches", "ceiling", label="_ceiling", **dotted)
    _bars(ax, {count: f"K19-{count}" for count in RECOVERED}, verdicts, BLUE)
    logarithmic(ax, [count for count in x if count != 150], share=True)
    as_share(ax)
    ax.set(title="Found again (K19-300, -1000, -3000)", xlabel="Sketches")
    ax.set(ylabel="Share of columns that are found")
    named(ax)
