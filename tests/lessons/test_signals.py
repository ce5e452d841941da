"""The lesson `signals`: which quiz counts, and whose answers stand in for a missing one."""

import json
import os

import numpy as np
import pytest

from labs.course import classroom, contributions
from labs.data import quiz
from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.lessons.signals import quizzes
from labs.lessons.signals.plan import LESSON

MACHINES = {"shift_over_smooth": 4.0, "one_step_cost": 66.0, "one_over_ten": 5.0}


def export(kind="plain", count=40, seconds=2.0, mistakes=0, **changes):
    answers = [int(digit) for digit in quiz.signals("plain").y[:count]]
    answers[:mistakes] = [(digit + 1) % 10 for digit in answers[:mistakes]]
    return {
        "format": "mnist1d-labs quiz",
        "version": 1,
        "kind": kind,
        "seed": 3,
        "items": list(quiz.INDICES[:count]),
        "answers": answers,
        "seconds": [seconds] * count,
    } | changes


def saved(folder, name, content, time=0):
    path = folder / name
    path.write_text(json.dumps(content))
    os.utime(path, (time, time))


def test_without_a_quiz_there_is_none(tmp_path):
    assert quizzes.readings(tmp_path) == {}


def test_a_quiz_is_read(tmp_path):
    saved(tmp_path, "quiz.json", export(mistakes=3))
    reading = quizzes.readings(tmp_path)["plain"]
    assert reading.right.tolist() == [False] * 3 + [True] * 37
    assert reading.own
    assert reading.counts


def test_items_are_places_in_the_published_test_set(tmp_path):
    items = list(quiz.INDICES[130:170])
    saved(tmp_path, "quiz.json", export(items=items))
    labels = quiz.signals("plain").y[130:170]
    assert quizzes.readings(tmp_path)["plain"].labels.tolist() == labels.tolist()


def test_of_a_kind_the_first_counts_whatever_the_names(tmp_path):
    saved(tmp_path, "quiz.json", export(mistakes=1), time=1)
    saved(tmp_path, "quiz (1).json", export(mistakes=2), time=2)
    saved(tmp_path, "quiz (2).json", export("shuffled", count=20, mistakes=5), time=3)
    found = quizzes.readings(tmp_path)
    assert {kind: int(reading.right.sum()) for kind, reading in found.items()} == {
        "plain": 39,
        "shuffled": 15,
    }


@pytest.mark.parametrize(("seconds", "counts"), [(0.39, False), (0.4, True)])
def test_who_did_not_read_does_not_count(tmp_path, seconds, counts):
    saved(tmp_path, "quiz.json", export(seconds=seconds))
    assert quizzes.readings(tmp_path)["plain"].counts is counts


@pytest.mark.parametrize(("name", "content"), [("quiz.json", {"a": 1}), ("quiz7.json", [1])])
def test_what_is_no_quiz_is_named(tmp_path, name, content):
    saved(tmp_path, name, content)
    with pytest.raises(ValueError, match=f"{name}.* must be "):
        quizzes.readings(tmp_path)


def test_the_ladder_ascends_to_the_person():
    levels = list(quizzes.ladder().values())
    assert levels == sorted(levels)
    assert levels[-1] == 95.75
    assert list(quizzes.ladder()) == [*quizzes.MODELS.values(), "a person"]
    assert np.isnan(quizzes.person().seconds).all()


def test_a_contribution_may_lack_the_share_of_a_person_and_nothing_else():
    assert contributions.checked(LESSON, MACHINES) == MACHINES
    with pytest.raises(ValueError, match="got no one_over_ten"):
        contributions.checked(LESSON, {"shift_over_smooth": 4.0, "one_step_cost": 66.0})


@pytest.mark.parametrize(("readers", "verdict"), [(0, "not judged"), (7, "holds")])
def test_a_class_is_judged_by_those_who_read(readers, verdict):
    people = [{"own_share": 90.0 + i} if i < readers else {} for i in range(12)]
    rows = [{"replicate": i + 1, **MACHINES, **share} for i, share in enumerate(people)]
    found = {each.id: each for each in judge(classroom.claims(LESSON), Table(rows))}
    assert (found["own_share"].n, found["own_share"].verdict) == (readers, verdict)
    assert found["one_step_cost"].n == 12
