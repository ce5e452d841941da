"""`python -m labs paper`: the protocol of the 2024 paper, once, in all its labs: what will train
and for how long, and every published number beside ours.

The parts are the labs' presets `paper`, in `results/<lab>/paper` like any run. Their stacks train
in one pool, longest first over all of them, so that no process waits long for the last.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labs.kit import agreement, files, memory, plan, runs, texts
from labs.kit.commands import DONE, Register
from labs.kit.execute import Stack, expected, span
from labs.kit.extras import require
from labs.kit.lab import AnyLab, load
from labs.kit.memory import expected_mb
from labs.kit.plan import Plan, Results
from labs.kit.progress import duration
from labs.kit.rounding import number
from labs.kit.sessions import all_sessions, read_run
from labs.kit.usage import usage
from labs.kit.verdicts import FEWEST

PRESET = "paper"
SOURCE = "Greydanus & Kobak 2024"  # begins the source of each of the paper's labs
RESULT = "paper.json"  # in the folder of results
HEAD = ("number", "published", "ours", "difference")
WIDTHS = (63, 11, 11, 12)


def run_paper(register: Register, arguments: argparse.Namespace) -> int:
    """Train the protocol of the 2024 paper, once, and print every published number beside ours."""
    with usage():
        found = parts(register, arguments.out)
    if not arguments.dry_run:
        require("labs", "paper")
    needs = [each for part in found for each in part.megabytes]
    jobs, remark = memory.processes_of(needs, arguments.jobs)
    damage = [f"{text}; will be trained again" for part in found for text in part.damage]
    for text in (*damage, *filter(None, [remark])):
        print(text, file=sys.stderr)
    print(announce(found, jobs), flush=True)
    if not arguments.dry_run:
        runs.run_all([(part.plan, part.todo) for part in found], jobs=jobs)
        made = [summary(part.plan, plan.conclude(part.plan)[0]) for part in found]
        print(f"\n{table(made)}\n\n{write(made, arguments.out)}")
    return DONE


@dataclass(frozen=True)
class Part:
    """A lab's share: its plan, the stacks to train, and what is wrong with damaged files."""

    plan: Plan
    todo: list[Stack]
    damage: list[str]

    @property
    def seconds(self) -> list[float]:
        """Expected seconds of one core for each stack to train."""
        return [expected(self.plan.lab, stack) for stack in self.todo]

    @property
    def megabytes(self) -> list[float]:
        """Expected peak memory in MB of a process, for each stack to train."""
        return [expected_mb(self.plan.lab, stack) for stack in self.todo]


@dataclass(frozen=True)
class Row:
    """A published number beside ours.

    `id` is that of the claim, empty of a number that no claim is about; `published` is a text
    where the source has no single number, and then there is no difference. `replicates` counts the
    runs of ours, whose mean it is.
    """

    id: str
    what: str
    unit: str
    published: float | str
    ours: float
    difference: float | None
    replicates: int


def parts(register: Mapping[str, str], out: Path) -> list[Part]:
    """Return the parts in reading order; nothing on disk changes.

    Args:
        register: lab name -> module; the labs of the paper count.
        out: folder of all results.

    Raises:
        ValueError: no such lab in the register, one of them has no preset `paper`, or `out` is a
            file.
    """
    labs = [lab for lab in (load(register, name) for name in register) if _of_the_paper(lab)]
    if not labs:
        raise ValueError(f"register must hold labs of the paper, got {', '.join(register)}")
    plans = [plan.resolve(lab, PRESET, out=out) for lab in labs]
    return [Part(each, *runs.pending(each)) for each in plans]


def _of_the_paper(lab: AnyLab) -> bool:
    return lab.source.startswith(SOURCE)


