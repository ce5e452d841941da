"""Errors of the command line's words, which become exit code 2."""

from collections.abc import Iterator
from contextlib import contextmanager


class UsageError(Exception):
    """Bad input, found before any work."""


@contextmanager
def usage() -> Iterator[None]:
    """Turn the errors of bad input into exit code 2."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise UsageError(told(error)) from error


def told(error: BaseException) -> str:
    """Return an error's message with its notes."""
    return " ".join([str(error), *getattr(error, "__notes__", [])])
