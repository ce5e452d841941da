"""What a lesson is: frozen records, written as data in `labs/lessons/<name>/plan.py` and
`checks.py`, and read once by everything that builds, checks, grades and tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from labs.kit.checks import check_sizes, known

Answer = Callable[..., Any]  # a student's function
PHASES = {"Predict": 10, "Build": 35, "Run": 10, "Look": 15, "Explain": 10, "Vary": 10}  # minutes


class MismatchError(Exception):
    """What a check says of a wrong answer: what was asked, what came, by how much, and a hint."""


def expect(condition: Any, message: str) -> None:
    """Raise `MismatchError` with a message unless the condition is true.

    >>> expect(2 > 1, "two is more")
    """
    if not bool(condition):
        raise MismatchError(message)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that is asked of a student's function.

    Args:
        name: what is asked, such as ``"one permutation for all signals"``.
        run: (the student's function, seed) -> None; raises `MismatchError` where it is wrong. Its
            data come from the seed; its oracle is independent of the solution.
        points: what it is worth.
    """

    name: str
    run: Callable[[Answer, int], None]
    points: int = 1

    def __post_init__(self) -> None:
        check_sizes(points=self.points)


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One function that students write.

    Args:
        name: of the function.
        signature: as it stands in the source, ``"(x: np.ndarray, k: int) -> np.ndarray"``.
        minutes: that it takes.
        checks: run in this order, all of them.
        right: other right ways, by name; the solution itself stands in the lesson's source.
        wrong: plausible wrong answers, by name: the function, and words of the message that it
            must get.
        without: modules or dotted names that the answer must not use.
        limit: seconds for all its checks.
    """

    name: str
    signature: str
    minutes: int
    checks: tuple[Check, ...]
    right: Mapping[str, Answer] = field(default_factory=dict)
    wrong: Mapping[str, tuple[Answer, str]]
    without: tuple[str, ...] = ("labs",)
    limit: float = 5.0

    def __post_init__(self) -> None:
        check_sizes(minutes=self.minutes, checks=len(self.checks), wrong=len(self.wrong))
        if not self.limit > 0:
            raise ValueError(f"limit must be above 0, got {self.limit!r}")

    @property
    def points(self) -> int:
        """The points of all its checks."""
        return sum(check.points for check in self.checks)


@dataclass(frozen=True)
class Reference:
    """A number of a lab's committed reference: the estimate of one of its claims.

    Args:
        lab: its name.
        claim: id of the claim.
    """

    lab: str
    claim: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A prediction that is sealed before the run and scored after it.

    Args:
        id: short name, unique in the lesson.
        kind: ``"interval"``, an 80 % interval; ``"choice"``, one of `options` or a probability for
            each; ``"order"``, the `options` in order, the largest first.
        text: the question.
        why: one sentence, shown after the reveal.
        truth: a number; a claim of a reference, whose estimate it is; the name of a measure of the
            lesson, whose mean over the class it is; of a choice the right option, of an order all
            options in order.
        unit: of the number.
        range: an interval's lowest and highest sensible end; the whole range scores 0.
        options: of a choice or an order, in another order than the true one.
    """

    id: str
    kind: Literal["interval", "choice", "order"]
    text: str
    why: str
    truth: float | str | Reference | tuple[str, ...]
    unit: str = ""
    range: tuple[float, float] | None = None
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known("kind", self.kind, ("interval", "choice", "order"))
        if self.kind == "interval":
            if self.range is None or not self.range[0] < self.range[1]:
                raise ValueError(f"question {self.id!r}: range must ascend, got {self.range!r}")
            return
        right = (self.truth,) if self.kind == "choice" else self.truth
        if len(self.options) < 2 or len(set(self.options)) < len(self.options):
            raise ValueError(f"question {self.id!r}: options must differ, got {self.options!r}")
        if not isinstance(right, tuple) or not set(right) <= set(self.options):
            raise ValueError(
                f"question {self.id!r}: truth must be among its options, got {self.truth!r}"
            )
        if self.kind == "order" and len(right) != len(self.options):
            raise ValueError(f"question {self.id!r}: truth must order all options, got {right!r}")
        if self.kind == "order" and right == self.options:
            raise ValueError(f"question {self.id!r}: options must not stand in the true order")


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number of a student's own run that the class pools and judges.

    Args:
        name: keyword of `contribute`.
        sentence: what the class claims of it.
        unit: of the number.
        above, below: the rule, exactly one of the two, fixed before the run.
        because: why the threshold is where it is.
        range: lowest and highest possible value.
        reference: the claim of a lab that measures the same at full length, where there is one.
        optional: a contribution may leave it out, where not everybody can have it.
    """

    name: str
    sentence: str
    unit: str
    because: str
    range: tuple[float, float]
    above: float | None = None
    below: float | None = None
    reference: Reference | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        if (self.above is None) == (self.below is None):
            raise ValueError(f"measure {self.name!r}: above or below must be given, one of the two")
        if not self.name.isidentifier():
            raise ValueError(f"measure {self.name!r}: name must be a keyword, got {self.name!r}")
        if not self.range[0] < self.range[1]:
            raise ValueError(f"measure {self.name!r}: range must ascend, got {self.range!r}")

    def shows(self, value: float) -> bool:
        """Whether one run's value lies on the claimed side."""
        return value > self.above if self.above is not None else value < (self.below or 0.0)


@dataclass(frozen=True)
class Pitfall:
    """Where students get stuck: what is seen, why, and what to say."""

    symptom: str
    cause: str
    say: str


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One week: a question, and all that students and instructors need for it.

    Args:
        name: of its folder in `labs/lessons`.
        version: raised when answers, checks or measures change their meaning.
        question: the one question that it is about.
        goals: what students can do after it.
        needs: what they need to know before it.
        questions: 3 to 5 predictions.
        measures: 1 to 5 numbers that the class pools.
        leads: lab -> ids of the claims that the lesson leads to.
        figure: the committed figure that stands in for a failed laptop, as ``"benchmark-models"``.
        pitfalls, oral, cut: for the instructor: where students get stuck, two questions to ask at
            the table, and what to leave out when time runs out.
        explain: name -> what is asked under the heading ``### Explain: name``.
        vary: the one knob to turn.
        phases: minutes of each phase.
        home: to be done at home.
    """

    name: str
    question: str
    goals: tuple[str, ...]
    needs: tuple[str, ...]
    questions: tuple[Question, ...]
    measures: tuple[Measure, ...]
    leads: Mapping[str, tuple[str, ...]]
    figure: str
    pitfalls: tuple[Pitfall, ...]
    oral: tuple[str, str]
    cut: str
    explain: Mapping[str, str]
    vary: str
    phases: Mapping[str, int] = field(default_factory=lambda: MappingProxyType(PHASES))
    version: int = 1
    home: bool = False
