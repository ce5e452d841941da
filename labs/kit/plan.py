"""One run of a lab: from settings to stored cells, a table, verdicts and figures.

`results/<lab>/<preset>/` holds `cells/`, `table.csv`, `claims.json`, `figure.png`, `figure.svg`,
further figures as `figure-<name>`, and `run.json`. The folder may hold cells of other settings too
(each is named by all its fields); only the cells of the current settings are judged.
"""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from labs.kit import draw, files, settings
from labs.kit.checks import known
from labs.kit.claims import Verdict
from labs.kit.execute import Outcome, Stack, describe, execute, expected, stacks
from labs.kit.lab import LOOKS, Lab
from labs.kit.progress import Progress
from labs.kit.provenance import Session, read_run, unplanned, younger
from labs.kit.store import Store
from labs.kit.table import Table
from labs.kit.verdicts import judge

AnyLab = Lab[Any, Any, Any]


@dataclass(frozen=True)
class Plan:
    """A lab with resolved settings and a folder: what a run trains and what is judged.

    `base` are the settings without a look; `replicates` is the number of the current look, and
    `looks` are the numbers at which the run is judged, empty for a run with one look.
    """

    lab: AnyLab
    preset: str
    base: Any
    folder: Path
    looks: tuple[int, ...] = ()
    replicates: int = 0  # 0: those of the settings

    @cached_property
    def config(self) -> Any:
        """The settings of the current look."""
        if not self.replicates:
            return self.base
        return self.lab.with_replicates(self.base, self.replicates)

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
            raise ValueError(
                f"lab {self.lab.name!r}: cells must hold every cell once, got one twice"
            )
        if not all(isinstance(cell, self.lab.cell) for cell in cells):
            raise TypeError(f"lab {self.lab.name!r}: cells must be of {self.lab.cell}, got others")
        return cells

    @cached_property
    def stacks(self) -> list[Stack]:
        """The full grid as stacks; what a look adds is stacked apart, so that no look changes the
        records of an earlier one."""
        found: list[Stack] = []
        for look in [n for n in self.looks if n < self.replicates] + [self.replicates]:
            earlier = {cell for stack in found for cell in stack}
            cells = replace(self, replicates=look).cells
            found += stacks(self.lab, [cell for cell in cells if cell not in earlier])
        return found

    @property
    def changed(self) -> dict[str, Any]:
        """The settings in which this run differs from its preset."""
        return settings.differences(self.base, self.lab.presets[self.preset])

    def outputs(self) -> list[Path]:
        """The files that a run writes beside its cells and `run.json`."""
        stems = figure_stems(self.lab, self.folder / "figure").values()
        drawn = [stem.with_name(stem.name + end) for stem in stems for end in (".png", ".svg")]
        return [self.folder / "table.csv", self.folder / "claims.json", *drawn]


@dataclass(frozen=True)
class Results:
    """What is stored for a plan: the table, the verdicts, what is missing or damaged, and the
    numbers of replicates at which it was judged without a plan."""

    table: Table
    verdicts: list[Verdict]
    missing: int
    damage: list[str]
    unplanned: list[int]


def resolve(
    lab: AnyLab,
    preset: str,
    changes: Sequence[str] = (),
    out: Path = Path("results"),
    *,
    until_decided: bool = False,
) -> Plan:
    """Resolve settings; nothing on disk changes.

    Args:
        lab, preset: what to run.
        changes: settings to change, each ``name=value``.
        out: folder of all results.
        until_decided: plan the looks of the preset, the first of them now.

    Raises:
        ValueError, TypeError: unknown preset or setting, or a value that the lab refuses.
    """
    config = settings.change(lab.presets[known("preset", preset, lab.presets)], changes)
    plan = Plan(lab, preset, config, out / lab.name / preset)
    if until_decided:
        looks = lab.looks_of(preset)
        if "replicates" in plan.changed:
            looks = tuple(times * config.replicates for times in LOOKS)
        plan = replace(plan, looks=looks, replicates=looks[0])
    if not plan.stacks:
        raise ValueError(f"lab {lab.name!r}: these settings must give networks to train, got none")
    return plan


