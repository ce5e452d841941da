"""Writing files so that a kill at any moment leaves the old file or the new one, never a half; and
patience with whoever else has them open."""

import errno
import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

Content = TypeVar("Content")

STALE = 3600.0  # seconds after which a temporary file must be a killed writer's
# What a file is refused with while somebody else has it open: a virus scanner, an indexer, another
# machine on a network share. It passes.
PASSING = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ESTALE}
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds between the tries


def write(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name of its own in the same folder, then rename it.

    Two processes may write one path at once: one of the two contents wins, whole.

    Raises:
        OSError: the disk is full, or the rename was refused for some seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(path.parent)
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        _patiently(lambda: os.replace(temporary, path))
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is not None:  # in the caller's words
            error.filename, error.filename2 = str(path), None
        raise


def _temporary(folder: Path) -> Path:
    # Short: where names are encrypted, a file system takes 143 bytes of them.
    return folder / f".{secrets.token_hex(8)}.tmp"


def read(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        OSError: it is not there, or was refused for some seconds.
    """
    return _patiently(path.read_bytes)


def _patiently(action: Callable[[], Content]) -> Content:
    for wait in WAITS:
        try:
            return action()
        except OSError as error:
            if error.errno not in PASSING:
                raise
        time.sleep(wait)
    return action()


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder more than an hour ago."""
    left = list(folder.glob(".*.tmp"))
    if not left:
        return
    probe = _temporary(folder)
    with suppress(OSError):  # of another process that sweeps, too
        probe.touch()
        now = probe.stat().st_mtime  # by the clock that stamped them, maybe another machine's
        probe.unlink()
        for path in left:
            if now - path.stat().st_mtime > STALE:
                path.unlink(missing_ok=True)


def as_json(value: Any) -> str:
    """Return JSON for people and programs."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
