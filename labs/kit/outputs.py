"""What is made of stored results, for readers: `table.csv`, `claims.json`, `figure.png` and `.svg`,
further figures as `figure-<name>`, and `run.json`. Only the list of labs reads these files, and
all of them can be made again.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from labs.kit import draw, files
from labs.kit.claims import Verdict, VerdictsById
from labs.kit.lab import AnyLab
from labs.kit.sessions import read_run
from labs.kit.table import Table
from labs.kit.workers import Pool

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.figure import Figure

NAMES = ("table.csv", "claims.json", "run.json")
Draw = Callable[[Table, VerdictsById], "Figure"]
PLACE = "given"  # a folder of the reader's, in a committed table
DIGITS = 24  # of a number in a table, at most; longer texts of digits are texts


def write(
    lab: AnyLab,
    folder: Path,
    table: Table,
    verdicts: Sequence[Verdict],
    pool: Pool | None = None,
) -> list[Path]:
    """Write all outputs of results to their folder; return the paths. The processes of `pool` draw
    the figures where there is one.

    Raises:
        FileNotFoundError: the folder holds no session of a run.
    """
    csv_path, claims, run = (folder / name for name in NAMES)
    files.write(csv_path, as_csv(table))
    files.write(claims, files.as_json([verdict.as_dict() for verdict in verdicts]))
    figures = write_figures(lab, table, verdicts, folder / "figure", folder.name, pool=pool)
    _write_run(run)
    return [csv_path, claims, *figures, run]


def _write_run(path: Path) -> None:
    # Shards that end at the same moment see different sessions: who finds more writes again.
    written = None
    while written != (found := read_run(path.parent)):
        files.write(path, files.as_json(found))
        written = found


def remove(lab: AnyLab, folder: Path) -> None:
    """Remove the outputs that are in a folder: they are of other settings than it will hold."""
    stems = figure_stems(lab, folder / "figure", folder.name).values()
    drawn = [stem.with_name(stem.name + end) for stem in stems for end in (".png", ".svg")]
    for path in (*(folder / name for name in NAMES), *drawn):
        path.unlink(missing_ok=True)


def write_figures(
    lab: AnyLab,
    table: Table,
    verdicts: Sequence[Verdict],
    stem: Path,
    preset: str,
    *,
    only: str | None = None,
    slide: bool = False,
    pool: Pool | None = None,
) -> list[Path]:
    """Draw results; return the paths of the figures.

    Args:
        lab: whose they are.
        table: the results.
        verdicts: the lab's claims, judged on them.
        stem: where the first figure goes, without ending.
        preset: whose results they are.
        only: the one figure to draw; by default all of them.
        slide: at the size of a slide, to files of their own.
        pool: its processes draw, as many figures at once; by default this one draws all of them.
    """
    by_id: VerdictsById = {verdict.id: verdict for verdict in verdicts}
    calls = [
        (lab.figures[name].draw, table, by_id, at.with_name(f"{at.name}-slide") if slide else at)
        for name, at in figure_stems(lab, stem, preset).items()
        if only in (None, name)
    ]
    by = [_begun(pool, partial(_saved, *call, slide)) for call in calls]
    return [path for drawn in by for path in drawn()]


def picture(lab: AnyLab, name: str, table: Table, verdicts: Iterable[Verdict]) -> "Figure":
    """Return one figure of a lab, in the labs' style and with lettered panels."""
    by_id: VerdictsById = {verdict.id: verdict for verdict in verdicts}
    return _picture(lab.figures[name].draw, table, by_id)


def _picture(draws: Draw, table: Table, verdicts: VerdictsById) -> "Figure":
    with draw.style():
        return draw.lettered(draws(table, verdicts))


def _saved(
    draws: Draw, table: Table, verdicts: VerdictsById, stem: Path, slide: bool
) -> list[Path]:
    return draw.save(_picture(draws, table, verdicts), stem, slide=slide)


def _begun(pool: Pool | None, draws: Callable[[], list[Path]]) -> Callable[[], list[Path]]:
    """Let a process of the pool draw; return what waits for it."""
    if pool is None:
        return draws
    try:
        future = pool.submit(draws)
    except Exception:  # the lab's code cannot travel
        return draws

    def drawn() -> list[Path]:
        try:
            paths: list[Path] = future.result()
        except Exception:  # here the error is told as ever, with a traceback of the lab's own code
            return draws()
        return paths

    return drawn


def figure_stems(lab: AnyLab, stem: Path, preset: str) -> dict[str, Path]:
    """Return where each figure of a preset goes, without endings: the first to the stem, others
    beside it. Where figures are of this preset alone, there are no others."""
    own = [name for name, figure in lab.figures.items() if figure.preset == preset]
    first, *others = own or [name for name, figure in lab.figures.items() if not figure.preset]
    return {first: stem} | {name: stem.with_name(f"{stem.name}-{name}") for name in others}


def without(table: Table, places: Iterable[str]) -> Table:
    """Return a table that names none of some places of the reader's: `PLACE` stands there."""
    named = set(places)
    return Table(
        {n: PLACE if isinstance(v, str) and v in named else v for n, v in row.items()}
        for row in table
    )


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


def value(text: str) -> str | int | float | None:
    """Return what a field of `as_csv` says: a number, a text, or None for an empty one.

    >>> value("7"), value("0.5"), value("cnn"), value("")
    (7, 0.5, 'cnn', None)
    >>> value("7" * 400) == "7" * 400
    True
    """
    for kind in (int, float) if len(text) <= DIGITS else ():
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None
