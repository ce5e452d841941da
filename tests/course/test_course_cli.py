"""`python -m labs lessons` and `lesson ...`: what is listed and shown, and what is refused."""

import json
import subprocess
import sys

import pytest

from labs import LABS
from labs.course import cli, clock, register
from labs.course.cli import SUBCOMMANDS
from labs.kit.cli import main
from labs.kit.lab import Deferred


@pytest.fixture
def call(toy, tmp_path, monkeypatch, capsys):
    """Run `python -m labs ...` in a folder with a roster; returns what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABS_COURSE_KEY", raising=False)
    (tmp_path / "roster.csv").write_text("student\ns1\ns2\n")

    def run(*words, code=0):
        try:
            found = main(LABS, words)
        except SystemExit as left:  # argparse's
            found = left.code
        said = capsys.readouterr()
        assert found == code, said
        return said

    return run


def test_lessons_are_listed(call):
    assert call("lessons").out == (
        " 1 toy: How far apart are two means?\n"
        "   90 minutes; you write mean, gap\n"
        "   leads to benchmark\n"
    )
    (row,) = json.loads(call("lessons", "--json").out)
    assert row == {
        "number": 1,
        "name": "toy",
        "question": "How far apart are two means?",
        "minutes": 90,
        "seconds": None,
        "home": False,
        "exercises": ["mean", "gap"],
        "leads": {"benchmark": ["C1-cnn-mlp"]},
    }


def test_the_seconds_of_a_run_are_told_where_they_were_measured(call, monkeypatch):
    monkeypatch.setattr(clock, "estimate", {"toy": 41.4}.get)
    assert "   90 minutes, a run of about 41 s here; you write mean, gap\n" in call("lessons").out
    assert json.loads(call("lessons", "--json").out)[0]["seconds"] == 41.4


def test_an_empty_course(call, monkeypatch):
    monkeypatch.setattr(register, "names", list)
    assert call("lessons").out == ""
    assert json.loads(call("lessons", "--json").out) == []


def test_a_lesson_is_shown_without_what_turns_out(call):
    said = call("lesson", "show", "toy").out
    for words in (
        "toy: How far apart are two means?\n",
        "Minutes\n  Predict 10, Build 35, Run 10, Look 15, Explain 10, Vary 10\n",
        "You predict\n  How large is the difference of the means? (an 80 % interval)\n",
        "You write\n  mean(x: np.ndarray) -> float\n  gap(a: float, b: float) -> float\n",
        "It leads to\n  benchmark: C1-cnn-mlp\n",
    ):
        assert words in said
    for hidden in ("standardised", "divided twice", "What is a mean?"):
        assert hidden not in said


def test_the_instructors_page_tells_everything(call):
    said = call("lesson", "show", "toy", "--notes").out
    for words in (
        "# toy: How far apart are two means?\n\n## After it students can\n\n- Compute a mean",
        "- 0:10 Build: mean 5, gap 3\n- 0:45 Run\n- 0:55 Look\n- 1:10 Explain\n- 1:20 Vary\n",
        "- 1:30 end\n",
        "- `mean(x: np.ndarray) -> float`, 3 points: sum, degrees of freedom\n",
        "**what the class will measure.** The data are standardised.",
        "- `gap` above 0 units: The first mean is above the second. Why there: At 0 both are the",
        "- **A mean of 0.** The sum was divided twice. *Say:* Count the divisions.\n",
        "20 in all.",
        "- What is a mean?\n- What is a difference?\n",
        "figures/benchmark-models.svg",
    ):
        assert words in said


@pytest.mark.parametrize("words", [("lessons",), ("lesson", "show", "toy")], ids=" ".join)
def test_students_need_none_of_the_instructors_libraries(toy, tmp_path, words):
    script = (
        "import sys\n"
        "for name in ('jupytext', 'nbformat', 'nbclient', 'ipykernel', 'torch', 'sklearn'):\n"
        "    sys.modules[name] = None\n"
        "from labs.kit.cli import main\n"
        f"sys.exit(main({{}}, {words!r}))\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "How far apart are two means?" in done.stdout


def test_help_names_the_commands(call):
    said = " ".join(call("--help").out.split())
    assert "lessons Print the lessons of the course." in said
    assert "lesson Show, build, check or grade a lesson; `lesson --help` lists how." in said
    said = " ".join(call("lesson", "--help").out.split())
    for name, row in SUBCOMMANDS.items():
        assert f" {name} {row.help}" in said
        assert row.help in " ".join(call("lesson", name, "--help").out.split())


def test_a_key_is_taken_from_the_environment_and_not_shown(call, monkeypatch):
    monkeypatch.setenv("LABS_COURSE_KEY", "very secret")
    assert "very secret" not in call("lesson", "build", "--help").out
    given = cli.parser().parse_args(["build", "toy"])
    assert given.course == "very secret"
    assert cli.parser().parse_args(["build", "toy", "--course", "mine"]).course == "mine"


@pytest.mark.parametrize("row", [cli.LIST, *SUBCOMMANDS.values()], ids=lambda row: row.function)
def test_every_subcommand_is_there(row):
    assert callable(Deferred(row.function).resolve())
    assert row.help.endswith(".")


BUILD = ("lesson", "build")
KEY = ("--course", "autumn")
WRONG = {  # words -> what is said
    ("lesson",): "the following arguments are required: COMMAND",
    ("lesson", "buld", "toy"): "invalid choice: 'buld'",
    ("lessons", "toy"): "unrecognized arguments: toy",
    ("lesson", "show"): "the following arguments are required: NAME",
    ("lesson", "show", "tyo"): "lesson must be one of toy, got 'tyo': did you mean 'toy'?",
    ("lesson", "show", "tyo", "--notes"): "lesson must be one of toy, got 'tyo'",
    ("lesson", "show", "../toy"): "lesson must be one of toy, got '../toy'",
    ("lesson", "check", "toy"): "the following arguments are required: FILE",
    (*BUILD,): "the following arguments are required: NAME",
    (*BUILD, "tyo"): "lesson must be one of toy, got 'tyo': did you mean 'toy'?",
    (*BUILD, "ALL"): "lesson must be one of toy, got 'ALL'",
    (*BUILD, "toy", "--variant", "studnet"): "instructor, got 'studnet': did you mean 'student'?",
    (*BUILD, "toy", "--format", "pyy"): "format must be one of ipynb, py, nbgrader, got 'pyy'",
    (*BUILD, "toy", "--format", "html"): "format must be one of ipynb, py, nbgrader, got 'html'",
    (*BUILD, "toy", "--out"): "argument --out: expected one argument",
    (*BUILD, "toy", "--out", "roster.csv"): "--out: must be a folder, got 'roster.csv'",
    (*BUILD, "toy", "--out", "roster.csv/x"): "must be a folder, got 'roster.csv/x'",
    (*BUILD, "toy", "--student", "s1", *KEY, "--variant", "solution"): "got 'solution'",
    (*BUILD, "toy", "--student", "s1", *KEY, "--format", "nbgrader"): "must hold no solutions",
    (*BUILD, "toy", "--roster", ".", *KEY): "--roster: must be a file, got the folder '.'",
    ("lesson", "roster", ".", *KEY): "must be a file, got the folder '.'",
    ("lesson", "gather", "toy", ".", "--codes", "."): "must be a file, got the folder '.'",
    ("lesson", "gather", "toy", ".", "--roster", "."): "must be a file, got the folder '.'",
    (*BUILD, "toy", "--student", "s17"): "--course KEY or the variable LABS_COURSE_KEY, got None",
    (*BUILD, "toy", "--student", "s17", "--course", ""): "course key must hold a text",
    (*BUILD, "toy", "--student", "", *KEY): "student must be of letters",
    (*BUILD, "toy", "--student", "../s17", *KEY): "at most 64, got '../s17'",
    (*BUILD, "toy", "--student", "s1", "--roster", "roster.csv", *KEY): "or for --roster, got both",
    (*BUILD, "toy", "--roster", "roster.csv"): "course key must hold a text",
    (*BUILD, "toy", "--roster", "no.csv", *KEY): "argument --roster: must exist, got 'no.csv'",
    ("lesson", "check", "toy", "no.py"): "argument FILE: must exist, got 'no.py'",
    (*BUILD, "all", "--check"): "--check must come with --committed, got it alone",
    (*BUILD, "toy", "--committed"): "NAME must be all with --committed, got 'toy'",
    (*BUILD, "all", "--committed", "--out", "d"): "--committed must be alone, got --out d",
    (*BUILD, "all", "--committed", "--format", "py"): "must be alone, got --format py",
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG.items(), ids=map(" ".join, WRONG))
def test_wrong_words_are_refused_and_nothing_written(call, tmp_path, words, said):
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    error = call(*words, code=2).err
    assert said in error
    assert "Traceback" not in error
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\ns1\n", "roster.csv must have a column student, got 'name'"),
        ("student\n", "roster.csv must have a row for each student, got none"),
        (
            "student\ns1\nS1\n",
            "row 3: student must be another in every row, apart from capitals, got 's1'",
        ),
        ("student\ns1\n../../s2\n", "at most 64, got '../../s2'"),
        ("", "roster.csv must be CSV in UTF-8 with a heading"),
    ],
)
def test_a_wrong_roster_is_refused_and_nothing_written(call, tmp_path, text, said):
    (tmp_path / "roster.csv").write_text(text)
    assert said in call(*BUILD, "toy", "--roster", "roster.csv", *KEY, code=2).err
    assert [path.name for path in tmp_path.iterdir()] == ["roster.csv"]


def test_a_folder_in_a_students_way_is_refused(call, tmp_path):
    (tmp_path / "k" / "ann" / "toy.ipynb").mkdir(parents=True)
    (tmp_path / "k" / "ben").write_text("")
    for student, said in (("ann", "--out must hold no folder toy.ipynb"), ("ben", "got a file at")):
        assert said in call(*BUILD, "toy", "--student", student, *KEY, "--out", "k", code=2).err
