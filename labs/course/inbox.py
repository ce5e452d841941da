"""What came in: the JSON files of a folder of students' folders, or of their files.

The student is the name of the outermost folder, ``s09/predictions/priors.json``, or the file's own,
``s09.json``. Nothing in a file can stop the reading of the others: what cannot be read is named.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labs.course import documents
from labs.course.predictions import SCHEMA

OWN = ("predictions", "contributions")  # folders in a student's folder
LONGEST = 200  # letters of a reason that are told


@dataclass(frozen=True)
class Paper:
    """One JSON file: whose it is, where it lies in the folder, what it holds, its code."""

    student: str
    path: Path
    content: dict[str, Any]
    code: str

    @property
    def schema(self) -> str:
        """What kind of file it says to be, empty where it does not say."""
        said = self.content.get("schema", self.content.get("format"))
        return said if isinstance(said, str) else ""

    def is_of(self, schema: str, lesson: str) -> bool:
        """Whether it is of a kind and of a lesson."""
        return self.schema == schema and self.content.get("lesson") == lesson


@dataclass
class Inbox:
    """The papers of a folder, in the order of their paths, and what was refused, with why."""

    papers: list[Paper] = field(default_factory=list)
    refused: dict[Path, str] = field(default_factory=dict)

    def refuse(self, path: Path, why: object) -> None:
        """Put a path, relative to the folder, among the refused."""
        told = str(why)
        self.refused[path] = told if len(told) <= LONGEST else f"{told[: LONGEST - 3]}..."

    def first_seals(self, lesson: str) -> dict[str, Paper]:
        """Return the first seal of a lesson by student."""
        seals = [each for each in self.papers if each.is_of(SCHEMA, lesson)]
        later = sorted(seals, key=lambda paper: paper.path.name != f"{lesson}.json")
        return {paper.student: paper for paper in reversed(later)}

    def told(self) -> list[str]:
        """Return one line for each that was refused, without letters that a screen obeys."""
        return [printable(f"{path}: {why}") for path, why in sorted(self.refused.items())]


def collect(folder: Path, name: str = "DIR") -> Inbox:
    """Return what lies in a folder, hidden files and other endings than .json left out.

    Args:
        folder: of students' folders, or of their files.
        name: by which a refusal calls it.

    Raises:
        ValueError: it is no folder, or one student's own.
    """
    if not folder.is_dir():
        raise ValueError(f"{name} must be a folder, got {str(folder)!r}")
    if any((folder / own).is_dir() for own in OWN):
        raise ValueError(
            f"{name} must be the folder of all students, got one's own, {str(folder)!r}"
        )
    inbox = Inbox()
    for path in sorted(_found(folder, inbox)):
        within = path.relative_to(folder)
        student = within.parts[0] if len(within.parts) > 1 else within.stem
        try:
            content, raw = documents.load(path)
        except (OSError, ValueError) as error:
            inbox.refuse(within, error)
        else:
            inbox.papers.append(Paper(student, within, content, documents.code(raw)))
    return inbox


def printable(text: str) -> str:
    r"""Return a text in one line, control characters written out.

    >>> printable("s\x1b[2J9")
    's\\x1b[2J9'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _found(folder: Path, inbox: Inbox) -> Iterator[Path]:
    def unread(error: OSError) -> None:
        inbox.refuse(Path(error.filename).relative_to(folder), error.strerror)

    for place, folders, names in os.walk(folder, onerror=unread):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*names, *folders):
            json = name.endswith(".json") and not name.startswith(".")
            if json or name in links:
                yield Path(place) / name
