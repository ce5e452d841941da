"""A guest in any console: one that lacks signs, whose reader leaves, or that is not there."""

import codecs
import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TextIO

PLAIN = str.maketrans({"±": "+-", "†": "*"})  # the signs of our own texts that ASCII lacks


def legible(text: str, encoding: str, errors: str = "strict") -> str:
    """Return a text with the signs that an encoding lacks written in others.

    >>> print(legible("82 ± 2 %, holds†, Łódź", "ascii"))
    82 +- 2 %, holds*, \\u0141\\xf3d\\u017a
    """
    try:
        text.encode(encoding, errors)
    except UnicodeEncodeError:
        text = text.encode(encoding, IN_ASCII).decode(encoding)
    return text


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(PLAIN)
    return lacking.encode("ascii", "backslashreplace").decode("ascii"), error.end


IN_ASCII = "labs.in_ascii"
codecs.register_error(IN_ASCII, _in_ascii)


class Patient:
    """A text stream that takes every text, and goes on when nobody can read it any more.

    Args:
        stream: where the text goes.
        forgives: whether an error in writing is passed over. It is raised once otherwise.
    """

    def __init__(self, stream: TextIO, forgives: Callable[[OSError], bool]) -> None:
        self._stream, self._forgives = stream, forgives

    def write(self, text: str) -> int:
        """Write a text; returns its length."""
        encoding = getattr(self._stream, "encoding", None)
        shown = legible(text, encoding, self._stream.errors or "strict") if encoding else text
        self._outlive(self._stream.write, shown)
        return len(text)

    def flush(self) -> None:
        """Send what is buffered."""
        self._outlive(self._stream.flush)

    def _outlive(self, act: Callable[..., object], *words: str) -> None:
        if getattr(self._stream, "closed", False):
            return
        try:
            act(*words)
        except OSError as error:
            _silence(self._stream)
            if not self._forgives(error):
                raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def patient() -> Iterator[None]:
    """A block, or a function, whose `sys.stdout` and `sys.stderr` are there and `Patient`.

    Results that nobody can read are no failure, those that a full disk loses are one. Nothing that
    becomes of progress and remarks is.
    """
    before = sys.stdout, sys.stderr
    with ExitStack() as opened:
        # In this order, so that a closed descriptor below 3 is filled by what stands for it: else
        # the next file takes its place, and what a library prints goes into that file.
        _, out, err = (
            stream or opened.enter_context(_nowhere(mode))
            for stream, mode in ((sys.stdin, "r"), (before[0], "w"), (before[1], "w"))
        )
        streams: tuple[Any, Any] = Patient(out, _is_nobody), Patient(err, lambda error: True)
        sys.stdout, sys.stderr = streams
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before
            for stream in streams:
                with suppress(OSError):
                    stream.flush()


def say(line: str) -> None:
    """Write a line to stderr, where there is one; that it cannot be written is no error."""
    with suppress(Exception):
        if sys.stderr is not None:  # print would take stdout
            print(line, file=sys.stderr, flush=True)


def without_display() -> None:
    """Let matplotlib, in this process, draw for files alone.

    A notebook hands its own backend down to programs that it starts, which may not have it.
    """
    os.environ["MPLBACKEND"] = "agg"


@contextmanager
def _nowhere(mode: str) -> Iterator[Any]:
    with open(os.devnull, mode, encoding="utf-8") as stream:
        os.set_inheritable(stream.fileno(), True)
        yield stream


def _is_nobody(error: OSError) -> bool:
    # A pipe that its reader has closed (Windows says EINVAL), or a terminal that is gone.
    return error.errno in (errno.EPIPE, errno.EIO, errno.EINVAL)


def _silence(stream: TextIO) -> None:
    # Python flushes what is still buffered when it ends, and would fail there once more.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
