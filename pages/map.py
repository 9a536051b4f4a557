"""Map: where the cases and figures are. A click on an area filters every page, a click on a county opens its case."""

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
from data.model.grades import GRADES, grades_drawn_as
from data.model.schema import Place
from data.query.dataset import Chosen, Dataset
from data.query.filters import PROVINCE, Filters, Selection, select
from data.query.geography import (
    Holding,
    Measure,
    There,
    area_name,
    area_table,
    holdings,
    inner,
    inner_table,
    measures,
    own_figures,
    points,
    units,
)
from data.wording.formatting import format_value
from data.wording.labels import GRADE_WORDS
from pages.figures import henan_map as drawing
from pages.figures import palette
from pages.figures.chart_for import chart_for
from pages.figures.export_figure import export_figure
from pages.frame.bars import filter_value
from pages.frame.blocks import chart, compact, figure_block, plain_table
from pages.frame.chart_export import Taken, take
from pages.frame.embed import embed
from pages.frame.escape_markdown import literal
from pages.frame.links import link
from pages.frame.view import View, apply_filters, the_view

FRAME, CHART = "map", "henan"
OPENED, CLICKED, ROUND = "case to open", "clicked last", "round of clicks"
NEAR = 0.2
"""Degrees within which two points meet on a small screen."""
LISTED = 12
"""So many cases of a place stand beside the map."""
NAMED = 5
"""So many are named where it is pointed at, and in its row of the table; the table to download names all."""
OFFERED = 12
"""Of so many cases with a measure of several places it is offered as the map's colour."""
TAKEN = 640
"""px of the map's height where it is taken away."""
BASE = drawing.url_prefix(st.get_option("server.baseUrlPath"))
CASE_BREAKS, FIGURE_BREAKS, FAR = (1, 2, 3, 4), (1, 10, 25, 40), 4


@dataclass(frozen=True)
class Shade:
    """What colours the map: a value an area (None where the source says nothing), the lower ends of the classes, the words of each class, and what the values are.

    `said` is each area's value in words, where it is not a count.
    """

    title: str
    note: str
    values: Mapping[str, float | None]
    breaks: tuple[float, ...]
    words: tuple[str, ...]
    said: Mapping[str, str] = field(default_factory=dict)


def shades(view: View, known: tuple[Measure, ...]) -> dict[str, str]:
    """What a reader can colour the map by, with its name."""
    return {
        "cases": view.say("案例数", "Number of cases"),
        "figures": view.say("指标数", "Number of figures"),
        **{measure.key: measure.name[view.lang] for measure in known},
    }


def offered(view: View, cases: Chosen) -> tuple[Measure, ...]:
    """The measures that the map can be coloured by: those of the first cases that have any, and the one that the link names."""
    found = measures(view.dataset, cases, OFFERED)
    case = cases.find(st.query_params.get("colour", "").partition(".")[0])
    linked = measures(view.dataset, cases[case : case + 1]) if case is not None else ()
    return tuple({measure.key: measure for measure in (*found, *linked)}.values())


def of_key(known: Iterable[Measure], key: str) -> Measure | None:
    return next((measure for measure in known if measure.key == key), None)


def shade(view: View, chosen: str, found: Mapping[str, Holding], known: tuple[Measure, ...]) -> Shade:
    codes = [place.code for place in units(view.dataset)]
    totals = view.say("颜色表示总数，不是比率。", "Colours show totals, not rates.")
    if chosen == "cases":
        words = (view.say("没有案例", "no case"), "1", "2", "3", view.say("4个及以上", "4 or more"))
        counts = {code: len(found[code].cases) for code in codes}
        return Shade(
            view.say("案例数", "Number of cases"), totals, counts, *classed(view, counts.values(), CASE_BREAKS, words)
        )
    if chosen == "figures":
        words = (view.say("没有指标", "no figure"), "1–9", "10–24", "25–39", view.say("40项及以上", "40 or more"))
        counts = {code: found[code].figures for code in codes}
        return Shade(
            view.say("指标数", "Number of figures"),
            totals,
            counts,
            *classed(view, counts.values(), FIGURE_BREAKS, words),
        )
    measure = next(measure for measure in known if measure.key == chosen)
    values = {code: measure.values[code].after.value if code in measure.values else None for code in codes}
    stated = {value for value in values.values() if value is not None}
    breaks = drawing.compute_breaks(stated)
    words = [format_value(edge, view.dataset.units[measure.unit_id], view.lang) for edge in breaks]
    if len(breaks) < len(stated):
        words = [view.say(f"{edge}起", f"from {edge}") for edge in words]
    case = view.dataset.by_id[measure.key.partition(".")[0]]
    note = view.say(
        f"案例{case.number}（{case.title.zh}）的指标，各地自己的数值。",
        f"A measure of case {case.number}, {case.title.en}: each place's own value.",
    )
    return Shade(
        measure.name[view.lang],
        note,
        values,
        breaks,
        (view.say("材料没有数据", "no data in the source"), *words),
        said_of(view, measure),
    )


