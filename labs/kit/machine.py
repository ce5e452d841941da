"""The machine that this process runs on: its cores, memory and threads."""

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def cores() -> int:
    """Return how many cores this process may use: those of the machine that its affinity and its
    container's quota leave it, at least 1."""
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


def limited() -> AbstractContextManager[Any]:
    """One thread in the libraries that this process has loaded: two would collapse where another
    process is busy, and add in another order than a worker does."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # comes with scikit-learn, without which no lab trains
        return nullcontext()
    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits
