"""The rules of a style sheet that concern some HTML, so that a page is served with these alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_CLASSES = re.compile(r'class="([^"]*)"')
_ARGUMENT = re.compile(r"\([^()]*\)")
_COMMA = re.compile(r",(?![^(]*\))")
_NESTING = ("@media", "@container", "@supports")


def keep_used_rules(sheet: str, html: str) -> str:
    """Return the rules whose selectors name only classes of the HTML, on fewer lines.

    Elements, attributes and what stands in parentheses are not looked at: rather too many rules are kept than too few.
    """
    classes = {name for found in _CLASSES.findall(html) for name in found.split()}
    return "\n".join(_keep_rules(_COMMENT.sub("", sheet), classes))


def _keep_rules(sheet: str, classes: set[str]) -> Iterator[str]:
    for prelude, block in _split_rules(sheet):
        if prelude.startswith(_NESTING):
            if inside := "".join(_keep_rules(block, classes)):
                yield f"{prelude}{{{inside}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{block}}}"
        elif used := [part.strip() for part in _COMMA.split(prelude) if _concerns(part, classes)]:
            yield f"{','.join(used)}{{{block}}}"


def _split_rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield each rule at the top as what stands before its braces and inside them, with single blanks."""
    start, depth, begin = 0, 0, 0
    for brace in re.finditer(r"[{}]", sheet):
        depth += 1 if brace[0] == "{" else -1
        if depth == 1 and brace[0] == "{":
            begin = brace.start()
        elif depth == 0:
            yield " ".join(sheet[start:begin].split()), " ".join(sheet[begin + 1 : brace.start()].split())
            start = brace.end()


def _concerns(selector: str, classes: set[str]) -> bool:
    while (bare := _ARGUMENT.sub("", selector)) != selector:
        selector = bare
    return classes.issuperset(_CLASS.findall(selector))
