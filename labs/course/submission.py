"""What a student has handed in, taken apart without running it: code by its syntax tree, texts by
their headings. Ids, tags, order and outputs of cells do not matter."""

import codecs
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.course.syntax import REFUSED, Scope, parse, within
from labs.kit import files

LARGEST = 200_000_000  # bytes of a file
ANSWER = "*Your answer:*"  # stands in a student's notebook where a text is asked for
HEADER = re.compile(r"# ?%%")
TEXT_HEADER = re.compile(r"# ?%%.*\[(markdown|md|raw)\]")
HEADING = re.compile(r"#{1,6}\s+(?P<title>.*?)\s*#*")
EXPLAIN = re.compile(r"#{1,6}\s+Explain:\s*(?P<name>\w+)\s*#*", re.IGNORECASE)
MAGIC = re.compile(
    r"^([ \t]*(?:[\w.,\[\] ]+=[ \t]*)?)[%!?].*|^([ \t]*)\S+\?{1,2}[ \t]*$", re.MULTILINE
)
NO_MAGIC = r"\1\2id(0)"  # sets a name as the magic did, to what grading does not keep
DEFINED = re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)|^(\w+)\s*=\s*lambda", re.MULTILINE)
QUOTED = 60  # letters of a line
OTHER_LANGUAGE = re.compile(r"\s*%%(?!time|timeit|capture|prun)\w+")


def where(place: str, line: int | None) -> str:
    """Return where something stands.

    >>> where("code cell 7", 3), where("", 30)
    ('code cell 7, line 3', 'line 30')
    """
    parts = (place, f"line {line}" if line else "")
    return ", ".join(part for part in parts if part) or "file"


@dataclass(frozen=True)
class Piece:
    """The part of a cell that grading loads.

    Args:
        place: where it stands, such as ``"code cell 7"``; nothing in a script: its lines count on.
        text: of the whole cell.
        keep: indices of the statements that are kept.
    """

    place: str
    text: str
    keep: tuple[int, ...]


@dataclass(frozen=True)
class Submission:
    """A file that was handed in.

    Args:
        sha256: of its bytes.
        pieces: the code that grading loads, in order.
        scope: the names that it defines.
        explanations: name -> the text under its heading.
        replicate: the number that the file sets REPLICATE to, or None.
        problems: what could not be read, and where.
        unread: function -> why the cell that defines it could not be read.
    """

    sha256: str
    pieces: tuple[Piece, ...]
    scope: Scope
    explanations: Mapping[str, str]
    replicate: int | None
    problems: tuple[str, ...]
    unread: Mapping[str, str]

    def refused(self, name: str, without: Iterable[str]) -> str | None:
        """Return the module or name that a function uses and must not, or None."""
        uses = sorted(self.scope.uses(name))
        found = (within(dotted, (*without, *REFUSED)) for dotted in uses)
        return next((each for each in found if each), None)


@dataclass(frozen=True)
class _Cell:
    place: str
    code: bool
    text: str


def read(path: Path) -> Submission:
    """Take a file apart.

    Args:
        path: a notebook or a Python file, by its content.

    Raises:
        ValueError: it is neither, or larger than 200 MB.
        OSError: it is not there or cannot be read.
    """
    if not path.is_file():
        raise ValueError(f"file must be a notebook or a Python file, got {path.name!r}")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"file must have at most {LARGEST:,} bytes, got {path.stat().st_size:,}")
    return take_apart(files.read(path), notebook=path.suffix == ".ipynb")


def take_apart(content: bytes, *, notebook: bool) -> Submission:
    """Take the content of a file apart.

    Args:
        content: of a notebook or a Python file, in UTF-8 or UTF-16, with any line ends.
        notebook: whether it must be a notebook.

    Raises:
        ValueError: it must be a notebook and is none.
    """
    text = _decoded(content)
    raw = _notebook(text, notebook)
    cells = list(_of_script(text) if raw is None else _of_notebook(raw))
    scope, pieces, texts, problems = Scope(), list[Piece](), list[str | None](), list[str]()
    unread, replicate = dict[str, str](), None
    for cell in cells:
        try:
            tree, source = _python(cell)
        except SyntaxError as error:
            problems.append(f"{error}, skipped")
            unread |= dict.fromkeys(_defined(cell.text), f"not read: {error}")
            texts.append(None)
            continue
        if tree is None:
            texts += source.split("\n")
            continue
        texts.append(None)
        kept = tuple(scope.keep(tree))
        if kept:
            pieces.append(Piece(cell.place, source, kept))
        replicate = _replicate(tree, replicate)
    return Submission(
        hashlib.sha256(content).hexdigest(),
        tuple(pieces),
        scope,
        explanations(texts),
        replicate,
        tuple(problems),
        unread,
    )


