"""The instructor's page of a lesson, written from its plan, its checks and the references."""

from collections.abc import Iterable, Iterator

from labs.course import clock, odds, register
from labs.course.plan import Exercise, Lesson, Measure, Question
from labs.course.truths import truth

MARKS = "Predict 2 for sealing in time, Build 8, Explain 6, Vary 4: 20 in all."
RUBRIC = (
    "Explain, 6: what was found, with a number and its uncertainty 2; a cause that fits 2; what "
    "would contradict it 1; the limits of one's own run 1.",
    "Vary, 4: one knob 1; predicted before 1; the figure can be read 1; the conclusion stays "
    "within the data 1.",
)


def page(lesson: Lesson) -> str:
    """Return a lesson's page in Markdown.

    Args:
        lesson: whose checks are looked up by its name.

    Raises:
        ValueError: a question's reference does not exist.
        ImportError: its checks need a library that is not installed.
    """
    exercises = list(register.exercises(lesson.name).values())
    sections: dict[str, Iterable[str]] = {
        "After it students can": lesson.goals,
        "They need": lesson.needs,
        "Clock": _clock(lesson, exercises),
        "Exercises, and wrong answers to expect": map(_exercise, exercises),
        "Predictions": (_question(lesson, each) for each in lesson.questions),
        "What the class measures": map(_measure, lesson.measures),
        "Odds that it shows": odds.lines(lesson),
        "Seconds of one core, measured": _seconds(lesson),
        "Pitfalls": (f"**{p.symptom}** {p.cause} *Say:* {p.say}" for p in lesson.pitfalls),
        "Marks": (MARKS, *(f"{name}: {asked}" for name, asked in lesson.explain.items()), *RUBRIC),
        "To ask at the table": lesson.oral,
        "When time runs out": (lesson.cut,),
        "When a laptop fails": (f"Work in pairs; `figures/{lesson.figure}.svg` shows the run.",),
        "Leads to": (f"{lab}: {', '.join(claims)}" for lab, claims in lesson.leads.items()),
    }
    parts = (f"\n## {title}\n\n{_items(items)}" for title, items in sections.items())
    return f"# {lesson.name}: {lesson.question}\n" + "".join(parts)


def _clock(lesson: Lesson, exercises: Iterable[Exercise]) -> Iterator[str]:
    now = 0
    for phase, minutes in lesson.phases.items():
        inside = ", ".join(f"{each.name} {each.minutes}" for each in exercises)
        yield f"{_time(now)} {phase}" + (f": {inside}" if phase == "Build" else "")
        now += minutes
    yield f"{_time(now)} end"


def _time(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _exercise(exercise: Exercise) -> str:
    wrong = ", ".join(exercise.wrong)
    points = f"{exercise.points} point{'s' if exercise.points > 1 else ''}"
    return f"`{exercise.name}{exercise.signature}`, {points}: {wrong}"


def _question(lesson: Lesson, question: Question) -> str:
    found = truth(lesson, question)
    answer = found.told(question.unit) if found else "what the class will measure"
    return f"{question.text} **{answer}.** {question.why}"


def _measure(measure: Measure) -> str:
    rule = f"`{measure.name}` {odds.side(measure)}"
    return f"{rule}: {measure.sentence} Why there: {measure.because}"


def _seconds(lesson: Lesson) -> Iterator[str]:
    times = clock.stored().get(lesson.name)
    yield f"run {times['run']:.0f}, all cells {times['whole']:.0f}" if times else "not measured"


def _items(items: Iterable[str]) -> str:
    return "".join(f"- {item}\n" for item in items)
