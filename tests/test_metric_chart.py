"""The chart of one metric in HTML: marks in the right place for its values, drawn as its grade allows, and the same facts
in words; and the card, the table and the key figures that hold it.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest

from data.model.grades import GRADES
from data.query.findings import RESULTS
from data.reading.live import current
from data.wording.index_axis import BASELINE, span_axis
from data.wording.key_figures import choose_key_figures, describe_doubts, describe_key_figure, join_ends
from data.wording.remarks import list_doubts
from data.wording.rows import MetricRow, Rows
from pages.markup.environment import render
from pages.markup.geometry import share_axis
from pages.markup.links import Links
from tests.app import MARKUP

DATASET = current().dataset
LANGS = ("zh", "en")
ROWS = {lang: Rows(DATASET, lang) for lang in LANGS}
BY_ID = {lang: {row.metric_id: row for row in ROWS[lang]} for lang in LANGS}
ENGLISH = BY_ID["en"]
LINKS = Links("", "en")
MARK = re.compile(r'class="arrow ([^"]*)" style="(?:--from:([\d.]+)%;)?--to:([\d.]+)%"')
BAND = re.compile(r'class="band" style="left:([\d.]+)%;width:([\d.]+)%"')


def drawn_mark(row: MetricRow, axis: Any = None) -> tuple[set[str], float, float]:
    """The kinds of marks that a chart has, and where it begins and ends in per cent."""
    ((classes, start, end),) = MARK.findall(render("chart", "chart", "en", row, axis))
    return set(classes.split()), float(start or 0), float(end)


def words(markup: str) -> str:
    return " ".join(html.unescape(MARKUP.sub(" ", markup)).split())


def paired(before: Any, after: Any, **more: Any) -> MetricRow:
    """A metric of grade A or B with these ends, each a number or a range."""
    ends: dict[str, Any] = {}
    for side, end in (("before", before), ("after", after)):
        low, high = end if isinstance(end, tuple) else (end, end)
        single = low == high
        ends |= {
            f"{side}_value": low if single else None,
            f"{side}_low": None if single else low,
            f"{side}_high": None if single else high,
            f"{side}_label": f"{end} days",
            f"{side}_unit_id": "day",
        }
    return replace(ENGLISH["approval-time"], **ends, **more)


LINES = {
    "a fall": (100, 50, {}, "left", (78, 50)),
    "a rise": (25, 100, {}, "right", (36, 78)),
    "no change": (8, 8, {}, "level", (78, 78)),
    "from nothing": (0, 40, {}, "right", (22, 78)),
    "to below zero": (60, -20, {}, "left", (78, 22)),
    "below zero": (-10, -40, {}, "left", (64, 22)),
    "a share, of the whole": (50, 75, {"dimension": "share"}, "right", (50, 64)),
    "a range after": ((20, 40), (70, 80), {}, "right", (50, 71)),
    "a range that falls": (80, (20, 40), {}, "left", (78, 50)),
    "ranges that overlap": ((20, 60), (40, 80), {}, "right", (50, 64)),
    "a rank, from the first place": (13, 1, {"dimension": "rank"}, "left", (78, 22)),
    "a rank that is held": (1, 1, {"dimension": "rank"}, "level", (22, 22)),
}


@pytest.mark.parametrize(("before", "after", "more", "way", "places"), LINES.values(), ids=LINES)
def test_a_line_begins_and_ends_at_its_values(before, after, more, way, places):
    row = paired(before, after, **more)
    names, start, end = drawn_mark(row)
    assert way in names
    assert (start, end) == pytest.approx(places, abs=0.01)
    bands = BAND.findall(render("chart", "chart", "en", row))
    assert len(bands) == sum(isinstance(value, tuple) for value in (before, after))


def test_a_derived_rank_is_hollow_and_its_formula_stands_below(lang):
    row = BY_ID[lang]["credit-indicator-rank"]
    assert "hollow" in drawn_mark(row)[0]
    assert {"zh": "推算： 前值 = 5 + 8 = 13", "en": "Calculated: before = 5 + 8 = 13"}[lang].replace(
        "： ", "："
    ) in words(render("chart", "chart", lang, row))


def test_an_index_starts_at_the_earlier_level_and_ends_at_its_own():
    row = ENGLISH["jiyuan-water-use-per-mu"]
    axis = span_axis([row.index or 0])
    _, start, end = drawn_mark(row)
    assert (start, end) == pytest.approx((axis.place(BASELINE), axis.place(60)), abs=0.01)
    chart = render("chart", "chart", "en", row)
    assert 'class="metric-chart index improved"' in chart
    assert "Before = 100, on a logarithmic scale. Neither value stated." in words(chart)
    unsaid = words(render("chart", "chart", "en", ENGLISH["rolling-efficiency"]))
    assert "What it is compared with (not stated) = 100, on a logarithmic scale." in unsaid
    assert "Before" not in unsaid


def test_a_per_cent_that_may_mean_points_is_dashed_and_says_so():
    row = ENGLISH["out-of-county-referral-rate"]
    assert "dashed" in drawn_mark(row)[0]
    said = words(render("chart", "chart", "en", row))
    assert "Dashed: percent or points unclear." in said and "−15.79% or points?" in said
    assert "dashed" not in render("chart", "chart", "en", ENGLISH["inpatient-cost-per-stay"])


ALONE = {
    "the move of a moment": ("earlier-start", "2–3 months earlier", "neither value stated"),
    "points": ("belt-greening-rate", "+19 pp", "neither value stated"),
    "places": ("loan-growth-rank", "up 3 places", "neither rank stated"),
    "a level": ("counties-charging", "89 counties", "earlier value not stated"),
    "a plan": ("phase-two-platforms", "5 platforms (plan)", "a target or plan, not counted as a result"),
    "two units": ("licence-time", "2 months → after: 3 working days", "two units, not converted"),
    "two words": ("portal-group", "medium → after: high", ""),
}


@pytest.mark.parametrize(("metric_id", "value", "remark"), ALONE.values(), ids=ALONE)
def test_what_has_no_axis_is_a_number_without_any_bar(metric_id, value, remark):
    row = ENGLISH[metric_id]
    assert 'class="arrow' not in render("chart", "chart", "en", row)
    said = words(render("chart", "chart", "en", row))
    assert value in said and remark in said


def test_every_metric_is_drawn_as_its_grade_allows_and_says_the_same_in_words(lang):
    assert {row.grade for row in ROWS[lang]} == set(GRADES)
    for row in ROWS[lang]:
        chart, said = render("chart", "chart", lang, row), words(render("card", "card", lang, row))
        kind = re.search(r'class="metric-chart (\w+)', chart)[1]  # type: ignore[index]
        assert ('class="way"' in chart) == (kind in ("line", "index")), row.metric_id
        assert kind != "line" or row.grade in "ABP", "levels are drawn of a metric that states no two"
        assert (kind == "index") == (row.grade == "C" and row.index is not None)
        assert "hollow" in chart or kind != "line" or row.before_origin != "derived"
        assert (re.search(r'class="metric-chart \w+ plan planned"', chart) is not None) == (row.grade == "P"), "hatched"
        for fact in (row.before_label, row.after_label, row.change_label, row.grade_word, row.periods, row.finding):
            assert fact in said, (row.metric_id, fact)
        assert row.direction_word in said and [word for word in row.flag_words if word not in said] == []


def test_charts_beside_one_another_share_the_index_axis():
    rows = [row for row in ENGLISH.values() if row.case_number == 9 and row.grade == "C"]
    axis = share_axis(rows)
    assert len(rows) > 2 and len({drawn_mark(row, axis)[1] for row in rows}) == 1


# --- card


def test_a_card_has_every_phrase_translated_for_english_readers_the_section_and_every_doubt_once(lang):
    for row in ROWS[lang]:
        said = words(render("card", "card", lang, row, LINKS))
        for original, translation in zip(row.phrases.split(" | "), row.phrases_en.split(" | "), strict=True):
            assert original in said and (translation in said) == (lang == "en")
        assert said.count("our translation") == (len(row.phrases.split(" | ")) if lang == "en" else 0)
        assert row.section in said and (row.section_en in said) == (lang == "en")
        doubts = list_doubts(row, lang)
        assert len(doubts) == len(set(doubts)) >= len(row.caveat_notes)
        assert [note for note in row.caveat_notes if said.count(note) != 1] == []
        assert row.needed in said
        assert not re.search(r"(?i)\b(undated|note|conflicting): |无时间：|说明：", said)


# --- table


def test_an_empty_cell_says_that_the_value_is_not_stated(lang):
    rows = [BY_ID[lang][metric_id] for metric_id in ("approval-time", "earlier-start", "counties-charging")]
    table = render("card", "table", lang, rows, "")
    assert not re.search(r"<td[^>]*></td>", table)
    assert table.count({"zh": "未写明", "en": "not stated"}[lang] + "</span>") == 2 + 2
    assert {"zh": "较此前", "en": "from before"}[lang] in table, "a percentage does not say what it is of"


def test_columns_that_no_row_needs_are_left_out():
    levels = [row for row in ENGLISH.values() if row.case_number == 6 and row.grade == "E"]
    heads = re.findall(r'role="columnheader">(.*?)</th>', render("card", "table", "en", levels, ""))
    assert heads == ["Figure", "Value", "Periods", "Completeness, doubts, words"]
    heads = re.findall(r'role="columnheader">(.*?)</th>', render("card", "table", "en", list(ENGLISH.values()), ""))
    assert heads == ["Figure", "Before", "After", "Change", "Place", "Periods", "Completeness, doubts, words"]


def test_no_date_is_said_once_where_the_periods_stand_in_the_row(lang):
    undated = {"zh": "无时间", "en": "undated"}[lang]
    for row in ROWS[lang]:
        summaries = [
            render("card", "evidence", lang, row, LINKS, False, located).partition("</summary>")[0].partition(">")[2]
            for located in (True, False)
        ]
        told = [undated in re.sub(r"<summary[^>]*>|title=\"[^\"]*\"", "", summary) for summary in summaries]
        assert told == ["undated" in row.flag_ids, row.metric_id == "early-special-bonds"], row.metric_id


def test_a_figure_of_per_cent_or_points_says_so_in_its_title():
    assert ENGLISH["out-of-county-referral-rate"].finding.startswith(
        "Out-of-county referral rate fell by 15.79% (or points)"
    )
    assert "下降15.79%（或百分点）" in BY_ID["zh"]["out-of-county-referral-rate"].finding
    assert all(("or points" in row.finding) == row.doubtful for row in ENGLISH.values())


# --- key figures

ENDS = {
    "a unit": ("approval-time", "100 → 50 days", "100 → 50天"),
    "one of a unit": ("construction-permit-time", "3 → 1 working day", "3 → 1个工作日"),
    "two units": ("items-merged", "32 approval services → 9 procedures", "32个审批服务事项 → 9个办理事项"),
    "money": ("gdp", "CNY 39.8 → 47.6 bn", "398 → 476亿元"),
    "ranks": ("credit-indicator-rank", "13th → 5th", "第13位 → 第5位"),
    "without a unit": ("jiaxian-water-efficiency", "0.6 → 0.7", "0.6 → 0.7"),
    "words": ("portal-group", "medium → high", "中 → 高"),
}


@pytest.mark.parametrize(("metric_id", "en", "zh"), ENDS.values(), ids=ENDS)
def test_two_ends_have_what_they_share_once(metric_id, en, zh):
    assert (join_ends(ENGLISH[metric_id]), join_ends(BY_ID["zh"][metric_id])) == (en, zh)


def test_bounds_keep_both_ends_whole():
    row = replace(ENGLISH["approval-time"], after_bound="at_most", after_label="at most 50 days")
    assert join_ends(row) == "100 days → at most 50 days"


def test_the_key_figures_of_a_case_are_its_headlines_changes_first(lang):
    for case in DATASET.cases:
        rows = Rows(DATASET, lang, DATASET.positions[case.id])
        figures = choose_key_figures(rows, lang)
        changes = {row.metric_id for row in rows if row.rule.has_change}
        shown = [figure.row.metric_id for figure in figures]
        assert shown == sorted(case.headlines, key=lambda name: name not in changes)
        assert all(figure.remark for figure in figures if not (figure.row.before_label and figure.row.after_label))


DOUBTS = {
    "2020-06-anyang-permits": (
        "These two figures: the time limits are prescribed, not measured. None is dated. No comparison group.",
        "以上两项：时限是规定的，不是实际用时。都没有写明时间。没有对照组。",
    ),
    "2020-08-sanmenxia-finance": ("These three figures: no comparison group.", "以上三项：没有对照组。"),
    "2020-09-dancheng-health": (
        "These three figures: the periods before and after may differ in length. No comparison group.",
        "以上三项：前后两期长短可能不同。没有对照组。",
    ),
    "2020-07-dazhou-metals": (
        "These four figures: none is dated. No comparison group.", "以上四项：都没有写明时间。没有对照组。",
    ),
    "2020-05-luoyang-valleys": (  # one is compared with the end of 2016
        "These three figures: no comparison group.", "以上三项：没有对照组。",
    ),
    "2020-10-ruzhou-returnees": (
        "These four figures: the time limit among them is prescribed, not measured. No comparison group.",
        "以上四项：其中的时限是规定的，不是实际用时。没有对照组。",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("case_id", "en", "zh"), [(name, *texts) for name, texts in DOUBTS.items()], ids=DOUBTS)
def test_what_holds_for_all_key_figures_is_said_once_and_of_whom(case_id, en, zh):
    for lang, between, said in (("en", " ", en), ("zh", "", zh)):
        figures = choose_key_figures(Rows(DATASET, lang, DATASET.positions[case_id]), lang)
        assert between.join(describe_doubts(figures, lang)) == said


def test_what_holds_for_one_key_figure_is_said_of_it():
    row = replace(ENGLISH["approval-time"], flags="undated | prescribed")
    said = {lang: " ".join(describe_doubts([describe_key_figure(row, lang)], lang)) for lang in LANGS}
    assert said["en"] == "This figure: the time limit is prescribed, not measured. Not dated. No comparison group."
    assert said["zh"].startswith("以上数字：时限是规定的")


REMARKS = {
    "relative, dated": ("inpatient-cost-per-stay", "较2018年；前后数值均未写明", "compared with 2018; neither value stated"),
    "relative, undated": (
        "jiyuan-water-use-per-mu", "较此前；前后数值均未写明", "compared with an earlier time; neither value stated",
    ),
    "multiple, dated": ("loan-balance-increment", "以2019年为1；前后数值均未写明", "2019 = 1; neither value stated"),
    "multiple, undated": ("rolling-efficiency", "比较对象未写明", "comparison not stated"),
    "points": ("belt-greening-rate", "较2016年底；前后数值均未写明", "compared with the end of 2016; neither value stated"),
}  # fmt: skip


@pytest.mark.parametrize(("metric_id", "zh", "en"), REMARKS.values(), ids=REMARKS)
def test_a_change_alone_says_what_it_is_measured_against(metric_id, zh, en):
    for lang, remark in (("zh", zh), ("en", en)):
        assert describe_key_figure(BY_ID[lang][metric_id], lang).remark == remark


def test_a_single_key_figure_gets_company_from_results_that_changed():
    rows = [replace(row, headline=1 if row.metric_id == "gdp" else None) for row in ENGLISH.values()]
    own = [row for row in rows if row.case_number in (6, 10)]
    first, second = choose_key_figures(own, "en")
    assert first.row.metric_id == "gdp"
    assert second.row.role in RESULTS and second.row.rule.has_change and not second.row.has_caveat("broad_aggregate")


def test_the_formula_of_a_derived_end_is_not_told_twice():
    notes = words(render("card", "evidence", "en", ENGLISH["new-debt-limit"], None, False))
    assert "index = 2333 ÷ 1452 × 100 = 160.7" in notes
    assert "before = 2333" not in notes
