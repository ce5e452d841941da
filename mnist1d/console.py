"""A command line in any console: one that lacks signs, whose reader leaves, that is not there."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress

# Errors of a pipe that its reader has closed (EINVAL on Windows) and of a terminal that is gone.
NOBODY = (errno.EPIPE, errno.EIO, errno.EINVAL)


def program(main: Callable[[], int]) -> int:
    """The exit code of `main`, run as this process: 1 if what it printed is lost.

    It is not lost when nobody wants to read it. A notebook hands its settings of matplotlib down
    to what it starts, with a backend that may not be installed: they are not for this process.
    """
    os.environ |= {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull}
    _open_streams()
    try:
        code = main()
    except SystemExit as stop:  # of argparse
        code = int(stop.code or 0)
    except OSError as error:  # of stdout
        code = _lost(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            # Python flushes what is left when it ends, and would fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if stream is sys.stdout:
                code = code or _lost(error)
    return code


def complain(text: str) -> None:
    """Print a line to stderr, if it can be."""
    with suppress(OSError):
        print(text, file=sys.stderr)


def _open_streams() -> None:
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(nowhere, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
        elif stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _lost(error: OSError) -> int:
    if error.errno in NOBODY:
        return 0
    complain(f"python -m mnist1d: {error}")
    return 1
