"""The findings of cases as a drawing for an image: the same lines as the table on the page, with their arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.colours import LIGHT, NEUTRAL, direction_color
from data.wording.findings import CaseFindings, Finding
from data.wording.index_axis import BASELINE, IndexAxis, name_tick, span_axis
from pages.figures.export_figure import PLOT_WIDTH
from pages.figures.marks import Part, arrow_symbol, circle_symbol, dash, label, lines, marker, points, segment
from pages.figures.style import base_figure
from pages.figures.text import BOLD, escape, wrap
from pages.markup.geometry import list_arrows
from pages.markup.palette import GUIDE

_COLUMNS = {"reform": (0, 230), "what": (245, 295), "ends": (550, 235), "remark": (815, 255), "state": (1085, 35)}
"""Left edge and width in px of the columns of text."""
_AXIS = (830, 1062)
"""Left and right end of the arrows' axis in px."""
_SIZE, _SMALL = 13, 11
_LINE, _GAP, _HEAD = 17, 7, 24
"""Heights in px: of a line of text, below a row, of the line with the ticks."""


@dataclass
class _Sheet:
    """What is drawn so far, from the top down; `depth` is the height in px that is used."""

    axis: IndexAxis
    lang: Lang
    depth: float = _HEAD
    traces: list[Part] = field(default_factory=list)
    shapes: list[Part] = field(default_factory=list)
    labels: list[Part] = field(default_factory=list)

    def add_text(self, column: str, text: str, top: float, color: str = LIGHT["ink"], bold: bool = False) -> float:
        """Writes wrapped text into a column from `top` on, and returns where it ends."""
        left, width = _COLUMNS[column]
        for line in wrap(text, width / (_SIZE * (BOLD if bold else 1))):
            shown = f"<b>{escape(line)}</b>" if bold else escape(line)
            font = {"size": _SIZE, "color": color}
            self.labels.append(label(left, top + _LINE / 2, shown, xanchor="left", align="left", font=font))
            top += _LINE
        return top

    def place(self, index: float) -> float:
        """The distance of an index from the left edge in px."""
        return _AXIS[0] + self.axis.share(index) * (_AXIS[1] - _AXIS[0])


def findings_chart(cases: Sequence[CaseFindings], lang: Lang) -> go.Figure:
    """The first findings of each case, a line each, `PLOT_WIDTH` px wide; an arrow where the metric has an index."""
    sheet = _Sheet(span_axis(list_arrows(cases)), lang)
    for index in sheet.axis.ticks:
        font = {"size": _SMALL, "color": LIGHT["quiet"]}
        sheet.labels.append(label(sheet.place(index), _HEAD / 2, name_tick(index, lang), font=font))
    for case in cases:
        _draw_case(sheet, case)
    return base_figure(
        int(sheet.depth),
        sheet.traces,
        annotations=sheet.labels,
        shapes=sheet.shapes,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"range": [0, PLOT_WIDTH], "visible": False},
        yaxis={"range": [sheet.depth, 0], "visible": False},
    )


def _draw_case(sheet: _Sheet, case: CaseFindings) -> None:
    rule = segment([0, PLOT_WIDTH], [sheet.depth, sheet.depth], GUIDE, layer="below")
    sheet.shapes.append(rule)
    top = sheet.depth + _GAP
    ends = sheet.add_text("reform", f"{case.number}  {case.title}", top, bold=True)
    ends = sheet.add_text("reform", case.places, ends, LIGHT["quiet"])
    if case.note:
        top = sheet.add_text("what", case.note, top, LIGHT["quiet"])
    for finding in case.first:
        top = _draw_finding(sheet, finding, top) + _GAP
    sheet.depth = max(top, ends + _GAP)


def _draw_finding(sheet: _Sheet, finding: Finding, top: float) -> float:
    row = finding.row
    ends = [sheet.add_text("what", row.name, top)]
    value = " → ".join(finding.ends)
    if value:
        ends.append(sheet.add_text("ends", value, top, bold=not finding.change))
    if finding.remark:
        column = "remark" if value else "ends"
        ends.append(sheet.add_text(column, finding.remark, top, LIGHT["quiet"]))
    sheet.add_text("state", row.grade + (" ⚠" if row.doubt_words else ""), top, bold=True)
    middle = top + _LINE / 2
    if finding.arrow:
        _draw_arrow(sheet, finding, middle)
    elif finding.change:
        size = f"<b>{escape(finding.change)}</b>"
        font = {"size": _SIZE, "color": direction_color(row.direction)}
        sheet.labels.append(label(sheet.place(BASELINE), middle, size, font=font))
    return max(ends)


def _draw_arrow(sheet: _Sheet, finding: Finding, y: float) -> None:
    row = finding.row
    assert row.index is not None
    start, end, color = sheet.place(BASELINE), sheet.place(row.index), direction_color(row.direction)
    sheet.shapes += [
        segment([x, x], [y - _LINE / 2, y + _LINE / 2], GUIDE, layer="below")
        for x in map(sheet.place, sheet.axis.ticks)
    ]
    sheet.traces.append(lines([start, end], [y, y], color, 2.5, dash=dash(row.index_bound)))
    if row.doubtful:
        inner = end + (12 if end < start else -12)
        sheet.traces.append(lines([inner, end], [y, y], color, 10, dash="2px,2px"))
    symbol = arrow_symbol(BASELINE, row.index, row.after_origin, row.index_bound)
    sheet.traces += [
        points([start], [y], marker(8, NEUTRAL, circle_symbol(row.before_origin))),
        points([end], [y], marker(11, color, symbol)),
    ]
    side = {"xanchor": "left", "xshift": 8} if end >= start else {"xanchor": "right", "xshift": -8}
    font = {"size": _SIZE, "color": color}
    sheet.labels.append(label(end, y, f"<b>{escape(row.change_label)}</b>", font=font, **side))
