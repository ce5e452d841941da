"""Is the committed reference what this code gives? Some of its networks trained again.

The records must be equal where the versions of the packages and the kind of processor are those of
the reference. Elsewhere rounding makes another network of a long training, so that a number may
differ from the committed one as two replicates do: by what a prediction interval allows, with a
chance of 5 % of any alarm among all numbers, were they normal. Of long texts, such as the answers
to a quiz, only the length must agree there. A network's stack is trained whole, since the
composition of a stack moves the last digits.
"""

import csv
import io
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import scipy

from labs.kit import outputs, references, settings
from labs.kit.checks import check_sizes
from labs.kit.execute import Stack, Work, execute, wall
from labs.kit.lab import AnyLab
from labs.kit.plan import Plan
from labs.kit.progress import duration
from labs.kit.provenance import processor, versions
from labs.kit.rounding import number
from labs.kit.store import Store
from labs.kit.table import Table

Row = dict[str, str]
ALARM = 0.05  # chance of any, among all numbers
ROUNDED = 2.0**-23  # numbers of size 1 that are nearer are one in float32, as losses of 1e-15 are


@dataclass(frozen=True)
class Reference:
    """The committed results of a lab: its plan, and the row of each of its cells.

    `exact` says whether this machine must give the same digits, `files` whether some of it needs
    files of the reader's: what they fill is not compared.
    """

    plan: Plan
    rows: list[Row]
    exact: bool
    files: bool = False


@dataclass(frozen=True)
class Comparison:
    """One number or text of one network: as committed, as trained again, and how far apart they
    may be (None: not at all; infinity: a long text, any other of its length)."""

    network: str
    column: str
    committed: str
    again: str
    allowed: float | None

    @property
    def agrees(self) -> bool:
        """Whether the two are as near as they must be."""
        if self.committed == self.again:
            return True
        one, other = outputs.value(self.committed), outputs.value(self.again)
        if isinstance(one, int | float) and isinstance(other, int | float):
            return self.allowed is not None and abs(one - other) <= self.allowed
        return self.allowed == math.inf and len(self.committed) == len(self.again)


def reference(lab: AnyLab, figures: Path | None = None) -> Reference:
    """Read the committed reference of a lab, by default from where it has its home.

    Raises:
        ValueError: there is none, it has no table, or it is of another version of the lab.
    """
    figures = figures or references.home(lab)
    found, path = references.reference(lab.name, figures), figures / f"{lab.name}.csv"
    if found is None or not path.exists():
        raise ValueError(f"lab must be one with a table of its reference, {path} is not there")
    if found["version"] != lab.version:
        raise ValueError(
            f"the reference of lab {lab.name!r} must be of its version {lab.version}, "
            f"got {found['version']}"
        )
    config = settings.restore(type(lab.presets[found["preset"]]), found["settings"])
    looks, now = tuple(found["looks"]), found["replicates"]
    planned = Plan(lab, found["preset"], config, Path(), looks, now)
    lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    table = [*lines]
    singles = [  # a table has no other values, and settings tell those
        {name: str(value) for name, value in asdict(cell).items() if not isinstance(value, tuple)}
        for cell in planned.cells
    ]
    grid = [tuple(cell.values()) for cell in singles]

    def cell_of(row: Row) -> tuple[str, ...]:
        return tuple(row.get(name, "") for name in singles[0])

    # A row of which files fill a part counts as one without, unless that was trained as well.
    alone = [row for row in table if outputs.PLACE not in row.values()]
    plain = [{n: "" if v == outputs.PLACE else v for n, v in row.items()} for row in table]
    held = {cell_of(row): row for row in [*plain, *alone]}
    own = [*map(cell_of, alone)]
    if not {*grid} <= held.keys() or not {*own} <= {*grid} or len({*own}) < len(own):
        raise ValueError(f"{path} must hold the {len(grid)} networks of the settings, got others")
    rows = [held[cell] for cell in grid]
    exact = found["versions"] == versions() and found["processor"] == processor()
    return Reference(planned, rows, exact, files=any(row not in table for row in rows))