def explanations(lines: Iterable[str | None]) -> dict[str, str]:
    """Return the texts under headings ``### Explain: NAME``, each until the next heading or code.

    Args:
        lines: of all texts in order; None where code stands between them.

    Of two texts of one name the last that says something counts.

    >>> explanations(["### Explain: why", "Because.", "## Vary", "One knob."])
    {'why': 'Because.'}
    """
    found: dict[str, str] = {}
    name, fenced, own = "", False, list[str]()
    for line in [*lines, None]:
        fenced = line is not None and fenced != line.lstrip().startswith("```")
        if line is not None and (fenced or not HEADING.fullmatch(line.strip())):
            own.append(line)
            continue
        if name:
            found[name] = _answer(own) or found.get(name, "")
        match = EXPLAIN.fullmatch(line.strip()) if line is not None else None
        name, own = match["name"] if match else "", []
    return found


def _answer(lines: Iterable[str]) -> str:
    return "\n".join(lines).rpartition(ANSWER)[2].strip()


def _decoded(content: bytes) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _notebook(text: str, must: bool) -> list[Any] | None:
    """The cells of a notebook, or None of a text that need not be one."""
    try:
        found = json.loads(text) if must or text.lstrip().startswith("{") else None
    except (ValueError, RecursionError) as error:
        if must:
            raise ValueError(f"file must be a notebook, got no JSON: {error}") from None
        return None
    if isinstance(found, dict) and isinstance(found.get("cells"), list):
        return found["cells"]
    if must:
        raise ValueError(f"file must be a notebook, got {type(found).__name__} without cells")
    return None


def _of_notebook(cells: Iterable[Any]) -> Iterator[_Cell]:
    count = dict.fromkeys(("code", "text"), 0)
    for cell in cells:
        if isinstance(cell, dict):
            kind = "code" if cell.get("cell_type") == "code" else "text"
            count[kind] += 1
            source = cell.get("source", "")
            lines = source if isinstance(source, list) else [source]
            text = "".join(line for line in lines if isinstance(line, str))
            yield _Cell(
                f"{kind} cell {count[kind]}",
                kind == "code",
                _decoded(text.encode(errors="replace")),
            )


def _of_script(text: str) -> Iterator[_Cell]:
    """Cells whose code keeps the lines that it has in the file."""
    lines = text.split("\n")
    starts = [0, *(i for i, line in enumerate(lines) if i and HEADER.match(line))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        if TEXT_HEADER.match(lines[start]):
            own = [line.removeprefix("#").removeprefix(" ") for line in lines[start + 1 : end]]
            yield _Cell("", False, "\n".join(own))
        else:
            yield _Cell("", True, "\n" * start + "\n".join(lines[start:end]))


def _python(cell: _Cell) -> tuple[Any, str]:
    """The tree and text of a cell that is code, whatever its type says; else None and the text."""
    if OTHER_LANGUAGE.match(cell.text) and cell.code:
        return parse(""), ""
    error = SyntaxError()
    for text in (cell.text, MAGIC.sub(NO_MAGIC, cell.text)):
        try:
            tree = parse(text)
        except SyntaxError as wrong:
            error = wrong  # of the last: the first one stumbles over magics
            continue
        if cell.code or any(hasattr(node, "name") for node in tree.body):
            return tree, text
        return None, cell.text
    if cell.code and not _explains(cell.text):
        raise SyntaxError(_unread(cell, error))
    return None, cell.text


def _unread(cell: _Cell, error: SyntaxError) -> str:
    """Where a cell is not Python, why, and the line itself: nobody sees the numbers of cells."""
    lines = cell.text.split("\n")
    first = len(cell.text) - len(cell.text.lstrip("\n"))  # lines of a script before this cell
    number = error.lineno or first + 1
    quoted = lines[number - 1].strip() if number <= len(lines) else ""
    if len(quoted) > QUOTED:
        quoted = f"{quoted[:QUOTED]}..."
    return f"{where(cell.place, number)} is not Python: {error.msg}" + f" in `{quoted}`" * bool(
        quoted
    )


def _defined(text: str) -> list[str]:
    return [name or other for name, other in DEFINED.findall(text)]


def _explains(text: str) -> bool:
    return any(EXPLAIN.fullmatch(line.strip()) for line in text.split("\n"))


def _replicate(tree: Any, before: int | None) -> int | None:
    for node in tree.body:
        target = getattr(node, "targets", [None])[0]
        value = getattr(getattr(node, "value", None), "value", None)
        if getattr(target, "id", "") == "REPLICATE" and type(value) is int:
            before = value
    return before
