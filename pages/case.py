"""One case: problem, what was done, what changed; its figures by grade; events, contradictions, and every figure's words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.downloads.extract import Extract, find_conflicts
from data.downloads.file_names import name_case_document
from data.downloads.geojson import CREDIT
from data.downloads.word import MEDIA_TYPE, write_case
from data.model.schema import Case, Place
from data.query.columns import homes, named
from data.query.dataset import Chosen
from data.query.filters import PROVINCE, Filters
from data.query.geography import units
from data.reading.live import boundaries
from data.wording.citation import quote_metric
from data.wording.formatting import format_date
from pages.figures.chart_for import chart_for
from pages.figures.export_figure import export_figure
from pages.figures.locator import locator
from pages.figures.timeline import timeline
from pages.frame.bars import scope_switch
from pages.frame.blocks import as_table, chart, compact, evidence_lines, figure_block, finding, levels
from pages.frame.chart_export import Taken, take
from pages.frame.embed import embed
from pages.frame.escape_markdown import literal
from pages.frame.links import link
from pages.frame.view import View, the_view

NEAR = 12
"""So many cases before and after this one are offered in its list; a filter or a search finds the others."""
LOCATED = 440
"""px of the small map's height where it is taken away."""


def chosen_case(view: View) -> Case:
    """The case of the link; otherwise the first one of the selection."""
    wanted = st.query_params.get("case")
    if wanted in view.dataset.by_id:
        case = view.dataset.by_id[wanted]
        st.set_page_config(page_title=f" · {case.title[view.lang]} · ".join(view.page.title.split(" · ")))
        if case not in view.selection.cases:
            st.info(
                view.say(
                    "当前筛选不包含这个案例；因为链接直接指向它，仍予显示。",
                    "The filters would hide this case; it is shown because the link names it.",
                )
            )
        return case
    if wanted:
        st.warning(
            view.say(
                "链接所指的案例不存在，改为显示第一个。",
                "The link names a case that does not exist; the first one is shown.",
            ),
            icon=":material/link_off:",
        )
    return (view.selection.cases or view.dataset.cases)[0]


def around(view: View, case: Case) -> tuple[Chosen, int]:
    """The cases among which this one stands, and at which place: those of the selection where it is one of them, otherwise all."""
    cases = view.selection.cases if case in view.selection.cases else view.dataset.everything
    return cases, cases.find(case.id) or 0


def choose() -> None:
    st.query_params["case"] = st.session_state["case"]


def picker(view: View, case: Case) -> None:
    """The other cases of the selection, and the printed edition of this one."""
    cases, at = around(view, case)
    first = max(0, at - NEAR)
    titles = {other.id: f"{other.number} · {other.title[view.lang]}" for other in cases[first : at + NEAR + 1]}
    st.session_state["case"] = case.id
    with st.container(horizontal=True, vertical_alignment="center", key="picker"):
        st.selectbox(
            view.say("案例", "Case"),
            list(titles),
            format_func=titles.__getitem__,
            key="case",
            on_change=choose,
            label_visibility="collapsed",
            filter_mode=None,
        )
        st.html(
            link(view.href("case", case=case.id, view="print"), view.say("打印版", "Print"), before="print"),
            width="content",
        )
        editable(view, case)


def editable(view: View, case: Case) -> None:
    """The case as a Word document with the figures that the page shows, written when it is asked for."""
    city = view.filters.city if view.left_out(case) else ()
    st.download_button(
        "Word",
        data=partial(write_case, view.dataset, case, view.lang, city),
        file_name=name_case_document(Extract(view.dataset, Filters(city=city)), case, view.lang),
        mime=MEDIA_TYPE,
        on_click="ignore",
        key="brief",
        icon=":material/download:",
        type="tertiary",
        help=view.say("下载可编辑的案例简报", "The case as a document to edit"),
    )


