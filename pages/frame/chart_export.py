"""What a reader takes away of a chart: an image of its export edition, its data as CSV, and texts to paste. The dialog
that offers it is in share_dialog.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from data.downloads.extract import Extract
from data.downloads.file_names import name_chart
from data.downloads.snippets import build_iframe, build_link
from data.model.schema import Case, Document
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.wording.citation import Access, cite_cases, list_caveats
from data.wording.filters import describe_filters
from data.wording.index_axis import IndexAxis
from data.wording.labels import DERIVED_WORDS
from data.wording.marks import explain_index
from data.wording.openings import warn
from data.wording.remarks import say_missing
from data.wording.rows import MetricRow, format_id
from pages.frame.view import View
from pages.markup.environment import render
from pages.markup.geometry import share_axis
from pages.markup.links import Links
from pages.markup.screens import SITE_NAME
from pages.plots import Shape, draw_metric, frame

_MAX_LINKED = 60
"""Maximum number of metrics that a data link names; with more it has the filters instead."""
_CARD_HEIGHT = 370
"""Height in px of a frame 640 px wide with the card of one metric."""


@dataclass(frozen=True, eq=False)
class ChartExport:
    """A chart to export: its id in a link, the function that draws it in a shape, and its metrics.

    `names` are the query parameters by which a link names it, with the metric (`figure`) if it is the chart of one.
    `table` builds its data if that is not the rows of its metrics; `cases` are then the cases it is about, `cited`
    those that it shows without a metric, and `path` is the data route that has the same.
    `filtered` tells whether it aggregates what the filters keep of its cases. `about` is added to the file's name.
    `filters` select what it draws if the reader's own do not. `frame_height` is the height in px of a frame 640 px wide
    in which all of it is seen, where it is not the card of one metric.
    """

    id: str
    title: str
    subtitle: str
    draw: Callable[[Shape], go.Figure]
    rows: Sequence[MetricRow] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    table: Callable[[], pd.DataFrame] | None = None
    cases: Sequence[Case] = ()
    cited: Sequence[Case] = ()
    path: str = "metrics.csv"
    filtered: bool = False
    about: str = ""
    filters: Filters | None = None
    frame_height: int = 800

    @property
    def only(self) -> str:
        """The ids of its cases or metrics, as a parameter of a data link; empty if they are too many."""
        ids = [case.id for case in self.cases] or [format_id(row) for row in self.rows]
        return ",".join(ids) if len(ids) <= _MAX_LINKED else ""

    def find_cases(self, dataset: Dataset) -> list[Case]:
        """Return its cases, sorted by their ids."""
        ids = {*(row.case_id for row in self.rows), *(case.id for case in (*self.cases, *self.cited))}
        return [dataset.by_id[case_id] for case_id in sorted(ids)]

    @property
    def of_metric(self) -> bool:
        """Whether it is the chart of one metric."""
        return "figure" in self.names

    def url(self, view: View) -> str:
        """Return the address that names this chart and the language, without filters or search."""
        path = "case" if self.of_metric else view.page.url_path
        return Links(view.address).screen(path, **self.names, lang=view.lang)


@dataclass(frozen=True, eq=False)
class PageChart:
    """A chart of a page: `show` shows it alone, in a frame in another site's page; `export` builds what a reader can
    save or copy of it.
    """

    show: Callable[[], None]
    export: Callable[[], ChartExport]


def find_metric(view: View, metric_id: str) -> PageChart | None:
    """Return the chart of a metric by its id in links, whatever the filters; None if there is none."""
    positions, (case_id, _, name) = view.dataset.positions, metric_id.partition(".")
    if not name or metric_id not in positions:
        return None
    return chart_metric(view, view.rows(positions[metric_id])[0], share_axis(view.rows(positions[case_id])))


def chart_metric(view: View, row: MetricRow, axis: IndexAxis) -> PageChart:
    """Return the chart of a metric; `axis` is the one that it shares with the others of its case."""

    def show() -> None:
        st.html(render("card", "card", view.lang, row, axis=axis))

    def export() -> ChartExport:
        names = {"case": row.case_id, "figure": row.metric_id}
        return ChartExport(row.metric_id, row.finding, "", partial(draw_metric, row, axis, view.lang), [row], names)

    return PageChart(show, export)


def show_embedded(view: View, charts: Mapping[str, PageChart | Callable[[], object]]) -> None:
    """Show the chart of this page that the URL names, or a notice if there is none with this id."""
    chart = charts.get(view.params.get("chart", ""))
    if chart is None:
        show_missing(view)
    elif isinstance(chart, PageChart):
        chart.show()
    else:
        chart()


def show_missing(view: View) -> None:
    """Say that the address names a chart which the page does not have."""
    text = view.t(
        "链接所指的图表在此页不存在，或被筛选排除。",
        "The link names a chart that this page does not have, or that the filters exclude.",
    )
    st.info(text, icon=":material/link_off:")


def render_image(view: View, export: ChartExport, shape: Shape) -> go.Figure:
    """Return the picture of a chart in a shape, with its title and what it is from."""
    title, head = export.title, [export.subtitle]
    if export.of_metric:
        title, *head = _title_metric(view, export.rows[0])
    return frame(export.draw(shape), title, head, list_footer(view, export), shape)


def _title_metric(view: View, row: MetricRow) -> list[str]:
    """Return the title of the picture of a metric, its case and time, and what is missing or its index leaves open."""
    colon = view.t("：", ": ")
    title = row.finding if row.place in row.finding else f"{row.place}{colon}{row.finding}"
    case = view.t(f"案例{row.case_number}", f"Case {row.case_number}") + colon + row.case_title
    remark = explain_index(row, view.lang) if row.rule.drawing == "index" else say_missing(row, view.lang)
    return [title, f"{case} · {row.periods}", remark]


def list_footer(view: View, export: ChartExport) -> list[str]:
    """Return the lines under a picture: document and cases, who chose them and that none has a comparison group, the
    doubts about its metric if it is one, filters, site and address.
    """
    documents = view.dataset.documents_of(export.find_cases(view.dataset))
    lines = [cite_cases(documents, view.lang), warn(tuple(documents), view.lang)]
    if len(export.rows) == 1:
        lines += _list_doubts(view, export.rows[0])
    if not export.of_metric and (filters := choose_filters(view, export)):
        lines.append(view.t("筛选——", "Filtered by ") + describe_filters(view.dataset, filters, view.lang))
    return [*lines, f"{SITE_NAME[view.lang]} · {export.url(view)}"]


def _list_doubts(view: View, row: MetricRow) -> list[str]:
    """Return how a metric is calculated, and its caveats, a line each."""
    formula = f"{DERIVED_WORDS['title'][view.lang]}{view.t('：', ': ')}{row.formula_label}" if row.formula_label else ""
    return [*filter(None, [formula]), *list_caveats(row, view.lang)]


def choose_filters(view: View, export: ChartExport) -> Filters:
    """Return the filters that select what a chart draws."""
    return view.filters if export.filters is None else export.filters


def build_file_name(view: View, export: ChartExport, shape: Shape = "wide") -> str:
    """Name the chart's files, without their endings. The chart of one metric is not named by the filters."""
    extract = Extract(view.dataset, Filters() if export.of_metric else choose_filters(view, export))
    places = {row.place for row in export.rows}
    numbers = sorted(case.number for case in export.find_cases(view.dataset))
    name = name_chart(extract, export.id, view.lang, places, numbers, export.about)
    return name if shape == "wide" else f"{name}_{shape}"


