"""A report as text, table and Gradescope's results; what other graders take."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile

import pytest

from labs.course import build, formats, nbgrader, pack, register, source
from labs.course.checking import ELSEWHERE, NotYetError, check_one
from labs.course.marking import Handed, Marking, report
from labs.course.students import KEY, hidden_seeds
from tests.course.answers import PUBLIC_ALONE, RIGHT

TEXT, NUMBER, SWITCH = {"type": "string"}, {"type": "number", "minimum": 0}, {"type": "boolean"}
NUMBER_OR_NOT = {"type": ["number", "null"]}
TEXT_OR_NOT = {"type": ["string", "null"]}
STATUS = {"enum": ["passed", "failed", "missing", "error"]}


def record(**parts):
    """The schema of an object that has exactly these parts."""
    return {"type": "object", "properties": parts, "required": [*parts],
            "additionalProperties": False}  # fmt: skip


def array(items):
    return {"type": "array", "items": items}


SCORE = {"name": TEXT, "score": NUMBER, "max_score": NUMBER, "status": STATUS}
REPORT = record(
    schema={"const": "mnist1d-labs/grade/1"}, lesson=TEXT, version={"type": "integer"},
    package=TEXT, student=TEXT, replicate={"type": ["integer", "null"]}, submitted=TEXT_OR_NOT,
    sha256=TEXT_OR_NOT, late=SWITCH, seconds=NUMBER, score=NUMBER, max_score=NUMBER,
    seeds=record(public=array({"type": "integer"}), hidden={"type": "integer"}, digest=TEXT),
    exercises=array(record(**SCORE, printed=TEXT, checks=array(record(
        **SCORE, visibility={"enum": ["visible"]}, message=TEXT,
        hidden={"enum": ["", "passed", "failed", "error", "missing"]})))),
    prediction=record(sealed=SWITCH, code=TEXT_OR_NOT, score=NUMBER_OR_NOT, baseline=NUMBER),
    explain=array(record(name=TEXT, words={"type": "integer"}, text=TEXT, score={"type": "null"},
                         max_score=NUMBER)),
    problems=array(TEXT),
)  # fmt: skip
VISIBILITY = {"enum": ["visible", "hidden", "after_due_date", "after_published"]}
RESULTS = {  # as Gradescope's specification of autograders has it
    **record(
        score=NUMBER, execution_time=NUMBER, output=TEXT, output_format={"const": "text"},
        visibility=VISIBILITY, stdout_visibility=VISIBILITY, extra_data={"type": "object"},
        tests=array({
            "type": "object",
            "properties": {
                "name": TEXT, "number": TEXT, "score": NUMBER, "max_score": NUMBER, "output": TEXT,
                "status": {"enum": ["passed", "failed"]}, "visibility": VISIBILITY,
                "output_format": {"const": "text"},
            },
            "required": ["name", "number", "visibility", "output", "output_format"],
            "additionalProperties": False,
        }),
    )
}  # fmt: skip


@pytest.fixture
def reports(toy, tmp_path):
    """Of one who is right, one who is right at the public seed alone, and one without a file."""
    sheet = Marking(register.lesson("toy"), register.exercises("toy"), hidden=(11,))
    handed = [Handed("=s03", None, problem="nothing")]
    for name, text in (("s01", RIGHT), ("s02", PUBLIC_ALONE)):
        (tmp_path / f"{name}.py").write_text(f"{text}\n# %% [markdown]\n# ### Explain: why\n# So.")
        handed.append(Handed(name, tmp_path / f"{name}.py"))
    return {each.student: report(each, sheet) for each in handed}


def test_every_report_and_result_obeys_its_schema(reports):
    jsonschema = pytest.importorskip("jsonschema")
    for each in reports.values():
        jsonschema.validate(json.loads(json.dumps(each)), REPORT)
        jsonschema.validate(json.loads(json.dumps(formats.gradescope(each))), RESULTS)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**reports["s01"], "seed": 3}, REPORT)


def test_scores_add_up(reports):
    for each in reports.values():
        results = formats.gradescope(each)
        assert results["score"] == each["score"] == sum(
            test.get("score", 0) for test in results["tests"]
        )  # fmt: skip
        exercises = each["exercises"]
        assert each["score"] == sum(check["score"] for e in exercises for check in e["checks"])
        assert each["max_score"] == sum(e["max_score"] for e in exercises) == 4


def test_gradescope_hides_what_hidden_data_say_until_grades_are_published(reports):
    first, second = formats.gradescope(reports["s02"])["tests"][:2]
    assert (first["visibility"], first["status"], first["output"]) == ("visible", "passed", "")
    assert "score" not in first
    assert (second["visibility"], second["status"]) == ("after_published", "failed")
    assert (second["score"], second["max_score"], second["output"]) == (0, 1, ELSEWHERE)
    shown = [t for t in formats.gradescope(reports["s02"])["tests"] if t["visibility"] == "visible"]
    assert ELSEWHERE not in json.dumps(shown)


def test_gradescope_leaves_texts_to_a_person(reports):
    (text,) = [t for t in formats.gradescope(reports["s01"])["tests"] if "explain" in t["name"]]
    assert text == {"name": "explain: why", "number": "3", "max_score": 6.0, "output": "So.",
                    "visibility": "visible", "output_format": "text"}  # fmt: skip
    numbers = [test["number"] for test in formats.gradescope(reports["s01"])["tests"]]
    assert len(set(numbers)) == len(numbers)


def test_a_students_text(reports):
    assert formats.text(reports["s02"]) == (
        "toy, s02: 2 of 4 points\n"
        "mean: 2 of 3 points\n"
        "  not yet: value: also at other data: not yet\n"
        "  ok: one number\n"
        "  it printed: asked for 17\n"
        "gap: 0 of 1 points\n"
        "  not yet: sign: the first minus the second\n"
        "prediction: not sealed\n"
        "explain why: 1 words\n"
    )


def test_a_table_has_one_row_for_each_student(reports):
    rows = list(csv.DictReader(io.StringIO(formats.table([*reports.values()]))))
    assert [row["student"] for row in rows] == ["'=s03", "s01", "s02"]
    assert list(rows[0]) == ["student", "score", "max_score", "late", "mean", "gap", "sealed",
                             "prediction", "explain why (words)", "problems"]  # fmt: skip
    assert (rows[2]["mean"], rows[2]["prediction"], rows[2]["late"]) == ("2.0", "", "0")


def test_a_zip_that_grades(toy, tmp_path):
    """As Gradescope runs it, in this test's own folders and with this Python."""
    packed = pack.gradescope("toy", "secret")
    assert packed == pack.gradescope("toy", "secret")
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        names = opened.namelist()
        modes = {each.filename: each.external_attr >> 16 & 0o777 for each in opened.infolist()}
        opened.extractall(tmp_path / "source")
    assert {"setup.sh", "run_autograder", "labs/__main__.py", "mnist1d/__init__.py"} <= set(names)
    assert "labs/figures/benchmark.json" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".svg")]
    assert (modes["run_autograder"], modes["course.key"]) == (0o755, 0o600)
    assert sum(len(name) for name in names) < len(packed) < 30_000_000
    for folder in ("submission", "results"):
        (tmp_path / folder).mkdir()
    (tmp_path / "submission" / "my work.py").write_text(PUBLIC_ALONE)
    script = (tmp_path / "source" / "run_autograder").read_text()
    script = script.replace("/autograder/venv/bin/python", sys.executable)
    script = script.replace("/autograder", str(tmp_path))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "source")}
    environment["PYTHONPATH"] += os.pathsep + os.environ["PYTHONPATH"]  # the toy lesson's
    ran = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    results = json.loads((tmp_path / "results" / "results.json").read_text())
    assert results["score"] == 2
    assert results["extra_data"]["lesson"] == "toy"
    assert not (tmp_path / "source" / "course.key").exists()
    subprocess.run(["bash", "-n", tmp_path / "source" / "setup.sh"], check=True)


