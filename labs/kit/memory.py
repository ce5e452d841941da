"""How much memory a run takes, and how many processes fit into what is free.

A process takes what Python and its libraries take, `LIBRARIES`, and what the lab says that the
stack adds, `Lab.megabytes`. Processes are at their peaks together in the worst case, so that of a
run is the sum over its most expensive stacks, as many as train at once. All of it is about the CPU:
with cuda networks live in the card's memory, of which nothing is said here.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from labs.kit.execute import Stack
from labs.kit.lab import AnyLab
from labs.kit.machine import cores

LIBRARIES = 310.0  # MB of a process that has imported torch and scikit-learn and does nothing yet
MB = 1e6
# Of a control group, by version: its folder, the limit, the usage, and what of the usage is only a
# file's copy in memory that is given back when it is needed.
MEMORY_FILES = {
    2: ("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    1: (
        "sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
}


def expected_mb(lab: AnyLab, stack: Stack) -> float:
    """Return the peak memory in MB that a process is expected to take which trains a stack."""
    return LIBRARIES + lab.megabytes(stack)


def together_mb(lab: AnyLab, todo: Sequence[Stack], jobs: int) -> float:
    """Return the peak memory in MB of a run: the sum over its `jobs` most expensive stacks."""
    return _together([expected_mb(lab, stack) for stack in todo], jobs)


def _together(needs: Sequence[float], jobs: int) -> float:
    return sum(sorted(needs, reverse=True)[:jobs])


def processes(
    lab: AnyLab, todo: Sequence[Stack], asked: int | None = None, device: str = "cpu"
) -> tuple[int, str]:
    """Return in how many processes to train, and what there is to say about memory, if anything.

    Args:
        lab, todo: the stacks to train.
        asked: the number of processes that somebody asks for, and gets. By default one per core as
            far as they fit into memory; on another device than the CPU one.
        device: where the networks live.
    """
    return processes_of([expected_mb(lab, stack) for stack in todo], asked, device)


def processes_of(
    needs: Sequence[float], asked: int | None = None, device: str = "cpu"
) -> tuple[int, str]:
    """As `processes`, of stacks that need so many MB each, of whatever labs."""
    if device != "cpu":
        return asked or 1, ""
    return _fitting(needs, asked, cores(), available_mb())


def fitting(
    lab: AnyLab, todo: Sequence[Stack], *, asked: int | None, cores: int, available: float
) -> tuple[int, str]:
    """As `processes`, on a machine with so many cores and so much free memory in MB."""
    return _fitting([expected_mb(lab, stack) for stack in todo], asked, cores, available)


def _fitting(
    needs: Sequence[float], asked: int | None, cores: int, available: float
) -> tuple[int, str]:
    wanted = min(asked or cores, max(len(needs), 1))
    fit = sum(_together(needs, n) <= available for n in range(1, wanted + 1))
    if fit == wanted:
        return asked or cores, ""
    jobs = asked or max(fit, 1)
    return jobs, (
        f"{_count(wanted)} may take {size(_together(needs, wanted))} of memory and "
        f"{size(available)} is free: training in {_count(min(jobs, wanted))}"
        + (", which may fail" if jobs > fit else "")
    )


def _count(processes: int) -> str:
    return f"{processes} process{'es' if processes > 1 else ''}"


def size(megabytes: float) -> str:
    """Return an amount of memory for people.

    >>> size(331.2), size(1949), size(12_000)
    ('330 MB', '1.9 GB', '12 GB')
    """
    if megabytes < 995:
        return f"{10 * round(megabytes / 10)} MB"
    return f"{megabytes / 1000:.2g} GB"


def available_mb(root: Path = Path("/")) -> float:
    """Return how much memory in MB this process can still have: what the machine has left, or less
    where a container or a batch system has set a limit. Infinite where nothing is known, as on
    macOS and Windows.

    Args:
        root: of the file system.
    """
    return min([_machine(root), *_groups(root)])


def _machine(root: Path) -> float:
    for name, value in _table(root / "proc/meminfo"):
        if name == "MemAvailable:":
            return value * 1024 / MB
    return math.inf


def _groups(root: Path) -> Iterator[float]:
    """What each control group of this process, and each that it is part of, leaves to it."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        top, *names = MEMORY_FILES[1 if controllers else 2]
        group = PurePosixPath(path.lstrip("/"))
        for folder in (group, *group.parents):  # in a container the path may be that on its host:
            yield _left(root / top / folder, *names)  # then the last one is the container's own


def _left(folder: Path, limit: str, usage: str, copies: str) -> float:
    most, used = _number(folder / limit), _number(folder / usage)
    if math.isinf(most) or math.isinf(used):
        return math.inf
    spare = dict(_table(folder / "memory.stat")).get(copies, 0)
    return max(most - used + min(spare, used), 0) / MB


def _number(path: Path) -> float:
    text = "".join(_lines(path)[:1])
    return int(text) if text.isdigit() else math.inf  # "max": no limit


def _table(path: Path) -> Iterator[tuple[str, int]]:
    for words in map(str.split, _lines(path)):
        if len(words) > 1 and words[1].isdigit():
            yield words[0], int(words[1])


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # no such system, no such limit
        return []
