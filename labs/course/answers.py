"""Predictions as they are given: checked against the lesson's questions before they are sealed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labs.course.plan import Lesson, Question
from labs.kit.checks import finite, known

PICK = 0.7  # probability of an option that is named alone; the others share the rest

Interval = list[float]  # two ends
Choice = str | dict[str, float]  # one option, or a probability for each that is not impossible
Order = list[str]  # all options, the largest first


def checked(lesson: Lesson, answers: Any) -> dict[str, Interval | Choice | Order]:
    """Return the answers to all questions of a lesson as plain values.

    Args:
        lesson: whose questions they answer.
        answers: question id -> of an interval two numbers, the lower first; of a choice one option
            or ``{option: probability}``; of an order all options, the largest first.

    Raises:
        ValueError: an unknown question, one without an answer, or an answer that does not fit; the
            message names the question.
    """
    if not isinstance(answers, Mapping):
        raise ValueError(f"answers must be {{question: answer}}, got {answers!r}")
    questions = {question.id: question for question in lesson.questions}
    for name in answers:
        known("question", name, questions)
    missing = [name for name in questions if name not in answers]
    if missing:
        raise ValueError(
            f"answers must be given to {', '.join(questions)}, got none to {', '.join(missing)}"
        )
    kinds = {"interval": _interval, "choice": _choice, "order": _order}
    return {name: kinds[each.kind](each, answers[name]) for name, each in questions.items()}


def probabilities(question: Question, answer: Choice) -> dict[str, float]:
    """Return the probability of every option of a choice.

    >>> q = Question(id="b", kind="choice", text="?", why="", truth="x", options=("x", "y", "z"))
    >>> probabilities(q, "y"), probabilities(q, {"x": 0.75, "y": 0.25})
    ({'x': 0.15, 'y': 0.7, 'z': 0.15}, {'x': 0.75, 'y': 0.25, 'z': 0.0})
    """
    if isinstance(answer, str):
        rest = (1 - PICK) / (len(question.options) - 1)
        return {each: PICK if each == answer else round(rest, 12) for each in question.options}
    return {each: answer.get(each, 0.0) for each in question.options}


def _interval(question: Question, answer: Any) -> Interval:
    name, (least, most) = question.id, question.range or (0.0, 0.0)
    ends = _items(answer)
    if len(ends) != 2:
        raise ValueError(f"{name} must be two numbers, the ends of an interval, got {answer!r}")
    low, high = (finite(f"{name}: each end", end) for end in ends)
    if not low < high:
        raise ValueError(f"{name} must have its lower end first, got {low:g} and {high:g}")
    if not least <= low < high <= most:
        raise ValueError(
            f"{name} must lie between {least:g} and {most:g} {question.unit}".rstrip()
            + f", got {low:g} and {high:g}"
        )
    return [low, high]


def _choice(question: Question, answer: Any) -> Choice:
    if not isinstance(answer, Mapping):
        return known(question.id, answer, question.options)
    given = {
        known(question.id, option, question.options): finite(f"{question.id}: {option}", chance)
        for option, chance in answer.items()
    }
    if not all(0 <= chance <= 1 for chance in given.values()):
        raise ValueError(f"{question.id} must hold probabilities from 0 to 1, got {given}")
    if abs(sum(given.values()) - 1) > 1e-6:
        total = sum(given.values())
        raise ValueError(f"{question.id} must have probabilities that sum to 1, got {total:g}")
    return given


def _order(question: Question, answer: Any) -> Order:
    given = list(map(str, _items(answer)))
    if sorted(given) != sorted(question.options):
        options = ", ".join(question.options)
        raise ValueError(f"{question.id} must be {options} in some order, got {answer!r}")
    return given


def _items(answer: Any) -> Sequence[Any]:
    listed = answer.tolist() if isinstance(answer, np.ndarray) else answer
    return listed if isinstance(listed, list | tuple) else ()
