"""Map: where the cases are and what each reports there. A click on an area filters, a click on a disc opens a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.downloads.extract import Extract
from data.downloads.file_names import name_map_table
from data.downloads.geojson import CREDIT
from data.markup import palette
from data.markup.map_areas import format_area_links, format_areas, format_shapes
from data.markup.map_head import COLOUR, format_colours, format_map_head, list_classes
from data.markup.map_scene import Scene, build_scene, format_scene
from data.markup.map_tables import Table, format_area_table, format_chosen, format_place_table
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select
from data.query.geography import (
    AreaSummary,
    Measure,
    list_measures,
    summarize_areas,
    tabulate_areas,
    tabulate_local_places,
)
from data.wording.map_cases import Headline
from data.wording.openings import title_map
from data.wording.shading import (
    OUTCOME,
    SHADINGS,
    Shading,
    name_shadings,
    shade_by_count,
    shade_by_measure,
    shade_by_outcome,
)
from pages.figures import henan_map as drawing
from pages.figures.export_figure import export_figure
from pages.frame.chart_export import ChartExport, PageChart
from pages.frame.elements import show_csv_download, show_paragraph, show_warning
from pages.frame.embed import show_embedded
from pages.frame.escape_markdown import escape_markdown
from pages.frame.links import build_links
from pages.frame.share_dialog import format_share_link, show_share_dialog
from pages.frame.view import View, base_path, current_view


@dataclass(frozen=True, eq=False)
class MapView:
    """What the map shows: what all filters but the one by city keep, and what colors the areas.

    `requested` is the color in the address; `colour` is outcome if that is unknown.
    """

    view: View
    filters: Filters
    selection: Selection
    areas: Mapping[str, AreaSummary]
    measures: Mapping[str, Measure]
    requested: str
    colour: str
    shading: Shading
    scene: Scene

    @property
    def measure(self) -> Measure | None:
        return self.measures.get(self.colour)

    @property
    def title(self) -> str:
        """The title of the map where it stands alone."""
        title = title_map(self.view.dataset, self.view.lang, len(self.selection.cases))
        return title if self.colour == OUTCOME else f"{title}{self.view.say('：', ': ')}{self.shading.title}"

    @property
    def more(self) -> dict[str, str]:
        """The part of the address that keeps the color."""
        return {COLOUR: self.colour} if self.colour != OUTCOME else {}


def read_map(view: View) -> MapView:
    """Read from the address what the map shows."""
    filters = view.filters.without("city")
    selection = select(view.dataset, filters)
    requested = st.query_params.get(COLOUR, OUTCOME)
    areas, measures = summarize_areas(selection), list_measures(selection.cases, requested.partition(".")[0])
    colour = requested if requested in {**SHADINGS, **measures} else OUTCOME
    if measure := measures.get(colour):
        shading = shade_by_measure(view.dataset, measure, areas, view.lang)
    elif colour == OUTCOME:
        shading = shade_by_outcome(areas, view.lang)
    else:
        shading = shade_by_count(colour, areas, view.lang)
    scene = build_scene(view.dataset, filters, view.lang, None if colour == OUTCOME else shading.texts)
    return MapView(view, filters, selection, areas, measures, requested, colour, shading, scene)


def format_head(shown: MapView) -> Markup:
    """Return what stands above the map; in a frame without the choice of what colors it."""
    view, links, choice = shown.view, build_links(shown.view), Markup("")
    if not view.embedded:
        names = name_shadings(view.dataset, shown.measures, view.lang)
        choice = format_colours(names, shown.colour, view.filters, view.lang, links)
    return format_map_head(shown.scene, shown.shading, palette.MAP_PAINTS, view.filters, links, choice)


def show_map(shown: MapView) -> None:
    """Show the map with what stands above it, its credit and the way to its export."""
    view = shown.view
    if view.embedded:
        st.header(escape_markdown(shown.title), anchor=False)
    st.html(view.remember("head", partial(format_head, shown)))
    with st.container(key="map-frame"), st.container(key="map", gap=None):
        st.html(view.remember("areas", partial(format_areas_with_shapes, shown)))
        st.html(view.remember("scene", partial(format_scene_with_links, shown)))
    show_foot(shown)


def format_areas_with_shapes(shown: MapView) -> Markup:
    """Return the image of the areas, and the shapes of the links on them."""
    dataset = shown.view.dataset
    areas = format_areas(dataset, shown.scene, shown.shading, palette.MAP_PAINTS)
    return Markup("<div>{}{}</div>").format(areas, format_shapes(dataset))


def format_scene_with_links(shown: MapView) -> Markup:
    """Return what stands on the map and beside it, above the links on the areas."""
    view, links = shown.view, build_links(shown.view)
    shapes = format_area_links(view.dataset, shown.scene, view.filters, links, **shown.more)
    return format_scene(shown.scene, view.filters, links, shapes)


def credit_map(shown: MapView) -> str:
    return f"{shown.shading.note}{shown.view.say('', ' ')}{CREDIT[shown.view.lang]}".strip()


def show_foot(shown: MapView) -> None:
    """Show how the map is used, whose outlines it has, and the way to its export."""
    view = shown.view
    if view.embedded:
        show_paragraph(credit_map(shown))
        return
    hint = view.say(
        "点击地市，只看该市的指标；再点一次取消。", "Click a city to show only its figures; click again to clear."
    )
    if shown.scene.cases.spots:
        hint += view.say("点击编号或标注打开案例。", " Click a number or a label to open its case.")
    st.html(
        Markup('<p class="quiet"><span class="no-paper">{} </span>{}</p><div class="ways">{}</div>').format(
            hint, credit_map(shown), format_share_link(view, "map", shown.title)
        )
    )


def export_shown_map(shown: MapView) -> ChartExport:
    """Build the image and the data of the map."""
    view, cases = shown.view, shown.selection.cases
    areas = [
        drawing.Area(code, shown.shading.class_of(code), code in view.filters.city) for code in shown.shading.values
    ]
    figure = drawing.export_map(f"{base_path()}/api/boundaries.geojson", areas, shown.scene)

    def render(drawn: go.Figure, title: str, subtitle: str, footer: Sequence[str]) -> go.Figure:
        marks = [("", *entry) for entry in list_classes(shown.shading, palette.MAP_PAINTS)]
        if shown.scene.cases.spots:
            marks.append(("●", palette.LIGHT["ink"], view.say("案例编号", "number of a case")))
        return export_figure(drawn, title, subtitle, footer, marks)

    table = partial(build_area_table, view.dataset, shown.filters, shown.measure)
    return ChartExport(
        "map",
        shown.title,
        " ".join(filter(None, (describe_province(shown), credit_map(shown)))),
        figure,
        render,
        table=table,
        cases=cases,
        path="places.geojson",
        filtered=True,
        about=shown.shading.title,
        filters=shown.filters,
        frame_height=1100,
    )


def describe_province(shown: MapView) -> str:
    """Return the cases of the whole province as a sentence for the exported image; empty without any."""
    view = shown.view
    told = [
        f"{case.number} {case.headline.what}{view.say('', ' ')}{case.headline.value}{_name_grade(view, case.headline)}"
        for case in shown.scene.cases.province
    ]
    return view.say(f"全省性案例：{'；'.join(told)}。", f"Province-wide: {'; '.join(told)}.") if told else ""


def _name_grade(view: View, headline: Headline) -> str:
    grade = headline.row.grade if headline.row else ""
    return view.say(f"（完整度{grade}）", f" (completeness {grade})") if grade else ""


def show_below(shown: MapView) -> None:
    """Show the figures of the chosen cities, and the content of the map as tables that can be downloaded."""
    view, everywhere = shown.view, shown.filters
    chosen, areas, places = view.remember("below", partial(format_below, shown))
    st.html(chosen)
    st.header(view.say("分地市列表", "The same as a table"), anchor=False)
    st.html(areas.html)
    show_table_download(view, areas.rows, partial(build_area_table, view.dataset, everywhere, shown.measure), "areas")
    if places.rows:
        st.header(view.say("县、镇与片区", "Counties, towns and zones"), anchor=False)
        st.html(places.html)
        show_table_download(view, places.rows, partial(build_place_table, view.dataset, everywhere), "counties")


def format_below(shown: MapView) -> tuple[Markup, Table, Table]:
    """Return the figures of the chosen cities, the table of the cities, and that of smaller places."""
    view, links = shown.view, build_links(shown.view)
    return (
        format_chosen(view.selection, view.filters, view.lang, links),
        format_area_table(shown.selection, shown.areas, shown.shading, view.filters, view.lang, links, **shown.more),
        format_place_table(shown.selection, view.filters, view.lang, links),
    )


def build_place_table(dataset: Dataset, filters: Filters) -> pd.DataFrame:
    return tabulate_local_places(select(dataset, filters))


def build_area_table(dataset: Dataset, filters: Filters, measure: Measure | None) -> pd.DataFrame:
    return tabulate_areas(dataset, summarize_areas(select(dataset, filters)), measure)


def show_table_download(
    view: View, rows: int, table: Callable[[], pd.DataFrame], name: Literal["areas", "counties"]
) -> None:
    label = view.say(f"下载此表（CSV，{rows} 行）", f"Download this table (CSV, {rows} rows)")
    show_csv_download(label, table, name_map_table(Extract(view.dataset), name), name)


view = current_view()
shown = read_map(view)
charts = {"map": PageChart(partial(show_map, shown), partial(export_shown_map, shown))}
if view.embedded:
    show_embedded(view, charts)
else:
    st.title(title_map(view.dataset, view.lang), anchor=False)
    with st.container(key="map-notice"):
        if shown.requested != shown.colour:
            show_warning(
                view,
                "链接所指的着色方式不存在，改按改革成效着色。",
                "The link colours the map by something that does not exist; it shows outcomes.",
            )
    show_map(shown)
    show_below(shown)
    show_share_dialog(view, charts)
