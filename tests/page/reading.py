"""A page as tests read it."""

from collections.abc import Iterator
from html.parser import HTMLParser

EMPTY = {"img", "input", "meta", "br"}


class Page(HTMLParser):
    """Elements of a page, in order: (name, attributes, names of those around it, text in it)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], tuple[str, ...], list[str]]] = []
        self._open: list[tuple[str, dict[str, str], tuple[str, ...], list[str]]] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        around = tuple(element[1].get("id", element[0]) for element in self._open)
        element = (tag, {name: value or "" for name, value in attrs}, around, [])
        self.elements.append(element)
        if tag not in EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element[3].append(data)

    def all(self, tag: str, within: str = "") -> Iterator[tuple[dict[str, str], str]]:
        """Attributes and text of elements, of those inside of an id if that is given."""
        for name, attributes, around, text in self.elements:
            if name == tag and (not within or within in around):
                yield attributes, "".join(text)
