"""`python -m labs paper`, on two toy labs, and what the labs of the paper promise it."""

import json
import sys
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs import LABS
from labs.kit import paper
from labs.kit.cli import main
from labs.kit.execute import span
from labs.kit.lab import load
from labs.kit.measures import column
from labs.kit.plan import resolve
from labs.kit.published import Published
from labs.kit.table import Table
from tests import toy_lab

NUMBERS = [
    Published(what="heads", value=81.5, unit="%", measure=column("heads", arm="biased")),
    Published(what="of a coin that is not tossed", value=1.0, unit="%", measure=lambda table: {}),
]
trained: list[str] = []


def noted(cells, device):
    trained.append(f"{cells[0].tosses} {cells[0].arm}")
    yield from toy_lab.train(cells, device)


def toy(name, tosses, seconds):
    presets = toy_lab.PRESETS | {"paper": toy_lab.Config(replicates=1, tosses=tosses)}
    return replace(
        toy_lab.LAB,
        name=name,
        source=f"{paper.SOURCE}, Figure 0",
        presets=presets,
        published=NUMBERS,
        train=noted,
        seconds=lambda cell: seconds[cell.arm],
    )


@pytest.fixture
def register(monkeypatch):
    labs = [
        toy("short", 50, {"fair": 1.0, "biased": 30.0}),
        toy("long", 100, {"fair": 20.0, "biased": 120.0}),
    ]
    for lab in labs:
        module = ModuleType(f"toy_{lab.name}")
        module.LAB = lab
        monkeypatch.setitem(sys.modules, module.__name__, module)
    trained.clear()
    return {lab.name: f"toy_{lab.name}" for lab in labs} | {"toy": "tests.toy_lab"}


@pytest.fixture
def call(register, tmp_path, capsys):
    def run(*words, code=0):
        assert (
            main(register, ["paper", "--jobs", "1", "--out", str(tmp_path / "out"), *words]) == code
        )
        return capsys.readouterr()

    return run


def test_beforehand_it_says_what_each_part_takes_and_changes_nothing(call, tmp_path):
    lines = call("--dry-run").out.splitlines()
    assert [line.split()[:6] for line in lines if line.startswith(("short", "long", "toy"))] == [
        ["short", "2", "2", "2", "31", "s"],
        ["long", "2", "2", "2", "2", "min"],
    ]
    assert lines[-1] == (
        "In all 2 min 51 s of one core, about 2 min 51 s in 1 process (longest stack: 2 min 00 s)."
    )
    assert "about 2 min 00 s in 2 processes" in call("--dry-run", "--jobs", "2").out
    assert not (tmp_path / "out").exists()
    assert not trained


def test_stacks_of_all_parts_train_in_one_order_the_longest_first(call):
    call()
    assert trained == ["100 biased", "50 biased", "100 fair", "50 fair"]


def test_the_table_has_the_published_numbers_beside_ours(call, tmp_path):
    said = call().out
    short, _ = json.loads((tmp_path / "out" / "paper.json").read_text())
    heads = {row["arm"]: row["heads"] for row in records(tmp_path / "out" / "short" / "paper")}
    claim, text, number = short["numbers"]
    gain = heads["biased"] - heads["fair"]
    assert (claim["id"], claim["published"], claim["replicates"]) == ("T1", 30.0, 1)
    assert (claim["ours"], claim["difference"]) == pytest.approx((gain, gain - 30))
    assert (text["published"], text["difference"]) == ("90 by eye", None)
    assert (number["id"], number["what"], number["ours"]) == ("", "heads", heads["biased"])
    assert (short["lab"], short["networks"], short["missing"]) == ("short", 2, 0)
    assert short["expected_minutes"] == pytest.approx(31 / 60)
    assert 0 < short["minutes"] < 1
    words = " ".join(said.split())
    assert f"[points] 30 {gain:.4g} {gain - 30:+.3g}" in words
    assert "6 published numbers, ours: one run; below 5 replicates nothing is decided" in words
    assert max(len(line) for line in said.splitlines() if str(tmp_path) not in line) <= 100


