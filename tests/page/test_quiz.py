"""The quiz in Python: its data and its models."""

import csv

import numpy as np

from labs.data import quiz as signals
from labs.data.mnist1d import published, shuffled_order
from labs.page import quiz

LABELS = signals.signals("plain").y
DATA = quiz.data()


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
    names = (
        "model",
        "shuffled",
        "change",
        "examples",
        "final",
        "answers",
        "answers_noisy",
        "varied",
    )
    with (folder / "benchmark.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(dict(zip(names, row, strict=False)) for row in rows)


RIGHT = DATA["labels"]
WRONG = "".join(str((int(digit) + 1) % 10) for digit in RIGHT)
HALF = RIGHT[:200] + WRONG[200:]
ROWS = [
    ("cnn", "False", "", 4000, 94, HALF, RIGHT),
    ("cnn", "False", "", 4000, 95, "", ""),
    ("cnn", "False", "width=256", 4000, 10, "", ""),
    ("cnn", "False", "", 8000, 10, "", ""),
    ("cnn", "False", "", 4000, 10, "", "", "start"),
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
