"""Every lesson's solution, graded as a submission: nothing that an exercise needs is left out."""

import pytest

from labs.course import build, register
from labs.course.marking import Handed, Marking, report


@pytest.mark.slow  # a process that imports torch
@pytest.mark.parametrize("name", register.names())
def test_the_solution_gets_all_points_and_the_stub_none(name, tmp_path):
    sheet = Marking(register.lesson(name), register.exercises(name), hidden=(1, 2))
    for variant in ("solution", "student"):
        path = tmp_path / f"{variant}.py"
        path.write_text(build.text(name, variant, "py"))
        found = report(Handed(variant, path), sheet)
        assert found["problems"] == []
        assert found["score"] == (found["max_score"] if variant == "solution" else 0), found
        assert [each["words"] > 0 for each in found["explain"]] == [
            variant == "solution" for _ in sheet.lesson.explain
        ]