def build_table(view: View, export: ChartExport) -> pd.DataFrame:
    if export.table is not None:
        return export.table()
    found = (view.dataset.positions[format_id(row)] for row in export.rows)
    return view.dataset.table.iloc[sorted(chain.from_iterable(found))]


def list_documents(view: View, export: ChartExport) -> Sequence[Document]:
    """Return the documents that a chart is drawn from, or else those of the page."""
    cases = export.find_cases(view.dataset)
    return tuple(view.dataset.documents_of(cases)) if cases else view.documents


def name_access(view: View, export: ChartExport) -> Access:
    """Return what a citation says of a chart: its title, or the name of its only metric with its case."""
    name, key = f"“{export.title}”", export.id
    if export.of_metric:
        row = export.rows[0]
        name = view.t(f"案例{row.case_number}“{row.name}”", f"“{row.name}” (case {row.case_number})")
        key = f"case-{row.case_number}-{row.metric_id}"
    return Access(name, key, export.url(view), view.today)


def build_data_link(view: View, export: ChartExport) -> str:
    """Return the address of the chart's data. The route of one case takes no parameters."""
    if export.path.startswith("cases/"):
        return build_link(view.address, export.path, Filters())
    if export.only and not export.filtered:
        return build_link(view.address, export.path, Filters(), only=export.only)
    return build_link(view.address, export.path, choose_filters(view, export))


def build_embed_code(view: View, export: ChartExport) -> str:
    """Return the HTML that shows the chart in another site's page, in a frame that need not scroll."""
    named = {name: text for name, text in export.names.items() if name != "figure"}  # which would unfold it
    if export.of_metric:
        address = Links(view.address).screen("case", **named, view="embed", chart=export.id, lang=view.lang)
        return build_iframe(address, export.title, _CARD_HEIGHT)
    return build_iframe(view.url(**named, view="embed", chart=export.id), export.title, export.frame_height)
