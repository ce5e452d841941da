"""Worker processes: started from anything that runs Python, and honest about how they ended."""

import copyreg
import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import types
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from labs.kit import parcel, runs
from labs.kit import plan as plans
from labs.kit.cli import main
from labs.kit.execute import TrainingError
from labs.kit.workers import Pool, Workers
from tests.toy_lab import LAB

ROOT = Path(__file__).parents[2]
REGISTERED = """
from labs.kit.cli import main
print("main runs")
main({"toy": "tests.toy_lab"}, ["run", "toy", "--preset", "smoke", "--jobs", "2"])
"""
IN_THE_SCRIPT = """
from dataclasses import dataclass, replace
from labs.kit import plan, runs
from tests.toy_lab import LAB

print("main runs")

@dataclass(frozen=True)
class Cell:
    arm: str
    replicate: int

@dataclass(frozen=True)
class Record:
    heads: float

SHARE = {"fair": 50.0, "biased": 80.0}

def cells(config):
    return [Cell(arm, r) for arm in config.arms for r in range(config.replicates)]

def train(cells, device):
    for cell in cells:
        yield Record(SHARE[cell.arm] + cell.replicate)

lab = replace(
    LAB, cell=Cell, record=Record, cells=cells, train=train, seconds=lambda cell: 1.0
)
resolved = plan.resolve(lab, "smoke")
runs.run(resolved, resolved.stacks, jobs=2)
print([row["heads"] for row in plan.results(resolved).table])
"""
NOTEBOOK = """
import sys, types
cells = types.ModuleType("__main__")  # where a notebook's cells run: no file, no spec
sys.modules["__main__"] = cells
exec(compile({!r}, "<ipython-input-1>", "exec"), cells.__dict__)
"""


def as_file(script, folder):
    (folder / "script.py").write_text(script)
    return [str(folder / "script.py")], None


WAYS = {
    "a file without a guard": as_file,
    "standard input": lambda script, folder: (["-"], script),
    "-c": lambda script, folder: (["-c", script], None),
    "a notebook": lambda script, folder: (["-c", NOTEBOOK.format(script)], None),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("script", "last"),
    [(REGISTERED, "run.json"), (IN_THE_SCRIPT, "[50.0, 51.0, 80.0, 81.0]")],
    ids=["a lab of a module", "a lab of the script"],
)
def test_workers_start_from_anything(tmp_path, way, script, last):
    words, text = WAYS[way](script, tmp_path)
    done = subprocess.run(
        [sys.executable, *words],
        input=text,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("main runs") == 1
    assert done.stdout.splitlines()[-1].endswith(last)


def test_the_main_module_is_back_after_a_start():
    main = sys.modules["__main__"]
    with Workers(2) as pool:
        assert sys.modules["__main__"] is main
        assert pool.submit(_main_file).result() is None


def _main_file():
    return getattr(sys.modules["__main__"], "__file__", None)


def test_each_process_has_one_task_at_a_time():
    with Workers(2) as pool:
        assert pool.slots() == 2
        found = [pool.submit(os.getpid) for _ in range(8)]
        assert len({future.result() for future in found}) <= 2
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("accident", "argument", "fate"),
    [
        (signal.raise_signal, signal.SIGKILL, "was killed by SIGKILL, as a system short of memory"),
        (signal.raise_signal, signal.SIGTERM, "was killed by SIGTERM"),
        (os._exit, 3, "ended with exit code 3"),
        (os._exit, 0, "ended with exit code 0"),
    ],
)
def test_how_a_worker_ended_is_told(accident, argument, fate):
    with Workers(2) as pool:
        with pytest.raises(BrokenExecutor) as caught:
            pool.submit(accident, argument).result()
        assert pool.fate(caught.value).startswith(fate)


def test_a_pool_whose_worker_is_dead_refuses_more_work():
    refused = []

    def try_again():
        for _ in range(2):
            with pytest.raises(BrokenExecutor):
                pool.submit(abs, -1)
            refused.append(True)

    with Workers(1) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(os._exit, 1).result()
        thread = threading.Thread(target=try_again, daemon=True)
        thread.start()
        thread.join(20)  # for ever, where a lane was lost
    assert refused == [True, True]


