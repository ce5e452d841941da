"""What the labs print: the plan of a run, the table of claims, the list of labs."""

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from labs.kit.claims import FAMILY_LEVEL, FEWEST, Claim, Verdict
from labs.kit.execute import Stack, expected
from labs.kit.progress import duration
from labs.kit.session import Plan

WIDTH = 100
VERDICTS = ("holds", "contradicted", "undecided")


def settings(plan: Plan) -> str:
    """Return the resolved settings, those that differ from the preset marked by a star."""
    changed = plan.changed
    words = [f"{n}={v!r}{'*' if n in changed else ''}" for n, v in asdict(plan.config).items()]
    return ", ".join(words)


def plan(plan: Plan, todo: Sequence[Stack], *, device: str, jobs: int) -> str:
    """Return what a run is about to do: settings, networks, folder, estimate of time."""
    missing = sum(len(stack) for stack in todo)
    seconds = [expected(plan.lab, stack) for stack in todo]
    estimate = max(sum(seconds) / jobs, max(seconds, default=0.0))
    where = "in this process" if jobs == 1 else f"in {jobs} processes of one thread"
    others = plan.store.strangers(plan.cells)
    lines = {
        "lab": f"{plan.lab.name}: {plan.lab.question}",
        "source": plan.lab.source,
        "preset": plan.preset + (" with changed settings (*)" if plan.changed else ""),
        "settings": settings(plan),
        "networks": f"{len(plan.cells)} in {len(plan.stacks)} stacks, {missing} to train now",
        "device": f"{device}, {where}",
        "folder": f"{plan.folder}"
        + (f" (with {others} networks of other settings, not judged)" if others else ""),
        "estimate": f"about {duration(estimate)}" if todo else "nothing to train",
    }
    return "\n".join(_row((name, text), (9, WIDTH - 10)) for name, text in lines.items())


def number(value: float) -> str:
    """Return a number with four significant digits.

    >>> number(68.1234), number(0.0), number(-1234567.0)
    ('68.12', '0', '-1.235e+06')
    """
    return f"{value:.4g}"


def estimate(verdict: Mapping[str, Any]) -> str:
    """Return a verdict's estimate with its interval and unit."""
    if verdict["estimate"] is None:
        return "no data"
    text = number(verdict["estimate"])
    if verdict["low"] is not None:
        text += f" [{number(verdict['low'])}, {number(verdict['high'])}]"
    return f"{text} {verdict['unit']}".strip()


def published(verdict: Mapping[str, Any]) -> str:
    """Return the published value, or a dash."""
    value = verdict["published"]
    if value is None:
        return "-"
    return value if isinstance(value, str) else number(value)


def tally(verdicts: Sequence[Mapping[str, Any]]) -> str:
    """Return how many claims hold, are contradicted, are undecided.

    >>> tally([{"verdict": "holds"}, {"verdict": "contradicted"}, {"verdict": "holds"}])
    '2 hold, 1 contradicted'
    """
    counts = Counter(verdict["verdict"] for verdict in verdicts)
    words = [f"{counts[v]} {'hold' if v == 'holds' else v}" for v in VERDICTS if counts[v]]
    return ", ".join(words) or "no claims"


def level(count: int) -> str:
    """Return the sentence about the intervals of a lab with so many claims."""
    return (
        f"Intervals: {1 - FAMILY_LEVEL:.0%} for the {count} claims together "
        f"(each {1 - FAMILY_LEVEL / max(count, 1):.2%}); "
        f"undecided below {FEWEST} replicates (n)."
    )


def claims(claims: Sequence[Claim], verdicts: Sequence[Verdict]) -> str:
    """Return the table of claims in 100 columns, then the causes and the family-wise level."""
    key = max([2, *(len(verdict.id) for verdict in verdicts)])
    widths = [min(key, 15), 12, 27, 3, 9]
    widths.append(WIDTH - sum(widths) - len(widths))
    rows: list[tuple[str, ...]] = [("id", "verdict", "estimate", "n", "published", "claim")]
    for verdict in verdicts:
        plain = verdict.as_dict()
        cells = (verdict.id, verdict.verdict, estimate(plain), str(verdict.n), published(plain))
        rows.append((*cells, verdict.sentence))
    lines = [_row(row, widths) for row in rows]
    lines.insert(1, "-" * WIDTH)
    for claim, verdict in zip(claims, verdicts, strict=True):
        if verdict.verdict == "contradicted" and claim.cause:
            lines.append(textwrap.fill(f"{claim.id} is contradicted. {claim.cause}", WIDTH))
    return "\n".join([*lines, level(len(verdicts))])


def bench(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of `python -m labs bench`."""
    widths = (24, 8, 9, 14, 14, 7)
    lines = [_row(("network", "steps", "members", "plain s", "stacked s", "ratio"), widths)]
    for row in rows:
        times = (f"{row['plain_s']:.4f}", f"{row['stacked_s']:.4f}", f"{row['ratio']:.1f}")
        lines.append(_row((row["network"], str(row["steps"]), str(row["members"]), *times), widths))
    return "\n".join([*lines, "Seconds per network; members: networks trained at once."])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    # Every cell is wrapped to its column; a row is as tall as its tallest cell.
    columns = [textwrap.wrap(c, w) or [""] for c, w in zip(cells, widths, strict=True)]
    height = max(len(column) for column in columns)
    lines = []
    for i in range(height):
        parts = [
            (column[i] if i < len(column) else "").ljust(width)
            for column, width in zip(columns, widths, strict=True)
        ]
        lines.append(" ".join(parts).rstrip())
    return "\n".join(lines)
