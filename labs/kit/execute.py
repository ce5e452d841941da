"""Training stacks: cells that train together, over the cores of a machine or any executor.

Which cells share a stack follows from the full list of cells, never from what is missing, and a
stack with any missing cell is trained whole: an interrupted and resumed run gives the same bytes
as an undisturbed one. A worker writes each record itself, as soon as it has it.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields
from functools import partial
from typing import Any, NamedTuple

from labs.kit.lab import Lab
from labs.kit.store import Store, label
from labs.kit.table import measured

Stack = tuple[Any, ...]
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
BEAT = 1.0  # seconds between two looks at the clock while stacks train


class TrainingError(RuntimeError):
    """A stack failed or its worker died; the message names the stack."""


class Outcome(NamedTuple):
    """What a worker says of a trained stack: its process and that process's peak memory."""

    cells: int
    pid: int
    peak_mb: float


def stacks(lab: Lab[Any, Any, Any], cells: Sequence[Any]) -> list[Stack]:
    """Return the cells in stacks, in order: those that differ in fields of `within` alone, cut
    evenly to at most the lab's members.

    Raises:
        ValueError: a stack size below 1.
    """
    common = [item.name for item in fields(lab.cell) if item.name not in lab.within]
    groups: dict[Any, list[Any]] = {}
    for cell in cells:
        groups.setdefault(tuple(getattr(cell, name) for name in common), []).append(cell)
    return [stack for group in groups.values() for stack in _cut(group, lab.stack_size(group[0]))]


def _cut(group: Sequence[Any], size: int) -> Iterator[Stack]:
    if size < 1:
        raise ValueError(f"members must be at least 1, got {size}")
    parts = -(-len(group) // size)
    for i in range(parts):
        yield tuple(group[len(group) * i // parts : len(group) * (i + 1) // parts])


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def expected(lab: Lab[Any, Any, Any], stack: Stack) -> float:
    """Return the seconds of one core that the lab expects a stack to take."""
    return sum(lab.seconds(cell) for cell in stack)


def describe(stack: Stack) -> str:
    """Return a stack's name for people: its first cell, and how many more there are."""
    first = label(stack[0])[:120]
    return first if len(stack) == 1 else f"{first} and {len(stack) - 1} more"


def execute(
    lab: Lab[Any, Any, Any],
    todo: Sequence[Stack],
    store: Store,
    *,
    device: str = "cpu",
    jobs: int = 1,
    executor: Executor | None = None,
    started: Callable[[Stack], None] = lambda stack: None,
    beat: Callable[[], None] = lambda: None,
    finished: Callable[[Stack, Outcome], None] = lambda stack, outcome: None,
) -> None:
    """Train stacks, longest first, and store their records.

    Args:
        lab: the lab.
        todo: the stacks to train.
        store: where the records go; workers write to it themselves.
        device: passed on to the lab's `train`.
        jobs: 1 trains in this process, more in as many processes of one thread each.
        executor: takes all the stacks instead, for example a cluster's; left open.
        started, finished: called in this process for each stack; `beat` about once a second.

    Raises:
        TrainingError: a stack failed or its worker died; the other stacks are cancelled.
        ValueError: `jobs` below 1.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    waiting = sorted(todo, key=partial(expected, lab), reverse=True)
    train = partial(train_stack, lab.train, store, device)
    with one_thread():
        if executor is not None:
            _drive([executor] * len(waiting), train, waiting, store, started, beat, finished)
        elif jobs == 1:
            _drive([_Here(beat)], train, waiting, store, started, beat, finished)
        else:
            with workers(min(jobs, len(waiting))) as lanes:
                _drive(lanes, train, waiting, store, started, beat, finished)


def train_stack(train: Callable[..., Any], store: Store, device: str, stack: Stack) -> Outcome:
    """Train one stack with one thread and store each record as it comes; runs in a worker.

    Raises:
        ValueError: `train` yields more or fewer records than there are cells.
    """
    with limited():
        for cell, record in zip(stack, train(stack, device), strict=True):
            store.write(cell, measured(record))
    return Outcome(len(stack), os.getpid(), peak_mb())


def limited() -> AbstractContextManager[Any]:
    """One thread in the libraries that this process has loaded: two would collapse where another
    process is busy, and add in another order than a worker does."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # comes with scikit-learn, without which no lab trains
        return nullcontext()
    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


def peak_mb() -> float:
    """Return this process's peak resident memory in MB (10^6 bytes), NaN where unknown."""
    try:
        import resource
    except ImportError:  # not on Windows
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


@contextmanager
def one_thread() -> Iterator[None]:
    """Ask for one thread in this process's libraries not yet loaded, and in processes it starts."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def workers(count: int) -> Iterator[list[Executor]]:
    """Give executors of one fresh process each; they end with the block, or with this process.

    One process per executor rather than one pool: when a process dies, its stack is known.
    """
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    lanes = [ProcessPoolExecutor(1, context, initializer=_in_worker) for _ in range(count)]
    try:
        with _no_interrupt():  # processes start here, with the environment of this moment
            for lane in lanes:
                lane.submit(os.getpid)
        yield list(lanes)
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        for lane in lanes:
            lane.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    # A process started here ignores interrupts from its first instruction: the parent handles them.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _in_worker() -> None:
    # A worker must not outlive a killed parent.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _Here(Executor):
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
        except Exception as error:
            future.set_exception(error)
        finally:
            done.set()
            pulse.join()
        return future


def _drive(
    lanes: Sequence[Executor],
    train: Callable[[Stack], Outcome],
    todo: Sequence[Stack],
    store: Store,
    started: Callable[[Stack], None],
    beat: Callable[[], None],
    finished: Callable[[Stack, Outcome], None],
) -> None:
    idle, waiting = list(lanes), deque(todo)
    running: dict[Future[Outcome], tuple[Executor, Stack]] = {}
    try:
        while waiting or running:
            while waiting and idle:
                lane, stack = idle.pop(), waiting.popleft()
                started(stack)
                running[_submit(lane, train, stack)] = lane, stack
            for future in wait(running, BEAT, FIRST_COMPLETED).done:
                lane, stack = running.pop(future)
                finished(stack, _result(future, describe(stack)))
                idle.append(lane)
            beat()
    finally:
        for future in running:
            future.cancel()


def _submit(lane: Executor, train: Callable[[Stack], Outcome], stack: Stack) -> Future[Outcome]:
    try:
        return lane.submit(train, stack)
    except BrokenExecutor as error:  # the worker died between two stacks
        future: Future[Outcome] = Future()
        future.set_exception(error)
        return future


def _result(future: Future[Outcome], name: str) -> Outcome:
    try:
        return future.result()
    except BrokenExecutor:
        raise TrainingError(
            f"the worker training {name} died (killed, or out of memory); "
            "what is stored stays, the same command continues"
        ) from None
    except Exception as error:
        raise TrainingError(f"training {name} failed: {type(error).__name__}: {error}") from error
