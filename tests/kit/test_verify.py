"""`verify`: the reference trained again is equal here, near elsewhere, and any lie is found."""

import json
from dataclasses import replace

import numpy as np
import pytest

from labs import LABS
from labs.kit import verify
from labs.kit.cli import main
from labs.kit.lab import load
from tests.toy_lab import LAB, README

REGISTER = {"toy": "tests.toy_lab"}


@pytest.fixture
def figures(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text(README)
    assert main(REGISTER, ["run", "toy", "--preset", "full", "--jobs", "1"]) == 0
    assert main(REGISTER, ["report", "--write"]) == 0
    return tmp_path / "figures"


def change(figures, old, new):
    path = figures / "toy.csv"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def again(figures, cells=20):
    return verify.compare(verify.reference(LAB, figures), cells)


def first(figures):
    return (figures / "toy.csv").read_text().splitlines()[1].split(",")


def test_the_same_machine_gives_the_same_digits(figures):
    found = again(figures)
    assert len(found) == 20 * 7
    assert all(comparison.agrees for comparison in found)
    assert "20 networks, 140 numbers: 0 differ" in verify.say(found)


def test_a_changed_digit_is_found_and_exits_1(figures, monkeypatch, capsys):
    heads = first(figures)[5]
    change(figures, heads, heads + "1")
    wrong = [c for c in again(figures) if not c.agrees]
    assert [(c.column, c.committed, c.again) for c in wrong] == [("heads", heads + "1", heads)]
    monkeypatch.setattr(verify, "reference", lambda lab, of=verify.reference: of(lab, figures))
    assert main(REGISTER, ["verify", "toy", "--cells", "20", "--jobs", "1"]) == 1
    assert f"heads: {heads}1 committed, {heads} now" in capsys.readouterr().out
    assert main(REGISTER, ["verify", "toy", "--cells", "1", "--jobs", "1"]) == 0


@pytest.mark.parametrize(("value", "differ"), [("", 0), ("0.5", 20)])
def test_a_column_that_other_arms_have_may_be_empty_and_hold_nothing(figures, value, differ):
    path = figures / "toy.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{head},other", *(f"{row},{value}" for row in rows)]) + "\n")
    assert sum(not comparison.agrees for comparison in again(figures)) == differ


def test_another_machine_may_differ_as_replicates_do(figures):
    path = figures / "toy.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"processor": "another"}))
    heads = float(first(figures)[5])
    change(figures, first(figures)[5], str(heads + 5))  # percent of 400 coins: two deviations
    assert all(c.agrees for c in again(figures))
    change(figures, str(heads + 5), str(heads + 50))
    assert [c.column for c in again(figures) if not c.agrees] == ["heads"]
    change(figures, str(heads + 50), "none")
    assert [c.column for c in again(figures) if not c.agrees] == ["heads"]


def test_another_machine_may_give_another_long_text_of_the_length(figures):
    path = figures / "toy.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"processor": "another"}))
    found = verify.reference(LAB, figures)
    found.rows[0]["answers"] = "0" * 400
    for answers, agrees in (("1" * 400, True), ("1" * 399, False), ("", False), ("7", False)):
        rows = verify._rows(found, 0, "network", found.rows[0] | {"answers": answers}, 1)
        assert [c.agrees for c in rows if c.column == "answers"] == [agrees]
    here = replace(found, exact=True)
    rows = verify._rows(here, 0, "network", found.rows[0] | {"answers": "1" * 400}, 1)
    assert [c.column for c in rows if not c.agrees] == ["answers"]


def test_networks_of_one_law_raise_no_alarm_on_another_machine(figures):
    path = figures / "toy.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"processor": "another"}))
    found = verify.reference(LAB, figures)
    replicates = [i for i, cell in enumerate(found.plan.cells) if cell.arm == "fair"]
    noise = np.random.default_rng(0)
    alarms = []
    for _ in range(200):  # each number of a run drawn anew, and of the size of rounding
        for scale in (3.0, 1e-15):
            for place in replicates:
                found.rows[place]["heads"] = repr(scale * noise.normal())
            now = [found.rows[i] | {"heads": repr(scale * noise.normal())} for i in replicates]
            rows = zip(replicates, now, strict=True)
            said = [c for i, row in rows for c in verify._rows(found, i, "", row, len(now))]
            alarms.append(not all(c.agrees for c in said))
    assert np.mean(alarms) <= verify.ALARM


def test_a_column_that_is_gone_is_found(figures):
    path = figures / "toy.csv"
    lines = [line.rpartition(",")[0] for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")
    assert {c.column for c in again(figures) if not c.agrees} == {"loss"}


def test_networks_of_other_settings_are_refused(figures):
    change(figures, "fair,400,0.0,none,0,", "fair,400,0.0,none,7,")
    with pytest.raises(ValueError, match="networks of the settings, got others"):
        again(figures)


@pytest.mark.parametrize("arm", ["fair", "bent"])  # that is there, and that no cell has
def test_a_network_too_many_is_refused(figures, arm):
    path = figures / "toy.csv"
    first = path.read_text().splitlines()[1]
    assert first.startswith("fair,")
    path.write_text(f"{path.read_text()}{arm}{first.removeprefix('fair')}\n")
    with pytest.raises(ValueError, match="must hold the 20 networks of the settings, got others"):
        verify.reference(LAB, figures)


def test_cells_are_spread_over_the_grid(figures):
    reference = verify.reference(LAB, figures)
    assert {cell.arm for stack in verify.chosen(reference, 2) for cell in stack} == {
        "fair",
        "biased",
    }
    with pytest.raises(ValueError, match="cells must be a whole number of at least 1, got 0"):
        verify.chosen(reference, 0)


def test_references_that_do_not_fit_are_refused(figures):
    path = figures / "toy.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"version": 7}))
    with pytest.raises(ValueError, match="must be of its version 1, got 7"):
        verify.reference(LAB, figures)
    path.write_text(json.dumps(content))
    table = figures / "toy.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-1]))
    with pytest.raises(ValueError, match="must hold the 20 networks of the settings, got others"):
        verify.reference(LAB, figures)
    table.unlink()
    with pytest.raises(ValueError, match="a table of its reference"):
        verify.reference(LAB, figures)


@pytest.mark.parametrize("name", LABS)
def test_every_committed_reference_can_be_verified(name):
    found = verify.reference(load(LABS, name))
    assert len(found.plan.cells) == len(found.rows) > 0
