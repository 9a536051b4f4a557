"""Map: where the cases and metrics are. A click on an area filters every page, a click on a county opens its case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup, escape

from data.downloads.extract import Extract
from data.downloads.file_names import name_map_table
from data.downloads.geojson import CREDIT
from data.model.grades import GRADE_RULES, GRADES, Grade, grades_drawn_as
from data.model.schema import Text
from data.query.columns import PROVINCE
from data.query.dataset import CaseSubset, Dataset
from data.query.filters import Filters, select
from data.query.geography import (
    AreaSummary,
    Measure,
    PlaceCases,
    count_own_metrics,
    find_local_places,
    find_measures,
    find_points,
    name_area,
    summarize_areas,
    tabulate_areas,
    tabulate_local_places,
)
from data.wording.formatting import format_value
from data.wording.openings import TITLES
from pages.figures import henan_map as drawing
from pages.figures.chart_for import chart_for
from pages.figures.export_figure import export_figure
from pages.frame.blocks import format_compact, show_metric
from pages.frame.chart_export import ChartExport, show_export
from pages.frame.elements import (
    choose_one,
    format_list,
    format_table,
    show_chart,
    show_csv_download,
    show_note,
    show_paragraph,
    show_warning,
)
from pages.frame.embed import show_embedded
from pages.frame.escape_markdown import escape_markdown
from pages.frame.links import format_case_link
from pages.frame.view import RESULTS, View, apply_filters, base_path, current_view
from pages.site import palette

CONTAINER_KEY, CHART_KEY = "map", "henan"
CASE_KEY, CLICKED_KEY, ROUND_KEY = "case to open", "clicked last", "round of clicks"
OVERLAP = 0.2
"""Distance in degrees within which two points overlap on a small screen."""
MAX_LISTED = 12
"""Maximum number of cases of a place listed beside the map."""
MAX_NAMED = 5
"""Maximum number of cases named in a hover text and in a row of the table; the table's download names all."""
MAX_MEASURED = 12
"""Maximum number of cases whose measures are offered for the map's color."""
EXPORT_HEIGHT = 640
"""Height of the exported map in px."""
COUNTS: Mapping[str, tuple[Text, tuple[float, ...]]] = {
    "cases": (Text(zh="案例数", en="Number of cases"), (1, 2, 3, 4)),
    "figures": (Text(zh="指标数", en="Number of figures"), (1, 10, 25, 40)),
}
"""What the map can be colored by besides measures: by key, its name and the lower limits of the usual classes."""
POINTS = (
    ("●", "pt", Text(zh="有案例或指标的县、镇", en="county or town with a case or figure")),
    ("○", "pt named", Text(zh="只被提到的县", en="only named")),
)
"""The filled points and the hollow ones, as (sign, CSS class in the legend, meaning)."""
MAX_RATIO = 4
"""Ratio of the largest count to the last usual limit from which the classes follow the counts instead."""


@dataclass(frozen=True)
class Shading:
    """What colors the map: the value of each area (None without data) in classes with these lower limits and labels.

    `texts` are the values in words by area, if they are not counts.
    """

    title: str
    note: str
    values: Mapping[str, float | None]
    breaks: tuple[float, ...]
    labels: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


def list_measures(view: View, cases: CaseSubset) -> dict[str, Measure]:
    """Return the measures that can color the map: of the first cases that have any, and of the case in the URL."""
    found = find_measures(cases, MAX_MEASURED)
    at = cases.find(st.query_params.get("colour", "").partition(".")[0])
    linked = find_measures(cases[at : at + 1]) if at is not None else ()
    return {measure.key: measure for measure in (*found, *linked)}


def shade_by_count(view: View, key: str, areas: Mapping[str, AreaSummary]) -> Shading:
    """Return the shading by cases or metrics, in the usual classes or, far above these, in about equally large ones."""
    units = {code: area for code, area in areas.items() if code != PROVINCE}
    if key == "cases":
        counts = {code: len(area.cases) for code, area in units.items()}
        labels = [view.say("没有案例", "no case"), "1", "2", "3", view.say("4个及以上", "4 or more")]
    else:
        counts = {code: area.metric_count for code, area in units.items()}
        labels = [view.say("没有指标", "no figure"), "1–9", "10–24", "25–39", view.say("40项及以上", "40 or more")]
    title, breaks = COUNTS[key]
    if max(counts.values()) > MAX_RATIO * breaks[-1]:
        breaks = drawing.compute_breaks(count for count in counts.values() if count)
        labels[1:] = [view.say(f"{limit:,}起", f"from {limit:,}") for limit in breaks]
    note = view.say("颜色表示总数，不是比率。", "Colours show totals, not rates.")
    return Shading(title[view.lang], note, counts, breaks, tuple(labels))


