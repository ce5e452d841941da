"""The survey's table with numbers in its cells, and what modules of other sizes buy."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labs.adapters.gaps import (
    SIGNS,
    accuracy,
    agreeing,
    best,
    compared,
    gap_closed,
    members,
    middle,
    most,
    numbers_of_examples,
    over,
    tau,
    work,
)
from labs.adapters.grid import UNSEEN
from labs.adapters.methods import METHODS, ROWS
from labs.kit import draw
from labs.kit.intervals import interval
from labs.kit.measures import Values, average, column, shared
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AGREES, PARTLY, DIFFERS, SILENT = "#C9E4F2", "#FBF3C4", "#F6CDB4", "#F4F4F4"


class Column(NamedTuple):
    """Of the survey's table: where its signs stand in `SIGNS`, the number of a method in a domain,
    whether more of it is better, how it is written; further lines have other numbers."""

    title: str
    unit: str
    sign: int
    number: Callable[[Table, str, str, int], Values]
    better: int
    form: str
    further: tuple[tuple[Callable[[Table, str, str, int], Values], str], ...] = ()
    few: bool = False


def _of(name: str) -> Callable[[Table, str, str, int], Values]:
    return partial(accuracy, name=name)


COLUMNS = (
    Column(
        "Parameter\nefficiency", "of parameters; bits", 0, _of("share"), -1, "{:.2f} %",
        ((_of("bits"), "{:,.0f} bits"),),
    ),
    Column(
        "Training\nefficiency", "in steps of full tuning", 1, work, -1, "{:.0f}",
        ((_of("runs"), "runs: {:.2g}"),),
    ),
    Column("Inference\nefficiency", "products, merged", 2, _of("merged_macs"), -1, "{:.3f} times"),
    Column("Performance,\n{} examples", "of the gap closed", 3, gap_closed, 1, "{:.2f}"),
    Column("Performance,\n{} examples", "of the gap closed", 3, gap_closed, 1, "{:.2f}", few=True),
)  # fmt: skip
MINUS = "\N{MINUS SIGN}"
LAST = "Compos-\nability"
HEADER, LEFT = 0.85, 1.55  # sizes of the table's margins; a cell is 1 by 1


def signs(table: Table) -> "Figure":
    """The survey's table: its signs, and in each cell our number, median of the methods of about
    2 % of the parameters and of the one with the best validation accuracy; coloured by whether the
    medians order a row and the others as the signs do; Kendall's tau below."""
    figure, (ax,) = draw.figure(width=10.5, height=6.2)
    ax.set_axis_off()
    for place, name in enumerate(SIGNS):
        _header(ax, table, name, place)
    for place, one in enumerate(COLUMNS):
        _column(ax, table, one, place)
    _composability(ax, len(COLUMNS))
    _hypernetwork(ax, table)
    ax.set(xlim=(-LEFT, len(COLUMNS) + 1), ylim=(5.05, -HEADER))
    _key(ax)
    domains = ", ".join(compared(table))
    draw.note(figure, table, f"Domains: {domains}. Performance: share of the gap closed.")
    return figure


def _header(ax: "Axes", table: Table, name: str, place: int) -> None:
    known, chosen = members(table, name), best(table, name)
    ax.text(-LEFT, place + 0.28, ROWS[name].capitalize(), fontsize=11, weight="bold", va="center")
    text = f"{len(known)} methods" if len(known) != 1 else "1 method"
    if chosen:
        text += f", by validation\nbest: {METHODS[chosen].label}"
    ax.text(-LEFT, place + 0.62, text, fontsize=9, color="#555555", va="center")


def _column(ax: "Axes", table: Table, one: Column, place: int) -> None:
    numbers = numbers_of_examples(table)
    examples = (numbers[-1] if one.few else numbers[0]) if numbers else 0
    absent = one.few and len(numbers) < 2
    title = "fewer" if absent else f"{examples:,}"
    _title(ax, place, one.title.format(title), one.unit)
    shown = {} if absent else {row: _both(table, one.number, row, examples) for row in SIGNS}
    medians, bests = ({r: v[i] for r, v in shown.items() if v[i]} for i in (0, 1))
    article = {row: own[one.sign] for row, own in SIGNS.items()}
    ours, chosen = _scores(medians, one.better), _scores(bests, one.better)
    for height, row in enumerate(SIGNS):
        lines = [] if absent else _lines(table, one, row, examples, medians, bests)
        _cell(ax, place, height, article[row], lines, agreeing(row, ours, article))
    _foot(ax, place, tau(ours, article), tau(chosen, article))


def _title(ax: "Axes", x: int, words: str, unit: str) -> None:
    ax.text(x + 0.5, -0.3, words, ha="center", va="bottom", fontsize=10.5)
    ax.text(x + 0.5, -0.12, unit, ha="center", va="center", fontsize=9, color="#555555")


def _both(
    table: Table, number: Callable[[Table, str, str, int], Values], row: str, examples: int
) -> tuple[Values, Values]:
    """A number of a row of the table: the median of its methods, and that of the best of them."""
    domains, chosen = compared(table), best(table, row)
    found = {name: over(table, number, name, domains, examples) for name in members(table, row)}
    return middle([*found.values()]), found.get(chosen or "", {})


