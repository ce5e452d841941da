"""A lesson as a student and as grading see it: its prose, and the functions that it defines."""

import __future__

import ast
from functools import cache
from typing import Any

from labs.course import build, source
from labs.course.cells import Cell
from labs.course.submission import Submission, take_apart

LATE = __future__.annotations.compiler_flag  # as grading does: an import may have been left out


def text(lesson: str, variant: str) -> str:
    """A variant's script."""
    return build.text(lesson, variant, "py")


@cache
def cells(lesson: str) -> list[Cell]:
    """The cells that a student gets."""
    return source.read(lesson).view("student")


def prose(lesson: str) -> str:
    """All markdown cells that a student gets."""
    return "\n".join(cell.content for cell in cells(lesson) if cell.kind == "markdown")


def exercises(lesson: str) -> list[str]:
    """The names of the exercises, in their order."""
    return list(source.read(lesson).exercises)


@cache
def handed_in(lesson: str, variant: str) -> Submission:
    """A variant taken apart as if a student had handed it in."""
    return take_apart(text(lesson, variant).encode(), notebook=False)


@cache
def functions(lesson: str, variant: str) -> dict[str, Any]:
    """What grading finds in a variant: what it defines, without running it."""
    names: dict[str, Any] = {"__name__": f"{lesson}_{variant}"}
    for piece in handed_in(lesson, variant).pieces:
        body = ast.parse(piece.text).body
        kept = ast.Module([body[place] for place in piece.keep], [])
        exec(compile(kept, f"<{lesson}, {variant}>", "exec", LATE), names)
    return names


def definition(lesson: str, name: str) -> ast.FunctionDef:
    """The definition of a function in a lesson's source."""
    tree = ast.parse(text(lesson, "solution"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert len(found) == 1, f"{lesson} defines {name} {len(found)} times"
    return found[0]
