"""The text of the six screens in both languages, a line per block: `python -m tests.snapshots` writes the files anew."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

from data.model.schema import Lang
from pages.markup.screens import SCREENS
from tests.app import visit

FOLDER = Path(__file__).parent
NAMES = [(screen, lang) for screen in SCREENS for lang in get_args(Lang)]
INLINE = {
    *("a", "b", "br", "button", "code", "i", "img", "mark", "q", "small", "span", "sub", "sup", "time", "td", "th")
}
"""Elements that continue a line; each other one begins a line of its own."""
BEGINS = {"h2": "## ", "h3": "### ", "li": "- ", "button": "[", "a": "["}
ENDS = {"td": " | ", "th": " | ", "button": "]"}


class Lines(HTMLParser):
    """Reads HTML as lines of text."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.text, self.links, self.skipped, self.fold = "", [""], "", ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("style", "script") or given.get("class") == "icon":
            self.skipped = self.skipped or tag
        if tag == "details":
            self.fold = "v " if "open" in given else "> "
        self.text += ("" if tag in INLINE else "\n") + (self.fold if tag == "summary" else BEGINS.get(tag, ""))
        self.text += f"{given['aria-label']}: " if given.get("aria-label") and tag in INLINE else ""
        if tag == "a":
            self.links.append(f"]({given.get('href', '')})")
        if tag == "img" and given.get("alt"):
            self.text += f"![{given['alt']}]"

    def handle_endtag(self, tag: str) -> None:
        self.skipped = "" if tag == self.skipped else self.skipped
        self.text += self.links.pop() if tag == "a" else ENDS.get(tag, "" if tag in INLINE else "\n")

    def handle_data(self, data: str) -> None:
        self.text += "" if self.skipped else re.sub(r"\s+", " ", data)


def read_html(body: str) -> Iterator[str]:
    """The lines of HTML that have a text."""
    for line in Lines(body).text.split("\n"):
        if line.strip(" |-#>[]"):
            yield " ".join(line.split()).removesuffix(" |")


def read_block(block: Any) -> Iterator[str]:
    """The lines of a block of a page and of what is in it; a control is a line with its kind, label and choices."""
    for _, child in sorted(block.children.items()):
        proto = getattr(child, "proto", None)
        if child.type == "html":
            yield from read_html(proto.body)
        elif child.type in ("title", "header"):
            yield f"{'#' if child.type == 'title' else '##'} {proto.body}"
        elif child.type == "popover":
            yield f"({child.type}) {proto.popover.label}"
        elif not hasattr(child, "children"):
            options = [getattr(option, "content", option) for option in getattr(proto, "options", ())]
            yield f"({child.type}) {getattr(proto, 'label', '')}: {' | '.join(options)}".removesuffix(": ")
        if hasattr(child, "children"):
            yield from read_block(child)


def read_screen(screen: str, lang: Lang) -> str:
    """The text of a screen as it opens, on any day."""
    text = "\n".join(read_block(visit(screen, lang=lang).main)) + "\n"
    return re.sub(r"(?<=accessed )\d+ \w+ \d+|(?<=引用日期 )[\d-]+", "(today)", text)


def file_of(screen: str, lang: Lang) -> Path:
    """Where the text of a screen is kept."""
    return FOLDER / f"{screen}-{lang}.txt"


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    for name in NAMES:
        file_of(*name).write_text(read_screen(*name), encoding="utf-8")
