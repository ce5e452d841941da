"""What a run takes of memory, what there is, and how many processes fit."""

import math
from dataclasses import replace

import pytest

from labs.kit import memory, plan, texts
from labs.kit.cli import main
from labs.kit.memory import LIBRARIES, available_mb, fitting, together_mb
from tests.toy_lab import LAB

GB = 10**9
# stacks of 6 and of 4 cells in two arms: 1000, 600, 400 and 100 MB
SIZES = {"a": 1000, "b": 600, "c": 400, "d": 100}
LAB_OF_SIZES = replace(LAB, megabytes=lambda stack: SIZES[stack[0]] - LIBRARIES)
STACKS = [tuple(name) for name in "dacb"]


def machine(root, available=None, groups="", **files):
    """Files as Linux shows them: meminfo (kB), the groups of a process, and theirs (bytes)."""
    (root / "proc/self").mkdir(parents=True)
    if available is not None:
        text = f"MemTotal: 99999999 kB\nMemAvailable: {available // 1024} kB\nHugePages_Total: 0\n"
        (root / "proc/meminfo").write_text(text)
    (root / "proc/self/cgroup").write_text(groups)
    for name, content in files.items():
        path = root / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")
    return root


def test_the_most_expensive_stacks_train_at_once_in_the_worst_case():
    assert [together_mb(LAB_OF_SIZES, STACKS, n) for n in (1, 2, 3, 9)] == [1000, 1600, 2000, 2100]
    assert together_mb(LAB_OF_SIZES, [], 2) == 0


def test_the_machine_says_what_it_has_left(tmp_path):
    assert available_mb(machine(tmp_path, 5 * GB)) == pytest.approx(5000, rel=1e-6)


def test_where_nothing_is_known_nothing_is_limited(tmp_path):
    assert available_mb(tmp_path / "no such system") == math.inf
    assert available_mb(machine(tmp_path)) == math.inf


V2 = "0::/user/job\n"
V1 = "12:cpu,cpuacct:/job\n4:memory:/docker/0123\n0::/init\n"
CASES = {
    "version 2, its own limit": (
        V2,
        {"user/job/memory.max": 3 * GB, "user/job/memory.current": GB},
        2000,
    ),
    "version 2, a limit above it": (
        V2,
        {
            "user/job/memory.max": "max",
            "user/job/memory.current": GB,
            "user/memory.max": 2 * GB,
            "user/memory.current": 3 * GB // 2,
        },
        500,
    ),
    "version 2, copies of files are given back": (
        V2,
        {
            "user/job/memory.max": 3 * GB,
            "user/job/memory.current": 2 * GB,
            "user/job/memory.stat": f"anon 5\ninactive_file {GB}\nactive_file 7",
        },
        2000,
    ),
    "version 2, more used than allowed": (
        V2,
        {"user/job/memory.max": GB, "user/job/memory.current": 2 * GB},
        0,
    ),
    "version 2, in a container": (
        "0::/\n",
        {"memory.max": 4 * GB, "memory.current": GB},
        3000,
    ),
    "version 2, no limit": (V2, {"user/job/memory.max": "max"}, 8000),
    "version 1, its own limit": (
        V1,
        {
            "memory/docker/0123/memory.limit_in_bytes": 3 * GB,
            "memory/docker/0123/memory.usage_in_bytes": 2 * GB,
            "memory/docker/0123/memory.stat": f"inactive_file 1\ntotal_inactive_file {GB // 2}",
        },
        1500,
    ),
    "version 1, whose container sees it at the top": (
        V1,
        {"memory/memory.limit_in_bytes": 3 * GB, "memory/memory.usage_in_bytes": 2 * GB},
        1000,
    ),
    "version 1, no limit": (
        V1,
        {
            "memory/docker/0123/memory.limit_in_bytes": 9223372036854771712,
            "memory/docker/0123/memory.usage_in_bytes": 2 * GB,
        },
        8000,
    ),
    "the group of another": (
        V2,
        {"user/other/memory.max": 5, "user/other/memory.current": 1},
        8000,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_control_group_may_leave_less(tmp_path, case):
    groups, files, expected = CASES[case]
    found = available_mb(machine(tmp_path, 8 * GB, groups, **files))
    assert found == pytest.approx(expected, abs=1e-2)


def test_this_machine_has_some_memory():
    assert available_mb() > 1


@pytest.mark.parametrize(
    ("asked", "cores", "available", "jobs"),
    [
        (None, 2, math.inf, 2),
        (None, 2, 1600.0, 2),
        (None, 2, 1599.0, 1),
        (None, 8, 2050.0, 3),
        (None, 8, 2100.0, 8),  # as many as there are stacks fit: more have nothing to do
        (None, 2, 999.0, 1),
        (3, 2, 100.0, 3),
    ],
)
def test_as_many_processes_as_fit(asked, cores, available, jobs):
    found, _ = fitting(LAB_OF_SIZES, STACKS, asked=asked, cores=cores, available=available)
    assert found == jobs


def test_what_does_not_fit_is_said():
    def said(asked, available):
        return fitting(LAB_OF_SIZES, STACKS, asked=asked, cores=2, available=available)[1]

    assert said(None, 1600.0) == ""
    assert said(None, 1300.0) == (
        "2 processes may take 1.6 GB of memory and 1.3 GB is free: training in 1 process"
    )
    assert said(None, 900.0).endswith("900 MB is free: training in 1 process, which may fail")
    assert said(2, 1300.0).endswith("training in 2 processes, which may fail")
    assert said(1, 1300.0) == ""


def test_with_nothing_to_train_nothing_is_said():
    assert fitting(LAB_OF_SIZES, [], asked=None, cores=2, available=1.0) == (2, "")


def test_on_another_device_nothing_is_known_and_one_process_works():
    assert memory.processes(LAB_OF_SIZES, STACKS, device="cuda") == (1, "")
    assert memory.processes(LAB_OF_SIZES, STACKS, 3, "cuda") == (3, "")


def test_the_plan_of_a_run_says_its_memory():
    resolved = plan.resolve(replace(LAB, megabytes=lambda stack: 100.0 * len(stack)), "quick")
    shown = {"device": "cpu", "power": ""}
    text = texts.plan(resolved, resolved.stacks, jobs=2, **shown)  # stacks of 3: 2 (310 + 300)
    assert "estimate  about 0 s and 1.2 GB of memory with 2 processes" in text
    text = texts.plan(resolved, resolved.stacks, jobs=1, **shown)
    assert "about 0 s and 610 MB of memory with 1 process\n" in text + "\n"
    text = texts.plan(resolved, resolved.stacks, jobs=1, device="cuda", power="")
    assert "GB" not in text
    assert "MB" not in text


def test_by_default_a_run_has_as_many_processes_as_fit(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(memory, "cores", lambda: 2)
    monkeypatch.setattr(memory, "available_mb", lambda: 500.0)
    words = ["run", "toy", "--preset", "smoke", "--dry-run", "--out", str(tmp_path)]
    assert main({"toy": "tests.toy_lab"}, words) == 0
    seen = capsys.readouterr()
    assert "in this process" in seen.out
    assert seen.err.startswith("2 processes may take")
    assert main({"toy": "tests.toy_lab"}, [*words, "--jobs", "2"]) == 0
    assert "in 2 processes" in capsys.readouterr().out
