"""The pictures that Plotly draws, to explore and to take away, from the rows, words and places of the page: findings
and comparisons as rows on an axis, one metric, and the matrix.

A picture is laid out in px from its upper left; a zoom goes closer. `frame` puts its title above, and below what it is
from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal, NamedTuple

import plotly.graph_objects as go

from data.model.schema import Lang, Unit
from data.wording.colours import LIGHT, SELECTED_OUTLINE
from data.wording.compare import Group, order_group
from data.wording.findings import (
    CaseFindings,
    Finding,
    GapRow,
    describe_finding,
    find_shown_marks,
    join_doubts,
)
from data.wording.index_axis import IndexAxis
from data.wording.labels import LENGTHS_NOTE, t
from data.wording.map_cases import Area, Headline
from data.wording.marks import find_marks, is_bar, say_meaning
from data.wording.remarks import has_derived_end, list_doubts
from data.wording.rows import MetricRow
from data.wording.words import Mark as MarkName
from pages.markup import geometry
from pages.markup.geometry import Findings, Mark, Scale, Span, Ticks
from pages.markup.map import MapPage
from pages.markup.palette import AREA_BORDER, MAP_PAINTS, TRANSPARENT
from pages.markup.projection import EAST, NORTH, SOUTH, WEST, map_height, unproject
from pages.markup.text_width import text_width, wrap

Shape = Literal["wide", "square"]
Part = dict[str, Any]
"""A shape or an annotation, as Plotly takes it."""
FONTS: Mapping[Lang, str] = {
    "zh": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif",
    "en": "Source Sans, Helvetica Neue, Segoe UI, Roboto, Arial, Liberation Sans, sans-serif",
}
"""Fonts of pictures, in English that of the page, which pages/browser/share.js puts into the file."""
_SILENT: Part = {"hoverinfo": "skip"}
_PAD, _LINE, _BOLD = 40, 1.3, 1.08
"""Px around a picture, and the height of a line and the width of bold letters by their size."""
_MAX_SIDE = 1157
"""Side in px of the largest square whose letters are of 14 px when it is shown at 1080; a longer picture is higher."""


class Columns(NamedTuple):
    """The columns of a shape, each as (left edge, width) in px, the size of its letters and the gap between rows.

    In a `stacked` one a case has a line of its own above its rows, and what is stated stands below a metric's name.
    """

    width: int
    text: int
    gap: int
    case: tuple[int, int]
    name: tuple[int, int]
    axis: tuple[int, int]
    state: tuple[int, int]
    stacked: bool = False


COLUMNS: Mapping[Shape, Columns] = {
    "wide": Columns(1200, 14, 5, (_PAD, 225), (275, 140), (430, 525), (965, 195)),
    "square": Columns(1080, 15, 1, (_PAD, 1000), (_PAD, 470), (490, 550), (_PAD, 470), stacked=True),
}
ALONE: Mapping[Shape, Columns] = {
    "wide": Columns(1200, 18, 8, (_PAD, 0), (_PAD, 0), (_PAD, 820), (900, 260)),
    "square": Columns(1080, 26, 12, (_PAD, 0), (_PAD, 0), (_PAD, 1000), (_PAD, 1000), stacked=True),
}
"""The columns of a metric that stands alone, whose name is in the title."""


@dataclass
class Sheet:
    """What is drawn so far; `depth` is the height in px that is used."""

    columns: Columns
    lang: Lang
    depth: float = 0
    shapes: list[Part] = field(default_factory=list)
    texts: list[Part] = field(default_factory=list)
    hovers: list[tuple[float, float, str]] = field(default_factory=list)

    def place(self, share: float) -> float:
        """Return where a place on the axis of the marks, in per cent, lies in px."""
        return self.columns.axis[0] + share * self.columns.axis[1] / 100

    def write(self, at: tuple[int, int], top: float, text: str, color: str = "ink", bold: bool = False) -> float:
        """Write wrapped text into a column from `top` on, and return where it ends."""
        size = self.columns.text
        lines = wrap(text, at[1] / size / (_BOLD if bold else 1))
        self.texts.append(_text(at[0], top, lines, LIGHT[color], size, bold, "left", "top"))
        return top + len(lines) * size * _LINE

    def label(self, x: float, y: float, text: str, color: str, anchor: str = "left", bold: bool = False) -> None:
        """Write a line of text at a place."""
        self.texts.append(_text(x, y, [text], color, self.columns.text, bold, anchor, "middle"))

    def line(self, x: Span, y: Span, color: str, width: float = 1, dash: str = "solid") -> None:
        """Draw a line between two places."""
        style = {"color": color, "width": width, "dash": dash}
        self.shapes.append({"type": "line", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "line": style})

    def rule(self) -> None:
        """Draw a line across the picture."""
        self.line((_PAD, self.columns.width - _PAD), (self.depth, self.depth), LIGHT["rule"])

    def circle(self, x: float, y: float, size: float, color: str, fill: str) -> None:
        """Draw a circle of so many px."""
        box = {"x0": x - size / 2, "x1": x + size / 2, "y0": y - size / 2, "y1": y + size / 2}
        self.shapes.append({"type": "circle", "line": {"color": color, "width": 2}, "fillcolor": fill, **box})

    def draw_mark(self, mark: Mark, y: float, names: Collection[str]) -> None:
        """Draw an arrow or a bar; ends that are ranges are bands."""
        start, end, color = self.place(mark.start), self.place(mark.end), _color(names)
        (self.draw_bar if mark.kind == "bar" else self.draw_arrow)(start, end, y, names)
        for span, shade in ((mark.before, LIGHT["quiet"]), (mark.after, color)):
            if span[0] != span[1]:
                self.line((self.place(span[0]), self.place(span[1])), (y, y), shade, 12)

    def draw_bar(self, start: float, end: float, y: float, names: Collection[str]) -> None:
        """Draw a bar between two places as these kinds of marks, pale where its number is a bound."""
        self.line((start, end), (y, y), _color(names), 12, "dot" if "dotted" in names else "solid")
        self.shapes[-1]["opacity"] = 0.45 if {"open_head", "open_end"} & {*names} else 1

    def draw_arrow(self, start: float, end: float, y: float, names: Collection[str]) -> None:
        """Draw an arrow between two places as these kinds of marks; a short one has a short head and a small dot."""
        color, head, way = _color(names), min(13.0, 0.65 * abs(end - start)), -1 if end < start else 1
        dashes = {"dashed": "3px,2px", "dotted": "dot", "planned": "dashdot"}
        dash = next((dash for name, dash in dashes.items() if name in names), "solid")
        self.line((start, end - way * head), (y, y), color, 4, dash)
        if "dashed" in names:
            for x in (0.9 * head, 0.5 * head, 0.15 * head):
                self.line((end - way * x,) * 2, (y - x / 2, y + x / 2), color, 3)
        elif head:
            path = f"M{end - way * head},{y - 7} L{end},{y} L{end - way * head},{y + 7}"
            fill = LIGHT["ground"] if "hollow_head" in names else color
            shape = {"path": path} if "open_head" in names else {"path": f"{path} Z", "fillcolor": fill}
            width = 3 if "open_head" in names else 2 if "hollow_head" in names else 0
            self.shapes.append({"type": "path", "line": {"color": color, "width": width}, **shape})
        fill = LIGHT["ground" if "hollow" in names else "quiet"]
        self.circle(start, y, 10 if abs(end - start) >= 24 else 6, LIGHT["quiet"], fill)


def _color(names: Collection[str]) -> str:
    return LIGHT["improved-text" if "improved" in names else "worsened-text" if "worsened" in names else "quiet"]


def _text(
    x: float, y: float, lines: Sequence[str], color: str, size: int, bold: bool, anchor: str, yanchor: str
) -> Part:
    shown = "<br>".join(f"<b>{escape(line, quote=False)}</b>" if bold else escape(line, quote=False) for line in lines)
    place = {"x": x, "y": y, "xanchor": anchor, "align": anchor, "yanchor": yanchor}
    return {**place, "text": shown, "font": {"color": color, "size": size}, "showarrow": False, "borderpad": 0}


def draw_findings(cases: Sequence[CaseFindings], lang: Lang, shape: Shape) -> go.Figure:
    """Draw what each case reports: the rows that the page shows at once, with the legend of their marks."""
    scale = geometry.scale_findings(cases, lang)
    sheet = _open_sheet(scale.ticks, find_shown_marks(cases), lang, COLUMNS[shape])
    for case in cases:
        top = _begin_case(sheet, f"{case.number}  {case.title}", case.places)
        if text := case.say_in_a_line(lang):
            left = sheet.columns.name[0]
            end = sheet.write((left, sheet.columns.width - _PAD - left), top, text, "quiet")
            sheet.depth = max(sheet.depth, end + sheet.columns.gap)
        for finding in () if text else case.first:
            top = _draw_finding(sheet, finding, scale.mark(finding), scale, top)
    return _finish(sheet)


def draw_group(group: Group, units: Mapping[str, Unit], lang: Lang, shape: Shape) -> go.Figure:
    """Draw metrics on the scale that they share, a row each, under the titles of their cases."""
    scale, case_id = geometry.scale_group(group, units, lang), ""
    sheet, top = _open_sheet(scale.ticks, geometry.list_marks(group, scale), lang, COLUMNS[shape]), 0.0
    for at in order_group(group):
        row = group.rows[at]
        if row.case_id != case_id:
            case_id, top = row.case_id, _begin_case(sheet, f"{row.case_number}  {row.case_title}", "")
        top = _draw_finding(sheet, describe_finding(row, lang), scale.marks[at], scale, top)
    return _finish(sheet)


def draw_metric(row: MetricRow, axis: IndexAxis, lang: Lang, shape: Shape) -> go.Figure:
    """Draw one metric as its grade allows, on the `axis` of its case where it has an index; a text without a scale."""
    scale = geometry.scale_metric(row, axis, lang)
    names = [name for name in find_marks([row]) if name != "arrow" or geometry.chart_kind(row) == "index"]
    sheet = _open_sheet(scale.ticks, names if scale.ticks else (), lang, ALONE[shape])
    _draw_finding(sheet, describe_finding(row, lang), scale.marks[0], scale, sheet.depth + sheet.columns.gap)
    return _finish(sheet)


def _open_sheet(ticks: Ticks, names: Sequence[MarkName], lang: Lang, columns: Columns) -> Sheet:
    """Return a sheet with a legend of marks, each drawn beside what it means, and the ticks of an axis."""
    sheet, size, x = Sheet(columns, lang), columns.text, float(_PAD)
    told, bars = [(name, say_meaning(name, lang)) for name in names], [name for name in names if is_bar(name, names)]
    for name, words in told + [("", LENGTHS_NOTE[lang])] * ("arrow" in names):
        wide = size * text_width(words) + (50 if name else 0)
        if x + wide > columns.width - _PAD:
            x, sheet.depth = _PAD, sheet.depth + 1.5 * size
        if name:
            draw = sheet.draw_bar if name in bars else sheet.draw_arrow
            draw(x + 5, x + (5 if name == "place" else 40), sheet.depth + size, {name})
        sheet.label(x + (50 if name else 0), sheet.depth + size, words, LIGHT["quiet"])
        x += wide + 28
    sheet.depth += 2.2 * size if names else 0
    for place, words in ticks:
        sheet.label(sheet.place(place), sheet.depth + size * 0.6, words, LIGHT["quiet"], "center")
    sheet.depth += 1.5 * size if ticks else 0
    return sheet


def _begin_case(sheet: Sheet, title: str, places: str) -> float:
    """Write the heading of a case below a rule, and return where its first row begins."""
    sheet.rule()
    top = sheet.depth + sheet.columns.gap
    if sheet.columns.stacked:
        return sheet.write(sheet.columns.case, top, " · ".join(filter(None, (title, places))), bold=True)
    end = sheet.write(sheet.columns.case, top, title, bold=True)
    sheet.depth = sheet.write(sheet.columns.case, end, places, "quiet") + sheet.columns.gap
    return top


def _draw_finding(sheet: Sheet, finding: Finding, mark: Mark | None, scale: Scale | Findings, top: float) -> float:
    """Draw a metric from `top` on: its name, its mark with labels, how it is stated. Return where the next begins."""
    columns, line = sheet.columns, sheet.columns.text * _LINE
    alone, names = not columns.name[1], geometry.name_marks(finding.row, mark)
    end = top + line * (3 if mark else 1) if alone else sheet.write(columns.name, top, finding.name)
    stated = _say_stated(finding)
    end = max(end, sheet.write(columns.state, end if columns.stacked else top, stated, "quiet")) + columns.gap
    for place, _ in scale.ticks:
        sheet.line((sheet.place(place),) * 2, (top - columns.gap, end), LIGHT["rule"])
    x, y = sheet.place(mark.end if mark else scale.origin), top + line * (1.5 if alone and mark else 0.5)
    if mark is None:
        sign = "○ " if has_derived_end(finding.row) else ""
        sheet.label(x, y, sign + finding.value, _color(names), bold=True)
    else:
        sheet.draw_mark(mark, y, names)
        (_label_above if alone else _label_beside)(sheet, finding, mark, y, _color(names))
    sheet.hovers.append((x, y, write_hover(finding, sheet.lang)))
    sheet.depth = max(sheet.depth, end)
    return end


def _label_above(sheet: Sheet, finding: Finding, mark: Mark, y: float, color: str) -> None:
    """Write the later value above a mark and the earlier one below it, where they keep inside the axis."""
    size = sheet.columns.text
    for place, text, shade, shift in (
        (mark.end, finding.label, color, -1),
        (mark.start, finding.was, LIGHT["quiet"], 1),
    ):
        anchor = "left" if place < 33 else "right" if place > 66 else "center"
        sheet.label(sheet.place(place), y + shift * size * _LINE, text, shade, anchor, bold=shift < 0)


def _label_beside(sheet: Sheet, finding: Finding, mark: Mark, y: float, color: str) -> None:
    """Write the later value behind the head and the earlier one behind the start, or both there where a name stands,
    and both behind the mark on an axis of values.
    """
    columns, places = sheet.columns, [sheet.place(place) for place in (*mark.before, *mark.after)]
    near, far = (max(places) + 10, "left"), (min(places) - 10, "right")
    label, was = (finding.value, "") if mark.behind else (finding.label, finding.was)
    name = max(map(text_width, wrap(finding.name, columns.name[1] / columns.text)))
    turned = mark.way == "left" and not mark.behind
    if turned and text_width(label) * columns.text > far[0] - columns.name[0] - name * columns.text:
        label, was = f"{was} → {label}", ""
    elif turned:
        near, far = far, near
    sheet.label(near[0], y, label, color, near[1], bold=True)
    sheet.label(far[0], y, was, LIGHT["quiet"], far[1])


def write_hover(finding: Finding, lang: Lang) -> str:
    """Return the sentence of a metric, its place and time, how it is stated, its doubts and the source's words."""
    row = finding.row
    quoted = "“" + row.phrases.replace(" | ", "” “") + "”"
    texts = [f"{row.place} · {row.periods}", finding.state, *(f"⚠ {doubt}" for doubt in list_doubts(row, lang)), quoted]
    head = [f"<b>{escape(line)}</b>" for line in wrap(row.finding, 34)]
    return "<br>".join([*head, *(escape(line) for text in texts for line in wrap(text, 38))])


