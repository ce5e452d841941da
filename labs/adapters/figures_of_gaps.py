"""Gaps that methods close in every domain, the domains themselves, and where modules come from."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.adapters.gaps import admitted, gap_closed, numbers_of_examples
from labs.adapters.grid import CONTROLLED, MAIN, NO_GAP, SWEPT, UNSEEN
from labs.adapters.measures import adapted, base, most, unseen
from labs.adapters.published import CEILING
from labs.data.domains import DOMAINS
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.forest import NOTE, forest
from labs.kit.layout import mosaic
from labs.kit.measures import Values, minus
from labs.kit.table import Table
from labs.nn.modules.methods import METHODS, ROWS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, PINK, ORANGE, SKY, _, BLACK = draw.COLORS
ROW_COLORS = {
    "parameter": BLUE,
    "input": ORANGE,
    "function": GREEN,
    "hypernetwork": PINK,
    "none": draw.GREY,
}
DOMAIN_COLORS = (RED, BLUE, GREEN, ORANGE, PINK, SKY)
SMALL = "*: not admitted, the gap or its ceiling is too small."
CHANCE = 10  # percent
SHOWN = (-0.5, 1.5)  # shares of a gap; what lies outside is an arrow


def gaps(table: Table, verdicts: VerdictsById) -> "Figure":
    """The share of the gap that each method closes in each domain, with most and fewest examples;
    methods by their row of the survey's table."""
    numbers = numbers_of_examples(table)
    panels = list(dict.fromkeys((numbers[0], numbers[-1]))) if numbers else [0]
    names = _by_row(table)
    figure, axes = draw.figure(len(panels), width=5.6, height=max(4.2, 0.46 * len(names) + 1.8))
    for ax, examples in zip(axes, panels, strict=True):
        _gaps(ax, table, names, examples)
        _bands(ax, names, named=ax is axes[-1])
    for ax in axes[1:]:
        ax.set_yticklabels([])
    draw.note(figure, table, f"Arrows: further out than is drawn. {SMALL}")
    return figure


def _by_row(table: Table) -> list[str]:
    """The methods that were compared, by row of the survey's table, the rest last."""
    trained = {row["method"] for row in table if row["domain"] in MAIN}
    compared = [n for n, m in METHODS.items() if (m.budget or n in WHOLE) and n in trained]
    return [name for row in ROWS for name in compared if METHODS[name].row == row]


WHOLE = ("full", "head", "scratch", "ticket", "supermask")


def _gaps(ax: "Axes", table: Table, names: Sequence[str], examples: int) -> None:
    domains = [domain for domain in MAIN if base(table, domain)]
    within = admitted(table)
    for place, domain in enumerate(domains):
        label = domain if domain in within else f"{domain}*"
        offset = 0.18 * (place - (len(domains) - 1) / 2)
        found = {METHODS[name].label: gap_closed(table, name, domain, examples) for name in names}
        draw.dots(ax, _clipped(ax, found, offset, DOMAIN_COLORS[place]), label=label,
                  color=DOMAIN_COLORS[place], marker="oDs^"[place], offset=offset)  # fmt: skip
    for x in (0, 1):
        ax.axvline(x, color=draw.GREY, linewidth=1)
    one = f"1: full fine-tuning, {most(table):,}"
    ax.set(xlim=SHOWN, xlabel=f"Share of the gap closed\n(0: frozen base, {one} examples)")
    ax.set_title(f"{examples:,} training examples" if examples else "Gaps")
    ax.grid(axis="y", visible=False)
    _legend(ax, 4)


def _legend(ax: "Axes", columns: int) -> None:
    """Below the axes, where it hides no data."""
    below = -0.75 * ax.figure.dpi / ax.bbox.height
    draw.legend(ax, ncols=columns, loc="upper center", bbox_to_anchor=(0.5, below))


def _clipped(
    ax: "Axes", found: Mapping[str, Values], offset: float, color: str
) -> dict[str, Values]:
    """What lies within `SHOWN`; arrows are drawn for the rest."""
    kept: dict[str, Values] = {}
    for place, (name, values) in enumerate(found.items()):
        mean = float(np.mean([*values.values()])) if values else 0.0
        kept[name] = values if SHOWN[0] <= mean <= SHOWN[1] else {}
        if not kept[name] and values:
            x, marker = (SHOWN[0] + 0.05, "<") if mean < 0 else (SHOWN[1] - 0.05, ">")
            ax.plot([x], [place + offset], marker, color=color)
    return kept


