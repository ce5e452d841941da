"""HTML as text: every word goes through `text`, every value in a script block through `block`."""

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

EMPTY = {"img", "input", "meta"}  # elements without an end tag
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def text(value: Any) -> str:
    """Return a value as text that is only text in HTML, in elements and in attributes.

    >>> text('</script> & "x"')
    '&lt;/script&gt; &amp; &quot;x&quot;'
    """
    return escape(CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(value)), quote=True)


def tag(kind: str, /, *inside: str, **attributes: Any) -> str:
    """Return an element.

    Args:
        kind: of element, such as "p".
        inside: HTML, joined.
        attributes: `_` stands for `-`, one at the end (``class_``) for nothing; True is an
            attribute without a value, None and False are left out.

    >>> tag("p", text("a < b"), class_="note", hidden=True, data_at=None)
    '<p class="note" hidden>a &lt; b</p>'
    """
    words = [kind, *(_attribute(n, value) for n, value in attributes.items())]
    head = f"<{' '.join(filter(None, words))}>"
    return head if kind in EMPTY else f"{head}{''.join(inside)}</{kind}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return name if value is True else f'{name}="{text(value)}"'


def sentence(words: Any) -> str:
    """Return words of others, which may run from right to left, as a piece of a line."""
    return tag("bdi", text(words))


def details(summary: str, *inside: str, open_: bool = False, **attributes: Any) -> str:
    """Return what opens at a click or a key, without scripts; `summary` is HTML."""
    return tag("details", tag("summary", summary), *inside, open=open_, **attributes)


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], **attributes: Any
) -> str:
    """Return a table in a box of its own that scrolls sideways and can be reached by keyboard.

    Args:
        caption: plain text.
        head: the columns' names, plain text.
        rows: cells as HTML, the first of each row its head; a row may be HTML, too.
        attributes: of the table.
    """
    columns = tag("tr", *(tag("th", text(name), scope="col") for name in head))
    body = "".join(row if isinstance(row, str) else line(row) for row in rows)
    inside = tag("caption", text(caption)), tag("thead", columns), tag("tbody", body)
    whole = tag("table", *inside, **attributes)
    return tag("div", whole, class_="scroll", role="region", aria_label=caption, tabindex=0)


def line(cells: Sequence[str], **attributes: Any) -> str:
    """Return a table's row of HTML cells, the first of them its head."""
    first, *others = cells
    head = tag("th", first, scope="row")
    return tag("tr", head, *(tag("td", cell) for cell in others), **attributes) + "\n"


def block(name: str, value: Any) -> str:
    """Return a script block that holds a value as JSON.

    >>> block("x", ["</script>"])
    '<script type="application/json" id="x">["\\\\u003c/script\\\\u003e"]</script>'
    """
    written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return (
        f'<script type="application/json" id="{text(name)}">{written.translate(ESCAPED)}</script>'
    )