def draw_matrix(rows: Sequence[GapRow], lang: Lang, shape: Shape) -> go.Figure:
    """Draw how many results of each domain are stated how completely: a dot as large as its count, hollow for plans."""
    sheet, largest, names = Sheet(COLUMNS[shape], lang, 34), geometry.largest_gap(rows), rows[0].cells
    step = (sheet.columns.width - 2 * _PAD - 300) / len(names)
    middles = [_PAD + 300 + step * (at + 0.5) for at in range(len(names))]
    for x, cell in zip(middles, names, strict=True):
        sheet.label(x, 16, cell.words, LIGHT["quiet"], "center")
    for row in rows:
        sheet.rule()
        y, ink = sheet.depth + 20, LIGHT["ink"]
        sheet.label(_PAD, y, row.label, ink, bold=not row.domain)
        for x, cell in zip(middles, row.cells, strict=True):
            size = geometry.scale_dot(cell.count, largest) if row.domain and cell.count else 0
            if size:
                edge = LIGHT["quiet" if cell.grades == ("P",) else "improved-text"]
                sheet.circle(x, y, size, edge, LIGHT["ground"] if cell.grades == ("P",) else edge)
            number = f"{cell.count:,}" if cell.count else "–"
            sheet.label(
                x + size / 2 + 5 * bool(size), y, number, ink, "left" if size else "center", bold=not row.domain
            )
        sheet.depth += 40
    return _finish(sheet)


