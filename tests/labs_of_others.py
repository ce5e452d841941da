"""A lab of somebody else, as text: a package of two files, or one file; its networks are dice."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS = """
import json, sys
from labs.kit.cli import main
if __name__ == "__main__":
    register, commands = map(json.loads, sys.argv[1:])
    for words in commands:
        code = main(register, words)
        assert code == 0, (words, code)
"""

GRID = """
from __future__ import annotations

from dataclasses import dataclass

from labs.kit.settings import check, setting


@dataclass(frozen=True)
class Config:
    replicates: int = setting(5, "dice of each kind", least=1)
    sides: tuple[int, ...] = setting((6, 20), "kinds of dice", least=2)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Cell:
    sides: int
    replicate: int


@dataclass(frozen=True)
class Record:
    mean: float
"""

REST = """
from functools import partial

from labs.kit import draw
from labs.kit.claims import Claim
from labs.kit.lab import Bench, Lab, Picture
from labs.kit.measures import column
from labs.kit.seeds import stream


def train(cells, device):
    for cell in cells:
        rolls = stream("dice", "rolls", cell.replicate).integers(cell.sides, size=99)
        yield Record(float(rolls.mean()))


def grid(config):
    return [Cell(s, r) for s in config.sides for r in range(config.replicates)]


def more(table):
    difference = column("mean", sides=20) - column("mean", sides=6)
    return difference(table)


def roll(cell):
    list(train([cell], "cpu"))


def bench():
    return [Bench("die", tuple(grid(Config(sides=(6,)))), 1, roll)]


CLAIM = Claim(
    id="D1", sentence="20 sides show more than 6.", source="a guess", unit="pips",
    measure=more, above=0, because="any difference counts", family="own",
)
PRESETS = {"smoke": Config(replicates=1), "quick": Config(), "full": Config(replicates=6)}
LAB = Lab[Config, Cell, Record](
    name="NAME", version=1, question="Do more sides show more?",
    finding="It is {D1}.", source="a guess", presets=PRESETS, cell=Cell, record=Record,
    cells=grid, train=train, claims=(CLAIM,), seconds=lambda cell: 0.001, bench=bench,
    figures={"means": Picture(partial(draw.compared, column="mean", by="sides"), "Means.")},
)
"""


def write_package(folder: Path, name: str, *, offered: bool, lab: str = "") -> Path:
    """Write a package with a lab of its name; return the lab's file."""
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "grid.py").write_text(GRID)
    text = f"from .grid import Cell, Config, Record\n{REST}".replace("NAME", lab or name)
    (package / "lab.py").write_text(text)
    if offered:
        offer(folder, name, {lab or name: f"{name}.lab"})
    return package / "lab.py"


def offer(folder: Path, distribution: str, entries: dict[str, str]) -> None:
    """Write what an installer leaves: the metadata of a distribution that offers labs."""
    info = folder / f"{distribution}-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    lines = "\n".join(f"{name} = {value}" for name, value in entries.items())
    (info / "entry_points.txt").write_text(f"[mnist1d_labs]\n{lines}\n")


def write_file(path: Path, name: str) -> Path:
    """Write a lab of one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    imports, _, classes = GRID.partition("from dataclasses")
    path.write_text(f"{imports}from dataclasses{classes}{REST}".replace("NAME", name))
    return path


def python(*words: object, cwd: Path, path: Sequence[Path] = ()) -> str:
    """Run Python in a folder, with further folders of packages; return what it says."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [ROOT, *path]))}
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commands(
    register: Mapping[str, str], *words: Sequence[str], cwd: Path, path: Sequence[Path] = ()
) -> str:
    """Run commands of the labs one after the other in a process; return what they say."""
    return python("-c", COMMANDS, json.dumps(register), json.dumps(words), cwd=cwd, path=path)
