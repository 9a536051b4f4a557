"""Map: where the cases and metrics are. A click on an area filters every page, a click on a county opens its case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup, escape

from data.downloads.csv_json import write_csv
from data.downloads.extract import Extract
from data.downloads.file_names import name_map_table
from data.downloads.geojson import CREDIT
from data.model.grades import GRADE_RULES, GRADES, Grade, grades_drawn_as
from data.query.columns import PROVINCE
from data.query.dataset import CaseSubset, Dataset
from data.query.filters import Filters, Selection, select
from data.query.geography import (
    AreaSummary,
    Measure,
    PlaceCases,
    count_own_metrics,
    find_local_places,
    find_measures,
    find_points,
    list_map_units,
    name_area,
    summarize_areas,
    tabulate_areas,
    tabulate_local_places,
)
from data.wording.formatting import format_value
from pages.figures import henan_map as drawing
from pages.figures.chart_for import chart_for
from pages.figures.export_figure import export_figure
from pages.frame.blocks import format_compact, show_metric
from pages.frame.chart_export import ChartExport, show_export
from pages.frame.elements import format_list, format_table, show_chart, show_csv_download, show_paragraph, show_warning
from pages.frame.embed import show_embedded
from pages.frame.escape_markdown import escape_markdown
from pages.frame.links import format_link
from pages.frame.view import View, apply_filters, current_view
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
BASE = drawing.url_prefix(st.get_option("server.baseUrlPath"))
CASE_BREAKS, METRIC_BREAKS = (1, 2, 3, 4), (1, 10, 25, 40)
"""Lower limits of the usual classes of counts."""
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


def list_shadings(view: View, offered: Iterable[Measure]) -> dict[str, str]:
    """Return the names of what the map can be colored by, by key."""
    return {
        "cases": view.say("案例数", "Number of cases"),
        "figures": view.say("指标数", "Number of figures"),
        **{measure.key: measure.name[view.lang] for measure in offered},
    }


def list_measures(view: View, cases: CaseSubset) -> tuple[Measure, ...]:
    """Return the measures that can color the map: of the first cases that have any, and of the case in the URL."""
    found = find_measures(cases, MAX_MEASURED)
    at = cases.find(st.query_params.get("colour", "").partition(".")[0])
    linked = find_measures(cases[at : at + 1]) if at is not None else ()
    return tuple({measure.key: measure for measure in (*found, *linked)}.values())


def find_measure(offered: Iterable[Measure], key: str) -> Measure | None:
    return next((measure for measure in offered if measure.key == key), None)


def shade(view: View, key: str, areas: Mapping[str, AreaSummary], offered: Iterable[Measure]) -> Shading:
    """Return the shading with this key: by cases, by metrics, or by a measure."""
    codes = [place.code or "" for place in list_map_units(view.dataset)]
    if measure := find_measure(offered, key):
        return shade_by_measure(view, measure, codes)
    if key == "cases":
        counts = {code: len(areas[code].cases) for code in codes}
        labels = (view.say("没有案例", "no case"), "1", "2", "3", view.say("4个及以上", "4 or more"))
        classes = classify_counts(view, counts.values(), CASE_BREAKS, labels)
    else:
        counts = {code: areas[code].metric_count for code in codes}
        labels = (view.say("没有指标", "no figure"), "1–9", "10–24", "25–39", view.say("40项及以上", "40 or more"))
        classes = classify_counts(view, counts.values(), METRIC_BREAKS, labels)
    note = view.say("颜色表示总数，不是比率。", "Colours show totals, not rates.")
    return Shading(list_shadings(view, ())[key], note, counts, *classes)


def shade_by_measure(view: View, measure: Measure, codes: Iterable[str]) -> Shading:
    """Return the shading by a measure, in classes with about equally many of its values."""
    values = list_numbers(measure)
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
    texts = format_values(view, measure)
    shaded = {code: values.get(code) for code in codes}
    return Shading(measure.name[view.lang], note, shaded, breaks, (without, *labels), texts)


def classify_counts(
    view: View, counts: Iterable[int], breaks: tuple[int, ...], labels: tuple[str, ...]
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Return limits and labels of the usual classes of counts, or of classes of about equally many if counts are far
    above them.
    """
    known = [count for count in counts if count]
    if max(known, default=0) <= MAX_RATIO * breaks[-1]:
        return breaks, labels
    limits = drawing.compute_breaks(known)
    return limits, (labels[0], *(view.say(f"{limit:,}起", f"from {limit:,}") for limit in limits))