def classed(
    view: View, counts: Iterable[int], breaks: tuple[int, ...], words: tuple[str, ...]
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """The usual classes of a count; where most counts lie far above them, classes of about equally many."""
    known = [count for count in counts if count]
    if max(known, default=0) <= FAR * breaks[-1]:
        return breaks, words
    edges = drawing.compute_breaks(known)
    return edges, (words[0], *(view.say(f"{edge:,}起", f"from {edge:,}") for edge in edges))


def named(view: View, cases: Chosen) -> list[str]:
    """The first of these cases by number and title, and how many more there are."""
    more = (
        [view.say(f"另有 {len(cases) - NAMED:,} 个案例", f"and {len(cases) - NAMED:,} more")]
        if len(cases) > NAMED
        else []
    )
    return [*cases[:NAMED].numbered(view.lang), *more]


def areas(view: View, found: Mapping[str, Holding], shaded: Shade, chosen: Collection[str] = ()) -> list[drawing.Area]:
    return [
        drawing.Area(
            code=place.code,
            label=place.name.zh.removesuffix("市") if view.lang == "zh" else place.name.en,
            lon=place.lon,
            lat=place.lat,
            class_index=None
            if shaded.values[place.code] is None
            else drawing.classify(shaded.values[place.code], shaded.breaks),
            hover=hover(view, place, found[place.code], shaded),
            selected=place.code in chosen,
        )
        for place in units(view.dataset)
    ]


def hover(view: View, place: Place, held: Holding, shaded: Shade) -> tuple[str, ...]:
    counts = view.say(
        f"{len(held.cases):,} 个案例，{held.figures:,} 项指标", f"cases: {len(held.cases):,}, figures: {held.figures:,}"
    )
    shares = " · ".join(f"{grade} {held.grades[grade] / held.figures:.0%}" for grade in GRADES if held.grades[grade])
    value = (
        [view.say(f"{shaded.title}：{shaded.said[place.code]}", f"{shaded.title}: {shaded.said[place.code]}")]
        if place.code in shaded.said
        else []
    )
    return (
        place.name[view.lang],
        *value,
        counts,
        *([view.say("证据等级：", "grades: ") + shares] if shares else []),
        *named(view, held.cases),
    )


def markers(view: View, cases: Chosen) -> list[drawing.Point]:
    """The points. One that another covers on a small screen is told by that other as well."""
    found = points(view.dataset, cases)
    lines = {
        place.id: (place.name[view.lang], *named(view, there), *([place.note[view.lang]] if place.note else []))
        for place, there, _ in found
    }
    drawn = []
    for place, _, only in found:
        said = [*lines[place.id]]
        for other, *_ in found:
            if other is not place and abs(other.lon - place.lon) < NEAR and abs(other.lat - place.lat) < NEAR:
                name, *more = lines[other.id]
                said += [view.say(f"旁边：{name}", f"Close by: {name}"), *(line for line in more if line not in said)]
        drawn.append(
            drawing.Point(place.id, view.dataset.prefecture_code(place.id), place.lon, place.lat, tuple(said), only)
        )
    return drawn


def clicked() -> None:
    """A click on a county opens its case. A click on an area chooses it, on a chosen one lets go.

    The chart keeps what was clicked last: clicked once more it is selected no longer; with the shift key held it stays beside the next, and the chart begins a new round.
    """
    view, last = the_view(), st.session_state.get(CLICKED)
    selected = [point["customdata"] for point in st.session_state[chart_key()]["selection"]["points"]]
    hit = next((each for each in selected if each != last), last)
    if hit is None:
        return
    st.session_state[CLICKED] = hit
    if len(selected) > 1:
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    code, *county = hit
    if county:
        st.session_state[OPENED] = next(
            there[0].id for place, there, _ in points(view.dataset, view.dataset.everything) if place.id in county
        )
    else:
        apply_filters(replace(view.filters, city=tuple(sorted({code} ^ set(view.filters.city)))))


def chart_key() -> str:
    """The chart's key in this round of clicks."""
    return f"{CHART}-{st.session_state[ROUND]}" if ROUND in st.session_state else CHART


def coloured() -> None:
    st.query_params["colour"] = st.session_state["colour"]


def coloured_by(names: Mapping[str, str]) -> str:
    """What the link colours the map by; the number of cases where it names nothing known."""
    wanted = st.query_params.get("colour", "cases")
    return wanted if wanted in names else "cases"


def colour_control(view: View, names: Mapping[str, str]) -> str:
    st.session_state["colour"] = coloured_by(names)
    if st.session_state["colour"] != st.query_params.get("colour", "cases"):
        st.warning(
            view.say(
                "链接所指的着色方式不存在，改按案例数着色。",
                "The link colours the map by something that does not exist; it shows the number of cases.",
            ),
            icon=":material/link_off:",
        )
    st.segmented_control(
        view.say("着色依据", "Colour by"),
        list(names),
        format_func=lambda name: literal(names[name]),
        key="colour",
        on_change=coloured,
        required=True,
    )
    return st.session_state["colour"]


def classes(shaded: Shade) -> list[tuple[str, str]]:
    """The colour and words of each class. A measure has no zero: its first class is no data."""
    first = palette.NO_DATA if None in shaded.values.values() else palette.MAP_CLASSES[0]
    return list(zip((first, *palette.MAP_CLASSES[1:]), shaded.words, strict=False))


def marks(view: View) -> tuple[str, str]:
    """What a filled point means, and a hollow one."""
    return view.say("有案例或指标的县、镇", "county or town with a case or figure"), view.say(
        "只被提到的县", "only named"
    )


def legend(view: View, shaded: Shade) -> Markup:
    swatch = Markup('<li><span class="sw" style="background:{}"></span>{}</li>')
    swatches = Markup("").join(swatch.format(*entry) for entry in classes(shaded))
    signs = Markup('<li><span class="pt"></span>{}</li><li><span class="pt named"></span>{}</li>').format(*marks(view))
    return Markup('<ul class="legend" aria-label="{}">{}{}</ul>').format(shaded.title, swatches, signs)


def drawn(
    view: View, found: Mapping[str, Holding], cases: Chosen, shaded: Shade, table: Callable[[], pd.DataFrame]
) -> None:
    st.html(drawing.selection_css(f"st-key-{FRAME}", list(shaded.values), view.filters.city))
    if view.embedded:
        st.header(literal(shaded.title), anchor=False)
    st.html(legend(view, shaded))
    covered = view.say("、", ", ").join(
        place.name[view.lang] for place in units(view.dataset) if shaded.values[place.code]
    )
    alt = view.say(
        f"河南18个单位的{shaded.title}。有数值的：{covered}。",
        f"{shaded.title} in Henan's 18 units. Areas with a value: {covered}.",
    )
    figure = henan(view, found, cases, shaded)
    with st.container(key=FRAME):
        chart(
            figure,
            chart_key(),
            alt,
            config=drawing.map_config(BASE),
            on_select="ignore" if view.embedded else clicked,
            selection_mode="points",
        )
    use = view.say(
        "点击地市即筛选全部页面，再次点击取消；点击县、镇打开其案例。",
        "Click an area to filter every page, again to let go; click a county or town to open its case.",
    )
    credit = f"{shaded.note} {CREDIT[view.lang]}"
    st.html(Markup('<p class="quiet">{} {}</p>').format("" if view.embedded else use, credit))

    def edition(_: go.Figure, title: str, subtitle: str, footer: Sequence[str]) -> go.Figure:
        larger = go.Figure(henan(view, found, cases, shaded, view.filters.city)).update_layout(height=TAKEN)
        signs = [
            *(("", *entry) for entry in classes(shaded)),
            *((sign, palette.POINT, words) for sign, words in zip("●○", marks(view), strict=True)),
        ]
        return export_figure(larger, title, subtitle, footer, signs)

    anywhere = replace(view, filters=view.filters.without("city"))
    take(
        anywhere,
        Taken(
            "map",
            shaded.title,
            credit,
            figure,
            edition,
            table=table,
            cases=cases,
            path="places.geojson",
            filtered=True,
            about=shaded.title,
        ),
    )


def henan(
    view: View, found: Mapping[str, Holding], cases: Chosen, shaded: Shade, chosen: Collection[str] = ()
) -> go.Figure:
    return drawing.henan_map(f"{BASE}/api/boundaries.geojson", areas(view, found, shaded, chosen), markers(view, cases))


def beside(view: View, found: Mapping[str, Holding]) -> None:
    """The cases of the chosen units, each with its figures there, the best-evidenced first; under them the province-wide cases."""
    index, own = view.dataset.index, view.selection.positions[: view.selection.local]
    if view.filters.city:
        with st.container(key="chosen"):
            for code in view.filters.city:
                place(view, code, found[code].cases, own[index.place_of(code)[index.figure("place")[own]]])
    if PROVINCE not in view.filters.city:
        place(view, PROVINCE, found[PROVINCE].cases, own[:0])


def place(view: View, code: str, cases: Chosen, figures: np.ndarray) -> None:
    """One unit's cases with links to them, each with those of the `figures` (positions) that are its own."""
    st.header(
        view.say("全省性案例", "Province-wide cases")
        if code == PROVINCE
        else literal(filter_value(view, "city", code)),
        anchor=False,
    )
    if not cases:
        st.html(
            Markup('<p class="quiet">{}</p>').format(view.say("这里没有案例或指标。", "No case and no figure here."))
        )
    for number, case in zip(cases.numbers, cases[:LISTED], strict=False):
        title = link(view.href("case", case=case.id), f"{case.number} · {case.title[view.lang]}")
        own = figures[view.dataset.index.case[figures] == number]
        listed = compact(view.words(evidenced(view, own)), view.lang) if len(own) else ""
        st.html(Markup('<p class="title">{}</p>{}').format(title, listed))
    if len(cases) > LISTED:
        more = len(cases) - LISTED
        st.html(
            Markup('<p class="quiet">{}</p>').format(
                view.say(f"另有 {more:,} 个案例，见下表。", f"{more:,} more in the table below.")
            )
        )


def evidenced(view: View, figures: np.ndarray) -> np.ndarray:
    """These positions, the better grade first, within it what the curator put first."""
    headline, grade = (view.dataset.index.figure(name)[figures] for name in ("headline", "grade"))
    return figures[np.lexsort((np.where(headline > 0, headline, 9), grade))]


def best(view: View) -> None:
    """The three best-evidenced figures of the chosen units, with their charts."""
    own = view.selection.where(("outcome", "output"), grades_drawn_as("ends", "index", "difference", "level"))
    shown = view.words(evidenced(view, own[np.isin(own, view.selection.positions[: view.selection.local])])[:3])
    if shown:
        st.header(view.say("证据最好的指标", "The best-evidenced figures here"), anchor=False)
        with st.container(key="changes"):
            for row in shown:
                figure_block(
                    row, chart_for(row, view.lang), view, f"figure-best-{row.case_id}-{row.metric_id}", export_figure
                )


def by_area(
    view: View, found: Mapping[str, Holding], measure: Measure | None, table: Callable[[], pd.DataFrame]
) -> None:
    """The map as a table."""
    orders = {
        "code": view.say("地市", "City"),
        "cases": view.say("案例数", "Cases"),
        "figures": view.say("指标数", "Figures"),
        **({"value": measure.name[view.lang]} if measure else {}),
    }
    order = st.segmented_control(
        view.say("排序", "Sort by"),
        list(orders),
        format_func=lambda name: literal(orders[name]),
        default="code",
        required=True,
        key="map-order",
    )
    city, cases, figures, *value = orders.values()
    headings = (
        city,
        cases,
        figures,
        *(Markup('{} <span class="nw">{}</span>').format(grade, GRADE_WORDS[grade][view.lang]) for grade in GRADES),
        *value,
        view.say("案例", "Which"),
    )
    said = said_of(view, measure) if measure else {}
    nothing = Markup("<small>{}</small>").format(view.say("无数据", "no data"))
    values = {code: metric.after.value for code, metric in measure.values.items()} if measure else {}
    most = {
        "code": lambda code: 0,
        "cases": lambda code: -len(found[code].cases),
        "figures": lambda code: -found[code].figures,
        "value": lambda code: -values.get(code, -inf),
    }
    rows = (
        (
            Markup('<span class="nw">{}</span>').format(area_name(view.dataset, code)[view.lang]),
            f"{len(found[code].cases):,}",
            f"{found[code].figures:,}",
            *(share(found[code], grade) for grade in GRADES),
            *([said.get(code, nothing)] if measure else []),
            which(view, found[code].cases),
        )
        for code in sorted(found, key=most[order])
    )
    st.html(
        plain_table(
            headings,
            rows,
            view.say(
                "各地市的案例数、指标数及各证据等级的指标数",
                "Cases and figures by city, and the figures of each grade of evidence",
            ),
        )
    )
    as_csv(view, len(found), table, "areas")


def said_of(view: View, measure: Measure) -> dict[str, str]:
    """A measure's value in words by code, bound included."""
    case_id = measure.key.partition(".")[0]
    said = {row.metric_id: row.after_label for row in view.words(view.dataset.positions(case_id))}
    return {code: said[metric.id] for code, metric in measure.values.items()}


def share(held: Holding, grade: str) -> Markup:
    """How many of an area's figures have a grade, and their share."""
    count = held.grades[grade]
    return (
        Markup('<span class="nw">{:,} <small>{:.0%}</small></span>').format(count, count / held.figures)
        if count
        else Markup("<small>0</small>")
    )


def which(view: View, cases: Chosen) -> Markup:
    """The first of these cases, each with a link to its page, and how many more there are."""
    if not cases:
        return Markup("")
    first = cases[:NAMED]
    before, _, after = escape(view.href("case", case="ID")).rpartition("ID")
    links = [
        Markup(f'<a href="{before}{case_id}{after}">{escape(title)}</a>')
        for case_id, title in zip(first.ids, first.numbered(view.lang), strict=True)
    ]
    left = len(cases) - len(first)
    return Markup(view.say("；", "; ")).join(
        [*links, *([view.say(f"另有 {left:,} 个", f"{left:,} more")] if left else [])]
    )


def by_county(view: View, cases: Chosen, kept: np.ndarray) -> None:
    """The points as a table, and the places that have none."""
    places = inner(view.dataset, cases)
    if not places:
        return
    figures = own_figures(view.dataset, cases, kept)
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
            area_name(view.dataset, view.dataset.prefecture_code(there.place.id))[view.lang],
            f"{figures[there.place.id]:,}",
            which(view, there.cases),
            noted(view, there),
        )
        for there in places
    )
    st.html(
        plain_table(
            headings, rows, view.say("材料提到的县、镇与片区", "The counties, towns and zones that the source names")
        )
    )
    as_csv(view, len(places), partial(county_table, view.dataset, view.filters), "counties")


