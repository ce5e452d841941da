"""How far a run is: a bar in a notebook or on a terminal, one line a minute on stderr otherwise.

It is a courtesy: nothing that goes wrong with it ends a run.
"""

import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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
    """Counts trained cells and estimates the time left from the labs' own expected seconds.

    Args:
        todo: the stacks to train.
        expected: expected seconds of one core for a stack.
        describe: a stack's name.
        jobs: how many stacks train at once.
        lab: the lab of a stack, where they are of several: then labs are counted, too.
    """

    def __init__(
        self,
        todo: Sequence[Stack],
        *,
        expected: Callable[[Stack], float],
        describe: Callable[[Stack], str],
        jobs: int,
        lab: Callable[[Stack], str] | None = None,
    ) -> None:
        self._expected, self._describe, self._lab = expected, describe, lab
        self._waiting: set[Stack] = set()
        self._labs: Counter[str] = Counter()  # lab -> stacks that wait
        self._left = self._passed = 0.0
        self._rate = float(jobs)  # expected seconds that pass in one second, until measured
        self._begin = self._said = time.monotonic()
        self._done, self._total, self._current = 0, 0, ""
        self._bar = None
        self.expect(todo)
        with suppress(Exception):  # of a stream that is closed, not there, somebody's own
            self._bar = _bar(self._total)

    def expect(self, todo: Sequence[Stack]) -> None:
        """Count further stacks; those that are counted already are not counted again."""
        new = [stack for stack in todo if stack not in self._waiting]
        self._total += sum(map(len, new))
        self._left += sum(map(self._expected, new))
        self._waiting.update(new)
        self._labs.update(map(self._lab, new) if self._lab else ())

    def forget(self, todo: Sequence[Stack]) -> None:
        """Count those of some stacks no longer that wait: they will not be trained."""
        lost = [stack for stack in todo if stack in self._waiting]
        self._total -= sum(map(len, lost))
        self._leave(lost)

    def _leave(self, stacks: Sequence[Stack]) -> None:
        self._left -= sum(map(self._expected, stacks))
        self._waiting.difference_update(stacks)
        self._labs.subtract(map(self._lab, stacks) if self._lab else ())

    def started(self, stack: Stack) -> None:
        """Name the stack that has begun to train."""
        self._current = self._describe(stack)
        self._show()

    def finished(self, stack: Stack, outcome: Outcome) -> None:
        """Count a stack that is stored."""
        self._done += outcome.cells
        self._leave([stack])
        self._passed += self._expected(stack)
        self._rate = self._passed / max(time.monotonic() - self._begin, 1e-9)
        self._show()

    def beat(self) -> None:
        """Refresh the bar; without one, write a line when the last is a minute old."""
        self._show()
        if self._bar is None and time.monotonic() - self._said >= MINUTE:
            self._said = time.monotonic()
            passed = duration(self._said - self._begin)
            counted = f"{self._head()}{self._done} of {self._total} networks"
            console.say(f"{counted} after {passed}{self._tail()}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """A block that prints: the bar makes room for it."""
        if self._bar is not None:
            with suppress(Exception):
                self._bar.clear()
        yield
        self._show()

    def close(self) -> None:
        """End the bar."""
        if self._bar is not None:
            with suppress(Exception):
                self._bar.close()

    def _show(self) -> None:
        if self._bar is not None:
            with suppress(Exception):
                self._bar.n, self._bar.total = self._done, self._total
                if self._labs:
                    self._bar.set_description_str(self._head(), refresh=False)
                self._bar.set_postfix_str(self._tail().removeprefix(", "))

    def _head(self) -> str:
        ended = sum(waiting == 0 for waiting in self._labs.values())
        return f"{ended} of {len(self._labs)} labs, " if self._labs else ""

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
        bar_format="{desc}{n_fmt}/{total_fmt} networks "
        f"|{{bar{length}}}| {{elapsed}}{{postfix}}",
    )


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")