def shade_by_measure(view: View, measure: Measure, areas: Collection[str]) -> Shading:
    """Return the shading by a measure, in classes with about equally many of its values."""
    ends = {code: metric.after for code, metric in measure.values.items()}
    values = {code: end.value for code, end in ends.items() if end and end.value is not None}
    stated = set(values.values())
    breaks = drawing.compute_breaks(stated)
    labels = [format_value(limit, view.dataset.units[measure.unit_id], view.lang) for limit in breaks]
    if len(breaks) < len(stated):
        labels = [view.say(f"{label}起", f"from {label}") for label in labels]
    case = view.dataset.by_id[measure.key.partition(".")[0]]
    note = view.say(
        f"案例{case.number}（{case.title.zh}）的指标，各地自己的数值。",
        f"A measure of case {case.number}, {case.title.en}: each place's own value.",
    )
    without = view.say("材料没有数据", "no data in the source")
    words = {row.metric_id: row.after_label for row in view.rows(view.dataset.positions(case.id))}
    texts = {code: words[metric.id] for code, metric in measure.values.items()}
    shaded = {code: values.get(code) for code in areas if code != PROVINCE}
    return Shading(measure.name[view.lang], note, shaded, breaks, (without, *labels), texts)


def name_cases(view: View, cases: CaseSubset) -> list[str]:
    """Return the first of these cases by number and title, and how many more there are."""
    names, more = cases[:MAX_NAMED].numbered_titles(view.lang), len(cases) - MAX_NAMED
    return names + ([view.say(f"另有 {more:,} 个案例", f"and {more:,} more")] if more > 0 else [])


def build_areas(
    view: View, areas: Mapping[str, AreaSummary], shading: Shading, selected: Collection[str] = ()
) -> list[drawing.Area]:
    """Return the areas to draw, each in the class of its value."""

    def build(code: str, value: float | None) -> drawing.Area:
        place = view.dataset.tables.map_units[code]
        label = place.name.zh.removesuffix("市") if view.lang == "zh" else place.name.en
        index = None if value is None else drawing.classify(value, shading.breaks)
        hover = describe_area(view, code, areas[code], shading)
        return drawing.Area(code, label, *place.point, index, hover, code in selected)

    return [build(code, value) for code, value in shading.values.items()]


def describe_area(view: View, code: str, area: AreaSummary, shading: Shading) -> tuple[str, ...]:
    """Return the lines of an area's hover text: name, value, counts, share of each grade, first cases."""
    lines = [name_area(view.dataset, code)[view.lang]]
    if text := shading.texts.get(code):
        lines.append(f"{shading.title}{view.say('：', ': ')}{text}")
    cases, metrics = f"{len(area.cases):,}", f"{area.metric_count:,}"
    lines.append(view.say(f"{cases} 个案例，{metrics} 项指标", f"cases: {cases}, figures: {metrics}"))
    shares = [f"{grade} {area.grades[grade] / area.metric_count:.0%}" for grade in GRADES if area.grades[grade]]
    if shares:
        lines.append(view.say("完整度：", "completeness: ") + " · ".join(shares))
    return (*lines, *name_cases(view, area.cases))


def build_points(view: View, cases: CaseSubset) -> list[drawing.Point]:
    """Return the points of counties and towns; one that overlaps others on a small screen has their hover text too."""
    found = find_points(cases)
    lines = {
        place.id: (place.name[view.lang], *name_cases(view, there), *([place.note[view.lang]] if place.note else []))
        for place, there, _ in found
    }
    drawn = []
    for place, _, named_only in found:
        hover, (lon, lat) = [*lines[place.id]], place.point
        for other, *_ in found:
            other_lon, other_lat = other.point
            if other is not place and abs(other_lon - lon) < OVERLAP and abs(other_lat - lat) < OVERLAP:
                name, *more = lines[other.id]
                hover += [view.say(f"旁边：{name}", f"Close by: {name}"), *(line for line in more if line not in hover)]
        code = view.dataset.prefecture_code(place.id) or ""
        drawn.append(drawing.Point(place.id, code, lon, lat, tuple(hover), named_only))
    return drawn