def draw_map(page: MapPage, boundaries: str, chosen: Collection[str], shape: Shape) -> go.Figure:
    """Draw the map with its headlines beside it, the chosen areas with an outline; `boundaries` is the address of their
    GeoJSON. Plotly would fetch a world map: the first geographic trace has no areas, and the dialog names an empty one.
    """
    sheet = Sheet(COLUMNS[shape], page.lang)
    width, size, line = sheet.columns.width, sheet.columns.text, sheet.columns.text * _LINE
    side = round((0.52 if sheet.columns.stacked else 0.46) * width)
    _write_key(sheet, page)
    top = sheet.depth
    column = _PAD + 34, width - 2 * _PAD - 60 - side
    for headline in page.headlines:
        _draw_number(sheet, headline, _PAD + 11, sheet.depth + 0.6 * line)
        finding, state = headline.finding, headline.place
        told = f"{headline.title}{t(page.lang, '：', ': ')}{headline.note}"
        if finding:
            told, state = f"{finding.value} {finding.name}", f"{state} · {_say_stated(finding)}"
        end = sheet.write(column, sheet.depth, told, bold=bool(finding))
        sheet.depth = sheet.write(column, end, state, "quiet") + 0.4 * size
    sheet.depth = max(sheet.depth, top + map_height(side))
    figure = _finish(sheet).update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    figure.add_traces([_write_names(page), *_fill_areas(page, boundaries, chosen), _mark_numbers(page)])
    bottom, left = 1 - (top + map_height(side)) / sheet.depth, (width - _PAD - side) / width
    return figure.update_layout(
        hoverdistance=1,
        showlegend=False,
        geo={
            "visible": False,
            "bgcolor": TRANSPARENT,
            "projection_type": "mercator",
            "lonaxis_range": [WEST, EAST],
            "lataxis_range": [SOUTH, NORTH],
            "domain": {"x": [left, left + side / width], "y": [bottom, 1 - top / sheet.depth]},
        },
    )


