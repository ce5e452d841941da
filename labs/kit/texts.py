"""What the labs print: the plan of a run, its finding, the claims by family, remarks, benches."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from labs.kit import undecided
from labs.kit.claims import FAMILIES
from labs.kit.execute import Stack, wall
from labs.kit.intervals import Interval
from labs.kit.lab import Remark
from labs.kit.memory import size, together_mb
from labs.kit.plan import Plan
from labs.kit.progress import duration
from labs.kit.rounding import ends, number, rounded
from labs.kit.settings import describe
from labs.kit.verdicts import ERROR, FEWEST

WIDTH = 100
VERDICTS = ("holds", "contradicted", "undecided", "not judged")
YOUNGER = "†"

Judged = Mapping[str, Any]  # a Verdict as plain values, of this run or of a committed reference


def fill(text: str) -> str:
    """Return text wrapped to the screen, between words only."""
    return textwrap.fill(text, WIDTH, break_on_hyphens=False)


def settings(plan: Plan) -> str:
    """Return the resolved settings, those that differ from the preset marked by a star."""
    changed = plan.changed
    words = [f"{n}={v!r}{'*' if n in changed else ''}" for n, v in asdict(plan.config).items()]
    return ", ".join(words)


def settings_table(presets: Mapping[str, Any]) -> str:
    """Return every setting with its value in each preset, its meaning and its range."""
    rows = []
    for name, meaning, law in describe(next(iter(presets.values()))):
        values = {preset: _value(getattr(config, name)) for preset, config in presets.items()}
        rows.append(f"{name}  ({law})")
        rows.append(textwrap.indent(textwrap.fill(meaning, WIDTH - 4), "    "))
        grouped: dict[str, list[str]] = {}
        for preset, value in values.items():
            grouped.setdefault(value, []).append(preset)
        rows += [
            textwrap.fill(
                f"{', '.join(names)}: {value}",
                WIDTH,
                initial_indent="    ",
                subsequent_indent="      ",
            )
            for value, names in grouped.items()
        ]
    return "\n".join(rows)


def _value(value: Any) -> str:
    return ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def plan(
    plan: Plan, todo: Sequence[Stack], *, device: str, jobs: int, power: str, cluster: str = ""
) -> str:
    """Return what a run is about to do: settings, networks, folder, time, and what it can see;
    `cluster` says which one trains, if any."""
    missing = sum(len(stack) for stack in todo)
    where = "in this process" if jobs == 1 else f"in {jobs} processes of one thread"
    if cluster:
        where = f"on a cluster, {cluster}, of {jobs} worker{'s' if jobs > 1 else ''} now"
    others = plan.store.strangers(plan.cells)
    looks = ", ".join(map(str, plan.looks))
    lines = {
        "lab": f"{plan.lab.name}: {plan.lab.question}",
        "source": plan.lab.source,
        "preset": plan.preset + (" with changed settings (*)" if plan.changed else ""),
        "settings": settings(plan),
        "looks": f"at {looks} replicates, now {plan.replicates}" if looks else "",
        "networks": f"{len(plan.cells)} in {len(plan.stacks)} stacks, {missing} to train now",
        "device": f"{device}, {where}",
        "folder": f"{plan.folder}"
        + (f" (with {others} networks of other settings, not judged)" if others else ""),
        "estimate": _estimate(plan, todo, jobs, device),
        "power": power,
    }
    rows = [in_columns((name, text), (9, WIDTH - 10)) for name, text in lines.items() if text]
    return "\n".join(rows)


def look(
    plan: Plan, todo: Sequence[Stack], still_open: int, *, jobs: int, device: str = "cpu"
) -> str:
    """Return why a run goes on, and with how many networks."""
    return fill(
        f"Published claims that are open: {still_open}. The next look is at {plan.replicates} "
        f"replicates: {sum(map(len, todo))} more networks, {_estimate(plan, todo, jobs, device)}."
    )


def _estimate(plan: Plan, todo: Sequence[Stack], jobs: int, device: str) -> str:
    if not todo:
        return "nothing to train"
    time = f"about {duration(wall([(plan.lab, todo)], jobs))}"
    if device != "cpu":  # networks live elsewhere
        return time
    memory = size(together_mb(plan.lab, todo, jobs))
    return f"{time} and {memory} of memory with {jobs} process{'es' if jobs > 1 else ''}"


def estimate(verdict: Judged) -> str:
    """Return a verdict's estimate with its interval and unit."""
    if verdict["estimate"] is None:
        return "no data"
    text = rounded(verdict["estimate"], verdict["low"], verdict["high"])
    if verdict["low"] is not None:
        text += f" {ends(verdict['low'], verdict['high'])}"
    return f"{text} {verdict['unit']}".strip()


