"""HTML as a browser reads it: its elements, each with its attributes, language and text."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

VOID = ("meta", "link", "img", "br")
"""The elements without an end."""


@dataclass
class Element:
    """An element; its text is its own and that of the elements in it."""

    tag: str
    attributes: dict[str, str]
    lang: str
    text: str = ""

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]


class Page(HTMLParser):
    """The elements of a page or of a piece of one; each must be closed in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self.texts: list[tuple[str, str]] = []
        """Each run of text with its language."""
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, self._open[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        found = Element(tag, given, given.get("lang") or (self._open[-1].lang if self._open else ""))
        self.elements.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        self.texts.append((self._open[-1].lang if self._open else "", data))

    def find(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of this kind that have these attributes."""
        return [found for found in self.elements if found.tag == tag and attributes.items() <= found.attributes.items()]

    def values(self, attribute: str) -> list[str]:
        """The values that an attribute has anywhere."""
        return [found[attribute] for found in self.elements if attribute in found.attributes]

    @property
    def tags(self) -> set[str]:
        """The kinds of elements."""
        return {found.tag for found in self.elements}

    @property
    def attributes(self) -> set[str]:
        """The names of attributes."""
        return {name for found in self.elements for name in found.attributes}
