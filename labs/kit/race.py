"""The labs' training against that of another library, side by side: `bench --against`.

Each side is a process of its own with one thread. Both train the same stack from the same start on
the same batches, once untimed, then in turns, and medians are reported. What comes out is
compared: a network that trains faster must be the same network.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, NamedTuple, TextIO, cast

import numpy as np

from labs.kit.checks import check_sizes
from labs.kit.machine import one_thread
from labs.kit.places import HERE

ROUNDS = 5
AGREED = 1e-3  # relative difference of the outcomes, above which they are not the same


# These labs, whatever others are installed there.
SERVE = """
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location(
    "labs", HERE + "/labs/__init__.py", submodule_search_locations=[HERE + "/labs"]
)
sys.modules["labs"] = labs = module_from_spec(spec)
spec.loader.exec_module(labs)
from labs.kit.sides import serve
serve()
"""


class Library(NamedTuple):
    """Another library: how it is called, what it is imported by, and the environment in which it
    takes one thread."""

    title: str
    module: str
    environment: Mapping[str, str]


LIBRARIES = {
    "jax": Library(
        "JAX",
        "jax",
        {
            "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
            "NPROC": "1",  # of the pools that XLA starts
        },
    )
}


@dataclass(frozen=True)
class Race:
    """One line of `python -m labs bench --against`.

    Args:
        network: the network's name.
        members: networks in the stack.
        steps: training steps that are timed.
        ours: ``"module:function"`` that makes our side: it takes the settings, among them members
            and steps, and a `Path`, to which it writes the start (.npz), and returns a
            `labs.kit.sides.Side`.
        theirs: the same for the other library, which reads the start; name of the library ->
            function.
        settings: what both are told, beside members and steps; JSON.

    Raises:
        ValueError: `members` or `steps` below 1.
    """

    network: str
    members: int
    steps: int
    ours: str
    theirs: Mapping[str, str]
    settings: Mapping[str, Any]

    def __post_init__(self) -> None:
        check_sizes(members=self.members, steps=self.steps)


@dataclass(frozen=True)
class Row:
    """What came out of a race; times are medians for one network and step.

    `difference` is the largest relative difference of the two sides' outcomes, as a rule of the
    members' training losses after the last step.
    """

    network: str
    members: int
    steps: int
    rounds: int
    ours_ms: float
    theirs_ms: float
    ratio: float  # of medians, ours to theirs: below 1 ours is faster
    ours_cpu_ms: float
    theirs_cpu_ms: float
    difference: float

    @property
    def same(self) -> bool:
        """Whether both sides trained the same network."""
        return self.difference <= AGREED

    def as_dict(self) -> dict[str, Any]:
        """The row as the command prints it with `--json`."""
        return asdict(self)


class Process:
    """A side's process; a context manager.

    Args:
        python: the interpreter.
        folder: where it runs.
        library: the other library; None for ours.

    Raises:
        OSError: `python` cannot be run.
    """

    def __init__(self, python: str, folder: Path, library: Library | None = None) -> None:
        self.python = python
        environment = dict(os.environ)
        if library is not None:
            environment = _environment(library)
        # Theirs last: in a wheel this folder holds libraries of this interpreter, too.
        place = "sys.path.insert(0, HERE)" if library is None else "sys.path.append(HERE)"
        code = f"import sys; HERE = {str(HERE)!r}; {place}\n{SERVE}"
        self._process = subprocess.Popen(
            [python, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=folder,
            env=environment,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request of `labs.kit.sides.serve` and return the answer.

        Raises:
            OSError: the process ended, or answered with an error.
        """
        requests, answers = (cast(TextIO, p) for p in (self._process.stdin, self._process.stdout))
        with suppress(BrokenPipeError):  # it has ended: the line below is empty
            print(json.dumps(request), file=requests, flush=True)
        line = answers.readline()
        answer: dict[str, Any] = json.loads(line or '{"error": "the process ended"}')
        if "error" in answer:
            raise OSError(f"{self.python}: {answer['error']}")
        return answer

    def __enter__(self) -> "Process":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()


