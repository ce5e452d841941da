"""Workers of dask that a run starts: the bytes of a local run, whatever befalls them on the way."""

import multiprocessing
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from labs.kit import cluster, runs
from labs.kit import plan as plans
from labs.kit.cli import main
from labs.kit.cluster import check_executor, joined
from labs.kit.execute import TrainingError, Work, execute
from tests.kit.clusters import REGISTER, ROOT, SLOW, contents, needs_dask, process, wait_for
from tests.toy_lab import LAB


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    assert main(REGISTER, [*SLOW, "--jobs", "1", "--out", str(out)]) == 0
    return contents(out)


@pytest.fixture(scope="module")
def started():
    with joined("dask", 2) as pool:
        yield pool
    assert multiprocessing.active_children() == []


@pytest.fixture
def pair(started):
    """Two workers behind their nannies, started by the kit."""
    wait_for(lambda: started.slots() == 2)  # a test before may have killed some
    return started


@pytest.mark.parametrize("where", ["dusk", "tcp://host", "tcp://host:port", "http://host:80", ""])
def test_other_places_are_refused(where, capsys):
    with pytest.raises(ValueError, match="executor must be dask or an address like tcp://HOST:P"):
        check_executor(where)
    assert main(REGISTER, ["run", "toy", f"--executor={where}"]) == 2
    assert check_executor("tls://node-1.cluster:8786") == "tls://node-1.cluster:8786"


@needs_dask
def test_a_run_on_dask_gives_the_bytes_of_a_local_run(tmp_path, undisturbed, capsys):
    words = [*SLOW, "--executor", "dask", "--jobs", "2", "--out", str(tmp_path)]
    assert main(REGISTER, words) == 0
    assert "on a cluster, dask, of 2 workers now" in capsys.readouterr().out
    assert contents(tmp_path) == undisturbed
    assert multiprocessing.active_children() == []


def train_and_tell(folder, cells, device):
    # A worker in the middle of a stack says who it is, and waits until one has been killed.
    records = LAB.train(cells, device)
    yield next(records)
    (folder / f"{os.getpid()} {cells[0].arm} {cells[0].replicate}").touch()
    wait_for((folder.parent / "killed").exists)
    yield from records


@needs_dask
def test_a_worker_killed_in_the_middle_of_a_stack_costs_no_byte(tmp_path, pair, undisturbed):
    told, out = tmp_path / "told", tmp_path / "out"
    told.mkdir()
    lab = replace(LAB, train=partial(train_and_tell, told))
    plan = plans.resolve(lab, "quick", ["pause=0.04"], out)
    killed = []

    def kill_once():
        for path in told.iterdir() if not killed else ():
            pid, _, stack = path.name.partition(" ")
            os.kill(int(pid), signal.SIGKILL)
            (tmp_path / "killed").touch()
            killed.append(stack)
            return

    begun, ended = [], []
    execute(
        [Work(plan.lab, plan.store, stack) for stack in plan.stacks],
        executor=pair,
        started=begun.append,
        beat=kill_once,
        finished=lambda stack, outcome: ended.append(stack),
    )
    assert len(killed) == 1
    assert len([path for path in told.iterdir() if path.name.endswith(killed[0])]) == 2
    assert sorted(begun, key=repr) == sorted(ended, key=repr)
    runs.run(plan, [])  # settings and sessions
    plans.conclude(plan)
    assert contents(out) == undisturbed


@needs_dask
@pytest.mark.slow
def test_a_stack_that_kills_every_worker_is_named_after_a_few_tries(tmp_path, pair):
    plan = plans.resolve(LAB, "smoke", ["accident=die"], tmp_path)
    name = "arm=biased,tosses=50,pause=0.0,accident=die,replicate=0 and 1 more"
    with pytest.raises(TrainingError, match=f"{name} died, and so did every other .* 4 in all"):
        runs.run(plan, plan.stacks, executor=pair)


@needs_dask
def test_a_failing_train_is_shown_as_at_home(tmp_path, pair):
    plan = plans.resolve(LAB, "smoke", ["accident=raise"], tmp_path)
    with pytest.raises(TrainingError, match=r"lab 'toy': training arm=biased.* failed: Runti") as e:
        runs.run(plan, plan.stacks, executor=pair)
    assert [line for line in e.value.trace.splitlines() if line.startswith("  File")] == [
        line for line in e.value.trace.splitlines() if "toy_lab.py" in line or ", in train" in line
    ]  # old cloudpickles forget the file of what travels by value


@needs_dask
def test_longest_first_and_no_more_at_once_than_workers(tmp_path, pair):
    lab = replace(LAB, seconds=lambda cell: cell.replicate)
    plan = plans.resolve(lab, "full", ["pause=0.01"], tmp_path)
    order, at_once = [], []

    def started(stack):
        order.append(stack)
        at_once.append(len(order) - len(done))

    done = []
    execute(
        [Work(lab, plan.store, stack) for stack in plan.stacks],
        executor=pair,
        started=started,
        finished=lambda stack, outcome: done.append(stack),
    )
    costs = [sum(cell.replicate for cell in stack) for stack in order]
    assert costs == sorted(costs, reverse=True)
    assert max(at_once) == 2
    assert not runs.pending(plan)[0]


@needs_dask
def test_one_thread_in_every_worker(pair):
    found = pair.submit(os.getenv, "OMP_NUM_THREADS").result()
    assert found == "1"


def test_a_worker_with_threads_trains_one_stack_at_a_time(monkeypatch):
    inside, most = [], []

    def unpack(parcel):
        inside.append(parcel)
        most.append(len(inside))
        time.sleep(0.05)
        inside.remove(parcel)

    monkeypatch.setattr(cluster, "unpack", unpack)
    own = cluster._versions()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(partial(cluster._work, own), [b"1", b"2", b"3"]))
    assert most == [1, 1, 1]


@needs_dask
@pytest.mark.parametrize("accident", ["interrupt", "kill"])
def test_workers_end_with_the_run_that_started_them(tmp_path, accident):
    words = [*SLOW, "--set", "replicates=400", "--executor=dask", "--jobs=2", f"--out={tmp_path}"]
    with process("-m", "tests.toy_lab", *words, cwd=ROOT, stderr=subprocess.PIPE) as run:
        wait_for(lambda: list(tmp_path.rglob("cells/*.json")))
        if accident == "kill":
            run.kill()
        else:
            os.killpg(run.pid, signal.SIGINT)
        error = run.communicate(timeout=30)[1]  # ends when the last holder of the pipe is gone
    assert run.returncode == (-9 if accident == "kill" else 130)
    assert accident == "kill" or error.count("\n") == 1, error


UNGUARDED = """
import os, signal
from pathlib import Path
from labs.kit import plan, runs
from labs.kit.cluster import joined
from tests.toy_lab import LAB

print("main runs", flush=True)
resolved = plan.resolve(LAB, "smoke", out=Path(OUT))
with joined("dask", 1) as pool:
    before = pool.submit(os.getpid).result()
    os.kill(before, signal.SIGKILL)
    print(pool.submit(os.getpid).result() != before)  # its nanny has started another
    runs.run(resolved, resolved.stacks, executor=pool)
print(len(plan.results(resolved).table))
"""


@needs_dask
def test_a_script_needs_no_guard_for_workers_or_their_successors(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED.replace("OUT", repr(str(tmp_path))))
    with process(str(script), cwd=tmp_path, stdout=-1, stderr=-1) as run:
        printed, error = run.communicate(timeout=60)
    assert (printed.split("\n"), error) == (["main runs", "True", "4", ""], "")
