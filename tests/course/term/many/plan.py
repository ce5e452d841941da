"""A plan of many intervals."""

from labs.course.plan import Question
from tests.course.term.lesson import make

LESSON = make(
    "many",
    tuple(
        Question(
            id=f"q{i}",
            kind="interval",
            text="How large?",
            why="So.",
            truth=float(i),
            range=(-100.0, 100.0),
        )
        for i in range(13)
    ),
    (),
)
