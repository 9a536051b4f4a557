"""The peer's four screens: what a filter changes in each (`parts`, by component property) and its place (`layout`).

They have the dashboard's own filters, rows, words and figures, and are kept by address as the parts of its pages are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode
from zlib import crc32

import plotly.graph_objects as go
from dash import dash_table, dcc, html

from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import PROVINCE, Filters, Selection, parse, select, select_in_case
from data.query.findings import RESULTS, count_gaps
from data.query.geography import find_local_places, list_map_units, summarize_areas
from data.reading.live import current
from data.wording.findings import list_findings, list_gaps
from data.wording.formatting import format_date
from data.wording.openings import open_overview
from data.wording.remarks import list_doubts
from data.wording.rows import MetricRow, Rows
from pages.markup.case import CasePage
from pages.markup.geometry import share_axis
from pages.markup.projection import EAST, NORTH, SOUTH, WEST, map_height
from pages.plots import draw_findings, draw_matrix, draw_metric

Parts = dict[str, Any]
COLUMNS = "name place before_label after_label change_label grade periods direction_word role_word case_title phrases"
BOUNDARIES = "/boundaries.geojson"
"""Path of the outlines on the peer's server."""


@dataclass(frozen=True)
class View:
    """One view: language, filters and their selection; `case` is the one that the URL names."""

    dataset: Dataset
    lang: Lang
    filters: Filters
    selection: Selection
    case: Case

    @property
    def rows(self) -> Sequence[MetricRow]:
        """The selected metrics in words, the chosen cities' first."""
        return Rows(self.dataset, self.lang, self.selection.positions)

    def link(self, path: str, **more: str) -> str:
        return f"{path}?{urlencode({**self.filters.query(), 'lang': self.lang, **more})}"


class Screen(NamedTuple):
    """One screen. The keys of `parts` are `component.property`; `layout` places the components with these values."""

    parts: Callable[[View], Parts]
    layout: Callable[[Parts], list[Any]]


def parts_of(path: str, search: str | None) -> Parts:
    """What a screen shows for an address's query, `?city=410300&lang=en`."""
    return _keep_parts(path, current().dataset, search or "")


@lru_cache(128)
def _keep_parts(path: str, dataset: Dataset, search: str) -> Parts:
    query = {name: values[0] for name, values in parse_qs(search.lstrip("?")).items()}
    filters, _ = parse(query, dataset)
    selection = select(dataset, filters)
    case = dataset.by_id.get(query.get("case", ""), (selection.cases or dataset.cases)[0])
    view = View(dataset, "zh" if query.get("lang") == "zh" else "en", filters, selection, case)
    cases, figures = len(selection.cases), len(selection.positions)
    return {f"{path[1:]}status.children": f"{cases} cases · {figures} figures", **SCREENS[path].parts(view)}


def drawn(figure: go.Figure) -> dict[str, Any]:
    """A figure as plotly.js takes it; by its revision, and without a template, it knows one that it has drawn already."""
    made = figure.update_layout(datarevision=crc32(figure.to_json().encode())).to_dict()
    del made["layout"]["template"]
    return made


def graph(name: str, figure: Any, **config: Any) -> dcc.Graph:
    return dcc.Graph(id=name, figure=figure, config={"displayModeBar": False, "scrollZoom": False, **config})


def body(rows: Iterable[Iterable[Any]]) -> list[Any]:
    return [html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])]


# --- overview


def overview(view: View) -> Parts:
    opening = open_overview(view.selection, view.lang, view.filters)
    cases = list_findings(view.selection, range(len(view.selection.cases)), view.lang)
    gaps = list_gaps(count_gaps(view.dataset, view.filters), view.dataset.domains, view.lang)
    more = [(found.name, found.value, found.state) for case in cases for found in case.more]
    links = [(f"{case.number} · {case.title}", view.link("/case", case=case.case_id)) for case in cases]
    return {
        "opening.children": [html.H1(opening.title), html.P(opening.lede), html.P(opening.kinds)],
        "findings.figure": drawn(draw_findings(cases, view.lang, "wide")),
        "more.children": body(more),
        "cases.children": [html.Li(dcc.Link(title, href=href)) for title, href in links],
        "gaps.figure": drawn(draw_matrix(gaps, view.lang, "wide")),
    }


def overview_layout(parts: Parts) -> list[Any]:
    return [
        html.Div(parts["opening.children"], id="opening"),
        graph("findings", parts["findings.figure"]),
        html.Details([html.Summary("More"), html.Table(parts["more.children"], id="more")]),
        html.Ul(parts["cases.children"], id="cases"),
        graph("gaps", parts["gaps.figure"]),
    ]


# --- case


def case(view: View) -> Parts:
    chosen, lang = view.case, view.lang
    rows = Rows(view.dataset, lang, select_in_case(view.dataset, view.filters, chosen))
    rows = sorted(rows, key=lambda row: (row.prefecture_code not in view.filters.city, row.rank))
    page = CasePage(view.dataset, chosen, rows, lang, None, view.dataset.cases)
    kinds, place = page.kinds, page.place
    return {
        "case.children": [
            html.P(" · ".join(page.about)),
            html.H1(chosen.title[lang]),
            html.Ul([html.Li(f"{key.value} {key.change} {key.row.name} {key.row.grade}") for key in page.figures]),
            html.P(chosen.problem[lang]),
            html.Ol([html.Li(action[lang]) for action in chosen.actions]),
            html.P(chosen.result[lang]),
            *([html.Img(src=re.search('src="(.*?)"', place.image)[1])] if place else []),
            *(part for group in (kinds.changes, kinds.plans) for part in cards(group, lang)),
            *(html.Table(body(map(cells, group))) for group in (kinds.told, kinds.values, kinds.others)),
            html.Ol([html.Li(f"{format_date(event.date, lang)} {event.what[lang]}") for event in chosen.events]),
            *(html.P(conflict.note[lang]) for conflict in chosen.conflicts),
        ]
    }


