"""Take this chart: the export edition as it will look, as PNG or SVG, what it draws as CSV, and what to paste elsewhere. Nothing is drawn before it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.downloads.csv_json import write_csv
from data.downloads.extract import Extract
from data.downloads.file_names import name_chart
from data.downloads.snippets import build_iframe, build_link
from data.model.schema import Case
from data.query.filters import Filters
from data.wording.citation import cite_cases, cite_document, list_caveats, quote_metric
from data.wording.rows import MetricRow
from pages.frame.bars import filters_said
from pages.frame.view import View
from pages.serving.settings import allows_frames

FORMATS = ("png", "svg")
_LINKED = 60
"""A data link names so many figures at most; beyond, it carries the filters."""
_NAMED = 4
"""So many cases stand in a file's name, and so many figures beside a doubt."""
_AROUND = 340
"""px that the words around a chart take in a frame about 640 px wide; where they take more, the frame scrolls above its footer."""


class Export(Protocol):
    """Draws the export edition of a figure."""

    def __call__(self, figure: go.Figure, title: str, subtitle: str, footer: Sequence[str]) -> go.Figure: ...


@dataclass(frozen=True, eq=False)
class Taken:
    """A chart as it leaves the page: its id in a link, the screen figure and what draws its export edition, and the figures of the source that it draws.

    `table` builds what it draws where that is not those figures, and `cases` whose it is; `path` the data route that gives it: that of one case takes no parameters.
    `filtered` is whether it counts what the filters leave of its cases. `about` is what else a file's name says of it.
    """

    id: str
    title: str
    subtitle: str
    figure: go.Figure
    export: Export
    rows: Sequence[MetricRow] = ()
    table: Callable[[], pd.DataFrame] | None = None
    cases: Sequence[Case] = ()
    path: str = "metrics.csv"
    filtered: bool = False
    about: str = ""

    @property
    def only(self) -> str:
        """The figures, or the cases, as a parameter of a data link; nothing where they are too many."""
        names = (
            [case.id for case in self.cases] if self.cases else [f"{row.case_id}.{row.metric_id}" for row in self.rows]
        )
        return ",".join(names) if len(names) <= _LINKED else ""

    @property
    def numbers(self) -> list[int]:
        """Those of the cases that it draws."""
        return sorted({*(row.case_number for row in self.rows), *(case.number for case in self.cases)})

    @property
    def home(self) -> str:
        """The case on whose page it stands wherever else it is shown: the chart of one figure; empty for others."""
        return self.rows[0].case_id if [row.metric_id for row in self.rows] == [self.id] else ""

    @property
    def key(self) -> str:
        """Tells the controls of one chart from those of another on the page."""
        return f"{self.home}-{self.id}" if self.home else self.id

    def link(self, view: View, /, **more: str) -> str:
        """The address at which it stands."""
        if self.home:
            return view.link("case", case=self.home, **more)
        return view.link(**({"case": self.cases[0].id} if len(self.cases) == 1 else {}), **more)


def take(view: View, taken: Taken) -> None:
    """The control beside a chart; nothing on paper and in a frame, which have no controls."""
    if view.embedded or view.printing:
        return
    box = st.expander(
        view.say("取用此图", "Take this chart"),
        key=f"take-{taken.key}",
        on_change="rerun",
        icon=":material/download:",
        type="compact",
    )
    if box.open:
        with box:
            _image(view, taken)
            _data(view, taken)
            _copies(view, taken)


def footer(view: View, taken: Taken) -> list[str]:
    """What stands under an image that leaves the page: document, cases, grades, caveats, filters."""
    grades = view.say("、", ", ").join(dict.fromkeys(f"{row.grade} {row.grade_word}" for row in taken.rows))
    graded = view.say(f"证据等级：{grades}。", f" Grade of evidence: {grades}.") if grades else ""
    lines = [cite_cases(view.dataset.source, taken.numbers, view.lang) + graded]
    lines += list_caveats(taken.rows[0], view.lang) if len(taken.rows) == 1 else _doubts(view, taken.rows)
    if view.filters:
        lines.append(view.say("筛选——", "Filtered by ") + filters_said(view))
    return lines


def _doubts(view: View, rows: Sequence[MetricRow]) -> list[str]:
    """The kinds of doubt about several figures, each with the figures it concerns, or how many they are."""
    concerned: dict[str, list[str]] = {}
    for row in rows:
        for word in dict.fromkeys(row.caveat_words):
            concerned.setdefault(word, []).append(row.name)
    colon, comma = view.say("：", ": "), view.say("、", ", ")
    many = view.say("{}项", "{} figures")
    return [
        word + colon + (comma.join(names) if len(names) <= _NAMED else many.format(len(names)))
        for word, names in concerned.items()
    ]