def list_numbers(measure: Measure) -> dict[str, float]:
    """Return a measure's values by area."""
    ends = {code: metric.after for code, metric in measure.values.items()}
    return {code: end.value for code, end in ends.items() if end and end.value is not None}


def format_values(view: View, measure: Measure) -> dict[str, str]:
    """Return a measure's values in words by area, with their bounds."""
    case_id = measure.key.partition(".")[0]
    texts = {row.metric_id: row.after_label for row in view.rows(view.dataset.positions(case_id))}
    return {code: texts[metric.id] for code, metric in measure.values.items()}


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
    lines.append(
        view.say(
            f"{len(area.cases):,} 个案例，{area.metric_count:,} 项指标",
            f"cases: {len(area.cases):,}, figures: {area.metric_count:,}",
        )
    )
    shares = " · ".join(
        f"{grade} {area.grades[grade] / area.metric_count:.0%}" for grade in GRADES if area.grades[grade]
    )
    if shares:
        lines.append(view.say("证据等级：", "grades: ") + shares)
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


def apply_shading() -> None:
    """Write the chosen shading into the URL."""
    st.query_params["colour"] = st.session_state["colour"]


def choose_shading(names: Collection[str]) -> str:
    """Return the shading of the URL; the number of cases if there is no such shading."""
    key = st.query_params.get("colour", "cases")
    return key if key in names else "cases"


def show_shading_control(view: View, names: Mapping[str, str]) -> str:
    """Show the control of the shading, with a notice if the URL's does not exist; return the chosen one."""
    chosen = choose_shading(names)
    st.session_state["colour"] = chosen
    if chosen != st.query_params.get("colour", "cases"):
        show_warning(
            view.say(
                "链接所指的着色方式不存在，改按案例数着色。",
                "The link colours the map by something that does not exist; it shows the number of cases.",
            )
        )
    st.segmented_control(
        view.say("着色依据", "Colour by"),
        list(names),
        format_func=lambda name: escape_markdown(names[name]),
        key="colour",
        on_change=apply_shading,
        required=True,
    )
    return st.session_state["colour"]


def list_classes(shading: Shading) -> list[tuple[str, str]]:
    """Return color and label of each class. A measure has no zero: its first class is areas without data."""
    first = palette.NO_DATA if None in shading.values.values() else palette.MAP_CLASSES[0]
    return list(zip((first, *palette.MAP_CLASSES[1:]), shading.labels, strict=False))


def describe_points(view: View) -> tuple[str, str]:
    """Return the meaning of a filled point and of a hollow one."""
    return view.say("有案例或指标的县、镇", "county or town with a case or figure"), view.say(
        "只被提到的县", "only named"
    )


def format_legend(view: View, shading: Shading) -> Markup:
    swatch, point = Markup('<span class="sw" style="background:{}"></span>{}'), Markup('<span class="{}"></span>{}')
    classes = [swatch.format(*entry) for entry in list_classes(shading)]
    signs = [point.format(*entry) for entry in zip(("pt", "pt named"), describe_points(view), strict=True)]
    return format_list([*classes, *signs], "legend", label=shading.title)