def scope(view: View, case: Case) -> None:
    """What a city filter leaves out of the case, with the switch that shows it."""
    elsewhere = view.elsewhere_of(case)
    if elsewhere:
        with st.container(horizontal=True, vertical_alignment="center", key="scope"):
            if left_out := view.left_out(case):
                st.html(Markup('<p class="quiet">{}</p>').format(left_out), width="content")
            if not view.printing:
                scope_switch(view, elsewhere)


def head(view: View, case: Case) -> None:
    places = view.say("、", ", ").join(view.dataset.places[place].name[view.lang] for place in case.places)
    domains = view.say("、", ", ").join(view.dataset.domains[domain].name[view.lang] for domain in case.domains)
    number = view.say(f"案例 {case.number}", f"Case {case.number}")
    submitted = view.say(f"{case.submitted_by.zh}报送", f"submitted by {case.submitted_by.en}")
    with st.container(key="head"):
        with st.container(gap="small"):
            st.title(literal(case.title[view.lang]), anchor=False)
            st.html(
                Markup('<p class="kicker">{} · {} · {} · {}</p><p class="lede">{}</p>').format(
                    number, places, domains, submitted, case.summary[view.lang]
                )
            )
        where(view, case)


def where(view: View, case: Case) -> None:
    """A small map of the places the case and its figures are at, and of those it only names, with their names; nothing for a case of the whole province alone."""
    dataset, own = view.dataset, homes(case)
    codes = {dataset.prefecture_code(name) for name in own} - {PROVINCE}
    known = (dataset.places[name] for name in sorted(named(case)))
    points = [place for place in known if place.lon is not None and place.code not in codes]
    if not codes and not points:
        return
    figure = locator(
        boundaries(), codes, [(place.lon, place.lat, place.name[view.lang], place.id not in own) for place in points]
    )
    marked = [
        *((place, "area") for place in units(dataset) if place.code in codes),
        *((place, "point" if place.id in own else "named") for place in points),
    ]
    rows = [
        (place.id, place.name.zh, place.name.en, dataset.prefecture_code(place.id), place.lon, place.lat, mark)
        for place, mark in marked
    ]
    table = partial(
        pd.DataFrame, rows, columns=["place_id", "name_zh", "name_en", "prefecture_code", "lon", "lat", "mark"]
    )
    names = view.say("、", ", ").join(place.name[view.lang] for place, _ in marked)
    signs = {"area": "■", "point": "●", "named": "○"}
    said = " · ".join([*(f"{signs[mark]} {place.name[view.lang]}" for place, mark in marked), CREDIT[view.lang]])
    with st.container(key="where", gap="small"):
        chart(figure, "locator", view.say(f"河南示意图，标出{names}", f"Outline of Henan with {names} marked"))
        st.html(legend(view, marked))
    take(
        view,
        Taken(
            "locator",
            f"{case.title[view.lang]}{view.say('：所在地', ': where it is')}",
            said,
            figure,
            larger,
            table=table,
            cases=[case],
            path="places.geojson",
        ),
    )


def legend(view: View, marked: Sequence[tuple[Place, str]]) -> Markup:
    """The names of the filled areas, the filled points and the hollow ones, with the credit of the outlines."""
    lines = []
    for mark, sign, before in (
        ("area", "sw chosen", ""),
        ("point", "pt", ""),
        ("named", "pt named", view.say("只提到：", "only named: ")),
    ):
        names = view.say("、", ", ").join(place.name[view.lang] for place, own in marked if own == mark)
        lines += [Markup('<li><span class="{}"></span>{}{}</li>').format(sign, before, names)] if names else []
    return Markup('<ul class="legend small">{}<li>{}</li></ul>').format(Markup("").join(lines), CREDIT[view.lang])


def larger(figure: go.Figure, title: str, subtitle: str, footer: Sequence[str]) -> go.Figure:
    """The map of a case as it is taken away."""
    return export_figure(
        go.Figure(figure).update_layout(height=LOCATED, margin={"l": 0, "r": 0, "t": 8, "b": 8}),
        title,
        subtitle,
        footer,
    )