def continued(plan: Plan) -> Plan:
    """Return the plan with the looks of the run that it continues, if that has any: they were fixed
    when it started."""
    earlier = _session(plan, "cpu", 1).earlier()
    if earlier is None or not earlier["looks"]:
        return plan
    return replace(plan, looks=tuple(earlier["looks"]), replicates=earlier["replicates"])


def stored(lab: AnyLab, preset: str | None = None, out: Path = Path("results")) -> Plan:
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
            f"no results in {folders[0] if preset else out / lab.name}: run lab {lab.name!r} first"
        )
    folder = max(runs, key=lambda path: runs[path]["updated"])
    run = runs[folder]
    if run["version"] != lab.version:
        raise ValueError(
            f"{folder} must hold version {lab.version} of lab {lab.name!r}, got version "
            f"{run['version']}: run it again"
        )
    config = settings.restore(type(lab.presets[folder.name]), run["settings"])
    return Plan(lab, folder.name, config, folder, tuple(run["looks"]), run["replicates"])


def results(plan: Plan) -> Results:
    """Read and judge what is stored for a plan. Changes nothing on disk."""
    records, damage = plan.store.load(plan.cells)
    table = Table(asdict(cell) | record for cell, record in records.items())
    notes: dict[str, str] = {}
    before: list[int] = []
    if (plan.folder / "run.json").exists():
        run = read_run(plan.folder)
        notes, before = younger(run, plan.lab.claims), unplanned(run)
    verdicts = judge(plan.lab.claims, table, looks=plan.looks, younger=notes)
    return Results(table, verdicts, len(plan.cells) - len(records), damage, before)


def undecided(found: Results) -> int:
    """Return how many published sentences a further look could decide; of a lab that has none, how
    many claims."""
    published = [v for v in found.verdicts if v.family == "published"]
    return sum(v.verdict == "undecided" for v in published or found.verdicts)


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
    session = _session(plan, device, jobs)
    if session.earlier() is None:
        for output in plan.outputs():  # of other settings than run.json will say
            output.unlink(missing_ok=True)
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


def _session(plan: Plan, device: str, jobs: int) -> Session:
    header = {
        "lab": plan.lab.name,
        "version": plan.lab.version,
        "preset": plan.preset,
        "settings": asdict(plan.base),
    }
    state = {
        "looks": list(plan.looks),
        "replicates": plan.replicates,
        "judged_at": max(cell.replicate for cell in plan.cells) + 1,
        "networks": len(plan.cells),
    }
    rules = {claim.id: claim.digests for claim in plan.lab.claims}
    return Session(plan.folder, header, state, rules, device, jobs)


def write(plan: Plan, found: Results) -> list[Path]:
    """Write `table.csv`, `claims.json` and the figures of a plan; return their paths."""
    table, claims, *_ = plan.outputs()
    files.write(table, as_csv(found.table))
    files.write(claims, files.as_json([verdict.as_dict() for verdict in found.verdicts]))
    return [table, claims, *write_figures(plan.lab, found.table, plan.folder / "figure")]


def write_figures(lab: AnyLab, table: Table, stem: Path) -> list[Path]:
    """Draw a table; return the paths of the figures."""
    paths: list[Path] = []
    with draw.style():
        for name, path in figure_stems(lab, stem).items():
            paths += draw.save(lab.figures[name](table), path)
    return paths


def figure_stems(lab: AnyLab, stem: Path) -> dict[str, Path]:
    """Return where each figure goes, without endings: the first to the stem, others beside it."""
    first = next(iter(lab.figures))
    return {n: stem if n == first else stem.with_name(f"{stem.name}-{n}") for n in lab.figures}


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
