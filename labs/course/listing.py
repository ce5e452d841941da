"""The lessons as a list, and one of them as a page: what a student may know before it begins."""

import argparse
import ast
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from labs.course import clock, notes, register, source
from labs.course.cells import Cell
from labs.course.plan import Lesson, Question
from labs.kit import files
from labs.kit.texts import WIDTH

KINDS = {"interval": "an 80 % interval", "choice": "one of", "order": "the order of"}


def list_all(arguments: argparse.Namespace) -> int:
    """Print the lessons in teaching order: question, minutes, exercises, labs they lead to."""
    rows = [_row(number, name) for number, name in enumerate(register.names(), 1)]
    print(files.as_json(rows) if arguments.json else "\n".join(map(_told, rows)), end="")
    return 0


def _row(number: int, name: str) -> dict[str, Any]:
    lesson = register.lesson(name)
    return {
        "number": number,
        "name": name,
        "question": lesson.question,
        "minutes": sum(lesson.phases.values()),
        "seconds": clock.estimate(name),
        "home": lesson.home,
        "exercises": list(source.read(name).exercises),
        "leads": {lab: list(claims) for lab, claims in lesson.leads.items()},
    }


def _told(row: Mapping[str, Any]) -> str:
    where = " at home" if row["home"] else ""
    run = f", a run of about {row['seconds']:.0f} s here" if row["seconds"] else ""
    return (
        f"{row['number']:2} {row['name']}: {row['question']}\n"
        f"   {row['minutes']} minutes{where}{run}; you write {', '.join(row['exercises'])}\n"
        f"   leads to {', '.join(row['leads']) or 'no lab yet'}\n"
    )


def show(arguments: argparse.Namespace) -> int:
    """Print what a lesson is about and what students write, or the instructor's page."""
    lesson = register.lesson(arguments.name)
    found = source.read(arguments.name)
    print(notes.page(lesson) if arguments.notes else _page(lesson, found), end="")
    return 0


def _page(lesson: Lesson, found: source.Source) -> str:
    sections = {
        "After it you can": lesson.goals,
        "It needs": lesson.needs,
        "Minutes": [", ".join(f"{phase} {n}" for phase, n in lesson.phases.items())],
        "You predict": map(_question, lesson.questions),
        "You write": (signature(name, cell) for name, cell in found.exercises.items()),
        "You explain": lesson.explain.values(),
        "You vary": [lesson.vary],
        "It leads to": (f"{lab}: {', '.join(claims)}" for lab, claims in lesson.leads.items()),
    }
    parts = (f"{title}\n{_items(items)}" for title, items in sections.items())
    return f"{lesson.name}: {lesson.question}\n\n" + "\n".join(parts)


def _question(question: Question) -> str:
    of = f" {' / '.join(question.options)}" if question.options else ""
    return f"{question.text} ({KINDS[question.kind]}{of})"


def signature(name: str, cell: Cell) -> str:
    """Return the signature of an exercise as it stands in the source, without its body.

    Args:
        name: of the exercise.
        cell: that defines it.

    Raises:
        StopIteration: the cell defines no such function.
    """
    tree = ast.parse(cell.content)
    found = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    returns = f" -> {ast.unparse(found.returns)}" if found.returns else ""
    return f"{name}({ast.unparse(found.args)}){returns}"


def _items(items: Iterable[str]) -> str:
    return "".join(
        textwrap.fill(item, WIDTH, initial_indent="  ", subsequent_indent="    ") + "\n"
        for item in items
    )
