"""The report on one submission: what its functions, its prediction and its texts are worth."""

import difflib
import json
import re
import time
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from labs.course import documents, predictions, source
from labs.course.cells import join
from labs.course.checking import ELSEWHERE, PUBLIC_SEEDS
from labs.course.inbox import printable
from labs.course.plan import Exercise, Lesson
from labs.course.running import Finding, Run
from labs.course.submission import ANSWER, Submission, read, take_apart
from mnist1d import __version__

SCHEMA = "mnist1d-labs/grade/1"
EXPLAIN = 6.0  # points of all texts together, given by a person
NO_OPINION = 0.0  # score of a prediction that says nothing
NEAR = 0.8  # of a function's name to one that was asked for
LOST = (
    "{}; grading runs functions, imports and literals alone: the function must set it itself, "
    "or take it as an argument"
)
UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")

Report = dict[str, Any]


@dataclass(frozen=True)
class Handed:
    """What one student has handed in.

    Args:
        student: id.
        path: the notebook or script; None where there is none.
        folder: where predictions lie; None where they cannot be told from another student's.
        problem: why `path` is not read, or what is odd about it.
    """

    student: str
    path: Path | None
    folder: Path | None = None
    problem: str = ""


@dataclass(frozen=True)
class Marking:
    """How the submissions of a lesson are graded.

    Args:
        lesson: its plan.
        exercises: that are graded, by name.
        hidden: the hidden seeds.
        deadline: a file changed after it is late.
    """

    lesson: Lesson
    exercises: Mapping[str, Exercise]
    hidden: tuple[int, ...] = ()
    deadline: datetime | None = None


def report(handed: Handed, marking: Marking, before: Report | None = None) -> Report:
    """Return the report on a submission, whatever the submission is.

    Args:
        handed: by the student.
        marking: how it is graded.
        before: an earlier report of the student; it is returned where it still holds, and no check
            of it may have ended by an error, which could be one of the machine.

    Returns:
        The JSON object of schema ``mnist1d-labs/grade/1``. Of the hidden seeds it says no more
        than their number, and of each check its status there (`hidden`).
    """
    began = time.monotonic()
    if before is not None and _still_holds(before, handed, marking):
        return before
    problems = [handed.problem] if handed.problem else []
    submission = _submission(handed, problems)
    graded = _exercises(submission, marking, problems)
    prediction = _prediction(handed, marking.lesson, problems)
    found = {
        "schema": SCHEMA,
        "lesson": marking.lesson.name,
        "version": marking.lesson.version,
        "package": __version__,
        "student": handed.student,
        "replicate": submission and submission.replicate,
        "submitted": handed.path and handed.path.name,
        "sha256": submission and submission.sha256,
        "late": _late(handed, marking.deadline),
        "seeds": _seeds(marking),
        "seconds": round(time.monotonic() - began, 1),
        "score": sum(each["score"] for each in graded),
        "max_score": sum(each["max_score"] for each in graded),
        "exercises": graded,
        "prediction": prediction,
        "explain": _explanations(submission, marking.lesson),
        "problems": problems,
    }
    return {name: _clean(value) for name, value in found.items()}


def _seeds(marking: Marking) -> dict[str, Any]:
    digest = documents.code(json.dumps(marking.hidden))  # they are too many to be guessed
    return {"public": list(PUBLIC_SEEDS), "hidden": len(marking.hidden), "digest": digest}


def _still_holds(before: Report, handed: Handed, marking: Marking) -> bool:
    problems = [handed.problem] if handed.problem else []
    submission = _submission(handed, problems)
    now = {
        "schema": SCHEMA,
        "lesson": marking.lesson.name,
        "version": marking.lesson.version,
        "package": __version__,
        "student": handed.student,
        "submitted": handed.path and handed.path.name,
        "sha256": submission and submission.sha256,
        "late": _late(handed, marking.deadline),
        "seeds": _seeds(marking),
        "prediction": _prediction(handed, marking.lesson, problems),
    }
    try:
        checks = [check for each in before["exercises"] for check in each["checks"]]
        errors = any("error" in (check["status"], check["hidden"]) for check in checks)
        told = {*_clean(problems)} <= {*before["problems"]}
        return told and not errors and all(before[name] == _clean(now[name]) for name in now)
    except (KeyError, TypeError):  # it was damaged
        return False


def _submission(handed: Handed, problems: list[str]) -> Submission | None:
    if handed.path is None:
        return None
    try:
        return read(handed.path)
    except Exception as error:  # grading goes on, whatever the file is
        problems.append(f"{handed.path.name}: not read: {error}")
        return None


def _exercises(
    submission: Submission | None, marking: Marking, problems: list[str]
) -> list[dict[str, Any]]:
    own = marking.exercises
    refused = {name: _refused(submission, each, own) for name, each in own.items()}
    asked = [each for name, each in marking.exercises.items() if refused[name] is None]
    run = Run(
        marking.lesson.name,
        submission.pieces if submission else (),
        asked,
        PUBLIC_SEEDS,
        marking.hidden,
    )
    run.complete()
    problems += [*(submission.problems if submission else ()), *run.problems]
    return [
        _exercise(each, refused[name], run.findings, submission)
        for name, each in marking.exercises.items()
    ]


