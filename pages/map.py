"""Map: where the cases are and what each reports there. A click on an area filters, a click on a disc opens a case."""

from __future__ import annotations

from functools import partial

import streamlit as st
from markupsafe import Markup

from data.downloads.areas import tabulate_areas
from data.downloads.snippets import build_link
from data.model.schema import Lang
from data.wording.colours import LIGHT
from data.wording.labels import MAP_CREDIT, t
from data.wording.map_cases import Headline
from data.wording.openings import title_map
from data.wording.shading import OUTCOME, name_shadings
from pages.figures import henan_map as drawing
from pages.figures.export_figure import export_figure
from pages.frame.chart_export import ChartExport, PageChart, show_embedded
from pages.frame.elements import escape_markdown, show_paragraph, show_warning
from pages.frame.share_dialog import format_share_link, show_share_dialog
from pages.frame.view import View, base_path, current_view
from pages.markup import palette
from pages.markup.environment import render
from pages.markup.map_areas import format_area_links, format_areas, format_shapes
from pages.markup.map_head import COLOUR, format_colours, format_map_head, list_classes
from pages.markup.map_scene import format_scene
from pages.markup.map_tables import format_area_table, format_chosen, format_place_table
from pages.markup.map_view import MapView, view_map


def format_head(view: View, shown: MapView) -> Markup:
    """Return what stands above the map; in a frame without the choice of what colors it."""
    links, choice = view.links, Markup("")
    if not view.embedded:
        names = name_shadings(view.dataset, shown.measures, view.lang)
        choice = format_colours(names, shown.colour, view.lang, links)
    return format_map_head(shown.scene, shown.shading, palette.MAP_PAINTS, links, choice)


def show_map(view: View, shown: MapView) -> None:
    """Show the map with what stands above it, its credit and the way to its export."""
    if view.embedded:
        st.header(escape_markdown(shown.title), anchor=False)
    st.html(view.remember("head", partial(format_head, view, shown)))
    with st.container(key="map-frame"), st.container(key="map", gap=None):
        st.html(view.remember("areas", partial(format_areas_with_shapes, shown)))
        st.html(view.remember("scene", partial(format_scene_with_links, view, shown)))
    if view.embedded:
        show_paragraph(credit_map(shown))
    else:
        share = format_share_link(view, "map", shown.title)
        st.html(render("map", "foot", view.lang, bool(shown.scene.cases.spots), credit_map(shown), share))


def format_areas_with_shapes(shown: MapView) -> Markup:
    """Return the image of the areas, and the shapes of the links on them."""
    areas = format_areas(shown.dataset, shown.scene, shown.shading, palette.MAP_PAINTS)
    return render("map", "layers", shown.lang, areas, format_shapes(shown.dataset))


def format_scene_with_links(view: View, shown: MapView) -> Markup:
    """Return what stands on the map and beside it, above the links on the areas."""
    links = view.links
    shapes = format_area_links(view.dataset, shown.scene, links, **shown.query)
    return format_scene(shown.scene, links, shapes)


def credit_map(shown: MapView) -> str:
    return f"{shown.shading.note}{t(shown.lang, '', ' ')}{MAP_CREDIT[shown.lang]}".strip()


def export_shown_map(view: View, shown: MapView) -> ChartExport:
    """Build the image and the data of the map."""
    areas = [
        drawing.Area(code, shown.shading.class_of(code), code in view.filters.city) for code in shown.shading.values
    ]
    legend = [("", *entry) for entry in list_classes(shown.shading, palette.MAP_PAINTS)]
    if shown.scene.cases.spots:
        legend.append(("●", LIGHT["ink"], view.t("案例序号", "number of a case")))
    table = partial(tabulate_areas, view.dataset, shown.areas, shown.measure)
    return ChartExport(
        "map",
        shown.title,
        " ".join(filter(None, (describe_province(shown), credit_map(shown)))),
        lambda _: drawing.export_map(f"{base_path()}/api/boundaries.geojson", areas, shown.scene),
        names=shown.query,
        render=lambda figure, title, head, foot, _: export_figure(figure, title, " ".join(head), foot, legend),
        table=table,
        cases=shown.selection.cases,
        path="places.geojson",
        filtered=True,
        about=shown.shading.title,
        filters=shown.filters,
        frame_height=1100,
    )


def describe_province(shown: MapView) -> str:
    """Return the cases of the whole province as a sentence for the exported image; empty without any."""
    lang = shown.lang
    told = [
        f"{case.number} {case.headline.what}{t(lang, '', ' ')}{case.headline.value}{_name_grade(case.headline, lang)}"
        for case in shown.scene.cases.province
    ]
    return t(lang, f"全省性案例：{'；'.join(told)}。", f"Province-wide: {'; '.join(told)}.") if told else ""


def _name_grade(headline: Headline, lang: Lang) -> str:
    grade = headline.row.grade if headline.row else ""
    return t(lang, f"（完整度{grade}）", f" (completeness {grade})") if grade else ""


def format_below(view: View, shown: MapView) -> Markup:
    """Return the figures of the chosen cities, and the content of the map as tables with their data links."""
    links, everywhere = view.links, shown.filters
    chosen = format_chosen(view.selection, view.lang, links)
    areas = format_area_table(shown.selection, shown.areas, shown.shading, view.lang, links, **shown.query)
    areas_file = build_link(base_path(), "areas.csv", everywhere, **shown.query)
    places_file = build_link(base_path(), "counties.csv", everywhere)
    places = format_place_table(shown.selection, view.lang, links)
    return render("map", "below", view.lang, chosen, areas, areas_file, places, places_file)


view = current_view()
requested = view.params.get(COLOUR, OUTCOME)
shown = view_map(view.dataset, view.filters, view.lang, requested)
charts = {"map": PageChart(partial(show_map, view, shown), partial(export_shown_map, view, shown))}
if view.embedded:
    show_embedded(view, charts)
else:
    st.title(title_map(view.dataset, view.lang), anchor=False)
    with st.container(key="map-notice"):
        if shown.colour != requested:
            show_warning(
                view,
                "链接所指的着色方式不存在，改按改革成效着色。",
                "The link colours the map by something that does not exist; it shows outcomes.",
            )
    show_map(view, shown)
    st.html(view.remember("below", partial(format_below, view, shown)))
    show_share_dialog(view, charts)
