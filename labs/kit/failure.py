"""How a lab's own code failed, as text: for people, and to travel where the error cannot."""

import traceback
from pathlib import Path
from typing import NamedTuple

KIT = str(Path(__file__).parent)
LINE, SCREEN = 300, 2000  # characters: an error may carry its data


class Failure(NamedTuple):
    """What a worker says of a stack that failed.

    Args:
        error: the error's type and message, in one line.
        trace: its traceback from the lab's own code on, empty where that was not reached.
    """

    error: str
    trace: str


def failure(error: BaseException) -> Failure:
    """Return how a lab failed, without the frames of the kit and of Python's own loading."""
    told = traceback.TracebackException.from_exception(error)
    _prune(told)
    trace = "".join(_short(part, SCREEN, "\n") for part in told.format()) if told.stack else ""
    return Failure(in_one_line(error), trace)


def in_one_line(error: BaseException) -> str:
    """Return an error's type and message in one line of bounded length."""
    words = "".join(traceback.format_exception_only(error)).split()
    return _short(" ".join(words), LINE)


def _prune(told: traceback.TracebackException) -> None:
    told.stack[:] = [
        frame for frame in told.stack if not frame.filename.startswith((KIT, "<frozen "))
    ]
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _prune(other)


def _short(text: str, length: int, end: str = "") -> str:
    return text if len(text) <= length else f"{text[:length].rstrip()} ...{end}"
