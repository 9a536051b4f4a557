"""Map: where the cases are and what each reports there. A click on an area filters, one on a number opens a case."""

from __future__ import annotations

from functools import partial

import streamlit as st
from markupsafe import Markup

from data.downloads.areas import tabulate_areas
from data.downloads.snippets import build_link
from data.wording.openings import title_map
from data.wording.shading import CASES
from pages.frame.chart_export import ChartExport, PageChart, show_embedded
from pages.frame.elements import escape_markdown, show_paragraph, show_warning
from pages.frame.share_dialog import format_share_link, show_share_dialog
from pages.frame.view import View, base_path, current_view
from pages.markup.environment import render
from pages.markup.map import COLOUR, MapPage, view_map
from pages.plots import draw_map


def show_map(view: View, page: MapPage) -> None:
    """Show the map with what stands above and beside it, its credit and the way to its export."""
    if view.embedded:
        st.header(escape_markdown(page.title), anchor=False)
    st.html(view.remember("head", partial(render, "map", "head", view.lang, page, view.links)))
    with st.container(key="map-frame"), st.container(key="map", gap=None):
        st.html(view.remember("layers", partial(format_layers, page)))
        st.html(view.remember("scene", partial(render, "map", "scene", view.lang, page, view.links)))
    if view.embedded:
        show_paragraph(page.credit)
    else:
        st.html(render("map", "foot", view.lang, page.credit, format_share_link(view, "map", page.title)))


def format_layers(page: MapPage) -> Markup:
    """Return the image of the areas and the shapes of the links on them."""
    return render("map", "layers", page.lang, page, page.draw(), page.shapes())


def export_map(view: View, page: MapPage) -> ChartExport:
    """Build the picture and the data of the map."""
    boundaries = f"{base_path()}/api/boundaries.geojson"
    return ChartExport(
        "map",
        page.title,
        page.credit,
        partial(draw_map, page, boundaries, view.filters.city),
        names=page.query,
        table=partial(tabulate_areas, page.dataset, page.summaries, page.measures.get(page.colour)),
        cases=page.selection.cases,
        path="places.geojson",
        filtered=True,
        about=page.shading.title,
        filters=page.filters,
        frame_height=1350,
    )


def format_below(view: View, page: MapPage) -> Markup:
    """Return the content of the map as tables with their data links."""
    areas_file = build_link(base_path(), "areas.csv", page.filters, **page.query)
    places_file = build_link(base_path(), "counties.csv", page.filters)
    return render("map", "below", view.lang, page, areas_file, places_file, view.links)


view = current_view()
requested = view.params.get(COLOUR, CASES)
page = view_map(view.dataset, view.filters, view.lang, requested)
charts = {"map": PageChart(partial(show_map, view, page), partial(export_map, view, page))}
if view.embedded:
    show_embedded(view, charts)
else:
    st.title(title_map(view.dataset, view.lang), anchor=False)
    with st.container(key="map-notice"):
        if page.colour != requested:
            show_warning(
                view,
                "链接所指的着色方式不存在，改按案例着色。",
                "The link colours the map by something that does not exist; it shows cases.",
            )
    show_map(view, page)
    st.html(view.remember("below", partial(format_below, view, page)))
    show_share_dialog(view, charts)
