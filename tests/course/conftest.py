"""Small lessons in place of the course's own: `toy` in the processes that a test starts, too."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest

from labs.course import register

TOY = "tests.course.toy_lessons"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="module")
def style_at_home() -> Iterator[None]:
    """The style that `start` adopts for good, as a notebook wants it, ends with the module."""
    with mpl.rc_context():
        yield


@pytest.fixture
def toy(monkeypatch):
    """The path of the toy lesson's source."""
    monkeypatch.setattr(register, "REGISTER", TOY)
    monkeypatch.setenv("LABS_LESSONS", TOY)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return register.source("toy")


@pytest.fixture
def own_toy(toy, monkeypatch, tmp_path):
    """The path of a copy of the source that a test may change; its folder is the register's."""
    path = tmp_path / "lessons" / "toy" / "lesson.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(toy.read_bytes())
    monkeypatch.setattr(register, "folder", lambda: path.parents[1])
    return path


@pytest.fixture
def term(monkeypatch):
    """Two small lessons, `gain` and `many`."""
    monkeypatch.setattr(register, "REGISTER", "tests.course.term")
