"""Training stacks: cells that train together, over the cores of a machine or any executor.

Which cells share a stack follows from the full list of cells, never from what is missing, and a
stack with any missing cell is trained whole: an interrupted and resumed run gives the same bytes
as an undisturbed one. A worker sends home the files of its stack, and this process writes them: so
workers need no folder in common with it, and there is one way for all of them.
"""

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

from labs.kit import files, shared
from labs.kit.failure import Failure, failure
from labs.kit.lab import Lab
from labs.kit.machine import limited, one_thread, peak_mb, process
from labs.kit.store import Store, label
from labs.kit.table import measured
from labs.kit.workers import Pool, Workers

Stack = tuple[Any, ...]
BEAT = 1.0  # seconds between two looks at the clock while stacks train


class Work(NamedTuple):
    """A stack to train: of which lab, and where its records go."""

    lab: Lab[Any, Any, Any]
    store: Store
    stack: Stack


class TrainingError(RuntimeError):
    """A stack failed or its worker died; the message names lab and stack.

    Args:
        message: one sentence.
        trace: the traceback of the lab's own code, as text; a note of the error.
    """

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace
        if trace:
            self.add_note(trace)


class Outcome(NamedTuple):
    """What a worker says of a trained stack: its process, that process's peak memory, and how long
    the stack took."""

    cells: int
    process: str
    peak_mb: float
    seconds: float = 0.0


class Trained(NamedTuple):
    """A trained stack on its way home: the names and contents of the files of its records."""

    outcome: Outcome
    files: list[tuple[str, bytes]]


def stacks(lab: Lab[Any, Any, Any], cells: Sequence[Any]) -> list[Stack]:
    """Return the cells in stacks, in order: those that differ in fields of `within` alone and that
    the lab does not keep `apart`, cut evenly to at most the lab's members.

    Raises:
        ValueError: a stack size below 1.
    """
    common = [item.name for item in fields(lab.cell) if item.name not in lab.within]
    groups: dict[Any, list[Any]] = {}
    for cell in cells:
        shared = (*(getattr(cell, name) for name in common), lab.apart(cell))
        groups.setdefault(shared, []).append(cell)
    return [stack for group in groups.values() for stack in _cut(group, lab.stack_size(group[0]))]


