"""What a reader takes away of a chart: an image of its export edition, its data as CSV, and texts to paste. The dialog
that offers it is in share_dialog.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from data.downloads.extract import Extract
from data.downloads.file_names import name_chart
from data.downloads.snippets import build_iframe, build_link
from data.model.grades import GRADES
from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.wording.citation import cite_cases, cite_document, list_caveats, quote_metric
from data.wording.filters import describe_filters
from data.wording.labels import CAVEAT_WORDS, DERIVED_WORDS, DIFFERS
from data.wording.marks import explain_chart
from data.wording.rows import MetricRow, format_id
from pages.frame.view import View
from pages.markup.screens import SITE_NAME

IMAGE_FONTS: Mapping[Lang, str] = {
    "zh": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif",
    "en": "Helvetica Neue, Segoe UI, Roboto, Arial, Liberation Sans, Noto Sans, sans-serif",
}
"""Fonts of exported images, which have no web fonts. A Chinese font first would make English quotation marks wide."""
_MAX_LINKED = 60
"""Maximum number of metrics that a data link names; with more it has the filters instead."""
_MAX_NAMED = 2
"""Maximum number of metrics named beside a caveat."""
_FRAME_HEIGHTS = {"card": 370, "slope": 470}
"""Heights in px of a frame 640 px wide with the card of one metric, and of one that is drawn as a slope of ranks."""


class ExportRenderer(Protocol):
    """Returns the export edition of a figure."""

    def __call__(self, figure: go.Figure, title: str, subtitle: str, footer: Sequence[str], /) -> go.Figure: ...


@dataclass(frozen=True, eq=False)
class ChartExport:
    """A chart to export: its id in a link, a figure, the function that renders its export edition, and its metrics.

    `table` builds its data if that is not the rows of these metrics, `cases` are then the cases it is about, and `path`
    is the data route that has the same. `filtered` tells whether it aggregates what the filters keep of its cases.
    `about` is added to the file's name. `filters` select what it draws if the reader's own do not. `frame_height` is
    that of a frame 640 px wide in which all of it is seen, in px, where it is not the card of one metric.
    """

    id: str
    title: str
    subtitle: str
    figure: go.Figure
    render: ExportRenderer
    rows: Sequence[MetricRow] = ()
    table: Callable[[], pd.DataFrame] | None = None
    cases: Sequence[Case] = ()
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

    @property
    def case_numbers(self) -> list[int]:
        """The printed numbers of its cases, sorted."""
        return sorted({*(row.case_number for row in self.rows), *(case.number for case in self.cases)})

    def find_cases(self, dataset: Dataset) -> list[Case]:
        """Return its cases, sorted by their ids."""
        ids = {*(row.case_id for row in self.rows), *(case.id for case in self.cases)}
        return [dataset.by_id[case_id] for case_id in sorted(ids)]

    @property
    def case_id(self) -> str:
        """The case whose page has this chart, if it draws one metric; otherwise empty."""
        return self.rows[0].case_id if [row.metric_id for row in self.rows] == [self.id] else ""

    @property
    def key(self) -> str:
        """A part of widget keys that is unique on the page."""
        return f"{self.case_id}-{self.id}" if self.case_id else self.id

    def url(self, view: View, /, **more: str) -> str:
        """Return the address of the page that has this chart, for a metric with its place on the page."""
        if self.case_id:
            place = {} if "view" in more else {"figure": self.id}
            return view.url("case", case=self.case_id, **place, **more)
        return view.url(**({"case": self.cases[0].id} if len(self.cases) == 1 else {}), **more)


@dataclass(frozen=True, eq=False)
class PageChart:
    """A chart of a page: `show` shows it alone, in a frame in another site's page; `export` builds what a reader can
    save or copy of it.
    """

    show: Callable[[], None]
    export: Callable[[], ChartExport]


def show_embedded(view: View, charts: Mapping[str, PageChart | Callable[[], object]]) -> None:
    """Show the chart of this page that the URL names, or a notice if there is none with this id."""
    chart = charts.get(view.params.get("chart", ""))
    if chart is None:
        missing = view.t(
            "链接所指的图表在此页不存在，或被筛选排除。",
            "The link names a chart that this page does not have, or that the filters exclude.",
        )
        st.info(missing, icon=":material/link_off:")
    elif isinstance(chart, PageChart):
        chart.show()
    else:
        chart()


def render_image(view: View, export: ChartExport) -> go.Figure:
    """Return the export edition of a chart, in fonts of the reader's language."""
    title, subtitle = _title_image(view, export)
    image = export.render(export.figure, title, subtitle, list_footer(view, export))
    return image.update_layout(font_family=IMAGE_FONTS[view.lang])


