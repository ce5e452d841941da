"""Checking a student's function: every check of its exercise, each with what it says."""

import inspect
import os
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from textwrap import dedent
from tokenize import TokenError
from types import FunctionType, ModuleType
from typing import Literal

from labs.course import register, students
from labs.course.plan import Answer, Check, Exercise, MismatchError
from labs.course.syntax import Scope, parse, within
from labs.kit.checks import known

ELSEWHERE = "also at other data: not yet"
PUBLIC_SEEDS = (0,)  # that everybody's checks run at; grading adds hidden ones


class NotYetError(Exception):
    """Some checks of an exercise do not pass yet; they have been printed."""


@dataclass(frozen=True)
class Outcome:
    """What one check found.

    `status` is ``"passed"``, ``"failed"`` (the answer is wrong), ``"missing"`` (the stub stands
    there still) or ``"error"`` (the answer raised an exception). `message` is empty where passed.
    """

    name: str
    status: Literal["passed", "failed", "missing", "error"]
    message: str = ""


def run_check(check: Check, answer: Answer, seed: int) -> Outcome:
    """Return what one check finds about an answer with the data of one seed."""
    try:
        check.run(answer, seed)
    except MismatchError as wrong:
        return Outcome(check.name, "failed", str(wrong))
    except NotImplementedError as stub:
        return Outcome(check.name, "missing", str(stub) or "not written yet")
    except Exception as error:
        return Outcome(check.name, "error", told(error, answer))
    return Outcome(check.name, "passed")


def outcomes(exercise: Exercise, answer: Answer, seed: int) -> Iterator[Outcome]:
    """Yield what every check of an exercise finds, in their order."""
    for check in exercise.checks:
        yield run_check(check, answer, seed)


def told(error: BaseException, answer: Answer) -> str:
    """Return an exception in one line, with the line of the student's code that it comes from."""
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    own = [at for at in traceback.extract_tb(error.__traceback__) if at.filename == file]
    where = f" in line {own[-1].lineno}: {own[-1].line}" if own and own[-1].line else ""
    return f"{type(error).__name__}: {error}{where}"


def check(path: str, answer: Answer) -> None:
    """Print what every check of an exercise finds about a function, one line each.

    Args:
        path: ``"lesson.exercise"``, such as ``"priors.shuffle_positions"``.
        answer: the function.

    Raises:
        ValueError: no such exercise.
        TypeError: `answer` is not a function.
        NotImplementedError: after all lines, when the stub stands there still.
        NotYetError: after all lines, when a check does not pass.
    """
    exercise = register.exercise(path)
    if not callable(answer):
        raise TypeError(f"answer must be a function, got {answer!r}")
    if used := refused(answer, exercise.without):
        print(f"not yet: write it yourself: `{used}` is not used here")
        raise NotYetError(f"{path}: it uses {used}")
    found = [each for seed in PUBLIC_SEEDS for each in outcomes(exercise, answer, seed)]
    for each in found:
        print(f"not yet: {each.name}: {each.message}" if each.message else f"ok: {each.name}")
    if any(each.status == "missing" for each in found):
        raise NotImplementedError(f"{path} is not written yet")
    open_ = sum(each.status != "passed" for each in found)
    if open_:
        raise NotYetError(f"{path}: {open_} of {len(found)} checks do not pass yet")


def check_one(path: str, name: str, answer: Answer) -> None:
    """Run one check of an exercise, as one cell of a grader does.

    Where the environment variable `LABS_COURSE_KEY` holds the course's key, the check runs at the
    hidden seeds too, of which nothing is told.

    Args:
        path: ``"lesson.exercise"``.
        name: of the check.
        answer: the function.

    Raises:
        ValueError: no such exercise or check.
        NotYetError: the check does not pass.
    """
    checks = {each.name: each for each in register.exercise(path).checks}
    check = checks[known("check", name, checks)]
    for seed in PUBLIC_SEEDS:
        found = run_check(check, answer, seed)
        if found.status != "passed":
            raise NotYetError(f"{name}: {found.message}")
    key = os.environ.get(students.KEY)
    hidden = students.hidden_seeds(key, path.partition(".")[0]) if key else []
    if any(run_check(check, answer, seed).status != "passed" for seed in hidden):
        raise NotYetError(f"{name}: {ELSEWHERE}")


def refused(answer: Answer, without: Iterable[str]) -> str | None:
    """Return the first of some modules or dotted names that a function uses, or None.

    It is read from the source of the function and of the helpers beside it, where there is one;
    grading reads a whole submission and sees more.
    """
    scope = Scope()
    for name, value in getattr(answer, "__globals__", {}).copy().items():
        if isinstance(value, ModuleType):
            scope.modules[name] = value.__name__
        elif isinstance(value, FunctionType) and value.__globals__ is answer.__globals__:
            with suppress(OSError, SyntaxError, TokenError):  # typed at a prompt; half a line
                scope.functions[name] = parse(dedent(inspect.getsource(value)))
    uses = sorted(scope.uses(getattr(answer, "__name__", "")))
    return next((within(each, without) for each in uses if within(each, without)), None)
