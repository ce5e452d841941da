"""The commands `lesson check` and `lesson grade`: of one file, or of all that a class handed in."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from labs.course import documents, formats, register
from labs.course.batch import handed_in, of_folder, reports
from labs.course.marking import SCHEMA, Handed, Marking, Report, report
from labs.course.paths import is_folder
from labs.course.students import hidden_seeds
from labs.course.submission import read
from labs.kit import files
from labs.kit.checks import check_sizes, known

LONGEST = 200  # bytes of a file's name


def check(arguments: argparse.Namespace) -> int:
    """Print what the checks of a lesson find about a file; 1 while some do not pass."""
    lesson = register.lesson(arguments.name)
    exercises = register.exercises(arguments.name)
    if arguments.exercise is not None:
        own = known(f"exercise of {lesson.name}", arguments.exercise, exercises)
        exercises = {own: exercises[own]}
    read(arguments.file)  # what is no submission is refused before any work
    file: Path = arguments.file
    found = report(Handed(file.stem, file, file.parent), Marking(lesson, exercises))
    print(files.as_json(found) if arguments.json else formats.checked(found), end="")
    return 0 if found["score"] == found["max_score"] else 1


def grade(arguments: argparse.Namespace) -> int:
    """Grade a file, or all that were handed in; print the result, write each report."""
    marking, out = _marking(arguments), _out(arguments)
    handed = _handed(arguments)
    before = {} if out is None else _written(out, arguments.name)
    done = list[Report]()
    for found in reports(handed, marking, arguments.jobs, before):
        done.append(found)
        if out is not None:
            _write(out / _file_name(found["student"]), found)
        print(f"{formats.line(found)} ({len(done)}/{len(handed)})", file=sys.stderr, flush=True)
    done.sort(key=lambda each: str(each["student"]))
    for remark in _remarks(done, before, arguments.name):
        print(remark, file=sys.stderr)
    if out is not None:
        everybody = {**before, **{each["student"]: each for each in done}}
        files.write(
            out / "grades.csv", formats.table([everybody[who] for who in sorted(everybody)])
        )
        print(f"reports: {out}", file=sys.stderr)
    print(_told(done, arguments), end="")
    return 0


def _written(out: Path, lesson: str) -> dict[str, Report]:
    """The reports of a lesson that a folder holds, by student; what is no report is left out."""
    found = dict[str, Report]()
    for path in sorted(out.glob("*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            paper = documents.load(path)[0]
            ours = (paper["schema"], paper["lesson"]) == (SCHEMA, lesson)
            if ours and path.stem == _file_name(paper["student"]):
                formats.table([paper])  # which a damaged one does not give
                found[paper["student"]] = paper
    return found


def _remarks(done: list[Report], before: dict[str, Report], lesson: str) -> Iterator[str]:
    kept = sum(each is before.get(each["student"]) for each in done)
    if kept:
        yield f"{kept} of {len(done)} unchanged since their reports were written: not run again"
    without = sum(each["submitted"] is None for each in done)
    if without:
        yield f"{without} of {len(done)} handed in no {lesson} notebook"


def _write(path: Path, found: Report) -> None:
    """The report for the instructor, and the text for the student beside it."""
    files.write(path.with_name(f"{path.name}.json"), files.as_json(found))
    files.write(path.with_name(f"{path.name}.txt"), formats.text(found))


def _marking(arguments: argparse.Namespace) -> Marking:
    check_sizes(jobs=arguments.jobs)
    lesson = register.lesson(arguments.name)
    hidden = tuple(hidden_seeds(arguments.course, lesson.name))
    deadline = None if arguments.deadline is None else _time(arguments.deadline)
    return Marking(lesson, register.exercises(lesson.name), hidden, deadline)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"deadline must be as 2026-11-30T18:00, got {text!r}") from None


def _handed(arguments: argparse.Namespace) -> list[Handed]:
    path: Path = arguments.file
    if arguments.format == "gradescope" and path.is_dir():  # which grades one student at a time
        return [of_folder(path.resolve(), arguments.name)]
    return handed_in(path, arguments.name)


def _out(arguments: argparse.Namespace) -> Path | None:
    """Where reports are written: of a class somewhere, of one file where it is asked for."""
    out: Path | None = arguments.out
    if out is None and arguments.file.is_dir() and arguments.format != "gradescope":
        out = Path("grades") / arguments.name
    if out is not None and not is_folder(out):  # where the default is a file
        raise ValueError(f"--out must be a folder, got {str(out)!r}")
    return out


def _file_name(student: str) -> str:
    """The student's id, or where that is too long for a file its beginning and a digest."""
    return (
        student if len(student.encode()) <= LONGEST else f"{student[:40]}-{documents.code(student)}"
    )


def _told(found: list[Report], arguments: argparse.Namespace) -> str:
    one = found[0] if arguments.file.is_file() else None
    if arguments.format == "csv":
        return formats.table(found)
    if arguments.format == "json":
        return files.as_json(found if one is None else one)
    if arguments.format == "gradescope":
        return files.as_json(formats.gradescope(found[0]))
    return formats.summary(found) if one is None else formats.text(one)