def _write_key(sheet: Sheet, page: MapPage) -> None:
    """Write what the colors and the numbers mean, in a line."""
    size, x = sheet.columns.text, float(_PAD)
    for fill, words in page.key:
        if fill:
            box = {"x0": x, "x1": x + size, "y0": size / 2, "y1": 1.5 * size}
            sheet.shapes.append({"type": "rect", "line": {"color": AREA_BORDER, "width": 1}, "fillcolor": fill, **box})
        elif page.has_numbers:
            sheet.circle(x + size / 2, size, size, LIGHT["ink"], LIGHT["ink"])
        sheet.label(x + size + 6, size, words, LIGHT["quiet"])
        x += size * (text_width(words) + 3)
    sheet.depth += 2.4 * size


def _draw_number(sheet: Sheet, headline: Headline, x: float, y: float) -> None:
    """Draw the number of a case in a disc, as on the map; in a circle where it is nowhere on it."""
    ink, ground = LIGHT["ink"], LIGHT["ground"]
    sheet.circle(x, y, 22, ink, ink if headline.points else ground)
    sheet.label(x, y, str(headline.number), ground if headline.points else ink, "center", bold=True)


def _write_names(page: MapPage) -> Part:
    """Return the names of the areas, with their values where they show any."""
    places = [unproject(page.place_name(area.code), 1) for area in page.units]
    lines = [(page.shorten_name(area), page.shading.texts.get(area.code, "")) for area in page.units]
    names = ["<br>".join(escape(line) for line in pair if line) for pair in lines]
    lon, lat = zip(*places, strict=True)
    font = {"size": 13, "color": LIGHT["ink"]}
    return {"type": "scattergeo", "mode": "text", "lon": lon, "lat": lat, "text": names, "textfont": font, **_SILENT}