def _bands(ax: "Axes", names: Sequence[str], *, named: bool) -> None:
    """Behind the methods of a row of the survey's table its colour, and beside them its name."""
    for row, color in ROW_COLORS.items():
        own = [place for place, name in enumerate(names) if METHODS[name].row == row]
        if own:
            ax.axhspan(own[0] - 0.5, own[-1] + 0.5, color=color, alpha=0.08, linewidth=0)
            middle = (own[0] + own[-1]) / 2
            word = ROWS[row].removesuffix(" composition") if named else ""
            ax.text(1.02, middle, word, rotation=-90, va="center", fontsize=10, color=color,
                    transform=ax.get_yaxis_transform())  # fmt: skip


def pilot(table: Table, verdicts: VerdictsById) -> "Figure":
    """Of every domain the frozen base, the base with its answers permuted, and full fine-tuning;
    and what methods gain where there is no gap."""
    domains = _by_gain(table)
    height = max(5.6, 0.36 * len(domains) + 1.8)
    figure, axes = mosaic("AB;AB;AC", width=12.0, height=height)
    _domains(axes[0], table, domains)
    _controls(axes[1], verdicts)
    _permuted(axes[2], verdicts)
    for ax in axes[1:]:
        ax.tick_params(axis="y", labelsize=9)
    bars = "bars at the left are 95 % t intervals"
    draw.note(figure, table.where(question="base") if table else table, NOTE, intervals=bars)
    return figure


def _by_gain(table: Table) -> list[str]:
    """The pilot's domains, the admitted ones first, then by what fine-tuning gains."""
    measured = {row["domain"] for row in table if row["question"] == "base"}
    domains = [domain for domain in DOMAINS if domain in measured]
    within = admitted(table)

    def gain(domain: str) -> float:
        values = minus(adapted(table, "accuracy", "full", domain, most(table)), base(table, domain))
        return float(np.mean([*values.values()])) if values else -np.inf

    return sorted(domains, key=lambda domain: (domain not in within, -gain(domain)))


def _domains(ax: "Axes", table: Table, domains: Sequence[str]) -> None:
    within = admitted(table)
    found = {domain: (base(table, domain), adapted(table, "accuracy", "full", domain, most(table)),
                      base(table, domain, "remapped")) for domain in domains}  # fmt: skip
    for place, (start, full, _) in enumerate(found.values()):
        if start and full:
            ends = [np.mean([*values.values()]) for values in (start, full)]
            strong = domains[place] in within
            ax.plot(ends, [place, place], color=BLACK if strong else "#BBBBBB",
                    linewidth=2.5 if strong else 1.2, zorder=1)  # fmt: skip
    marks = ((0, "o", RED, "frozen base"), (2, "s", ORANGE, "base, answers permuted"),
             (1, "D", BLUE, "full fine-tuning"))  # fmt: skip
    labels = {d: f"{d}  ✓" if d in within else d for d in domains}
    for part, marker, color, label in marks:
        groups = {labels[domain]: values[part] for domain, values in found.items()}
        draw.dots(ax, groups, color=color, marker=marker, label=label)
    ax.axvline(CEILING, color=draw.GREY, linestyle=":", linewidth=1)
    ax.set(title="Domains (✓: admitted)", xlabel=f"Test accuracy (%; dotted: {CEILING})")
    ax.set(xlim=(0, 100))
    ax.grid(axis="y", visible=False)
    _legend(ax, 3)


def _controls(ax: "Axes", verdicts: VerdictsById) -> None:
    rows = {f"{METHODS[n].label}, {d}": f"N-{d}-{n}" for d in NO_GAP for n in CONTROLLED}
    forest(ax, rows, verdicts, color=[c for c in (BLUE, ORANGE) for _ in CONTROLLED])
    ax.set(title="Where information is lost", xlabel="Points above the frozen base")


def _permuted(ax: "Axes", verdicts: VerdictsById) -> None:
    forest(ax, {d: f"N-labels-{d}" for d in MAIN}, verdicts, color=DOMAIN_COLORS[: len(MAIN)])
    ax.set(title="Is permuting answers enough?")
    ax.set(xlabel="Points of full fine-tuning above it")


def gained(table: Table, method: str, domain: str) -> Values:
    """Points of accuracy above the frozen base, with most examples."""
    return minus(adapted(table, "accuracy", method, domain, most(table)), base(table, domain))