def records(folder):
    files = [json.loads(path.read_text()) for path in (folder / "cells").glob("*.json")]
    return [file["cell"] | file["record"] for file in files]


def test_the_same_command_continues(call, tmp_path):
    call()
    out = tmp_path / "out"
    before = {path: path.read_bytes() for path in out.rglob("cells/*")}
    first = json.loads((out / "paper.json").read_text())
    (gone,) = (
        path for path in before if "=fair,tosses=100" in path.name and path.suffix == ".json"
    )
    gone.unlink()
    trained.clear()
    assert "In all 20 s of one core" in call().out
    assert trained == ["100 fair"]
    assert {path: path.read_bytes() for path in out.rglob("cells/*")} == before
    again = json.loads((out / "paper.json").read_text())
    assert [part["numbers"] for part in again] == [part["numbers"] for part in first]
    assert again[0]["minutes"] == first[0]["minutes"]
    assert again[1]["minutes"] > first[1]["minutes"]
    assert "nothing to train" in call().out


def test_a_part_that_fails_leaves_what_is_stored_and_no_table(call, register, tmp_path):
    lab = sys.modules["toy_long"].LAB
    presets = lab.presets | {"paper": replace(lab.presets["paper"], accident="raise")}
    sys.modules["toy_long"].LAB = replace(lab, presets=presets, seconds=lambda cell: 1e-3)
    assert "lab 'long': training arm=biased" in call(code=1).err
    assert len(list((tmp_path / "out").rglob("cells/*.json"))) == 3
    assert not (tmp_path / "out" / "paper.json").exists()


@given(st.lists(st.floats(0, 1e4)), st.integers(1, 4))
def test_no_process_waits_for_more_than_one_stack(seconds, jobs):
    time = span(seconds, jobs)
    bound = max([sum(seconds) / jobs, *seconds])
    assert bound - 1e-6 <= time <= (4 / 3 - 1 / (3 * jobs)) * bound + max([0, *seconds]) + 1e-6


def test_wrong_inputs_are_refused(call, register, tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    assert "out must be a folder" in call(code=2).err
    (tmp_path / "out").unlink()
    assert main({"toy": "tests.toy_lab"}, ["paper"]) == 2
    assert "register must hold labs of the paper, got toy" in capsys.readouterr().err
    lab = sys.modules["toy_short"].LAB
    sys.modules["toy_short"].LAB = replace(lab, presets=toy_lab.PRESETS)
    assert "preset must be one of" in call(code=2).err
    for words in (["paper", "--jobs", "0"], ["paper", "toy"], ["paper", "--set", "a=1"]):
        with pytest.raises(SystemExit, match="2"):
            main(register, words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [({"what": ""}, "what must hold a text"), ({"value": float("nan")}, "value must be finite")],
)
def test_a_published_number_is_one(change, message):
    given = {"what": "heads", "value": 1.0, "unit": "%", "measure": column("heads")}
    with pytest.raises(ValueError, match=message):
        Published(**given | change)


OF_THE_PAPER = ("benchmark", "lottery", "double_descent", "hyperparameters", "activation")
OF_THE_PAPER += ("pooling", "self_supervised", "embedding")


def test_the_parts_are_the_labs_of_the_paper(tmp_path):
    assert tuple(part.plan.lab.name for part in paper.parts(LABS, tmp_path)) == OF_THE_PAPER


@pytest.mark.parametrize("name", OF_THE_PAPER)
def test_a_part_is_one_run_of_small_stacks(name, tmp_path):
    plan = resolve(load(LABS, name), paper.PRESET, out=tmp_path)
    assert {cell.replicate for cell in plan.cells} == {0}
    assert plan.lab.published
    assert all(each.measure(Table([])) == {} for each in plan.lab.published)
    assert len({each.what for each in plan.lab.published}) == len(plan.lab.published)
