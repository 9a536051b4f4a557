"""Overview: what this is, how completely stated, every comparable metric on one axis, and the cases."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.model.grades import GRADE_RULES, GRADES, GRADES_NOTE, INDEXED
from data.model.schema import Case
from pages.figures.export_figure import export_figure
from pages.figures.grade_strip import grade_strip
from pages.figures.index_arrows import index_arrows
from pages.frame.blocks import format_grade, format_metrics_table, tone_class
from pages.frame.chart_export import ChartExport, show_export
from pages.frame.elements import add_expander, format_list, show_chart, show_note, show_paragraph
from pages.frame.embed import show_embedded
from pages.frame.layout import show_nothing_found
from pages.frame.links import format_case_link
from pages.frame.pager import current_range, show_pager
from pages.frame.search_results import show_search_results
from pages.frame.view import RESULTS, View, current_view

MAX_ALL_CASES = 12
"""Maximum number of cases that all have a card and a row in the chart, in words if nothing can be compared."""
MAX_ARROWS = 20
"""Maximum number of arrows in the chart; the ten cases of 2020 have fewer."""
CARDS_PER_PAGE = 9
"""Number of cards a page if there are more than MAX_ALL_CASES."""


def show_opening(view: View) -> None:
    count = len(view.dataset.cases)
    zh, en = ("十", "ten") if count == 10 else (f"{count:,}", f"{count:,}")
    st.title(
        view.say(
            f"{zh}项改革改变了什么，材料没写明什么",
            f"What {en} reforms in Henan changed, and what the source leaves out",
        ),
        anchor=False,
    )
    show_note(
        view,
        "这里收录河南省2020年度经济体制改革十大案例中的数据，逐项注明出处。材料多半只写了结果或变幅，很少同时写明改革前后；"
        "凡未写明的，这里一律不补。前后对比没有对照组，不能证明变化由改革引起。",
        "The figures of Henan’s ten model cases of economic reform of 2020, each with the words it stands in. The "
        "source mostly gives a result or a change, seldom both ends; what it leaves out is left out here. A before and "
        "after without a comparison group cannot show that the reform caused the change.",
        css_class="lede",
    )


def show_grades(view: View) -> None:
    """Show how many metrics each grade has, as a strip and in words."""
    counts = view.selection.grades
    label = view.say("各完整度等级的指标数", "Figures by completeness")
    if view.embedded:
        st.header(label, anchor=False)
    show_paragraph(GRADES_NOTE[view.lang], "kicker")
    item = Markup('<b>{}</b>{} <span class="quiet">{}</span>')
    words = format_list(
        (
            item.format(counts[grade], format_grade(grade, view.lang), GRADE_RULES[grade].meaning[view.lang])
            for grade in GRADES
        ),
        "strip",
        label=label,
    )
    if not counts:
        st.html(words)
        return
    figure = grade_strip(counts, view.lang)
    rows = [(grade, GRADE_RULES[grade].word[view.lang], counts[grade]) for grade in GRADES]
    summary = view.say("；", "; ").join(f"{grade} {word} {count}" for grade, word, count in rows)
    show_chart(figure, "grades", label + view.say("：", ": ") + summary)
    st.html(words)
    table = partial(pd.DataFrame, rows, columns=["grade", "meaning", "figures"])
    show_export(view, ChartExport("grades", label, summary, figure, export_figure, table=table))


def show_index(view: View) -> None:
    """Show the results that have an index as arrows on one axis, by case."""
    found = find_comparable(view)
    rows = tuple(view.rows(found[:MAX_ARROWS]))
    drawn = {row.case_id for row in rows}
    cases = (
        view.selection.cases
        if len(view.selection.cases) <= MAX_ALL_CASES
        else [view.dataset.by_id[case_id] for case_id in sorted(drawn)]
    )
    headings = {case.id: f"{case.number}  {case.title[view.lang]}" for case in cases}
    words = {case.id: describe_without_index(view, case) for case in cases if case.id not in drawn}
    title = view.say(
        "有前后可比的指标：以改革前为100", "Everything that can be compared, with the earlier level as 100"
    )
    marks = (
        view.say(
            "● 改革前  ▶ 改革后，蓝色为改善，橙色为变差，灰色不分好坏",
            "● before  ▶ after; blue improved, orange worsened, grey neither",
        ),
        view.say("○ 改革前数值由推算得出", "○ the earlier value is derived"),
        view.say("▷ 空心箭头：“超过”“以上”", "▷ open arrow: “over”, “at least”"),
        view.say("条纹端：百分比或百分点不明", "striped end: percent or points unclear"),
        view.say("虚线：“近”“约”", "dotted: “nearly”, “about”"),
    )
    st.header(title, anchor=False)
    st.html(format_list(marks, "legend"))
    alt = view.say("。", "; ").join([*(row.finding for row in rows), *words.values()])
    figure = index_arrows(rows, view.lang, headings, words)
    show_chart(figure, "index", alt)
    more_metrics, more_cases = len(found) - len(rows), len(view.selection.cases) - len(cases)
    if more_metrics or more_cases:
        show_note(
            view,
            f"图中是写得最完整的指标。另有 {more_metrics:,} 项可比的指标、{more_cases:,} 个案例未画出；"
            "用筛选或搜索缩小范围即可看到。",
            f"The chart shows the most completely stated figures. {more_metrics:,} more that can be compared and "
            f"{more_cases:,} cases are not drawn; filter or search to see them.",
        )
    if rows:
        expander = add_expander(view.say("显示为表格", "Show as table"), "index-table", "table")
        if expander.open:
            expander.html(format_metrics_table(rows, view.lang))
        show_export(view, ChartExport("index", title, view.say("；", "; ").join(marks), figure, export_figure, rows))
    show_note(
        view,
        "坐标为对数刻度：减半与翻番离中线一样远。排名、占比（以百分点计，材料自己写明百分比变化的除外）和单位不同的数值"
        "不换算为指数，见各案例页。不同指标的幅度不宜互相比较优劣。",
        "Logarithmic scale: halved and doubled lie equally far from the middle. Ranks, shares (they change in "
        "percentage points, unless the source itself states a relative change) and values in two units have no index; "
        "see the case pages. The arrows of different figures are no league table.",
    )


def find_comparable(view: View) -> np.ndarray:
    """Return the positions of the results with an index: the chosen cities' first, the most complete before others."""
    found = view.selection.rank(RESULTS, INDEXED)
    return found[~np.isnan(view.dataset.index.column("index")[found])]


