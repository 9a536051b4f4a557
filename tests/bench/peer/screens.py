"""The peer's four screens: what a filter changes in each (`parts`, by component property) and its place (`layout`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
from dash import dash_table, dcc, html

from data.model.grades import GRADES
from data.model.schema import Case
from data.query.filters import PROVINCE, own_places
from data.query.findings import count_gaps
from data.query.geography import all_places, find_local_places, list_map_units, summarize_areas
from data.reading.live import current
from data.wording.formatting import format_date
from data.wording.labels import GRADE_MEANINGS
from pages.figures.henan_map import Area
from pages.markup.map_scene import WIDE
from pages.markup.outline import WIDTH, data_url, draw_locator
from tests.bench.peer.charts import chart_for, draw_areas, gap_chart, index_arrows
from tests.bench.peer.view import View

Parts = dict[str, Any]
COLUMNS = (
    "name",
    "place",
    "before_label",
    "after_label",
    "change_label",
    "grade",
    "periods",
    "direction_word",
    "role_word",
    "case_title",
    "phrases",
)
BOUNDARIES = "/boundaries.geojson"
"""Path of the outlines on the peer's server."""
CHART = {"displayModeBar": False, "scrollZoom": False, "responsive": True}


class Screen(NamedTuple):
    """One screen. The keys of `parts` are `component.property`; `layout` places the components with these values."""

    parts: Callable[[View], Parts]
    layout: Callable[[Parts], list[Any]]


def status(view: View) -> str:
    cases, figures = len(view.selection.cases), len(view.selection.positions)
    return view.t(f"{cases}个案例 · {figures}项指标", f"{cases} cases · {figures} figures")


def graph(name: str, figure: go.Figure, config: dict[str, Any] | None = None) -> dcc.Graph:
    return dcc.Graph(id=name, figure=figure, config=config or CHART, style={"height": "auto"})


# --- overview


def overview(view: View) -> Parts:
    shown = [
        row for row in view.rows if row.role in ("outcome", "output") and row.grade in "ABC" and row.index is not None
    ]
    shown.sort(key=lambda row: (row.prefecture_code not in view.filters.city, row.grade))
    drawn = {row.case_id for row in shown}
    headings = {
        case.id: f"{case.number}  {case.title[view.lang]}" + ("" if case.id in drawn else f"  {instead(view, case)}")
        for case in view.selection.cases
    }
    counts = Counter(row.grade for row in view.rows)
    gaps = count_gaps(view.dataset, view.filters)
    domains = {name: domain.name[view.lang] for name, domain in view.dataset.domains.items()}
    return {
        "overview-status.children": status(view),
        "grades.figure": gap_chart(gaps.grades, gaps.domains, domains, view.lang),
        "grades-words.children": [
            html.Li(f"{counts[grade]} {grade} {GRADE_MEANINGS[grade][view.lang]}") for grade in GRADES
        ],
        "index.figure": index_arrows(shown, view.lang, headings),
        "index-table.children": evidence(view, shown),
        "cards.children": [card(view, case) for case in view.selection.cases],
    }


def instead(view: View, case: Case) -> str:
    best = best_figure(view, case)
    if best is None:
        return view.t("材料没有给出可测量的成效。", "The source states no measured outcome.")
    return view.t(f"无可比指数。{best.finding}。", f"No index possible. {best.finding}.")


def best_figure(view: View, case: Case) -> Any:
    return next((row for row in view.rows_of(case) if row.headline), None)


def card(view: View, case: Case) -> html.Div:
    best = best_figure(view, case)
    link = dcc.Link(f"{case.number} · {case.title[view.lang]}", href=view.link("/case", case=case.id))
    return html.Div([link, html.P(f"{best.change_label or best.after_label} {best.name} {best.grade}" if best else "")])


def overview_layout(parts: Parts) -> list[Any]:
    return [
        html.P(parts["overview-status.children"], id="overview-status"),
        html.H1("What ten reforms in Henan changed, and what the source leaves out"),
        graph("grades", parts["grades.figure"]),
        html.Ul(parts["grades-words.children"], id="grades-words"),
        graph("index", parts["index.figure"]),
        html.Details([html.Summary("Show as table"), html.Table(parts["index-table.children"], id="index-table")]),
        html.Div(parts["cards.children"], id="cards"),
    ]


# --- case


def case(view: View) -> Parts:
    chosen, rows = view.case, view.rows_of(view.case)
    shown = [row for row in rows if row.role in ("outcome", "output")]
    changed = [row for row in shown if row.grade in "ABCD"]
    indices = [row.index for row in changed if row.grade == "C" and row.index is not None]
    return {
        "case-status.children": status(view),
        "case-title.children": chosen.title[view.lang],
        "case-body.children": [
            html.P(chosen.summary[view.lang]),
            *where(view, chosen),
            html.P(chosen.problem[view.lang]),
            html.Ol([html.Li(action[view.lang]) for action in chosen.actions]),
            html.P(chosen.result[view.lang]),
            *(block for row in changed for block in figure(row, chart_for(row, view.lang, indices))),
            html.Ul(
                [
                    html.Li(f"{row.after_label} {row.name} {row.grade} {row.place} {row.periods}")
                    for row in shown
                    if row.grade in "EFP"
                ]
            ),
            *events(view, chosen),
            *(html.P(conflict.note[view.lang]) for conflict in chosen.conflicts),
            html.Table(evidence(view, rows)),
        ],
    }