def show_map(
    view: View, areas: Mapping[str, AreaSummary], cases: CaseSubset, shading: Shading, table: Callable[[], pd.DataFrame]
) -> None:
    """Show the map with its legend, its credit and its export."""
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
            config=drawing.map_config(BASE),
            on_select="ignore" if view.embedded else apply_click,
            selection_mode="points",
        )
    hint = view.say(
        "点击地市即筛选全部页面，再次点击取消；点击县、镇打开其案例。",
        "Click an area to filter every page, again to let go; click a county or town to open its case.",
    )
    credit = f"{shading.note} {CREDIT[view.lang]}"
    show_paragraph(f"{'' if view.embedded else hint} {credit}")

    def render(_: go.Figure, title: str, subtitle: str, footer: Sequence[str]) -> go.Figure:
        larger = go.Figure(draw_map(view, areas, cases, shading, view.filters.city)).update_layout(height=EXPORT_HEIGHT)
        signs = [
            *(("", *entry) for entry in list_classes(shading)),
            *((sign, palette.POINT, words) for sign, words in zip("●○", describe_points(view), strict=True)),
        ]
        return export_figure(larger, title, subtitle, footer, signs)

    show_export(
        replace(view, filters=view.filters.without("city")),
        ChartExport(
            "map",
            shading.title,
            credit,
            figure,
            render,
            table=table,
            cases=cases,
            path="places.geojson",
            filtered=True,
            about=shading.title,
        ),
    )


