"""Reading `lesson.py`: its cells, its two versions, and the functions that it defines."""

import ast
import json
import re
import textwrap
from functools import cache
from typing import Any, NamedTuple

from labs.course import register

CELL = re.compile(r'^# %%(?P<markdown> \[markdown\])?(?: tags=(?P<tags>\[".*"\]))?$')
SOLUTION = re.compile(
    r"^(?P<indent> *)### BEGIN SOLUTION\n.*?^(?P=indent)### END SOLUTION\n",
    re.DOTALL | re.MULTILINE,
)
TEXT = re.compile(r"<!-- BEGIN SOLUTION -->.*?<!-- END SOLUTION -->", re.DOTALL)
STUB = '# YOUR CODE HERE\nraise NotImplementedError("{name} is not written yet")\n'


class Cell(NamedTuple):
    """A cell of a lesson, markdown without its comment signs."""

    markdown: bool
    tags: tuple[str, ...]
    text: str


@cache
def cells(lesson: str) -> tuple[Cell, ...]:
    """The cells of a lesson's source."""
    heads: list[re.Match] = []
    texts: list[list[str]] = []
    for line in register.source(lesson).read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("# %%"):
            head = CELL.match(line.rstrip("\n"))
            assert head, f"{lesson}: {line!r} is not the head of a cell"
            heads.append(head)
            texts.append([])
        else:
            texts[-1].append(line)
    return tuple(_cell(head, "".join(text)) for head, text in zip(heads, texts, strict=True))


def _cell(head: re.Match, text: str) -> Cell:
    markdown = head["markdown"] is not None
    plain = re.sub(r"^# ?", "", text, flags=re.MULTILINE) if markdown else text
    return Cell(markdown, tuple(json.loads(head["tags"] or "[]")), plain)


def prose(lesson: str) -> str:
    """All markdown cells, as a student gets them."""
    text = "\n".join(cell.text for cell in cells(lesson) if cell.markdown)
    return TEXT.sub("", text)


def student(lesson: str) -> str:
    """The student's script."""
    return "\n".join(_cut(cell) for cell in cells(lesson) if not cell.markdown)


def _cut(cell: Cell) -> str:
    names = [tag.partition(":")[2] for tag in cell.tags if tag.startswith("exercise:")]
    if not names:
        return cell.text
    stub = STUB.format(name=names[0])
    return SOLUTION.sub(lambda found: textwrap.indent(stub, found["indent"]), cell.text)


def exercises(lesson: str) -> list[str]:
    """The names in the tags of exercise cells, in their order."""
    tags = [tag for cell in cells(lesson) for tag in cell.tags]
    return [tag.partition(":")[2] for tag in tags if tag.startswith("exercise:")]


@cache
def functions(lesson: str, version: str) -> dict[str, Any]:
    """What a version of a lesson, "solution" or "student", defines, without running it."""
    text = student(lesson) if version == "student" else register.source(lesson).read_text("utf-8")
    kept = [node for node in ast.parse(text).body if _defines(node)]
    names: dict[str, Any] = {"__name__": f"{lesson}_{version}"}
    exec(compile(ast.Module(kept, []), f"<{lesson}, {version}>", "exec"), names)
    return names


def definition(lesson: str, name: str) -> ast.FunctionDef:
    """The definition of a function in a lesson's source."""
    tree = ast.parse(register.source(lesson).read_text("utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert len(found) == 1, f"{lesson} defines {name} {len(found)} times"
    return found[0]


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return all(isinstance(at, ast.Name) for at in node.targets) and _literal(node.value)
    if isinstance(node, ast.ImportFrom):
        return node.module != "labs.course"  # which runs the lesson and defines nothing
    return isinstance(node, ast.Import | ast.FunctionDef | ast.ClassDef)


def _literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True