def test_a_pack_that_cannot_be(toy, tmp_path):
    for make in (lambda name: pack.gradescope(name, "k"), pack.otter_grader):
        with pytest.raises(ValueError, match="lesson must be one of toy, got 'toi'"):
            make("toi")


def test_one_check_alone(toy, monkeypatch):
    names = {}
    exec(PUBLIC_ALONE, names)
    monkeypatch.delenv(KEY, raising=False)
    check_one("toy.mean", "value", names["mean"])
    with pytest.raises(NotYetError, match="sign: the first minus the second"):
        check_one("toy.gap", "sign", names["gap"])
    with pytest.raises(ValueError, match="check must be one of value, one number, got 'values'"):
        check_one("toy.mean", "values", names["mean"])
    monkeypatch.setenv(KEY, "secret")
    with pytest.raises(NotYetError, match=f"^value: {ELSEWHERE}$"):
        check_one("toy.mean", "value", names["mean"])
    check_one("toy.mean", "one number", names["mean"])
    assert hidden_seeds("secret", "toy")


@pytest.fixture
def notebook(toy):
    """The toy lesson's source notebook."""
    nbformat = pytest.importorskip("nbformat")
    return nbformat.reads(build.text("toy", format="nbgrader"), as_version=4)


def kinds(made):
    return {c.metadata.nbgrader.grade_id: c for c in made.cells if "nbgrader" in c.metadata}


