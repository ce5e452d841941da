"""What is found, as Markdown: the README's table and glossary, and the index of the references."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import texts
from labs.kit.glossary import WORDS
from labs.kit.lab import AnyLab
from labs.kit.progress import duration
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


def index(labs: Sequence[AnyLab], figures: Path) -> str:
    """Return figures/README.md: what every lab has found, and where its page is."""
    parts = [
        "# Reference results",
        "Written by `python -m labs report --write` from runs of the `full` preset. What was "
        "changed after a look at results stands in [DEVIATIONS.md](DEVIATIONS.md).",
    ]
    for lab in labs:
        if found := reference(lab.name, figures):
            parts += [
                f"## [{lab.name}]({lab.name}.md)",
                f"**{lab.question}** {finding(lab, found)}",
                f"Of {len(found['claims'])} claims {texts.tally(found['claims'])}; "
                f"{found['networks']} networks in {duration(found['wall_seconds'])}.",
            ]
    return "\n\n".join(parts) + "\n"


def _found(lab: AnyLab, found: Mapping[str, Any]) -> str:
    return (finding(lab, found) or texts.tally(found["claims"])).replace("|", "\\|")


def rows(cells: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown, its head first."""
    lines = [
        "| " + " | ".join(" ".join(c.replace("|", "\\|").split()) for c in row) + " |"
        for row in cells
    ]
    return "\n".join([lines[0], "|" + "---|" * len(cells[0]), *lines[1:]])
