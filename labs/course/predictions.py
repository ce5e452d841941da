"""Sealed predictions: written before the run, closed by a code, scored after it.

`seal` writes ``predictions/LESSON.json``; its code is the beginning of the file's sha256, so that
whoever has the code sees whether the file is still the same: ``sha256sum predictions/LESSON.json``.
A later seal stands beside the first, as ``LESSON-2.json``; the first counts.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from textwrap import fill
from typing import Any

from labs.course import documents, register, session, truths
from labs.course.answers import checked
from labs.course.plan import Lesson, Question
from labs.course.scoring import score
from labs.course.truths import Truth
from labs.kit import files

FOLDER = Path("predictions")
SCHEMA = "mnist1d-labs/prediction/1"
PARTS = ("schema", "lesson", "version", "replicate", "answers", "salt")
SALT = 16  # random bytes, so that no code can be guessed from likely answers
WIDTH = 88  # of what is printed


@dataclass(frozen=True)
class Prediction:
    """What a seal holds: the lesson, the answers, and the code that closes it."""

    lesson: str
    answers: Mapping[str, Any]
    code: str


@dataclass(frozen=True)
class Scored:
    """An answer beside the truth, both None before the class has gathered."""

    question: Question
    answer: Any
    truth: Truth | None
    score: float | None


def seal(name: str, answers: Mapping[str, Any]) -> None:
    """Write down what you predict, before the run, and print the code that closes it.

    Args:
        name: of the started lesson.
        answers: question id -> your answer: two numbers, the ends of an 80 % interval; an option
            or ``{option: probability}``; or all options, the largest first.

    Raises:
        ValueError: another lesson, or an answer that does not fit its question; nothing is
            written then.

    While an answer is still ``...`` this says so, and seals nothing.
    """
    begun = session.started(name)
    if not isinstance(answers, Mapping):
        raise ValueError(f"answers must be {{question: answer}}, got {answers!r}")
    if waiting := [key for key in answers if answers[key] is ...]:
        print(f"not sealed yet: put your own in place of the ... of {', '.join(waiting)}")
        return
    given = checked(begun.lesson, answers)
    first = path(name)
    earlier = read(first) if first.exists() else None
    if earlier is not None and earlier.answers == given:
        print(f"sealed already, with the code {earlier.code}")
        return
    code = _write(_free(first), begun, given)
    print(f"sealed: your code is {code}")
    if earlier is not None:
        print(f"the first seal counts: {earlier.code}")


def require_seal(name: str) -> None:
    """Refuse to run before the prediction is sealed.

    Raises:
        ValueError: it is not, or its file has been damaged.
    """
    register.lesson(name)
    if not path(name).exists():
        raise ValueError(f"seal your prediction first: run the cell with seal({name!r}, ...)")
    read(path(name))


def reveal(name: str) -> None:
    """Print each question with your answer, the truth, your score and why it is so.

    Raises:
        ValueError: nothing is sealed, or a file has been damaged.
    """
    require_seal(name)
    lesson = register.lesson(name)
    sealed = read(path(name))
    measured = truths.class_measures(Path(truths.CLASS_FILE), name)
    found = scored(lesson, sealed.answers, measured)
    for number, each in enumerate(found, 1):
        print("\n".join(_told(number, each)))
    print(_summary(found))
    print(f"code {sealed.code}")


def path(name: str, folder: Path = Path()) -> Path:
    """Return where the first seal of a lesson lies in a student's folder."""
    return folder / FOLDER / f"{name}.json"


def read(path: Path) -> Prediction:
    """Return what the file of a seal holds; errors as `parsed`.

    Raises:
        OSError: it is not there or cannot be read.
    """
    found, raw = documents.load(path)
    return parsed(found, documents.code(raw))


def parsed(found: Mapping[str, Any], code: str) -> Prediction:
    """Return a sealed prediction, every part of it checked.

    Args:
        found: what its file holds.
        code: of the file.

    Raises:
        ValueError: it is no seal of a lesson, or its answers do not fit the questions.
    """
    if found.get("schema") != SCHEMA or set(found) != set(PARTS):
        raise ValueError(
            f"a sealed prediction must have {', '.join(PARTS)}, got {', '.join(found)}"
        )
    if not isinstance(found["lesson"], str):
        raise ValueError(f"lesson must be a name, got {found['lesson']!r}")
    answers = checked(register.lesson(found["lesson"]), found["answers"])
    return Prediction(found["lesson"], answers, code)


def scored(
    lesson: Lesson, answers: Mapping[str, Any], measured: Mapping[str, Any] | None = None
) -> list[Scored]:
    """Return every answer of a sealed prediction with its truth and its score.

    Args:
        lesson: whose questions they answer.
        answers: of a `Prediction`.
        measured: the class's measures by name, where it has gathered.
    """
    return [_scored(lesson, each, answers[each.id], measured) for each in lesson.questions]


def total(found: list[Scored]) -> float | None:
    """Return the mean score of those that have one, None where none has."""
    scores = [each.score for each in found if each.score is not None]
    return sum(scores) / len(scores) if scores else None


def _scored(
    lesson: Lesson, question: Question, answer: Any, measured: Mapping[str, Any] | None
) -> Scored:
    truth = truths.truth(lesson, question, measured)
    got = None if truth is None else score(question, answer, truth.value)
    return Scored(question, answer, truth, got)


def _write(path: Path, begun: session.Session, answers: Mapping[str, Any]) -> str:
    content = documents.canonical(
        {
            "schema": SCHEMA,
            "lesson": begun.lesson.name,
            "version": begun.lesson.version,
            "replicate": begun.replicate,
            "answers": answers,
            "salt": secrets.token_hex(SALT),
        }
    )
    files.write(path, content)
    path.chmod(0o444)
    return documents.code(content)


def _free(first: Path) -> Path:
    later = (first.with_stem(f"{first.stem}-{number}") for number in count(2))
    return first if not first.exists() else next(each for each in later if not each.exists())


def _told(number: int, each: Scored) -> list[str]:
    unit = each.question.unit
    result = (
        "after the class has gathered"
        if each.truth is None
        else f"{each.truth.told(unit)}; score {each.score:.2f}"
    )
    return [
        fill(f"{number}. {each.question.text}", WIDTH, subsequent_indent="   "),
        f"   you:   {truths.told(each.question, each.answer)}",
        f"   truth: {result}",
        *([] if each.truth is None else [_indented(each.question.why)]),
        "",
    ]


def _indented(text: str) -> str:
    return fill(text, WIDTH, initial_indent="   ", subsequent_indent="   ")


def _summary(found: list[Scored]) -> str:
    mean, waiting = total(found), sum(each.truth is None for each in found)
    later = f"; {waiting} more after the class has gathered" if waiting else ""
    if mean is None:
        return "no score before the class has gathered"
    return f"score {mean:.2f}, where 1 is perfect and 0 is what no opinion gets{later}"
