"""Paths as users write them: the ending says what a file is, ``~`` is their home."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path

from mnist1d.checks import shown


def expanded(path: str | PathLike[str], name: str = "path") -> Path:
    """`path` with a leading ``~`` or ``~user`` replaced by that home, where there is one.

    >>> expanded(3)
    Traceback (most recent call last):
        ...
    TypeError: path must be a string or a path, got 3
    """
    try:
        return Path(os.path.expanduser(path))
    except TypeError:
        raise TypeError(f"{name} must be a string or a path, got {shown(path)}") from None


def known_path(path: str | PathLike[str], endings: Sequence[str]) -> Path:
    """`path`, if its ending is among `endings`; ValueError otherwise."""
    path = expanded(path)
    if path.suffix not in endings:
        *most, last = endings
        choices = f"{', '.join(most)} or {last}" if most else last
        raise ValueError(f"the file name must end in {choices}, got {shown(str(path))}")
    return path


def writable(path: str | PathLike[str], endings: Sequence[str]) -> Path:
    """`path`, if its ending is among `endings` and its folder exists.

    Raises
    ------
    ValueError, FileNotFoundError
        Otherwise.

    >>> writable("data.txt", (".npz", ".csv"))
    Traceback (most recent call last):
        ...
    ValueError: the file name must end in .npz or .csv, got 'data.txt'
    """
    path = known_path(path, endings)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder of {path} does not exist; create it first")
    if path.is_dir():
        raise ValueError(f"the file name must not be that of a folder, got {path}")
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new name beside `path` to write to: it becomes `path` if the block ends without error."""
    # Short: the name of a long file and more would be too long for some file systems.
    temporary = path.with_name(f".mnist1d-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        _rename(temporary, path)
    except OSError as error:
        if error.filename == str(temporary):  # in the words of the caller
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _rename(temporary: Path, path: Path) -> None:
    # Refused while somebody else has the file open: a virus scanner, a network share.
    for wait in (0.05, 0.2, 0.8):
        try:
            os.replace(temporary, path)
            return
        except PermissionError:
            time.sleep(wait)
    os.replace(temporary, path)
