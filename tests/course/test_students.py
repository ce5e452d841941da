"""Replicates, rosters and hidden seeds: all follow from the course's key."""

import hashlib
import json
import unicodedata

import numpy as np
import pytest
from scipy import stats

from labs import LABS
from labs.course import students
from labs.kit.cli import main

KEY = "a long key of autumn"


def test_a_replicate_is_the_hash_of_key_and_student():
    whole = int(hashlib.sha256(json.dumps([KEY, "replicate", "s17"]).encode()).hexdigest(), 16)
    assert students.replicate("s17", KEY) == 1 + whole % 1_000_000


def test_replicates_are_spread_evenly_from_one_to_a_million():
    found = [students.replicate(f"s{i}", KEY) for i in range(2000)]
    assert 1 <= min(found) < 3000
    assert 997_000 < max(found) <= 1_000_000
    assert stats.kstest(np.array(found) / 1e6, "uniform").pvalue > 1e-3


def test_another_key_gives_others():
    ids = [f"s{i}" for i in range(50)]
    assert not set(students.roster(ids, KEY).items()) & set(students.roster(ids, "k").items())
    assert students.hidden_seeds(KEY, "gain") != students.hidden_seeds("k", "gain")


def test_who_shares_a_replicate_gets_the_next_that_is_free(monkeypatch):
    monkeypatch.setattr(students, "REPLICATES", 5)
    alone = {name: students.replicate(name, KEY) for name in "abcde"}
    assert len(set(alone.values())) < 5  # so that the test can fail
    owned = students.roster("abcde", KEY)
    assert sorted(owned.values()) == [1, 2, 3, 4, 5]
    assert owned["a"] == alone["a"]
    # after the largest comes 1
    monkeypatch.setattr(students, "replicate", lambda student, key: 5)
    assert students.roster("xyz", KEY) == {"x": 5, "y": 1, "z": 2}


def test_who_comes_later_changes_nobodys_replicate(monkeypatch):
    monkeypatch.setattr(students, "REPLICATES", 5)
    owned = students.roster("abcde", KEY)
    assert students.roster("abc", KEY).items() <= owned.items()


def test_hidden_seeds_are_many_and_none_is_public():
    found = [s for name in ("gain", "many") for s in students.hidden_seeds(KEY, name, 50)]
    assert len(set(found)) == 100
    assert 0 not in found
    assert all(0 < seed < 2**31 for seed in found)
    assert students.hidden_seeds(KEY, "gain", 50)[:3] == students.hidden_seeds(KEY, "gain")


@pytest.mark.parametrize(
    "bad", ["", "..", ".s", "-s", "s.", "a/b", "a b", "a\n", "s" * 65, None, 17, "a\\b"]
)
def test_an_id_that_is_no_name_of_a_folder_is_refused(bad):
    with pytest.raises(ValueError, match="student must be of letters, digits"):
        students.replicate(bad, KEY)


@pytest.mark.parametrize("good", ["s17", "müller.j", "17", "a@b.org", "x" * 64])
def test_ids_that_universities_use_are_taken(good):
    assert students.replicate(good, KEY) > 0


@pytest.mark.parametrize("name", ["CON", "nul", "Aux.txt", "com1", "LPT9.a.b"])
def test_a_name_that_windows_reserves_is_refused(name):
    with pytest.raises(ValueError, match="student must be no name that Windows reserves, got"):
        students.replicate(name, KEY)
    assert students.replicate(f"s{name}", KEY) > 0


def test_an_accent_may_come_as_a_letter_of_its_own():
    apart = unicodedata.normalize("NFD", "müller")
    assert len(apart) == 7
    assert students.roster([apart], KEY) == {"müller": students.replicate("müller", KEY)}
    with pytest.raises(ValueError, match="in every row, apart from capitals, got 'müller' twice"):
        students.roster([apart, "müller"], KEY)


@pytest.mark.parametrize("key", ["", "  ", None])
def test_a_course_needs_a_key(key):
    for action in (
        lambda: students.replicate("s17", key),
        lambda: students.hidden_seeds(key, "gain"),
        lambda: students.digest(key),
    ):
        with pytest.raises(ValueError, match="must hold a text: --course KEY or the variable LABS"):
            action()


def test_the_digest_tells_keys_apart_and_no_seed():
    assert students.digest(KEY) != students.digest("k")
    assert len(students.digest(KEY)) == 12


@pytest.mark.parametrize(
    "text",
    ["student\ns1\ns2\n", "\ufeffstudent\r\ns1\r\ns2\r\n", "name, student \nAda,s1\n\n,\nBo, s2\n"],
)
def test_rosters_of_spreadsheets_are_read(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode())
    assert students.read(path) == ["s1", "s2"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "roster.csv must be CSV in UTF-8 with a heading"),
        (b"name\nAda\n", "roster.csv must have a column student, got 'name'"),
        (b"student\n", "roster.csv must have a row for each student, got none"),
        (b"student\n\xff\xfe\n", "roster.csv must be CSV in UTF-8"),
        (b"\x00\x01", "roster.csv must"),
        (b"student;name\ns1;Ada\n", "got 'student;name': put commas .* not semicolons"),
        (b"student\tname\ns1\tAda\n", "put commas between columns, not tabs"),
        (b"student,student\ns1,s2\n", "must have one column student, got 'student, student'"),
        (b"student\ns1\n\na/b\n", r"roster.csv row 4: student must be of letters.*got 'a/b'"),
        (b"student\nann\nAnn\n", r"row 3: .* apart from capitals, got 'ann' and 'Ann'"),
        (b"student\n" + b"x" * 10**5, r"row 2: .*at most 64, got 'x{64}'... of 100,000 letters$"),
        (b"student\n" + b"x" * 10**6, r"line 2 must be CSV, got: field larger than .* \(131072\)"),
    ],
)
def test_what_is_no_roster_is_refused(tmp_path, raw, words):
    path = tmp_path / "roster.csv"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=words):
        students.read(path)


@pytest.mark.parametrize("twice", [["s1", "s2", "s1"], ["s1", "S1"]])
def test_a_student_stands_once_in_a_roster(twice):
    with pytest.raises(ValueError, match="student must be another in every row"):
        students.roster(twice, KEY)


def test_the_command_prints_replicates_as_csv(tmp_path, capsys):
    path = tmp_path / "roster.csv"
    path.write_text("student\ns1\ns2\n")
    assert main(LABS, ["lesson", "roster", str(path), "--course", KEY]) == 0
    out, remark = capsys.readouterr()
    owned = students.roster(["s1", "s2"], KEY)
    assert out == f"student,replicate\ns1,{owned['s1']}\ns2,{owned['s2']}\n"
    assert students.digest(KEY) in remark
    shown = out + remark
    seeds = [str(seed) for name in ("gain", "many") for seed in students.hidden_seeds(KEY, name)]
    assert not any(seed in shown for seed in [*seeds, KEY])


def test_the_key_may_come_from_the_environment(tmp_path, monkeypatch, capsys):
    path = tmp_path / "roster.csv"
    path.write_text("student\ns1\n")
    monkeypatch.delenv("LABS_COURSE_KEY", raising=False)
    assert main(LABS, ["lesson", "roster", str(path)]) == 2
    assert "course key must hold a text" in capsys.readouterr().err
    monkeypatch.setenv("LABS_COURSE_KEY", KEY)
    assert main(LABS, ["lesson", "roster", str(path)]) == 0
    assert str(students.replicate("s1", KEY)) in capsys.readouterr().out
