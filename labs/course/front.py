"""The course's front page: what stands in its tables is measured or comes from the plans."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from labs.course import clock, odds, register, source
from labs.course.plan import Lesson
from labs.kit import files
from labs.kit.report import with_part

PAGE = "README.md"
BY = "lesson build all --committed"
WEEKS = 10


def page(path: Path) -> str:
    """Return the front page with its tables renewed.

    Args:
        path: of the page that a person wrote.

    Raises:
        ValueError: it lacks the lines between which the tables stand.
    """
    lessons = [register.lesson(name) for name in register.names()]
    text = files.read(path).decode()
    for part, rows in (("weeks", _weeks(lessons)), ("odds", _odds(lessons))):
        text = with_part(text, part, "\n".join(rows), path, BY)
    return text


def _weeks(lessons: Sequence[Lesson]) -> Iterator[str]:
    yield "| week | lesson | question | minutes | run, s | all, s | you write | leads to |"
    yield "|---|---|---|---|---|---|---|---|"
    times, week = clock.stored(), 0
    for lesson in lessons:
        week = min(week + (not lesson.home), WEEKS)
        found = times.get(lesson.name)
        cells = (
            f"{week} at home" if lesson.home else f"{week}",
            f"[{lesson.name}](notebooks/{lesson.name}.ipynb)",
            lesson.question,
            f"{sum(lesson.phases.values())}",
            f"{found['run']:.0f}" if found else "-",
            f"{found['whole']:.0f}" if found else "-",
            ", ".join(f"`{name}`" for name in source.read(lesson.name).exercises),
            ", ".join(f"[{lab}](../../figures/{lab}.md)" for lab in lesson.leads),
        )
        yield f"| {' | '.join(cells)} |"


def _odds(lessons: Sequence[Lesson]) -> Iterator[str]:
    yield "| lesson | what should be seen | in one run | holds in a class of 12, 20, 30 |"
    yield "|---|---|---|---|"
    for lesson in lessons:
        for measure in lesson.measures:
            found = odds.of(lesson, measure)
            shown = f"{found.shown} of {found.runs}" if found else "-"
            chances = ", ".join(f"{each:.2f}" for each in found.chances) if found else "-"
            rule = f"{measure.sentence} ({odds.side(measure)})"
            yield f"| {lesson.name} | {rule} | {shown} | {chances} |"
