"""Progress: a bar on a terminal, one line a minute elsewhere, and an honest estimate."""

import io
import re
import sys
import warnings
from types import ModuleType, SimpleNamespace

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
    assert re.search(r"2/4 networks \|#{12} {12}\| ", last)
    assert "about 10 s left, now a1" in last


def gone(text):
    raise BrokenPipeError(32, "Broken pipe")


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize(
    "stream",
    [
        None,
        SimpleNamespace(write=lambda text: None, flush=lambda: None),
        SimpleNamespace(write=gone, flush=lambda: None, isatty=lambda: False),
        SimpleNamespace(write=gone, flush=lambda: None, isatty=lambda: True, encoding="utf-8"),
        closed(),
    ],
    ids=["none", "no isatty", "no reader", "no terminal any more", "closed"],
)
def test_no_stream_ends_a_run(stream, clock, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", stream)
    run_through(clock)
    assert capsys.readouterr().out == ""  # where print(file=None) would write


def test_a_bar_that_cannot_be_made_ends_no_run(clock, monkeypatch):
    def refuse(total):
        raise RuntimeError("no bar today")

    monkeypatch.setattr(progress, "_bar", refuse)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    run_through(clock)
    assert sys.stderr.getvalue().startswith("0 of 4 networks after 1 min 40 s")


class Leaving(Terminal):
    there = True

    def write(self, text):
        return super().write(text) if self.there else gone(text)


@pytest.mark.parametrize("stacks", [0, 1, 2])
def test_a_terminal_that_goes_away_ends_no_run(stacks, clock, monkeypatch):
    terminal = Leaving()
    monkeypatch.setattr(sys, "stderr", terminal)
    todo, shown = start()
    for place, stack in enumerate(todo):
        terminal.there = place < stacks
        clock.now += 10.0
        shown.started(stack)
        shown.finished(stack, Outcome(2, 1, 1.0))
        shown.beat()
    terminal.there = False
    shown.close()
    assert f"{2 * stacks}/4 networks" in terminal.getvalue()


def run_through(clock):
    todo, shown = start()
    for stack in todo:
        shown.started(stack)
        clock.now += 100.0
        shown.beat()
        shown.finished(stack, Outcome(2, 1, 1.0))
    shown.close()


class ZMQInteractiveShell:
    kernel, config = True, {"IPKernelApp": {}}


def test_in_a_notebook_without_widgets_a_bar_of_text_and_no_warning(clock, monkeypatch):
    notebook = ModuleType("IPython")
    notebook.get_ipython = ZMQInteractiveShell
    for name, fake in {
        "IPython": notebook,
        "ipykernel.zmqshell": notebook,
        "ipywidgets": None,
    }.items():
        monkeypatch.setitem(sys.modules, name, fake)
    for name in ("tqdm.auto", "tqdm.autonotebook", "tqdm.notebook"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with warnings.catch_warnings(record=True) as said:  # tqdm's, of the widgets that are missing
        warnings.simplefilter("always")
        run_through(clock)
    assert [str(warning.message) for warning in said] == []
    assert "4/4 networks |" in sys.stderr.getvalue()


def test_in_a_notebook_with_widgets_its_own_bar(clock, monkeypatch):
    bars = []

    class Bar:
        def __init__(self, **how):
            self.how, self.n = how, 0
            bars.append(self)

        def set_postfix_str(self, text):
            self.text = text

        def close(self):
            self.closed = True

    monkeypatch.setitem(sys.modules, "tqdm.auto", SimpleNamespace(tqdm=Bar))
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    monkeypatch.setattr(sys, "stderr", None)  # some kernels have none
    run_through(clock)
    (bar,) = bars
    assert (bar.n, bar.how["total"], bar.closed) == (4, 4, True)
    assert bar.text.startswith("about 0 s left")
    assert "|{bar}|" in bar.how["bar_format"]  # what tqdm's notebook bar looks for


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 00 s"), (3599.7, "1 h 00 min")]
)
def test_durations_round_into_the_next_unit(seconds, text):
    assert duration(seconds) == text


def test_stacks_that_will_not_train_leave_time_and_count(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    todo, shown = start()
    shown.expect([*todo, ("c1", "c2")])
    shown.started(todo[0])
    clock.now = 100.0
    shown.finished(todo[0], Outcome(2, 1, 1.0))
    shown.forget([*todo, ("never", "counted")])
    shown.beat()
    line = "2 of 4 networks after 1 min 40 s, about 1 min 40 s left, now a1\n"
    assert sys.stderr.getvalue() == line