def cards(rows: Sequence[MetricRow], lang: Lang) -> Iterable[Any]:
    """Each metric as a figure with its words, all on one axis."""
    axis = share_axis(rows)
    for row in rows:
        yield html.H3(row.finding)
        yield graph(f"chart-{row.metric_id}", drawn(draw_metric(row, axis, lang, "wide")))
        said = (f"{row.grade} {row.grade_word} {row.place} · {row.periods}", row.phrases, *list_doubts(row, lang))
        yield html.Details([html.Summary(said[0]), *map(html.P, said[1:])])


def cells(row: MetricRow) -> Sequence[str]:
    """A metric with its evidence, as cells of a table."""
    ends = row.before_label, row.after_label, row.change_label
    return row.name, row.place, *ends, row.periods, f"{row.grade} {row.grade_word}", row.formula_label, row.phrases


def case_layout(parts: Parts) -> list[Any]:
    return [html.Div(parts["case.children"], id="case")]


# --- map


def henan(view: View) -> Parts:
    selection = select(view.dataset, replace(view.filters, city=()))
    found = summarize_areas(selection)
    units = list_map_units(view.dataset)
    points = [there for there in find_local_places(view.dataset, selection.cases) if there.place.lon is not None]
    beside = [case for code in view.filters.city or (PROVINCE,) for case in found[code].cases]
    codes = [unit.code or "" for unit in units]
    own = [row for row in view.rows if row.prefecture_code in view.filters.city and row.role in RESULTS]
    links = [(f"{case.number} · {case.title[view.lang]}", view.link("/case", case=case.id)) for case in beside]
    tinted = [bool(found[code].cases) for code in codes]
    figure = draw_areas(codes, tinted, view.filters.city).add_trace(discs(view, points))
    counts = ((unit.name[view.lang], len(found[unit.code].cases), found[unit.code].metric_count) for unit in units)
    return {
        "henan.figure": figure.to_dict(),
        "beside.children": [dcc.Link(title, href=href) for title, href in links],
        "best.children": body(map(cells, sorted(own, key=lambda row: (row.rank, row.grade))[:3])),
        "map-table.children": body(counts),
        "county-cases.data": {place.id: there[0].id for place, there, _ in points},
    }


def draw_areas(codes: Sequence[str], tinted: Sequence[bool], chosen: Sequence[str]) -> go.Figure:
    """The areas, those with a case tinted, the chosen ones with an outline; a trace without areas comes first."""
    geo = {"visible": False, "projection_type": "mercator"}
    ranges = {"lonaxis_range": [WEST, EAST], "lataxis_range": [SOUTH, NORTH]}
    figure = go.Figure(go.Scattergeo(mode="text"))
    figure.add_choropleth(
        geojson=BOUNDARIES,
        locations=codes,
        z=[int(tint) for tint in tinted],
        colorscale=[(0, "#eee"), (1, "#bcd3f0")],
        marker_line_width=[3 if code in chosen else 1 for code in codes],
        customdata=[[code] for code in codes],
        showscale=False,
    )
    margin = dict.fromkeys("lrtb", 0)
    return figure.update_layout(height=round(map_height(560)), margin=margin, showlegend=False, geo=geo | ranges)


def discs(view: View, points: Sequence[Any]) -> go.Scattergeo:
    """The numbers of the cases where they are; a click carries the area and the place."""
    return go.Scattergeo(
        lon=[place.lon for place, *_ in points],
        lat=[place.lat for place, *_ in points],
        text=[str(there[0].number) for _, there, _ in points],
        mode="markers+text",
        marker={"size": 18, "color": "black"},
        textfont={"size": 11, "color": "white"},
        hovertext=[place.name[view.lang] for place, *_ in points],
        customdata=[[view.dataset.prefecture_code(place.id), place.id] for place, *_ in points],
    )


def henan_layout(parts: Parts) -> list[Any]:
    return [
        html.H1("Where the reforms happened"),
        graph("henan", parts["henan.figure"], topojsonURL="/topojson/"),
        html.Div(parts["beside.children"], id="beside"),
        html.Table(parts["best.children"], id="best"),
        html.Table(parts["map-table.children"], id="map-table"),
        dcc.Store(id="county-cases", data=parts["county-cases.data"]),
    ]


# --- data


def data(view: View) -> Parts:
    kept = [row for row in view.rows if view.filters.role or row.role in RESULTS]
    return {"table.data": [{name: getattr(row, name) for name in COLUMNS.split()} for row in kept]}


def data_layout(parts: Parts) -> list[Any]:
    return [
        html.H1("The data"),
        html.Button("CSV", id="csv"),
        dcc.Download(id="file"),
        dash_table.DataTable(
            parts["table.data"],
            [{"id": name, "name": name} for name in COLUMNS.split()],
            id="table",
            virtualization=True,
            page_action="none",
            fixed_rows={"headers": True},
            sort_action="native",
            filter_action="native",
            style_table={"height": 520},
            style_cell={"minWidth": 120, "maxWidth": 260, "textOverflow": "ellipsis"},
        ),
    ]


SCREENS = {
    "/": Screen(overview, overview_layout),
    "/case": Screen(case, case_layout),
    "/map": Screen(henan, henan_layout),
    "/data": Screen(data, data_layout),
}
