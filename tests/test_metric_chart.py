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
MARK = re.compile(r'<i class="([^"]+)"(?: style="([^"]+)")?></i>')


def marks(row: MetricRow, lang: Any = "en") -> dict[str, dict[str, float]]:
    """The marks of a chart by their classes, each with its lengths in per cent."""
    return {
        classes: {key: float(value) for key, value in re.findall(r"(\w+):([\d.-]+)%", style)}
        for classes, style in MARK.findall(render("chart", "chart", lang, row))
        if classes != "tick"
    }


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
    "a fall": (100, 50, {}, {"shaft": (50, 50), "point before": (100, None), "point after left": (50, None)}),
    "a rise": (25, 100, {}, {"shaft": (25, 75), "point before": (25, None), "point after right": (100, None)}),
    "no change": (8, 8, {}, {"shaft": (100, 0), "point before": (100, None), "point after level": (100, None)}),
    "from nothing": (0, 40, {}, {"shaft": (0, 100), "point before": (0, None), "point after right": (100, None)}),
    "to below zero": (60, -20, {}, {"zero": (25, None), "shaft": (0, 100), "point after left": (0, None)}),
    "below zero": (-10, -40, {}, {"zero": (100, None), "shaft": (0, 75), "point before": (75, None)}),
    "a share": (60, 80, {"dimension": "share"}, {"shaft": (60, 20), "point after right": (80, None)}),
    "derived before": (20, 50, {"before_origin": "derived"}, {"point before hollow": (40, None)}),
    "derived after": (20, 50, {"after_origin": "derived"}, {"point after hollow right": (100, None)}),
    "over": (20, 50, {"after_bound": "over"}, {"point after right open": (100, None)}),
    "at most": (50, 20, {"after_bound": "at_most"}, {"point after left open": (40, None)}),
    "nearly": (20, 50, {"after_bound": "nearly"}, {"shaft dotted": (40, 60), "point after right": (100, None)}),
    "about before": (20, 50, {"before_bound": "about"}, {"shaft dotted": (40, 60)}),
    "a range after": ((20, 40), (70, 80), {}, {"band before": (25, 25), "shaft": (50, 37.5), "band after right": (87.5, 12.5)}),
    "a range that falls": (80, (20, 40), {}, {"point before": (100, None), "shaft": (50, 50), "band after left": (25, 25)}),
    "ranges that overlap": ((20, 60), (40, 80), {}, {"band before": (25, 50), "shaft": (50, 25), "band after right": (50, 50)}),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "more", "expected"), LINES.values(), ids=LINES)
def test_a_line_is_as_long_as_the_change(before, after, more, expected):
    drawn = marks(paired(before, after, **more))
    for classes, (left, width) in expected.items():
        assert drawn[classes]["left"] == pytest.approx(left, abs=0.01), classes
        assert drawn[classes].get("width", None) == (None if width is None else pytest.approx(width, abs=0.01)), classes
    assert len([mark for mark in drawn if mark.startswith(("point", "band"))]) == 2


def test_a_share_is_drawn_on_the_whole_and_any_other_value_on_the_larger_end():
    assert marks(paired(30, 45, dimension="share"))["point after right"]["left"] == 45
    assert marks(paired(30, 45))["point after right"]["left"] == 100


SLOPES = {
    "up": (13, 5, (100, 100 * 4 / 12)),
    "down": (2, 4, (100 / 3, 100)),
    "to the first": (2, 1, (100, 0)),
    "held": (1, 1, (0, 0)),
}


@pytest.mark.parametrize(("before", "after", "places"), SLOPES.values(), ids=SLOPES)
def test_ranks_have_the_first_place_on_top(before, after, places):
    row = replace(
        ENGLISH["credit-indicator-rank"], before_value=float(before), after_value=float(after), before_origin="stated"
    )
    drawn = marks(row)
    assert drawn["point before"]["top"] == pytest.approx(places[0], abs=0.01)
    assert drawn["point after"]["top"] == pytest.approx(places[1], abs=0.01)
    (line,) = re.findall(r"clip-path:polygon\(([^;\"]+)\)", render("chart", "chart", "en", row))
    assert [float(place) for place in re.findall(r"calc\(([\d.]+)%", line)] == pytest.approx(
        [places[0], places[1], places[1], places[0]], abs=0.01
    )


