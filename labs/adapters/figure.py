"""The survey's table with numbers in its cells, and what modules of other sizes buy."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labs.adapters.comparisons import PICKS, READ, WHOLE, best, good, members, of_best, of_row
from labs.adapters.gaps import agreeing, tau
from labs.adapters.grid import UNSEEN
from labs.adapters.measures import adapted, admitted, gap, in_domains, most, of, unseen
from labs.adapters.published import FEW, MANY, SIGNS
from labs.kit import draw
from labs.kit.claims import VerdictsById
from labs.kit.intervals import interval
from labs.kit.measures import Values, average, shared
from labs.kit.table import Table
from labs.nn.modules.methods import METHODS, ROWS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AGREES, PARTLY, DIFFERS, SILENT = "#C9E4F2", "#FBF3C4", "#F6CDB4", "#F4F4F4"
Told = Callable[[Table, str, str], Values]  # how good a row is, told by one of `PICKS`


class Column(NamedTuple):
    """Of the survey's table: its name in `SIGNS`, how good a row is, and how that is written;
    further lines have columns of the row's median."""

    title: str
    unit: str
    name: str
    told: Told
    form: str
    further: tuple[tuple[str, str], ...] = ()


def _few(table: Table, row: str, pick: str) -> Values:
    """The share of the gap that a row closes with few examples, on whose validation data the best
    is chosen."""
    quantity, names = partial(gap, examples=FEW), members(table, row)
    if pick == "best" and len(names) > 1:
        return of_best(table, quantity, best(table, names, FEW))
    return of_row(table, quantity, row, pick)


def _of(name: str) -> Callable[[Table, str], Values]:
    return lambda table, method: in_domains(table, name, method)


def _good(name: str) -> Told:
    return lambda table, row, pick: good(table, name, row, pick)


COLUMNS = (
    Column(
        "Parameter\nefficiency", "for 0.8 of the gap\n(reached by)", "parameters",
        _good("parameters"), "{:.1f} %", (("bits", "of 2 %: {:,.0f} bits"),),
    ),
    Column(
        "Training\nefficiency", "in steps of full", "training", _good("training"), "{:.0f}",
        (("runs", "runs: {:.2g}"),),
    ),
    Column(
        "Inference\nefficiency", "products, of the base's", "inference", _good("inference"),
        "{:.3f}",
    ),
    Column(
        f"Performance,\n{MANY:,} examples", "of the gap closed", "performance",
        _good("performance"), "{:.2f}",
    ),
    Column(
        f"Performance,\n{FEW:,} examples", "of the gap closed", "performance", _few, "{:.2f}",
    ),
)  # fmt: skip
MINUS = "\N{MINUS SIGN}"
LAST, ELSEWHERE = "Compos-\nability", ["lab", "composition"]
HEADER, LEFT = 0.85, 1.55  # sizes of the table's margins; a cell is 1 by 1


def signs(table: Table, verdicts: VerdictsById) -> "Figure":
    """The survey's table: its signs, and in each cell our number, as the claims have it, of the
    median and of the best of the methods of about 2 % of the parameters (of parameter efficiency:
    of the families of sizes); coloured by whether the medians order a row and the others as the
    signs do; Kendall's tau below, the mean over replicates."""
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
    domains = ", ".join(admitted(table)) or "none is admitted"
    scale = f"Gap: 1 is full fine-tuning with {MANY:,} examples."
    halves = "± is half a 95 % t interval"
    draw.note(figure, table, f"Domains: {domains}. {scale}", intervals=halves)
    return figure


def _header(ax: "Axes", table: Table, name: str, place: int) -> None:
    known = members(table, name)
    ax.text(-LEFT, place + 0.28, ROWS[name].capitalize(), fontsize=11, weight="bold", va="center")
    text = f"{len(known)} methods" if len(known) != 1 else "1 method"
    if chosen := Counter(best(table, known).values()).most_common(1) if known else []:
        text += f", by validation\nbest: {METHODS[chosen[0][0]].label}"
    ax.text(-LEFT, place + 0.62, text, fontsize=9, color="#555555", va="center")