def draw_map(
    view: View, areas: Mapping[str, AreaSummary], cases: CaseSubset, shading: Shading, selected: Collection[str] = ()
) -> go.Figure:
    return drawing.henan_map(
        f"{BASE}/api/boundaries.geojson", build_areas(view, areas, shading, selected), build_points(view, cases)
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
    title = (
        view.say("全省性案例", "Province-wide cases")
        if code == PROVINCE
        else escape_markdown(name_area(view.dataset, code)[view.lang])
    )
    st.header(title, anchor=False)
    if not cases:
        show_paragraph(view.say("这里没有案例或指标。", "No case and no figure here."))
    for number, case in zip(cases.positions, cases[:MAX_LISTED], strict=False):
        title = format_link(view.href("case", case=case.id), f"{case.number} · {case.title[view.lang]}")
        own = positions[view.dataset.index.case[positions] == number]
        metrics = format_compact(view.rows(sort_by_evidence(view, own))) if len(own) else ""
        st.html(Markup('<p class="title">{}</p>{}').format(title, metrics))
    if len(cases) > MAX_LISTED:
        more = len(cases) - MAX_LISTED
        show_paragraph(view.say(f"另有 {more:,} 个案例，见下表。", f"{more:,} more in the table below."))


def sort_by_evidence(view: View, positions: np.ndarray) -> np.ndarray:
    """Return these positions, the better grade first, within a grade headlines in their order before others."""
    headline, grade = (view.dataset.index.column(name)[positions] for name in ("headline", "grade"))
    return positions[np.lexsort((np.where(headline > 0, headline, 9), grade))]


def show_best(view: View) -> None:
    """Show the three best-evidenced metrics of the selected areas with their charts."""
    found = view.selection.rank(("outcome", "output"), grades_drawn_as("ends", "index", "difference", "level"))
    own = found[np.isin(found, view.selection.positions[: view.selection.own_count])]
    rows = view.rows(sort_by_evidence(view, own)[:3])
    if rows:
        st.header(view.say("证据最好的指标", "The best-evidenced figures here"), anchor=False)
        with st.container(key="changes"):
            for row in rows:
                key = f"figure-best-{row.case_id}-{row.metric_id}"
                show_metric(row, chart_for(row, view.lang), view, key, export_figure)


def show_area_table(
    view: View, areas: Mapping[str, AreaSummary], measure: Measure | None, table: Callable[[], pd.DataFrame]
) -> None:
    """Show the content of the map as a table, with a control of its order."""
    names = {
        "code": view.say("地市", "City"),
        "cases": view.say("案例数", "Cases"),
        "figures": view.say("指标数", "Figures"),
        **({"value": measure.name[view.lang]} if measure else {}),
    }
    order = st.segmented_control(
        view.say("排序", "Sort by"),
        list(names),
        format_func=lambda name: escape_markdown(names[name]),
        default="code",
        required=True,
        key="map-order",
    )
    city, cases, figures, *value = names.values()
    grade_heading = Markup('{} <span class="nw">{}</span>')
    grades = (grade_heading.format(grade, GRADE_RULES[grade].word[view.lang]) for grade in GRADES)
    headings = (city, cases, figures, *grades, *value, view.say("案例", "Which"))
    texts = format_values(view, measure) if measure else {}
    nothing = Markup("<small>{}</small>").format(view.say("无数据", "no data"))
    values = list_numbers(measure) if measure else {}
    sort_keys: Mapping[str, Callable[[str], float]] = {
        "code": lambda code: 0,
        "cases": lambda code: -len(areas[code].cases),
        "figures": lambda code: -areas[code].metric_count,
        "value": lambda code: -values.get(code, -inf),
    }
    rows = (
        (
            Markup('<span class="nw">{}</span>').format(name_area(view.dataset, code)[view.lang]),
            f"{len(areas[code].cases):,}",
            f"{areas[code].metric_count:,}",
            *(format_share(areas[code], grade) for grade in GRADES),
            *([texts.get(code, nothing)] if measure else []),
            format_case_links(view, areas[code].cases),
        )
        for code in sorted(areas, key=sort_keys[order])
    )
    caption = view.say(
        "各地市的案例数、指标数及各证据等级的指标数",
        "Cases and figures by city, and the figures of each grade of evidence",
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


def show_county_table(view: View, selection: Selection) -> None:
    """Show the counties, towns and zones as a table, those without a point too; nothing if there are none."""
    places = find_local_places(selection.cases)
    if not places:
        return
    counts = count_own_metrics(selection)
    st.header(view.say("县、镇与片区", "Counties, towns and zones"), anchor=False)
    headings = (
        view.say("地点", "Place"),
        view.say("所在地市", "Lies in"),
        view.say("指标数", "Figures"),
        view.say("案例", "Which"),
        view.say("说明", "Note"),
    )
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
    show_csv_download(label, name_map_table(Extract(view.dataset), name), name, lambda: write_csv(table()))


def show_page(
    view: View, areas: Mapping[str, AreaSummary], everywhere: Selection, offered: tuple[Measure, ...]
) -> None:
    """Show the page; `everywhere` is what the filters keep without the cities, `areas` the same by area."""
    st.title(view.say("改革发生在哪里", "Where the reforms happened"), anchor=False)
    key = show_shading_control(view, list_shadings(view, offered))
    measure = find_measure(offered, key)
    anywhere = replace(view, filters=view.filters.without("city"))
    table = partial(build_area_table, view.dataset, anywhere.filters, measure)
    left, right = st.columns([2, 1], gap="large")
    with left:
        show_map(view, areas, everywhere.cases, shade(view, key, areas, offered), table)
    with right:
        show_beside(view, areas)
    show_best(view)
    st.header(view.say("同样的内容，列表显示", "The same as a table"), anchor=False)
    show_area_table(anywhere, areas, measure, table)
    show_county_table(anywhere, everywhere)


def show_one_chart(
    view: View, areas: Mapping[str, AreaSummary], cases: CaseSubset, offered: tuple[Measure, ...]
) -> None:
    """Show the map alone."""
    key = choose_shading(list_shadings(view, offered))
    table = partial(build_area_table, view.dataset, view.filters.without("city"), find_measure(offered, key))
    show_embedded(view, {"map": partial(show_map, view, areas, cases, shade(view, key, areas, offered), table)})


view = current_view()
if CASE_KEY in st.session_state:
    st.switch_page(view.pages["case"], query_params=view.query(case=st.session_state.pop(CASE_KEY)))
everywhere = select(view.dataset, view.filters.without("city"))
areas = summarize_areas(everywhere)
offered = list_measures(view, everywhere.cases)
if view.embedded:
    show_one_chart(view, areas, everywhere.cases, offered)
else:
    show_page(view, areas, everywhere, offered)
