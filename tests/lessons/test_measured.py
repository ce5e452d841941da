"""Stored times and odds are of the lessons as they are."""

import ast
import re

import pytest

from labs.course import build, clock, odds, register, timing
from labs.lessons import LESSONS

WHOLE = 180  # seconds of all cells of a solution
FEWEST = 12  # runs
STEPS = re.compile(r"^start\(.*steps=(\{.*?\})", re.MULTILINE)


@pytest.mark.parametrize("name", LESSONS)
def test_times_are_of_this_version_and_within_the_limits(name):
    times = clock.stored()[name]
    assert times["version"] == register.lesson(name).version
    assert 0 < times["run"] <= timing.MOST
    assert times["run"] <= times["whole"] <= WHOLE


@pytest.mark.parametrize("name", LESSONS)
def test_odds_are_of_this_version_these_steps_and_these_measures(name):
    lesson, found = register.lesson(name), odds.stored()[name]
    assert found["version"] == lesson.version
    begun = STEPS.search(build.text(name, "solution", "py"))
    assert found["steps"] == (ast.literal_eval(begun[1]) if begun else {})
    assert found["replicates"] >= FEWEST
    assert found["values"].keys() == {measure.name for measure in lesson.measures}
    counts = {each.name: len(found["values"][each.name]) for each in lesson.measures}
    expected = {m.name: 0 if m.optional else found["replicates"] for m in lesson.measures}
    assert counts == expected
