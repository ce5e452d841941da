"""What both lessons share."""

from labs.course.plan import Lesson, Measure, Question


def make(name: str, questions: tuple[Question, ...], measures: tuple[Measure, ...]) -> Lesson:
    return Lesson(
        name=name,
        question="Who is ahead?",
        goals=("Compare.",),
        needs=("numbers",),
        questions=questions,
        measures=measures,
        leads={},
        figure="benchmark-models",
        pitfalls=(),
        oral=("Why?", "How?"),
        cut="Nothing.",
        explain={"why": "Why is it so?"},
        vary="The data.",
    )