def _file_name(view: View, taken: Taken) -> str:
    """Name the chart's files, without their endings. The chart of one metric is not named by the filters."""
    extract = Extract(view.dataset, Filters() if taken.home else view.filters)
    return name_chart(extract, taken.id, view.lang, {row.place for row in taken.rows}, taken.numbers, taken.about)


def _image(view: View, taken: Taken) -> None:
    kind = st.segmented_control(
        view.say("图片格式", "Image format"),
        FORMATS,
        default=FORMATS[0],
        required=True,
        format_func=str.upper,
        key=f"format-{taken.key}",
    )
    figure = taken.export(taken.figure, taken.title, taken.subtitle, footer(view, taken))
    size = {"width": figure.layout.width, "height": figure.layout.height, "scale": 2 if kind == "png" else 1}
    config = {
        "displayModeBar": True,
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": kind, "filename": _file_name(view, taken), **size},
        "locale": "zh-CN",
        "locales": {
            "zh-CN": {
                "dictionary": {
                    "Download plot as a PNG": view.say("下载 PNG 图片", "Download PNG"),
                    "Download plot": view.say("下载图片", "Download image"),
                }
            }
        },
    }
    with st.container(key=f"export-{taken.key}"):
        st.plotly_chart(figure, key=f"export-chart-{taken.key}", width=figure.layout.width, theme=None, config=config)
    st.html(
        Markup('<p class="quiet">{}</p>').format(
            view.say(
                "左上角的相机按钮保存图片，宽1200像素。",
                "The camera button at the upper left saves the image, 1200 pixels wide.",
            )
        )
    )


def _data(view: View, taken: Taken) -> None:
    count = len(taken.rows) if taken.table is None else len(taken.table())
    st.download_button(
        view.say(
            f"下载所画数据（CSV，{count} 行）", f"Download what is drawn (CSV, {count} row{'s' if count != 1 else ''})"
        ),
        data=partial(_drawn, view, taken),
        file_name=f"{_file_name(view, taken)}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"csv-{taken.key}",
        icon=":material/table:",
    )


def _drawn(view: View, taken: Taken) -> bytes:
    if taken.table is not None:
        return write_csv(taken.table())
    positions = sorted(
        position for row in taken.rows for position in view.dataset.named(f"{row.case_id}.{row.metric_id}")
    )
    return write_csv(view.dataset.rows(positions))


def _copies(view: View, taken: Taken) -> None:
    """One text at a time to paste elsewhere."""
    texts: dict[str, tuple[str, Callable[[], str]]] = {
        "link": (view.say("链接", "Link"), partial(taken.link, view)),
        "words": (
            view.say("数值与出处", "Value with source") if len(taken.rows) == 1 else view.say("引用", "Citation"),
            partial(_words, view, taken),
        ),
        "data": (view.say("数据链接", "Data link"), partial(_data_link, view, taken)),
    }
    if allows_frames():
        texts["embed"] = (view.say("嵌入代码", "Embed code"), partial(_embed_code, view, taken))
    copied = st.segmented_control(
        view.say("复制", "Copy"),
        list(texts),
        default="link",
        required=True,
        format_func=lambda name: texts[name][0],
        key=f"copy-{taken.key}",
    )
    st.code(texts[copied][1](), language=None, wrap_lines=True)
    if "embed" not in texts:
        note = view.say(
            "本站运营者未开放嵌入，因此不提供嵌入代码。",
            "The operator of this server allows no embedding, so there is no embed code.",
        )
        st.html(Markup('<p class="quiet">{}</p>').format(note))
    elif copied == "embed":
        note = view.say(
            "只有本站运营者许可的网站才能嵌入。", "Only sites that the operator of this server allows can embed it."
        )
        st.html(Markup('<p class="quiet">{}</p>').format(note))


def _words(view: View, taken: Taken) -> str:
    source = view.dataset.source
    if len(taken.rows) == 1:
        return quote_metric(taken.rows[0], source, view.lang, taken.link(view))
    return "\n".join([taken.title, cite_document(source), taken.link(view)])


def _data_link(view: View, taken: Taken) -> str:
    if taken.path.startswith("cases/"):
        return build_link(view.address, taken.path, Filters())
    if taken.only and not taken.filtered:
        return build_link(view.address, taken.path, Filters(), only=taken.only)
    return build_link(view.address, taken.path, view.filters)


def _embed_code(view: View, taken: Taken) -> str:
    return build_iframe(
        taken.link(view, view="embed", chart=taken.id), taken.title, (taken.figure.layout.height or 450) + _AROUND
    )