def published(verdict: Judged) -> str:
    """Return the published value with that of an earlier version, or a dash.

    >>> published({"published": 1.65, "earlier": 7.0})
    '1.65, earlier 7'
    """
    value, earlier = verdict["published"], verdict.get("earlier")
    if value is None:
        return "-"
    said = value if isinstance(value, str) else number(value)
    return said if earlier is None else f"{said}, earlier {number(earlier)}"


def decision(verdict: Judged) -> str:
    """Return the verdict's word with its mark and its look.

    >>> decision({"verdict": "holds", "younger": "the rule was above 3", "look": 12})
    'holds† at 12'
    """
    mark = YOUNGER if verdict.get("younger") else ""
    look = f" at {verdict['look']}" if verdict.get("look") else ""
    return f"{verdict['verdict']}{mark}{look}"


def tally(verdicts: Iterable[Judged]) -> str:
    """Return how many claims hold, are contradicted, are undecided, are not judged.

    >>> tally([{"verdict": "holds"}, {"verdict": "contradicted"}, {"verdict": "holds"}])
    '2 hold, 1 contradicted'
    """
    counts = Counter(verdict["verdict"] for verdict in verdicts)
    words = [f"{counts[v]} {'hold' if v == 'holds' else v}" for v in VERDICTS if counts[v]]
    return ", ".join(words) or "no claims"


def lacking(networks: int) -> str:
    """Return how many networks are missing, as the end of a sentence."""
    return f" ({networks} networks are not stored yet)" if networks else ""


def level() -> str:
    """Return the sentence about the intervals."""
    return (
        f"Interval: the one that was used, with a chance of at most {ERROR:.0%} of any wrong "
        f"verdict in a family (Holm's steps; t, exact for shares); beside it the plain 95 % one, "
        "which takes values as about normal and, where a claim was decided at an earlier look, all "
        "replicates. "
        f"Undecided below {FEWEST} replicates (n). {YOUNGER}: the rule was changed after "
        "results, of these networks or of earlier ones, had been seen."
    )


def unplanned(counts: Sequence[int]) -> str:
    """Return the sentence about numbers of replicates at which a run was judged without a plan."""
    if not counts:
        return ""
    return (
        f"Judged before at {', '.join(map(str, counts))} replicates, which was no planned look: "
        f"what was decided after that may be wrong in more than {ERROR:.0%}."
    )


class Slot:
    """A verdict in a lab's finding: ``{C1}`` is its estimate, ``{C1:verdict}`` its word."""

    def __init__(self, verdict: Judged) -> None:
        self._verdict = verdict

    def __format__(self, form: str) -> str:
        if form not in ("", "verdict"):
            raise ValueError(f"a slot's form must be 'verdict' or nothing, got {form!r}")
        if not form:
            text = estimate(self._verdict)
            return text if self._verdict["n"] else f"({text})"
        reason = self._verdict.get("reason")
        return f"{self._verdict['verdict']}{f': {reason}' if reason else ''}"


def finding(template: str, verdicts: Iterable[Judged]) -> str:
    """Return a lab's finding with its slots filled.

    Raises:
        KeyError: a slot that names no claim.
    """
    return template.format_map({verdict["id"]: Slot(verdict) for verdict in verdicts})