def county_table(dataset: Dataset, filters: Filters) -> pd.DataFrame:
    """The counties, towns and zones that a filter leaves."""
    found = select(dataset, filters)
    return inner_table(dataset, found.cases, found.positions)


def city_table(dataset: Dataset, filters: Filters, measure: Measure | None) -> pd.DataFrame:
    """What a filter leaves of each unit."""
    found = select(dataset, filters)
    return area_table(dataset, holdings(dataset, found.whole, found.positions), measure)


def noted(view: View, there: There) -> str:
    notes = [view.say("只被提到", "only named")] if there.named_only else []
    notes += [view.say("图上没有位置", "no point on the map")] if there.place.lon is None else []
    notes += [there.place.note[view.lang]] if there.place.note else []
    return view.say("；", "; ").join(notes)


def as_csv(view: View, rows: int, table: Callable[[], pd.DataFrame], name: Literal["areas", "counties"]) -> None:
    st.download_button(
        view.say(f"下载此表（CSV，{rows} 行）", f"Download this table (CSV, {rows} rows)"),
        data=lambda: write_csv(table()),
        file_name=name_map_table(Extract(view.dataset), name),
        mime="text/csv",
        on_click="ignore",
        key=f"csv-{name}",
        icon=":material/table:",
    )


def page(view: View, found: Mapping[str, Holding], everywhere: Selection, known: tuple[Measure, ...]) -> None:
    cases = everywhere.cases
    st.title(view.say("改革发生在哪里", "Where the reforms happened"), anchor=False)
    colour = colour_control(view, shades(view, known))
    measure = of_key(known, colour)
    anywhere = replace(view, filters=view.filters.without("city"))
    table = partial(city_table, view.dataset, anywhere.filters, measure)
    left, right = st.columns([2, 1], gap="large")
    with left:
        drawn(view, found, cases, shade(view, colour, found, known), table)
    with right:
        beside(view, found)
    best(view)
    st.header(view.say("同样的内容，列表显示", "The same as a table"), anchor=False)
    by_area(anywhere, found, measure, table)
    by_county(anywhere, cases, everywhere.positions)


def embedded(view: View, found: Mapping[str, Holding], everywhere: Selection, known: tuple[Measure, ...]) -> None:
    colour = coloured_by(shades(view, known))
    table = partial(city_table, view.dataset, view.filters.without("city"), of_key(known, colour))
    embed(view, {"map": partial(drawn, view, found, everywhere.cases, shade(view, colour, found, known), table)})


view = the_view()
if OPENED in st.session_state:
    st.switch_page(view.pages["case"], query_params=view.query(case=st.session_state.pop(OPENED)))
everywhere = select(view.dataset, view.filters.without("city"))
(embedded if view.embedded else page)(
    view, holdings(view.dataset, everywhere.whole, everywhere.positions), everywhere, offered(view, everywhere.cases)
)