def apply_click() -> None:
    """Select or deselect a clicked area, or open the case of a clicked county.

    Plotly keeps the point that was clicked last: clicked again it is no longer selected, and with the shift key held it
    stays selected beside the next one, after which the chart gets a new key.
    """
    view, last = current_view(), st.session_state.get(CLICKED_KEY)
    selected = [point["customdata"] for point in st.session_state[chart_key()]["selection"]["points"]]
    hit = next((data for data in selected if data != last), last)
    if hit is None:
        return
    st.session_state[CLICKED_KEY] = hit
    if len(selected) > 1:
        st.session_state[ROUND_KEY] = st.session_state.get(ROUND_KEY, 0) + 1
    code, *county = hit
    if county:
        st.session_state[CASE_KEY] = next(
            there[0].id for place, there, _ in find_points(view.dataset.all_cases) if place.id in county
        )
    else:
        apply_filters(replace(view.filters, city=tuple(sorted({code} ^ set(view.filters.city)))))


def chart_key() -> str:
    """The widget key of the map in this round of clicks."""
    return f"{CHART_KEY}-{st.session_state[ROUND_KEY]}" if ROUND_KEY in st.session_state else CHART_KEY


def list_classes(shading: Shading) -> list[tuple[str, str]]:
    """Return color and label of each class. A measure has no zero: its first class is areas without data."""
    first = palette.NO_DATA if None in shading.values.values() else palette.MAP_CLASSES[0]
    return list(zip((first, *palette.MAP_CLASSES[1:]), shading.labels, strict=False))


def format_legend(view: View, shading: Shading) -> Markup:
    swatch, point = Markup('<span class="sw" style="background:{}"></span>{}'), Markup('<span class="{}"></span>{}')
    classes = [swatch.format(*entry) for entry in list_classes(shading)]
    signs = [point.format(css_class, meaning[view.lang]) for _, css_class, meaning in POINTS]
    return format_list([*classes, *signs], "legend", label=shading.title)


def show_map(
    view: View, anywhere: View, areas: Mapping[str, AreaSummary], shading: Shading, table: Callable[[], pd.DataFrame]
) -> None:
    """Show the map with its legend, its credit and its export; `anywhere` is the view without the filter by city."""
    cases = anywhere.selection.cases
    st.html(drawing.selection_css(f"st-key-{CONTAINER_KEY}", list(shading.values), view.filters.city))
    if view.embedded:
        st.header(escape_markdown(shading.title), anchor=False)
    st.html(format_legend(view, shading))
    covered = view.join(name_area(view.dataset, code)[view.lang] for code, value in shading.values.items() if value)
    alt = view.say(
        f"河南18个单位的{shading.title}。有数值的：{covered}。",
        f"{shading.title} in Henan's 18 units. Areas with a value: {covered}.",
    )
    figure = draw_map(view, areas, cases, shading)
    with st.container(key=CONTAINER_KEY):
        show_chart(
            figure,
            chart_key(),
            alt,
            config=drawing.map_config(base_path()),
            on_select="ignore" if view.embedded else apply_click,
            selection_mode="points",
        )
    hint = view.say(
        "点击地市即筛选全部页面，再次点击取消；点击县、镇打开其案例。",
        "Click a city to show only its figures; click again to clear. Click a county or town to open its case.",
    )
    credit = f"{shading.note} {CREDIT[view.lang]}"
    show_paragraph(f"{'' if view.embedded else hint} {credit}")

    def render(_: go.Figure, title: str, subtitle: str, footer: Sequence[str]) -> go.Figure:
        larger = go.Figure(draw_map(view, areas, cases, shading, view.filters.city)).update_layout(height=EXPORT_HEIGHT)
        signs = [
            *(("", *entry) for entry in list_classes(shading)),
            *((sign, palette.POINT, meaning[view.lang]) for sign, _, meaning in POINTS),
        ]
        return export_figure(larger, title, subtitle, footer, signs)

    title, path = shading.title, "places.geojson"
    export = ChartExport("map", title, credit, figure, render, (), table, cases, path, filtered=True, about=title)
    show_export(anywhere, export)


def draw_map(
    view: View, areas: Mapping[str, AreaSummary], cases: CaseSubset, shading: Shading, selected: Collection[str] = ()
) -> go.Figure:
    return drawing.henan_map(
        f"{base_path()}/api/boundaries.geojson", build_areas(view, areas, shading, selected), build_points(view, cases)
    )


