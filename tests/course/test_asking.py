"""The cell in which a student predicts: every question, and a place for each answer."""

import ast
import re

import pytest

from labs.course import asking, build, register, seal, start
from labs.course.plan import Question
from tests.course.students import said


def options(**more):
    return Question(id="a", text="?", why="", options=("x", "y", "z"), **more)


CHOICE = options(kind="choice", truth="y")
ORDER = options(kind="order", truth=("z", "x", "y"))
INTERVAL = Question(id="b", kind="interval", text="?", why="", truth=1, range=(0, 2), unit="%")


def test_every_question_is_asked_and_no_answer_given():
    code = "\n".join(asking.open_seal("toy", [CHOICE, INTERVAL]))
    assert asking.seals(code)
    call = ast.parse(code).body[0].value
    assert ast.literal_eval(call.args[0]) == "toy"
    assert ast.literal_eval(call.args[1]) == {"a": ..., "b": ...}
    assert '# one of "x", "y", "z", which counts as 70 %; or {option: probability}' in code
    assert "# an 80 % interval, (low, high) in %" in code


def test_an_order_is_asked_for_in_another_order():
    assert any('"x", "y", "z"' in line for line in asking.open_seal("toy", [ORDER]))
    with pytest.raises(ValueError, match="options must not stand in the true order"):
        options(kind="order", truth=("x", "y", "z"))


@pytest.mark.parametrize("code", ["x = 1", "seal", "seal('toy', {})\nx = 1", "start('toy')", ""])
def test_other_cells_are_left_alone(code):
    assert not asking.seals(code)


@pytest.mark.parametrize("name", register.names())
def test_students_get_no_example_and_solutions_keep_theirs(name):
    place = re.compile(r'^ {8}"(\w+)": \.\.\.,$', re.MULTILINE)
    asked = [question.id for question in register.lesson(name).questions]
    assert place.findall(build.text(name, "student", "py")) == asked
    assert place.findall(build.text(name, "solution", "py")) == []


def test_an_open_place_is_not_sealed(term, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said(start, "gain")
    question = register.lesson("gain").questions[0].id
    assert f"not sealed yet: put your own in place of the ... of {question}" in said(
        seal, "gain", {question: ...}
    )
    assert [*tmp_path.iterdir()] == []
