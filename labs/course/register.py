"""Finding lessons by name: their plan, their exercises and their source.

`labs.course` knows the lessons only by the names in `labs.lessons.LESSONS`, never by import. Where
the environment variable `LABS_LESSONS` names another package, that one's `LESSONS` are the course.
"""

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from labs.course.plan import Exercise, Lesson
from labs.kit.checks import known

REGISTER = os.environ.get("LABS_LESSONS", "labs.lessons")


def names() -> list[str]:
    """Return the names of all lessons in teaching order."""
    return list(_register())


def lesson(name: str) -> Lesson:
    """Return a lesson's plan.

    Raises:
        ValueError: an unknown lesson.
    """
    found: Lesson = importlib.import_module(f"{_package(name)}.plan").LESSON
    return found


def exercises(name: str) -> Mapping[str, Exercise]:
    """Return a lesson's exercises by name, in the order of the source; this may import torch.

    Raises:
        ValueError: an unknown lesson.
    """
    found: tuple[Exercise, ...] = importlib.import_module(f"{_package(name)}.checks").EXERCISES
    return {exercise.name: exercise for exercise in found}


def exercise(path: str) -> Exercise:
    """Return the exercise ``"lesson.exercise"``.

    Raises:
        ValueError: no such lesson, no such exercise in it, or a path without a point.
    """
    name, point, own = path.partition(".")
    if not point:
        raise ValueError(f"exercise must be LESSON.EXERCISE, got {path!r}")
    found = exercises(name)
    return found[known(f"exercise of {name}", own, found)]


def source(name: str) -> Path:
    """Return the file of a lesson's source.

    Raises:
        ValueError: an unknown lesson.
    """
    _package(name)
    return folder() / name / "lesson.py"


def folder() -> Path:
    """Return the folder of the register: of the lessons and what is stored of all of them."""
    return Path(str(_module().__file__)).parent


def _package(name: str) -> str:
    register = _register()
    return register[known("lesson", name, register)]


def _register() -> Mapping[str, str]:
    found: Mapping[str, str] = _module().LESSONS
    return found


def _module() -> ModuleType:
    return importlib.import_module(REGISTER)
