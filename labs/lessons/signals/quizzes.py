"""Answers to the page's quiz: a student's own, and those of the person who has read 400."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labs.course import documents
from labs.data import quiz
from labs.data.quiz import check_export
from labs.kit import references

FILES = "quiz*.json"  # as browsers name what the page saves
MODELS = {"logistic": "logistic regression", "mlp": "MLP", "gru": "GRU", "cnn": "CNN"}
HASTY = 0.4  # median seconds for a signal below which nobody has read


@dataclass(frozen=True, eq=False)
class Reading:
    """Signals that somebody has read, in the order of reading.

    Attributes:
        labels: (n,) what they were.
        answers: (n,) what was answered.
        seconds: (n,) for each answer; NaN where nobody took the time.
        own: whether the student was it.
    """

    labels: np.ndarray
    answers: np.ndarray
    seconds: np.ndarray
    own: bool

    @property
    def right(self) -> np.ndarray:
        """(n,) whether each answer was right."""
        return self.labels == self.answers

    @property
    def counts(self) -> bool:
        """Whether it is a student's own, and slow enough to have been reading."""
        return self.own and bool(np.median(self.seconds) >= HASTY)


def readings(folder: Path = Path()) -> dict[str, Reading]:
    """Return the quizzes that were saved in a folder, by kind; of a kind the first one.

    Args:
        folder: with the files of the page's button "Save", ``quiz.json``, ``quiz (1).json``, ...

    Raises:
        ValueError: a file of such a name that is no quiz.
    """
    found: dict[str, Reading] = {}
    for path in sorted(folder.glob(FILES), key=lambda path: (path.stat().st_mtime, path.name)):
        export = _export(path)
        found.setdefault(export["kind"], _reading(export))
    return found


def person() -> Reading:
    """Return the answers of an author of the data set to 400 published signals.

    >>> reading = person()
    >>> int(reading.right.sum()), len(reading.labels), reading.counts
    (383, 400, False)
    """
    answers = np.array(list(map(int, quiz.GUESSES)))
    return Reading(quiz.signals("plain").y, answers, np.full(len(answers), np.nan), False)


def ladder() -> dict[str, float]:
    """Return who reads how many of 100 published signals: the models of the benchmark's reference,
    and the person.

    >>> list(ladder())
    ['logistic regression', 'MLP', 'GRU', 'CNN', 'a person']
    """
    found = references.reference("benchmark") or {"claims": []}
    levels = {claim["id"]: claim["estimate"] for claim in found["claims"]}
    models = {name: round(levels[f"C2-{key}"], 1) for key, name in MODELS.items()}
    return models | {"a person": 100 * float(person().right.mean())}


def _export(path: Path) -> dict[str, Any]:
    try:
        return check_export(documents.load(path)[0])
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _reading(export: Mapping[str, Any]) -> Reading:
    digits = dict(zip(quiz.INDICES, quiz.signals("plain").y.tolist(), strict=True))
    labels = np.array([digits[item] for item in export["items"]])
    return Reading(labels, np.array(export["answers"]), np.array(export["seconds"]), True)
