"""What the grade reports of a class say of its wrong answers."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from labs.course import register
from labs.course.inbox import Inbox
from labs.course.plan import Exercise

SCHEMA = "mnist1d-labs/grade/1"


def seen(name: str, inboxes: Iterable[Inbox]) -> dict[str, dict[str, int]]:
    """Return of how many students the message of each wrong answer was seen.

    Args:
        name: of the lesson.
        inboxes: with the reports among their papers; one that is damaged is refused there.

    Returns:
        exercise -> wrong answer -> count, the most frequent first; those never seen left out.
    """
    said: dict[str, dict[str, str]] = {}
    for inbox in inboxes:
        for paper in inbox.papers:
            if paper.is_of(SCHEMA, name):
                try:
                    said[str(paper.content["student"])] = _messages(paper.content)
                except (KeyError, TypeError):
                    inbox.refuse(paper.path, "a grade report must hold exercises with checks")
    exercises = register.exercises(name) if said else {}  # which may import torch
    counts = {each: _counted(exercises[each], said.values()) for each in exercises}
    return {each: found for each, found in counts.items() if found}


def _messages(report: dict[str, Any]) -> dict[str, str]:
    return {
        str(exercise["name"]): "\n".join(str(check["message"]) for check in exercise["checks"])
        for exercise in report["exercises"]
    }


def _counted(exercise: Exercise, reports: Iterable[dict[str, str]]) -> dict[str, int]:
    texts = [report.get(exercise.name, "") for report in reports]
    words = {name: words for name, (_, words) in exercise.wrong.items()}
    found = Counter({name: sum(words[name] in text for text in texts) for name in words})
    return {name: count for name, count in found.most_common() if count}
