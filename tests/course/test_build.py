"""Building: files for everybody, nobody's work written over, and the repository's own notebooks."""

import csv
import json
import os
import runpy
import subprocess
import sys

import pytest

from labs.course import build, committed, front, register, source, students
from labs.kit.cli import main
from labs.kit.report import markers

VARIANTS = ["", "-solution", "-instructor"]


@pytest.fixture
def lesson(toy, tmp_path, monkeypatch, capsys):
    """Run `python -m labs lesson ...` in an empty folder; returns what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABS_COURSE_KEY", raising=False)

    def call(*words, code=0):
        assert main({}, ["lesson", *map(str, words)]) == code
        return capsys.readouterr()

    return call


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_script_of_each_variant(lesson, tmp_path):
    for variant in source.VARIANTS:
        lesson("build", "toy", "--format", "py", "--variant", variant, "--out", "d")
    names = [f"toy{mark}.py" for mark in VARIANTS]
    assert files(tmp_path / "d") == sorted(names)
    text = (tmp_path / "d" / "toy-solution.py").read_text(encoding="utf-8")
    assert text == build.text("toy", "solution", "py")
    assert "\r" not in text


def test_a_folder_is_named_lessons_unless_said(lesson, tmp_path):
    assert lesson("build", "all", "--format", "py").out.split() == [
        os.path.join("lessons", "toy.py")
    ]
    assert files(tmp_path) == ["lessons/toy.py"]


def test_scripts_need_no_extra(lesson, monkeypatch):
    for name in ("jupytext", "nbformat", "nbclient"):
        monkeypatch.setitem(sys.modules, name, None)
    lesson("build", "toy", "--format", "py")
    lesson("show", "toy")
    error = lesson("build", "toy", code=1).err
    assert error == (
        "python -m labs: a notebook needs jupytext, nbformat: pip install 'mnist1d-labs[teach]'\n"
    )


def test_a_solution_runs(lesson, tmp_path, capsys):
    lesson("build", "toy", "--format", "py", "--variant", "solution")
    runpy.run_path(str(tmp_path / "lessons" / "toy-solution.py"), run_name="__main__")
    assert capsys.readouterr().out.count("ok: ") == 3


def test_a_students_script_stops_at_the_first_exercise_alone(lesson, tmp_path, capsys):
    lesson("build", "toy", "--format", "py")
    with pytest.raises(NotImplementedError, match=r"toy\.mean is not written yet"):
        runpy.run_path(str(tmp_path / "lessons" / "toy.py"), run_name="__main__")
    said = capsys.readouterr()
    assert said.err == ""
    assert "toy.gap" not in said.out


def test_a_student_gets_a_replicate_and_a_folder(lesson, tmp_path):
    lesson("build", "toy", "--format", "py", "--student", "s17", "--course", "autumn")
    assert files(tmp_path) == ["lessons/s17/toy.py"]
    text = (tmp_path / "lessons" / "s17" / "toy.py").read_text(encoding="utf-8")
    assert f"REPLICATE = {students.replicate('s17', 'autumn')}  # " in text
    assert "autumn" not in text


def test_a_key_from_the_environment_is_never_written(lesson, tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_COURSE_KEY", "a long autumn")
    lesson("build", "toy", "--student", "s17")
    text = (tmp_path / "lessons" / "s17" / "toy.ipynb").read_text(encoding="utf-8")
    assert f"REPLICATE = {students.replicate('s17', 'a long autumn')}  # " in text
    assert "autumn" not in text
    with pytest.raises(SystemExit):
        main({}, ["lesson", "build", "--help"])


def test_a_roster_gives_each_student_a_file(lesson, tmp_path):
    ids = [f"s{i:02}" for i in range(20)]
    with open(tmp_path / "roster.csv", "w", newline="") as file:
        csv.writer(file).writerows([["student", "mail"], *([i, f"{i}@x"] for i in ids)])
    words = ("build", "toy", "--format", "py", "--roster", "roster.csv", "--course", "autumn")
    lesson(*words, "--out", "d")
    assert files(tmp_path / "d") == [f"{i}/toy.py" for i in ids]
    texts = {(tmp_path / "d" / i / "toy.py").read_text(encoding="utf-8") for i in ids}
    assert len(texts) == 20
    lesson(*words, "--out", "d")  # the same files again: no harm


def test_nobodys_work_is_written_over(lesson, tmp_path):
    lesson("build", "toy", "--format", "py")
    path = tmp_path / "lessons" / "toy.py"
    path.write_text("my work", encoding="utf-8")
    error = lesson("build", "toy", "--format", "py", code=2).err
    assert "--out must hold no other toy.py, got one in 'lessons'" in error
    assert path.read_text(encoding="utf-8") == "my work"


def test_a_key_changes_nothing_but_the_replicate(lesson, tmp_path):
    lesson("build", "toy", "--student", "s17", "--course", "autumn")
    lesson("build", "toy", "--student", "s18", "--course", "autumn")
    one, two = (
        json.loads((tmp_path / "lessons" / i / "toy.ipynb").read_text(encoding="utf-8"))["cells"]
        for i in ("s17", "s18")
    )
    assert [a == b for a, b in zip(one, two, strict=True)].count(False) == 1


def test_committed_notebooks_are_written_and_compared(own_toy, lesson):
    folder = own_toy.parents[1] / committed.FOLDER
    said = lesson("build", "all", "--committed", "--check", code=1).out
    assert said == f"{folder / 'toy.ipynb'}: is not what its source gives\n"
    assert not folder.exists()
    lesson("build", "all", "--committed")
    assert files(folder) == ["toy.ipynb"]
    assert lesson("build", "all", "--committed", "--check").out == ""
    own_toy.write_text(own_toy.read_text("utf-8").replace("other examples", "more"), "utf-8")
    (folder / "gone.ipynb").write_text("{}")
    said = lesson("build", "all", "--committed", "--check", code=1).out
    assert said.count("is not what its source gives") == 2
    lesson("build", "all", "--committed")
    assert files(folder) == ["toy.ipynb"]
    assert lesson("build", "all", "--committed", "--check").out == ""


def test_what_is_committed_is_what_sources_plans_and_measurements_give():
    pytest.importorskip("jupytext")
    stale = [path.name for path in committed.stale(committed.wanted(build.text))]
    assert stale == [], "python -m labs lesson build all --committed"


def test_the_front_page_is_renewed_between_its_lines(own_toy, lesson):
    page = register.folder() / "README.md"
    page.write_text("# Mine\n" + "\nold\n".join(markers("weeks", front.BY)) + "\n")
    error = lesson("build", "all", "--committed", code=2).err
    assert "README.md must hold the two lines" in error
    with page.open("a") as file:
        file.write("\nold\n".join(markers("odds", front.BY)) + "\nEnd.\n")
    lesson("build", "all", "--committed")
    text = page.read_text()
    assert text.startswith("# Mine\n")
    assert text.endswith("\nEnd.\n")
    assert "| 1 | [toy](notebooks/toy.ipynb) | How far apart are two means? | 90 | - |" in text
    assert "| toy | The first mean is above the second. (above 0 units) | - | - |" in text
    assert "\nold\n" not in text


def test_a_source_that_breaks_a_rule_is_told_and_nothing_written(own_toy, lesson, tmp_path):
    own_toy.write_text(own_toy.read_text("utf-8").replace("guess = ", "%guess = "), "utf-8")
    before = files(tmp_path)
    error = lesson("build", "all", code=2).err
    assert error.startswith(f"python -m labs: {own_toy}:")
    assert files(tmp_path) == before


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(toy, tmp_path):
    command = [sys.executable, "-m", "labs", "lesson", "build", "toy", "--out"]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([*command, seed], cwd=tmp_path, env=environment, check=True, timeout=120)
    one, two = ((tmp_path / seed / "toy.ipynb").read_bytes() for seed in ("1", "2"))
    assert one == two
