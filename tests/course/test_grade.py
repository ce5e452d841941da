"""Grading: what a report holds, whose it is, what is written, and what is refused."""

import csv
import io
import json
import os
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from labs import LABS
from labs.course import batch, build, marking, predictions, register, running
from labs.course.batch import handed_in
from labs.course.checking import ELSEWHERE, NotYetError, check, refused
from labs.course.cli import lesson
from labs.course.marking import Handed, Marking, report
from labs.course.predictions import seal
from labs.course.session import start
from labs.course.students import hidden_seeds
from labs.kit.cli import main
from tests.course.answers import PUBLIC_ALONE, RIGHT


@pytest.fixture
def sheet(toy):
    return Marking(register.lesson("toy"), register.exercises("toy"), hidden=(11, 12))


def graded(tmp_path, sheet, text, name="s01.py"):
    path = tmp_path / name
    path.write_text(text)
    return report(Handed("s01", path, tmp_path), sheet)


def test_the_student_gets_nothing_and_the_solution_all(tmp_path, sheet):
    stub = graded(tmp_path, sheet, build.text("toy", "student", "py", 7))
    assert (stub["score"], stub["max_score"], stub["replicate"]) == (0, 4, 7)
    assert {each["status"] for each in stub["exercises"]} == {"missing"}
    assert stub["exercises"][0]["checks"][0]["message"] == "mean is not written yet"
    assert stub["explain"][0]["words"] == 0
    solved = graded(tmp_path, sheet, build.text("toy", "solution", "py"))
    assert (solved["score"], solved["problems"]) == (4, [])
    assert {each["status"] for each in solved["exercises"]} == {"passed"}


def test_hidden_data_are_asked_for_and_never_told(tmp_path, sheet):
    found = graded(tmp_path, sheet, PUBLIC_ALONE)
    value, one = found["exercises"][0]["checks"]
    assert value == {"name": "value", "score": 0.0, "max_score": 1.0, "status": "failed",
                     "visibility": "visible", "message": ELSEWHERE, "hidden": "failed"}  # fmt: skip
    assert (one["score"], one["hidden"]) == (2.0, "passed")
    sign = found["exercises"][1]["checks"][0]
    assert (sign["message"], sign["hidden"]) == ("the first minus the second", "")
    assert found["exercises"][0]["printed"] == "asked for 17\n"  # and not of the hidden runs
    digest = found["seeds"].pop("digest")
    assert found["seeds"] == {"public": [0], "hidden": 2}
    public = graded(tmp_path, replace(sheet, hidden=()), PUBLIC_ALONE)
    assert public["exercises"][0]["score"] == 3
    assert public["seeds"]["digest"] != digest


def test_a_module_that_must_not_be_used(tmp_path, sheet):
    exercises = {
        **sheet.exercises,
        "mean": replace(sheet.exercises["mean"], without=("numpy.mean",)),
    }
    text = RIGHT + "import numpy as np\ndef mean(x): return np.mean(x)"
    found = graded(tmp_path, replace(sheet, exercises=exercises), text)
    assert found["score"] == 1
    message = "write it yourself: `numpy.mean` is not used here"
    assert {each["message"] for each in found["exercises"][0]["checks"]} == {message}


def helper(x):
    return np.mean(x)


def mean(x):
    return helper(x)


def gap(a, b):
    return a - b


def test_a_notebook_says_so_too(sheet, capsys, monkeypatch):
    exercise = replace(sheet.exercises["mean"], without=("numpy.mean",))
    monkeypatch.setattr(register, "exercise", lambda path: exercise)
    with pytest.raises(NotYetError, match=r"toy.mean: it uses numpy.mean"):
        check("toy.mean", mean)
    assert capsys.readouterr().out == (
        "not yet: write it yourself: `numpy.mean` is not used here\n"
    )
    exercise = replace(exercise, without=("numpy.median", "labs"))
    check("toy.mean", mean)
    assert [refused(each, ("numpy",)) for each in (gap, len, lambda x: x, mean)] == [
        None, None, None, "numpy"
    ]  # fmt: skip