def _fill_areas(page: MapPage, boundaries: str, chosen: Collection[str]) -> list[Part]:
    """Return the areas in the colors of their classes, which are steps of a scale, and above them the outlines."""
    steps = len(MAP_PAINTS)
    codes = [area.code for area in page.units]
    classes = [page.shading.class_of(code) for code in codes]
    areas = {"type": "choropleth", "geojson": boundaries, "locations": codes, "showscale": False, "zmin": 0}
    fills = {
        "z": [0.5 if number is None else number + 1.5 for number in classes],
        "zmax": steps,
        "colorscale": [(edge / steps, fill) for at, fill in enumerate(MAP_PAINTS) for edge in (at, at + 1)],
        "marker_line": {"color": AREA_BORDER, "width": 1},
        "hovertext": [_describe_area(area, page.lang) for area in page.units],
        "hoverinfo": "text",
    }
    outlines = {
        "z": [0] * len(codes),
        "zmax": 1,
        "colorscale": [(0, TRANSPARENT), (1, TRANSPARENT)],
        "marker_line": {"color": SELECTED_OUTLINE, "width": [3 if code in chosen else 0 for code in codes]},
    }
    return [areas | fills, areas | outlines | _SILENT]


def _describe_area(area: Area, lang: Lang) -> str:
    """Return what the panel of an area says, as hover text."""
    colon, lines = t(lang, "：", ": "), []
    for case in area.cases:
        found = case.finding
        reported = f"{colon}{found.value} {found.name} · {_say_stated(found)}" if found else ""
        lines += wrap(f"{case.number} {case.title}{reported}", 38)
    told = [f"<b>{escape(area.name)}{colon}{area.counts}</b>", *map(escape, lines), area.more]
    return "<br>".join(filter(None, told))


