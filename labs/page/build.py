"""One HTML file of all that is stored: it asks for nothing, keeps nothing, needs no scripts.

The content security policy allows no request, and only the styles and scripts whose digests it
names: a word of others that got past the escaping would still not run.
"""

import base64
import hashlib
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from labs.kit import files
from labs.kit.lab import AnyLab
from labs.page import cards, citing, explorer, glossary, master, opening, quiz
from labs.page.markup import block, tag, text
from labs.page.results import Shown, shown

STATIC = Path(__file__).with_name("static")
STYLES = ("page.css", "explorer.css", "quiz.css")
SCRIPTS = (  # in the order in which they need each other
    *("chart.js", "page.js", "signal.js", "draws.js"),
    *("difficulty.js", "explorer_state.js", "explorer_views.js", "own_digit.js", "explorer.js"),
    *("quiz_items.js", "quiz_results.js", "quiz.js"),
)


def write(labs: Sequence[AnyLab], path: Path) -> None:
    """Write the page of these labs, whole or not at all.

    Args:
        labs: in reading order; those without a committed reference are left out.
        path: of the file.

    Raises:
        OSError: it cannot be written.
        labs.kit.extras.MissingExtraError: there are pictures, and no Pillow to read them.
    """
    files.write(path, page(shown(labs)))


def page(results: Sequence[Shown]) -> str:
    """Return the page: the same text for the same references, files and libraries.

    Args:
        results: references by lab, the main one of each first.
    """
    styles, scripts = ([_read(name) for name in names] for names in (STYLES, SCRIPTS))
    data = block("explorer-data", explorer.data()) + block("quiz-data", quiz.data())
    body = [opening.header(results), tag("main", *_sections(results), id="main")]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(styles, scripts)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="description", content=opening.ABOUT),
        tag("title", text(opening.TITLE)),
        *(f"<style>{style}</style>" for style in styles),
    ]
    foot = [data, *(f"<script>{script}</script>" for script in scripts)]
    whole = tag("html", tag("head", *head), tag("body", *body, *foot), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def _sections(results: Sequence[Shown]) -> list[str]:
    by_lab = [list(group) for _, group in groupby(results, key=lambda each: each.lab.name)]
    return [
        opening.came_out([group[0] for group in by_lab]),
        explorer.section(),
        quiz.section(),
        tag(
            "section",
            tag("h2", "The labs, one by one"),
            *(cards.card(first, more) for first, *more in by_lab),
            id="labs",
        ),
        master.section(results),
        glossary.section(),
        citing.section(results),
    ]


def policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """Return the content security policy that allows these styles and scripts alone."""
    allowed = {"style-src": styles, "script-src": scripts}
    rules = [f"{name} {' '.join(map(_digest, texts))}" for name, texts in allowed.items()]
    return "; ".join(["default-src 'none'", "img-src data:", *rules])


def _digest(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
