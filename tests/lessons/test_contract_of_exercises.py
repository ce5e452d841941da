"""The contract of every exercise of every lesson: its checks let right answers pass, and tell wrong
ones what is wrong, whatever the data.
"""

import ast
import doctest
import time
import warnings
from functools import cache

import pytest

from labs.course import register, source
from labs.course.checking import Outcome, outcomes
from labs.course.plan import Answer, Exercise
from tests.lessons import sources

SEEDS = range(20)
EXERCISES = [(lesson, name) for lesson in register.names() for name in sources.exercises(lesson)]
WRONG = [
    (lesson, name, mistake)
    for lesson, name in EXERCISES
    for mistake in register.exercises(lesson)[name].wrong
]

pytestmark = pytest.mark.filterwarnings("ignore:.*empty parameter set:pytest.PytestWarning")
of_every_exercise = pytest.mark.parametrize(
    ("lesson", "name"), EXERCISES, ids=map(".".join, EXERCISES)
)


@cache
def found(lesson: str, name: str, mistake: str) -> list[list[Outcome]]:
    """What the checks say of a wrong answer, seed by seed."""
    exercise = register.exercises(lesson)[name]
    answer, _ = exercise.wrong[mistake]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in class: a warning alone catches nobody
        return [list(outcomes(exercise, answer, seed)) for seed in SEEDS]


def passes(exercise: Exercise, answer: Answer) -> list[str]:
    """What is said of a right answer, if anything, at any seed."""
    return [
        f"seed {seed}: {each.name}: {each.message}"
        for seed in SEEDS
        for each in outcomes(exercise, answer, seed)
        if each.status != "passed"
    ]


@of_every_exercise
def test_the_solution_passes_in_a_fifth_of_the_time(lesson, name):
    exercise = register.exercises(lesson)[name]
    answer = sources.functions(lesson, "solution")[name]
    assert passes(exercise, answer) == []
    start = time.process_time()
    list(outcomes(exercise, answer, 0))
    assert time.process_time() - start < exercise.limit / 5


@of_every_exercise
def test_the_solution_uses_what_it_may(lesson, name):
    exercise = register.exercises(lesson)[name]
    solution = sources.handed_in(lesson, "solution")
    assert solution.refused(name, exercise.without) is None
    assert solution.problems == ()
    assert sources.handed_in(lesson, "student").problems == ()


@of_every_exercise
def test_other_right_answers_pass(lesson, name):
    exercise = register.exercises(lesson)[name]
    assert {way: passes(exercise, answer) for way, answer in exercise.right.items()} == {
        way: [] for way in exercise.right
    }


@of_every_exercise
def test_the_stub_fails_every_check_as_missing(lesson, name):
    exercise = register.exercises(lesson)[name]
    said = list(outcomes(exercise, sources.functions(lesson, "student")[name], 0))
    assert {each.status for each in said} == {"missing"}
    assert {each.message for each in said} == {f"{name} is not written yet"}


@pytest.mark.parametrize(("lesson", "name", "mistake"), WRONG, ids=map(".".join, WRONG))
def test_a_wrong_answer_is_told_what_is_wrong(lesson, name, mistake):
    _, words = register.exercises(lesson)[name].wrong[mistake]
    for seed, said in zip(SEEDS, found(lesson, name, mistake), strict=True):
        messages = [each.message for each in said if each.status in ("failed", "error")]
        assert any(words in message for message in messages), f"seed {seed}: {messages}"


@of_every_exercise
def test_every_check_catches_a_mistake_at_all_seeds(lesson, name):
    exercise = register.exercises(lesson)[name]
    said = [found(lesson, name, mistake) for mistake in exercise.wrong]
    idle = [
        check.name
        for place, check in enumerate(exercise.checks)
        if not any(all(at[place].status != "passed" for at in seeds) for seeds in said)
    ]
    assert idle == []


@of_every_exercise
def test_messages_are_short_and_names_of_checks_differ(lesson, name):
    exercise = register.exercises(lesson)[name]
    said = [each for mistake in exercise.wrong for each in found(lesson, name, mistake)[0]]
    assert [each.message for each in said if len(each.message) > 400] == []
    assert len({check.name for check in exercise.checks}) == len(exercise.checks)


@of_every_exercise
def test_source_and_plan_agree(lesson, name):
    exercise = register.exercises(lesson)[name]
    written = sources.definition(lesson, name)
    planned = ast.parse(f"def {name}{exercise.signature}: ...").body[0]
    assert isinstance(planned, ast.FunctionDef)
    assert ast.unparse(written.args) == ast.unparse(planned.args)
    assert (written.returns is None) == (planned.returns is None)
    if written.returns and planned.returns:
        assert ast.unparse(written.returns) == ast.unparse(planned.returns)


@of_every_exercise
def test_the_docstring_has_a_worked_number_that_is_true(lesson, name):
    answer = sources.functions(lesson, "solution")[name]
    assert any(character.isdigit() for character in answer.__doc__ or "")
    tests = doctest.DocTestFinder(recurse=False).find(
        answer, name, module=False, globs=dict(sources.functions(lesson, "solution"))
    )
    for test in tests:
        assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


@pytest.mark.parametrize("lesson", register.names())
def test_exercises_stand_in_the_order_of_their_checks(lesson):
    assert sources.exercises(lesson) == list(register.exercises(lesson))
    source.agree(source.read(lesson), register.lesson(lesson), register.exercises(lesson))
    assert 3 <= len(sources.exercises(lesson)) <= 6
    minutes = sum(exercise.minutes for exercise in register.exercises(lesson).values())
    assert minutes <= register.lesson(lesson).phases["Build"]
