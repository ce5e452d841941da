"""Two processes that train the same thing in turns: what is timed, compared and refused."""

import json
import sys
from dataclasses import replace

import pytest

from labs.kit import race
from labs.kit.cli import main
from labs.kit.race import Library, Race, measure
from tests.toy_lab import LAB

REGISTER = {"toy": "tests.toy_lab"}
SIDES = {"ours": "tests.toy_race:ours", "theirs": {"jax": "tests.toy_race:theirs"}}
COIN = Race("coin", 2, 5, **SIDES, settings={})


@pytest.fixture(autouse=True)
def library(monkeypatch):
    """A library that every interpreter has."""
    monkeypatch.setitem(race.LIBRARIES, "jax", Library("JSON", "json", {}))


def told(**settings):
    return replace(COIN, settings=settings)


def test_sides_train_in_turns_in_processes_of_their_own(tmp_path):
    log = tmp_path / "log"
    measure([told(log=str(log))], "jax", None, rounds=3)
    names, pids = zip(*(line.split() for line in log.read_text().splitlines()), strict=True)
    assert names == ("ours", "theirs") * 4  # the first of each is not timed
    assert len({*pids}) == 2


def test_times_are_those_of_one_network_and_step():
    (row,) = measure([told(pause={"ours": 0.02, "theirs": 0.04})], "jax", None, rounds=1)
    assert 2 <= row.ours_ms < 2000  # 20 ms for 2 networks of 5 steps
    assert 4 <= row.theirs_ms < 2000
    assert row.ratio == pytest.approx(row.ours_ms / row.theirs_ms)
    assert row.ours_cpu_ms < row.ours_ms  # asleep
    assert row.difference == 0
    assert row.same


@pytest.mark.parametrize(("factor", "same"), [(1.0005, True), (1.01, False), ("nan", False)])
def test_another_outcome_is_another_network(factor, same):
    (row,) = measure([told(factor=float(factor))], "jax", None, rounds=1)
    assert row.same == same
    assert ("NOT the same network" in race.text([row], "jax")) == (not same)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"broken": "by zero"}, "ArithmeticError: by zero"), ({"fatal": 1}, "the process ended")],
)
def test_a_side_that_fails_says_so(settings, message):
    with pytest.raises(OSError, match=message):
        measure([told(**settings)], "jax", None, rounds=1)


def test_the_command_prints_a_table_or_a_list(capsys, monkeypatch):
    words = ["bench", "--against", "jax", "--rounds", "2"]
    assert main(REGISTER, [*words, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["network"], row["members"], row["steps"], row["rounds"]) == ("coin", 2, 5, 2)
    monkeypatch.setattr(race, "measure", lambda *_, **__: [race.Row(**row | {"difference": 0.1})])
    assert main(REGISTER, [*words, "toy"]) == 1
    assert "NOT the same network" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("bench", "LAB must be given without --against, got none"),
        ("bench toy --python x", "--python must come with --against, got 'x'"),
        ("bench toy --against jax --jobs 2", "--jobs must be left out with --against, got 2"),
        ("bench toy --against jax --python no/python", "that has json, got 'no/python'; `python3"),
        ("bench tyo --against jax", "lab must be one of toy, got 'tyo'"),
    ],
)
def test_bad_words_are_refused(words, message, capsys):
    assert main(REGISTER, words.split()) == 2
    assert message in capsys.readouterr().err


def test_an_interpreter_without_the_library_is_refused(monkeypatch, capsys):
    monkeypatch.setitem(race.LIBRARIES, "jax", Library("None", "no_such_library", {}))
    assert main(REGISTER, ["bench", "toy", "--against", "jax"]) == 2
    error = capsys.readouterr().err
    assert f"that has no_such_library, got {sys.executable!r}" in error
    assert "no_such_library-env/bin/pip install no_such_library" in error


def test_a_lab_without_races_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("tests.toy_lab.LAB", replace(LAB, races=None))
    assert main(REGISTER, ["bench", "toy", "--against", "jax"]) == 2
    assert "lab must be one with races, got 'toy'" in capsys.readouterr().err
