"""Whatever the console: text is shown as far as it can be, and what is lost is said."""

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from labs.kit import console
from labs.kit.cli import main

ROOT = Path(__file__).parents[2]
REGISTER = {"toy": "tests.toy_lab"}
NO_SPACE = OSError(28, "No space left on device")


class Broken(io.StringIO):
    """A stream that takes nothing more, for a reason."""

    def __init__(self, error, act="write"):
        super().__init__()
        self.error = error
        setattr(self, act, self.refuse)

    def refuse(self, *text):
        raise self.error


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    assert (
        main(REGISTER, ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(folder)])
        == 0
    )
    return folder


@pytest.mark.parametrize(
    ("encoding", "errors", "shown"),
    [
        ("utf-8", "strict", "82 ± 2 % holds† 你 \\udce9"),
        ("cp437", "strict", "82 ± 2 % holds* \\u4f60 \\udce9"),
        ("ascii", "strict", "82 +- 2 % holds* \\u4f60 \\udce9"),
        ("ascii", "replace", "82 ? 2 % holds? ? ?"),  # as its owner has asked for
    ],
)
def test_text_is_shown_as_far_as_a_stream_can(encoding, errors, shown, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding, errors, newline="\n"))
    with console.patient():
        print("82 ± 2 % holds† 你 \udce9")
    assert raw.getvalue().decode(encoding) == shown + "\n"


@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize("number", [5, 32])  # a terminal that is gone, a reader that has left
def test_a_reader_that_has_left_is_no_error(name, number, monkeypatch):
    monkeypatch.setattr(sys, name, Broken(OSError(number, "gone")))
    with console.patient():
        assert print("a", file=getattr(sys, name), flush=True) is None


def test_a_stream_that_is_closed_is_no_error(monkeypatch):
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.StringIO())
        getattr(sys, name).close()
    with console.patient():
        print("a", flush=True)
        print("b", file=sys.stderr)


def test_a_stream_of_ones_own_needs_write_and_flush_alone(monkeypatch):
    said = []
    own = SimpleNamespace(write=said.append, flush=lambda: None)
    monkeypatch.setattr(sys, "stdout", own)
    with console.patient():
        print("82 ± 2")
    assert "".join(said) == "82 ± 2\n"


def test_results_that_are_lost_are_an_error_and_remarks_are_none(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Broken(NO_SPACE))
    monkeypatch.setattr(sys, "stderr", Broken(NO_SPACE))
    with console.patient():
        print("a remark", file=sys.stderr)
        with pytest.raises(OSError, match="No space left"):
            print("a result")


def test_what_is_missing_is_filled_in_and_taken_away_again(monkeypatch, tmp_path):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    with console.patient():
        print("a result")
        print("a remark", file=sys.stderr)
        assert os.get_inheritable(sys.stdout.fileno())
    assert (sys.stdout, sys.stderr) == (None, None)


OPENS = """
import os, subprocess, sys
from labs.kit import console
with console.patient():
    with open("results", "w") as file:
        print("of a library", flush=True)
        os.write(1, b"of a library's own")
        subprocess.run([sys.executable, "-c", "print('of a child')"], check=True)
        sys.exit(file.fileno() < 3)
"""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_nothing_takes_the_place_of_a_closed_stream(closed, tmp_path):
    command = ["bash", "-c", f'"$@" {closed}', "bash", sys.executable, "-c", OPENS]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, cwd=tmp_path, env=environment).returncode == 0
    assert (tmp_path / "results").read_bytes() == b""


def test_json_stays_json_without_stderr(out, capsys, monkeypatch):
    # print(file=None) goes to stdout: a remark would stand in the middle of the JSON.
    for path in sorted((out / "toy" / "smoke" / "cells").glob("*.json"))[:1]:
        path.write_bytes(path.read_bytes()[:-9])
    monkeypatch.setattr(sys, "stderr", None)
    assert main(REGISTER, ["check", "toy", "--json", "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith("[\n  {")


@pytest.mark.parametrize("act", ["write", "flush"])
def test_a_full_disk_is_said_in_a_sentence(act, out, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Broken(NO_SPACE, act))
    assert main(REGISTER, ["check", "toy", "--out", str(out)]) == 1
    assert capsys.readouterr().err.endswith("python -m labs: [Errno 28] No space left on device\n")


def test_a_program_needs_no_backend_and_a_caller_keeps_his(monkeypatch, capsys):
    monkeypatch.setenv("MPLBACKEND", "somebody's own")
    assert main(REGISTER, ["settings", "toy"]) == 0
    assert os.environ["MPLBACKEND"] == "somebody's own"
    monkeypatch.setattr(sys, "argv", ["labs", "settings", "toy"])
    assert main(REGISTER) == 0
    assert os.environ["MPLBACKEND"] == "agg"
