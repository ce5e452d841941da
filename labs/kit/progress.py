"""How far a run is: a bar in a notebook or on a terminal, one line a minute on stderr otherwise.

It is a courtesy: nothing that goes wrong with it ends a run.
"""

import sys
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from labs.kit import console
from labs.kit.execute import Outcome, Stack

MINUTE, YEAR = 60.0, 365 * 24 * 3600


def duration(seconds: float) -> str:
    """Return a time span for people.

    >>> duration(45.2), duration(200), duration(7500), duration(3e9)
    ('45 s', '3 min 20 s', '2 h 05 min', '95 years')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    if whole < 2 * YEAR:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole / YEAR:.0f} years"


class Progress:
    """Counts trained cells and estimates the time left from the lab's own expected seconds.

    Args:
        todo: the stacks to train.
        expected: expected seconds of one core for a stack.
        describe: a stack's name.
        jobs: how many stacks train at once.
    """

    def __init__(
        self,
        todo: Sequence[Stack],
        *,
        expected: Callable[[Stack], float],
        describe: Callable[[Stack], str],
        jobs: int,
    ) -> None:
        self._expected, self._describe = expected, describe
        self._left, self._passed = sum(expected(stack) for stack in todo), 0.0
        self._rate = float(jobs)  # expected seconds that pass in one second, until measured
        self._begin = self._said = time.monotonic()
        self._done, self._total, self._current = 0, sum(len(stack) for stack in todo), ""
        self._bar = None
        with suppress(Exception):  # of a stream that is closed, not there, somebody's own
            self._bar = _bar(self._total)

    def started(self, stack: Stack) -> None:
        """Name the stack that has begun to train."""
        self._current = self._describe(stack)
        self._show()

    def finished(self, stack: Stack, outcome: Outcome) -> None:
        """Count a stack that is stored."""
        self._done += outcome.cells
        self._left -= self._expected(stack)
        self._passed += self._expected(stack)
        self._rate = self._passed / max(time.monotonic() - self._begin, 1e-9)
        self._show()

    def beat(self) -> None:
        """Refresh the bar; without one, write a line when the last is a minute old."""
        self._show()
        if self._bar is None and time.monotonic() - self._said >= MINUTE:
            self._said = time.monotonic()
            passed = duration(self._said - self._begin)
            console.say(f"{self._done} of {self._total} networks after {passed}{self._tail()}")

    def close(self) -> None:
        """End the bar."""
        if self._bar is not None:
            with suppress(Exception):
                self._bar.close()

    def _show(self) -> None:
        if self._bar is not None:
            with suppress(Exception):
                self._bar.n = self._done
                self._bar.set_postfix_str(self._tail().removeprefix(", "))

    def _tail(self) -> str:
        left = duration(self._left / self._rate) if self._rate > 0 else "unknown"
        return f", about {left} left, now {self._current}"


def _bar(total: int) -> Any:
    """Return a bar, or None where nobody would see it move."""
    notebook = _in_notebook()
    if not (notebook or sys.stderr.isatty()):
        return None
    with warnings.catch_warnings():  # of a notebook without ipywidgets, which gets a bar of text
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm  # here, because the commands that do not train go without it
    length = "" if notebook else ":24"
    return tqdm(
        total=total,
        unit="network",
        file=sys.stderr,
        bar_format=f"{{n_fmt}}/{{total_fmt}} networks |{{bar{length}}}| {{elapsed}}{{postfix}}",
    )


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")