def story(view: View, case: Case) -> None:
    actions = Markup("").join(Markup("<li>{}</li>").format(action[view.lang]) for action in case.actions)
    st.html(
        Markup(
            '<div class="triple"><section><h2>{}</h2><p>{}</p></section><section><h2>{}</h2><ol>{}</ol></section><section><h2>{}</h2><p>{}</p></section></div>'
        ).format(
            view.say("问题", "The problem"),
            case.problem[view.lang],
            view.say("做法", "What was done"),
            actions,
            view.say("变化", "What changed"),
            case.result[view.lang],
        )
    )


def figures(view: View, rows: tuple) -> None:
    shown = [row for row in rows if row.role in ("outcome", "output")]
    changes(view, [row for row in shown if row.rule.has_change])
    standing(view, [row for row in shown if row.rule.drawing == "level"])
    in_words(
        view, [row for row in shown if row.rule.drawing == "words"], view.say("以文字表述的结果", "Results in words")
    )
    in_words(
        view,
        [row for row in shown if row.rule.drawing == "plan"],
        view.say("目标与规划，不作为成效", "Targets and plans, not counted as results"),
    )
    background = [row for row in rows if row not in shown]
    if background:
        with st.expander(
            view.say(f"投入、背景与制度参数（{len(background)}）", f"Inputs, background and rules ({len(background)})")
        ):
            st.html(levels(background, view.lang))


def changes(view: View, rows: list) -> None:
    """Every figure with a change: its chart where the grade allows one, its words alone where not."""
    st.header(view.say("变化", "What changed"), anchor=False)
    if not rows:
        st.html(
            Markup('<p class="lede">{}</p>').format(
                view.say("材料没有给出这些指标的前后变化。", "The source states no change of these figures.")
            )
        )
        return
    indices = [row.index for row in rows if row.rule.drawing == "index" and row.index is not None]
    with st.container(key="changes"):
        for row in rows:
            figure_block(row, chart_for(row, view.lang, indices), view, f"figure-{row.metric_id}", export_figure)


def standing(view: View, rows: list) -> None:
    """Levels: what happened stands open, what was delivered is folded where it is long."""
    if not rows:
        return
    st.header(view.say("只有水平值的指标", "Levels and amounts delivered"), anchor=False)
    note = view.say(
        "材料只写明当前值或完成量，没有改革前的数值，不能说明变化。",
        "The source states a present value or an amount delivered and no earlier value; these show no change.",
    )
    st.html(Markup('<p class="quiet">{}</p>').format(note))
    happened, delivered = ([row for row in rows if row.role == role] for role in ("outcome", "output"))
    if happened:
        st.html(levels(happened, view.lang))
    if delivered:
        with st.expander(
            view.say(f"完成量（{len(delivered)}）", f"Amounts delivered ({len(delivered)})"),
            expanded=len(delivered) <= 6,
        ):
            st.html(levels(delivered, view.lang))


def in_words(view: View, rows: list, heading: str) -> None:
    if rows:
        st.header(heading, anchor=False)
    for row in rows:
        st.html(finding(row) + evidence_lines(row, view.lang))


def events(view: View, case: Case) -> None:
    if not case.events:
        return
    title = view.say("大事", "Dated events")
    st.header(title, anchor=False)
    spans = [
        format_date(event.date, view.lang) + (f"–{format_date(event.end, view.lang)}" if event.end else "")
        for event in case.events
    ]
    item = Markup("<li><time>{}</time><span>{}</span></li>")
    items = [item.format(span, event.what[view.lang]) for span, event in zip(spans, case.events, strict=True)]
    figure = timeline(case.events, view.lang)
    chart(figure, "timeline", view.say("大事的时间线，下方逐条列出", "The events on a line of time; listed below"))
    st.html(Markup('<ol class="events">{}</ol>').format(Markup("").join(items)))
    dated = partial(
        pd.DataFrame,
        [(event.date, event.end, event.what[view.lang]) for event in case.events],
        columns=["date", "end", "event"],
    )
    told = " · ".join(
        f"{span}{view.say('：', ': ')}{event.what[view.lang]}" for span, event in zip(spans, case.events, strict=True)
    )
    whose = f"{case.title[view.lang]}{view.say('：', ': ')}{title}"
    take(
        view,
        Taken("timeline", whose, told, figure, export_figure, table=dated, cases=[case], path=f"cases/{case.id}.json"),
    )


