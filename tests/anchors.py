"""The links in HTML, by their accessible name and target."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple


class Anchor(NamedTuple):
    """A link: its text without icons, and its target."""

    label: str
    href: str


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Anchor] = []
        self.hidden = self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.hidden = given.get("aria-hidden") == "true"
        if tag == "a":
            self.inside = True
            self.found.append(Anchor("", given.get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        self.inside &= tag != "a"

    def handle_data(self, data: str) -> None:
        if self.inside and not self.hidden:
            label, href = self.found[-1]
            self.found[-1] = Anchor(label + data, href)


def anchors(html: str) -> list[Anchor]:
    """The links of a piece of HTML, in document order."""
    parser = _Parser()
    parser.feed(html)
    return parser.found