def test_helpers_of_every_kind_are_loaded(tmp_path, sheet):
    text = """
from __future__ import annotations
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
import numpy as np
import matplotlib.pyplot as plt
SIZES = {"a": [1, -2]}
average = np.average
@dataclass
class Sums:
    total: plt.Figure = 0
class Pair(NamedTuple):
    a: float
    b: float
@lru_cache
def sign(): return SIZES["a"][0]
subtract = lambda pair: pair.a - pair.b
def mean(x: Unknown) -> float: return sign() * average(x) + Sums().total
def gap(a, b): return subtract(Pair(a, b))
plt.plot(mean([1]))
"""
    found = graded(tmp_path, sheet, text)
    assert (found["score"], found["problems"]) == (4, [])


def test_a_name_that_grading_does_not_set_is_explained(tmp_path, sheet):
    text = "import numpy as np\nweights = np.ones(17)\ndef mean(x): return sum(x * weights)\n"
    message = graded(tmp_path, sheet, text)["exercises"][0]["checks"][0]["message"]
    assert message.startswith("NameError: name 'weights' is not defined in line 3: def mean(x)")
    assert message.endswith("must set it itself, or take it as an argument")
    text = text.replace("weights = np.ones(17)\n", "")
    message = graded(tmp_path, sheet, text)["exercises"][0]["checks"][0]["message"]
    assert message.endswith("return sum(x * weights)")


def test_the_first_wrong_line_is_told_as_the_student_sees_it(tmp_path, sheet):
    cells = [{"cell_type": "code", "source": s} for s in ("x = 1", "\ndef mean(x):\n    return y")]
    found = graded(tmp_path, sheet, json.dumps({"cells": cells}), "s01.ipynb")
    message = found["exercises"][0]["checks"][0]["message"]
    assert message == "NameError: name 'y' is not defined in line 3: return y"


