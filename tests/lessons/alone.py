"""Runs a script as a student does: `python alone.py SCRIPT`, without network and without display,
with warnings as errors; a file that is opened for writing outside the present folder ends it.
"""

import os
import runpy
import socket
import sys
import warnings
from pathlib import Path
from typing import Any


class NoSocket(socket.socket):
    """Stands for `socket.socket`, from which libraries inherit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise OSError("a lesson must not use the network")


def watch(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: refuse to open files outside the folder for writing."""
    if event != "open" or not isinstance(args[0], str | bytes):
        return
    written = any(sign in (args[1] or "") for sign in "wax+") or (args[2] or 0) & os.O_WRONLY
    path = Path(os.fsdecode(args[0])).absolute()
    if written and path != Path(os.devnull) and not path.is_relative_to(Path.cwd()):
        raise PermissionError(f"a lesson must write into its own folder only, not {path}")


if __name__ == "__main__":
    import ssl  # noqa: F401  makes a class of the socket that is refused below

    import matplotlib.font_manager  # noqa: F401  writes its cache of fonts, once on a machine

    warnings.simplefilter("error")
    socket.socket = NoSocket  # type: ignore[misc]
    sys.addaudithook(watch)
    runpy.run_path(sys.argv[1], run_name="__main__")