def describe_without_index(view: View, case: Case) -> str:
    """Return the words in the row of a case that has no metric with an index."""
    if headline := view.find_headline(case):
        return view.say(f"无可比指数。{headline.finding}。", f"No index possible. {headline.finding}.")
    if case.headlines:
        return describe_without_metric(view)
    return view.say("材料没有给出可测量的成效。", "The source states no measured outcome.")


def describe_without_metric(view: View) -> str:
    """Return the words for a case that the filters keep for its own place or text, without any of its metrics."""
    return view.say("案例符合条件，但没有符合条件的指标。", "The case matches; none of its figures does.")


def show_cards(view: View) -> None:
    st.header(view.say("案例", "The cases"), anchor=False)
    cases = view.selection.cases
    size = CARDS_PER_PAGE if len(cases) > MAX_ALL_CASES else MAX_ALL_CASES
    shown = current_range(len(cases), size)
    cards = Markup("").join(format_card(view, case) for case in cases[shown.start : shown.stop])
    st.html(Markup('<div class="cards">{}</div>').format(cards))
    show_pager(view, shown, len(cases), size)


def format_card(view: View, case: Case) -> Markup:
    """Return a case in a few lines: a link to it, its places and domains, its headline."""
    row = view.find_headline(case)
    if row is None:
        body = Markup('<p class="words">{}</p>').format(
            describe_without_metric(view) if case.headlines else view.say("没有测量到的成效", "No measured outcome")
        )
    else:
        ends = (
            (row.before_label, "→", row.after_label)
            if row.before_label and row.after_label
            else (row.change_label or row.after_label,)
        )
        body = Markup('<p class="best {}">{}</p><p class="what">{}</p><p class="prov">{}</p>').format(
            tone_class(row),
            Markup(" ").join(Markup('<span class="nw">{}</span>').format(end) for end in ends),
            row.name,
            format_grade(row.grade, view.lang),
        )
    return Markup('<div class="card"><p class="title">{}</p><p class="prov">{} · {}</p>{}</div>').format(
        format_case_link(view, case), view.case_places(case), view.case_domains(case), body
    )


view = current_view()
if view.embedded:
    show_embedded(view, {"grades": partial(show_grades, view), "index": partial(show_index, view)})
else:
    (show_search_results if view.filters.search else show_opening)(view)
    if view.selection.cases:
        show_grades(view)
        show_index(view)
        show_cards(view)
    elif not view.filters.search:
        show_nothing_found(view)
