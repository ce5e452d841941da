"""Progress: a bar on a terminal, one line a minute elsewhere, and an honest estimate."""

import io
import sys

import pytest

from labs.kit import progress
from labs.kit.execute import Outcome
from labs.kit.progress import Progress, duration


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def start():
    todo = [("a1", "a2"), ("b1", "b2")]
    return todo, Progress(
        todo, expected=lambda stack: 100.0 * len(stack), describe=lambda s: s[0], jobs=1
    )


def test_without_a_terminal_one_line_a_minute(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    todo, shown = start()
    shown.started(todo[0])
    for second in range(1, 131):
        clock.now = float(second)
        shown.beat()
    shown.finished(todo[0], Outcome(2, 1, 1.0))
    shown.started(todo[1])
    clock.now = 185.0
    shown.beat()
    shown.close()
    lines = sys.stderr.getvalue().splitlines()
    assert lines == [
        "0 of 4 networks after 1 min 00 s, about 6 min 40 s left, now a1",
        "0 of 4 networks after 2 min 00 s, about 6 min 40 s left, now a1",
        "2 of 4 networks after 3 min 05 s, about 2 min 10 s left, now b1",
    ]


def test_on_a_terminal_a_bar_with_cells_stack_and_time_left(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    todo, shown = start()
    clock.now = 10.0
    shown.started(todo[0])
    shown.finished(todo[0], Outcome(2, 1, 1.0))
    shown.close()
    last = sys.stderr.getvalue().rstrip().rpartition("\r")[2]
    assert "2/4 networks" in last
    assert "about 10 s left, now a1" in last


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 00 s"), (3599.7, "1 h 00 min")]
)
def test_durations_round_into_the_next_unit(seconds, text):
    assert duration(seconds) == text