def families(verdicts: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Return the verdicts by family, those without one as published, families in order."""
    groups: dict[str, list[Judged]] = {title: [] for title in FAMILIES.values()}
    for verdict in verdicts:
        groups[FAMILIES[verdict.get("family", "published")]].append(verdict)
    return {title: group for title, group in groups.items() if group}


def claims(verdicts: Sequence[Judged]) -> str:
    """Return the tables of claims by family in 100 columns, then causes, each once, and notes."""
    key = max([5, *(len(verdict["id"]) for verdict in verdicts)])
    widths = [min(key, 24), 13, 34, 18, 4]
    widths.append(WIDTH - sum(widths) - len(widths))
    head = in_columns(("claim", "verdict", "estimate", "95 %", "n", "published"), widths)
    parts = []
    for title, group in families(verdicts).items():
        lines = [f"{title}: {tally(group)}", "-" * WIDTH, head]
        for verdict in group:
            wide = len(published(verdict)) > widths[-1]
            open_ = undecided.why(verdict)
            sentence = textwrap.fill(
                verdict["sentence"]
                + (f" Published: {published(verdict)}." if wide else "")
                + (f" Open: {open_}." if open_ else ""),
                WIDTH,
                initial_indent=" " * (key + 1),
                subsequent_indent=" " * (key + 1),
            )
            lines += [in_columns(_claim(verdict, "below" if wide else published(verdict)), widths)]
            lines.append(sentence)
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, *map(fill, noted(verdicts)), fill(level())])


def _claim(verdict: Judged, beside: str) -> tuple[str, ...]:
    plain = ends(verdict.get("low_95"), verdict.get("high_95"))
    return (
        verdict["id"],
        decision(verdict),
        estimate(verdict),
        plain,
        str(verdict["n"]),
        beside,
    )


def noted(verdicts: Iterable[Judged], causes: bool = True) -> list[str]:
    """Return, each once with the claims that it is about: why claims are contradicted, why they
    are open or not judged, and what of them is younger than the networks.

    Args:
        verdicts: as plain values.
        causes: whether to say why claims are contradicted.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for verdict in verdicts:
        texts = {
            "contradicted. {}": verdict.get("cause") if causes else "",
            verdict["verdict"] + ", {}.": verdict.get("reason"),
            YOUNGER + " {}.": verdict.get("younger"),
        }
        for form, text in texts.items():
            if text:
                groups.setdefault((form, text), []).append(verdict["id"])
    order = sorted(groups, key=lambda key: key[0].startswith(YOUNGER))
    return [f"{', '.join(groups[key])}: {key[0].format(key[1])}" for key in order]


def remarks(found: Iterable[Remark]) -> str:
    """Return remarks as items with their tables; a table without rows says nothing."""
    return "\n".join(_remark(remark) for remark in said(found))


def said(found: Iterable[Remark]) -> list[Remark]:
    """Return the remarks that say something: those with columns have rows."""
    return [remark for remark in found if remark.rows or not remark.columns]


def _remark(remark: Remark) -> str:
    item = textwrap.fill(remark.text, WIDTH, initial_indent="* ", subsequent_indent="  ")
    table = remark_cells(remark)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)] if table else []
    rows = [
        "    " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    return "\n".join([item, *rows])


def remark_cells(remark: Remark) -> list[list[str]]:
    """Return a remark's table as text, its head first; empty where it has none."""
    if not remark.columns:
        return []
    return [list(remark.columns), *([_entry(v, remark.form) for v in row] for row in remark.rows)]


def _entry(value: str | float | Interval | None, form: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        mean, low, high = (_entry(end, form) for end in value)
        return mean if low == "-" else f"{mean} [{low}, {high}]"
    return f"{value:,}" if isinstance(value, int) else f"{value:{form}}"


def bench(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of `python -m labs bench`."""
    widths = (24, 8, 9, 14, 14, 7, 12, 12)
    memory = any("plain_mb" in row for row in rows)
    head = ("network", "steps", "members", "plain s", "stacked s", "ratio")
    lines = [in_columns(head + ("plain MB", "stacked MB") * memory, widths[: 6 + 2 * memory])]
    for row in rows:
        times = (f"{row['plain_s']:.4f}", f"{row['stacked_s']:.4f}", f"{row['ratio']:.1f}")
        kept = tuple(f"{row[name]:.3g}" for name in ("plain_mb", "stacked_mb") if name in row)
        cells = (row["network"], str(row["steps"]), str(row["members"]), *times, *kept)
        lines.append(in_columns(cells, widths[: len(cells)]))
    return "\n".join([*lines, "Seconds per network; members: networks trained at once."])


def in_columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return a row of a table, every cell wrapped to its column: as tall as its tallest cell."""
    columns = [textwrap.wrap(c, w) or [""] for c, w in zip(cells, widths, strict=True)]
    lines = [
        " ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*columns, fillvalue="")
    ]
    return "\n".join(lines)