def _title_image(view: View, export: ChartExport) -> tuple[str, str]:
    """Return title and subtitle of an image, which say by themselves what it is about: that of a metric names its place
    and its case.
    """
    if not export.case_id:
        return export.title, export.subtitle
    (row,) = export.rows
    colon = view.t("：", ": ")
    title = row.finding if row.place in row.finding else f"{row.place}{colon}{row.finding}"
    case = view.t(f"案例{row.case_number}", f"Case {row.case_number}") + colon + row.case_title
    marks = explain_chart(row, view.lang) if export.figure.data else []
    return title, " · ".join([case, row.periods, *([view.t("；", "; ").join(marks)] if marks else [])])


def list_footer(view: View, export: ChartExport) -> list[str]:
    """Return the lines under an exported image: document, cases, grades, caveats, filters, site and address."""
    grades = view.join(dict.fromkeys(f"{row.grade} {row.grade_word}" for row in sorted(export.rows, key=_grade)))
    graded = view.t(f"完整度：{grades}。", f" Completeness: {grades}.") if grades else ""
    documents = view.dataset.documents_of(export.find_cases(view.dataset))
    lines = [cite_cases(documents, view.lang) + graded]
    if len(export.rows) == 1 and (formula := export.rows[0].formula_label):
        lines.append(f"{DERIVED_WORDS['title'][view.lang]}{view.t('：', ': ')}{formula}")
    lines += list_caveats(export.rows[0], view.lang) if len(export.rows) == 1 else _group_caveats(view, export.rows)
    if not export.case_id and (filters := choose_filters(view, export)):
        lines.append(view.t("筛选——", "Filtered by ") + describe_filters(view.dataset, filters, view.lang))
    return [*lines, f"{SITE_NAME[view.lang]} · {export.url(view)}"]


def choose_filters(view: View, export: ChartExport) -> Filters:
    """Return the filters that select what a chart draws."""
    return view.filters if export.filters is None else export.filters


def _grade(row: MetricRow) -> int:
    """The place of a metric's grade among all, for sorting."""
    return GRADES.index(row.grade)


def _group_caveats(view: View, rows: Sequence[MetricRow]) -> list[str]:
    """Return a line with each kind of caveat and the names of its metrics, or their number; none without caveats.

    A note (`other`) is left out: its kind says nothing without its text.
    """
    names_of: dict[str, list[str]] = {}
    for row in rows:
        for word in dict.fromkeys((*row.caveat_words, *(DIFFERS[view.lang] for _ in row.differing))):
            if word != CAVEAT_WORDS["other"][view.lang]:
                names_of.setdefault(word, []).append(row.name)
    colon, count = view.t("：", ": "), view.t("{}项", "{} figures")
    doubts = (
        word + colon + (view.join(names) if len(names) <= _MAX_NAMED else count.format(len(names)))
        for word, names in names_of.items()
    )
    return [f"⚠ {view.t('；', '; ').join(doubts)}"] if names_of else []


def build_file_name(view: View, export: ChartExport) -> str:
    """Name the chart's files, without their endings. The chart of one metric is not named by the filters."""
    extract = Extract(view.dataset, Filters() if export.case_id else choose_filters(view, export))
    places = {row.place for row in export.rows}
    return name_chart(extract, export.id, view.lang, places, export.case_numbers, export.about)


def build_table(view: View, export: ChartExport) -> pd.DataFrame:
    if export.table is not None:
        return export.table()
    found = (view.dataset.positions[format_id(row)] for row in export.rows)
    return view.dataset.table.iloc[sorted(chain.from_iterable(found))]


def cite_chart(view: View, export: ChartExport) -> str:
    if len(export.rows) == 1:
        source = view.dataset.source_of(view.dataset.by_id[export.rows[0].case_id])
        return quote_metric(export.rows[0], source, view.lang, export.url(view))
    cases = export.find_cases(view.dataset)
    documents = view.dataset.documents_of(cases) if cases else view.documents
    return "\n".join([export.title, *map(cite_document, documents), export.url(view)])


def build_data_link(view: View, export: ChartExport) -> str:
    """Return the address of the chart's data. The route of one case takes no parameters."""
    if export.path.startswith("cases/"):
        return build_link(view.address, export.path, Filters())
    if export.only and not export.filtered:
        return build_link(view.address, export.path, Filters(), only=export.only)
    return build_link(view.address, export.path, choose_filters(view, export))


def build_embed_code(view: View, export: ChartExport) -> str:
    """Return the HTML that shows the chart in another site's page, in a frame that need not scroll."""
    height = export.frame_height
    if export.case_id:
        (row,) = export.rows
        slope = row.dimension == "rank" and row.before_span and row.after_span
        height = _FRAME_HEIGHTS["slope" if slope else "card"]
    return build_iframe(export.url(view, view="embed", chart=export.id), export.title, height)