def _cut(group: Sequence[Any], size: int) -> Iterator[Stack]:
    if size < 1:
        raise ValueError(f"members must be at least 1, got {size}")
    parts = -(-len(group) // size)
    for i in range(parts):
        yield tuple(group[len(group) * i // parts : len(group) * (i + 1) // parts])


def expected(lab: Lab[Any, Any, Any], stack: Stack) -> float:
    """Return the seconds of one core that the lab expects a stack to take."""
    return sum(lab.seconds(cell) for cell in stack)


def span(seconds: Iterable[float], jobs: int) -> float:
    """Return in how many seconds so many processes train stacks, the longest first.

    >>> span([1, 4, 2, 3], 2), span([9, 1, 1], 2), span([], 2)
    (5.0, 9.0, 0.0)
    """
    ends = [0.0] * jobs
    for each in sorted(seconds, reverse=True):
        heapq.heapreplace(ends, ends[0] + each)
    return max(ends)


def wall(parts: Iterable[tuple[Lab[Any, Any, Any], Sequence[Stack]]], jobs: int) -> float:
    """Return in how many seconds so many processes train labs' stacks, one lab after the other:
    what their cells share is made once, by all processes."""
    seconds, shared_by_name = 0.0, dict[str, float]()
    for lab, todo in parts:
        seconds += span((expected(lab, stack) for stack in todo), jobs)
        if lab.shares is not None:
            for cell in chain.from_iterable(todo):
                shared_by_name.update(lab.shares(cell))
    return seconds + sum(shared_by_name.values()) / jobs


def describe(stack: Stack) -> str:
    """Return a stack's name for people: its first cell, and how many more there are."""
    first = label(stack[0])[:120]
    return first if len(stack) == 1 else f"{first} and {len(stack) - 1} more"


def execute(
    todo: Sequence[Work],
    *,
    device: str = "cpu",
    jobs: int = 1,
    executor: Executor | None = None,
    started: Callable[[Stack], None] = lambda stack: None,
    beat: Callable[[], None] = lambda: None,
    finished: Callable[[Stack, Outcome], None] = lambda stack, outcome: None,
) -> None:
    """Train stacks of one or several labs in one pool, longest first, and store their records.

    Args:
        todo: the stacks to train.
        device: passed on to the labs' `train`.
        jobs: 1 trains in this process, more in as many processes of one thread each.
        executor: takes all the stacks instead, for example a cluster's; left open.
        started, finished: called in this process for each stack; `beat` about once a second.

    Raises:
        TrainingError: a stack failed or its worker died; the other stacks are cancelled.
        ValueError: `jobs` below 1.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    if not todo:
        return
    waiting = sorted(todo, key=lambda work: expected(work.lab, work.stack), reverse=True)
    with one_thread(), shared.folder(), _pool(executor, jobs, len(todo), beat) as pool:
        _drive(pool, device, waiting, started, beat, finished)


def train_stack(
    train: Callable[..., Any], store: Store, device: str, stack: Stack
) -> Trained | Failure:
    """Train one stack with one thread; runs in a worker.

    Errors come back as text: their classes may be unknown to the process that asks.
    """
    begun = time.monotonic()
    try:
        with one_thread(), limited():
            records = _records(train(stack, device), len(stack))
        packed = [store.pack(cell, measured(r)) for cell, r in zip(stack, records, strict=True)]
    except (Exception, SystemExit) as error:
        return failure(error)
    outcome = Outcome(len(stack), process(), peak_mb(), time.monotonic() - begun)
    return Trained(outcome, [file for part in packed for file in part])


def _records(trained: Iterator[Any], count: int) -> list[Any]:
    records = list(islice(trained, count + 1))
    if len(records) != count:
        got = f"{len(records)}" if len(records) < count else "more"
        raise ValueError(f"train must yield one record per cell, {count} in all, got {got}")
    return records


@contextmanager
def _pool(
    executor: Executor | None, jobs: int, count: int, beat: Callable[[], None]
) -> Iterator[Pool]:
    if executor is not None:
        yield executor if isinstance(executor, Pool) else _Handed(executor, count)
    elif jobs == 1:
        yield _Here(beat)
    else:
        with Workers(min(jobs, count)) as workers:
            yield workers


class _Handed(Pool):
    # An executor of somebody else's takes all stacks at once; it stays open.
    def __init__(self, executor: Executor, size: int) -> None:
        self._executor, self._size = executor, size

    def slots(self) -> int:
        return self._size

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._executor.submit(fn, *args, **kwargs)


class _Here(Pool):
    # Trains in this process and thread; another thread goes on saying how far the run is.
    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat

    def _pulse(self, done: threading.Event) -> None:
        while not done.wait(BEAT):
            self._beat()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        done = threading.Event()
        pulse = threading.Thread(target=self._pulse, args=(done,), daemon=True)
        pulse.start()
        try:
            future.set_result(fn(*args, **kwargs))
        finally:
            done.set()
            pulse.join()
        return future


def _drive(
    pool: Pool,
    device: str,
    todo: Sequence[Work],
    started: Callable[[Stack], None],
    beat: Callable[[], None],
    finished: Callable[[Stack, Outcome], None],
) -> None:
    waiting = deque(todo)
    running: dict[Future[Trained | Failure], Work] = {}
    try:
        while waiting or running:
            for _ in range(min(pool.slots() - len(running), len(waiting))):
                work = waiting.popleft()
                started(work.stack)
                train = partial(train_stack, work.lab.train, work.store, device)
                running[_submit(pool, train, work.stack)] = work
            for future in wait(running, BEAT, FIRST_COMPLETED).done:
                work = running.pop(future)
                finished(work.stack, _stored(pool, future, work.store, work.stack))
            beat()
    finally:
        for future in running:
            future.cancel()


def _submit(
    pool: Pool, train: Callable[[Stack], Trained | Failure], stack: Stack
) -> Future[Trained | Failure]:
    try:
        return pool.submit(train, stack)
    except Exception as error:  # the worker died between two stacks, or the lab cannot travel
        future: Future[Trained | Failure] = Future()
        future.set_exception(error)
        return future


def _stored(pool: Pool, future: Future[Trained | Failure], store: Store, stack: Stack) -> Outcome:
    name = describe(stack)
    try:
        found = future.result()
    except Exception as error:
        raise TrainingError(
            f"lab {store.lab!r}: the worker training {name} {pool.fate(error)}; "
            "what is stored stays, the same command continues"
        ) from None
    if isinstance(found, Failure):
        message = f"lab {store.lab!r}: training {name} failed: {found.error}"
        raise TrainingError(message, found.trace)
    for file, content in found.files:
        files.write(store.folder / file, content)
    return found.outcome
