"""How far a run is, on stderr: a bar on a terminal, one line a minute otherwise."""

import sys
import time
from collections.abc import Callable, Sequence

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
        from tqdm import tqdm  # here, because the commands that do not train go without it

        self._expected, self._describe = expected, describe
        self._left, self._passed = sum(expected(stack) for stack in todo), 0.0
        self._rate = float(jobs)  # expected seconds that pass in one second, until measured
        self._begin = self._said = time.monotonic()
        self._bar = tqdm(
            total=sum(len(stack) for stack in todo),
            unit="network",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            bar_format="{n_fmt}/{total_fmt} networks |{bar:24}| {elapsed}{postfix}",
        )
        self._done, self._total, self._current = 0, self._bar.total, ""

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
        self._bar.update(outcome.cells)
        self._show()

    def beat(self) -> None:
        """Refresh the bar; without a terminal, write a line when the last is a minute old."""
        self._show()
        if self._bar.disable and time.monotonic() - self._said >= MINUTE:
            self._said = time.monotonic()
            print(
                f"{self._done} of {self._total} networks after "
                f"{duration(self._said - self._begin)}{self._tail()}",
                file=sys.stderr,
                flush=True,
            )

    def close(self) -> None:
        """End the bar."""
        self._bar.close()

    def _show(self) -> None:
        self._bar.set_postfix_str(self._tail().removeprefix(", "))

    def _tail(self) -> str:
        left = duration(self._left / self._rate) if self._rate > 0 else "unknown"
        return f", about {left} left, now {self._current}"
