"""Which metrics may be compared, the reasons given where they may not, and the sets made from the data."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from data.model.grades import CHANGED, GRADE_RULES
from data.query.filters import Filters
from data.query.findings import RESULTS
from data.wording.compare import (
    Group,
    compare,
    explain_group,
    explain_refusals,
    find_partners,
    find_scales,
    group_refusals,
    measure,
    measure_before,
    name_group,
    order_group,
)
from data.wording.findings import describe_finding
from data.wording.labels import REFUSAL_WORDS
from data.wording.marks import is_bar
from data.wording.ready_sets import MAX_SETS, list_ready_sets
from data.wording.rows import Rows
from pages.markup import geometry
from pages.markup.environment import render
from pages.markup.links import Links

PLAIN: dict[str, Any] = {
    "case_id": "2020-01-a",
    "role": "outcome",
    "grade": "E",
    "dimension": "count",
    "unit_id": "item",
    "after_unit_id": "item",
    "after_value": 5.0,
    "change_kind": None,
    "change_value": None,
    "index": None,
    "before_unit_id": None,
}


def row(metric_id: str, **given: Any) -> SimpleNamespace:
    fields = {**PLAIN, "metric_id": metric_id, **given}
    return SimpleNamespace(**fields, rule=GRADE_RULES[fields["grade"]])


SCALES = {
    "a level": (row("a"), (("level", "item"),)),
    "a paired figure has its index as well": (row("a", grade="A", index=50.0), (("index", "100"), ("level", "item"))),
    "money of any unit": (row("a", dimension="money", after_unit_id="cny-10k"), (("level", "money"),)),
    "an indexed figure": (row("a", grade="C", index=310.0, after_value=None), (("index", "100"),)),
    "points": (
        row("a", grade="D", after_value=None, dimension="share", change_kind="points", change_value=7.5),
        (("difference", "points"),),
    ),
    "shares with the points between them": (
        row(
            "a",
            grade="A",
            dimension="share",
            unit_id="percent",
            after_unit_id="percent",
            change_kind="points",
            change_value=2.4,
        ),
        (("level", "percent"), ("difference", "points")),
    ),
    "a difference of shares": (
        row(
            "a",
            grade="D",
            dimension="share",
            unit_id="percent",
            after_value=None,
            change_kind="difference",
            change_value=2.4,
        ),
        (("difference", "points"),),
    ),
    "a difference": (
        row("a", grade="D", after_value=None, unit_id="m3", change_kind="difference", change_value=-5.0),
        (("difference", "m3"),),
    ),
    "a rank, as a place of its own ranking": (row("a", grade="B", dimension="rank"), (("rank", "rank"),)),
    "places": (row("a", grade="D", dimension="rank", after_value=None, change_kind="places", change_value=3.0), ()),
    "words": (row("a", grade="F", after_value=None), ()),
    "a plan": (row("a", grade="P", index=1000.0), ()),
    "a range": (row("a", grade="D", after_value=None, change_kind="difference"), ()),
}


@pytest.mark.parametrize(("figure", "expected"), SCALES.values(), ids=SCALES)
def test_scales(figure, expected):
    assert find_scales(figure) == expected


REFUSED = {
    "plan": (row("a", grade="P"), row("b"), "plan"),
    "words": (row("a", grade="F"), row("b"), "words"),
    "rank against share": (
        row("a", grade="E", dimension="rank"),
        row("b", dimension="share", after_unit_id="percent"),
        "rank",
    ),
    "working days against days": (
        row("a", dimension="time", after_unit_id="working-day"),
        row("b", dimension="time", after_unit_id="day"),
        "time",
    ),
    "a share against an index": (
        row("a", grade="A", dimension="share", after_unit_id="percent", change_kind="points", change_value=2.4),
        row("b", grade="C", index=50.0, after_value=None),
        "share",
    ),
    "counts against money": (row("a"), row("b", dimension="money", after_unit_id="cny"), "alone"),
    "a difference in a unit of its own": (
        row("a", grade="D", after_value=None, unit_id="m3", change_kind="difference", change_value=-5.0),
        row("b"),
        "alone",
    ),
    "places without a rank": (
        row("a", grade="D", dimension="rank", after_value=None, change_kind="places", change_value=3.0),
        row("b", dimension="rank"),
        "places",
    ),
    "two units": (row("a", grade="A", before_unit_id="service"), row("b", after_unit_id="project"), "units"),
    "an index against a level": (row("a", grade="C", index=50.0, after_value=None), row("b"), "alone"),
    "a range": (row("a", grade="D", after_value=None, change_kind="difference"), row("b"), "range"),
    "a range of months against days": (
        row("a", grade="D", dimension="time", unit_id="month", after_value=None, change_kind="difference"),
        row("b", dimension="time", after_unit_id="day"),
        "range",
    ),
}


@pytest.mark.parametrize(("figure", "other", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused_with_a_reason(figure, other, reason):
    found = compare([figure, other])
    assert not found.groups
    assert (found.refusals[0].row, found.refusals[0].reason) == (figure, reason)
    assert len(found.refusals) == 2


def test_figures_on_one_scale_share_a_group_and_what_fits_the_rest_is_found():
    first, second, alone = (
        row("a", grade="A", index=50.0),
        row("b", grade="C", index=120.0, after_value=None),
        row("c", after_unit_id="project"),
    )
    fitting = row("d", case_id="2020-02-b", after_unit_id="project")
    found = compare([first, second, alone])
    assert [(group.kind, group.rows) for group in found.groups] == [("index", (first, second))]
    assert [(refusal.row, refusal.reason) for refusal in found.refusals] == [(alone, "alone")]
    assert find_partners(alone, [first, second, alone, fitting]) == (fitting,)


def test_a_scale_needs_as_many_cases_as_are_asked_for_and_may_be_left_out():
    rows = [row("a"), row("b"), row("c", case_id="2020-02-b", after_unit_id="project")]
    assert [len(group.rows) for group in compare(rows).groups] == [2]
    found = compare(rows, min_cases=2)
    assert not found.groups
    assert [refusal.reason for refusal in found.refusals] == ["same_case", "same_case", "alone"]
    assert not compare(rows, kinds=("index",)).groups


@pytest.mark.parametrize("min_cases", [1, 2])
def test_every_real_figure_is_placed_or_refused(dataset, min_cases):
    rows = Rows(dataset, "en")
    for start in range(0, len(rows), 8):
        chosen = rows[start : start + 8]
        found = compare(chosen, min_cases)
        placed = {(one.case_id, one.metric_id) for group in found.groups for one in group.rows}
        refused = [(refusal.row.case_id, refusal.row.metric_id) for refusal in found.refusals]
        assert placed.isdisjoint(refused)
        assert len(placed) + len(refused) == len(chosen)
        assert all(len(measure(group, dataset.units)) == len(group.rows) for group in found.groups)


# --- sets made from the data


def test_the_sets_are_made_from_the_data_the_most_complete_first(dataset, lang):
    sets = list_ready_sets(dataset, Filters(), lang)
    assert {"change", "time", "rank", "share", "money"} <= {each.id for each in sets}
    assert sets[0].id == "change"
    order = [(each.complete, each.cases, each.drawn) for each in sets]
    assert order == sorted(order, reverse=True)
    assert len({each.name for each in sets}) == len(sets) <= MAX_SETS
    for each in sets:
        assert all(row.role in RESULTS for row in each.rows)
        assert len({row.dimension for row in each.rows}) == 1 or each.id == "change"
        assert each.cases >= (2 if each.id in ("change", "time", "rank", "share", "money", "area") else 3)
        for group in each.found.groups:
            of_times = each.id == "time" and group.kind == "index"
            assert of_times or len({row.case_id for row in group.rows}) >= 2, "a scale of one case"
            assert all(row.rule.is_evidence for row in group.rows), "a plan is drawn among results"


def test_a_set_leaves_no_figure_of_its_dimension_unmentioned(dataset):
    rows = [row for row in Rows(dataset, "en") if row.role in RESULTS]
    for each in list_ready_sets(dataset, Filters(), "en"):
        if each.id in ("time", "rank", "share", "money"):
            assert [row.metric_id for row in each.rows] == [row.metric_id for row in rows if row.dimension == each.id]
    (change,) = (each for each in list_ready_sets(dataset, Filters(), "en") if each.id == "change")
    assert [row.metric_id for row in change.rows] == [row.metric_id for row in rows if row.grade in CHANGED]


def test_filters_narrow_the_sets_and_one_case_alone_has_none(dataset):
    assert list_ready_sets(dataset, Filters(city=("410300",)), "en") == ()
    found = list_ready_sets(dataset, Filters(grade=("A", "B")), "en")
    assert found and all(row.grade in "AB" for each in found for row in each.rows)


def write_group(group, dataset, lang):
    scale = geometry.scale_group(group, dataset.units, lang)
    pairs = [(describe_finding(group.rows[at], lang), scale.marks[at]) for at in order_group(group)]
    return render(
        "findings", "group", lang, name_group(group, lang), [pairs], scale, geometry.list_marks(group, scale), Links()
    )


def test_every_set_is_drawn_with_each_figure_linked_and_every_other_given_a_reason(dataset, lang):
    for each in list_ready_sets(dataset, Filters(), lang):
        for group in each.found.groups:
            table = write_group(group, dataset, lang)
            linked = set(re.findall(r"case=([\w-]+)&amp;figure=([\w-]+)", table))
            assert linked == {(row.case_id, row.metric_id) for row in group.rows}
            assert all(0 <= float(place) <= 100 for place in re.findall(r"(?:left|from|to):(-?[\d.]+)%", table))
            assert name_group(group, lang)
        left_out = render("compare", "left_out", lang, group_refusals(each.found.refusals, lang), Links())
        for refusal in each.found.refusals:
            assert REFUSAL_WORDS[refusal.reason][lang][1:] in html.unescape(left_out)
            assert f"figure={refusal.row.metric_id}" in left_out


def test_bars_of_shares_end_at_the_whole(dataset):
    (shares,) = (each for each in list_ready_sets(dataset, Filters(), "en") if each.id == "share")
    group = next(group for group in shares.found.groups if group.kind == "level")
    table = write_group(group, dataset, "en")
    full = {row.metric_id for row in group.rows if row.after_value == 100}
    widths = dict(re.findall(r'figure=([\w-]+)".*?class="arrow bar[^"]*" style="--to:([\d.]+)%', table, re.DOTALL))
    assert full and {widths[name] for name in full} == {max(widths.values(), key=float)}
    half = next(row for row in group.rows if row.after_value == 50)
    assert float(widths[half.metric_id]) == pytest.approx(float(widths[next(iter(full))]) / 2)


def test_a_pair_is_an_arrow_from_its_earlier_value_to_its_later_one_on_an_axis_from_zero(dataset):
    """Two months are no number of working days; 145.2 billion yuan are on the axis of 233.3 billion."""
    ends = {}
    for each in list_ready_sets(dataset, Filters(), "en"):
        for group in (group for group in each.found.groups if group.kind == "level"):
            scale = geometry.scale_group(group, dataset.units, "en")
            assert scale.ticks[0] == (0, "0")
            for row, mark, size in zip(group.rows, scale.marks, measure(group, dataset.units), strict=True):
                start = 0 if mark.kind == "bar" else mark.end * row.before_value / row.after_value
                assert mark.start == pytest.approx(start)
                assert mark.end == pytest.approx(geometry.REACH * size / max(full_ends(group, dataset)))
                ends[row.metric_id] = mark.kind
    found = [ends[name] for name in ("licence-time", "construction-permit-time", "new-debt-limit", "gdp")]
    assert found == ["bar", "arrow", "arrow", "arrow"]


def full_ends(group, dataset):
    """The values of an axis: all that are drawn, and the whole of shares."""
    earlier = [measure_before(row, dataset.units) or 0 for row in group.rows]
    whole = 100 * dataset.units[group.key].factor if group.rows[0].dimension == "share" else 0
    return [*measure(group, dataset.units), *earlier, whole]


def test_an_axis_of_values_is_labelled_from_zero_at_round_numbers_with_their_unit(dataset, lang):
    for each in list_ready_sets(dataset, Filters(), lang):
        for group in (group for group in each.found.groups if group.kind in ("level", "difference")):
            scale = geometry.scale_group(group, dataset.units, lang)
            words = dict(scale.ticks)
            assert words[scale.origin] == "0" and 2 <= len(words) <= geometry.MAX_TICKS, group.id
            farthest = max(max(mark.start, mark.end) for mark in scale.marks)
            assert max(words) <= (geometry.REACH if group.key == "percent" else farthest)
            steps = {round(after - before, 6) for before, after in pairwise(words)}
            assert len(steps) == 1, "numbers are not evenly apart"
    (money,) = (each for each in list_ready_sets(dataset, Filters(), lang) if each.id == "money")
    group = next(group for group in money.found.groups if group.kind == "level")
    expected = {"zh": ["0", "1,000亿元", "2,000亿元"], "en": ["0", "CNY 100 bn", "CNY 200 bn"]}
    ticks = geometry.scale_group(group, dataset.units, lang).ticks
    assert [words for _, words in ticks] == expected[lang]
    assert ticks[2][0] == pytest.approx(geometry.REACH * 2000 / 2333)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((-20.0, -5.0), ["−20 pp", "−15", "−10", "−5", "0"]),
        ((-20.0, 50.0), ["−20 pp", "0", "20 pp", "40 pp"]),
        ((0.0, 0.0), ["0"]),
    ],
    ids=str,
)
def test_an_axis_of_differences_goes_as_far_down_and_up_as_they_do(dataset, changes, expected):
    rows = tuple(row("a", change_value=change, change_bound="exact") for change in changes)
    scale = geometry.scale_group(Group("difference", "points", rows), dataset.units, "en")
    assert [words for _, words in scale.ticks] == expected
    assert [mark.start for mark in scale.marks] == [scale.origin, scale.origin]
    assert min(mark.end for mark in scale.marks) == 0 or min(changes) >= 0


def test_a_legend_has_the_marks_that_are_seen_and_no_others(dataset):
    seen = {}
    for each in list_ready_sets(dataset, Filters(), "en"):
        for group in each.found.groups:
            seen[each.id, group.kind] = geometry.list_marks(group, geometry.scale_group(group, dataset.units, "en"))
    assert seen["money", "level"] == ["pair", "bar", "improved", "unjudged", "hollow", "open_end", "dotted"]
    assert seen["share", "level"] == ["bar", "open_end"]
    assert seen["share", "difference"] == ["bar", "improved"]
    assert seen["rank", "rank"] == ["pair", "place", "improved", "hollow"]
    assert all(("arrow" in marks) == (kind == "index") for (_, kind), marks in seen.items())
    assert is_bar("improved", seen["share", "difference"]) and not is_bar("improved", seen["money", "level"])


def test_the_mark_of_a_row_tells_its_sentence_and_its_doubts_with_their_meanings(dataset, lang):
    (times,) = (each for each in list_ready_sets(dataset, Filters(), lang) if each.id == "time")
    group = next(group for group in times.found.groups if group.kind == "level")
    told = [
        html.unescape(tip) for tip in re.findall(r'tabindex="-1" data-tip="([^"]*)"', write_group(group, dataset, lang))
    ]
    for at, tip in zip(order_group(group), told, strict=True):
        finding = describe_finding(group.rows[at], lang)
        assert tip.startswith(finding.row.finding)
        assert finding.doubts and all(word in tip and meaning in tip for word, meaning in finding.doubts)


def test_waiting_times_begin_with_the_pairs_and_name_unlike_procedures(dataset, lang):
    """The change of 100 days to 50 needs no conversion; under a minute has no scale, but is said."""
    (times,) = (each for each in list_ready_sets(dataset, Filters(), lang) if each.id == "time")
    first, second = times.found.groups
    assert [row.metric_id for row in first.rows] == ["approval-time", "construction-permit-time"]
    assert (first.kind, second.id) == ("index", "level-working-day")
    shown = [second.rows[at] for at in order_group(second)]
    assert [row.rule.drawing == "ends" for row in shown] == [True, True, False, False, False, False]
    assert "housing-fund-time" in [refusal.row.metric_id for refusal in times.found.refusals]
    limits = {explain_group(group, lang) for group in times.found.groups}
    assert len(limits) == 1 and {"zh": "时间长短不宜互比", "en": "unlike procedures"}[lang] in limits.pop()
    without = list_ready_sets(dataset, Filters(city=("410500", "410100")), lang)
    assert "time" not in [each.id for each in without], "a set has a scale of two cases"


def test_a_comparison_begins_with_the_changes(dataset):
    for each in list_ready_sets(dataset, Filters(), "en"):
        kinds = [group.kind for group in each.found.groups]
        assert kinds == sorted(kinds, key=lambda kind: kind != "index")


def test_one_sentence_says_why_figures_share_no_scale():
    rank, words, count = row("a", dimension="rank"), row("b", grade="F"), row("c")
    found = compare([rank, words, count, row("d", grade="F", after_value=None)])
    sentence = explain_refusals(found.refusals, "en")
    assert sentence == (
        "These figures share no scale: a rank shares no scale with shares, money or counts; the source gives words and no "
        "number."
    )
    alone = compare([count, row("d", dimension="money", after_unit_id="cny")]).refusals
    assert explain_refusals(alone, "zh") == f"这些指标没有共同的尺度：{REFUSAL_WORDS['alone'].zh}。"
