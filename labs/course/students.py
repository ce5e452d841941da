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
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from labs.kit import files
from labs.kit.checks import check_sizes

KEY = "LABS_COURSE_KEY"  # the environment variable that holds a course's key
REPLICATES = 1_000_000  # of students: 1 to this; 0 is the instructor's
COLUMN = "student"
NAME = re.compile(r"[\w@+]([\w.@+-]{0,62}[\w@+-])?")  # it becomes the name of a folder
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # by Windows
SEPARATORS = {";": "semicolons", "\t": "tabs"}  # of other spreadsheets
LONGEST = 64  # letters of a cell that are told


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
    for student in _distinct(("", student) for student in students):
        own = replicate(student, key)
        while own in taken:
            own = own % REPLICATES + 1
        taken.add(own)
        owned[student] = own
    return owned


def read(path: Path) -> list[str]:
    """Return the ids of a roster, a CSV file with a column ``student``, in its order.

    Raises:
        ValueError: no such column, no rows, or text that is no CSV in UTF-8; an id that does not
            fit or that stands twice, with its row.
        OSError: the file cannot be read.
    """
    found = rows(path, (COLUMN,))
    return _distinct((f"{place}: ", row[COLUMN]) for place, row in found.items())


def run(arguments: argparse.Namespace) -> int:
    """Print who owns which replicate, as CSV."""
    owned = roster(read(arguments.file), arguments.course)
    print(f"{COLUMN},replicate")
    for student, own in owned.items():
        print(f"{student},{own}")
    print(f"digest of the hidden seeds: {digest(arguments.course)}", file=sys.stderr)
    return 0


def rows(path: Path, columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the rows of a CSV file that has some columns: ``"FILE row 3"``, as a spreadsheet
    counts, -> what stands in those columns.

    Raises:
        ValueError: a column is missing or stands twice, there are no rows, or it is no CSV in
            UTF-8.
        OSError: the file cannot be read.
    """
    (_, head), *body = _cells(path)
    for name in columns:
        _check_column(path.name, name, head)
    found = {f"{path.name} row {n}": dict(zip(head, row, strict=False)) for n, row in body}
    if not found:
        raise ValueError(f"{path.name} must have a row for each {columns[0]}, got none")
    return {place: {name: row.get(name, "") for name in columns} for place, row in found.items()}


def checked(student: str) -> str:
    """Return a student's id, an accent and its letter joined into one (NFC).

    Raises:
        ValueError: it is not of letters, digits and ``. _ @ + -``, at most 64, begins with . or -
            or ends with ., or Windows has another use for the name.
    """
    name = unicodedata.normalize("NFC", student) if isinstance(student, str) else ""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{COLUMN} must be of letters, digits and . _ @ + -, begin with no . or -, end with no "
            f"., have at most 64, got {shortened(student)}"
        )
    if RESERVED.fullmatch(name):
        raise ValueError(f"{COLUMN} must be no name that Windows reserves, got {name!r}")
    return name


def shortened(value: object) -> str:
    """Return a value as it is told in a message: of a long text the beginning and the length."""
    if isinstance(value, str) and len(value) > LONGEST + 1:
        return f"{value[:LONGEST]!r}... of {len(value):,} letters"
    return repr(value)


def digest(key: str) -> str:
    """Return 12 letters and digits that tell whether two instructors have the same key."""
    return _hash(key, "digest").hex()[:12]


def _distinct(placed: Iterable[tuple[str, str]]) -> list[str]:
    seen: dict[str, str] = {}
    for place, student in placed:
        try:
            name = checked(student)
        except ValueError as error:
            raise ValueError(f"{place}{error}") from None
        other = seen.get(name.casefold())
        if other is not None:
            got = f"{name!r} twice" if other == name else f"{other!r} and {name!r}"
            raise ValueError(
                f"{place}{COLUMN} must be another in every row, apart from capitals, got {got}"
            )
        seen[name.casefold()] = name
    return [*seen.values()]


def _cells(path: Path) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers."""
    try:
        text = files.read(path).decode("utf-8-sig")  # spreadsheets begin with a mark
    except UnicodeError:
        raise ValueError(f"{path.name} must be CSV in UTF-8, got other bytes") from None
    read, found = csv.reader(io.StringIO(text, newline="")), []
    try:
        for number, row in enumerate(read, 1):
            cells = [cell.strip() for cell in row]
            found += [(number, cells)] * any(cells)
    except csv.Error as error:
        raise ValueError(f"{path.name} line {read.line_num} must be CSV, got: {error}") from None
    if not found:
        raise ValueError(f"{path.name} must be CSV in UTF-8 with a heading, got no text")
    return found


def _check_column(file: str, name: str, head: list[str]) -> None:
    got = shortened(", ".join(head))
    if head.count(name) > 1:
        raise ValueError(f"{file} must have one column {name}, got {got}")
    if name not in head:
        marks = [word for mark, word in SEPARATORS.items() if mark in "".join(head)]
        hint = f": put commas between columns, not {marks[0]}" if marks else ""
        raise ValueError(f"{file} must have a column {name}, got {got}{hint}")


def _number(key: str, *words: str) -> int:
    return int.from_bytes(_hash(key, *words))


def _hash(key: str, *words: str) -> bytes:
    if not isinstance(key, str) or not key.strip():
        raise ValueError(
            f"course key must hold a text: --course KEY or the variable {KEY}, got {key!r}"
        )
    return hashlib.sha256(json.dumps([key, *words]).encode()).digest()
