"""An instructor's week in three commands, from an empty folder: build for a roster, grade what came
in, show the class's result. The twenty students are right, partly right, wrong, hostile, late, or
have edited what they got."""

import contextlib
import csv
import json
import os
import re

import numpy as np
import pytest

from labs import LABS
from labs.course import contribute, register
from labs.kit.cli import main
from tests.course.conftest import TOY
from tests.course.students import said, sealed

KEY = "a long key of autumn"
LATE, DEADLINE = 1_900_000_000, "2030-01-01T00:00+00:00"
STUBS = {
    "mean": r"    # YOUR CODE HERE\n.*mean is not written yet\"\)",
    "gap": r"    # YOUR CODE HERE\n.*gap is not written yet\"\)",
    "why": r"\*Your answer:\*",
}
SOLVED = {
    "mean": "    return x.sum() / len(x)",
    "gap": "    difference = a - b",
    "why": "The digits differ.",
}
KINDS = {  # what a student puts in place of the stubs, and the points for it
    "right": (SOLVED, 4),
    "stuck": ({}, 0),
    "partly": ({**SOLVED, "gap": "    difference = b - a"}, 3),
    "wrong": ({**SOLVED, "mean": "    return x.sum()", "gap": "    difference = b - a"}, 2),
    "loops": ({**SOLVED, "gap": "    while True: pass"}, 3),
    "leaves": ({**SOLVED, "mean": "    import os; os._exit(0)"}, 1),
    "broken": ({**SOLVED, "gap": "    difference = = a - b"}, 3),
}
CLASS = [*["right"] * 11, *["partly"] * 3, *["wrong"] * 2, "stuck", "loops", "leaves", "broken"]
STUDENTS = {f"s{number:02}": kind for number, kind in enumerate(CLASS)}


def handed_in(path, kind):
    text = path.read_text()
    for name, answer in KINDS[kind][0].items():
        text, count = re.subn(STUBS[name], lambda _, own=answer: own, text)
        assert count == 1, name
    path.write_text(text)


def edited(path):
    """Cells in another order, one of them twice, without their tags."""
    head, *cells = re.sub(r" tags=\[.*\]", "", path.read_text()).split("\n# %%")
    path.write_text("\n# %%".join([head, cells[-1], *cells[::-1]]))


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """The folder after the week."""
    folder = tmp_path_factory.mktemp("week")
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        patch.setattr(register, "REGISTER", TOY)
        patch.setenv("LABS_COURSE_KEY", KEY)
        roster = "\n".join(["student", *STUDENTS])
        (folder / "roster.csv").write_text(roster)
        assert command("build", "toy", "--roster", "roster.csv", "--format", "py") == 0
        codes = ["student,code"]
        for number, (student, kind) in enumerate(STUDENTS.items()):
            own = folder / "lessons" / student
            codes.append(f"{student},{plays(own, number)}")
            handed_in(own / "toy.py", kind)
        os.utime(folder / "lessons" / "s01" / "toy.py", (LATE, LATE))
        edited(folder / "lessons" / "s02" / "toy.py")
        (folder / "codes.csv").write_text("\n".join(codes))
        assert command("grade", "toy", "lessons", "--jobs", "4", "--deadline", DEADLINE) == 0
        assert command("gather", "toy", "lessons", "--codes", "codes.csv") == 0
    return folder


def command(*words):
    return main(LABS, ["lesson", *words])


def plays(folder, number):
    """A student seals and contributes; the code."""
    replicate = int(re.search(r"REPLICATE = (\d+)", (folder / "toy.py").read_text())[1])
    code = sealed(folder, "toy", {"gap": (-1, 1)}, replicate, {"all": 40})
    with contextlib.chdir(folder):
        said(contribute, "toy", gap=float(np.random.default_rng(number).normal(1, 0.5)))
    return code


def reports(week):
    return {
        path.stem: json.loads(path.read_text()) for path in (week / "grades/toy").glob("*.json")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gets_its_points(kind, week):
    found = reports(week)
    assert set(found) == set(STUDENTS)
    scores = {found[student]["score"] for student, own in STUDENTS.items() if own == kind}
    assert scores == {KINDS[kind][1]}


def test_who_was_late_and_who_has_edited(week):
    found = reports(week)
    assert [student for student, each in found.items() if each["late"]] == ["s01"]
    assert found["s02"]["score"] == 4
    replicates = {each["replicate"] for each in found.values()}
    assert len(replicates) == 20
    assert 0 not in replicates


def test_predictions_and_texts_are_there(week):
    codes = dict(csv.reader((week / "codes.csv").read_text().splitlines()))
    for student, each in reports(week).items():
        assert each["prediction"]["sealed"] is True
        assert each["prediction"]["code"] == codes[student]
        assert each["explain"][0]["text"] == (
            "" if STUDENTS[student] == "stuck" else "The digits differ."
        )


def test_the_table_has_everybody(week):
    rows = list(csv.DictReader((week / "grades/toy/grades.csv").read_text().splitlines()))
    assert [row["student"] for row in rows] == [*STUDENTS]
    assert [float(row["score"]) for row in rows] == [KINDS[kind][1] for kind in CLASS]


def test_the_class_has_a_verdict(week):
    found = json.loads((week / "class/toy/class.json").read_text())
    (gap,) = found["measures"]
    assert (gap["n"], gap["verdict"]) == (20, "holds")
    assert (week / "class/toy/class.png").stat().st_size > 1000
    assert found["wrong"] == {"mean": {"sum": 2}, "gap": {"turned": 5}}
