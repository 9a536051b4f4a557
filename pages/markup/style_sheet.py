"""The style sheets of all HTML: files beside the templates, and rules made from palette, grades and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from data.model.grades import GRADE_RULES
from data.model.schema import Text
from data.wording.labels import COLUMN_WORDS
from pages.markup.environment import TEMPLATES
from pages.markup.palette import CSS_COLORS

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_CLASSES = re.compile(r'class="([^"]*)"')
_ARGUMENT = re.compile(r"\([^()]*\)")
_COMMA = re.compile(r",(?!(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))")
"""A comma outside parentheses, which may stand in one another."""
_NESTING = ("@media", "@container", "@supports")
SHEETS = ("marks", "tables", "charts", "case", "method", "data", "compare", "map")
"""The style sheets of what the pages show and the report too, in the order of their rules."""
_TEXTS = {
    "connection-lost": Text(
        zh="与服务器的连接断开了。恢复后本页会自动继续，您的选择不变。",
        en="The connection to the server is lost. This page goes on by itself when it is back, with what you chose.",
    ),
    "press-enter": Text(zh="回车搜索", en="Enter ↵"),
    "take": COLUMN_WORDS["take"],
}
"""The texts in the style sheets by the names of their custom properties."""


def read_sheets(*names: str) -> str:
    """Return style sheets of this folder, one after the other."""
    return "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)


def define_properties(selector: str, values: Mapping[str, str]) -> str:
    """Return the rule that defines these custom properties."""
    return f"{selector} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}\n"


COLORS = define_properties(":root", CSS_COLORS)
"""The colors as custom properties, light or dark as the scheme of their element."""
_GRADES = "".join(f".grade-{grade} {{ border-style: {rule.border}; }}\n" for grade, rule in GRADE_RULES.items())
_PROPERTIES = define_properties(":root", {name: f'"{text.en}"' for name, text in _TEXTS.items()}) + define_properties(
    ":root:lang(zh)", {name: f'"{text.zh}"' for name, text in _TEXTS.items()}
)
MARKUP = COLORS + read_sheets(*SHEETS) + _GRADES
"""The style sheet of what the pages show and the report too."""
PAPER = read_sheets("paper")
"""How it is printed."""
SHEET = _PROPERTIES + read_sheets("site") + MARKUP + read_sheets("share") + PAPER
"""The style sheet of every page, in the order of its rules."""
FIRST_VIEW = SHEET + read_sheets("first_view")
"""The style sheet of what is served before the app has started, which looks like the app's."""
PRINT, EMBED = read_sheets("print"), read_sheets("embed")
"""What a printed page, and a page in a frame, have besides."""


def keep_used_rules(sheet: str, html: str) -> str:
    """Return the rules whose selectors name only classes of the HTML, on fewer lines.

    Elements, attributes and what stands in parentheses are not looked at: rather too many rules are kept than too few.
    What has a test id is Streamlit's own, and not in the HTML.
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
    return "data-testid" not in selector and classes.issuperset(_CLASS.findall(selector))
