"""Files of data sets that say what they hold.

Behind the end of the pickle stands a seal: what the data were asked for with, and a digest of the
bytes before it. Every reader of pickles stops at the end of the pickle, so the original reads such
a file too, and nobody finds a key in it that the data do not have.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from mnist1d.pickling import write_pickle

MARK = "\n# mnist1d-labs"
LENGTH = len(MARK) + 2 * (1 + 64) + 1


def write(data: dict[str, Any], path: Path, identity: str | None, stacklevel: int = 1) -> None:
    """Pickle `data` to `path`, sealed if there is an identity of what was asked for."""
    seal = None if identity is None else partial(_seal, identity)
    write_pickle(data, path, seal, stacklevel + 1)


def is_sound(path: Path, stored: Any, identity: str | None) -> bool:
    """Whether the file was sealed with this identity, is as it was then and holds a data set."""
    with path.open("rb") as file:
        size = file.seek(0, 2) - LENGTH
        if identity is None or size < 0:
            return False
        file.seek(size)
        seal = file.read()
        return (
            identity.encode() in seal
            and seal == _seal(identity, _digest(file, size))
            and _fits_together(stored)
        )


def _seal(identity: str, digest: str) -> bytes:
    return f"{MARK} {identity} {digest}\n".encode()


def _digest(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while size and (chunk := file.read(min(size, 2**20))):
        digest.update(chunk)
        size -= len(chunk)
    return digest.hexdigest()


def _fits_together(stored: Any) -> bool:
    try:
        lengths = [(len(stored[x]), len(stored[y])) for x, y in (("x", "y"), ("x_test", "y_test"))]
        points = {stored[name].shape[1] for name in ("x", "x_test")}
        return all(x == y for x, y in lengths) and points == {len(stored["t"])}
    except (TypeError, LookupError, AttributeError):
        return False