def chosen(found: Reference, cells: int) -> list[Stack]:
    """Return the stacks of so many cells, spread evenly over the grid.

    Raises:
        ValueError: `cells` below 1.
    """
    check_sizes(cells=cells)
    grid = found.plan.cells
    count = min(cells, len(grid))
    picked = {grid[(2 * i + 1) * len(grid) // (2 * count)] for i in range(count)}
    return [stack for stack in found.plan.stacks if picked & set(stack)]


def announce(found: Reference, cells: int) -> str:
    """Return what is about to be trained."""
    stacks = chosen(found, cells)
    time = duration(wall([(found.plan.lab, stacks)], 1))
    rule = "must be equal" if found.exact else "may differ as replicates do"
    return (
        f"{found.plan.lab.name}: {sum(map(len, stacks))} networks in {len(stacks)} stacks, about "
        f"{time} of one core; they {rule} (versions and processor are "
        f"{'those' if found.exact else 'not those'} of the reference)."
    )


def compare(found: Reference, cells: int, *, jobs: int = 1) -> list[Comparison]:
    """Train the stacks of some cells again and compare every scalar with the committed table.

    Raises:
        ValueError: `cells` or `jobs` below 1.
        TrainingError: a stack failed, or its worker died.
    """
    lab, stacks = found.plan.lab, chosen(found, cells)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), lab.name, lab.version)
        execute([Work(lab, store, stack) for stack in stacks], jobs=min(jobs, len(stacks)))
        records, _ = store.load(cell for stack in stacks for cell in stack)
    text = outputs.as_csv(Table(asdict(cell) | record for cell, record in records.items()))
    again = csv.DictReader(io.StringIO(text))
    places = {cell: i for i, cell in enumerate(found.plan.cells)}
    return [
        comparison
        for cell, row in zip(records, again, strict=True)
        for comparison in _rows(found, places[cell], store.key(cell), row, len(records))
    ]


def _rows(
    found: Reference, place: int, network: str, again: Row, networks: int
) -> Iterator[Comparison]:
    committed = found.rows[place]
    columns = dict.fromkeys([*committed, *again])
    chance = ALARM / (networks * len(columns))
    for column in columns:
        allowed = None if found.exact else _allowed(found, place, column, chance)
        now = again.get(column, "")
        if found.files and not now:
            continue
        yield Comparison(network, column, committed.get(column, ""), now, allowed)


def _allowed(found: Reference, place: int, column: str, chance: float) -> float | None:
    """How far apart two replicates of an arm may lie, as `Comparison` has it: normal values are
    farther with the given chance."""
    if len(found.rows[place].get(column, "")) > outputs.DIGITS:
        return math.inf
    # over the other replicates of its arm, or a wrong number would make room for itself
    cell = asdict(found.plan.cells[place])
    own = cell.pop("replicate")
    values = []
    for other, row in zip(found.plan.cells, found.rows, strict=True):
        if other.replicate != own and cell.items() <= asdict(other).items():
            try:
                values.append(float(row[column]))
            except (ValueError, KeyError):  # text, or no such column
                return None
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2:
        return math.inf
    quantile = float(scipy.special.stdtrit(len(finite) - 1, 1 - chance / 2))
    return ROUNDED + quantile * math.sqrt(2) * float(np.std(finite, ddof=1))


def say(found: Sequence[Comparison]) -> str:
    """Return what was compared, and every difference."""
    wrong = [c for c in found if not c.agrees]
    lines = [
        f"{c.network}, {c.column}: {c.committed} committed, {c.again} now"
        + (f" (allowed {number(c.allowed)})" if c.allowed is not None else "")
        for c in wrong
    ]
    networks = len({c.network for c in found})
    lines.append(f"{networks} networks, {len(found)} numbers: {len(wrong)} differ")
    return "\n".join(lines)
