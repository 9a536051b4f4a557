"""Method: the grades with an example of each, the derivations, the contradictions of the source, the limits of a before
and after, how to cite, and how to add a case.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from markupsafe import Markup

from data.markup.source_words import format_quote
from data.model.grades import GRADE_RULES, GRADES, GRADES_NOTE
from data.model.schema import Document, Source
from data.wording.citation import cite_document
from data.wording.formatting import format_date
from data.wording.openings import TITLES
from data.wording.rows import MetricRow
from pages.figures.chart_for import chart_for
from pages.figures.marks import paired_values
from pages.frame.blocks import show_metric
from pages.frame.elements import format_list, format_table, show_note, show_paragraph
from pages.frame.pager import current_range, show_pager
from pages.frame.view import View, current_view

CONFLICTS_PER_PAGE = 50
DERIVATIONS = {
    ("缺少的一端（差值、百分点）", "Missing end (difference, points)"): (
        "前 = 后 − 变化；后 = 前 + 变化",
        "before = after − change; after = before + change",
    ),
    ("缺少的一端（百分比）", "Missing end (percentage)"): ("前 = 后 ÷（1 + 变化）", "before = after ÷ (1 + change)"),
    ("缺少的一端（倍数）", "Missing end (multiple)"): (
        "前 = 后 ÷ 倍数；翻两番 = 4倍",
        "before = after ÷ multiple; doubled twice = 4",
    ),
    ("缺少的名次", "Missing rank"): ("前 = 后 + 上升位数", "before = after + places moved up"),
    ("指数", "Index"): (
        "后 ÷ 前 × 100；名次、单位不同的两端、区间都没有指数，占比也没有，除非材料自己写明百分比变化",
        "after ÷ before × 100; none for ranks, ends in two units, or ranges, nor for shares unless the "
        "source itself states a relative change",
    ),
    ("占比的变化", "Change of a share"): (
        "后 − 前，以百分点计，从不算成百分比；写明是算出的",
        "after − before in percentage points, never as a percentage of ours; said to be calculated",
    ),
    ("方向", "Direction"): (
        "由两端或变化，以及哪个方向算改善得出；界限词使两种可能并存时为“方向不明”；目标和规划没有方向",
        "from the ends or the change, and which way is improvement; unclear where the bounds leave both "
        "open; a target or plan has none",
    ),
    ("界限词", "Bounds"): (
        "“超”“近”“约”“以上”随推算传递；方向相反时为“约”",
        "over, nearly, about, at least travel along; opposite ones become about",
    ),
    ("不推算", "Not derived"): (
        "百分比与百分点不明、比较的是当年新增量、前后单位不同的",
        "where percent may mean points, where the multiple is of an increment, where units differ",
    ),
}
"""What is derived, and how; each as (zh, en)."""


def find_examples(view: View) -> Mapping[str, MetricRow | None]:
    """Return the best example of each grade that can be drawn: a headline if there is one, otherwise an outcome."""
    index = view.dataset.index
    headline, outcome = index.column("headline"), index.isin("role", ("outcome",))
    ordered = np.lexsort((~outcome, np.where(headline > 0, headline, 9)))
    rows = {grade: view.rows(ordered[index.isin("grade", (grade,))[ordered]]) for grade in GRADES}
    return {grade: next(filter(can_be_drawn, own), None) for grade, own in rows.items()}


def can_be_drawn(row: MetricRow) -> bool:
    """Return whether a metric has all that the drawing of its grade needs."""
    if row.rule.drawing == "ends":
        return paired_values(row) is not None and row.dimension != "rank"
    return row.rule.drawing != "index" or row.index is not None


def show_grades(view: View) -> None:
    """Show what each grade means and how it may be drawn, with an example."""
    st.header(view.say("完整度的等级", "Grades of completeness"), anchor=False)
    show_paragraph(GRADES_NOTE[view.lang])
    colon, stop = view.say("：", ": "), view.say("。", ". ")
    with st.container(key="changes"):
        for grade, row in find_examples(view).items():
            with st.container(key=f"figure-ladder-{grade}"):
                rule = GRADE_RULES[grade]
                meaning = rule.meaning[view.lang]
                st.subheader(f"{grade} {rule.word[view.lang]}", anchor=False)
                show_paragraph(f"{meaning[:1].upper()}{meaning[1:]}{stop}{rule.drawing_text[view.lang]}")
                if row is not None:
                    example = f"{view.say('例', 'Example')}{colon}{row.case_number} {row.case_title}"
                    show_paragraph(example, "kicker")
                    show_metric(row, chart_for(row, view.lang), view, f"figure-example-{grade}")


def show_derivations(view: View) -> None:
    """Show the rules by which missing values, indices and directions are derived."""
    st.header(view.say("推算的规则", "What is derived, and how"), anchor=False)
    rows = [(view.say(*what), view.say(*how)) for what, how in DERIVATIONS.items()]
    headings = (view.say("推算什么", "What"), view.say("怎样算", "How"))
    st.html(format_table(headings, rows, view.say("全部规则", "All rules")))


def show_contradictions(view: View) -> None:
    """Show the contradictions of all cases as a table by pages."""
    counts = view.dataset.index.conflicts
    total, ends = int(counts.sum()), np.cumsum(counts)
    shown = current_range(total, CONFLICTS_PER_PAGE)
    st.header(view.say(f"材料自身的矛盾（{total} 处）", f"Where the source contradicts itself ({total})"), anchor=False)
    first, last = (int(at) for at in np.searchsorted(ends, (shown.start, shown.stop - 1), side="right"))
    cases = view.dataset.cases[first : last + 1] if total else ()
    skipped = shown.start - int(ends[first] - counts[first]) if total else 0
    conflicts = [(case, conflict) for case in cases for conflict in case.conflicts][skipped : skipped + len(shown)]
    rows = (
        (
            f"{case.number} {case.title[view.lang]}",
            Markup(" / ").join(format_quote(phrase.text, phrase.en, view.lang) for phrase in conflict.phrases),
            conflict.note[view.lang],
        )
        for case, conflict in conflicts
    )
    words = ("案例", "Case"), ("原文各处", "Source words"), ("怎样看待", "What to make of it")
    headings = [view.say(*pair) for pair in words]
    st.html(format_table(headings, rows, view.say("逐处列出，两种说法并存", "Each with both readings")))
    show_pager(view, shown, total, CONFLICTS_PER_PAGE)


def show_limits(view: View) -> None:
    st.header(view.say("前后对比能说明什么，不能说明什么", "What a before and after can and cannot say"), anchor=False)
    points = (
        view.say("它说明某项数值在两个时点之间变了多少。", "It says by how much a figure moved between two times."),
        view.say(
            "它不能说明变化由改革引起：没有对照组，同期的经济、疫情、其他政策都在起作用。",
            "It cannot say that the reform caused it: there is no comparison group, and the economy, the epidemic and "
            "other policies moved too.",
        ),
        view.say(
            "案例由省里评选，数值由报送单位自报；没有成效的改革不在其中。",
            "The cases were chosen by the province and their figures reported by those who submitted them; reforms "
            "that failed are not among them.",
        ),
        view.say(
            "不同指标的幅度不可相互比较：一家公司的一条生产线翻两番，不等于全省最大的成效。",
            "Sizes of different figures are no ranking: one company's line at four times its output is not the "
            "province's greatest result.",
        ),
    )
    st.html(format_list(points, "lede"))


def show_citation(view: View) -> None:
    documents = view.documents
    st.header(view.say("怎样引用", "How to cite"), anchor=False)
    show_paragraph("GB/T 7714")
    st.code("\n".join(map(cite_document, documents)), language=None, wrap_lines=True)
    show_paragraph("BibTeX")
    st.code("\n".join(map(format_bibtex, documents)), language=None, wrap_lines=True)
    zh, en = "各文件的日期见引文。", "Their dates stand in the citations."
    if len(documents) == 1:
        date = documents[0].date
        zh, en = f"文件日期为{format_date(date, 'zh')}。", f"The document is dated {format_date(date, 'en')}."
    show_note(
        view,
        f"{zh}材料没有写明的信息（网址、检索日期）不补。请同时注明案例序号与指标名称。",
        f"{en} What is not known about {'it' if len(documents) == 1 else 'them'} (an address, a retrieval date) is "
        "left out. Name the case number and the figure as well.",
    )


def format_bibtex(source: Document) -> str:
    fields = {
        "author": f"{{{source.issuer.en}}}",
        "title": source.title.en,
        "titleaddon": source.title.zh,
        "year": source.date[:4],
        "date": source.date,
    }
    lines = ",\n".join(f"  {name:10} = {{{value}}}" for name, value in fields.items())
    key = source.year if isinstance(source, Source) else source.date
    return f"@misc{{henan-reform-cases-{key},\n{lines}\n}}"


def show_adding(view: View) -> None:
    st.header(view.say("怎样增加案例", "How to add a case"), anchor=False)
    steps = (
        view.say(
            "复制 data/template.yaml，填写每一处 TODO；各字段的说明见 data/cases/README.md，没有写明的一律不填。",
            "Copy data/template.yaml and replace every TODO; data/cases/README.md describes each field. "
            "Leave out what is not stated.",
        ),
        view.say(
            "运行 python -m data.check：逐条指出文件、行、字段与改法。",
            "Run python -m data.check: it names every problem by file, line and field, with what to write.",
        ),
        view.say(
            "运行 python -m data.audit 文件：核对每一个数字都有去处。",
            "Run python -m data.audit DOCUMENT: every numeral must have its place.",
        ),
    )
    st.html(format_list(steps, "lede", ordered=True))


view = current_view()
st.title(TITLES["method"][view.lang], anchor=False)
show_grades(view)
show_derivations(view)
show_contradictions(view)
show_limits(view)
show_citation(view)
show_adding(view)
