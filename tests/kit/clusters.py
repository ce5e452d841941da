"""What tests of runs on clusters share: processes of other people's, and what a run leaves."""

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REGISTER = {"toy": "tests.toy_lab"}
SLOW = ["run", "toy", "--set", "pause=0.04"]
needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs the extra `cluster`"
)


def contents(out):
    """The bytes of everything that must not depend on where a run went, and how."""
    return {
        path.relative_to(out): path.read_bytes()
        for path in Path(out).rglob("*")
        if path.suffix in {".json", ".npz", ".csv", ".svg", ".png"}
        if path.name != "run.json" and path.parent.name != "sessions"
    }


@contextlib.contextmanager
def process(*words, cwd, **keywords):
    """A process of the machine's other users: in a folder of its own, with children of its own."""
    command = [sys.executable, *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=cwd, env=env, start_new_session=True, text=True, **keywords
    ) as started:
        try:
            yield started
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)


@contextlib.contextmanager
def scheduler(folder):
    words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    file = folder / "scheduler.json"
    with process(
        *("-m", "distributed.cli.dask_scheduler", *words, "--scheduler-file", str(file)),
        cwd=folder,
        stderr=subprocess.DEVNULL,
    ) as started:
        wait_for(file.exists)
        yield started, f"tcp://127.0.0.1:{port(file)}"


def port(file):
    return file.read_text().partition("tcp://127.0.0.1:")[2].partition('"')[0]


def workers(address, folder, *words):
    words = ("--host", "127.0.0.1", "--no-dashboard", *words)
    return process(
        *("-m", "distributed.cli.dask_worker", address, *words),
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )


def wait_for(happened, seconds=60):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def client(address):
    from distributed import Client

    return Client(address, set_as_default=False)
