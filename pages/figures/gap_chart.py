"""How completely figures are stated, by domain, drawn for an image: a dot for each grade, as large as its count."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from data.model.grades import GRADE_RULES, GRADES, Grade
from data.model.schema import Lang
from data.wording.colours import IMPROVED, LIGHT, NEUTRAL
from data.wording.labels import GRADE_WORDS, t
from pages.figures.export_figure import PLOT_WIDTH
from pages.figures.marks import Part, label, points, segment
from pages.figures.style import base_figure
from pages.figures.text import escape
from pages.markup.geometry import scale_dot
from pages.markup.palette import GUIDE

_FIRST, _STEP = 360, 120
"""Middle of the first column of dots and distance between columns, in px."""
_ROW, _HEAD = 40, 30
"""Heights in px of a row and of the line above."""


def gap_chart(
    totals: Mapping[Grade, int], counts: Mapping[str, Mapping[Grade, int]], names: Mapping[str, str], lang: Lang
) -> go.Figure:
    """A row for all figures, then one for each domain; `names` are those of the domains."""
    largest = max([1, *(count for row in counts.values() for count in row.values())])
    height = _HEAD + _ROW * (len(counts) + 1)
    total = t(lang, "合计", "All domains")
    labels = [_text(_column(grade), _HEAD / 2, f"{grade} {GRADE_WORDS[grade][lang]}") for grade in GRADES]
    labels += [_text(0, _middle(0), total, bold=True), *_numbers(totals, 0, {})]
    dots: list[Part] = []
    for number, (domain, row) in enumerate(counts.items(), 1):
        sizes = {grade: scale_dot(row[grade], largest) for grade in GRADES if row[grade]}
        labels += [_text(0, _middle(number), names[domain]), *_numbers(row, number, sizes)]
        dots += [_dot(grade, number, size) for grade, size in sizes.items()]
    edges = [_HEAD + _ROW * number for number in range(len(counts) + 2)]
    return base_figure(
        height,
        dots,
        annotations=labels,
        shapes=[segment([0, PLOT_WIDTH], [y, y], GUIDE, layer="below") for y in edges],
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"range": [0, PLOT_WIDTH], "visible": False},
        yaxis={"range": [height, 0], "visible": False},
    )


def _column(grade: Grade) -> float:
    return _FIRST + _STEP * GRADES.index(grade)


def _middle(number: int) -> float:
    return _HEAD + _ROW * (number + 0.5)


def _text(x: float, y: float, text: str, bold: bool = False, **more: object) -> Part:
    shown = f"<b>{escape(text)}</b>" if bold else escape(text)
    return label(x, y, shown, **{"xanchor": "left" if not x else "center", "font": {"color": LIGHT["ink"]}, **more})


def _numbers(row: Mapping[Grade, int], number: int, sizes: Mapping[Grade, int]) -> list[Part]:
    """The counts of a row beside their dots, or in the middle of the column where there is none."""
    return [
        _text(
            _column(grade),
            _middle(number),
            f"{row[grade]:,}" if row[grade] else "–",
            bold=not number,
            xshift=sizes[grade] / 2 + 14 if grade in sizes else 0,
        )
        for grade in GRADES
    ]


def _dot(grade: Grade, number: int, size: int) -> Part:
    """A dot; hollow for a plan, which is no evidence."""
    evidence = GRADE_RULES[grade].is_evidence
    style = {
        "size": size,
        "symbol": "circle" if evidence else "circle-open",
        "color": IMPROVED if evidence else NEUTRAL,
    }
    return points([_column(grade)], [_middle(number)], style)
