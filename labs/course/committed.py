"""What the repository holds of the course: the students' notebooks, so that a link has something to
open, and the front page."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from labs.course import front, register
from labs.kit import files

FOLDER = "notebooks"  # beside the lessons
OTHERS = ("variant", "format", "student", "roster", "out")  # options that say what else to build


def run(arguments: argparse.Namespace, text: Callable[[str], str]) -> int:
    """Write the committed notebooks and the front page, or compare them; returns 1 where they
    differ."""
    _refuse(arguments)
    texts = wanted(text)
    paths = stale(texts)
    for path in paths:
        if not arguments.check:
            _put(path, texts.get(path))
        print(f"{path}: {'is not what its source gives' if arguments.check else 'written'}")
    return 1 if arguments.check and paths else 0


def wanted(text: Callable[[str], str]) -> dict[Path, str]:
    """Return path -> content of all that should be there; the front page where a person has begun
    it."""
    folder = register.folder()
    texts = {folder / FOLDER / f"{name}.ipynb": text(name) for name in register.names()}
    page = folder / front.PAGE
    return texts | ({page: front.page(page)} if page.exists() else {})


def stale(texts: Mapping[Path, str]) -> list[Path]:
    """Return the files that are not what they should be: other, missing or left over.

    Args:
        texts: path -> content, of all that should be there.
    """
    folder = register.folder() / FOLDER
    found = {*folder.glob("*.ipynb"), *(path for path in texts if path.exists())}
    there = {path: files.read(path) for path in sorted(found)}
    needed = {path: content.encode() for path, content in texts.items()}
    return [p for p in {**needed, **there} if there.get(p) != needed.get(p)]


def _refuse(arguments: argparse.Namespace) -> None:
    if not arguments.committed:
        raise ValueError("--check must come with --committed, got it alone")
    if arguments.name != "all":
        raise ValueError(f"NAME must be all with --committed, got {arguments.name!r}")
    for option in OTHERS:
        if (value := getattr(arguments, option)) is not None:
            raise ValueError(f"--committed must be alone, got --{option} {value}")


def _put(path: Path, content: str | None) -> None:
    if content is None:  # of a lesson that is gone
        path.unlink()
    else:
        files.write(path, content)
