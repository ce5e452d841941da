"""Writing pickles: whole or not at all, and not in silence where they would not be read back."""

from __future__ import annotations

import copyreg
import hashlib
import io
import os
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any, BinaryIO

import numpy as np

from mnist1d.checks import shown
from mnist1d.paths import replacing
from mnist1d.plain_names import readable
from mnist1d.stand_ins import DTYPE

# Sizes and digests of the files that this process wrote and a stranger would not read: it trusts
# the bytes, wherever they lie.
_own: set[tuple[int, bytes]] = set()

Seal = Callable[[str], bytes]


def write_pickle(thing: object, path: Path, seal: Seal | None = None, stacklevel: int = 1) -> None:
    """Pickle `thing` to the file `path`.

    Parameters
    ----------
    seal
        Gives the bytes to put behind the pickle, where no reader looks, from its digest.

    Warns
    -----
    UserWarning
        If :func:`mnist1d.pickles.load_plain` would refuse it.
    """
    with replacing(path) as temporary, open(temporary, "wb") as handle:
        file = _Hashing(handle)
        pickler = _Noting(file, protocol=4)
        pickler.dump(thing)
        if seal:
            file.write(seal(file.digest.hexdigest()))
    if pickler.refused:
        _own.add((file.size, file.digest.digest()))
        warnings.warn(
            f"{path} holds {pickler.refused}, which from_pickle reads in this process only; "
            "elsewhere from_pickle(path, trust=True) does",
            stacklevel=stacklevel + 1,
        )


def written_here(handle: BinaryIO) -> BinaryIO | None:
    """The content of an open file if this process wrote just that and is the only one to trust it.

    It is in memory, so that nobody can change it between the look and the reading.
    """
    size = os.fstat(handle.fileno()).st_size
    if not any(size == known for known, _ in _own):
        return None
    content = handle.read()
    handle.seek(0)
    digest = hashlib.sha256(content).digest()
    return io.BytesIO(content) if (len(content), digest) in _own else None


class _Hashing:
    def __init__(self, handle: BinaryIO) -> None:
        self.handle, self.digest, self.size = handle, hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += memoryview(data).nbytes
        return self.handle.write(data)


class _Noting(pickle.Pickler):
    """A pickler that remembers the first thing which would not be read back."""

    refused = ""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, np.dtype):
            # A dtype with fields has a kind of its own, V.
            self._note(bool(DTYPE.fullmatch(thing.str[1:].partition("[")[0])), f"numpy {thing!r}")
        elif isinstance(thing, (type, FunctionType, BuiltinFunctionType)):
            self._note_name(thing, thing.__qualname__)
        elif type(thing) not in copyreg.dispatch_table:
            # What it does next in any case; an object that is pickled as a name alone is seen here.
            reduced = thing.__reduce_ex__(4)
            if isinstance(reduced, str):
                self._note_name(thing, reduced)
            return reduced
        return NotImplemented

    def _note_name(self, thing: Any, name: str) -> None:
        module = pickle.whichmodule(thing, name)  # type: ignore[attr-defined]
        self._note(readable(module, name), f"{module}.{name}")

    def _note(self, good: bool, what: str) -> None:
        if not good and not self.refused:
            self.refused = shown(what)
