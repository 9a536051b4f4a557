"""The style sheets of the HTML that pages/markup writes: files in `templates/`, and rules made from palette and grades.

The pages add their own (pages/site/style_sheet.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.model.grades import GRADE_RULES
from pages.markup.palette import CSS_COLORS

_FOLDER = Path(__file__).parent / "templates"
SHEETS = ("marks", "tables", "charts", "case", "method", "data", "compare", "map")
"""The style sheets of this HTML wherever it stands, in the order of their rules."""


def read_sheets(*names: str) -> str:
    """Return style sheets of this folder, one after the other."""
    return "".join((_FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in names)


def define_properties(selector: str, values: Mapping[str, str]) -> str:
    """Return the rule that defines these custom properties."""
    return f"{selector} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}\n"


COLORS = define_properties(":root", CSS_COLORS)
"""The colors as custom properties, light or dark as the scheme of their element."""
_GRADES = "".join(f".grade-{grade} {{ border-style: {rule.border}; }}\n" for grade, rule in GRADE_RULES.items())
MARKUP = COLORS + read_sheets(*SHEETS) + _GRADES
"""The style sheet of all HTML of pages/markup."""
PAPER = read_sheets("paper")
"""How it is printed."""
