"""A lesson as nbgrader's source notebook: its own markers, and one locked cell for each check.

One cell per check gives partial points without a number that a cell would have to return.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from labs.course.marking import EXPLAIN
from labs.course.notebook import KERNEL
from labs.course.plan import Exercise, Lesson
from labs.course.source import Source
from labs.kit.extras import require

SCHEMA = 3  # of nbgrader's metadata

Kind = Mapping[str, bool | float]  # what nbgrader's metadata say of a cell
LOCKED: Kind = {"grade": False, "solution": False, "locked": True}
SOLUTION: Kind = {"grade": False, "solution": True, "locked": False}


def notebook(source: Source, lesson: Lesson, exercises: Mapping[str, Exercise]) -> str:
    """Return the .ipynb with solutions, markers and metadata from which nbgrader makes the rest.

    Args:
        source: of the lesson.
        lesson: its plan.
        exercises: by name; each of their checks becomes one cell with its points.

    Raises:
        MissingExtraError: nbformat is not installed.
    """
    require("teach", "a notebook", ["nbformat"])
    import nbformat

    made = nbformat.v4.new_notebook(metadata=KERNEL)
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    for name, kind, text, own in _cells(source, lesson, exercises):
        metadata = {"nbgrader": _metadata(f"{source.name}-{name}", kind, own)} if own else {}
        identity = hashlib.sha256(f"{source.name}\n{name}\n{text}".encode()).hexdigest()[:8]
        made.cells.append(make[kind](text, metadata=metadata, id=identity))
    nbformat.validate(made)
    return str(nbformat.writes(made, version=4)) + "\n"


def _cells(
    source: Source, lesson: Lesson, exercises: Mapping[str, Exercise]
) -> Iterator[tuple[str, str, str, Kind]]:
    """Name, kind, text and meaning of every cell; no meaning where nbgrader has nothing to do."""
    for place, cell in enumerate(source.cells):
        exercise, check = cell.named("exercise"), cell.named("check")
        if "instructor" in cell.tags:
            continue
        if exercise is not None:
            yield exercise, cell.kind, cell.content, SOLUTION
        elif check is not None:
            yield f"{check}-check", cell.kind, cell.content, LOCKED
            yield from _checks(f"{source.name}.{check}", exercises[check])
        elif (name := cell.named("explain")) is not None:
            points = EXPLAIN / len(lesson.explain)
            yield name, cell.kind, cell.content, {**SOLUTION, "grade": True, "points": points}
        else:
            yield f"{place}", cell.kind, cell.content, {}


def _checks(path: str, exercise: Exercise) -> Iterator[tuple[str, str, str, Kind]]:
    for number, check in enumerate(exercise.checks, 1):
        text = (
            "from labs.course.checking import check_one\n\n"
            f'check_one("{path}", {check.name!r}, {exercise.name})'
        )
        points = {**LOCKED, "grade": True, "points": float(check.points)}
        yield f"{exercise.name}-{number}", "code", text, points


def _metadata(identity: str, kind: str, own: Kind) -> dict[str, Any]:
    return {
        **own,
        "task": False,
        "schema_version": SCHEMA,
        "grade_id": identity,
        "cell_type": kind,
    }
