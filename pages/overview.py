"""Overview: what this is, how well evidenced, every comparable figure on one axis, and the ten cases."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.model.grades import GRADES, INDEXED
from data.model.schema import Case
from data.wording.labels import GRADE_MEANINGS, GRADE_WORDS
from pages.figures.export_figure import export_figure
from pages.figures.grade_strip import grade_strip
from pages.figures.index_arrows import index_arrows
from pages.frame import pager
from pages.frame.bars import nothing_found
from pages.frame.blocks import as_table, chart, grade_mark, tone
from pages.frame.chart_export import Taken, take
from pages.frame.embed import embed
from pages.frame.links import link
from pages.frame.view import View, the_view

ALL_NAMED = 12
"""Of so many cases each has its row in the chart, with words where it has nothing to compare."""
MOST_ARROWS = 20
"""So many arrows are drawn at most; the ten cases of 2020 have fewer."""
CARDS = 9
"""So many cases have a card at once, where not all of them have one."""


def opening(view: View) -> None:
    count = len(view.dataset.cases)
    many_zh, many_en = ("十", "ten") if count == 10 else (f"{count:,}", f"{count:,}")
    st.title(
        view.say(
            f"{many_zh}项改革改变了什么，证据有多充分",
            f"What {many_en} reforms in Henan changed, and how well it is shown",
        ),
        anchor=False,
    )
    what = view.say(
        "这里收录河南省2020年度经济体制改革十大案例中的数据，逐项注明出处。材料多半只写了结果或变幅，很少同时写明改革前后；凡未写明的，这里一律不补。前后对比没有对照组，不能证明变化由改革引起。",
        "The figures of Henan’s ten model cases of economic reform of 2020, each with the words it stands in. The source mostly gives a result or a change, "
        "seldom both ends; what it leaves out is left out here. A before and after without a comparison group cannot show that the reform caused the change.",
    )
    st.html(Markup('<p class="lede">{}</p>').format(what))


def evidence(view: View) -> None:
    """How many figures each grade holds, as a strip and in words."""
    grades = view.selection.grades
    label = view.say("各证据等级的指标数", "Figures by grade of evidence")
    if view.embedded:
        st.header(label, anchor=False)
    item = Markup('<li><b>{}</b>{} <span class="quiet">{}</span></li>')
    items = [
        item.format(grades[grade], grade_mark(grade, view.lang), GRADE_MEANINGS[grade][view.lang]) for grade in GRADES
    ]
    words = Markup('<ul class="strip" aria-label="{}">{}</ul>').format(label, Markup("").join(items))
    if not grades:
        st.html(words)
        return
    figure = grade_strip(grades, view.lang)
    said = view.say("；", "; ").join(f"{grade} {GRADE_WORDS[grade][view.lang]} {grades[grade]}" for grade in GRADES)
    chart(figure, "grades", label + view.say("：", ": ") + said)
    st.html(words)
    counts = partial(
        pd.DataFrame,
        [(grade, GRADE_WORDS[grade][view.lang], grades[grade]) for grade in GRADES],
        columns=["grade", "meaning", "figures"],
    )
    take(view, Taken("grades", label, said, figure, export_figure, table=counts))


def index_chart(view: View) -> None:
    found = comparable(view)
    shown = tuple(view.words(found[:MOST_ARROWS]))
    drawn = {row.case_id for row in shown}
    cases = (
        view.selection.cases
        if len(view.selection.cases) <= ALL_NAMED
        else [view.dataset.by_id[name] for name in sorted(drawn)]
    )
    headings = {case.id: f"{case.number}  {case.title[view.lang]}" for case in cases}
    words = {case.id: instead(view, case) for case in cases if case.id not in drawn}
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
    st.html(
        Markup('<ul class="legend">{}</ul>').format(
            Markup("").join(Markup("<li>{}</li>").format(mark) for mark in marks)
        )
    )
    alt = view.say("。", "; ").join([*(row.finding for row in shown), *words.values()])
    figure = index_arrows(shown, view.lang, headings, words)
    chart(figure, "index", alt)
    more(view, len(found) - len(shown), len(view.selection.cases) - len(cases))
    if shown:
        table = st.expander(
            view.say("显示为表格", "Show as table"),
            key="index-table",
            on_change="rerun",
            icon=":material/table:",
            type="compact",
        )
        if table.open:
            table.html(as_table(shown, view.lang))
        take(view, Taken("index", title, view.say("；", "; ").join(marks), figure, export_figure, shown))
    st.html(
        Markup('<p class="quiet">{}</p>').format(
            view.say(
                "坐标为对数刻度：减半与翻番离中线一样远。排名、占比（以百分点计，材料自己写明百分比变化的除外）和单位不同的数值"
                "不换算为指数，见各案例页。不同指标的幅度不宜互相比较优劣。",
                "Logarithmic scale: halved and doubled lie equally far from the middle. Ranks, shares (they change in "
                "percentage points, unless the source itself states a relative change) and values in two units have no "
                "index; see the case pages. "
                "The arrows of different figures are no league table.",
            )
        )
    )


def comparable(view: View) -> np.ndarray:
    """The positions of the results that have an index: the chosen cities' first, better evidence before other."""
    found = view.selection.where(("outcome", "output"), INDEXED)
    return found[~np.isnan(view.dataset.index.figure("index")[found])]


