"""What turned out: the truth of a question, by the committed references and by the class."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.course import documents
from labs.course.plan import Lesson, Question, Reference
from labs.kit import references
from labs.kit.checks import known
from labs.kit.rounding import ends, number, rounded

CLASS_FILE = "class.json"
CLASS_SCHEMA = "mnist1d-labs/class/1"


@dataclass(frozen=True)
class Truth:
    """What is true of a question: a number with its 95 % interval, an option, or an order.

    `source` says where it comes from, empty where the question itself says it.
    """

    value: float | str | tuple[str, ...]
    low: float | None = None
    high: float | None = None
    source: str = ""

    def told(self, unit: str = "") -> str:
        """Return it in words.

        >>> Truth(29.2467, 28.1, 30.4, "the class, n = 20").told("points")
        '29.2 [28.1, 30.4] points (the class, n = 20)'
        """
        if not isinstance(self.value, int | float):
            return self.value if isinstance(self.value, str) else ", ".join(self.value)
        value = rounded(self.value, self.low, self.high)
        interval = "" if self.low is None else f" {ends(self.low, self.high)}"
        source = f" ({self.source})" if self.source else ""
        return f"{value}{interval} {unit}".rstrip() + source


def truth(
    lesson: Lesson, question: Question, measured: Mapping[str, Any] | None = None
) -> Truth | None:
    """Return the truth of a question, None before the class has measured it.

    Args:
        lesson: with the question.
        question: whose truth is asked for.
        measured: the class's measures by name, as `class_measures` returns them.

    Raises:
        ValueError: a reference, a claim or a measure that does not exist.
    """
    if isinstance(question.truth, Reference):
        return referred(question.truth)
    if question.kind != "interval" or not isinstance(question.truth, str):
        return Truth(question.truth)
    names = [measure.name for measure in lesson.measures]
    found = (measured or {}).get(known("truth", question.truth, names))
    if found is None or found["estimate"] is None:
        return None
    source = f"the class, n = {found['n']}"
    return Truth(found["estimate"], found["low_95"], found["high_95"], source)


def referred(reference: Reference) -> Truth:
    """Return the estimate of a claim in a committed reference, with its plain 95 % interval, or its
    verdict's where the reference is older than the plain one.

    Raises:
        ValueError: no such reference, no such claim in it, or one without an estimate.
    """
    found = claim(reference)
    if found["estimate"] is None:
        raise ValueError(f"claim of {reference.lab} must have an estimate, got {reference.claim}")
    source = f"{reference.lab} {reference.claim}, n = {found['n']}"
    low, high = (found.get(f"{end}_95", found[end]) for end in ("low", "high"))
    return Truth(found["estimate"], low, high, source)


def claim(reference: Reference) -> dict[str, Any]:
    """Return what a committed reference holds of a claim.

    Raises:
        ValueError: no such reference, or no such claim in it.
    """
    found = references.reference(reference.lab)
    claims = {each["id"]: each for each in found["claims"]} if found else {}
    stored: dict[str, Any] = claims[known(f"claim of {reference.lab}", reference.claim, claims)]
    return stored


def class_measures(path: Path, name: str) -> dict[str, Any]:
    """Return the measures of a lesson in a class's file; none where there is no such file, or
    where it is another lesson's.

    Raises:
        ValueError: the file is no class's file.
    """
    if not path.exists():
        return {}
    found, _ = documents.load(path)
    if found.get("schema") != CLASS_SCHEMA:
        raise ValueError(f"{path.name} must be a class's file, got {found.get('schema')!r}")
    return {each["id"]: each for each in found["measures"]} if found["lesson"] == name else {}


def told(question: Question, answer: Any) -> str:
    """Return an answer in words.

    >>> q = Question(id="b", kind="choice", text="?", why="", truth="x", options=("x", "y"))
    >>> told(q, {"x": 0.75, "y": 0.25}), told(q, "y")
    ('x 75 %, y 25 %', 'y')
    """
    if question.kind == "interval":
        return f"{number(answer[0])} to {number(answer[1])} {question.unit}".rstrip()
    if isinstance(answer, Mapping):
        return ", ".join(f"{option} {100 * chance:.3g} %" for option, chance in answer.items())
    return answer if isinstance(answer, str) else ", ".join(answer)
