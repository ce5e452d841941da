"""One run of a lab: from settings to stored cells, a table, verdicts and a figure.

`results/<lab>/<preset>/` holds `cells/`, `table.csv`, `claims.json`, `figure.png`, `figure.svg` and
`run.json`. The folder may hold cells of other settings too (each is named by all its fields); only
the cells of the current settings are judged.
"""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from labs.kit import draw, files, settings
from labs.kit.claims import Verdict, judge
from labs.kit.execute import Outcome, Stack, describe, execute, expected, stacks
from labs.kit.lab import Lab
from labs.kit.names import known
from labs.kit.progress import Progress
from labs.kit.provenance import Session, read_run
from labs.kit.store import Store
from labs.kit.table import Table

OUTPUTS = ("table.csv", "claims.json", "figure.png", "figure.svg")


@dataclass(frozen=True)
class Plan:
    """A lab with resolved settings and a folder: what a run trains and what is judged."""

    lab: Lab
    preset: str
    config: Any
    folder: Path

    @property
    def store(self) -> Store:
        """Where the records of this run lie."""
        return Store(self.folder / "cells", self.lab.name, self.lab.version)

    @cached_property
    def cells(self) -> tuple[Any, ...]:
        """The full grid; raises ValueError where it holds a cell twice or of a wrong type."""
        cells = tuple(self.lab.cells(self.config))
        names = {self.store.key(cell) for cell in cells}
        if min(len(names), len(set(cells))) < len(cells):
            raise ValueError(f"lab {self.lab.name!r}: cells(config) holds a cell twice")
        if not all(isinstance(cell, self.lab.cell) for cell in cells):
            raise TypeError(f"lab {self.lab.name!r}: cells(config) must be of {self.lab.cell}")
        return cells

    @cached_property
    def stacks(self) -> list[Stack]:
        """The full grid as stacks."""
        return stacks(self.lab, self.cells)

    @property
    def changed(self) -> dict[str, Any]:
        """The settings in which this run differs from its preset."""
        return settings.differences(self.config, self.lab.presets[self.preset])


@dataclass(frozen=True)
class Results:
    """What is stored for a plan: the table, the verdicts, and what is missing or damaged."""

    table: Table
    verdicts: list[Verdict]
    missing: int
    damage: list[str]


def plan(lab: Lab, preset: str, changes: Sequence[str] = (), out: Path = Path("results")) -> Plan:
    """Resolve settings; nothing on disk changes.

    Raises:
        ValueError, TypeError: unknown preset or setting, or a value that the lab refuses.
    """
    config = lab.presets[known("preset", preset, lab.presets)]
    resolved = Plan(lab, preset, settings.change(config, changes), out / lab.name / preset)
    if not resolved.stacks:
        raise ValueError(f"lab {lab.name!r}: these settings give no network to train")
    return resolved


def stored(lab: Lab, preset: str | None = None, out: Path = Path("results")) -> Plan:
    """Return the plan of stored results, by default the preset that was run last.

    Raises:
        FileNotFoundError: the lab has not been run.
        ValueError: unknown preset, or `run.json` is damaged or of another version of the lab.
    """
    if preset is not None:
        known("preset", preset, lab.presets)
    folders = [out / lab.name / name for name in ([preset] if preset else lab.presets)]
    runs = {folder: read_run(folder) for folder in folders if (folder / "run.json").exists()}
    if not runs:
        raise FileNotFoundError(
            f"no results in {folders[0] if preset else out / lab.name}: "
            f"first `python -m labs run {lab.name}`"
        )
    folder = max(runs, key=lambda path: runs[path]["updated"])
    if runs[folder]["version"] != lab.version:
        raise ValueError(
            f"{folder} holds version {runs[folder]['version']} of lab {lab.name!r}, "
            f"which is now at {lab.version}: run it again"
        )
    config = settings.restore(type(lab.presets[folder.name]), runs[folder]["settings"])
    return Plan(lab, folder.name, config, folder)


def results(plan: Plan) -> Results:
    """Read and judge what is stored for a plan. Changes nothing on disk."""
    records, damage = plan.store.load(plan.cells)
    table = Table(asdict(cell) | record for cell, record in records.items())
    verdicts = judge(plan.lab.claims, table)
    return Results(table, verdicts, len(plan.cells) - len(records), damage)


def pending(plan: Plan, shard: tuple[int, int] = (1, 1)) -> tuple[list[Stack], list[str]]:
    """Return the stacks of a shard with any missing cell, and what is wrong with damaged files.

    Shard (i, n), i from 1 to n, is every n-th stack of the full list.
    """
    records, damage = plan.store.load(plan.cells)
    mine = plan.stacks[shard[0] - 1 :: shard[1]]
    return [stack for stack in mine if any(cell not in records for cell in stack)], damage


def run(
    plan: Plan,
    todo: Sequence[Stack],
    *,
    device: str = "cpu",
    jobs: int = 1,
    executor: Executor | None = None,
) -> None:
    """Train the stacks of a plan that are given, keeping `run.json` up to date.

    Raises:
        TrainingError: a stack failed, or its worker died.
    """
    files.sweep(plan.store.folder)
    header = {
        "lab": plan.lab.name,
        "version": plan.lab.version,
        "preset": plan.preset,
        "settings": asdict(plan.config),
        "networks": len(plan.cells),
    }
    session = Session(plan.folder, header, device, jobs)
    if not session.continues():
        for output in OUTPUTS:  # of other settings than run.json will say
            (plan.folder / output).unlink(missing_ok=True)
    session.save()
    name = partial(describe, plan.store)
    cost = partial(expected, plan.lab)
    progress = Progress(todo, expected=cost, describe=name, jobs=min(jobs, max(len(todo), 1)))

    def finished(stack: Stack, outcome: Outcome) -> None:
        session.count(outcome)
        progress.finished(stack, outcome)

    try:
        execute(
            plan.lab,
            todo,
            plan.store,
            device=device,
            jobs=jobs,
            executor=executor,
            started=progress.started,
            beat=progress.beat,
            finished=finished,
        )
    finally:
        progress.close()
        session.save()


def write(plan: Plan, found: Results) -> list[Path]:
    """Write `table.csv`, `claims.json` and the figure of a plan; return their paths."""
    paths = [plan.folder / name for name in OUTPUTS[:2]]
    files.write(paths[0], as_csv(found.table))
    files.write(paths[1], files.as_json([verdict.as_dict() for verdict in found.verdicts]))
    return paths + write_figure(plan, found.table)


def write_figure(plan: Plan, table: Table) -> list[Path]:
    """Draw a plan's table; return the paths of the figure."""
    with draw.style():
        return draw.save(plan.lab.plot(table), plan.folder / "figure")


def as_csv(table: Table) -> str:
    """Return the columns of a table that hold single values, as comma-separated text."""
    scalars = [
        name
        for name in dict.fromkeys(name for row in table for name in row)
        if all(isinstance(row.get(name), str | float | int | None) for row in table)
    ]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(scalars)
    writer.writerows([row.get(name) for name in scalars] for row in table)
    return buffer.getvalue()