def _environment(library: Library) -> dict[str, str]:
    # What PYTHONPATH names are libraries of this interpreter.
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return own | dict(library.environment)


def check_python(python: str | None, library: Library) -> None:
    """Refuse an interpreter that cannot be run or lacks the library; None is this one.

    Raises:
        ValueError: saying how to make one that has it.
    """
    command = [python or sys.executable, "-c", f"import {library.module}"]
    with suppress(OSError):
        if not subprocess.run(command, env=_environment(library), capture_output=True).returncode:
            return
    module, home = library.module, f"{library.module}-env"
    raise ValueError(
        f"--python must be an interpreter that has {module}, got {command[0]!r}; `python3 -m venv "
        f"{home}` and `{home}/bin/pip install {module}` make one: --python {home}/bin/python"
    )


def measure(
    races: Sequence[Race], name: str, python: str | None, *, rounds: int = ROUNDS
) -> list[Row]:
    """Run races.

    Args:
        races: what is to be trained.
        name: of the other library, one of `LIBRARIES`.
        python: an interpreter that has it (see `check_python`); None for this one.
        rounds: timed trainings of each side.

    Raises:
        ValueError: `rounds` below 1.
        OSError: a side failed.
    """
    check_sizes(rounds=rounds)
    library = LIBRARIES[name]
    with TemporaryDirectory() as folder, one_thread():
        path = Path(folder)
        with (
            Process(sys.executable, path) as ours,
            Process(python or sys.executable, path, library) as theirs,
        ):
            return [_measure(race, name, ours, theirs, rounds, path) for race in races]


def _measure(
    race: Race, name: str, ours: Process, theirs: Process, rounds: int, folder: Path
) -> Row:
    print(f"{race.network} ...", file=sys.stderr, flush=True)
    settings = {**race.settings, "members": race.members, "steps": race.steps}
    common = {"settings": settings, "file": str(folder / "start.npz")}
    ours.ask(function=race.ours, **common)
    theirs.ask(function=race.theirs[name], **common)
    pairs = [(ours.ask(), theirs.ask()) for _ in range(rounds)]

    def median(side: int, kind: str) -> float:
        seconds: float = statistics.median(pair[side][kind] for pair in pairs)
        return 1000 * seconds / race.members / race.steps

    return Row(
        race.network,
        race.members,
        race.steps,
        rounds,
        median(0, "seconds"),
        median(1, "seconds"),
        median(0, "seconds") / median(1, "seconds"),
        median(0, "cpu"),
        median(1, "cpu"),
        difference(*(answer["outcome"] for answer in pairs[-1])),
    )


def difference(ours: Any, theirs: Any) -> float:
    """The largest relative difference of two arrays, NaN where a number is none.

    >>> round(difference([1.0, 2.0], [1.0, 2.1]), 4)
    0.0476
    """
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"theirs must be of shape {a.shape} as ours, got {b.shape}")
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b)).clip(1e-30)))


def text(rows: Sequence[Row], name: str) -> str:
    """The table of `python -m labs bench --against`."""
    title = LIBRARIES[name].title
    form = "{:<26} {:>7} {:>5} {:>9} {:>9} {:>6}  {}".format
    lines = [form("network", "members", "steps", "ours ms", f"{title} ms", "ratio", "difference")]
    for row in rows:
        agrees = "" if row.same else "  NOT the same network"
        times = f"{row.ours_ms:.4f}", f"{row.theirs_ms:.4f}", f"{row.ratio:.2f}"
        lines.append(
            form(row.network, row.members, row.steps, *times, f"{row.difference:.1e}{agrees}")
        )
    rounds = rows[0].rounds if rows else 0
    return "\n".join(
        [
            *lines,
            f"Milliseconds per network and step on one thread each, medians of {rounds} in turns;",
            f"ratio: ours to {title}, below 1 where ours is faster;",
            "difference: largest relative one of what both end with, as a rule training losses.",
        ]
    )
