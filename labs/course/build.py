"""Building lessons: what students, graders and instructors get, from the one source."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from labs.course import committed, register, source
from labs.course.cells import join
from labs.course.notebook import notebook
from labs.kit import files
from labs.kit.checks import known

FORMATS = ("ipynb", "py")
OUT = Path("lessons")  # where built lessons go when it is not said


def text(name: str, variant: str = "student", format: str = "ipynb", replicate: int = 0) -> str:
    """Return what one reader gets of a lesson.

    Args:
        name: of the lesson.
        variant: ``"student"``, ``"solution"`` or ``"instructor"``; the instructor's notebook is
            executed, so it has outputs.
        format: ``"ipynb"`` or ``"py"``.
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
    return notebook(found, variant, replicate)


def run(arguments: argparse.Namespace) -> int:
    """Write one lesson or all, for students, with solutions, or for the instructor."""
    if arguments.committed or arguments.check:
        return committed.run(arguments, text)
    names = register.names() if arguments.name == "all" else [arguments.name]
    variant, format = arguments.variant or "student", arguments.format or "ipynb"
    out, mark = arguments.out or OUT, "" if variant == "student" else f"-{variant}"
    texts = {out / f"{name}{mark}.{format}": text(name, variant, format) for name in names}
    refuse_edited(texts)
    for path, content in texts.items():
        files.write(path, content)
        print(path)
    return 0


def refuse_edited(texts: Mapping[Path, str]) -> None:
    """Refuse to write over a file with another text, which may be a student's work.

    Raises:
        ValueError: naming the file.
    """
    for path, content in texts.items():
        if path.exists() and files.read(path) != content.encode():
            raise ValueError(
                f"--out must be a folder without another {path.name}, got {str(path.parent)!r}: "
                "move that file away"
            )