ARMS = {
    "LT-SFT": ("lt-sft-0.5", "lt-sft-8"),
    "no rewinding": ("without-rewinding", ""),
    "largest weights": ("largest-0.5", "largest-8"),
    "random mask": ("random-0.5", "random-8"),
}
KEPT = ("0.5 % of the parameters", "8 % of the parameters")


def tickets(table: Table, verdicts: VerdictsById) -> "Figure":
    """What of sparse fine-tuning matters, by domain: its mask against others of the same size."""
    trained = {row["domain"] for row in table if row["method"] in ARMS["LT-SFT"]}
    domains = [domain for domain in SWEPT if domain in trained] or list(SWEPT)
    figure, axes = draw.figure(len(domains) + 1, width=4.4, height=4.6)
    for ax, domain in zip(axes, domains, strict=False):
        _masks(ax, table, domain)
    for ax in axes[1:-1]:
        ax.set_yticklabels([])
    rows = {
        "0.5 %: less\nrandom": "C9-random",
        "that less the\nsame at 8 %": "C9-less",
        "0.5 %: less\nlargest": "C9-largest",
        "0.5 %: less no\nrewinding": "C9-rewinding",
    }
    forest(axes[-1], rows, verdicts, color=[RED, BLACK, RED, RED])
    axes[-1].axvline(0, color=draw.GREY, linewidth=1)
    axes[-1].set(title="LT-SFT less others", xlabel="Difference of accuracies (points)")
    axes[-1].tick_params(axis="y", labelsize=9)
    bars = "bars at the left are 95 % t intervals"
    draw.note(figure, table, f"{SMALL} {NOTE}", intervals=bars)
    return figure


def _masks(ax: "Axes", table: Table, domain: str) -> None:
    for place, (color, label) in enumerate(zip((RED, BLUE), KEPT, strict=True)):
        groups = {
            arm: gap_closed(table, names[place], domain, most(table)) for arm, names in ARMS.items()
        }
        style = {"color": color, "label": label, "marker": "oD"[place]}
        draw.dots(ax, groups, offset=0.24 * (place - 0.5), **style)
    ax.grid(axis="y", visible=False)
    ax.axvline(1, color=draw.GREY, linewidth=1)
    title = f"Sparse differences, {domain}" + "*" * (domain not in admitted(table))
    ax.set(title=title, xlabel="Share of the gap closed")
    _legend(ax, 1)


def hypernetworks(table: Table, verdicts: VerdictsById) -> "Figure":
    """What a hypernetwork writes for domains never seen, beside adapters trained there."""
    figure, axes = draw.figure(2, width=6.0, height=4.6)
    _unseen(axes[0], table)
    rows = {
        "behind a trained one,\nramp 1.5": "C27-between",
        "further behind,\nramp 3": "C27-beyond",
        "ahead of the nearest\nramp's, ramp 1.5": "C27-nearest",
        "true less shuffled\nmetadata": "C27-metadata",
    }
    forest(axes[1], rows, verdicts, color=[BLACK, BLACK, PINK, draw.GREY])
    axes[1].axvline(0, color=draw.GREY, linewidth=1)
    axes[1].set(title="What it writes", xlabel="Difference of accuracies (points)")
    axes[1].tick_params(axis="y", labelsize=9)
    draw.note(figure, table, NOTE, intervals="bars at the left are 95 % t intervals")
    return figure


def _unseen(ax: "Axes", table: Table) -> None:
    arms = (("shuffled", "hypernetwork, metadata shuffled", draw.GREY, "s"),
            ("metadata", "hypernetwork, told the domain", PINK, "o"),
            ("", "adapter trained there", BLACK, "D"))  # fmt: skip
    for place, (arm, label, color, marker) in enumerate(arms):
        style: dict[str, Any] = {
            "color": color,
            "label": label,
            "marker": marker,
            "offset": 0.2 * (place - 1),
        }
        draw.dots(ax, in_unseen(table, arm), **style)
    ax.axvline(CHANCE, color=draw.GREY, linestyle=":")
    ax.set(title="Domains never seen", xlabel="Test accuracy (%; dotted: chance)", xlim=(0, 100))
    ax.grid(axis="y", visible=False)
    _legend(ax, 1)


def in_unseen(table: Table, arm: str) -> dict[str, Values]:
    """Accuracy in percent in each domain of `UNSEEN`: of hypernetworks, or, of the arm "", of
    adapters that were trained there."""
    if not arm:
        return {d: adapted(table, "accuracy", "adapter", d) for d in UNSEEN}
    return {domain: unseen(table, arm, domain) for domain in UNSEEN}
