"""A lesson's one source, and what each reader sees of it: no second copy of any stub or solution.

This needs no jupytext: only writing notebooks does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from labs.course import asking, register
from labs.course.cells import Cell, SourceError, split
from labs.course.grammar import EXPLAIN, REPLICATE, markers, obey
from labs.course.plan import Exercise, Lesson
from labs.kit import files
from labs.kit.checks import known

VARIANTS = ("student", "solution", "instructor")
ANSWER = "# *Your answer:*"  # of a text that students write


@dataclass(frozen=True)
class Source:
    """A lesson's source that obeys the rules.

    Args:
        name: of the lesson.
        path: of the file.
        cells: of the file, in its order.
    """

    name: str
    path: Path
    cells: tuple[Cell, ...]

    @property
    def exercises(self) -> dict[str, Cell]:
        """The cells of the exercises by name, in their order, with solutions and markers."""
        return {name: cell for cell in self.cells if (name := cell.named("exercise"))}

    @property
    def explanations(self) -> dict[str, int]:
        """The names under ``### Explain: NAME`` and their lines in the file."""
        return {
            match[1]: cell.first + i
            for cell in self.cells
            for i, line in enumerate(cell.lines)
            if (match := EXPLAIN.fullmatch(line))
        }

    def view(self, variant: str = "student", replicate: int = 0) -> list[Cell]:
        """Return the cells that a reader sees.

        Args:
            variant: ``"student"``, with stubs in place of solutions and ``...`` in place of
                predictions; ``"solution"``; or
                ``"instructor"``, the solution and the cells tagged instructor.
            replicate: whose data set it is; 0 is the instructor's.

        Raises:
            ValueError: an unknown variant.
        """
        known("variant", variant, VARIANTS)
        return [
            _with_replicate(self._stub(cell) if variant == "student" else _solved(cell), replicate)
            for cell in self.cells
            if variant == "instructor" or "instructor" not in cell.tags
        ]

    def _stub(self, cell: Cell) -> Cell:
        if "predict" in cell.tags and cell.kind == "code" and asking.seals(cell.content):
            questions = register.lesson(self.name).questions
            return replace(cell, lines=tuple(asking.open_seal(self.name, questions)))
        return _cut(cell)


def read(name: str) -> Source:
    """Read a lesson's source.

    Raises:
        ValueError: an unknown lesson.
        SourceError: the source breaks a rule; with file and line.
    """
    path = register.source(name)
    return parse(files.read(path).decode(), name, path)


def parse(text: str, name: str, path: Path) -> Source:
    """Return the source of a text.

    Args:
        text: py:percent.
        name: of the lesson.
        path: of the file, for messages.

    Raises:
        SourceError: the text breaks a rule; with file and line.
    """
    cells = split(text, path)
    obey(cells, name, path)
    return Source(name, path, tuple(cells))


def agree(source: Source, lesson: Lesson, exercises: Mapping[str, Exercise]) -> None:
    """Refuse a source whose exercises or explanations are not those of its plan and checks.

    Raises:
        SourceError: with the line, or line 1 for what the source lacks.
    """
    lines = {name: cell.line for name, cell in source.exercises.items()}
    _same("exercise", lines, exercises, "checks.py", source.path)
    _same("explanation", source.explanations, lesson.explain, "plan.py", source.path)


def _same(what: str, here: Mapping[str, int], there: Iterable[str], file: str, path: Path) -> None:
    names = list(there)
    for name, line in here.items():
        if name not in names:
            raise SourceError(path, line, f"{what} must be in {file}, got {name!r}")
    for name in names:
        if name not in here:
            raise SourceError(path, 1, f"{what} {name!r} of {file} must be in the source, got none")


def _solved(cell: Cell) -> Cell:
    dropped = {i for i, _ in markers(cell)}
    return replace(cell, lines=tuple(x for i, x in enumerate(cell.lines) if i not in dropped))


def _cut(cell: Cell) -> Cell:
    """The cell with a stub in place of every solution."""
    lines, inside, marks = [], False, dict(markers(cell))
    for i, line in enumerate(cell.lines):
        if i in marks:
            inside = marks[i]
            lines += _stub(cell, line) if inside else []
        elif not inside:
            lines.append(line)
    return replace(cell, lines=tuple(lines))


def _stub(cell: Cell, marker: str) -> list[str]:
    if cell.kind == "markdown":
        return [ANSWER]
    indent = marker[: len(marker) - len(marker.lstrip())]
    message = f"{cell.named('exercise')} is not written yet"
    return [f"{indent}# YOUR CODE HERE", f'{indent}raise NotImplementedError("{message}")']


def _with_replicate(cell: Cell, replicate: int) -> Cell:
    if cell.kind == "markdown":
        return cell
    own = f"REPLICATE = {replicate}  # whose data set this is: your own number, 0 the published one"
    lines = [own if REPLICATE.fullmatch(x) else x for x in cell.lines]
    return replace(cell, lines=tuple(lines))
