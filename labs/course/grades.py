"""What the grade reports of a class say of its wrong answers."""

from collections import Counter
from typing import Any

from labs.course import register
from labs.course.inbox import Inbox
from labs.course.plan import Exercise

SCHEMA = "mnist1d-labs/grade/1"


def seen(name: str, inbox: Inbox) -> dict[str, dict[str, int]]:
    """Return in how many grade reports the message of each wrong answer was seen.

    Args:
        name: of the lesson.
        inbox: with the reports among its papers; one that is damaged is refused there.

    Returns:
        exercise -> wrong answer -> count, the most frequent first; those never seen left out.
    """
    counts: dict[str, Counter[str]] = {}
    reports = [paper for paper in inbox.papers if paper.is_of(SCHEMA, name)]
    exercises = register.exercises(name) if reports else {}  # which may import torch
    for paper in reports:
        try:
            said = _messages(paper.content)
        except (KeyError, TypeError, AttributeError):
            inbox.refuse(paper.path, "a grade report must list exercises with checks, got others")
            continue
        for exercise in said.keys() & exercises.keys():
            found = _wrong(exercises[exercise], said[exercise])
            counts.setdefault(exercise, Counter()).update(found)
    return {each: dict(counts[each].most_common()) for each in exercises if counts.get(each)}


def _messages(report: dict[str, Any]) -> dict[str, str]:
    return {
        str(exercise["name"]): "\n".join(str(check["message"]) for check in exercise["checks"])
        for exercise in report["exercises"]
    }


def _wrong(exercise: Exercise, said: str) -> list[str]:
    return [name for name, (_, words) in exercise.wrong.items() if words in said]
