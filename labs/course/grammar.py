"""The rules of a lesson's source, each a function that tells the lines which break it."""

import ast
import difflib
import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from labs.course.cells import Cell, SourceError
from labs.course.plan import PHASES

TAGS = ("setup", "predict", "run", "look", "vary", "instructor")
NAMED = ("exercise", "check", "explain")  # tags that take a name
MARKERS = {  # by kind of cell: what begins and what ends a solution
    "code": ("### BEGIN SOLUTION", "### END SOLUTION"),
    "markdown": ("# <!-- BEGIN SOLUTION -->", "# <!-- END SOLUTION -->"),
}
REPLICATE = re.compile(r"REPLICATE = \d+")  # the line that belongs to a student
EXPLAIN = re.compile(r"# ### Explain: (.+)")
URL = re.compile(r"\b(?:https?|ftp)://\S+")
ABSOLUTE = re.compile(r"(?:/[\w.-]+|~|[A-Za-z]:)[\\/].*", re.DOTALL)

Problem = tuple[int, str]  # line of the file, message


def obey(cells: Sequence[Cell], name: str, path: Path) -> None:
    """Refuse a lesson that breaks a rule.

    Args:
        cells: of the lesson.
        name: of the lesson.
        path: of its source, for the message.

    Raises:
        SourceError: a line that breaks one, with its file and number.
    """
    own = (problem for cell in cells for rule in OF_A_CELL for problem in rule(cell, name))
    # What is wrong with a cell comes first: it mostly explains what is wrong with the whole.
    for problems in (own, *(rule(cells) for rule in OF_ALL_CELLS)):
        if found := sorted(problems, key=itemgetter(0)):
            raise SourceError(path, *found[0])


def markers(cell: Cell) -> Iterator[tuple[int, bool]]:
    """Yield the index in `lines` of every marker, and whether it begins a solution."""
    begin, end = MARKERS[cell.kind]
    for i, line in enumerate(cell.lines):
        if line.strip() in (begin, end):
            yield i, line.strip() == begin


def _tags(cell: Cell, lesson: str) -> Iterator[Problem]:
    for tag in cell.tags:
        kind, colon, name = tag.partition(":")
        if tag not in TAGS and not (kind in NAMED and name.isidentifier()):
            known = [*TAGS, *(f"{kind}:NAME" for kind in NAMED)]
            near = difflib.get_close_matches(kind, [*TAGS, *NAMED], n=1, cutoff=0.5)
            hint = f": did you mean {near[0] + colon + name!r}?" if near and near[0] != kind else ""
            yield cell.line, f"tag must be one of {', '.join(known)}, got {tag!r}{hint}"
        if kind in ("exercise", "check") and cell.kind != "code":
            yield cell.line, f"tag {tag!r} must be of a code cell, got markdown"


def _markers(cell: Cell, lesson: str) -> Iterator[Problem]:
    inside = False
    for i, begins in markers(cell):
        line, text = cell.first + i, cell.lines[i].strip()
        if cell.kind == "code" and cell.named("exercise") is None:
            yield line, f"a marker must stand in a cell tagged exercise:NAME, got {text!r}"
        if begins == inside:
            yield line, f"markers must be BEGIN, END in turn, got {text!r}"
        inside = begins
    if inside:
        yield cell.first + len(cell.lines) - 1, "a solution must have an END SOLUTION, got none"


def _python(cell: Cell, lesson: str) -> Iterator[Problem]:
    if cell.kind == "markdown":
        return
    magics = [i for i, line in enumerate(cell.lines) if line.startswith(("%", "!"))]
    for i in magics:
        yield cell.first + i, f"code must be plain Python, got {cell.lines[i]!r}"
    try:
        tree = ast.parse(cell.content)
    except SyntaxError as error:
        if not magics:
            yield cell.line + (error.lineno or 0), f"code must be Python, got {error.msg}"
        return
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if ABSOLUTE.fullmatch(text):
                yield cell.line + node.lineno, f"a path must be relative, got {text!r}"


def _offline(cell: Cell, lesson: str) -> Iterator[Problem]:
    for i, line in enumerate(cell.lines if cell.kind == "code" else ()):
        if found := URL.search(line):
            yield cell.first + i, f"code must not name a web address, got {found[0]!r}"


def _exercise(cell: Cell, lesson: str) -> Iterator[Problem]:
    name = cell.named("exercise")
    if name is None or cell.kind == "markdown":
        return
    if not any(line.startswith(f"def {name}(") for line in cell.lines):
        yield cell.line, f"exercise must define the function of its name, got none named {name!r}"
    if not list(markers(cell)):
        yield cell.line, f"exercise {name!r} must have a solution between markers, got none"


def _check(cell: Cell, lesson: str) -> Iterator[Problem]:
    name = cell.named("check")
    if name is not None and f'check("{lesson}.{name}", {name})' not in cell.content:
        yield cell.first, f'cell must call check("{lesson}.{name}", {name}), got another text'


def _unique(cells: Sequence[Cell]) -> Iterator[Problem]:
    for kind in NAMED:
        for name, lines in _places(cells, kind).items():
            for line in lines[1:]:
                yield line, f"{kind} must have a name of its own, got {name!r} twice"


def _pairs(cells: Sequence[Cell]) -> Iterator[Problem]:
    exercises, checks = _places(cells, "exercise"), _places(cells, "check")
    for name, lines in exercises.items():
        if name not in checks:
            yield lines[0], f"exercise must have a cell tagged check:{name}, got none"
    for name, lines in checks.items():
        if name not in exercises:
            yield lines[0], f"check must have a cell tagged exercise:{name}, got none"
        elif lines[0] < exercises[name][0]:
            yield lines[0], f"check must come after its exercise, got check:{name} before it"


def _phases(cells: Sequence[Cell]) -> Iterator[Problem]:
    headings = {f"# ## {phase}": phase for phase in PHASES}
    found = [
        (cell.first + i, headings[line])
        for cell in cells
        if cell.kind == "markdown"
        for i, line in enumerate(cell.lines)
        if line in headings
    ]
    phases = [phase for _, phase in found]
    if phases != list(PHASES):
        line = next((at for (at, one), two in zip(found, PHASES, strict=False) if one != two), 1)
        got = ", ".join(phases) or "none"
        yield line, f"headings must be ## {', ## '.join(PHASES)} in this order, got {got}"


def _replicate(cells: Sequence[Cell]) -> Iterator[Problem]:
    found = [
        cell.first + i
        for cell in cells
        if cell.kind == "code"
        for i, line in enumerate(cell.lines)
        if REPLICATE.fullmatch(line)
    ]
    if len(found) != 1:
        line = found[1] if found else 1
        yield line, f"the line REPLICATE = 0 must stand in it once, got it {len(found)} times"


def _places(cells: Sequence[Cell], kind: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for cell in cells:
        if (name := cell.named(kind)) is not None:
            places.setdefault(name, []).append(cell.line)
    return places


OF_A_CELL = (_tags, _markers, _python, _offline, _exercise, _check)
OF_ALL_CELLS = (_unique, _pairs, _phases, _replicate)
