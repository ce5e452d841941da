"""Sessions under accidents: shards at once, refused files, clocks that differ, ends that meet."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labs.kit import api, files, outputs, plan, report
from labs.kit.cli import main
from labs.kit.sessions import READ, latest, read_run
from tests.toy_lab import LAB, README, Record

REGISTER = {"toy": "tests.toy_lab"}
ROOT = Path(__file__).parents[2]
RUN = ["run", "toy", "--preset", "full", "--jobs", "1"]
MODULE = [sys.executable, "-m", "tests.toy_lab"]


def test_shards_that_run_at_once_lose_no_session(tmp_path):
    words = [*MODULE, *RUN, "--set", "pause=0.01", "--out", str(tmp_path)]
    shards = [
        subprocess.Popen([*words, "--shard", f"{i}/4"], cwd=ROOT, stdout=subprocess.DEVNULL)
        for i in range(1, 5)
    ]
    assert [shard.wait() for shard in shards] == [0] * 4
    folder = tmp_path / "toy" / "full"
    run = read_run(folder)
    assert sum(s["networks_trained"] for s in run["sessions"]) == run["networks"] == 20
    assert json.loads((folder / "run.json").read_text()) == run
    assert len((folder / "table.csv").read_text().splitlines()) == 1 + 20


def test_a_reference_may_come_from_shards(tmp_path):
    for i in (1, 2):
        assert main(REGISTER, [*RUN, "--shard", f"{i}/2", "--out", str(tmp_path / "results")]) == 0
    (tmp_path / "README.md").write_text(README)
    said = report.write([LAB], results=tmp_path / "results", root=tmp_path)
    assert "toy.json: written" in said[0]


def test_a_reference_names_the_sessions_of_other_settings_that_trained_for_it(tmp_path):
    words = [*RUN, "--out", str(tmp_path / "results")]
    assert main(REGISTER, [*words, "--set", "replicates=3"]) == 0
    assert main(REGISTER, words) == 0
    (tmp_path / "README.md").write_text(README)
    assert (
        "toy.json: written" in report.write([LAB], results=tmp_path / "results", root=tmp_path)[0]
    )
    first, second = read_run(tmp_path / "results" / "toy" / "full")["sessions"]
    found = json.loads((tmp_path / "figures" / "toy.json").read_text())
    assert found["networks"] == first["networks_trained"] + second["networks_trained"]
    seconds = first["wall_seconds"] + second["wall_seconds"]
    assert found["wall_seconds"] == pytest.approx(seconds, abs=0.1)


def test_a_session_that_cannot_be_written_does_not_end_the_run(tmp_path, monkeypatch, capsys):
    rename = os.replace

    def refuse(temporary, path):
        if Path(path).parent.name == "sessions" and Path(path).exists():
            raise PermissionError(13, "Access is denied", str(path))
        rename(temporary, path)

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(files, "WAITS", ())
    assert main(REGISTER, [*RUN, "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().err.count("could not be written") == 1
    assert not list(tmp_path.rglob("*.tmp"))


def test_the_last_run_is_known_whatever_the_clocks_say(tmp_path, monkeypatch):
    for clock, preset in ((9e9, "smoke"), (1e9, "quick")):
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        words = ["run", "toy", "--preset", preset, "--jobs", "1", "--out", str(tmp_path)]
        assert main(REGISTER, words) == 0
    assert plan.stored(LAB, out=tmp_path).preset == "quick"


def test_a_run_that_finds_all_done_leaves_no_session(tmp_path):
    words = ["run", "toy", "--jobs", "1", "--out", str(tmp_path), "--preset"]
    numbers = []
    for preset in ("smoke", "smoke", "quick", "smoke", "smoke"):
        assert main(REGISTER, [*words, preset]) == 0
        numbers.append(latest(tmp_path / "toy" / preset))
    assert numbers == [1, 1, 2, 3, 3]  # the fourth says that smoke was run last


def test_outputs_are_whole_when_two_shards_end_at_once(tmp_path, monkeypatch):
    one, two = ([*RUN, "--shard", f"{i}/2", "--out", str(tmp_path)] for i in (1, 2))
    write, other = outputs.write, [two]

    def late(*arguments):  # the other shard judges and writes while this one is about to
        while other:
            assert main(REGISTER, other.pop()) == 0
        return write(*arguments)

    monkeypatch.setattr(outputs, "write", late)
    assert main(REGISTER, one) == 0
    assert len((tmp_path / "toy/full/table.csv").read_text().splitlines()) == 1 + 20


@pytest.mark.parametrize("name", ["claims.json", "run.json", "table.csv"])
def test_nothing_reads_the_outputs(tmp_path, capsys, name):
    assert main(REGISTER, [*RUN, "--out", str(tmp_path)]) == 0
    before = (tmp_path / "toy" / "full" / name).read_bytes()
    (tmp_path / "toy" / "full" / name).write_text("{")
    assert main(REGISTER, ["check", "toy", "--out", str(tmp_path)]) == 0
    assert main(REGISTER, [*RUN, "--out", str(tmp_path)]) == 0
    assert (tmp_path / "toy" / "full" / name).read_bytes() == before


def test_a_train_that_was_changed_since_is_said(tmp_path, capsys):
    def train(cells, device, heads=50.0):
        for cell in cells:
            yield Record(heads + cell.replicate, [], np.zeros(0), 0.0)

    def another(cells, device):
        return train(cells, device, heads=60.0)

    said = "`train` is another than the one that trained 4 networks"
    for function, expected in ((train, False), (train, False), (another, True)):
        mine = replace(LAB, name="mine", train=function)
        api.run({}, mine, "smoke", out=tmp_path, jobs=1)
        assert (said in capsys.readouterr().err) == expected
    api.run({}, replace(LAB, name="mine", train=another, version=2), "smoke", out=tmp_path, jobs=1)
    assert said not in capsys.readouterr().err


def test_files_of_other_systems_beside_a_session_are_passed_over(tmp_path):
    assert main(REGISTER, [*RUN, "--out", str(tmp_path)]) == 0
    (tmp_path / "toy" / "full" / "sessions" / "._0001-x.json").write_text("\x00")
    assert main(REGISTER, ["check", "toy", "--out", str(tmp_path)]) == 0


@pytest.mark.parametrize("name", sorted(READ))
def test_a_session_that_lacks_what_is_read_of_it_is_damaged(tmp_path, name):
    assert main(REGISTER, [*RUN, "--out", str(tmp_path)]) == 0
    (path,) = (tmp_path / "toy" / "full" / "sessions").iterdir()
    content = json.loads(path.read_text())
    del content["session"][name]
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="is damaged"):
        read_run(tmp_path / "toy" / "full")


def test_a_session_without_networks_keeps_those_of_other_settings(tmp_path):
    words = [*RUN, "--out", str(tmp_path)]
    assert main(REGISTER, words) == 0
    other = [*words, "--set", "tosses=60", "accident=raise", "arms=biased"]
    assert main(REGISTER, other) == 1  # has trained none
    run = read_run(tmp_path / "toy" / "full")
    assert run["settings"]["tosses"] == 60
    assert [s["networks_trained"] for s in run["sessions"]] == [20, 0]


def test_a_rule_is_younger_than_networks_that_other_settings_have_trained(tmp_path, capsys):
    # Six replicates of an old rule, and four of today's: the rule is younger than some of them.
    words = ["run", "toy", "--jobs", "1", "--out", str(tmp_path)]
    assert main(REGISTER, words) == 0
    (path,) = (tmp_path / "toy" / "quick" / "sessions").iterdir()
    old = json.loads(path.read_text())
    old["rules"]["T1"] |= {"threshold": "above 20 points", "rule": "another"}
    old["session"]["rules"] = "earlier"
    path.write_text(json.dumps(old))
    capsys.readouterr()
    assert main(REGISTER, [*words, "--set", "replicates=10"]) == 0
    assert "T1: † the rule was above 20 points" in " ".join(capsys.readouterr().out.split())


def test_a_shard_spends_no_look_on_a_part_of_the_grid(tmp_path):
    words = ["run", "toy", "--preset", "smoke", "--jobs", "1", "--until-decided"]
    words += ["--set", "replicates=8", "--shard", "1/2"]  # four of each arm: nothing is decided
    assert main(REGISTER, [*words, "--out", str(tmp_path)]) == 0
    run = read_run(tmp_path / "toy" / "smoke")
    assert (run["replicates"], sum(s["networks_trained"] for s in run["sessions"])) == (8, 8)


def test_a_plain_run_goes_on_at_the_look_that_was_reached(tmp_path):
    words = ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(tmp_path)]
    assert main(REGISTER, [*words, "--until-decided"]) == 0
    (tmp_path / "toy" / "smoke" / "table.csv").unlink()
    assert main(REGISTER, words) == 0
    assert read_run(tmp_path / "toy" / "smoke")["replicates"] == 8
    assert len((tmp_path / "toy" / "smoke" / "table.csv").read_text().splitlines()) == 1 + 16


def test_run_json_is_written_again_while_sessions_come(tmp_path, monkeypatch):
    assert main(REGISTER, [*RUN, "--out", str(tmp_path)]) == 0
    folder = tmp_path / "toy" / "full"
    found = [read_run(folder), {**read_run(folder), "networks": 21}]
    late = iter([*found, found[-1]])
    monkeypatch.setattr(outputs, "read_run", lambda folder: next(late))
    outputs._write_run(folder / "run.json")
    assert json.loads((folder / "run.json").read_text())["networks"] == 21
