"""Paths on the command line, refused before any work where nothing can be read or written there."""

from argparse import ArgumentTypeError
from pathlib import Path


def existing(text: str) -> Path:
    """Return the path of a file or folder that a command reads.

    Raises:
        argparse.ArgumentTypeError: it is not there, or it is no text.
    """
    if not text or not Path(text).exists():
        raise ArgumentTypeError(f"must exist, got {text!r}")
    return Path(text)


def existing_file(text: str) -> Path:
    """Return the path of a file that a command reads.

    Raises:
        argparse.ArgumentTypeError: it is not there, or it is a folder.
    """
    if existing(text).is_dir():
        raise ArgumentTypeError(f"must be a file, got the folder {text!r}")
    return Path(text)


def folder(text: str) -> Path:
    """Return the path of a folder that a command writes into, and makes where it is not there.

    Raises:
        argparse.ArgumentTypeError: it, or what it lies in, is a file.
    """
    if not is_folder(Path(text)):
        raise ArgumentTypeError(f"must be a folder, got {text!r}")
    return Path(text)


def new_file(text: str) -> Path:
    """Return the path of a file that a command writes.

    Raises:
        argparse.ArgumentTypeError: it is a folder, or what it lies in is a file.
    """
    if Path(text).is_dir() or not is_folder(Path(text).parent):
        raise ArgumentTypeError(f"must be a file in a folder, got {text!r}")
    return Path(text)


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder, or could be made one."""
    return next(each.is_dir() for each in (path, *path.absolute().parents) if each.exists())
