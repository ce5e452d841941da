"""The students' notebooks that stand in the repository, so that a link has something to open."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from labs.course import register
from labs.kit import files

FOLDER = "notebooks"  # beside the lessons
OTHERS = ("variant", "format", "student", "roster", "out")  # options that say what else to build


def run(arguments: argparse.Namespace, text: Callable[[str], str]) -> int:
    """Write the committed notebooks, or compare them; returns 1 where they differ."""
    _refuse(arguments)
    folder = register.folder() / FOLDER
    texts = {folder / f"{name}.ipynb": text(name) for name in register.names()}
    paths = stale(texts, folder)
    for path in paths:
        if not arguments.check:
            _put(path, texts.get(path))
        print(f"{path}: {'is not what its source gives' if arguments.check else 'written'}")
    return 1 if arguments.check and paths else 0


def stale(texts: Mapping[Path, str], folder: Path) -> list[Path]:
    """Return the files that are not what they should be: other, missing or left over.

    Args:
        texts: path -> content, of all that should be there.
        folder: where they are.
    """
    there = {path: files.read(path) for path in sorted(folder.glob("*.ipynb"))}
    wanted = {path: content.encode() for path, content in texts.items()}
    return [p for p in {**wanted, **there} if there.get(p) != wanted.get(p)]


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
