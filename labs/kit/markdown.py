"""Markdown: a table, the README's table of labs and its glossary."""

from collections.abc import Sequence
from pathlib import Path

from labs.kit.glossary import WORDS
from labs.kit.lab import AnyLab
from labs.kit.references import finding, reference


def table(labs: Sequence[AnyLab], figures: Path) -> str:
    """Return the README's table of labs: what was asked, and what came out."""
    found = ((lab, reference(lab.name, figures)) for lab in labs)
    lines = (
        [f"[{lab.name}](figures/{lab.name}.md)", lab.question, finding(lab, one)]
        for lab, one in found
        if one
    )
    return rows([["lab", "question", "what came out"], *lines])


def glossary() -> str:
    """Return the README's glossary."""
    return rows([["word", "meaning"], *(list(row) for row in WORDS.items())])


def rows(cells: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown, its head first."""
    lines = [
        "| " + " | ".join(" ".join(c.replace("|", "\\|").split()) for c in row) + " |"
        for row in cells
    ]
    return "\n".join([lines[0], "|" + "---|" * len(cells[0]), *lines[1:]])