def contradictions(view: View, case: Case, rows: tuple) -> None:
    """Those of the case, and those of the figures that are shown."""
    conflicts = find_conflicts(case, {row.metric_id for row in rows})
    if not conflicts:
        return
    st.header(view.say("材料自身的矛盾", "Where the source contradicts itself"), anchor=False)
    for conflict in conflicts:
        quotes = Markup("").join(
            Markup('<blockquote lang="zh">{}</blockquote>').format(phrase.text) for phrase in conflict.phrases
        )
        st.html(Markup('<div class="conflict">{}<p>{}</p></div>').format(quotes, conflict.note[view.lang]))


def quote(view: View, case: Case, rows: tuple) -> None:
    """One figure with its source, to paste elsewhere."""
    label = view.say("复制一项指标及其出处", "Copy one figure with its source")
    names = [row.name for row in rows]
    chosen = st.selectbox(
        label,
        range(len(rows)),
        index=None,
        format_func=names.__getitem__,
        placeholder=view.say("选择指标", "Choose a figure"),
        key=f"quote-{case.id}",
        filter_mode=None,
    )
    if chosen is not None:
        st.code(quote_metric(rows[chosen], view.dataset.source, view.lang, view.link()), language=None, wrap_lines=True)


def neighbours(view: View, case: Case) -> None:
    cases, at = around(view, case)
    links = [
        link(view.href("case", case=other.id), f"{other.number} · {other.title[view.lang]}", **icon)
        for step, icon in ((-1, {"before": "arrow_back"}), (1, {"after": "arrow_forward"}))
        if 0 <= at + step < len(cases)
        for other in [cases[at + step]]
    ]
    if links:
        label = view.say("上一个与下一个案例", "Previous and next case")
        st.html(Markup('<nav class="neighbours" aria-label="{}">{}</nav>').format(label, Markup("").join(links)))


def page(view: View, case: Case) -> None:
    rows = view.rows_of(case)
    picker(view, case)
    scope(view, case)
    head(view, case)
    story(view, case)
    figures(view, rows)
    events(view, case)
    contradictions(view, case, rows)
    st.header(view.say("逐项出处", "Every figure and its words"), anchor=False)
    st.html(as_table(rows, view.lang))
    quote(view, case, rows)
    neighbours(view, case)


def printed(view: View, case: Case) -> None:
    """The case on two sheets of paper: still charts, all levels as a list, no controls."""
    rows = view.rows_of(case)
    shown = [row for row in rows if row.role in ("outcome", "output")]
    scope(view, case)
    head(view, case)
    story(view, case)
    changes(view, [row for row in shown if row.rule.has_change])
    levels_printed = [row for row in shown if not row.rule.has_change]
    if levels_printed:
        st.header(view.say("水平、完成量与文字表述", "Levels, amounts delivered and results in words"), anchor=False)
        st.html(compact(levels_printed, view.lang))
    contradictions(view, case, rows)


def embedded(view: View, case: Case) -> None:
    """One figure of the case, whatever the filters, or its events, under the case's title."""
    st.html(Markup('<p class="kicker">{}</p>').format(case.title[view.lang]))
    rows = view.words(view.dataset.positions(case.id))
    indices = [row.index for row in rows if row.rule.drawing == "index" and row.index is not None]

    def block(row) -> None:
        figure_block(row, chart_for(row, view.lang, indices), view, f"figure-{row.metric_id}")

    embed(
        view,
        {
            **{row.metric_id: partial(block, row) for row in rows},
            "timeline": partial(events, view, case),
            "locator": partial(where, view, case),
        },
    )


view = the_view()
case = chosen_case(view)
if view.embedded:
    embedded(view, case)
else:
    (printed if view.printing else page)(view, case)
