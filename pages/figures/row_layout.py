"""Charts whose rows have text between them: where each line of text and each mark goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.wording.rows import MetricRow
from pages.figures.marks import Part, label
from pages.figures.text import escape, wrap

_LINE_HEIGHT = 18
_LINE_EMS = 25.0
"""Maximum width of a line; at 13 px an em it fits a screen 390 px wide."""


def name_row(row: MetricRow) -> str:
    """Return the number of a metric's case, its place and its name, which may have the place in it already."""
    return f"{row.case_number}  {row.name}" if row.place in row.name else f"{row.case_number}  {row.place} · {row.name}"


@dataclass
class RowLayout:
    """Rows from the top down; `depth` is the height in px that is used so far."""

    depth: float = 0
    annotations: list[Part] = field(default_factory=list)

    def write(self, text: str, bold: bool = False) -> None:
        """Adds `text` in as many lines as it needs."""
        for line in wrap(text, _LINE_EMS):
            shown = f"<b>{escape(line)}</b>" if bold else escape(line)
            place = {"xref": "paper", "xanchor": "left", "yanchor": "middle", "align": "left"}
            self.annotations.append(label(0, self.depth + _LINE_HEIGHT / 2, shown, **place))
            self.depth += _LINE_HEIGHT

    def skip(self, px: float) -> float:
        """Adds a row `px` high without text and returns the depth of its middle."""
        self.depth += px
        return self.depth - px / 2
