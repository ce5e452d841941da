"""Markdown: a table, the README's table of labs and its glossary."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import texts
from labs.kit.glossary import WORDS
from labs.kit.lab import AnyLab
from labs.kit.references import finding, reference


def table(labs: Sequence[AnyLab], figures: Path) -> str:
    """Return the README's table of labs: what was asked, and what came out."""
    lines = ["| lab | question | what came out |", "|---|---|---|"]
    lines += [
        f"| [{lab.name}](figures/{lab.name}.md) | {lab.question} | {_found(lab, found)} |"
        for lab in labs
        if (found := reference(lab.name, figures))
    ]
    return "\n".join(lines)


def glossary() -> str:
    """Return the README's glossary."""
    return rows([["word", "meaning"], *(list(row) for row in WORDS.items())])


def _found(lab: AnyLab, found: Mapping[str, Any]) -> str:
    return (finding(lab, found) or texts.tally(found["claims"])).replace("|", "\\|")


def rows(cells: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown, its head first."""
    lines = [
        "| " + " | ".join(" ".join(c.replace("|", "\\|").split()) for c in row) + " |"
        for row in cells
    ]
    return "\n".join([lines[0], "|" + "---|" * len(cells[0]), *lines[1:]])
