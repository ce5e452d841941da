"""Grading a second time: what is taken from the first, and what is not."""

import csv
import io
import json

import pytest

from labs.course import marking, register, running
from labs.course.cli import lesson
from labs.course.marking import Handed, Marking, report
from tests.course.answers import PUBLIC_ALONE, RIGHT


def run(*words):
    return lesson([str(word) for word in words])


@pytest.fixture
def term(toy, tmp_path):
    """A class that was graded: its folder, and the reports'."""
    made, out = tmp_path / "class", tmp_path / "out"
    for name, text in (("ann", RIGHT), ("ben", PUBLIC_ALONE), ("cara", RIGHT)):
        (made / name).mkdir(parents=True)
        (made / name / "toy.py").write_text(text)
    (made / "dan").mkdir()
    assert run("grade", "toy", made, "--course", "key", "--out", out) == 0
    return made, out


def test_a_second_look_at_one_student_keeps_the_table(term):
    made, out = term
    (made / "cara" / "toy.py").write_text(PUBLIC_ALONE)
    (out / "notes.json").write_text("{")
    (out / "broken.json").write_text(json.dumps({"schema": marking.SCHEMA, "lesson": "toy"}))
    assert run("grade", "toy", made / "cara", "--course", "key", "--out", out) == 0
    rows = list(csv.DictReader(io.StringIO((out / "grades.csv").read_text())))
    scores = [(row["student"], row["score"]) for row in rows]
    assert scores == [("ann", "4.0"), ("ben", "2.0"), ("cara", "2.0"), ("dan", "0.0")]


def test_only_what_has_changed_is_graded_again(term, monkeypatch, capsys):
    made, out = term
    asked = []
    complete = running.Run.complete
    monkeypatch.setattr(
        running.Run, "complete", lambda self: (asked.append(len(self.pieces)), complete(self))
    )
    capsys.readouterr()
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run("grade", "toy", made, "--course", "key", "--out", out) == 0
    assert asked == []
    told = capsys.readouterr().err
    assert "4 of 4 unchanged since their reports were written: not run again\n" in told
    assert "1 of 4 handed in no toy notebook\n" in told
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    (made / "cara" / "toy.py").write_text(RIGHT + "# later")
    assert run("grade", "toy", made, "--course", "key", "--out", out) == 0
    assert len(asked) == 1
    late = ("--deadline", "2001-01-01T00:00")
    assert run("grade", "toy", made, "--course", "key", "--out", out, *late) == 0
    assert json.loads((out / "ann.json").read_text())["late"] is True
    asked.clear()
    assert run("grade", "toy", made, "--course", "other", "--out", out, *late) == 0
    assert len(asked) == 4


def test_a_report_with_an_error_is_not_kept(toy, tmp_path):
    path = tmp_path / "s01.py"
    path.write_text("def mean(x): return y\n")
    sheet = Marking(register.lesson("toy"), register.exercises("toy"))
    first = report(Handed("s01", path), sheet)
    assert report(Handed("s01", path), sheet, first) is not first
