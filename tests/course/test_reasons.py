"""What a report says of what is missing, unread, late or empty: the cause, in plain words."""

import json
from dataclasses import replace

import pytest

from labs.course import formats, marking, register
from labs.course.marking import Handed, Marking, report


@pytest.fixture
def sheet(toy):
    return Marking(register.lesson("toy"), register.exercises("toy"))


def graded(tmp_path, sheet, text, name="s01.py"):
    path = tmp_path / name
    path.write_text(text)
    return report(Handed("s01", path, tmp_path), sheet)


def test_why_a_function_is_missing(tmp_path, sheet):
    text = "def Mean(x):\n    return 1\n# %%\ndef gap(a, b):\n    return a - (b\n"
    found = graded(tmp_path, sheet, text)
    said = [each["checks"][0]["message"] for each in found["exercises"]]
    assert said == [
        "there is no function mean: did you mean Mean?",
        "not read: line 5 is not Python: '(' was never closed in `return a - (b`",
    ]
    assert formats.text(found).count("there is no function mean") == 1
    assert graded(tmp_path, sheet, "def gap(a, b): return a - b")["exercises"][0]["checks"][0][
        "message"
    ] == "there is no function mean"  # fmt: skip


def test_the_time_of_an_exercise_is_shared_by_its_checks(tmp_path, sheet):
    short = {name: replace(each, limit=0.5) for name, each in sheet.exercises.items()}
    text = "def mean(x):\n    while True: pass\n"
    found = graded(tmp_path, replace(sheet, exercises=short, hidden=()), text)
    said = [each["message"] for each in found["exercises"][0]["checks"]]
    assert said == [
        "not finished after 0.5 s (an endless loop?)",
        "not run to its end: the time of this exercise (0.5 s) was spent by an earlier check",
    ]


def test_a_questions_own_words_are_no_answer(tmp_path, sheet, monkeypatch):
    question = "In 3 to 6 sentences: what did you find,\nand how sure is that?"
    monkeypatch.setattr(marking, "_asked", lambda lesson: {"why": question})
    for text, own in (
        (f"{question}\n\nI do not know.", "I do not know."),
        (f"{question} I do not know.", "I do not know."),
        ("I do not know.", "I do not know."),
        (question, ""),
    ):
        cells = [{"cell_type": "markdown", "source": f"### Explain: why\n{text}"}]
        found = graded(tmp_path, sheet, json.dumps({"cells": cells}), "s01.ipynb")
        (explained,) = found["explain"]
        assert (explained["text"], explained["words"]) == (own, len(own.split()))


def test_the_question_of_a_real_lesson_is_known(monkeypatch):
    assert marking._asked("priors")["why"].startswith("In 3 to 6 sentences:")