def _column(ax: "Axes", table: Table, one: Column, place: int) -> None:
    _title(ax, place, one.title, one.unit)
    article = {row: own[one.name] for row, own in SIGNS.items()}
    shown = {pick: {row: one.told(table, row, pick) for row in SIGNS} for pick in PICKS}
    ours = _scores(shown["median"])
    for height, row in enumerate(SIGNS):
        told = {pick: own[row] for pick, own in shown.items() if own[row]}
        _cell(ax, place, height, article[row], _lines(table, one, row, told),
              agreeing(row, ours, article))  # fmt: skip
    _foot(ax, place, {pick: tau(own, article) for pick, own in shown.items()})


def _title(ax: "Axes", x: int, words: str, unit: str) -> None:
    ax.text(x + 0.5, -0.3, words, ha="center", va="bottom", fontsize=10.5)
    ax.text(x + 0.5, -0.12, unit, ha="center", va="center", fontsize=9, color="#555555")


def _scores(values: Mapping[str, Values]) -> dict[str, float]:
    # rounding alone must not order what is equal
    return {row: round(float(np.mean([*own.values()])), 9) for row, own in values.items() if own}


def _lines(table: Table, one: Column, row: str, told: Mapping[str, Values]) -> list[str]:
    lines = [f"{pick} {_read(one, values)}" for pick, values in told.items()]
    for name, form in one.further:
        value = of_row(table, _of(name), row, "median")
        lines += [_written(value, form)] if value else []
    return lines


def _read(one: Column, values: Values) -> str:
    read = READ[one.name]
    mean, low, high = map(read, interval(values))
    if one.name == "parameters":
        reached = sum(round(read(value), 6) < WHOLE for value in values.values())
        if not reached:
            return "not reached"
        if reached < len(values):  # a mean with full fine-tuning in it has no sensible interval
            return f"{mean:.0f} % ({reached}/{len(values)})"
    return _with_half(mean, abs(high - low) / 2, one.form)


def _written(values: Values, form: str) -> str:
    mean, low, high = interval(values)
    return _with_half(mean, (high - low) / 2, form)


def _with_half(mean: float, half: float, form: str) -> str:
    """A mean, and half the length of its interval where it varies."""
    text = form.format(mean)
    if not half > 1e-9:
        return text
    number, _, unit = text.partition(" ")
    return f"{number} ± {form.format(half).partition(' ')[0]} {unit}".strip()


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


def _foot(ax: "Axes", x: float, taus: Mapping[str, float | None]) -> None:
    text = "\n".join(f"{pick} {_signed(own)}" for pick, own in taus.items())
    ax.text(x + 0.5, 4.55, text, ha="center", va="center", fontsize=9.5)
    if x == 0:
        ax.text(-LEFT, 4.55, "Kendall's tau (T)\nwith the signs", fontsize=10, va="center")


def _signed(value: float | None) -> str:
    return "none" if value is None else f"{value:+.2f}".replace("-", MINUS)


def _composability(ax: "Axes", x: int) -> None:
    _title(ax, x, LAST, "")
    for y in range(len(SIGNS)):  # the survey gives all rows a plus
        _cell(ax, x, y, "+", ELSEWHERE, None)


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
        _cell(ax, x, 3, "", ELSEWHERE if x == 5 else [], None)


def hypernetwork_share(table: Table) -> Values:
    """What a hypernetwork trains, in percent of the base's parameters."""
    own = of(table, "trained", ("hypernetwork", "metadata", "", most(table)))
    domains = list(dict.fromkeys(row["domain"] for row in table if row["method"] == "full"))
    whole = adapted(table, "trained", "full", domains[0], most(table)) if domains else {}
    return {r: 100 * own[r] / whole[r] for r in shared(own, whole)}


def reached_unseen(table: Table) -> Values:
    """Accuracy of what a hypernetwork writes for unseen domains, in percent of that of adapters
    trained there, mean over the domains."""
    found = []
    for domain in UNSEEN:
        own = unseen(table, "metadata", domain)
        oracle = adapted(table, "accuracy", "adapter", domain)
        found.append({r: 100 * own[r] / oracle[r] for r in shared(own, oracle)})
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