def where(view: View, chosen: Case) -> list[Any]:
    own = own_places(chosen)
    codes = {view.dataset.prefecture_code(name) for name in own} - {PROVINCE}
    if not codes:
        return []
    known = (view.dataset.places[name] for name in sorted(all_places(chosen)))
    points = [
        (*place.point, place.id not in own)
        for place in known
        if place.kind not in ("province", "prefecture") and place.lon is not None
    ]
    outline = draw_locator(current().dataset.boundaries, codes, points, "Henan", view.lang)
    return [html.Img(src=data_url(outline), width=WIDTH)]


def figure(row: Any, drawn: go.Figure | None) -> list[Any]:
    said = [
        html.P(row.finding),
        html.P(f"{row.grade} {row.grade_word} {row.place} · {row.periods}"),
        html.Q(row.phrases),
    ]
    said += [html.P(f"{word}: {note}") for word, note in zip(row.caveat_words, row.caveat_notes, strict=True)]
    return said if drawn is None else [said[0], graph(f"chart-{row.metric_id}", drawn), *said[1:]]


def events(view: View, chosen: Case) -> list[Any]:
    if not chosen.events:
        return []
    said = [html.Li(f"{format_date(event.date, view.lang)} {event.what[view.lang]}") for event in chosen.events]
    return [html.Ol(said)]


def case_layout(parts: Parts) -> list[Any]:
    return [
        html.P(parts["case-status.children"], id="case-status"),
        html.H1(parts["case-title.children"], id="case-title"),
        html.Div(parts["case-body.children"], id="case-body"),
    ]


# --- map


def henan(view: View) -> Parts:
    selection = view.without_city()
    found = summarize_areas(selection)
    points = [there for there in find_local_places(view.dataset, selection.cases) if there.place.lon is not None]
    beside = [case for code in view.filters.city or (PROVINCE,) for case in found[code].cases]
    areas = [area(view, place, found[place.code]) for place in list_map_units(view.dataset)]
    listed = [
        (place.name[view.lang], len(found[place.code].cases), found[place.code].metric_count)
        for place in list_map_units(view.dataset)
    ]
    return {
        "map-status.children": status(view),
        "henan.figure": go.Figure(draw_areas(BOUNDARIES, areas, WIDE.height, {})).add_trace(discs(view, points)),
        "beside.children": [
            dcc.Link(f"{case.number} · {case.title[view.lang]}", href=view.link("/case", case=case.id))
            for case in beside
        ],
        "best.children": [block for row in best_figures(view) for block in figure(row, chart_for(row, view.lang))],
        "map-table.children": body(listed),
        "county-cases.data": {place.id: there[0].id for place, there, _ in points},
    }


def best_figures(view: View) -> list[Any]:
    """The three most completely stated metrics of the selected units."""
    own = [
        row
        for row in view.rows
        if row.prefecture_code in view.filters.city and row.role in ("outcome", "output") and row.grade in "ABCDE"
    ]
    return sorted(own, key=lambda row: (row.grade, row.headline or 9))[:3]


def area(view: View, place: Any, held: Any) -> Area:
    return Area(place.code, min(len(held.cases), 1), place.code in view.filters.city)


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
        html.P(parts["map-status.children"], id="map-status"),
        html.H1("Where the reforms happened"),
        graph(
            "henan", parts["henan.figure"], {"topojsonURL": "/topojson/", "displayModeBar": False, "scrollZoom": False}
        ),
        html.Div(parts["beside.children"], id="beside"),
        html.Div(parts["best.children"], id="best"),
        html.Table(parts["map-table.children"], id="map-table"),
        dcc.Store(id="county-cases", data=parts["county-cases.data"]),
    ]


# --- data


def data(view: View) -> Parts:
    kept = [row for row in view.rows if view.filters.role or row.role in ("outcome", "output")]
    return {
        "data-status.children": status(view),
        "table.data": [{name: getattr(row, name) for name in COLUMNS} for row in kept],
    }


def data_layout(parts: Parts) -> list[Any]:
    return [
        html.P(parts["data-status.children"], id="data-status"),
        html.H1("The data"),
        html.Button("CSV", id="csv"),
        dcc.Download(id="file"),
        dash_table.DataTable(
            parts["table.data"],
            [{"id": name, "name": name} for name in COLUMNS],
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


# --- shared


def evidence(view: View, rows: Sequence[Any]) -> list[Any]:
    """Every metric with its evidence, as rows of a table."""
    return body(
        (
            row.name,
            row.place,
            row.before_label,
            row.after_label,
            row.change_label,
            row.periods,
            f"{row.grade} {row.grade_word}",
            row.formula_label,
            f"{row.phrases}（{row.section}）",
        )
        for row in rows
    )


def body(rows: Any) -> list[Any]:
    return [html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])]


SCREENS = {
    "/": Screen(overview, overview_layout),
    "/case": Screen(case, case_layout),
    "/map": Screen(henan, henan_layout),
    "/data": Screen(data, data_layout),
}
