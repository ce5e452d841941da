"""The cells of a lesson's source: py:percent text, that VS Code, Spyder and jupytext read, too.

A cell is kept as it stands in the file, so that a built file is the source's own text.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HEADER = re.compile(r"# %%(?P<markdown> \[markdown\])?(?: tags=(?P<tags>\[.*\]))?")


class SourceError(ValueError):
    """A lesson's source breaks a rule; the message begins with file and line."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.line = line


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Args:
        kind: of its content.
        tags: what it is for, such as ``("exercise:conv1d",)``.
        lines: its text as it stands in the file, without blank lines at its end.
        line: of its header in the file, from 1.
    """

    kind: Literal["code", "markdown"]
    tags: tuple[str, ...]
    lines: tuple[str, ...]
    line: int

    @property
    def content(self) -> str:
        """The text as a notebook holds it: markdown without its ``# ``."""
        lines = self.lines if self.kind == "code" else [line[2:] for line in self.lines]
        return "\n".join(lines)

    @property
    def first(self) -> int:
        """The line of the file on which the first of `lines` stands, below the header."""
        return self.line + 1

    def named(self, kind: str) -> str | None:
        """Return NAME of a tag ``kind:NAME``, or None."""
        found = [tag.partition(":")[2] for tag in self.tags if tag.startswith(f"{kind}:")]
        return found[0] if found else None


def split(text: str, path: Path) -> list[Cell]:
    """Return the cells of a text.

    Args:
        text: py:percent, with any line ends, with or without a byte order mark.
        path: of its file, for messages.

    Raises:
        SourceError: text before the first cell, a header that is none, a line of a markdown cell
            without ``# ``.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith("# %%")]
    for i, line in enumerate(lines[: starts[0] if starts else None]):
        if line.strip() or not starts:
            raise SourceError(path, i + 1, f"a cell must begin with '# %%', got {line!r}")
    ends = [*starts[1:], len(lines)]
    return [
        _cell(lines[start:end], start + 1, path) for start, end in zip(starts, ends, strict=True)
    ]


def join(cells: Iterable[Cell]) -> str:
    """Return the text of cells, a blank line between them.

    >>> print(join([Cell("code", ("run",), ("x = 1",), 1), Cell("markdown", (), ("# Why?",), 3)]))
    # %% tags=["run"]
    x = 1
    <BLANKLINE>
    # %% [markdown]
    # Why?
    <BLANKLINE>
    """
    return "\n".join("\n".join([_header(cell), *cell.lines, ""]) for cell in cells)


def _header(cell: Cell) -> str:
    markdown = " [markdown]" if cell.kind == "markdown" else ""
    tags = f" tags={json.dumps(list(cell.tags))}" if cell.tags else ""
    return f"# %%{markdown}{tags}"


def _cell(lines: list[str], line: int, path: Path) -> Cell:
    header = lines[0].rstrip()
    match = HEADER.fullmatch(header)
    if match is None:
        rule = """'# %%' or '# %% [markdown]', then tags=["..."] or nothing"""
        raise SourceError(path, line, f"header must be {rule}, got {header!r}")
    body = [each.rstrip() for each in lines]
    while not body[-1]:
        del body[-1]
    kind: Literal["code", "markdown"] = "markdown" if match["markdown"] else "code"
    for i, each in enumerate(body[1:], 1):
        if kind == "markdown" and each != "#" and not each.startswith("# "):
            raise SourceError(path, line + i, f"a line of text must begin with '# ', got {each!r}")
    return Cell(kind, _tags(match["tags"] or "[]", line, path), tuple(body[1:]), line)


def _tags(text: str, line: int, path: Path) -> tuple[str, ...]:
    try:
        tags = json.loads(text)
    except ValueError:
        tags = None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise SourceError(path, line, f"tags must be a list of texts, got {text}")
    return tuple(tags)
