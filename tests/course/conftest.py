"""Small lessons in place of the course's own: `toy` in the processes that a test starts, too."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest

from labs.course import register, students
from tests.course.classes import KEY, values_of
from tests.course.students import takes_part

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


@pytest.fixture(scope="module")
def twenty(tmp_path_factory):
    """The folder of a class of 20, with the codes that were called out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register, "REGISTER", "tests.course.term")
        folder = tmp_path_factory.mktemp("class")
        rows = ["student,code"]
        for i, (name, own) in enumerate(
            students.roster([f"s{i:02}" for i in range(20)], KEY).items()
        ):
            rows.append(f"{name},{takes_part(folder / name, own, values_of(i))}")
        (folder / "codes.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture
def folder(twenty, tmp_path):
    """A copy of the class's folder that a test may change."""
    return shutil.copytree(twenty, tmp_path / "class")
