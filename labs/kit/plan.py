"""What a run of a lab is about: from settings to a grid of cells, and from what is stored of these
to a table and verdicts. `labs.kit.runs` trains what is not stored.

`results/<lab>/<preset>/` holds `cells/`, `sessions/` and what is made of these (see
`labs.kit.outputs`). The folder may hold cells of other settings too (each is named by all its
fields); only the cells of the current settings are judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from labs.kit import outputs, owner, settings
from labs.kit.checks import known
from labs.kit.claims import Verdict
from labs.kit.execute import Stack, stacks
from labs.kit.lab import LOOKS, AnyLab
from labs.kit.sessions import latest, read_run, unplanned, younger
from labs.kit.store import Store
from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.kit.workers import Pool

MOST = 100_000  # replicates


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

    @property
    def missing(self) -> int:
        """How many cells have no file."""
        return sum(not self.store.path(cell).exists() for cell in self.cells)


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
    values: Mapping[str, Any] = MappingProxyType({}),
    until_decided: bool = False,
) -> Plan:
    """Resolve settings; nothing on disk changes.

    Args:
        lab, preset: what to run.
        changes: settings to change, each ``name=value``.
        out: folder of all results.
        values: further settings to change, by name.
        until_decided: plan the looks of the preset, the first of them now.

    Raises:
        ValueError, TypeError: unknown preset or setting, or a value that the lab refuses.
    """
    named = settings.change(lab.presets[known("preset", preset, lab.presets)], changes)
    config = settings.changed(named, values)
    _check_replicates(config)
    there = next((path for path in (out, *out.parents) if path.exists()), out)
    if there.exists() and not there.is_dir():
        raise ValueError(f"out must be a folder, got {out}, and {there} is a file")
    owner.check(out / lab.name, lab)
    plan = Plan(lab, preset, config, out / lab.name / preset)
    if until_decided:
        looks = lab.looks_of(preset)
        if "replicates" in plan.changed:
            looks = tuple(times * config.replicates for times in LOOKS)
        plan = replace(plan, looks=looks, replicates=looks[0])
    if not plan.stacks:
        raise ValueError(f"lab {lab.name!r}: these settings must give networks to train, got none")
    return plan


def _check_replicates(config: Any) -> None:
    # Before the grid is listed: a typing error would fill the memory with it.
    for name, value in asdict(config).items():
        if name.endswith("replicates") and isinstance(value, int) and value > MOST:
            raise ValueError(f"{name} must be at most {MOST}, got {value}")


def check_device(lab: AnyLab, device: str) -> None:
    """Refuse a device that a lab cannot use on this machine.

    Raises:
        ValueError: naming those that it can.
    """
    if device != "cpu" and device not in lab.devices():
        usable = ", ".join(lab.devices())
        raise ValueError(
            f"device must be one that lab {lab.name!r} can use here ({usable}), got {device!r}"
        )


def stored(lab: AnyLab, preset: str | None = None, out: Path = Path("results")) -> Plan:
    """Return the plan of stored results, by default the preset that was run last.

    Raises:
        FileNotFoundError: the lab has not been run.
        ValueError: unknown preset, or a session's file is damaged or of another version of the lab.
    """
    if preset is not None:
        known("preset", preset, lab.presets)
    owner.check(out / lab.name, lab)
    folders = [out / lab.name / name for name in ([preset] if preset else lab.presets)]
    folder = max(folders, key=latest)
    if not latest(folder):
        raise FileNotFoundError(
            f"no results in {folders[0] if preset else out / lab.name}: run lab {lab.name!r} first"
        )
    run = read_run(folder)
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
    if latest(plan.folder):
        run = read_run(plan.folder)
        notes, before = younger(run, plan.lab.claims), unplanned(run)
    verdicts = judge(plan.lab.claims, table, looks=plan.looks, younger=notes)
    return Results(table, verdicts, len(plan.cells) - len(records), damage, before)


def undecided(found: Results) -> int:
    """Return how many published sentences a further look could decide; of a lab that has none, how
    many claims."""
    published = [v for v in found.verdicts if v.family == "published"]
    return sum(v.verdict == "undecided" for v in published or found.verdicts)


def conclude(plan: Plan, pool: Pool | None = None) -> tuple[Results, list[Path]]:
    """Judge what is stored and write the outputs; return both. The processes of `pool` draw the
    figures where there is one.

    Of shards that end at the same moment each sees what is stored then: whoever finds the grid
    complete afterwards writes again, so that the last one's outputs are whole.
    """
    while True:
        missing = plan.missing
        found = results(plan)
        paths = outputs.write(plan.lab, plan.folder, found.table, found.verdicts, pool)
        if not missing or plan.missing:
            return found, paths
