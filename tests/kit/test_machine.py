"""The machine: cores that affinity and quota leave, one thread, peak memory."""

import io
import multiprocessing
import os
import sys

import pytest

from labs.kit.machine import cores, limited, one_thread, peak_mb, process

loky = pytest.importorskip("joblib.externals.loky.backend.context")
V2 = {"/sys/fs/cgroup/cpu.max": "{quota} {period}\n"}
V1 = {
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "{quota}\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "{period}\n",
}


@pytest.fixture
def machine(monkeypatch):
    """A machine of eight cores, in a container whose files are these."""

    def put(files, quota, period=100_000, affinity=8):
        texts = {path: text.format(quota=quota, period=period) for path, text in files.items()}
        monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)
        monkeypatch.setattr(os, "cpu_count", lambda: 8)
        monkeypatch.setattr(
            os, "sched_getaffinity", lambda pid: set(range(affinity)), raising=False
        )
        monkeypatch.setattr(os.path, "exists", lambda path: path in texts)
        monkeypatch.setattr(loky, "open", lambda path: io.StringIO(texts[path]), raising=False)

    return put


@pytest.mark.parametrize(
    ("files", "quota", "affinity", "expected"),
    [
        (V2, "max", 8, 8),
        (V2, "200000", 8, 2),
        (V2, "10000", 8, 1),
        (V2, "max", 3, 3),
        (V1, "-1", 8, 8),
        (V1, "400000", 8, 4),
        (V1, "400000", 2, 2),
        ({}, "", 5, 5),
    ],
)
def test_cores_are_those_that_affinity_and_quota_leave(machine, files, quota, affinity, expected):
    machine(files, quota, affinity=affinity)
    assert cores() == expected


def test_cores_without_joblib(machine, monkeypatch):
    machine(V2, "200000", affinity=3)
    monkeypatch.setitem(sys.modules, "joblib", None)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == 8
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


def test_a_process_has_a_name_and_a_peak():
    assert process().endswith(f"-{os.getpid()}")
    assert peak_mb() > 10 or sys.platform == "win32"


def test_threads_are_put_back_by_whoever_leaves_last(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    first, second = one_thread(), one_thread()
    first.__enter__()
    second.__enter__()  # another run, in another thread
    first.__exit__(None, None, None)
    assert os.environ["OMP_NUM_THREADS"] == "1"
    second.__exit__(None, None, None)
    assert os.environ["OMP_NUM_THREADS"] == "7"


def test_limits_of_libraries_are_put_back_by_whoever_leaves_last():
    threadpoolctl = pytest.importorskip("threadpoolctl")

    def threads():
        return {pool["num_threads"] for pool in threadpoolctl.threadpool_info()}

    with threadpoolctl.threadpool_limits(2):
        before = threads()
        first, second = limited(), limited()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert threads() == {1}
        second.__exit__(None, None, None)
        assert threads() == before


def test_a_process_that_must_not_start_others_has_one_core(monkeypatch):
    monkeypatch.setattr(multiprocessing.current_process(), "_config", {"daemon": True})
    assert cores() == 1