def test_a_prediction_is_scored(tmp_path, sheet, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert graded(tmp_path, sheet, RIGHT)["prediction"]["sealed"] is False
    start("toy")
    seal("toy", {"gap": (-1, 1)})
    code = capsys.readouterr().out.split()[-1]
    found = graded(tmp_path, sheet, RIGHT)
    assert found["prediction"] == {"sealed": True, "code": code, "score": None, "baseline": 0.0}
    question = replace(sheet.lesson.questions[0], truth=0.5)
    sure = replace(sheet, lesson=replace(sheet.lesson, questions=(question,)))
    assert graded(tmp_path, sure, RIGHT)["prediction"]["score"] == 0.8
    path = predictions.path("toy", tmp_path)
    path.chmod(0o644)
    path.write_text(path.read_text().replace('"salt"', '"sugar"'))
    found = graded(tmp_path, sheet, RIGHT)
    assert (found["prediction"]["sealed"], found["score"]) == (False, 4)
    assert found["problems"][0].startswith("prediction: not read: a sealed prediction must have")


def test_late(tmp_path, sheet):
    path = tmp_path / "s01.py"
    path.write_text(RIGHT)
    os.utime(path, (1_800_000_000, 1_800_000_000))
    for seconds, late in ((-1, True), (1, False)):
        deadline = datetime.fromtimestamp(1_800_000_000 + seconds)
        found = report(Handed("s01", path), replace(sheet, exercises={}, deadline=deadline))
        assert found["late"] is late


def test_a_machine_without_processes_is_told(tmp_path, sheet, monkeypatch):
    def refuse(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(running.subprocess, "Popen", refuse)
    found = graded(tmp_path, sheet, RIGHT)
    assert (found["score"], found["problems"]) == (0, ["not run: no more processes"])


def test_a_worker_needs_neither_the_path_nor_the_key(tmp_path, sheet, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABS_COURSE_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    text = f"import os\n{RIGHT}def gap(a, b): return float(str(dict(os.environ)).count('secret'))"
    found = graded(tmp_path, sheet, text)
    assert found["exercises"][0]["score"] == 3
    assert found["exercises"][1]["checks"][0]["status"] == "failed"
    assert not list(tmp_path.glob("__pycache__"))


@pytest.fixture
def folder(tmp_path):
    """One folder or file for each student."""
    made = tmp_path / "class"
    for name in ("s01/toy.py", "s02/my work.ipynb", "s03/a.py", "s03/b.py", "s04.py", "s05/toy.py",
                 "s05/toy.ipynb", "s06/notes.txt", "__MACOSX/x.py", ".git/x.py", "notes.txt",
                 "s07.py", "s07.ipynb", "predictions/toy.json"):  # fmt: skip
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(RIGHT)
    os.utime(made / "s05/toy.py", (0, 0))
    return made


def test_who_has_handed_in_what(folder):
    found = {each.student: each for each in handed_in(folder, "toy")}
    files = {name: each.path and str(each.path.relative_to(folder)) for name, each in found.items()}
    assert files == {
        "s01": "s01/toy.py", "s02": "s02/my work.ipynb", "s03": None, "s04": "s04.py",
        "s05": "s05/toy.ipynb", "s06": None, "s07.py": "s07.py", "s07.ipynb": "s07.ipynb",
    }  # fmt: skip
    assert {name for name, each in found.items() if each.problem} == {"s03", "s05", "s06"}
    assert found["s03"].problem == "one file toy.ipynb or .py was asked for, got a.py, b.py"
    assert found["s01"].folder == folder / "s01"
    assert found["s04"].folder is None


def test_a_folder_that_cannot_be_read(folder, monkeypatch):
    def refuse(path, lesson):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(batch, "of_folder", refuse)
    found = {each.student: each.problem for each in handed_in(folder, "toy")}
    assert (found["s01"], found["s04"]) == ("s01: not read: Permission denied", "")


def test_one_file_or_one_students_folder(folder):
    (one,) = handed_in(folder / "s01", "toy")
    assert (one.student, one.path.name) == ("s01", "toy.py")
    assert handed_in(folder / "s01" / "toy.py", "toy") == [one]
    assert handed_in(folder / "s04.py", "toy")[0].student == "s04"


def run(*words):
    return lesson([str(word) for word in words])


def test_a_class_is_graded(toy, tmp_path, capsys):
    made = tmp_path / "class"
    for name, text in (("s01", RIGHT), ("s02", PUBLIC_ALONE), ("s03", "def (")):
        (made / name).mkdir(parents=True)
        (made / name / "toy.py").write_text(text)
    out = tmp_path / "out"
    assert run("grade", "toy", made, "--course", "key", "--jobs", 2, "--out", out) == 0
    told = capsys.readouterr()
    assert told.out.split("\n") == [
        "s01: 4 of 4 points",
        "s02: 2 of 4 points",
        "s03: 0 of 4 points; 1 problem",
        "3 submissions, mean 2.0 of 4 points",
        "mean: 1 of 3 passed",
        "gap: 1 of 3 passed",
        "",
    ]
    progress = told.err.strip().split("\n")
    assert [line[-5:] for line in progress[:3]] == ["(1/3)", "(2/3)", "(3/3)"]
    assert progress[3:] == [f"reports: {out}"]
    assert sorted(each.name for each in out.iterdir()) == [
        "grades.csv", "s01.json", "s01.txt", "s02.json", "s02.txt", "s03.json", "s03.txt"
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO((out / "grades.csv").read_text())))
    assert [(row["student"], row["mean"], row["gap"]) for row in rows] == [
        ("s01", "3.0", "1.0"), ("s02", "2.0", "0.0"), ("s03", "0.0", "0.0")
    ]  # fmt: skip
    seeds = [str(each) for each in hidden_seeds("key", "toy")]
    for path in out.iterdir():
        assert not any(each in path.read_text() for each in seeds)
    assert ELSEWHERE in (out / "s02.txt").read_text()


def test_each_is_written_as_it_comes(toy, tmp_path, monkeypatch):
    made, out = tmp_path / "class", tmp_path / "out"
    for name in ("s01", "s02"):
        (made / name).mkdir(parents=True)
        (made / name / "toy.py").write_text(RIGHT)

    def stop(handed, sheet, before):
        if handed.student == "s02":
            raise KeyboardInterrupt
        return report(handed, sheet, before)

    monkeypatch.setattr(batch, "report", stop)
    with pytest.raises(KeyboardInterrupt):
        run("grade", "toy", made, "--course", "key", "--out", out)
    assert json.loads((out / "s01.json").read_text())["score"] == 4


def test_a_pack_is_written(toy, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("pack", "toy", "--course", "k") == 0
    assert capsys.readouterr().out == "toy-gradescope.zip\n"
    assert (tmp_path / "toy-gradescope.zip").read_bytes()[:2] == b"PK"


def test_check_tells_what_is_missing(toy, tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text(PUBLIC_ALONE)
    assert run("check", "toy", path, "--exercise", "mean") == 0
    assert capsys.readouterr().out.split("\n")[:3] == [
        "mean: 3 of 3 points", "  ok: value", "  ok: one number"
    ]  # fmt: skip
    assert run("check", "toy", path) == 1
    assert "  not yet: sign: the first minus the second\n" in capsys.readouterr().out
    assert run("check", "toy", path, "--json") == 1
    assert json.loads(capsys.readouterr().out)["schema"] == marking.SCHEMA


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "toi", "s.py"), "lesson must be one of toy, got 'toi': did you mean 'toy'?"),
        (("check", "toy", "s.py", "--exercise", "gapp"), "did you mean 'gap'"),
        (("check", "toy", "no.py"), "argument FILE: must exist, got 'no.py'"),
        (("check", "toy", "bad.ipynb"), "file must be a notebook, got no JSON"),
        (("grade", "toy", "no.py", "--course", "k"), "argument FILE: must exist, got 'no.py'"),
        (("grade", "toy", "empty", "--course", "k"), "a folder with submissions, got none"),
        (("grade", "toy", "s.py"), "course key must hold a text: --course KEY or"),
        (("grade", "toy", "s.py", "--course", ""), "course key must hold a text"),
        (("grade", "toy", "s.py", "--course", "k", "--jobs", "0"), "jobs must be a whole number"),
        (("grade", "toy", "s.py", "--course", "k", "--out", "s.py/x"), "folder, got 's.py/x'"),
        (("pack", "toy", "--course", "k", "--out", "s.py/x.zip"), "got 's.py/x.zip'"),
        (("grade", "toy", "", "--course", "k"), "argument FILE: must exist, got ''"),
        (("grade", "toy", "wrong", "--course", "k"), "a folder with submissions, got none"),
        (("grade", "toy", "s.py", "--course", "k", "--deadline", "soon"), "deadline must be as 2"),
        (("pack", "toi", "--course", "k"), "lesson must be one of toy, got 'toi'"),
        (("pack", "toy"), "course key must hold a text"),
        (("pack", "toy", "--course", "k", "--out", "s.py"), "out must be a file FILE.zip, got"),
    ],
)
def test_bad_input_is_refused_before_any_work(words, said, toy, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABS_COURSE_KEY", raising=False)
    (tmp_path / "s.py").write_text(RIGHT)
    (tmp_path / "bad.ipynb").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong" / "room").mkdir(parents=True)
    (tmp_path / "wrong" / "room" / "notes.txt").touch()
    before = sorted(tmp_path.rglob("*"))
    try:
        code = main(LABS, ["lesson", *words])
    except SystemExit as left:  # argparse's
        code = left.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before
