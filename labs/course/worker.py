"""A process that loads the functions of one submission and checks them, for `labs.course.running`.

It reads one request (JSON) from its standard input, and answers with one line (a token, then JSON)
for every step that it begins or ends, on a descriptor that is opened before a student's code is
loaded. Whatever goes wrong in here, the parent goes on.
"""

import __future__

import ast
import contextlib
import functools
import io
import json
import linecache
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from labs.course import register
from labs.course.checking import Outcome, run_check, told
from labs.course.guard import Guard
from labs.course.plan import Answer, Check
from labs.course.submission import Piece, where
from labs.course.syntax import parse

LONGEST = 2000  # characters of a message, and of what an answer prints
MEMORY = 4 * 2**30  # bytes beyond what the libraries take
WRITTEN = 2**26  # bytes of a file that an answer writes
FLAGS = __future__.annotations.compiler_flag  # a lost import must not break an annotation
REPLACED = "{} was replaced: an answer must leave the libraries as they are"

Tell = Callable[..., None]


def main() -> None:
    """Serve one request, then end without running the handlers that an answer has registered."""
    results = os.dup(1)
    request = json.loads(sys.stdin.buffer.readline())
    _detach()
    tell = _teller(results, request["token"])
    try:
        _serve(request, tell)
        tell("done")
    except BaseException as error:
        tell("broken", f"{type(error).__name__}: {error}"[:LONGEST])
    os._exit(0)


def _serve(request: Mapping[str, Any], tell: Tell) -> None:
    register.REGISTER = request["register"]
    exercises = register.exercises(request["lesson"])
    guard = Guard([request["register"].partition(".")[0]])
    _limit()
    names = _load([Piece(*each) for each in request["pieces"]], request["skip"], tell)
    if replaced := guard.mend():
        tell("problem", REPLACED.format(replaced))
    for exercise, place in request["checks"]:
        check, answer = exercises[exercise].checks[place], names.get(exercise)
        for stage, seeds in request["seeds"].items():
            begin = functools.partial(tell, "checking", exercise, place, stage)
            found, printed = _examined(check, answer, seeds, guard, begin)
            tell("outcome", exercise, place, stage, found.status, found.message, printed)
            if found.status != "passed":
                break


def _examined(
    check: Check, answer: Any, seeds: Iterable[int], guard: Guard, begin: Tell
) -> tuple[Outcome, str]:
    """What a check finds at the first of some seeds at which it does not pass, and the prints."""
    prints, recursion = _Prints(), sys.getrecursionlimit()
    if not callable(answer):
        return Outcome(check.name, "missing", "there is no function of this name"), ""
    for seed in seeds:
        begin()
        found = _run(check, answer, seed, guard, prints)
        sys.setrecursionlimit(recursion)
        if found.status != "passed":
            return replace(found, message=found.message[:LONGEST]), prints.text
    return Outcome(check.name, "passed"), prints.text


def _run(check: Check, answer: Answer, seed: int, guard: Guard, prints: "_Prints") -> Outcome:
    caught: BaseException | None = None
    found = Outcome(check.name, "error")
    before, sys.stdout = sys.stdout, prints
    try:
        found = run_check(check, answer, seed)
    except BaseException as error:
        caught = error
    replaced = guard.mend()  # before anything else, which may need what was replaced
    sys.stdout = before
    if replaced:
        return replace(found, status="error", message=REPLACED.format(replaced))
    return found if caught is None else replace(found, message=_told(caught, answer))


def _told(error: BaseException, answer: Answer) -> str:
    try:
        return told(error, answer)
    except BaseException:  # it cannot even be printed
        return type(error).__name__


def _load(pieces: Iterable[Piece], skip: list[list[int]], tell: Tell) -> dict[str, Any]:
    """Run the statements that are kept, each alone, and return the names that they set."""
    module = ModuleType("submission")
    sys.modules[module.__name__] = module
    for number, piece in enumerate(pieces):
        file = f"<{number}>"
        linecache.cache[file] = (len(piece.text), None, piece.text.splitlines(True), file)
        body = parse(piece.text).body
        for place in piece.keep:
            if [number, place] not in skip:
                node = body[place]
                tell("loading", number, place, isinstance(node, ast.Import | ast.ImportFrom))
                _execute(node, file, module, piece.place, tell)
    return vars(module)


def _execute(node: ast.stmt, file: str, module: ModuleType, place: str, tell: Tell) -> None:
    try:
        tree = ast.Module([node], [])
        exec(compile(tree, file, "exec", FLAGS, dont_inherit=True), vars(module))
    except BaseException as error:
        why = f"{type(error).__name__}: {error}"[:LONGEST]
        tell("problem", f"{where(place, node.lineno)}: {why}")


class _Prints(io.TextIOBase):
    """What is printed, up to a length."""

    text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < LONGEST:
            self.text = (self.text + text)[:LONGEST]
        return len(text)


def _teller(descriptor: int, token: str) -> Tell:
    own, getpid, write, dumps, leave = os.getpid(), os.getpid, os.write, json.dumps, os._exit

    def tell(*event: Any) -> None:
        if getpid() != own:  # an answer has forked
            leave(0)
        write(descriptor, f"{token}{dumps(event)}\n".encode())

    return tell


def _detach() -> None:
    """Leave nothing to read, and nowhere to write to, for whoever writes to descriptors."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _limit() -> None:
    """Limit memory and files, where the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
        most = _address_space() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _address_space() -> int:
    """Bytes that this process takes already; libraries of a graphics card take many."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
