"""Execution: stacks are a partition, and accidents of every kind cost at most the stacks in flight.

Accidents happen to the toy lab in processes of its own, through its command line.
"""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.kit import plan as plans
from labs.kit import runs
from labs.kit.cli import main
from labs.kit.execute import TrainingError, Work, execute, stacks, wall
from labs.kit.machine import MEMORY, THREADS, one_thread
from labs.kit.workers import Workers
from tests.kit.clusters import REGISTER, ROOT, SLOW, contents, wait_for
from tests.toy_lab import LAB, Cell, Config


def toy(*words, out, wait=True):
    command = [sys.executable, "-m", "tests.toy_lab", *words, "--out", str(out)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    if wait:
        process.out, process.err = process.communicate(timeout=60)
    return process


def works(plan):
    return [Work(plan.lab, plan.store, stack) for stack in plan.stacks]


def here(*words, out):
    assert main(REGISTER, [*words, "--jobs", "1", "--out", str(out)]) == 0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    here(*SLOW, out=out)
    return contents(out)


def test_one_process_goes_on_saying_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("labs.kit.execute.BEAT", 0.01)
    plan = plans.resolve(LAB, "smoke", ["pause=0.05"], tmp_path)
    beats = []
    execute(works(plan)[:1], beat=lambda: beats.append(time.monotonic()))
    assert len(beats) > 3


CELLS = st.lists(
    st.builds(
        Cell,
        st.sampled_from("abc"),
        st.integers(1, 2),
        st.just(0.0),
        st.just("none"),
        st.integers(0, 20),
    ),
    unique=True,
)


@given(CELLS, st.integers(1, 7))
def test_stacks_are_a_partition_of_cells_that_belong_together(cells, members):
    lab = replace(LAB, members=members)
    found = stacks(lab, cells)
    assert sorted(map(repr, (c for s in found for c in s))) == sorted(map(repr, cells))
    assert all(1 <= len(stack) <= members for stack in found)
    assert all(len({(cell.arm, cell.tosses) for cell in stack}) == 1 for stack in found)
    sizes = [len(s) for s in found if (s[0].arm, s[0].tosses) == ("a", 1)]
    assert not sizes or max(sizes) - min(sizes) <= 1


@given(st.sets(st.integers(0, 19)), st.integers(1, 4))
def test_what_is_missing_does_not_change_the_stacks(tmp_path_factory, stored, shards):
    plan = plans.resolve(LAB, "full", out=tmp_path_factory.getbasetemp() / "nowhere")

    class Stored(type(plan.store)):
        def load(self, cells):
            return {cell: {} for i, cell in enumerate(cells) if i in stored}, []

    class Some(plans.Plan):
        @property
        def store(self):
            return Stored(plan.folder, "toy", 1)

    some = Some(plan.lab, plan.preset, plan.config, plan.folder)
    todo = [stack for i in range(shards) for stack in runs.pending(some, (i + 1, shards))[0]]
    missing = {plan.cells[i] for i in set(range(20)) - stored}
    assert sorted(todo, key=repr) == sorted(
        (stack for stack in plan.stacks if missing & set(stack)), key=repr
    )


def test_what_cells_share_is_expected_once_and_over_all_processes():
    lab = replace(LAB, seconds=lambda cell: 1.0, members=5)
    todo = stacks(lab, lab.cells(lab.presets["full"]))  # two arms of ten cells: four stacks of five
    assert wall([(lab, todo)], 1) == 20
    assert wall([(lab, todo)], 2) == 10
    on_bases = replace(lab, shares=lambda cell: {f"base {cell.replicate}": 3.0, "common": 2.0})
    assert wall([(on_bases, todo)], 2) == 10 + (10 * 3 + 2) / 2
    other = replace(lab, name="other", shares=lambda cell: {"common": 2.0})
    assert wall([(on_bases, todo), (other, todo)], 2) == 20 + (10 * 3 + 2) / 2
    assert wall([(on_bases, [])], 2) == 0


def test_longest_stacks_go_first(tmp_path):
    lab = replace(LAB, seconds=lambda cell: cell.replicate)
    plan = plans.resolve(lab, "full", out=tmp_path)
    order = []
    execute(works(plan), started=order.append)
    costs = [sum(cell.replicate for cell in stack) for stack in order]
    assert costs == sorted(costs, reverse=True)
    assert not runs.pending(plan)[0]


def test_an_executor_may_be_handed_in(tmp_path, undisturbed):
    plan = plans.resolve(LAB, "quick", ["pause=0.04"], tmp_path)
    with ThreadPoolExecutor(3) as executor:
        runs.run(plan, plan.stacks, executor=executor)
    plans.conclude(plan)
    assert contents(tmp_path) == undisturbed


def test_workers_have_one_thread_and_this_process_is_left_alone(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with one_thread(), Workers(1) as pool:
        assert [pool.submit(os.getenv, name).result() for name in THREADS] == ["1"] * len(THREADS)
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.parametrize("own", [None, "glibc.malloc.perturb=1"])
def test_workers_keep_freed_memory_unless_the_user_has_tuned_it(monkeypatch, own):
    if own is None:
        monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    else:
        monkeypatch.setenv("GLIBC_TUNABLES", own)
    with one_thread(), Workers(1) as pool:
        assert pool.submit(os.getenv, "GLIBC_TUNABLES").result() == (own or MEMORY)
    assert os.environ.get("GLIBC_TUNABLES") == own


@pytest.mark.parametrize(
    ("change", "got"),
    [(lambda records: islice(records, 1), "1"), (lambda records: chain(records, count()), "more")],
)
def test_a_lab_that_yields_too_few_or_too_many_records_fails(tmp_path, change, got):
    lab = replace(LAB, train=lambda cells, device: change(LAB.train(cells, device)))
    plan = plans.resolve(lab, "smoke", out=tmp_path)
    sentence = f"failed: ValueError: train must yield one record per cell, 2 in all, got {got}"
    with pytest.raises(
        TrainingError, match=rf"lab 'toy': training arm=fair.* and 1 more {sentence}"
    ):
        runs.run(plan, plan.stacks)
    assert not list(tmp_path.rglob("cells/*"))


@pytest.mark.parametrize("changes", [{"jobs": 0}, {"jobs": -1}])
def test_execute_refuses(tmp_path, changes):
    plan = plans.resolve(LAB, "smoke", out=tmp_path)
    with pytest.raises(ValueError, match="jobs must be at least 1"):
        execute(works(plan), **changes)
    with pytest.raises(ValueError, match="members must be at least 1, got 0"):
        stacks(replace(LAB, members=0), LAB.cells(Config()))


@pytest.mark.parametrize("whole_group", [False, True], ids=["parent", "all processes"])
def test_kills_at_random_moments_change_no_byte(tmp_path, undisturbed, whole_group):
    moments = random.Random(int(whole_group))
    survived = 0
    for _ in range(5):
        process = toy(*SLOW, out=tmp_path, wait=False)
        time.sleep(moments.uniform(0.2, 1.0))
        if process.poll() is None:  # on a fast machine it may be done already
            survived += 1
            (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
        process.communicate()
    assert survived
    done = toy(*SLOW, out=tmp_path)
    assert done.returncode == 0, done.err
    assert contents(tmp_path) == undisturbed


def test_workers_do_not_outlive_a_killed_parent(tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    process = toy(*SLOW, "--set", "replicates=400", "--jobs", "2", out=tmp_path, wait=False)
    wait_for_cells(tmp_path)
    assert len(list(temporary.glob("labs-*"))) == 1
    process.kill()
    process.communicate()  # ends when the last process that holds the pipes is gone
    before = len(list(tmp_path.rglob("*.json")))
    time.sleep(0.5)
    assert len(list(tmp_path.rglob("*.json"))) == before < 800
    assert not list(temporary.glob("labs-*"))


def wait_for_cells(out):
    wait_for(lambda: list(out.rglob("cells/*.json")))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_stops_at_once_and_says_how_to_go_on(tmp_path, undisturbed, jobs):
    process = toy(*SLOW, "--jobs", jobs, out=tmp_path, wait=False)
    wait_for_cells(tmp_path)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert time.monotonic() - began < 15
    assert process.returncode == 130
    assert error.count("\n") == 1
    assert "the same command continues" in error
    here(*SLOW, out=tmp_path)
    assert contents(tmp_path) == undisturbed


@pytest.mark.parametrize(
    ("accident", "message"),
    [
        ("die", "the worker training arm=biased,tosses=400,pause=0.0,accident=die,replicate="),
        ("raise", "RuntimeError: the coin rolled under the table"),
    ],
)
def test_accidents_name_their_stack_and_keep_what_is_stored(tmp_path, accident, message):
    done = toy("run", "toy", "--jobs", "2", "--set", f"accident={accident}", out=tmp_path)
    assert done.returncode == 1
    last = done.err.splitlines()[-1]
    assert message in last  # of the one of two processes that came first
    assert "replicate=0 and 2 more" in last or "replicate=3 and 2 more" in last


def test_two_processes_in_one_folder_do_not_corrupt_each_other(tmp_path, undisturbed):
    pair = [toy(*SLOW, "--jobs", "1", out=tmp_path, wait=False) for _ in range(2)]
    for process in pair:
        _, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
    assert contents(tmp_path) == undisturbed
    assert not list(tmp_path.rglob("*.tmp"))


def test_shards_are_together_the_whole(tmp_path, undisturbed, capsys):
    here(*SLOW, "--shard", "1/2", out=tmp_path)
    assert "6 networks are not stored yet" in capsys.readouterr().out
    here(*SLOW, "--shard", "2/2", out=tmp_path)
    assert contents(tmp_path) == undisturbed


def test_damaged_files_are_named_and_trained_again(tmp_path, undisturbed, capsys):
    here(*SLOW, out=tmp_path)
    plan = plans.stored(LAB, out=tmp_path)
    short, edited = map(plan.store.path, plan.stacks[0][:2])
    short.write_bytes(short.read_bytes()[:100])
    edited.write_text(edited.read_text().replace('"heads": ', '"heads": 1'))
    capsys.readouterr()
    assert main(REGISTER, ["check", "toy", "--out", str(tmp_path)]) == 0
    check = capsys.readouterr()
    here(*SLOW, out=tmp_path)
    again = capsys.readouterr()
    for path, reason in ((short, "truncated"), (edited, "edited")):
        assert f"{path.name}: {reason}" in check.err
        assert f"{path.name}: {reason}" in again.err
    assert "(2 networks are not stored yet)" in check.out
    assert "3 to train now" in again.out  # the stack of the two
    assert contents(tmp_path) == undisturbed


def test_libraries_that_are_loaded_already_have_one_thread_while_a_stack_trains(tmp_path):
    threadpoolctl = pytest.importorskip("threadpoolctl")
    seen = []

    def train(cells, device):
        seen.extend(pool["num_threads"] for pool in threadpoolctl.threadpool_info())
        yield from LAB.train(cells, device)

    plan = plans.resolve(replace(LAB, train=train), "smoke", out=tmp_path)
    with threadpoolctl.threadpool_limits(2):
        execute(works(plan))
    assert set(seen) == {1}