def more(view: View, figures: int, cases: int) -> None:
    """What the chart leaves out, so that it stays readable."""
    if figures or cases:
        said = view.say(
            f"图中是证据等级最高的指标。另有 {figures:,} 项可比的指标、{cases:,} 个案例未画出；用筛选或搜索缩小范围即可看到。",
            f"The chart shows the best-evidenced figures. {figures:,} more that can be compared and {cases:,} cases are not drawn; filter or search to see them.",
        )
        st.html(Markup('<p class="quiet">{}</p>').format(said))


def instead(view: View, case: Case) -> str:
    """What stands in the row of a case with nothing comparable."""
    best = view.headline(view.dataset.index.numbers[case.id])
    if best is None and case.headlines:
        return nothing_left(view)
    if best is None:
        return view.say("材料没有给出可测量的成效。", "The source states no measured outcome.")
    return view.say(f"无可比指数。{best.finding}。", f"No index possible. {best.finding}.")


def nothing_left(view: View) -> str:
    """What stands beside a case that is left by itself, for its own place and words."""
    return view.say("案例符合条件，但没有符合条件的指标。", "The case matches; none of its figures does.")


def cards(view: View) -> None:
    st.header(view.say("案例", "The cases"), anchor=False)
    total = len(view.selection.cases)
    size = CARDS if total > ALL_NAMED else ALL_NAMED
    part = pager.part(total, size)
    shown = Markup("").join(card(view, case) for case in view.selection.cases[part.start : part.stop])
    st.html(Markup('<div class="cards">{}</div>').format(shown))
    pager.turn(view, part, total, size)


def card(view: View, case: Case) -> Markup:
    """A case in a few lines: a link to it, where it happened and what it is about, its telling figure."""
    places = view.say("、", ", ").join(view.dataset.places[place].name[view.lang] for place in case.places)
    domains = view.say("、", ", ").join(view.dataset.domains[domain].name[view.lang] for domain in case.domains)
    best = view.headline(view.dataset.index.numbers[case.id])
    if best is None:
        without = nothing_left(view) if case.headlines else view.say("没有测量到的成效", "No measured outcome")
        body = Markup('<p class="words">{}</p>').format(without)
    else:
        ends = (
            (best.before_label, "→", best.after_label)
            if best.before_label and best.after_label
            else (best.change_label or best.after_label,)
        )
        body = Markup('<p class="best {}">{}</p><p class="what">{}</p><p class="prov">{}</p>').format(
            tone(best),
            Markup(" ").join(Markup('<span class="nw">{}</span>').format(end) for end in ends),
            best.name,
            grade_mark(best.grade, view.lang),
        )
    title = link(view.href("case", case=case.id), f"{case.number} · {case.title[view.lang]}")
    return Markup('<div class="card"><p class="title">{}</p><p class="prov">{} · {}</p>{}</div>').format(
        title, places, domains, body
    )


def page(view: View) -> None:
    opening(view)
    evidence(view)
    if not view.selection.cases:
        nothing_found(view)
    else:
        index_chart(view)
        cards(view)


view = the_view()
if view.embedded:
    embed(view, {"grades": partial(evidence, view), "index": partial(index_chart, view)})
else:
    page(view)
