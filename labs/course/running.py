"""Running the functions of one submission in processes that may hang, crash or end at any moment:
a new one goes on where the last one stopped.

This protects a batch against accidents, not against somebody who attacks it from inside: for exams
run the same command in a container.
"""

import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import IO, Any

from labs.course import register
from labs.course.plan import Exercise
from labs.course.students import KEY
from labs.course.submission import Piece, where
from labs.course.syntax import parse

BOOT = """\
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from labs.course.worker import main
main()
"""
START = 180.0  # seconds in which libraries are imported
LOAD = 10.0  # seconds that any other statement may take when a submission is loaded
DEATHS = 2  # workers that an exercise may end
SPENT = "not run to its end: the time of this exercise ({:g} s) was spent by an earlier check"
LINE = 2**16  # bytes; longer than every line of a worker
ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

Place = tuple[str, int]  # exercise, number of its check


@dataclass
class Finding:
    """What was found of one check.

    `status` and `message` are those of an outcome at the public seeds, `printed` what the answer
    printed there; `hidden` is the status at the hidden seeds, empty where it was not asked.
    """

    status: str = "error"
    message: str = ""
    printed: str = ""
    hidden: str = ""


@dataclass
class Run:
    """The checks of one submission.

    Args:
        lesson: name of the lesson.
        pieces: the code of the submission.
        exercises: the exercises to be checked.
        public: seeds whose messages are told.
        hidden: seeds at which a check runs that has passed at the public ones.
    """

    lesson: str
    pieces: Sequence[Piece]
    exercises: Sequence[Exercise]
    public: Sequence[int]
    hidden: Sequence[int] = ()
    findings: dict[Place, Finding] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._exercises = {each.name: each for each in self.exercises}
        self._waiting = [
            (each.name, place) for each in self.exercises for place, _ in enumerate(each.checks)
        ]
        self._skip: list[list[int]] = []
        self._spent = dict.fromkeys(self._exercises, 0.0)
        self._deaths = dict.fromkeys(self._exercises, 0)

    def complete(self) -> None:
        """Run all checks; `findings` and `problems` hold what was found."""
        workers = 0
        while self._waiting:
            workers += 1
            if workers > 1 + DEATHS * (1 + len(self.exercises)):
                self._abandon("not run: the submission has ended too many processes")
            else:
                self._try()

    def _try(self) -> None:
        try:
            with _Worker(self._request()) as worker:
                self._follow(worker)
        except OSError as error:  # of this machine: no memory, no more processes
            self._blame(["starting"], str(error))

    def _request(self) -> dict[str, Any]:
        seeds = {"public": list(self.public), "hidden": list(self.hidden)}
        return {
            "register": register.REGISTER,
            "lesson": self.lesson,
            "pieces": [astuple(piece) for piece in self.pieces],
            "skip": self._skip,
            "checks": self._waiting,
            "seeds": {stage: own for stage, own in seeds.items() if own},
        }

    def _follow(self, worker: "_Worker") -> None:
        """Take a worker's events until it is done, or blame its last step."""
        step: list[Any] = ["starting"]
        limit = START
        while True:
            began = time.monotonic()
            event = worker.event(limit)
            if step[0] == "checking":
                self._spent[step[1]] += time.monotonic() - began
            match event:
                case ["problem", str(text)]:
                    self._note(text)
                case ["loading", _, _, imports]:
                    step, limit = event, START if imports else LOAD
                case ["checking", str(name), *_]:
                    step, limit = event, self._limit(name)
                case ["outcome", str(name), int(place), str(stage), *found]:
                    self._found((name, place), stage, *found)
                case ["done"]:
                    return self._abandon("not run")
                case ["broken", str(text)]:
                    return self._blame(step, text)
                case ["late"] if step[0] == "checking" and limit < self._exercises[step[1]].limit:
                    return self._blame(step, SPENT.format(self._budget(step[1])))
                case _:
                    return self._blame(step, worker.end(event, limit))

    def _limit(self, name: str) -> float:
        """Seconds for one pass over a check's data: the passes of an exercise share a budget."""
        left = self._budget(name) - self._spent[name]
        return max(0.1, min(self._exercises[name].limit, left))

    def _budget(self, name: str) -> float:
        return self._exercises[name].limit * (len(self.public) + len(self.hidden))

    def _found(self, place: Place, stage: str, status: str, message: str, printed: str) -> None:
        if stage == "public":
            self.findings[place] = Finding(status, message, printed)
        else:
            self.findings[place].hidden = status
        if stage == "hidden" or not self.hidden or status != "passed":
            self._waiting.remove(place)

    def _blame(self, step: list[Any], text: str) -> None:
        match step:
            case ["checking", name, place, stage]:
                self._deaths[name] += 1
                if (name, place) in self._waiting:
                    self._found((name, place), stage, "error", text, "")
                if self._deaths[name] >= DEATHS:
                    self._abandon("not run, after two checks that did not finish", name)
            case ["loading", number, place, _]:
                self._skip.append([number, place])
                piece = self.pieces[number]
                line = parse(piece.text).body[place].lineno
                self._note(f"{where(piece.place, line)}: {text}, skipped")
            case _:
                self._note(f"not run: {text}")
                self._abandon(f"not run: {text}")

    def _abandon(self, text: str, exercise: str | None = None) -> None:
        for place in [*self._waiting]:
            if exercise in (None, place[0]):
                self.findings.setdefault(place, Finding("error", text))
                self._waiting.remove(place)

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


class _Worker:
    """A process of `labs.course.worker`, in an empty folder; left behind, it is ended."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._token = secrets.token_hex(16)
        self._events: queue.Queue[list[Any]] = queue.Queue()
        try:
            self._process = _process(self._folder.name)
        except OSError:
            self._folder.cleanup()
            raise
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        out = self._process.stdout
        threading.Thread(target=self._listen, args=(out,), daemon=True).start()
        with suppress(OSError), self._process.stdin as stdin:
            stdin.write(json.dumps({**request, "token": self._token}).encode() + b"\n")

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError, PermissionError, AttributeError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def event(self, seconds: float) -> list[Any]:
        """Return the next event, or ["late"] after some seconds, or ["ended"]."""
        try:
            return self._events.get(timeout=seconds)
        except queue.Empty:
            return ["late"]

    def end(self, event: list[Any], seconds: float) -> str:
        """Return why no further event comes."""
        if event == ["late"]:
            return f"not finished after {seconds:.2g} s (an endless loop?)"
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "the descriptor of its results was closed"
        if code >= 0:
            return "the answer ended the program"
        name = next((each.name for each in signal.Signals if each == -code), f"signal {-code}")
        return f"the program crashed by {name} (endless recursion, memory?)"

    def _listen(self, out: IO[bytes]) -> None:
        token = self._token.encode()
        with out:
            for line in iter(lambda: out.readline(LINE), b""):
                if line.startswith(token):
                    with suppress(ValueError):  # torn by an answer that has forked
                        self._events.put(json.loads(line[len(token) :]))
        self._events.put(["ended"])


def _process(folder: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-c", BOOT, json.dumps(_path())],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what an answer starts ends with it
    )


def _path() -> list[str]:
    """Where this process finds modules, but for the working folder: it may hold a numpy.py."""
    home = str(Path(__file__).parents[2])
    others = (os.path.abspath(each) for each in sys.path if each)
    return [home, *(each for each in others if each not in (home, os.getcwd()))]


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != KEY}
    return {**kept, **dict.fromkeys(ONE_THREAD, "1"), "MPLBACKEND": "agg", "TMPDIR": folder}
