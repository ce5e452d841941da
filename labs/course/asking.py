"""What a student's file asks: every question with an open place for the answer."""

import ast
from collections.abc import Iterator, Sequence
from textwrap import wrap

from labs.course.plan import Question

WIDTH, INDENT = 96, " " * 8


def seals(code: str) -> bool:
    """Whether a cell does nothing but seal a prediction."""
    body = ast.parse(code).body
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    return isinstance(call, ast.Call) and getattr(call.func, "id", "") == "seal"


def open_seal(lesson: str, questions: Sequence[Question]) -> list[str]:
    """Return the lines of a cell that seals a prediction, with ``...`` in place of the answers.

    `labs.course.seal` takes no ``...`` for an answer, so that nobody seals an example.
    """
    asked = [line for question in questions for line in _asked(question)]
    return ["seal(", f'    "{lesson}",', "    {", *asked, "    },", ")"]


def _asked(question: Question) -> Iterator[str]:
    words = wrap(_form(question), WIDTH - len(INDENT) - 2, break_on_hyphens=False)
    yield from (f"{INDENT}# {line}" for line in words)
    yield f'{INDENT}"{question.id}": ...,'


def _form(question: Question) -> str:
    options = ", ".join(f'"{option}"' for option in question.options)
    if question.kind == "interval":
        return f"an 80 % interval, (low, high){f' in {question.unit}' if question.unit else ''}"
    if question.kind == "order":
        return f"a list of all, the largest first: {options}"
    return f"one of {options}, which counts as 70 %; or {{option: probability}}"