def test_a_derived_rank_is_hollow_and_its_formula_stands_below(lang):
    row = BY_ID[lang]["credit-indicator-rank"]
    assert "point before hollow" in marks(row, lang)
    assert {"zh": "推算： 前值 = 5 + 8 = 13", "en": "Calculated: before = 5 + 8 = 13"}[lang].replace(
        "： ", "："
    ) in words(render("chart", "chart", lang, row))


def test_an_index_starts_at_the_earlier_level_and_ends_at_its_own():
    row = ENGLISH["jiyuan-water-use-per-mu"]
    axis = span_axis([row.index or 0])
    drawn = marks(row)
    start, end = 100 * axis.share(BASELINE), 100 * axis.share(60)
    assert drawn["dot"]["left"] == pytest.approx(start, abs=0.01)
    assert drawn["head"]["left"] == pytest.approx(end, abs=0.01)
    assert drawn["shaft"] == pytest.approx({"left": end, "width": start - end}, abs=0.02)
    chart = render("chart", "chart", "en", row)
    assert 'class="metric-chart index improved"' in chart
    assert "Before = 100, on a logarithmic scale. Neither value stated." in words(chart)
    unsaid = words(render("chart", "chart", "en", ENGLISH["rolling-efficiency"]))
    assert "What it is compared with (not stated) = 100, on a logarithmic scale." in unsaid
    assert "Before" not in unsaid


def test_a_per_cent_that_may_mean_points_is_striped_and_says_so():
    chart = render("chart", "chart", "en", ENGLISH["out-of-county-referral-rate"])
    assert re.search(r'class="arrow [^"]*striped', chart)
    assert "Striped: percent or points unclear." in words(chart)
    assert "striped" not in render("chart", "chart", "en", ENGLISH["inpatient-cost-per-stay"])


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
    assert not marks(row)
    said = words(render("chart", "chart", "en", row))
    assert value in said and remark in said


def test_every_metric_is_drawn_as_its_grade_allows_and_says_the_same_in_words(lang):
    assert {row.grade for row in ROWS[lang]} == set(GRADES)
    for row in ROWS[lang]:
        chart, said = render("chart", "chart", lang, row), words(render("card", "card", lang, row))
        drawn = {classes.split()[0] for classes in marks(row, lang)}
        two_ends = {"point", "shaft"} <= drawn
        assert not two_ends or row.grade in "ABP", "levels are drawn of a metric that states no two"
        assert ("head" in drawn) == (row.grade == "C" and row.index is not None)
        assert drawn or row.grade not in "C" or row.index is None
        assert "hollow" in chart or not (two_ends and "derived" in (row.before_origin, row.after_origin))
        assert (re.search(r'class="metric-chart \w+ plan planned"', chart) is not None) == (row.grade == "P"), "hatched"
        for fact in (row.before_label, row.after_label, row.change_label, row.grade_word, row.periods, row.finding):
            assert fact in said, (row.metric_id, fact)
        assert row.direction_word in said and [word for word in row.flag_words if word not in said] == []


def test_charts_beside_one_another_share_the_index_axis():
    rows = [row for row in ENGLISH.values() if row.case_number == 9 and row.grade == "C"]
    axis = share_axis(rows)
    starts = {
        re.search(r'class="dot" style="left:([\d.]+)%', render("chart", "chart", "en", row, axis))[1] for row in rows
    }  # type: ignore[index]
    assert len(rows) > 2 and len(starts) == 1


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
    "2020-06-anyang-permits": [
        "The time limits are prescribed, not times measured.", "None is dated.", "No comparison group.",
    ],
    "2020-08-sanmenxia-finance": ["No comparison group."],
    "2020-09-dancheng-health": ["The periods before and after may differ in length.", "No comparison group."],
    "2020-07-dazhou-metals": ["None is dated.", "No comparison group."],
    "2020-05-luoyang-valleys": ["No comparison group."],  # one is compared with the end of 2016
}  # fmt: skip


@pytest.mark.parametrize(("case_id", "doubts"), DOUBTS.items(), ids=DOUBTS)
def test_what_holds_for_all_key_figures_is_said_once(case_id, doubts):
    figures = choose_key_figures(Rows(DATASET, "en", DATASET.positions[case_id]), "en")
    assert describe_doubts(figures, "en") == doubts


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
