"""Clusters that run elsewhere: joined, used, and left as they were."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import pytest

from labs.kit import cluster, runs
from labs.kit import plan as plans
from labs.kit.cli import main
from labs.kit.cluster import joined
from labs.kit.execute import TrainingError
from labs.kit.failure import Failure
from tests.kit.clusters import (
    REGISTER,
    ROOT,
    SLOW,
    client,
    contents,
    needs_dask,
    process,
    scheduler,
    wait_for,
    workers,
)
from tests.toy_lab import LAB


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    assert main(REGISTER, [*SLOW, "--jobs", "1", "--out", str(out)]) == 0
    return contents(out)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The address of a cluster that knows nothing of this folder; one of its two workers is more
    generous than we ask for."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with (
        scheduler(folder) as (_, address),
        workers(address, folder, "--nthreads", "1"),
        workers(address, folder, "--nthreads", "2"),
    ):
        with contextlib.closing(client(address)) as found:
            found.wait_for_workers(2, timeout=60)
        yield address


FACTOR = "FACTOR = 2\n\ndef factor():\n    return FACTOR\n"
MINE = """
import helper
from dataclasses import replace
from labs.kit.lab import Deferred
from tests.toy_lab import LAB as TOY

def train(cells, device):
    for record in TOY.train(cells, device):
        yield replace(record, heads=record.heads * helper.factor())

LAB = replace(TOY, name="mine", train={train})
"""


@needs_dask
@pytest.mark.parametrize("train", ["train", 'Deferred("mine:train")'])
def test_a_lab_of_the_users_own_travels_to_workers(tmp_path, elsewhere, capsys, monkeypatch, train):
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("mine", "helper"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "helper.py").write_text(FACTOR)
    (tmp_path / "mine.py").write_text(MINE.format(train=train))
    words = ["run", str(tmp_path / "mine.py"), "--preset", "smoke", "--out"]
    assert main({}, [*words, str(tmp_path / "there"), "--executor", elsewhere]) == 0
    printed = capsys.readouterr()
    assert main({}, [*words, str(tmp_path / "here"), "--jobs", "1"]) == 0
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert printed.err.splitlines() == [
        "1 of the workers: 2 threads, of which a stack uses one (dask worker --nthreads 1)"
    ]


@needs_dask
def test_an_interrupt_clears_a_joined_cluster_and_leaves_it_alive(tmp_path, elsewhere):
    words = [*SLOW, "--set", "replicates=40", "--executor", elsewhere, "--out", str(tmp_path)]
    with process("-m", "tests.toy_lab", *words, cwd=ROOT, stderr=subprocess.PIPE) as run:
        wait_for(lambda: list(tmp_path.rglob("cells/*.json")))
        os.killpg(run.pid, signal.SIGINT)
        error = run.communicate(timeout=30)[1]
    assert run.returncode == 130, error
    assert error.splitlines()[-1].endswith("the same command continues where this one stopped")
    assert "Traceback" not in error
    with contextlib.closing(client(elsewhere)) as found:
        wait_for(lambda: not any(found.processing().values()))
        assert len(found.nthreads()) == 2


@needs_dask
@pytest.mark.slow
def test_workers_may_come_late_and_the_scheduler_go(tmp_path, undisturbed):
    plan = plans.resolve(LAB, "quick", ["pause=0.04"], tmp_path / "out")

    def wait_and_kill():
        wait_for(lambda: list(tmp_path.rglob("cells/*.json")))
        started.kill()

    with scheduler(tmp_path) as (started, address), joined(address) as pool:
        assert pool.slots() == 1
        killer = threading.Thread(target=wait_and_kill)
        killer.start()
        with (
            workers(address, tmp_path, "--nthreads", "1", "--death-timeout", "5"),
            pytest.raises(TrainingError, match="is lost, with the connection to the cluster; what"),
        ):
            runs.run(plan, plan.stacks, executor=pool)
        killer.join()
    stored = len(list(tmp_path.rglob("cells/*.json")))
    assert 0 < stored < 12
    assert main(REGISTER, [*SLOW, "--jobs", "1", "--out", str(tmp_path / "out")]) == 0
    assert contents(tmp_path / "out") == undisturbed


@needs_dask
def test_no_scheduler_is_said(monkeypatch, capsys):
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    assert main(REGISTER, ["run", "toy", "--executor", "tcp://127.0.0.1:9"]) == 1
    printed = capsys.readouterr()
    assert "no scheduler answers at tcp://127.0.0.1:9" in printed.err
    assert printed.out == ""


@needs_dask
def test_certificates_that_are_missing_are_said(capsys):
    assert main(REGISTER, ["run", "toy", "--executor", "tls://127.0.0.1:9"]) == 1
    printed = capsys.readouterr()
    assert "executor tls://127.0.0.1:9 needs certificates, dask's configuration" in printed.err
    assert printed.out == ""


@needs_dask
def test_other_versions_are_refused(elsewhere, monkeypatch):
    own = cluster._versions()
    assert own["numpy"] != "none"
    assert own["python"].count(".") == 1
    monkeypatch.setattr(cluster, "_versions", lambda: own | {"numpy": "0.9", "torch": "3.0"})
    with (
        pytest.raises(ValueError, match=r"worker tcp://.* must have numpy 0.9, torch 3.0, got "),
        joined(elsewhere),
    ):
        pass
    late = cluster._work(own, b"")  # here it is the worker that has these versions
    assert isinstance(late, Failure)
    assert late.error.endswith("got 0.9, 3.0")
