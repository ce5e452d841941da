"""Who owns which replicate, and the seeds of the hidden checks: both follow from the course's key.

The key never leaves the instructor. Take a long one: a student knows one replicate and could try
short keys.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from labs.kit import files
from labs.kit.checks import check_sizes

KEY = "LABS_COURSE_KEY"  # the environment variable that holds a course's key
REPLICATES = 1_000_000  # of students: 1 to this; 0 is the instructor's
COLUMN = "student"
NAME = re.compile(r"[\w@+-][\w.@+-]{0,63}")  # it becomes the name of a folder


def replicate(student: str, key: str) -> int:
    """Return the replicate that a student owns: 1 to 1,000,000.

    Args:
        student: id, of letters, digits and ``. _ @ + -``.
        key: of the course.

    Raises:
        ValueError: an id that does not fit, or an empty key.

    >>> replicate("s17", "autumn")
    745086
    """
    return 1 + _number(key, "replicate", checked(student)) % REPLICATES


def hidden_seeds(key: str, lesson: str, count: int = 3) -> list[int]:
    """Return the seeds at which a lesson's checks are graded beside the public one.

    Args:
        key: of the course.
        lesson: its name.
        count: how many.

    Raises:
        ValueError: an empty key, or a count below 1.

    >>> len(set(hidden_seeds("autumn", "priors", 5)))
    5
    """
    check_sizes(count=count)
    return [1 + _number(key, "hidden", lesson, str(i)) % (2**31 - 1) for i in range(count)]


def roster(students: Iterable[str], key: str) -> dict[str, int]:
    """Return the replicate of every student, all of them different: where two share one, the later
    gets the next that is free.

    Raises:
        ValueError: an id that does not fit, or that stands twice, in capitals or not; an empty key.
    """
    owned: dict[str, int] = {}
    taken: set[int] = set()
    seen: set[str] = set()
    for student in students:
        if student.casefold() in seen:
            raise ValueError(f"{COLUMN} must be another in every row, got {student!r} twice")
        seen.add(student.casefold())
        own = replicate(student, key)
        while own in taken:
            own = own % REPLICATES + 1
        taken.add(own)
        owned[student] = own
    return owned


def read(path: Path) -> list[str]:
    """Return the ids of a roster, a CSV file with a column ``student``, in its order.

    Raises:
        ValueError: no such column, no rows, or text that is no CSV in UTF-8.
        OSError: the file cannot be read.
    """
    return [row[COLUMN] for row in rows(path, (COLUMN,))]


def run(arguments: argparse.Namespace) -> int:
    """Print who owns which replicate, as CSV."""
    owned = roster(read(arguments.file), arguments.course)
    print(f"{COLUMN},replicate")
    for student, own in owned.items():
        print(f"{student},{own}")
    print(f"digest of the hidden seeds: {digest(arguments.course)}", file=sys.stderr)
    return 0


def rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file that has some columns, with what stands in those.

    Raises:
        ValueError: a column is missing, there are no rows, or it is no CSV in UTF-8.
        OSError: the file cannot be read.
    """
    try:
        text = files.read(path).decode("utf-8-sig")  # spreadsheets begin with a mark
        head, *body = [list(map(str.strip, row)) for row in csv.reader(io.StringIO(text)) if row]
    except (ValueError, csv.Error):
        raise ValueError(f"{path.name} must be CSV in UTF-8 with a heading") from None
    missing = [name for name in columns if name not in head]
    if missing:
        raise ValueError(f"{path.name} must have a column {missing[0]}, got {', '.join(head)}")
    found = [dict(zip(head, row, strict=False)) for row in body if any(row)]
    if not found:
        raise ValueError(f"{path.name} must have a row for each {columns[0]}, got none")
    return [{name: row.get(name, "") for name in columns} for row in found]


def checked(student: str) -> str:
    """Return a student's id.

    Raises:
        ValueError: it is not of letters, digits and ``. _ @ + -``, at most 64.
    """
    if not isinstance(student, str) or not NAME.fullmatch(student):
        raise ValueError(
            f"{COLUMN} must be of letters, digits and . _ @ + -, at most 64, got {student!r}"
        )
    return student


def digest(key: str) -> str:
    """Return 12 letters and digits that tell whether two instructors have the same key."""
    return _hash(key, "digest").hex()[:12]


def _number(key: str, *words: str) -> int:
    return int.from_bytes(_hash(key, *words))


def _hash(key: str, *words: str) -> bytes:
    if not isinstance(key, str) or not key:
        raise ValueError(f"course key must hold a text: --course KEY, got {key!r}")
    return hashlib.sha256(json.dumps([key, *words]).encode()).digest()