def test_what_cannot_be_sent_is_said_and_no_process_is_lost():
    with Workers(1) as pool:
        for _ in range(2):
            with pytest.raises(TypeError) as caught:
                pool.submit(print, threading.Lock())
        assert pool.fate(caught.value).startswith("did not get it: TypeError: ")
        assert pool.submit(abs, -1).result() == 1
    assert Pool().fate(BrokenExecutor()) == "died"


def test_a_lab_that_cannot_be_sent_is_said(tmp_path):
    lock = threading.Lock()
    lab = replace(LAB, train=lambda cells, device: lock)
    plan = plans.resolve(lab, "smoke", out=tmp_path)
    with pytest.raises(TrainingError, match=r"lab 'toy': .* and 1 more did not get it: "):
        runs.run(plan, plan.stacks, jobs=2)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_failing_train_shows_the_labs_own_frames_and_then_a_sentence(tmp_path, capsys, jobs):
    words = ["run", "toy", "--jobs", jobs, "--set", "accident=raise", "--out", str(tmp_path)]
    assert main({"toy": "tests.toy_lab"}, words) == 1
    first, *frames, error, sentence = capsys.readouterr().err.splitlines()
    assert first == "Traceback (most recent call last):"
    assert [line for line in frames if line.startswith("  File")] == frames[:1]
    assert "toy_lab.py" in frames[0]
    assert frames[0].endswith("in train")
    assert error == "RuntimeError: the coin rolled under the table"
    assert sentence.startswith("python -m labs: lab 'toy': training arm=biased,tosses=400")
    assert sentence.endswith(" and 2 more failed: RuntimeError: the coin rolled under the table")


class TwoWordsError(Exception):
    """Cannot be unpickled: it is made of two words, and keeps one."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def fail(cells, device):
    raise TwoWordsError("no", "coin")


def leave(cells, device):
    sys.exit("the coin left")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("train", "words"),
    [(fail, "failed: .*TwoWordsError: no coin"), (leave, "failed: SystemExit: the coin left")],
)
def test_no_error_of_a_lab_passes_for_a_death(tmp_path, jobs, train, words):
    plan = plans.resolve(replace(LAB, train=train), "smoke", out=tmp_path)
    with pytest.raises(TrainingError, match=words) as caught:
        runs.run(plan, plan.stacks, jobs=jobs)
    assert caught.value.trace.splitlines()[1].endswith(f"in {train.__name__}")
    assert caught.value.__notes__ == [caught.value.trace]


def test_pools_of_one_process_leave_each_other_alone():
    with Workers(1) as other:
        other.submit(os.getpid).result()
        pool = Workers(1)
        pool.__enter__().submit(os.getpid).result()
        pool.__exit__(RuntimeError, RuntimeError("mine alone"), None)
        assert other.submit(os.getpid).result() > 0


def test_interrupts_that_another_language_handles_are_left_alone(monkeypatch):
    def refuse(*arguments):
        raise TypeError("signal handler must be signal.SIG_IGN")

    monkeypatch.setattr(signal, "getsignal", lambda number: None)
    monkeypatch.setattr(signal, "signal", refuse)
    with Workers(1) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


@pytest.mark.parametrize("module", ["__main__", "a lab's own file"])
def test_functions_with_a_cache_travel(monkeypatch, module):
    own = types.ModuleType("own_lab")
    code = "import functools, math\n@functools.lru_cache(8)\ndef twice(x): return 2 * x\n"
    code += "root = functools.lru_cache(math.sqrt)\n"  # named like what it wraps
    exec(code, vars(own))
    own.__file__ = "/somewhere/own_lab.py"
    if module == "__main__":
        monkeypatch.setitem(sys.modules, "__main__", own)
        own.twice.__module__ = own.twice.__wrapped__.__module__ = "__main__"
    else:
        monkeypatch.setitem(sys.modules, "own_lab", own)
    packing = parcel.pack if module == "__main__" else parcel.pack_for_elsewhere
    for name, argument, expected in (("twice", 4, 8), ("root", 9.0, 3.0)):
        packed = packing((getattr(own, name), (argument,), {}))
        code = f"from labs.kit.parcel import unpack; print(unpack({packed!r}))"
        assert subprocess.check_output([sys.executable, "-c", code], text=True) == f"{expected}\n"
    assert functools._lru_cache_wrapper not in copyreg.dispatch_table
