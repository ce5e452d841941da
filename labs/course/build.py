"""Building lessons: what students, graders and instructors get, from the one source."""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

from labs.course import committed, nbgrader, register, source, students
from labs.course.cells import join
from labs.course.notebook import notebook
from labs.course.paths import is_folder
from labs.kit import files
from labs.kit.checks import known

FORMATS = ("ipynb", "py", "nbgrader")
ENDINGS = {"nbgrader": "ipynb"}  # of formats that are not endings themselves
OUT = Path("lessons")  # where built lessons go when it is not said


def text(name: str, variant: str = "student", format: str = "ipynb", replicate: int = 0) -> str:
    """Return what one reader gets of a lesson.

    Args:
        name: of the lesson.
        variant: ``"student"``, ``"solution"`` or ``"instructor"``; the instructor's notebook is
            executed, so it has outputs.
        format: ``"ipynb"``, ``"py"``, or ``"nbgrader"``, its source notebook, which has solutions
            and markers whatever the variant.
        replicate: whose data set it is; 0 is the instructor's, the published one.

    Raises:
        ValueError: an unknown lesson, variant or format; a source that breaks a rule.
        MissingExtraError: a notebook needs the extra `teach`.
    """
    known("format", format, FORMATS)
    known("variant", variant, source.VARIANTS)
    found = source.read(name)
    if format == "py":
        return join(found.view(variant, replicate))
    if format == "nbgrader":
        return nbgrader.notebook(found, register.lesson(name), register.exercises(name))
    return notebook(found, variant, replicate)


def run(arguments: argparse.Namespace) -> int:
    """Write one lesson or all, for students, with solutions, or for the instructor."""
    if arguments.committed or arguments.check:
        return committed.run(arguments, text)
    names = register.names() if arguments.name == "all" else [arguments.name]
    variant, format = arguments.variant or "student", arguments.format or "ipynb"
    mark = "" if variant == "student" else f"-{variant}"
    ending = ENDINGS.get(format, format)
    places = {
        folder / f"{name}{mark}.{ending}": (name, replicate)
        for name in names
        for folder, replicate in _folders(arguments).items()
    }
    _refuse_blocked(places)
    texts = {
        path: text(name, variant, format, replicate) for path, (name, replicate) in places.items()
    }
    _refuse_edited(texts)
    for path, content in texts.items():
        files.write(path, content)
        print(path)
    return 0


def _folders(arguments: argparse.Namespace) -> dict[Path, int]:
    """Where to write, and for whose replicate: a folder of each student's own, if any is named."""
    out, key = arguments.out or OUT, arguments.course
    _refuse_solutions(arguments)
    if arguments.student is not None and arguments.roster is not None:
        raise ValueError("a build must be for --student or for --roster, got both")
    if arguments.student is not None:
        student = students.checked(arguments.student)
        return {out / student: students.replicate(student, key)}
    if arguments.roster is not None:
        owned = students.roster(students.read(arguments.roster), key)
        return {out / student: replicate for student, replicate in owned.items()}
    return {out: 0}


def _refuse_solutions(arguments: argparse.Namespace) -> None:
    """What students get must not hold solutions."""
    if arguments.student is None and arguments.roster is None:
        return
    if (variant := arguments.variant or "student") != "student":
        raise ValueError(f"a build for students must be of the variant student, got {variant!r}")
    if arguments.format == "nbgrader":
        raise ValueError("a build for students must hold no solutions, got --format nbgrader")


def _refuse_blocked(paths: Iterable[Path]) -> None:
    for path in paths:
        if not is_folder(path.parent):
            raise ValueError(f"--out must be a folder, got a file at {str(path.parent)!r}")
        if path.is_dir():
            raise ValueError(f"--out must hold no folder {path.name}, got {str(path)!r}")


def _refuse_edited(texts: Mapping[Path, str]) -> None:
    for path, content in texts.items():
        if path.exists() and files.read(path) != content.encode():
            raise ValueError(
                f"--out must hold no other {path.name}, got one in {str(path.parent)!r}, maybe "
                "somebody's work: move it away"
            )
