"""One replicate of a lesson: its own solution, run as a student runs it, in a process of its own.

Times and odds come from here: there is no second copy of a lesson that could tell other numbers.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from labs.course import contributions, source
from labs.course.plan import PHASES
from labs.course.running import ONE_THREAD
from labs.kit.places import HERE

RESULT = "result.json"


@dataclass(frozen=True)
class Solo:
    """What one replicate gave.

    Args:
        replicate: whose data set it was.
        seconds: processor seconds by phase, ``"Run"`` and others; libraries are imported before.
        steps: training steps by name.
        values: measure -> value.
    """

    replicate: int
    seconds: dict[str, float]
    steps: dict[str, int]
    values: dict[str, float]


def run(lesson: str, replicate: int) -> Solo:
    """Run a lesson's solution in an empty folder, on one thread.

    Raises:
        RuntimeError: it failed; the message ends as it did.
        ValueError: an unknown lesson.
    """
    source.read(lesson)
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "labs.course.solo", lesson, str(replicate)]
        done = subprocess.run(words, cwd=folder, env=_surroundings(), capture_output=True)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()[-1000:]
            raise RuntimeError(f"lesson {lesson}, replicate {replicate}: {said}")
        found = json.loads((Path(folder) / RESULT).read_text(encoding="utf-8"))
        given = contributions.path(lesson, Path(folder))
        held = json.loads(given.read_text(encoding="utf-8")) if given.exists() else {}
    return Solo(replicate, found, held.get("steps", {}), held.get("values", {}))


def several(lesson: str, replicates: Sequence[int], jobs: int) -> Iterator[Solo]:
    """Yield what several replicates gave, in their order; `jobs` of them run at once."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda replicate: run(lesson, replicate), replicates)


def _surroundings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "LABS_SCALE"}
    path = os.pathsep.join(filter(None, [str(HERE), kept.get("PYTHONPATH", "")]))
    return {**kept, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONPATH": path, "MPLBACKEND": "agg"}


def main(lesson: str, replicate: int) -> None:
    """Run the cells of a solution one after the other, and write the seconds of each phase."""
    seconds: dict[str, float] = defaultdict(float)
    names: dict[str, object] = {"__name__": "__main__"}
    phase = "before"
    for cell in source.read(lesson).view("solution", replicate):
        if cell.kind == "markdown":
            heads = [line[3:] for line in cell.content.splitlines() if line[3:] in PHASES]
            phase = heads[-1] if heads else phase
            continue
        code = compile(cell.content, f"<{lesson}, line {cell.line}>", "exec")
        start = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, names)
        seconds[phase] += time.process_time() - start
    Path(RESULT).write_text(json.dumps(seconds), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