def _scores(values: Mapping[str, Values], better: int) -> dict[str, float]:
    # rounding alone must not order what is equal
    return {row: round(better * float(np.mean([*own.values()])), 9) for row, own in values.items()}


def _lines(
    table: Table,
    one: Column,
    row: str,
    examples: int,
    medians: Mapping[str, Values],
    bests: Mapping[str, Values],
) -> list[str]:
    lines = [
        f"{word} {_written(values[row], one.form)}"
        for word, values in (("median", medians), ("best", bests))
        if row in values
    ]
    for number, form in one.further:
        value = _both(table, number, row, examples)[0]
        lines += [_written(value, form)] if value else []
    return lines


def _written(values: Values, form: str) -> str:
    """The mean, and half the length of its interval where it varies."""
    mean, low, high = interval(values)
    text = form.format(mean)
    if not high - low > 1e-9:
        return text
    number, _, unit = text.partition(" ")
    half = form.format((high - low) / 2).partition(" ")[0]
    return f"{number} ± {half} {unit}".strip()


def _cell(
    ax: "Axes", x: float, y: float, sign: str, lines: Sequence[str], agreement: float | None
) -> None:
    from matplotlib.patches import Rectangle

    color = SILENT
    if agreement is not None:
        color = AGREES if agreement == 1 else DIFFERS if agreement == 0 else PARTLY
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor=color, edgecolor="white", linewidth=3))
    ax.text(
        x + 0.5,
        y + 0.22,
        sign.replace("-", MINUS),
        ha="center",
        va="center",
        fontsize=15,
        weight="bold",
    )
    ax.text(x + 0.5, y + 0.64, "\n".join(lines), ha="center", va="center", fontsize=9)


def _foot(ax: "Axes", x: float, ours: float | None, chosen: float | None) -> None:
    words = ("median", ours), ("best", chosen)
    text = "\n".join(f"{word} {_signed(t)}" for word, t in words)
    ax.text(x + 0.5, 4.55, text, ha="center", va="center", fontsize=9.5)
    if x == 0:
        ax.text(-LEFT, 4.55, "Kendall's tau\nwith the signs", fontsize=10, va="center")


def _signed(value: float | None) -> str:
    return "none" if value is None else f"{value:+.2f}".replace("-", MINUS)


def _composability(ax: "Axes", x: int) -> None:
    _title(ax, x, LAST, "")
    for y, own in enumerate(SIGNS.values()):
        _cell(ax, x, y, own[4], ["next lab"], None)


def _hypernetwork(ax: "Axes", table: Table) -> None:
    """The row that the survey describes and gives no signs: what a hypernetwork costs once, and how
    near it comes to adapters trained in domains that it has not seen."""
    share, reached = hypernetwork_share(table), reached_unseen(table)
    ax.text(-LEFT, 3.28, "Hypernetwork", fontsize=11, weight="bold", va="center")
    ax.text(-LEFT, 3.62, "writes adapters,\ndomains never seen", fontsize=9, va="center",
            color="#555555")  # fmt: skip
    once = [f"{_written(share, '{:.0f} %')} once", "0 per domain"] if share else []
    near = [_written(reached, "{:.0f} %"), "of accuracy of", "adapters"] if reached else []
    for x, lines in enumerate((once, ["no training", "per domain"] if share else [], [], near)):
        _cell(ax, x, 3, "", lines, None)
    for x in (4, 5):
        _cell(ax, x, 3, "", ["next lab"] if x == 5 else [], None)


def hypernetwork_share(table: Table) -> Values:
    """What a hypernetwork trains, in percent of the base's parameters."""
    own = column("trained", question="hypernetwork", method="metadata")(table)
    domains = list(dict.fromkeys(row["domain"] for row in table if row["method"] == "full"))
    of = accuracy(table, "full", domains[0], most(table), "trained") if domains else {}
    return {r: 100 * own[r] / of[r] for r in shared(own, of)}


def reached_unseen(table: Table) -> Values:
    """Accuracy of what a hypernetwork writes for unseen domains, in percent of that of adapters
    trained there, mean over the domains."""
    own = column("unseen", question="hypernetwork", method="metadata")(table)
    found = []
    for place, domain in enumerate(UNSEEN):
        oracle = accuracy(table, "adapter", domain, most(table))
        found.append({r: 100 * own[r][place] / oracle[r] for r in shared(own, oracle)})  # type: ignore[index]
    return average(*found)


def _key(ax: "Axes") -> None:
    from matplotlib.patches import Patch

    words = {
        AGREES: "medians stand to both other rows as the signs do",
        PARTLY: "to one of them",
        DIFFERS: "to neither",
    }
    handles = [Patch(color=color, label=label) for color, label in words.items()]
    ax.legend(handles=handles, ncols=3, fontsize=9.5, loc="upper center", bbox_to_anchor=(0.5, 0))
