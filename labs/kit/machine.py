"""The machine that this process runs on: its cores, memory and threads."""

import multiprocessing
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
# Of glibc, read when a process starts: keep what is freed and take large pages, since a tenth of a
# training step went into getting memory from the system and giving it back.
MEMORY = (
    "glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=4294967296:"
    "glibc.malloc.mmap_threshold=4294967296"
)


def cores() -> int:
    """Return how many cores this process may use: those of the machine that its affinity and its
    container's quota leave it, at least 1; 1 in a process that must not start others."""
    if multiprocessing.current_process().daemon:  # of somebody's own multiprocessing.Pool
        return 1
    try:
        from joblib import cpu_count
    except ImportError:  # comes with scikit-learn, without which no lab trains
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    return int(cpu_count())


def process() -> str:
    """Return a name of this process that no other has, on any machine."""
    return f"{platform.node()}-{os.getpid()}"


def peak_mb() -> float:
    """Return this process's peak resident memory in MB (10^6 bytes), NaN where unknown."""
    for line in _status():
        if line.startswith("VmHWM:"):  # on Linux the usage below counts what started this process
            return int(line.split()[1]) * 1024 / 1e6
    try:
        import resource
    except ImportError:  # not on Windows
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _status() -> list[str]:
    try:
        return Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:  # not on Linux
        return []


class ProcessWide:
    """A context of the whole process: the first thread to enter sets it up, the last one to leave
    puts back what was there before."""

    def __init__(self, context: Callable[[], AbstractContextManager[Any]]) -> None:
        self._context, self._lock, self._inside = context, threading.Lock(), 0
        self._stack = ExitStack()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._inside:
                self._stack.enter_context(self._context())
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._stack.close()


@contextmanager
def _one_thread() -> Iterator[None]:
    own = dict.fromkeys(THREADS, "1")
    own["GLIBC_TUNABLES"] = os.environ.get("GLIBC_TUNABLES", MEMORY)
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _limited() -> AbstractContextManager[Any]:
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # comes with scikit-learn, without which no lab trains
        return nullcontext()
    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


_environment, _libraries = ProcessWide(_one_thread), ProcessWide(_limited)


def one_thread() -> AbstractContextManager[None]:
    """Ask for one thread in this process's libraries not yet loaded, and in processes it starts;
    these keep the memory that they free, unless GLIBC_TUNABLES is set."""
    return _environment()


def limited() -> AbstractContextManager[None]:
    """One thread in the libraries that this process has loaded: two would collapse where another
    process is busy, and add in another order than a worker does."""
    return _libraries()
