"""The quiz in Python: its data, its models, and what an export must be."""

import csv

import numpy as np
import pytest

from labs.data import quiz as signals
from labs.data.mnist1d import published, shuffled_order
from labs.page import quiz

LABELS = signals.signals("plain").y
DATA = quiz.data()
EXPORT = {
    "format": "mnist1d-labs quiz",
    "version": 1,
    "kind": "plain",
    "seed": 7,
    "items": list(signals.INDICES[90:110]),
    "answers": [3] * 20,
    "seconds": [1.5, *range(19)],
}


def stored(name):
    return np.array(DATA[name]).reshape(-1, 40) / quiz.THOUSAND


def test_the_signals_on_the_page_are_those_of_the_quiz():
    assert DATA["labels"] == "".join(map(str, LABELS))
    for kind in ("plain", "noisy"):
        np.testing.assert_allclose(stored(kind), signals.signals(kind).x, rtol=0, atol=5.1e-4)
    shuffled = stored("plain")[:, DATA["order"]]
    np.testing.assert_allclose(shuffled, signals.signals("shuffled").x, rtol=0, atol=5.1e-4)
    assert DATA["order"] == shuffled_order(0).tolist()
    assert DATA["counts"].keys() == set(signals.KINDS)


def test_practice_is_on_training_signals_of_every_digit():
    x, y = published(0).train
    practice = DATA["practice"]
    values = np.array(practice["signals"]).reshape(-1, 40) / quiz.THOUSAND
    distance = np.abs(values[:, None] - x[None, :200]).max(axis=2)
    assert (distance.min(axis=1) < 1e-3).all()
    assert "".join(map(str, y[distance.argmin(axis=1)])) == practice["labels"]
    assert sorted(practice["labels"]) == sorted("0123456789" * 3)


def table(folder, rows):
    names = ("model", "shuffled", "change", "examples", "final", "answers", "answers_noisy")
    with (folder / "benchmark.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(dict(zip(names, row, strict=True)) for row in rows)


RIGHT = DATA["labels"]
WRONG = "".join(str((int(digit) + 1) % 10) for digit in RIGHT)
HALF = RIGHT[:200] + WRONG[200:]
ROWS = [
    ("cnn", "False", "", 4000, 94, HALF, RIGHT),
    ("cnn", "False", "", 4000, 95, "", ""),
    ("cnn", "False", "width=256", 4000, 10, "", ""),
    ("cnn", "False", "", 8000, 10, "", ""),
    ("cnn", "True", "", 4000, 56, WRONG, ""),
    ("transformer", "False", "", 4000, 99, "", ""),
]


def test_models_come_from_the_committed_table(tmp_path, monkeypatch):
    monkeypatch.setattr(quiz, "FIGURES", tmp_path)
    assert quiz.data()["models"] == {"plain": [], "shuffled": [], "noisy": []}
    quiz.section()
    table(tmp_path, ROWS)
    assert quiz.data()["models"] == {
        "plain": [{"name": "CNN", "level": 94.5, "answers": HALF}],
        "shuffled": [{"name": "CNN", "level": 56, "answers": WRONG}],
        "noisy": [{"name": "CNN", "level": 100, "answers": RIGHT}],
    }
    assert "94.5 %" in quiz.section()


def test_a_table_without_answers_shows_levels_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(quiz, "FIGURES", tmp_path)
    (tmp_path / "benchmark.csv").write_text(
        "model,shuffled,change,examples,final\nmlp,False,,4000,65\n"
    )
    models = quiz.data()["models"]
    assert models["plain"] == [{"name": "MLP", "level": 65, "answers": ""}]
    assert models["noisy"] == [{"name": "MLP", "level": None, "answers": ""}]


def test_without_scripts_the_ladder_is_a_table():
    section = quiz.section()
    assert quiz.STATIC in section
    assert "95.75 % (383 of 400)" in section
    assert all(name in section for name in quiz.MODELS.values())


def test_an_export_is_checked_and_returned():
    assert quiz.check_export(EXPORT) == EXPORT
    longer = {
        **EXPORT,
        "items": list(signals.INDICES[:40]),
        "answers": [0] * 40,
        "seconds": [0] * 40,
    }
    assert quiz.check_export(longer) == longer


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": "quiz"}, "format must be mnist1d-labs quiz, got 'quiz'"),
        ({"version": 2}, "version must be 1, got 2"),
        ({"version": True}, "version must be 1, got True"),
        ({"name": "Ada"}, "parts must be format, version"),
        ({"kind": "noise"}, "kind must be one of plain, shuffled, noisy, got 'noise'"),
        ({"kind": ["plain"]}, "kind must be one of"),
        ({"seed": -1}, "seed must be whole, 0 to 4294967295, got -1"),
        ({"seed": 2**32}, "seed must be"),
        ({"seed": 1.0}, "seed must be"),
        ({"answers": [3] * 19}, "items, answers, seconds must be lists of one length, 20 or 40"),
        ({"items": "x" * 20}, "must be lists of one length"),
        ({"answers": [3] * 19 + [10]}, "answers must be digits, got 10"),
        ({"answers": [3] * 19 + [True]}, "answers must be digits, got True"),
        ({"answers": ["3"] * 20}, "answers must be digits, got '3'"),
        ({"items": [*EXPORT["items"][:19], 150]}, "items must be places of the quiz"),
        ({"items": [*EXPORT["items"][:19], []]}, "items must be places of the quiz"),
        ({"items": [0] * 20}, "items must be different from each other"),
        ({"seconds": [-0.1] * 20}, "seconds must be finite numbers of at least 0, got -0.1"),
        ({"seconds": [float("nan")] * 20}, "seconds must be finite"),
        ({"seconds": [float("inf")] * 20}, "seconds must be finite"),
        ({"seconds": [None] * 20}, "seconds must be finite"),
    ],
    ids=str,
)
def test_what_is_wrong_in_an_export_is_named(change, named):
    with pytest.raises(ValueError, match=named):
        quiz.check_export({**EXPORT, **change})


def test_only_plain_quizzes_have_forty_items():
    lists = {"items": list(signals.INDICES[:40]), "answers": [0] * 40, "seconds": [0] * 40}
    with pytest.raises(ValueError, match="lists of one length, 20, got"):
        quiz.check_export({**EXPORT, **lists, "kind": "noisy"})


@pytest.mark.parametrize("found", [None, [], "quiz", {}, {"format": "mnist1d-labs quiz"}], ids=str)
def test_what_is_no_export_is_refused(found):
    with pytest.raises(ValueError, match="must be"):
        quiz.check_export(found)