def announce(found: Sequence[Part], jobs: int) -> str:
    """Return what will be run: by part networks, stacks and expected minutes of one core, and how
    long all of it takes in so many processes."""
    widths = (18, 10, 10, 9, 24)
    head = ("part", "networks", "to train", "stacks", "expected, of one core")
    lines = [
        "The protocol of Greydanus & Kobak 2024, one run of each part.",
        "Estimates are of full stacks: small networks that train alone take twice as long or more.",
        "",
        texts.in_columns(head, widths),
    ]
    for part in found:
        cells = f"{len(part.plan.cells)}", f"{sum(map(len, part.todo))}", f"{len(part.todo)}"
        row = part.plan.lab.name, *cells, duration(sum(part.seconds))
        lines.append(texts.in_columns(row, widths))
    seconds = [each for part in found for each in part.seconds]
    count = f"{jobs} process{'es' if jobs > 1 else ''}"
    total = (
        f"{duration(sum(seconds))} of one core, about {duration(span(seconds, jobs))} in {count} "
        f"(longest stack: {duration(max(seconds))})."
        if seconds
        else "nothing to train."
    )
    return "\n".join([*lines, "", f"In all {total}"])


def rows(found: Results, of: Plan) -> list[Row]:
    """Return the published numbers of a part that its table has ours of: of its claims, and of no
    claim."""
    claimed = [
        _compared(v.id, v.sentence, v.unit, v.published, v.values or {})
        for v in found.verdicts
        if v.published is not None
    ]
    further = [
        _compared("", each.what, each.unit, each.value, each.measure(found.table))
        for each in of.lab.published
    ]
    return [row for row in (*claimed, *further) if row.replicates]


def _compared(
    id: str, what: str, unit: str, published: float | str, values: Mapping[Any, float]
) -> Row:
    ours = float(np.mean(list(values.values()))) if values else float("nan")
    known = not isinstance(published, str) and agreement.numeric(published)
    difference = ours - published if known else None  # type: ignore[operator]
    return Row(id, what, unit, published, ours, difference, len(values))


def summary(of: Plan, found: Results) -> dict[str, Any]:
    """Return what `paper.json` holds of a part: its networks, minutes, and `rows`."""
    sessions = all_sessions(read_run(of.folder))
    return {
        "lab": of.lab.name,
        "version": of.lab.version,
        "preset": of.preset,
        "networks": len(of.cells),
        "missing": found.missing,
        "expected_minutes": sum(expected(of.lab, stack) for stack in of.stacks) / 60,
        "minutes": sum(session.get("stack_seconds", 0.0) for session in sessions) / 60,
        "numbers": [asdict(row) for row in rows(found, of)],
    }


def write(found: Sequence[Mapping[str, Any]], out: Path) -> Path:
    """Write the parts' summaries to `paper.json` in the folder of results; return its path."""
    path = out / RESULT
    files.write(path, files.as_json(list(found)))
    return path


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of all parts, in 100 columns, and what it cannot tell."""
    blocks = [_block(part) for part in found]
    counts = [row["replicates"] for part in found for row in part["numbers"]]
    return "\n\n".join([*blocks, texts.fill(_level(counts))])


def _block(part: Mapping[str, Any]) -> str:
    took, hoped = (duration(60 * part[name]) for name in ("minutes", "expected_minutes"))
    lacks = texts.lacking(part["missing"])
    title = f"{part['lab']}: {part['networks']} networks{lacks}, {took} of one process"
    lines = [f"{title} (expected: {hoped})", "-" * texts.WIDTH, texts.in_columns(HEAD, WIDTHS)]
    return "\n".join(lines + [texts.in_columns(_line(row), WIDTHS) for row in part["numbers"]])


def _line(row: Mapping[str, Any]) -> tuple[str, ...]:
    name = f"{row['id']}: {row['what']}" if row["id"] else row["what"]
    unit = f" [{row['unit']}]" if row["unit"] else ""
    given, gap = row["published"], row["difference"]
    said = given if isinstance(given, str) else number(given)
    return f"{name}{unit}", said, number(row["ours"]), "-" if gap is None else f"{gap:+.3g}"


def _level(counts: Sequence[int]) -> str:
    fewest, most = min(counts, default=0), max(counts, default=0)
    ours = "one run" if most == 1 else f"the mean of {fewest} to {most} runs"
    undecided = f"; below {FEWEST} replicates nothing is decided" if fewest < FEWEST else ""
    return (
        f"{len(counts)} published numbers, ours: {ours}{undecided}. A difference may be that of "
        "one draw of data, start and order from another: `python -m labs` tells the verdicts of "
        "the references, which have replicates enough. A number without an id is no claim's."
    )
