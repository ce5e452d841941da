"""A lab's smoke run through the real command line, and what it has written."""

import resource
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from labs import LABS

ROOT = Path(__file__).parents[1]
REGISTER = {**LABS, "toy": "tests.toy_lab"}


class Run(NamedTuple):
    """A finished run: its folder, the seconds that its processes took, and what it has said."""

    out: Path
    seconds: float
    said: str


def words(name: str, out: Path, jobs: int) -> list[str]:
    return ["run", name, "--preset", "smoke", "--jobs", str(jobs), "--out", str(out)]


def command(name: str, *words: str) -> list[str]:
    package = "labs" if name in LABS else "tests.toy_lab"
    return [sys.executable, "-m", package, *words]


def call(command: list[str]) -> str:
    """Run a command that must succeed; return what it says."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make(name: str, out: Path) -> Run:
    began = processor_seconds()
    said = call(command(name, *words(name, out, jobs=2)))
    return Run(out, processor_seconds() - began, said)


def processor_seconds() -> float:
    """Of all processes that this one has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def contents(out: Path) -> dict[Path, bytes]:
    """What a run has written, but its pictures, and when and where it ran."""
    paths = [p for p in out.rglob("*") if p.suffix in (".json", ".npz", ".csv")]
    return {
        p.relative_to(out): p.read_bytes()
        for p in paths
        if p.name != "run.json" and p.parent.name != "sessions"
    }
