"""Stacks as tasks of a dask.distributed cluster: one started here, or one that runs elsewhere.

Only as many stacks are on the cluster as it has workers: dask blames every task that waits at a
worker for that worker's death. What a worker cannot import, a lab's own file and what lies beside
it, travels by value; `labs` itself must be there, in the same versions, since bytes depend on them.
"""

import logging
import multiprocessing
import platform
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import Any

from labs.kit.extras import require
from labs.kit.failure import LINE, Failure
from labs.kit.machine import cores, process
from labs.kit.parcel import pack_for_elsewhere, unpack
from labs.kit.provenance import provenance, versions
from labs.kit.workers import FreshContext, Pool, no_interrupt

HERE = "dask"  # a cluster of this machine's own, for as long as it is needed
PATIENCE = 10.0  # seconds to find a scheduler
LIBRARIES = ("python", "mnist1d-labs", "numpy", "scipy", "torch", "scikit-learn")
_one_stack = threading.Lock()  # a worker with several threads trains one stack at a time, too


def check_executor(where: str) -> str:
    """Return where to train if it is "dask" or the address of a scheduler.

    Raises:
        ValueError: it is neither.
    """
    if where != HERE and not re.fullmatch(r"(tcp|tls)://[^\s/]+:\d+", where):
        raise ValueError(
            f"executor must be {HERE} or an address like tcp://HOST:PORT, got {where!r}"
        )
    return where


class Cluster(Pool):
    """The workers of a cluster, as many as there are at the moment.

    Args:
        client: a `distributed.Client`.
        most: stacks on the cluster at once, at most; by default one per worker.

    Attributes:
        remarks: what a run on these workers should say: where they differ from this machine.

    Raises:
        ValueError: a worker has other versions than this process.
    """

    def __init__(self, client: Any, most: int | None = None) -> None:
        found = Counter([*_differences(client), *_idle_threads(client)])
        self.remarks = [f"{count} of the workers: {text}" for text, count in found.items()]
        self._client, self._most, self._known = client, most, 1
        self._executor: Executor = client.get_executor(pure=False)

    def slots(self) -> int:
        """Return the number of workers; 1 where none has come yet, so that a task waits for it."""
        with suppress(OSError):  # without a connection, what is on the cluster will say so
            self._known = max(1, len(self._client.nthreads()))
        return min(self._known, self._most or self._known)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._executor.submit(_work, _versions(), pack_for_elsewhere((fn, args, kwargs)))

    def fate(self, error: Exception) -> str:
        tries = getattr(error, "allowed_failures", None)  # distributed's KilledWorker
        if tries is not None:
            return f"died, and so did every other one that tried, {tries + 1} in all"
        if isinstance(error, CancelledError):
            return "is lost, with the connection to the cluster"
        return super().fate(error)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel what is on the cluster, and leave the cluster alive."""
        self._executor.shutdown(wait=False)


@contextmanager
def joined(where: str, jobs: int | None = None) -> Iterator[Cluster]:
    """Start or join a cluster; what it has not finished at the end of the block is cancelled.

    Args:
        where: "dask" starts workers on this machine, which end with the block; the address of a
            scheduler, ``tcp://HOST:PORT`` or ``tls://HOST:PORT``, joins one and leaves it alive.
        jobs: workers to start, by default one per core; of a cluster that is joined, stacks to
            have on it at once, by default one per worker.

    Raises:
        ValueError: `where` is neither, or needs certificates that dask's configuration does not
            name, or a worker has other versions than this process.
        MissingExtraError: dask.distributed is not installed.
        ConnectionError: there is no scheduler.
    """
    check_executor(where)
    require("cluster", "a cluster")
    with ExitStack() as stack:
        address = stack.enter_context(_started(jobs or cores())) if where == HERE else where
        yield stack.enter_context(_connected(address, jobs))


@contextmanager
def _started(count: int) -> Iterator[str]:
    import dask
    from distributed import LocalCluster

    multiprocessing.context._concrete_contexts["fresh"] = FreshContext()  # type: ignore[attr-defined]
    with dask.config.set({"distributed.worker.multiprocessing-method": "fresh"}):
        with no_interrupt():
            cluster = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                memory_limit=None,  # by default dask kills workers that come near a limit
                dashboard_address="127.0.0.1:0",  # any free port: None would be a fixed one
                silence_logs=logging.CRITICAL,  # what matters comes as an error
            )
        with cluster:
            yield cluster.scheduler_address


@contextmanager
def _connected(address: str, most: int | None) -> Iterator[Cluster]:
    from distributed import Client, Security
    from distributed.utils import silence_logging_cmgr

    if address.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
        raise ValueError(
            f"executor {address} needs certificates, dask's configuration must name them "
            "under distributed.comm.tls"
        )
    with silence_logging_cmgr(logging.CRITICAL):
        try:
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise ConnectionError(f"no scheduler answers at {address}: {error}") from None
        with client, Cluster(client, most) as cluster:
            yield cluster


def _differences(client: Any) -> Iterator[str]:
    own = provenance()
    for worker, (found, origin) in _told(client).items():
        if found != _versions():
            raise ValueError(f"worker {worker} {_wrong(found, _versions())}")
        for name in ("processor", "commit"):
            if origin[name] != own[name]:
                here = f"here {own[name]}: results may differ in their last digits"
                yield f"{name} {origin[name]}, {here}"


def _told(client: Any) -> Mapping[str, tuple[dict[str, str], dict[str, Any]]]:
    try:
        told: Mapping[str, Any] = client.run(_tell)
    except Exception as error:
        raise ValueError(
            f"workers must have this version of mnist1d-labs, got {str(error)[:LINE]}"
        ) from None
    return told


def _idle_threads(client: Any) -> Iterator[str]:
    for threads in client.nthreads().values():
        if threads > 1:
            yield f"{threads} threads, of which a stack uses one (dask worker --nthreads 1)"


def _tell() -> tuple[dict[str, str], dict[str, Any]]:
    # runs in a worker
    return _versions(), provenance()


@cache
def _versions() -> dict[str, str]:
    # those that bytes depend on, of this process
    found = versions() | {"python": ".".join(platform.python_version_tuple()[:2])}
    return {name: found.get(name, "none") for name in LIBRARIES}


def _wrong(found: Mapping[str, str], own: Mapping[str, str]) -> str:
    differ = [name for name in LIBRARIES if found.get(name) != own[name]]
    must = ", ".join(f"{name} {own[name]}" for name in differ)
    return f"must have {must}, got {', '.join(found.get(name, 'none') for name in differ)}"


def _work(own: Mapping[str, str], parcel: bytes) -> Any:
    # Runs in a worker, which may have come after those that were looked at in the beginning.
    if _versions() != own:
        return Failure(f"its worker {process()} {_wrong(_versions(), own)}", "")
    with _one_stack:
        return unpack(parcel)