def _say_stated(finding: Finding) -> str:
    """Return how a metric is stated, and what decides how it may be read."""
    return finding.state + join_doubts(finding, " ⚠ ")


def _mark_numbers(page: MapPage) -> Part:
    """Return the numbers of the cases on the map, with what their headlines tell."""
    spots = [(at, headline) for at, headline in zip(page.numbers, page.headlines, strict=True) if page.has_numbers]
    marks = [(unproject(place, 1), headline) for places, headline in spots for place in places]
    return {
        "type": "scattergeo",
        "mode": "markers+text",
        "lon": [place[0] for place, _ in marks],
        "lat": [place[1] for place, _ in marks],
        "text": [f"<b>{headline.number}</b>" for _, headline in marks],
        "textfont": {"size": 12, "color": LIGHT["ground"]},
        "marker": {"size": 21, "color": LIGHT["ink"], "opacity": 1, "line": {"color": LIGHT["ground"], "width": 1}},
        "hovertext": [
            write_hover(headline.finding, page.lang)
            if headline.finding
            else escape(f"{headline.number} {headline.title}")
            for _, headline in marks
        ],
        "hoverinfo": "text",
    }


def _finish(sheet: Sheet) -> go.Figure:
    """Return the figure of what was drawn, without title and source; what a row tells is its hover text."""
    x, y, hover = zip(*sheet.hovers, strict=True) if sheet.hovers else ((), (), ())
    figure = go.Figure(go.Scatter(x=x, y=y, hovertext=hover, hoverinfo="text", mode="markers", marker_opacity=0))
    figure.update_traces(marker_size=26)
    figure.update_xaxes(visible=False, fixedrange=False, range=[0, sheet.columns.width])
    figure.update_yaxes(visible=False, fixedrange=False, range=[sheet.depth, 0])
    return figure.update_layout(
        template="none",
        width=sheet.columns.width,
        height=sheet.depth,
        margin=dict.fromkeys("lrtb", 0),
        font={"family": FONTS[sheet.lang], "size": sheet.columns.text},
        paper_bgcolor=LIGHT["ground"],
        hoverlabel={"bgcolor": LIGHT["ground"], "bordercolor": LIGHT["rule"], "font_size": 14, "align": "left"},
        shapes=sheet.shapes,
        annotations=sheet.texts,
    )


def frame(figure: go.Figure, title: str, head: Iterable[str], foot: Iterable[str], shape: Shape) -> go.Figure:
    """Return a figure as a picture with its title and some lines above, and below it what it is from."""
    width, size = figure.layout.width, figure.layout.font.size
    room, large, small = width - 2 * _PAD, round(1.8 * size), max(14, round(0.75 * size))
    titles = wrap(title, room / large / _BOLD)
    above = [line for text in head for line in wrap(text, room / size)]
    below = [line for text in foot for line in wrap(text, room / small)]
    parts = (titles, large, "ink"), (above, size, "ink"), (below, small, "quiet")
    heights = [len(lines) * letters * _LINE for lines, letters, _ in parts]
    height = round(figure.layout.height + sum(heights) + 2 * _PAD)
    if shape == "square" and height <= _MAX_SIDE:
        width = height = max(width, height)
    tops = height - _PAD / 2, height - _PAD / 2 - heights[0], heights[2] + _PAD / 2
    texts = list(figure.layout.annotations)
    for (lines, letters, color), y in zip(parts, tops, strict=True):
        text = _text(_PAD / width, y / height, lines, LIGHT[color], letters, lines is titles, "left", "top")
        texts.append(text | {"xref": "paper", "yref": "paper"})
    upper, depth = height - heights[0] - heights[1] - _PAD, figure.layout.yaxis.range[0]
    for geo in figure.select_geos(lambda geo: geo.domain.x):
        x, y = ([*geo.domain[axis]] for axis in "xy")
        shares = [(upper - depth * (1 - share)) / height for share in y]
        geo.domain = {"x": [share * figure.layout.width / width for share in x], "y": shares}
    figure.update_layout(width=width, height=height, annotations=texts, xaxis_range=[0, width])
    return figure.update_yaxes(domain=[(upper - depth) / height, upper / height])
