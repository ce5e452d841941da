"""What several processes of a run need and one of them has made: arrays in a folder of the run's
own, from its start to its end.

It saves time and changes nothing: a process that does not find what it needs makes it.
"""

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

from labs.kit import files
from labs.kit.machine import ProcessWide

FOLDER = "LABS_SHARED"  # the environment variable that tells processes where
Arrays = dict[str, np.ndarray]
Given = ParamSpec("Given")
Found = TypeVar("Found")


@contextmanager
def _folder() -> Iterator[None]:
    if FOLDER in os.environ:  # this process was started by one with a folder
        yield
        return
    with tempfile.TemporaryDirectory(prefix="labs-", ignore_cleanup_errors=True) as made:
        os.environ[FOLDER] = made
        try:
            yield
        finally:
            os.environ.pop(FOLDER, None)


_folders = ProcessWide(_folder)


def folder() -> AbstractContextManager[None]:
    """A folder for this process and those that it starts, gone with the outermost block."""
    return _folders()


def remove() -> None:
    """Remove the folder: for a process whose parent was killed, which could not."""
    if FOLDER in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def arrays(makers: Mapping[str, Callable[[], Arrays]]) -> dict[str, Arrays]:
    """Return what has these names in the run, made here where no process has made it yet.

    What another process is making at the moment comes last: either it is there then, or it is made
    a second time rather than waited for.

    Args:
        makers: name -> what makes it, the same in every process. Names are parts of file names.
    """
    where = os.environ.get(FOLDER)
    if where is None:
        return {name: make() for name, make in makers.items()}
    made: dict[str, Arrays] = {}
    while left := [name for name in makers if name not in made]:
        there = {name: found for name in left if (found := _stored(Path(where), name)) is not None}
        made |= there
        if not there:
            name = next((name for name in left if _claimed(Path(where), name)), left[0])
            made[name] = makers[name]()
            _store(Path(where), name, made[name])
    return {name: made[name] for name in makers}


def once(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """Let a function be asked once in a run for what it is given: numbers, texts and frozen
    dataclasses of them. It returns what JSON can hold, and follows from what it is given alone.

    Raises:
        TypeError: when it is asked, if JSON cannot hold what it returns.
    """
    kept: dict[str, bytes] = {}

    def make(*given: Given.args, **named: Given.kwargs) -> Arrays:
        text = json.dumps(function(*given, **named))
        return {"json": np.frombuffer(text.encode(), np.uint8)}

    @wraps(function)
    def asked(*given: Given.args, **named: Given.kwargs) -> Found:
        whole = repr((function.__module__, function.__qualname__, given, sorted(named.items())))
        name = f"once-{hashlib.sha256(whole.encode()).hexdigest()[:32]}"
        if name not in kept:
            kept[name] = arrays({name: partial(make, *given, **named)})[name]["json"].tobytes()
        found: Found = json.loads(kept[name])
        return found

    return asked


def _claimed(where: Path, name: str) -> bool:
    try:
        (where / f"{name}.begun").touch(exist_ok=False)
    except OSError:  # another process was first, or there is no room
        return False
    return True


def _stored(where: Path, name: str) -> Arrays | None:
    try:
        content = files.read(where / f"{name}.npz")
    except OSError:
        return None
    with np.load(io.BytesIO(content)) as found:
        return dict(found)


def _store(where: Path, name: str, content: Arrays) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **content)  # type: ignore[arg-type]
    with suppress(OSError):  # a full disk, a folder that is gone
        files.write(where / f"{name}.npz", buffer.getvalue())
