"""Errors of what is read and products of sketches, against theory."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.ends import named
from labs.kit.forest import NOTE, bar, forest
from labs.kit.table import Table
from labs.sketches.config import COSINES, DEPTHS, ERASED, SHARED
from labs.sketches.figure import (
    BANDS,
    FAN_COLORS,
    MARKS,
    THEORY,
    by_objects,
    curve,
    logarithmic,
)
from labs.sketches.grid import FANS
from labs.sketches.measures import LOST
from labs.sketches.published import DETECTED, FLAT, WEIGHTED, deep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
DOTTED = "Dotted: theory, derived from the construction."
ROOT = "Error times √d"


def errors(table: Table, verdicts: VerdictsById) -> "Figure":
    """Errors of attributes by d, objects, weight, depth, and of what is left of a cut sketch."""
    figure, axes = draw.figure(3, 2, width=4.4, height=3.9)
    by_objects(axes[0], table, tuple(FLAT))
    _exponents(axes[1], verdicts)
    objects = {float(k): f"K9-{k}" for k in FLAT}
    _constants(axes[2], objects, verdicts, "By objects", "Objects of equal weight")
    weights = {w: f"K10-{w:g}" for w in WEIGHTED}
    _constants(axes[3], weights, verdicts, "By weight, of four", "Weight of the object")
    _by_depth(axes[4], table)
    _erased(axes[5], table)
    draw.note(figure, table.where(question="flat"), f"{DOTTED} {NOTE}", intervals=BANDS)
    return figure


def _exponents(ax: "Axes", verdicts: VerdictsById) -> None:
    rows = {f"{k} object{'s' if k > 1 else ''}": f"K8-{k}" for k in FLAT}
    forest(ax, {**rows, "4, cut": "K15-slope"}, verdicts, color=[*draw.COLORS[: len(FLAT)], BLACK])
    ax.tick_params(axis="y", labelsize=9)
    ax.locator_params(axis="x", nbins=4)
    ax.set(title="Power of d in the error", xlabel="Exponent (theory: \N{MINUS SIGN}1/2)")


def _constants(
    ax: "Axes", claims: Mapping[float, str], verdicts: VerdictsById, title: str, xlabel: str
) -> None:
    for (x, id), color in zip(claims.items(), draw.COLORS, strict=False):
        bar(ax, x, verdicts[id], color=color if id.startswith("K9") else BLUE)
    places = list(claims)
    logarithmic(ax, places, "{:g}")
    ax.grid(visible=False, axis="x")
    first, *_, last = claims.values()
    ax.set(title=f"{title} ({first} to {last})", xlabel=xlabel, ylabel=ROOT)
    ax.set_xlim(places[0] / 1.4, places[-1] * 1.4)


def _by_depth(ax: "Axes", table: Table) -> None:
    rows = table.where(question="depth")
    d = max(rows.column("d"), default=1)
    ax.axhline(1, color=draw.GREY, linewidth=1)
    for fan, color, marker in zip(FANS, FAN_COLORS, MARKS, strict=False):
        own = rows.where(fan=fan, d=d)
        x = curve(ax, own, "depth", "error", label=f"made of {fan}", color=color, marker=marker)
        ax.plot(x, [deep(fan, int(h)) / d**0.5 for h in x], **THEORY)
    ax.set(yscale="log", xticks=DEPTHS)
    ax.set(title=f"By depth, d = {d:,} (K11)" if rows else "By depth (K11)")
    ax.set(xlabel="Depth of the object", ylabel="Error (rms; above 1: lost)")
    named(ax)


def _erased(ax: "Axes", table: Table) -> None:
    x: list[float] = []
    styles = zip(ERASED, (RED, ORANGE, BLUE), MARKS, strict=False)
    for weight, color, marker in styles:
        rows = table.where(question="erased weight", weight=weight)
        style: dict[str, Any] = {"color": color, "marker": marker, "label": f"weight {weight:g}"}
        x = curve(ax, rows, "size", "error", markersize=4, **style) or x
        ax.plot(x, [WEIGHTED[weight] / d**0.5 for d in x], **THEORY)
    if x:
        ax.axhline(LOST, color=draw.GREY, linewidth=1)
    logarithmic(ax, x[::2])
    ax.set(title="A sketch that is cut (K15)", xlabel="Numbers that are left")
    ax.set(ylabel=f"Error (rms; line: {LOST:g}, lost)")
    named(ax)


def products(table: Table, verdicts: VerdictsById) -> "Figure":
    """Products of two sketches: what they share, and how well it is told."""
    figure, axes = draw.figure(2, 2, width=5.6, height=3.9)
    _apart(axes[0], table)
    _together(axes[1], table)
    _laws(axes[2], verdicts)
    _detected(axes[3], verdicts)
    draw.note(figure, table.where(question="disjoint"), f"{DOTTED} {NOTE}", intervals=BANDS)
    return figure


def _apart(ax: "Axes", table: Table) -> None:
    rows = table.where(question="disjoint")
    x = curve(ax, rows, "size", "cosine_rms", label="measured", color=BLUE, marker="o")
    ax.plot(x, [d**-0.5 for d in x], label="1 / √d", **THEORY)
    logarithmic(ax, x)
    ax.set(title="Sketches without a common module (K3)", xlabel="Numbers d of the sketch")
    ax.set(ylabel="Cosine of two sketches (rms)")
    named(ax)


def _together(ax: "Axes", table: Table) -> None:
    shared = {"question": "shared", "arm": "same position", "cosine": 1.0}
    rows = Table(row for row in table.where(**shared) if row["weight"] in SHARED)
    x = curve(ax, rows, "weight", "product", label="measured", color=BLUE, marker="o")
    ax.plot(x, [w**2 / 32 for w in x], label="w² / 32", **THEORY)
    logarithmic(ax, x, "{:g}")
    ax.set(title="Sketches that share an object (K5)", xlabel="Its weight w in both")
    ax.set(ylabel="Inner product of two sketches")
    named(ax)


def _laws(ax: "Axes", verdicts: VerdictsById) -> None:
    rows = {
        f"{where} position, cosine {cosine:g}": f"K4-{where}-{cosine:g}"
        for where in ("same", "other")
        for cosine in COSINES
        if cosine >= 0
    }
    forest(ax, rows, verdicts, color=[BLUE] * 3 + [GREEN] * 3)
    ax.tick_params(axis="y", labelsize=9)
    ax.set(title="Product of sketches that share an object")
    ax.set(xlabel="Inner product over that of theory")


def _detected(ax: "Axes", verdicts: VerdictsById) -> None:
    for d in DETECTED:
        bar(ax, d, verdicts[f"K6-{d}"])
    logarithmic(ax, list(DETECTED), share=True)
    ax.set(ylim=(0.48, 1.02), xlim=(min(DETECTED) / 1.5, max(DETECTED) * 1.5))
    ax.axhline(0.5, **THEORY)
    ax.grid(visible=False, axis="x")
    ax.set(title="Is a module shared? (K6-64 to K6-1024)")
    ax.set(xlabel="Numbers d of the sketch", ylabel="AUC (dotted: chance)")