def show_beside(view: View, areas: Mapping[str, AreaSummary]) -> None:
    """Show the cases of the selected areas with their metrics there, and below them the province-wide cases."""
    index, own = view.dataset.index, view.selection.positions[: view.selection.own_count]
    if view.filters.city:
        with st.container(key="chosen"):
            for code in view.filters.city:
                show_area(view, code, areas[code].cases, own[index.places_in(code)[index.column("place")[own]]])
    if PROVINCE not in view.filters.city:
        show_area(view, PROVINCE, areas[PROVINCE].cases, own[:0])


def show_area(view: View, code: str, cases: CaseSubset, positions: np.ndarray) -> None:
    """Show an area's cases with links to them, each with its metrics among those at `positions`."""
    name = Text(zh="全省性案例", en="Province-wide cases") if code == PROVINCE else name_area(view.dataset, code)
    st.header(escape_markdown(name[view.lang]), anchor=False)
    if not cases:
        show_note(view, "这里没有案例或指标。", "No case and no figure here.")
    for number, case in zip(cases.positions, cases[:MAX_LISTED], strict=False):
        own = positions[view.dataset.index.case[positions] == number]
        metrics = format_compact(view.rows(sort_by_evidence(view, own)), view.lang) if len(own) else ""
        st.html(Markup('<p class="title">{}</p>{}').format(format_case_link(view, case), metrics))
    if (more := len(cases) - MAX_LISTED) > 0:
        show_note(view, f"另有 {more:,} 个案例，见下表。", f"{more:,} more in the table below.")


def sort_by_evidence(view: View, positions: np.ndarray) -> np.ndarray:
    """Return these positions, the better grade first, within a grade headlines in their order before others."""
    headline, grade = (view.dataset.index.column(name)[positions] for name in ("headline", "grade"))
    return positions[np.lexsort((np.where(headline > 0, headline, 9), grade))]


def show_best(view: View) -> None:
    """Show the three most completely stated metrics of the selected areas with their charts."""
    found = view.selection.rank(RESULTS, grades_drawn_as("ends", "index", "difference", "level"))
    own = found[np.isin(found, view.selection.positions[: view.selection.own_count])]
    if rows := view.rows(sort_by_evidence(view, own)[:3]):
        st.header(view.say("写得最完整的指标", "The most completely stated figures here"), anchor=False)
        with st.container(key="changes"):
            for row in rows:
                key = f"figure-best-{row.case_id}-{row.metric_id}"
                show_metric(row, chart_for(row, view.lang), view, key, export_figure)


def show_area_table(
    view: View, areas: Mapping[str, AreaSummary], shading: Shading, table: Callable[[], pd.DataFrame]
) -> None:
    """Show the content of the map as a table, with a control of its order."""
    texts, nothing = shading.texts, Markup("<small>{}</small>").format(view.say("无数据", "no data"))
    names = {
        "code": view.say("地市", "City"),
        "cases": view.say("案例数", "Cases"),
        "figures": view.say("指标数", "Figures"),
        **({"value": shading.title} if texts else {}),
    }
    order = choose_one(view.say("排序", "Sort by"), names, "map-order")
    city, cases, metrics, *value = names.values()
    grade_heading = Markup('{} <span class="nw">{}</span>')
    grades = (grade_heading.format(grade, GRADE_RULES[grade].word[view.lang]) for grade in GRADES)
    headings = (city, cases, metrics, *grades, *value, view.say("案例", "Which"))
    sort_keys: Mapping[str, Callable[[str], float]] = {
        "code": lambda code: 0,
        "cases": lambda code: -len(areas[code].cases),
        "figures": lambda code: -areas[code].metric_count,
        "value": lambda code: inf if (value := shading.values.get(code)) is None else -value,
    }
    rows = (
        (
            Markup('<span class="nw">{}</span>').format(name_area(view.dataset, code)[view.lang]),
            f"{len(areas[code].cases):,}",
            f"{areas[code].metric_count:,}",
            *(format_share(areas[code], grade) for grade in GRADES),
            *([texts.get(code, nothing)] if texts else []),
            format_case_links(view, areas[code].cases),
        )
        for code in sorted(areas, key=sort_keys[order])
    )
    caption = view.say(
        "各地市的案例数、指标数及各完整度等级的指标数",
        "Cases and figures by city, and the figures of each grade of completeness",
    )
    st.html(format_table(headings, rows, caption))
    show_table_download(view, len(areas), table, "areas")


def format_share(area: AreaSummary, grade: Grade) -> Markup:
    """Return how many of an area's metrics have a grade, and their share."""
    count = area.grades[grade]
    if not count:
        return Markup("<small>0</small>")
    return Markup('<span class="nw">{:,} <small>{:.0%}</small></span>').format(count, count / area.metric_count)


