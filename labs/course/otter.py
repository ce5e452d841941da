"""An exercise as a test file of otter-grader, in its exception style: one test case per check."""

from labs.course.plan import Exercise

HEAD = """\
from labs.course.checking import check_one
from otter.test_files import test_case

OK_FORMAT = False

name = {name!r}
points = None
"""
CASE = """

@test_case(name={check!r}, points={points})
def test_{number}({name}):
    check_one({path!r}, {check!r}, {name})
"""


def tests(lesson: str, exercise: Exercise) -> str:
    """Return the text of ``tests/EXERCISE.py``.

    The hidden seeds come from the course's key in the environment of the grader.

    Args:
        lesson: its name.
        exercise: whose checks become test cases, each with its points.
    """
    name, path = exercise.name, f"{lesson}.{exercise.name}"
    cases = (
        CASE.format(check=check.name, points=check.points, number=number, name=name, path=path)
        for number, check in enumerate(exercise.checks, 1)
    )
    return "".join([HEAD.format(name=name), *cases])