def _refused(
    submission: Submission | None, exercise: Exercise, others: Container[str]
) -> Finding | None:
    """What is found of an exercise's checks without running them, if that can be said."""
    name = exercise.name
    if submission is None or not submission.scope.defines(name):
        return _missing(name, submission, others)
    used = submission.refused(name, exercise.without)
    return Finding("failed", f"write it yourself: `{used}` is not used here") if used else None


def _missing(name: str, submission: Submission | None, others: Container[str]) -> Finding:
    if submission is not None and name in submission.unread:
        return Finding("missing", submission.unread[name])
    theirs = {each.casefold(): each for each in submission.scope.functions} if submission else {}
    near = difflib.get_close_matches(
        name.casefold(), [low for low, each in theirs.items() if each not in others], 1, NEAR
    )
    hint = f": did you mean {theirs[near[0]]}?" if near else ""
    return Finding("missing", f"there is no function {name}{hint}")


def _exercise(
    exercise: Exercise,
    refused: Finding | None,
    findings: Mapping[tuple[str, int], Finding],
    submission: Submission | None,
) -> dict[str, Any]:
    found = [refused or findings[exercise.name, place] for place, _ in enumerate(exercise.checks)]
    lost = submission.scope.lost if submission else set[str]()
    checks = [
        {
            "name": check.name,
            "score": float(check.points) if _passed(each) else 0.0,
            "max_score": float(check.points),
            "status": "failed" if each.hidden not in ("", "passed") else each.status,
            "visibility": "visible",
            "message": _message(each, lost),
            "hidden": each.hidden,
        }
        for check, each in zip(exercise.checks, found, strict=True)
    ]
    return {
        "name": exercise.name,
        "score": sum(each["score"] for each in checks),
        "max_score": float(exercise.points),
        "status": _worst([each["status"] for each in checks]),
        "checks": checks,
        "printed": next((each.printed for each in found if each.printed), ""),
    }


def _passed(finding: Finding) -> bool:
    return finding.status == "passed" and finding.hidden in ("", "passed")


def _message(finding: Finding, lost: set[str]) -> str:
    if finding.hidden not in ("", "passed"):
        return ELSEWHERE
    undefined = UNDEFINED.search(finding.message)
    return LOST.format(finding.message) if undefined and undefined[1] in lost else finding.message


def _worst(statuses: list[Any]) -> str:
    return next((each for each in ("error", "missing", "failed") if each in statuses), "passed")


def _prediction(handed: Handed, lesson: Lesson, problems: list[str]) -> dict[str, Any]:
    nothing = {"sealed": False, "code": None, "score": None, "baseline": NO_OPINION}
    path = handed.folder and predictions.path(lesson.name, handed.folder)
    if path is None or not path.exists():
        return nothing
    try:
        sealed = predictions.read(path)
        if sealed.lesson != lesson.name:
            raise ValueError(f"{path.name} must be of lesson {lesson.name}, got {sealed.lesson!r}")
        score = predictions.total(predictions.scored(lesson, sealed.answers))
    except Exception as error:
        problems.append(f"prediction: not read: {error}")
        return nothing
    rounded = None if score is None else round(score, 4)
    return {**nothing, "sealed": True, "code": sealed.code, "score": rounded}


def _explanations(submission: Submission | None, lesson: Lesson) -> list[dict[str, Any]]:
    texts = submission.explanations if submission else {}
    asked = _asked(lesson.name) if texts else {}
    own = {name: _without(text, asked.get(name, "")) for name, text in texts.items()}
    return [
        {
            "name": name,
            "words": len(own.get(name, "").split()),
            "text": own.get(name, ""),
            "score": None,
            "max_score": EXPLAIN / len(lesson.explain),
        }
        for name in lesson.explain
    ]


def _asked(lesson: str) -> dict[str, str]:
    """What stands under the headings of the explanations before anybody has answered."""
    empty = join(source.read(lesson).view()).replace(ANSWER, "")
    return dict(take_apart(empty.encode(), notebook=False).explanations)


def _without(text: str, asked: str) -> str:
    """An answer without the question's own lines, which stay where the mark for it was deleted."""
    for line in filter(None, asked.split("\n")):
        text = text.replace(line, "", 1)
    return text.strip()


def _late(handed: Handed, deadline: datetime | None) -> bool:
    if deadline is None or handed.path is None:
        return False
    return handed.path.stat().st_mtime > deadline.timestamp()


def _clean(value: Any) -> Any:
    """The value with texts that every file and every screen takes."""
    if isinstance(value, str):
        return "\n".join(printable(line) for line in value.expandtabs(4).split("\n"))
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return {name: _clean(each) for name, each in value.items()} if type(value) is dict else value