def format_case_links(view: View, cases: CaseSubset) -> Markup:
    """Return links to the first of these cases, and how many more there are."""
    if not cases:
        return Markup("")
    first, more = cases[:MAX_NAMED], len(cases) - MAX_NAMED
    before, _, after = escape(view.href("case", case="ID")).rpartition("ID")
    links = [
        Markup(f'<a href="{before}{case_id}{after}">{escape(title)}</a>')
        for case_id, title in zip(first.ids, first.numbered_titles(view.lang), strict=True)
    ]
    links += [escape(view.say(f"另有 {more:,} 个", f"{more:,} more"))] if more > 0 else []
    return Markup(view.say("；", "; ")).join(links)


def show_county_table(view: View) -> None:
    """Show the counties, towns and zones as a table, those without a point too; nothing if there are none."""
    places = find_local_places(view.selection.cases)
    if not places:
        return
    counts = count_own_metrics(view.selection)
    st.header(view.say("县、镇与片区", "Counties, towns and zones"), anchor=False)
    words = ("地点", "Place"), ("所在地市", "Lies in"), ("指标数", "Figures"), ("案例", "Which"), ("说明", "Note")
    headings = [view.say(*pair) for pair in words]
    rows = (
        (
            there.place.name[view.lang],
            name_area(view.dataset, view.dataset.prefecture_code(there.place.id))[view.lang],
            f"{counts[there.place.id]:,}",
            format_case_links(view, there.cases),
            describe_place(view, there),
        )
        for there in places
    )
    caption = view.say("材料提到的县、镇与片区", "The counties, towns and zones that the source names")
    st.html(format_table(headings, rows, caption))
    show_table_download(view, len(places), partial(build_county_table, view.dataset, view.filters), "counties")


def describe_place(view: View, there: PlaceCases) -> str:
    """Return the notes on a county, town or zone."""
    notes = [view.say("只被提到", "only named")] if there.named_only else []
    notes += [view.say("图上没有位置", "no point on the map")] if there.place.lon is None else []
    notes += [there.place.note[view.lang]] if there.place.note else []
    return view.say("；", "; ").join(notes)


def build_county_table(dataset: Dataset, filters: Filters) -> pd.DataFrame:
    return tabulate_local_places(select(dataset, filters))


def build_area_table(dataset: Dataset, filters: Filters, measure: Measure | None) -> pd.DataFrame:
    return tabulate_areas(dataset, summarize_areas(select(dataset, filters)), measure)


def show_table_download(
    view: View, rows: int, table: Callable[[], pd.DataFrame], name: Literal["areas", "counties"]
) -> None:
    label = view.say(f"下载此表（CSV，{rows} 行）", f"Download this table (CSV, {rows} rows)")
    show_csv_download(label, table, name_map_table(Extract(view.dataset), name), name)


view = current_view()
if CASE_KEY in st.session_state:
    st.switch_page(view.pages["case"], query_params=view.query(case=st.session_state.pop(CASE_KEY)))
anywhere = replace(view, filters=view.filters.without("city"))
areas = summarize_areas(anywhere.selection)
measures = list_measures(view, anywhere.selection.cases)
names = {
    **{key: title[view.lang] for key, (title, _) in COUNTS.items()},
    **{key: measure.name[view.lang] for key, measure in measures.items()},
}
requested = st.query_params.get("colour", "cases")
chosen = requested if requested in names else "cases"
measure = measures.get(chosen)
shading = shade_by_measure(view, measure, areas) if measure else shade_by_count(view, chosen, areas)
table = partial(build_area_table, view.dataset, anywhere.filters, measure)
if view.embedded:
    show_embedded(view, {"map": partial(show_map, view, anywhere, areas, shading, table)})
else:
    st.title(TITLES["map"][view.lang], anchor=False)
    if requested != chosen:
        show_warning(
            view,
            "链接所指的着色方式不存在，改按案例数着色。",
            "The link colours the map by something that does not exist; it shows the number of cases.",
        )
    st.session_state["colour"] = chosen
    choose_one(view.say("着色依据", "Colour by"), names, "colour", in_url=True)
    left, right = st.columns([2, 1], gap="large")
    with left:
        show_map(view, anywhere, areas, shading, table)
    with right:
        show_beside(view, areas)
    show_best(view)
    st.header(view.say("分地市列表", "The same as a table"), anchor=False)
    show_area_table(anywhere, areas, shading, table)
    show_county_table(anywhere)