def test_nbgrader_has_one_locked_cell_for_each_check(notebook):
    cells = kinds(notebook)
    assert list(cells) == ["toy-mean", "toy-mean-check", "toy-mean-1", "toy-mean-2", "toy-gap",
                           "toy-gap-check", "toy-gap-1", "toy-why"]  # fmt: skip
    for name, cell in cells.items():
        meta = cell.metadata.nbgrader
        assert (meta.schema_version, meta.cell_type, meta.task) == (3, cell.cell_type, False)
        assert meta.solution is (name in ("toy-mean", "toy-gap", "toy-why"))
        assert meta.locked is not meta.solution
    points = {name: c.metadata.nbgrader.get("points") for name, c in cells.items()}
    graded = {name: each for name, each in points.items() if each is not None}
    assert graded == {"toy-mean-1": 1, "toy-mean-2": 2, "toy-gap-1": 1, "toy-why": 6}
    assert {n for n, c in cells.items() if c.metadata.nbgrader.grade} == graded.keys()
    assert "### BEGIN SOLUTION" in cells["toy-mean"].source
    assert "check_one(\"toy.mean\", 'one number', mean)" in cells["toy-mean-2"].source
    text = build.text("toy", format="nbgrader")
    assert "Collect the guesses" not in text  # the instructor's cell
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    arguments = source.read("toy"), register.lesson("toy"), register.exercises("toy")
    assert nbgrader.notebook(*arguments) == text


def test_nbgrader_accepts_it(notebook):
    """With the real package, where it is installed: validated, cleared, executed and graded."""
    theirs = pytest.importorskip("nbgrader")
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import ClearSolutions

    assert theirs.__version__
    MetadataValidator().validate_nb(notebook)
    student, _ = ClearSolutions().preprocess(notebook, {})
    assert "raise NotImplementedError" in kinds(student)["toy-mean"].source
    assert "x.sum()" not in str(student)
    MetadataValidator().validate_nb(student)


@pytest.fixture
def otter_zip(toy, tmp_path):
    """The folder that the zip for otter-grader opens to."""
    pytest.importorskip("nbformat")
    with zipfile.ZipFile(io.BytesIO(pack.otter_grader("toy"))) as opened:
        opened.extractall(tmp_path)
    return tmp_path


def test_otter_has_one_test_case_for_each_check(otter_zip):
    found = sorted(str(path.relative_to(otter_zip)) for path in otter_zip.rglob("*.*"))
    assert found == ["tests/gap.py", "tests/mean.py", "toy.ipynb"]
    text = (otter_zip / "tests" / "mean.py").read_text()
    compile(text, "mean.py", "exec")
    assert "OK_FORMAT = False" in text
    assert "@test_case(name='one number', points=2)\ndef test_2(mean):\n" in text
    assert "not written yet" in (otter_zip / "toy.ipynb").read_text()


def test_otter_grader_runs_it(otter_zip):
    """With the real package, where it is installed."""
    pytest.importorskip("otter")
    from otter.test_files import ExceptionTestFile

    names = {}
    exec(PUBLIC_ALONE, names)
    grades = {}
    for name in ("mean", "gap"):
        file = ExceptionTestFile.from_file(str(otter_zip / "tests" / f"{name}.py"))
        file.run(names)
        grades[name] = (file.grade, [each.test_case.points for each in file.test_case_results])
    assert grades == {"mean": (1.0, [1, 2]), "gap": (0.0, [1])}
