"""Every lesson: its plan names what exists, its prose has its shape, and its script runs."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labs import LABS
from labs.course import register
from labs.course.plan import PHASES, Reference
from labs.kit import references
from labs.kit.places import FIGURES
from labs.lessons import LEFT_OUT, LESSONS
from tests.lessons import sources

ROOT = Path(__file__).parents[2]
ALONE = Path(__file__).with_name("alone.py")
WORDS = 900  # all markdown cells together

pytestmark = pytest.mark.filterwarnings("ignore:.*empty parameter set:pytest.PytestWarning")
of_every_lesson = pytest.mark.parametrize("name", LESSONS)


def claims(lab: str) -> list[str]:
    return [claim.id for claim in importlib.import_module(LABS[lab]).LAB.claims]


def estimates(lab: str) -> dict[str, float | None]:
    found = references.reference(lab)
    assert found is not None
    return {claim["id"]: claim["estimate"] for claim in found["claims"]}


@of_every_lesson
def test_a_plan_names_what_exists(name):
    lesson = register.lesson(name)
    assert lesson.name == name
    assert {lab: set(ids) - set(claims(lab)) for lab, ids in lesson.leads.items()} == {
        lab: set() for lab in lesson.leads
    }
    assert all(lesson.leads.values())
    assert (FIGURES / f"{lesson.figure}.svg").exists()


@of_every_lesson
def test_truths_are_known(name):
    lesson = register.lesson(name)
    measures = {measure.name for measure in lesson.measures}
    truths = [question.truth for question in lesson.questions if question.kind == "interval"]
    found = [*truths, *(measure.reference for measure in lesson.measures)]
    for reference in found:
        if isinstance(reference, Reference):
            assert estimates(reference.lab)[reference.claim] is not None
    assert {truth for truth in truths if isinstance(truth, str)} <= measures


@of_every_lesson
def test_a_plan_has_its_sizes(name):
    lesson = register.lesson(name)
    assert list(lesson.phases) == list(PHASES)
    assert sum(lesson.phases.values()) == 90
    assert 3 <= len(lesson.questions) <= 5
    assert len({question.id for question in lesson.questions}) == len(lesson.questions)
    assert 1 <= len(lesson.measures) <= 5
    assert len({measure.name for measure in lesson.measures}) == len(lesson.measures)
    assert len(lesson.pitfalls) >= 3
    assert all((*lesson.goals, *lesson.needs, *lesson.oral, lesson.cut, lesson.vary))


@of_every_lesson
def test_the_prose_has_its_shape(name):
    prose, lesson = sources.prose(name), register.lesson(name)
    assert len(prose.split()) < WORDS
    assert re.findall(r"^## (.*)$", prose, re.MULTILINE) == list(PHASES)
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
    explain = prose.partition("\n## Explain\n")[2].partition("\n## Vary\n")[0]
    assert re.findall(r"^### Explain: (.*)$", explain, re.MULTILINE) == list(lesson.explain)
    assert "### Explain" not in prose.replace(explain, "")


@of_every_lesson
def test_every_picture_is_announced(name):
    cells = sources.cells(name)
    looks = [place for place, cell in enumerate(cells) if "look" in cell.tags]
    assert looks
    assert [place for place in looks if cells[place - 1].kind == "code"] == []


def run(script: Path) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "MPLBACKEND")}
    own = {"PYTHONPATH": str(ROOT), "LABS_SCALE": "smoke", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-B", str(ALONE), script.name],
        cwd=script.parent,
        env={**kept, **own},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
@of_every_lesson
def test_the_solution_runs_alone(name, tmp_path):
    script = tmp_path / f"{name}.py"
    script.write_text(sources.text(name, "solution"), "utf-8")
    done = run(script)
    assert done.returncode == 0, done.stderr
    assert "not yet" not in done.stdout
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {f"predictions/{name}.json", f"contributions/{name}.json"} <= written
    assert any(path.endswith(".png") for path in written)


@pytest.mark.slow
@of_every_lesson
def test_the_student_version_stops_at_the_first_exercise(name, tmp_path):
    script = tmp_path / f"{name}.py"
    script.write_text(sources.text(name, "student"), "utf-8")
    done = run(script)
    first, *others = sources.exercises(name)
    checks = register.exercises(name)[first].checks
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last == f"NotImplementedError: {name}.{first} is not written yet"
    assert done.stdout.count(f"{first} is not written yet") == len(checks)
    assert [other for other in others if other in done.stdout] == []


def test_a_lesson_that_misbehaves_is_caught(tmp_path):
    script = tmp_path / "bad.py"
    for line, said in {
        "import socket; socket.socket()": "must not use the network",
        f"open({str(tmp_path.parent / 'elsewhere')!r}, 'w')": "own folder only",
        "import warnings; warnings.warn('hm')": "UserWarning: hm",
    }.items():
        script.write_text(line, "utf-8")
        done = run(script)
        assert done.returncode == 1
        assert said in done.stderr


def test_every_claim_of_every_lab_is_reached_or_left_out():
    reached = {lab: set[str]() for lab in LABS}
    for name in LESSONS:
        for lab, ids in register.lesson(name).leads.items():
            reached[lab] |= set(ids)
    rest = {lab for lab in LABS if set(claims(lab)) - reached[lab]}
    assert set(LEFT_OUT) == rest
    assert all(reason.strip() for reason in LEFT_OUT.values())


def test_the_register_stands_in_the_folder():
    folders = {path.parent.name for path in register.folder().glob("*/plan.py")}
    assert folders == set(LESSONS)
    assert {name: f"labs.lessons.{name}" for name in LESSONS} == LESSONS
