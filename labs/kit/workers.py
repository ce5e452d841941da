"""Processes that train stacks, one each at a time, and what any such pool can tell.

A process starts without the caller's main module. So a script needs no `__name__` guard, and text
read from standard input, a notebook and an interactive session can start processes, too. What is
defined in the main module itself travels by value.
"""

import atexit
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType, TracebackType
from typing import Any

from labs.kit import shared
from labs.kit.failure import in_one_line
from labs.kit.parcel import pack, unpack

REAP = 5.0  # seconds within which a dead process has an exit code


class Pool(Executor):
    """An executor that knows its size and what befell its workers."""

    def slots(self) -> int:
        """Return how many tasks it works on at once, as things stand now."""
        return 1

    def fate(self, error: Exception) -> str:
        """Return what became of the worker whose future raised this, as the end of a sentence."""
        if isinstance(error, BrokenExecutor):
            return "died"
        return f"did not get it: {in_one_line(error)}"


class FreshProcess(SpawnProcess):
    """A process that does not run the caller's main module again, and ignores interrupts."""

    def run(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        super().run()

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802  (the name that multiprocessing calls)
        with _without_main():
            return SpawnProcess._Popen(process_obj)


class FreshContext(SpawnContext):
    """Processes of the spawning kind, all of them fresh."""

    Process = FreshProcess


class CountedContext(FreshContext):
    """Fresh processes, which it knows: other pools of this process may have their own."""

    def __init__(self) -> None:
        self.processes: list[FreshProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> FreshProcess:  # type: ignore[override]  # noqa: N802
        process = FreshProcess(*args, **kwargs)
        self.processes.append(process)
        return process


_main = threading.Lock()


@contextmanager
def _without_main() -> Iterator[None]:
    # What a spawned process shall run as its main module is read off this one.
    with _main:
        own, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = own


class Workers(Pool):
    """Fresh processes, which end with the `with` block, or with this process.

    One pool per process rather than one for all: when a process dies, its task is known. A task
    beyond the number of processes waits in `submit` for a free one.
    """

    def __init__(self, count: int) -> None:
        self._context = CountedContext()
        self._lanes = [
            ProcessPoolExecutor(1, self._context, initializer=_in_worker) for _ in range(count)
        ]
        self._free: queue.SimpleQueue[ProcessPoolExecutor] = queue.SimpleQueue()

    def __enter__(self) -> "Workers":
        try:
            with no_interrupt():  # processes start here, with the environment of this moment
                for lane in self._lanes:
                    lane.submit(os.getpid)
                    self._free.put(lane)
        except BaseException:
            self._end(kill=True)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(kill=kind is not None)

    def _end(self, kill: bool) -> None:
        for process in self._context.processes if kill else ():
            process.terminate()
        for lane in self._lanes:
            lane.shutdown(wait=True, cancel_futures=True)

    def slots(self) -> int:
        return len(self._lanes)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        parcel = pack((fn, args, kwargs))
        lane = self._free.get()
        try:
            future = lane.submit(unpack, parcel)
        except BaseException:
            self._free.put(lane)
            raise
        future.add_done_callback(lambda _: self._free.put(lane))
        return future

    def fate(self, error: Exception) -> str:
        if not isinstance(error, BrokenExecutor):
            return super().fate(error)
        return _death(self._exit_code())

    def _exit_code(self) -> int | None:
        # Of the process that died: the others live, and have none. It comes a moment later.
        deadline = time.monotonic() + REAP
        while time.monotonic() < deadline:
            for code in (process.exitcode for process in self._context.processes):
                if code is not None:
                    return int(code)
            time.sleep(0.01)
        return None


def _death(code: int | None) -> str:
    if code is None:
        return "died"
    if code >= 0:
        return f"ended with exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    hints = {
        "SIGKILL": ", as a system short of memory does it (fewer --jobs need less)",
        "SIGSEGV": ", by compiled code that went wrong",
    }
    return f"was killed by {name}{hints.get(name, '')}"


@contextmanager
def no_interrupt() -> Iterator[None]:
    """Let processes that start here ignore interrupts from their first instruction: the one that
    starts them handles them."""
    # In another thread, and where another language handles them, they cannot be set back.
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is None
    ):
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _in_worker() -> None:
    # After all that is called at the exit: to take torch apart would be another half second, for
    # which the caller waits.
    atexit.register(os._exit, 0)
    # A worker must not outlive a killed parent.
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        shared.remove()
        os._exit(1)
