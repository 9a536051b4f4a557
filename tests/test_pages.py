"""Every page in both languages and with every kind of filter, without a browser: it runs, and its charts have the
table's values.
"""

from __future__ import annotations

import csv
import html
import io
import math
import re
from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

import pages.frame.view
from data.downloads.areas import tabulate_areas, tabulate_local_places
from data.downloads.csv_json import write_csv
from data.model.grades import GRADES, STATES
from data.model.problems import Problem
from data.query.filters import Filters, parse, select
from data.query.geography import all_places, find_local_places, summarize_areas
from data.query.table import LIST_SEPARATOR
from data.reading.live import current
from data.wording.brief import brief_case, brief_selection
from data.wording.filters import FILTERS as FILTER_WORDS
from data.wording.findings import list_findings
from data.wording.labels import REFUSAL_WORDS
from data.wording.map_cases import list_headlines
from data.wording.openings import open_overview, warn
from data.wording.ready_sets import list_ready_sets
from data.wording.rows import Rows
from pages.frame.search_results import MAX_METRICS, mark_words
from pages.markup.data_table import SHOWN
from pages.markup.environment import render
from pages.markup.palette import MAP_CLASSES
from pages.markup.report import FORMATS
from pages.markup.screens import SCREENS
from tests.anchors import Anchor, anchors
from tests.app import CODE, MARKUP, SHELL, bodies, charts, codes, open_page, visit, words
from tests.areas import outlined, paints

DATASET = current().dataset
TABLE = DATASET.table
ROWS = {lang: Rows(DATASET, lang) for lang in ("zh", "en")}
LANGS = ("zh", "en")
WATER, HEALTH = "2020-01-water-pricing", "2020-09-dancheng-health"
CASES = [case.id for case in DATASET.cases]
FILTERS = {
    "all": {},
    "city": {"city": "419001"},
    "domain": {"domain": "agriculture"},
    "empty": {"search": "zzz"},
    "unknown": {"city": "999999,luoyang", "domain": "<b>x</b>", "grade": "Z", "role": "", "case": "nowhere"},
}
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
CHINESE_QUOTED = re.compile(r'<(\w+)[^>]* lang="zh"[^>]*>.*?</\1>', re.DOTALL)


def comparable(rows: Any) -> list[Any]:
    return [row for row in rows if row.role in ("outcome", "output") and row.grade in "ABC" and row.index is not None]


def selected(lang: str, **query: str) -> list[Any]:
    return [ROWS[lang][position] for position in select(DATASET, parse(query, DATASET)[0]).positions]


def test_every_script_beside_the_shell_is_a_screen():
    assert sorted(screen.script for screen in SCREENS.values()) == sorted(
        path.name for path in SHELL.parent.glob("*.py") if path.name not in ("__init__.py", "shell.py", "plots.py")
    )


@pytest.mark.parametrize("filtered", FILTERS)
@pytest.mark.parametrize("name", SCREENS)
def test_every_page_stands(name, lang, filtered):
    at = visit(name, lang=lang, **FILTERS[filtered])
    filters, dropped = parse(FILTERS[filtered], DATASET)
    selection = select(DATASET, filters)
    title = at.title[0].value.replace("\\", "")
    if name == "overview" and not filters.search:
        assert title == open_overview(selection, lang, filters).title
    elif name not in ("overview", "case"):
        assert title == visit(name, lang=lang).title[0].value
    assert (counted(lang, len(selection.cases), len(selection.positions)) in words(at)) == SCREENS[name].has_filters
    assert len([warning for warning in at.warning if "link" in warning.icon]) == len(dropped) + (
        name == "case" and "case" in FILTERS[filtered]
    )
    assert "<script>alert" not in bodies(at)
    assert "<b>x</b>" not in bodies(at) + "".join(warning.value for warning in at.warning)
    assert DATASET.source.title[lang] in words(at)


def counted(lang: str, cases: int, figures: int) -> str:
    """The status line above a page."""
    if lang == "zh":
        return f"{cases}个案例 · {figures}项指标"
    return f"{cases} case{'s' if cases != 1 else ''} · {figures} figure{'s' if figures != 1 else ''}"


@pytest.mark.parametrize("name", SCREENS)
def test_an_english_page_holds_chinese_only_in_quotations_of_the_source(name):
    at = visit(name, lang="en")
    read = MARKUP.sub(" ", CHINESE_QUOTED.sub(" ", CODE.sub(" ", bodies(at))))
    elements = [*at.title, *at.header, *at.subheader, *at.info, *at.warning]
    labels = [element.label for element in (*at.selectbox, *at.multiselect, *at.button, *at.text_input, *at.expander)]
    assert not CJK.search(" ".join([read, *(element.value for element in elements), *labels]))


@pytest.mark.parametrize(
    ("locale", "query", "lang"),
    [
        ("zh-CN", {}, "zh"),
        ("zh-TW", {}, "zh"),
        ("en-GB", {}, "en"),
        ("fr", {}, "en"),
        (None, {}, "en"),
        ("zh-CN", {"lang": "en"}, "en"),
        ("en", {"lang": "zh"}, "zh"),
        ("zh", {"lang": "xx"}, "zh"),
    ],
)
def test_the_language_follows_the_link_and_otherwise_the_browser(locale, query, lang):
    at = visit("overview", locale, **query)
    assert at.title[0].value == visit("overview", lang=lang).title[0].value
    assert len(at.warning) == (query.get("lang") == "xx")


# --- overview


def figure_links(at: Any) -> list[tuple[str, str, str]]:
    """The links of the overview to figures, as (case id, metric id, label)."""
    found = [(dict(parse_qsl(urlsplit(link.href).query)), link.label) for link in anchors(bodies(at))]
    return [(query["case"], query["figure"], label) for query, label in found if "figure" in query]


def reported(rows: Any) -> list[Any]:
    """The rows that the overview tells of: headlines, changes first, then other results with a change."""
    told = [row for row in rows if row.headline or (row.rule.has_change and row.role in ("outcome", "output"))]
    return sorted(
        told,
        key=lambda row: (
            *(row.case_number, 0 if row.headline else 1, not row.rule.has_change),
            *(row.headline or 99, row.role != "outcome", row.grade),
        ),
    )


def test_overview_has_a_row_for_every_finding_and_a_body_for_every_case(lang):
    at = visit("overview", lang=lang)
    links = figure_links(at)
    assert links == [(row.case_id, row.metric_id, row.short or row.name) for row in reported(ROWS[lang])]
    bodies_of_cases = re.findall(r"<tbody role.*?</tbody>", bodies(at), re.DOTALL)
    assert len(bodies_of_cases) == 10
    for case, body in zip(DATASET.cases, bodies_of_cases, strict=True):
        own = [row for row in reported(ROWS[lang]) if row.case_id == case.id]
        assert html.escape((case.short or case.title)[lang], quote=False) in html.unescape(body).replace("&", "&amp;")
        changes = [row for row in own if row.rule.has_change and row.headline][:3]
        assert body.count("<tr") == max(1, len(own))
        assert body.count('class="more"') == len(own) - len(changes)
        assert f"+{len(own) - len(changes)}" in body or len(own) == len(changes)
        if case.no_headline:
            assert case.no_headline[lang] in html.unescape(body)


def test_overview_says_of_every_finding_what_the_table_holds(lang):
    text = html.unescape(bodies(visit("overview", lang=lang)))
    rows = re.findall(r'<tr role="row".*?</tr>', text, re.DOTALL)[1:]
    rows = [row for row in rows if "figure=" in row]
    cases = list_findings(select(DATASET, Filters()), range(10), lang)
    told_of = (finding for case in cases for finding in (*case.first, *case.more))
    findings = {(finding.row.case_id, finding.row.metric_id): finding for finding in told_of}
    for row, markup in zip(reported(ROWS[lang]), rows, strict=True):
        told = " ".join(MARKUP.sub(" ", markup).split())
        finding = findings[row.case_id, row.metric_id]
        parts = [finding.label, finding.was] if row.index is not None else [finding.value]
        said = [*parts, finding.state, *(word for word, _ in finding.doubts), row.direction_word]
        assert [part for part in said if re.sub(r"\s", "", part) not in re.sub(r"\s", "", told)] == [], row.metric_id
        assert ('class="way' in markup) == (row.index is not None), row.metric_id


def test_the_arrows_of_the_overview_share_one_logarithmic_axis(lang):
    text = bodies(visit("overview", lang=lang))
    heads = [float(at) for at in re.findall(r'style="--to:([\d.]+)%"', text)]
    same = re.search(r'class="findings" style="[^"]*--from:([\d.]+)%"', text)[1]
    indices = [row.index for row in reported(ROWS[lang]) if row.index is not None]
    assert len(heads) == len(indices) == len(comparable(ROWS[lang]))
    scale = {(at - float(same)) / math.log(index / 100) for at, index in zip(heads, indices, strict=True)}
    assert max(scale) == pytest.approx(min(scale), rel=0.05)
    assert 0 < min(heads) < max(heads) < 100


def test_overview_of_a_city_shows_its_own_figure_first():
    links = figure_links(visit("overview", lang="en", city="419001"))
    assert [link[:2] for link in links] == [(WATER, "jiyuan-water-use-per-mu")]


LEDE = {
    "all": ({}, "improved, none worsened, "),
    "one": ({"city": "419001"}, "1 of 1 outcomes and outputs states a change in numbers: 1 improved, none worsened."),
    "none": ({"grade": "F", "city": "410300"}, "The one outcome or output states no change in numbers; 1 tells of"),
    "inputs": ({"role": "input"}, "None of these figures is an outcome or output."),
}


@pytest.mark.parametrize(("query", "sentence"), LEDE.values(), ids=LEDE)
def test_overview_counts_the_changes_that_are_stated(query, sentence):
    rows = selected("en", **query)
    results = [row for row in rows if row.role in ("outcome", "output")]
    changed = [row for row in results if row.rule.has_change]
    said = words(visit("overview", lang="en", **query))
    assert sentence in said
    if changed:
        assert f"{len(changed)} of {len(results)} outcomes" in said
        assert f"{sum(row.direction == 'improved' for row in changed)} improved" in said
        judged = sum(row.direction is not None for row in changed)
        assert (f", {len(changed) - judged} not judged" in said) == (judged < len(changed))
    if len(changed) > 1:
        kinds = {
            "limits that were set": sum("prescribed" in row.flag_ids for row in changed),
            "citywide totals": sum(row.has_caveat("broad_aggregate") for row in changed),
            "about part of a place": sum("partial" in row.flag_ids for row in changed),
        }
        assert [name for name, count in kinds.items() if f"{count} are {name}" not in said] == []
    told = sum(row.tells_change for row in results)
    assert (f"; {told} tell" in said) == bool(told)
    assert "The province chose the cases" in said


def test_who_chose_the_cases_follows_from_their_documents():
    other = DATASET.source.model_copy(update={"selected_by": None})
    assert warn([other], "en").startswith(f"{other.issuer.en} chose the cases, and none has a comparison group")
    assert warn([DATASET.source, other], "zh").startswith(f"案例由省里、{other.issuer.zh}选定")
    many = [other.model_copy(update={"issuer": case.submitted_by}) for case in DATASET.cases]
    assert warn(many, "en").startswith("Those who published them chose the cases")


def cells(at: Any) -> dict[tuple[str, str], tuple[str, int]]:
    """The counts of the gap matrix by (domain, grade), with the target of their links; "" is the row of totals."""
    found = {}
    for link in anchors(bodies(at)):
        query = dict(parse_qsl(urlsplit(link.href).query))
        if "grade" in query and link.label.replace(",", "").isdigit():
            found[query.get("domain", ""), query["grade"]] = (link.href, int(link.label.replace(",", "")))
    return found


MATRIX = {"all": {}, "city": {"city": "410300"}, "kind": {"role": "input"}}


@pytest.mark.parametrize("query", MATRIX.values(), ids=MATRIX)
def test_every_cell_of_the_gaps_leads_to_the_figures_that_it_counts(query):
    found = cells(visit("overview", lang="en", **query))
    kept = selected("en", **{"role": "outcome,output", **query})
    assert sum(count for (domain, _), (_, count) in found.items() if not domain) == len(kept)
    for (domain, grade), (href, count) in found.items():
        asked = dict(parse_qsl(urlsplit(href).query))
        assert len(select(DATASET, parse(asked, DATASET)[0]).positions) == count
        own = [row for row in kept if not domain or domain in DATASET.by_id[row.case_id].domains]
        assert count == sum(row.grade in grade for row in own)
        assert urlsplit(href).path == "/data"
        assert asked["lang"] == "en" and {**query, **asked} == asked


def test_every_cell_of_the_gaps_opens_as_many_rows_of_data_as_it_counts():
    for (domain, grade), (href, count) in cells(visit("overview", lang="en")).items():
        query = dict(parse_qsl(urlsplit(href).query))
        kept = [row for row in selected("en", role="outcome,output") if row.grade in grade]
        named = {name_of(row) for row in kept if not domain or domain in DATASET.by_id[row.case_id].domains}
        ids = all_table_ids(**query, rows="100")
        assert (len(ids), set(ids)) == (count, named)
        assert f" · {count} figure" in words(visit("data", **query, rows="100")), "the status has the same number"


def test_the_gaps_keep_all_cells_under_a_chosen_one():
    plain, chosen = (visit("overview", lang="en", **query) for query in ({}, {"domain": "finance", "grade": "E"}))
    assert {key: count for key, (_, count) in cells(chosen).items()} == {
        key: count for key, (_, count) in cells(plain).items()
    }


@pytest.mark.parametrize("query", [{}, {"city": "410300"}, {"grade": "E,F"}, {"role": "outcome"}], ids=str)
def test_the_parts_of_the_bar_open_the_figures_that_they_count(query):
    at = visit("overview", lang="en", **query)
    found = re.findall(r'<li class="\w+" style="[^"]*"><a href="([^"]*)"><b>([\d,]+)</b>', bodies(at))
    counts = []
    for href, count in found:
        asked = dict(parse_qsl(urlsplit(html.unescape(href)).query))
        assert urlsplit(html.unescape(href)).path == "/data"
        assert len(select(DATASET, parse(asked, DATASET)[0]).positions) == int(count)
        counts.append(int(count))
    assert sum(counts) == len([row for row in selected("en", **query) if row.role in ("outcome", "output")])


# --- case


def anchored(at: AppTest) -> list[str]:
    """The metrics that have a place on a case's page, in its order."""
    return re.findall(r'id="figure-([^"]+)"', bodies(at))


def drawn(at: AppTest) -> list[str]:
    """The metrics that have a card with a chart on a case's page, in its order."""
    return re.findall(r'<article class="figure-card" id="figure-([^"]+)"', bodies(at))


@pytest.mark.parametrize("case_id", CASES)
def test_case_shows_changes_and_plans_as_cards_and_every_other_figure_as_a_row(case_id, lang):
    at = visit("case", lang=lang, case=case_id)
    assert at.title[0].value == DATASET.by_id[case_id].title[lang]
    assert not charts(at), "Plotly draws nothing before a reader asks for an image"
    rows = [row for row in ROWS[lang] if row.case_id == case_id]
    cards = {row.metric_id for row in rows if row.role in ("outcome", "output") and row.grade in "ABCDP"}
    assert set(drawn(at)) == cards
    assert sorted(anchored(at)) == sorted(row.metric_id for row in rows), "every metric has one place"
    marks = bodies(at)
    plans = marks.find({"zh": "目标与规划，不作为成效", "en": "Targets and plans, not counted as results"}[lang])
    assert all(marks.index(f'id="figure-{row.metric_id}"') > plans > 0 for row in rows if row.grade == "P")
    keys = re.findall(r"figure=([a-z0-9-]+)", marks.partition('<ul class="key-figures"')[2].partition("</ul>")[0])
    assert keys == [row.metric_id for row in sorted(rows, key=lambda row: row.rank) if row.headline]
    headings = {
        "zh": ("以文字说到的变化", "只有现值的结果"),
        "en": ("Changes described in words", "Results without an"),
    }
    told, values = (marks.find(f"<h2>{heading}") for heading in headings[lang])
    for row in rows:
        if row.tells_change and row.role in ("outcome", "output"):
            assert 0 < told < marks.index(f'id="figure-{row.metric_id}"') < (values if values > 0 else len(marks))


@pytest.mark.parametrize("case_id", CASES)
def test_case_tells_its_story_and_its_contradictions(case_id, lang):
    read, case = words(visit("case", lang=lang, case=case_id)), DATASET.by_id[case_id]
    events, conflicts = [event.what for event in case.events], [conflict.note for conflict in case.conflicts]
    story = [case.problem, case.result, *case.actions, *events, *conflicts]
    assert [text[lang] for text in story if text[lang] not in read] == []
    assert [phrase.text for found in case.conflicts for phrase in found.phrases if phrase.text not in read] == []


@pytest.mark.parametrize(
    ("lang", "notice"), [("zh", "当前筛选不包含这个案例"), ("en", "The filters would hide this case")]
)
def test_case_of_a_link_is_shown_with_a_notice_when_the_filter_would_hide_it(lang, notice):
    hidden = visit("case", lang=lang, case=HEALTH, city="419001")
    assert hidden.title[0].value == DATASET.by_id[HEALTH].title[lang]
    assert [info.value.startswith(notice) for info in hidden.info] == [True]
    assert not visit("case", lang=lang, case=WATER, city="419001").info


def test_case_that_does_not_exist_says_so():
    at = visit("case", lang="en", case="2020-99-nowhere")
    assert at.title[0].value == DATASET.cases[0].title.en
    assert "does not exist" in at.warning[0].value


ELSEWHERE = len(DATASET.by_id[WATER].metrics) - 1
LEFT_OUT = {
    "zh": f"济源市：1项指标；同案例的其他{ELSEWHERE}项未列出。",
    "en": f"Jiyuan: 1 figure; the {ELSEWHERE} figures of the same case elsewhere are left out.",
}


PAPER = {"view": "print", "annex": "all"}


@pytest.mark.parametrize("view", [{}, PAPER], ids=["screen", "paper"])
def test_case_of_a_city_shows_the_citys_own_figure_and_says_what_it_leaves_out(lang, view):
    at = visit("case", lang=lang, case=WATER, city="419001", **view)
    assert drawn(at) == ["jiyuan-water-use-per-mu"]
    assert LEFT_OUT[lang] in words(at)
    rows = [row for row in ROWS[lang] if row.case_id == WATER and row.prefecture_code != "419001"]
    assert [row.metric_id for row in rows if row.phrases in words(at)] == []
    assert not any(conflict.note[lang] in words(at) for conflict in DATASET.by_id[WATER].conflicts)


def test_case_of_a_city_shows_all_figures_with_the_scope_the_citys_own_first():
    at = visit("case", lang="en", case=WATER, city="419001", scope="case")
    assert drawn(at)[0] == "jiyuan-water-use-per-mu"
    assert len(anchored(at)) == len(DATASET.by_id[WATER].metrics)
    assert "left out" not in words(at)


def test_the_line_above_a_case_leads_to_the_others_with_the_filters():
    at = visit("case", lang="en", case=WATER, domain="agriculture,public-services")
    query = {"domain": "agriculture,public-services", "lang": "en"}
    found = [(dict(parse_qsl(urlsplit(link.href).query)), html.unescape(link.label)) for link in anchors(bodies(at))]
    cases = visit("overview", **query).session_state["view"].selection.cases
    listed = [("case", case.id, f"{case.number} · {case.title.en}") for case in cases]
    assert len(listed) > 1 and f"(1 of {len(listed)} selected)" in words(at)
    for _, case_id, label in listed:
        assert (query | {"case": case_id}, label) in found
    assert (query | {"case": WATER, "view": "print"}, "Print") in found
    after = f"Case {cases[1].number} ›"
    assert (query | {"case": cases[1].id}, after) in found
    assert not any(label.startswith("‹") for _, label in found), "the first case has none before it"


def test_a_contradiction_has_a_place_and_names_the_figures_it_is_about():
    at = visit("case", lang="en", case="2020-06-anyang-permits")
    part = bodies(at).partition('id="conflict-days-or-working-days"')[2].partition('id="conflict-')[0]
    assert re.findall(r"figure=([a-z-]+)", part)[:2] == ["approval-time", "overall-limit"]
    assert "conflict=days-or-working-days" in bodies(at).partition('id="figure-approval-time"')[2]


@pytest.mark.parametrize("case_id", CASES)
def test_case_on_paper_is_its_brief_and_on_request_every_figure_with_its_words(case_id, lang):
    brief = brief_case(DATASET, Filters(), DATASET.by_id[case_id], lang)
    (part,) = brief.cases
    for view in ({"view": "print"}, PAPER):
        at = visit("case", lang=lang, case=case_id, **view)
        read = words(at)
        assert not [*at.selectbox, *at.multiselect, *at.button, *at.text_input, *at.expander]
        story = [text[lang] for text in (part.case.problem, *part.case.actions, part.case.result)]
        said = [*story, brief.title, brief.lede, part.note, *part.doubts, *part.contradictions, *brief.key]
        said += [finding.row.name for finding in part.findings] + [finding.row.periods for finding in part.findings]
        assert [text for text in said if text not in read] == []
        assert DATASET.source.title[lang] in read
        rows = [row for row in ROWS[lang] if row.case_id == case_id]
        whole = "annex" in view
        assert [row.metric_id for row in rows if row.phrases.split(" | ")[0] not in read] == [] or not whole
        assert (set(drawn(at)) >= {row.metric_id for row in rows if row.grade in "ABCD"}) == (
            whole or not drawn(at) and not any(row.grade in "ABCD" for row in rows)
        )
        assert '<details class="evidence">' not in bodies(at), "evidence is folded on paper"
        ways = [(dict(parse_qsl(urlsplit(link.href).query)).get("annex"), link.label) for link in anchors(bodies(at))]
        assert ("all", {"zh": "附全部指标", "en": "With all figures"}[lang]) in ways


def test_the_overview_on_paper_is_the_brief_of_what_the_filters_keep(lang):
    filters = Filters(city=("410300",))
    brief = brief_selection(select(DATASET, filters), filters, lang)
    at = visit("overview", lang=lang, city="410300", view="print")
    rows = [finding.row for part in brief.cases for finding in part.findings]
    said = [brief.title, brief.kicker, *(part.title for part in brief.cases), *(row.name for row in rows)]
    assert [text for text in said if text not in words(at)] == []
    assert {"zh": "83.13亿元", "en": "CNY 8.313 bn"}[lang] in words(at)
    links = {
        link.label.rpartition("</span>")[2] or link.label: link.href
        for link in anchors(bodies(visit("overview", lang=lang, city="410300")))
    }
    assert f"/?city=410300&lang={lang}&view=print" in links.values()


def test_the_case_page_names_every_place_its_map_marks(lang):
    for case in DATASET.cases:
        at = visit("case", lang=lang, case=case.id)
        marked = [place for place in map(DATASET.places.get, all_places(case)) if place.lon is not None]
        image, _, legend = html.unescape(bodies(at).partition('<figure class="where">')[2]).partition("<figcaption>")
        legend = legend.partition("</figcaption>")[0]
        assert [place.name[lang] for place in marked if place.name[lang] not in legend] == []
        assert [place.name[lang] for place in marked if place.name[lang] not in image] == []


# --- map


def map_table(at: AppTest, name: str) -> list[list[str]]:
    """The rows of a table of the map, each as plain text."""
    table = bodies(at).partition(f'map-table {name}"')[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in table.split("</tr>")[:-1])
    return [[html.unescape(MARKUP.sub("", cell)) for cell in row] for row in rows]


def named_below(at: AppTest) -> list[str]:
    """The cities that the line below the table names as without anything."""
    found = re.findall(r"(?:没有案例，也没有指标：|No case and no figure: )(.*?)[。.]</p>", bodies(at))
    return re.split("、|, ", found[0]) if found else []


MAP_FILTERS = pytest.mark.parametrize(
    "filtered", [{}, {"city": "411600"}, {"grade": "A"}, {"search": "zzz"}], ids=["all", "city", "grade", "empty"]
)


@MAP_FILTERS
def test_map_has_18_areas_and_a_table_that_says_the_same(lang, filtered):
    at = visit("map", lang=lang, **filtered)
    tinted = {code for code, paint in paints(bodies(at)).items() if paint == MAP_CLASSES[1]}
    places = {place.code: place.name[lang] for place in DATASET.places.values() if place.kind == "prefecture"}
    cells = map_table(at, "areas")
    counts = {name: int(cases) for name, cases, *_ in cells} | dict.fromkeys(named_below(at), 0)
    assert len(counts) == 19
    assert {code for code, name in places.items() if counts[name]} == tinted
    left = select(DATASET, replace(parse(filtered, DATASET)[0], city=())).rows
    within = [there.place.id for there in find_local_places(DATASET, DATASET.cases)]
    assert sum(int(figures) for _, _, figures, *_ in cells) == left["prefecture_code"].notna().sum()
    counties = map_table(at, "places")
    assert sum(int(figures) for _, _, figures, *_ in counties) == left["place_id"].isin(within).sum()


@MAP_FILTERS
def test_the_map_tells_each_case_that_the_filters_keep(lang, filtered):
    at = visit("map", lang=lang, **filtered)
    headlines = list_headlines(select(DATASET, replace(parse(filtered, DATASET)[0], city=())), lang)
    said = words(at)
    for each in headlines:
        assert each.place in said and (each.finding.value if each.finding else each.note) in said
    assert bodies(at).count('class="disc spot"') == sum(len(each.points) for each in headlines)


@pytest.mark.parametrize(
    "filtered",
    [
        {"grade": "A"},
        {"role": "outcome"},
        {"search": DATASET.by_id[WATER].title.zh},
        {"search": "郏县"},
        {"domain": "agriculture"},
    ],
    ids=["grade", "role", "title", "place", "domain"],
)
def test_the_maps_counts_are_those_of_a_filter_by_the_city(filtered):
    at = visit("map", lang="en", **filtered)
    codes = {place.name.en: place.code for place in DATASET.places.values() if place.kind == "prefecture"}
    shown = {name: (int(cases), int(figures)) for name, cases, figures, *_ in map_table(at, "areas")}
    for name, counts in {**dict.fromkeys(named_below(at), (0, 0)), **shown}.items():
        there = select(DATASET, replace(parse(filtered, DATASET)[0], city=(codes.get(name, "410000"),)))
        assert counts == (len(there.cases), len(there.positions)), name


def test_the_map_is_the_same_element_whatever_is_chosen(lang):
    """What stays the same is neither sent nor drawn again."""
    pages = [visit("map", lang=lang, **query) for query in ({}, {"city": "411600"})]
    none, one = (next(part.proto.body for part in at.get("html") if "clip-path" in part.proto.body) for at in pages)
    assert none == one
    assert [outlined(bodies(at)) for at in pages] == [set(), {"411600"}]
    assert not any(map(charts, pages)), "Plotly draws nothing before a reader asks for an image"


def download(table: Any) -> list[dict[str, str]]:
    """The rows of a table's CSV, as a program reads them."""
    return [*csv.DictReader(io.StringIO(write_csv(table).decode("utf-8-sig"), newline=""))]


def listed(row: dict[str, str], lang: str) -> list[str]:
    """The cases of a row as the page names them: number and title."""
    ids, titles = (
        row[column].split(LIST_SEPARATOR) if row["case_ids"] else [] for column in ("case_ids", f"case_titles_{lang}")
    )
    return [f"{DATASET.by_id[case_id].number} {title}" for case_id, title in zip(ids, titles, strict=True)]


def test_the_maps_table_says_what_its_download_holds(lang):
    rows = download(tabulate_areas(DATASET, summarize_areas(select(DATASET, Filters()))))
    at = visit("map", lang=lang)
    shown = {name: cells for name, *cells in map_table(at, "areas")}
    assert {*shown, *named_below(at)} == {row[f"city_{lang}"] for row in rows}
    for row in rows:
        counts = {grade: int(row[f"grade_{grade}"]) for grade in GRADES}
        assert sum(counts.values()) == int(row["figures"])
        if row[f"city_{lang}"] in named_below(at):
            assert (row["cases"], row["figures"]) == ("0", "0")
            continue
        cases, figures, *cells = shown[row[f"city_{lang}"]]
        assert (cases, figures) == (row["cases"], row["figures"])
        stated = [sum(counts[grade] for grade in grades) for grades in STATES]
        assert cells[:-1] == [str(count) if count else "–" for count in stated]
        assert [case for case in re.split("[；;] ?", cells[-1]) if case] == listed(row, lang)


def test_the_table_of_counties_says_what_its_download_holds_and_leads_to_their_cases(lang):
    rows, at = download(tabulate_local_places(select(DATASET, Filters()))), visit("map", lang=lang)
    for row, (name, unit, figures, cases, note) in zip(rows, map_table(at, "places"), strict=True):
        assert (name, unit, figures) == (row[f"name_{lang}"], row[f"prefecture_{lang}"], row["figures"])
        assert re.split("[；;] ?", cases) == listed(row, lang)
        assert [
            words in note
            for words in ({"zh": "只被提到", "en": "only named"}[lang], {"zh": "图上没有", "en": "no point"}[lang])
        ] == [row["mark"] == "named", not row["lon"]]
        assert row[f"note_{lang}"] in note
    table = bodies(at).partition('map-table places"')[2].partition("</table>")[0]
    assert [link.href for link in anchors(table)] == [
        f"/case?lang={lang}&case={case}" for row in rows for case in row["case_ids"].split(LIST_SEPARATOR)
    ]


def test_a_city_of_the_table_is_chosen_by_its_name_and_let_go():
    tables = [
        bodies(visit("map", lang="en", **query)).partition('map-table areas"')[2].partition("</table>")[0]
        for query in ({}, {"city": "410300,410500", "colour": "figures"})
    ]
    none, two = ({link.label: link.href for link in anchors(table)} for table in tables)
    assert none["Anyang"] == "/map?city=410500&lang=en"
    assert two["Zhengzhou"] == "/map?city=410100,410300,410500&lang=en&colour=figures"
    assert two["Anyang"] == "/map?city=410300&lang=en&colour=figures"
    assert "Anyang: clear" not in tables[0] and 'aria-label="Anyang: clear" aria-current="true"' in tables[1]


def test_what_colours_the_map_is_a_link_that_keeps_the_filters():
    at = visit("map", lang="en", domain="finance", colour="figures")
    links = re.findall(
        r"<a ([^>]*)>([^<]*)</a>", bodies(at).partition('<nav class="map-colours"')[2].partition("</nav>")[0]
    )
    assert [name for _, name in links] == ["Cases", "Number of figures"]
    assert [name for attributes, name in links if "aria-current" in attributes] == ["Number of figures"]
    assert 'href="/map?domain=finance&amp;lang=en"' in links[0][0]
    assert 'href="/map?domain=finance&amp;lang=en&amp;colour=figures"' in links[1][0]


def test_map_coloured_by_something_unknown_says_so():
    at = visit("map", lang="en", colour="<b>")
    assert [("does not exist" in warning.value, "<b>" in warning.value) for warning in at.warning] == [(True, False)]


# --- compare


def name_of(row: Any) -> str:
    return f"{row.case_id}.{row.metric_id}"


def scale_tables(at: AppTest) -> list[str]:
    """The tables of the scales of the Compare page."""
    return re.findall(r'<div class="findings compared"[^>]*>.*?</table>', bodies(at), re.DOTALL)


def linked(part: str) -> list[str]:
    """The ids of the metrics whose figures a piece of HTML links to, in order."""
    return [".".join(found) for found in re.findall(r"case=([\w-]+)&amp;figure=([\w-]+)", part)]


def test_compare_opens_with_the_best_set_drawn_and_the_others_one_click_away(lang):
    at = visit("compare", lang=lang)
    best, *others = list_ready_sets(DATASET, Filters(), lang)
    chips = re.search(r'<ul class="sets".*?</ul>', bodies(at), re.DOTALL)[0]
    offered = [(dict(parse_qsl(urlsplit(link.href).query)).get("set"), link.label) for link in anchors(chips)]
    assert [name for name, _ in offered] == [None, *(each.id for each in others)]
    assert all(each.name in label for each, (_, label) in zip([best, *others], offered, strict=True))
    assert chips.count('aria-current="true"') == 1
    drawn = [name for table in scale_tables(at) for name in linked(table)]
    out = linked(re.search(r'<dl class="leftout">.*?</dl>', bodies(at), re.DOTALL)[0])
    assert sorted({*drawn, *out}) == sorted(map(name_of, best.rows)) and not {*drawn} & {*out}
    assert {"zh": "箭头长短不宜跨案例比较", "en": "don’t rank reforms by arrow length"}[lang] in words(at)
    assert {"zh": f"不在同一尺度上（{len(out)}项）", "en": f"Not on a common scale ({len(out)})"}[lang] in [
        header.value for header in at.header
    ]


@pytest.mark.parametrize("name", [each.id for each in list_ready_sets(DATASET, Filters(), "en")])
def test_every_set_of_compare_is_drawn_by_its_address(name):
    (ready,) = (each for each in list_ready_sets(DATASET, Filters(), "en") if each.id == name)
    at = visit("compare", lang="en", set=name)
    assert len(scale_tables(at)) == len(ready.found.groups)
    assert not at.warning
    assert not charts(at), "a chart on the screen is HTML"


@pytest.mark.parametrize("query", [{"set": "nothing"}, {"set": "<b>x</b>,y"}, {"figures": "x.y"}], ids=str)
def test_compare_passes_over_what_it_does_not_have_and_shows_the_best_set(query):
    at = visit("compare", lang="en", **query)
    assert [warning.value for warning in at.warning] == ["Left out: 1, unknown or above the limit."]
    assert scale_tables(at) == scale_tables(visit("compare", lang="en"))


def test_compare_draws_nothing_where_filters_leave_one_case_and_says_so():
    at = visit("compare", lang="en", city="410300")
    assert not scale_tables(at)
    assert "Under these filters no two cases have figures on one scale." in words(at)


def test_compare_puts_what_is_chosen_on_one_axis_and_refuses_a_rank_in_words():
    rank = next(row for row in ROWS["en"] if row.dimension == "rank" and row.grade == "B")
    rows = comparable(ROWS["en"])[:3]
    at = visit("compare", lang="en", figures=",".join(map(name_of, [rank, *rows])))
    (table,) = (table for table in scale_tables(at) if 'class="head"' in table)
    assert sorted(linked(table)) == sorted(map(name_of, rows))
    assert "A rank shares no scale with shares, money or counts" in words(at)
    assert name_of(rank) in linked(re.search(r'<dl class="leftout">.*?</dl>', bodies(at), re.DOTALL)[0])
    assert all(name_of(rank) not in linked(table) for table in scale_tables(at))


def test_figures_without_a_common_scale_are_cards_beside_one_another_with_one_sentence(lang):
    rank, words = (next(row for row in ROWS[lang] if row.dimension == "rank" and row.grade == "B"),
                   next(row for row in ROWS[lang] if row.grade == "F" and row.role == "outcome"))  # fmt: skip
    at = visit("compare", lang=lang, figures=f"{name_of(rank)},{name_of(words)}")
    assert not scale_tables(at) and not at.header
    cards = re.findall(r"<section><h2>.*?</article></section>", bodies(at), re.DOTALL)
    assert [linked(card)[0] for card in cards] == [name_of(rank), name_of(words)]
    for row, card in zip((rank, words), cards, strict=True):
        assert row.finding in html.unescape(card) and row.case_title in html.unescape(card)
    (sentence,) = re.findall(r'<p class="lede">([^<]*)</p><div class="changes', bodies(at))
    assert all(REFUSAL_WORDS[reason][lang] in html.unescape(sentence) for reason in ("rank", "words"))


def test_compare_puts_cases_side_by_side(lang):
    at = visit("compare", lang=lang, cases=f"{WATER},{HEALTH},nowhere")
    blocks = re.findall(r"<section>.*?</section>", bodies(at), re.DOTALL)
    cases = [DATASET.by_id[case_id] for case_id in (WATER, HEALTH)]
    for case, block in zip(cases, blocks, strict=True):
        assert case.title[lang] in html.unescape(block) and case.problem[lang] in html.unescape(block)
    assert {name.partition(".")[0] for name in linked(scale_tables(at)[0])} == {WATER, HEALTH}
    shown = {name for part in re.findall(r'<(?:div class="findings|dl class="leftout).*?</(?:table|dl)>', bodies(at),
             re.DOTALL) for name in linked(part)}  # fmt: skip
    assert shown == {f"{case.id}.{metric.id}" for case in cases for metric in case.metrics
                     if metric.role in ("outcome", "output")}  # fmt: skip
    assert len(at.warning) == 1


def test_what_is_chosen_is_removed_by_its_link_and_more_is_added_by_the_controls():
    first, second, third = map(name_of, comparable(ROWS["en"])[:3])
    at = open_page("compare", lang="en", cases=WATER, figures=f"{first},{second}")
    chosen = anchors(re.search(r'<ul class="chosen".*?</ul>', bodies(at), re.DOTALL)[0])
    assert [dict(parse_qsl(urlsplit(link.href).query)) for link in chosen] == [
        {"lang": "en", "figures": f"{first},{second}"},
        {"lang": "en", "cases": WATER, "figures": second},
        {"lang": "en", "cases": WATER, "figures": first},
    ]
    at.selectbox(key="add figures").set_value(third).run()
    assert at.query_params == {"lang": "en", "cases": WATER, "figures": f"{first},{second},{third}"}
    assert at.selectbox(key="add figures").value is None
    at.selectbox(key="add cases").set_value(HEALTH).run()
    assert at.query_params["cases"] == f"{WATER},{HEALTH}"
    assert not at.exception


def test_no_more_can_be_added_than_compare_takes():
    eight = ",".join(map(name_of, [row for row in ROWS["en"] if row.role == "outcome"][:9]))
    at = visit("compare", lang="en", figures=eight)
    assert at.selectbox(key="add figures").disabled and not at.selectbox(key="add cases").disabled
    assert [warning.value for warning in at.warning] == ["Left out: 1, unknown or above the limit."]


def test_one_figure_alone_is_offered_what_shares_its_scale():
    row = comparable(ROWS["en"])[0]
    at = visit("compare", lang="en", figures=name_of(row))
    assert "Add one more to compare." in words(at)
    offered = [link for link in anchors(bodies(at)) if link.label.startswith("Could be compared with: ")]
    assert offered and all(f"figures={name_of(row)}," in link.href for link in offered)


# --- data and method


def table_ids(at: AppTest) -> list[str]:
    """The ids of the metrics in the table of the Data page, in its order, by the figures they link to."""
    links = re.findall(r'role="rowheader" class="figure"><a href="([^"]*)"', bodies(at))
    queries = (dict(parse_qsl(urlsplit(html.unescape(href)).query)) for href in links)
    return [f"{query['case']}.{query['figure']}" for query in queries]


def all_table_ids(**query: str) -> list[str]:
    """The same of all pages of the table, in English."""
    numbers = map(int, re.findall(r'aria-label="Page (\d+)"', bodies(visit("data", **query))))
    pages = range(1, max(numbers, default=1) + 1)
    return [name for number in pages for name in table_ids(visit("data", **query, page=str(number)))]


def files(at: AppTest) -> list[Anchor]:
    """The links to files above the table, in order."""
    return anchors(re.search(r'<div class="downloads".*?</div>', bodies(at), re.DOTALL)[0])


def test_data_shows_the_rows_that_are_selected(lang):
    at = visit("data", lang=lang, domain="public-services", grade="C")
    rows = selected(lang, domain="public-services", grade="C")
    assert table_ids(at) == [name_of(row) for row in rows if row.role in ("outcome", "output")] != []
    offered = [(form.path, form.parameters(lang)) for form in FORMATS.values()]
    offered = [offered[0], ("metrics.csv", {"columns": "short"}), *offered[1:], ("missing.csv", {})]
    query = {"domain": "public-services", "grade": "C"}
    assert [link.href for link in files(at)] == [
        f"/api/{path}?{urlencode({**kept, **parameters})}".removesuffix("?")
        for kept in (query, {})
        for path, parameters in offered
    ]
    for count in (len(rows), len(TABLE)):
        assert re.search(rf"<(b|summary)>\D*{count}\D*</\1>", bodies(at))
    assert f"/api/metrics.csv?{urlencode(query)}" in codes(at)[0]


def test_the_address_chooses_kinds_order_and_columns_of_the_table():
    positions = select(DATASET, parse({"city": "410300"}, DATASET)[0]).positions
    at = visit("data", lang="en", city="410300", kinds="all", sort="-index", columns="index,change")
    ids = all_table_ids(lang="en", city="410300", kinds="all", sort="-index", columns="index,change")
    assert len(ids) == len(positions) > len(all_table_ids(lang="en", city="410300"))
    indices = [ROWS["en"][position].index for position in positions]
    named = [name_of(ROWS["en"][position]) for position in positions]
    found = [indices[named.index(name)] for name in ids]
    drawn = [index for index in found if index is not None]
    assert drawn == sorted(drawn, reverse=True) and found == drawn + [None] * (len(found) - len(drawn))
    heads = re.search(r"<thead.*?</thead>", bodies(at), re.DOTALL)[0]
    assert re.findall(r'<th [^>]*class="([a-z-]+)"', heads) == ["figure", "to-take", "change", "index"]
    assert heads.count('aria-sort="descending"') == 2, "both columns are sorted by the index"
    assert not at.warning
    assert at.button_group(key="table columns").value == ["change", "index"]


def test_up_to_a_hundred_rows_stand_on_a_page_and_all_on_paper():
    results = [name_of(row) for row in ROWS["en"] if row.role in ("outcome", "output")]
    plain, more = visit("data", lang="en"), visit("data", lang="en", rows="100")
    assert (table_ids(plain), table_ids(more)) == (results[:25], results[:100])
    links = {MARKUP.sub("", link.label): link.href for link in anchors(bodies(more))}
    assert (links["25"], links["100"]) == ("/data?lang=en", "/data?lang=en&rows=100")
    assert links["Next"] == "/data?lang=en&rows=100&page=2"
    assert links[f"Print all {len(results)}"] == "/data?lang=en&rows=100&view=print"
    paper = visit("data", lang="en", rows="100", view="print")
    assert table_ids(paper) == results
    assert f"{len(results)} outcomes and outputs" in words(paper)
    assert "/data?lang=en&rows=100" in [link.href for link in anchors(bodies(paper))], "the way back"
    assert not codes(paper) and 'class="downloads"' not in bodies(paper)
    few = visit("data", lang="en", grade="A")
    assert len(table_ids(few)) < 25 and "Print all" not in bodies(few), "a page that is whole prints as it is"


def test_paper_says_under_which_filters_its_rows_were_chosen(lang):
    paper = words(visit("data", lang=lang, city="410300", kinds="all", view="print"))
    assert {"zh": f"{OWN}项指标 · 地市：洛阳市", "en": f"{OWN} figures · City: Luoyang"}[lang] in paper


def test_another_choice_of_columns_is_written_into_the_address():
    at = open_page("data", lang="en", sort="grade")
    at.button_group(key="table columns").set_value(["values", "words"]).run()
    assert at.query_params == {"lang": "en", "sort": "grade", "columns": "figure,values,words"}
    assert "<q lang" in bodies(at)
    at.button_group(key="table columns").set_value([]).run()
    assert at.query_params == {"lang": "en", "sort": "grade", "columns": "figure"}
    at.button_group(key="table columns").set_value([*SHOWN[1:]]).run()
    assert at.query_params == {"lang": "en", "sort": "grade"}


@pytest.mark.parametrize(
    "query", [{"sort": "nothing"}, {"columns": "<b>x</b>"}, {"kinds": "some"}, {"rows": "26"}], ids=str
)
def test_a_choice_that_the_table_does_not_have_is_passed_over_with_a_notice(query):
    at = visit("data", lang="en", grade="A", **query)
    (warning,) = at.warning
    assert "The link asks of the table what it does not have" in warning.value
    assert table_ids(at) == table_ids(visit("data", lang="en", grade="A"))


def test_the_data_link_can_be_opened_as_it_stands():
    link = codes(visit("data", lang="en", search="a&b=c 转诊"))[0]
    assert "search=a%26b%3Dc" in link


# --- the frame


def pressed(at: AppTest) -> list[str]:
    """The values of the filters that the bar shows as chosen."""
    return re.findall(r'<button [^>]*data-filter="\w+" value="([\w-]+)" aria-pressed="true"', bodies(at))


def test_the_bar_shows_what_the_link_chooses_and_the_clear_button_empties_it():
    at = open_page("overview", lang="en", city="419001")
    assert pressed(at) == ["419001"]
    assert {case for case, _, _ in figure_links(at)} == {WATER}
    at.button(key="clear-all").click().run()
    assert at.query_params == {"lang": "en"}
    assert pressed(at) == []


LUOYANG = "410300"
OWN, ALL = (len(selected("en", city=LUOYANG, **scope)) for scope in ({}, {"scope": "case"}))
SWITCH = {"zh": f"同案例的其他{ALL - OWN}项", "en": f"The {ALL - OWN} figures of the same cases elsewhere"}
OF_THEM = {"zh": f"，其中{OWN}项属于洛阳市", "en": f", {OWN} of them Luoyang's own"}


@pytest.mark.parametrize("name", [name for name in SCREENS if name not in ("case", "method")])
def test_a_switch_adds_the_other_figures_of_the_same_cases_and_says_how_many(name, lang):
    at = open_page(name, lang=lang, city=LUOYANG)
    assert counted(lang, 2, OWN) in words(at)
    assert OF_THEM[lang] not in words(at)
    (switch,) = (toggle for toggle in at.toggle if toggle.key == "same cases")
    assert (switch.label, switch.value) == (SWITCH[lang], False)
    switch.set_value(True).run()
    assert at.query_params["scope"] == "case"
    assert counted(lang, 2, ALL) + OF_THEM[lang] in words(at)
    assert at.toggle(key="same cases").label == SWITCH[lang]
    at.toggle(key="same cases").set_value(False).run()
    assert "scope" not in at.query_params
    assert counted(lang, 2, OWN) in words(at)


def test_the_switch_of_a_case_counts_its_own_figures():
    debt = "2020-02-government-debt"
    elsewhere = [row for row in ROWS["zh"] if row.case_id == debt and row.prefecture_code != LUOYANG]
    at = open_page("case", lang="zh", case=debt, city=LUOYANG)
    assert [toggle.label for toggle in at.toggle if toggle.key == "same cases"] == [f"同案例的其他{len(elsewhere)}项"]
    at = open_page("case", lang="en", case=WATER, city="419001")
    assert [toggle.label for toggle in at.toggle if toggle.key == "same cases"] == [
        f"The {ELSEWHERE} figures of the same case elsewhere"
    ]
    at.toggle(key="same cases").set_value(True).run()
    assert (at.query_params["scope"], at.query_params["case"]) == ("case", WATER)
    assert len(anchored(at)) == ELSEWHERE + 1


def test_there_is_no_switch_where_it_adds_nothing():
    for query in ({}, {"city": "411600"}, {"scope": "case"}, {"city": "410300", "grade": "C"}):
        assert not [toggle for toggle in visit("overview", lang="en", **query).toggle if toggle.key == "same cases"]


def test_the_scope_stays_with_a_second_filter():
    at = open_page("overview", lang="en", city="410300", scope="case")
    at.text_input(key="search").set_value("bonds").run()
    assert at.query_params == {"lang": "en", "city": "410300", "search": "bonds", "scope": "case"}


def test_an_unknown_scope_is_dropped_with_a_notice(lang):
    at = visit("data", lang=lang, city="410300", scope="all")
    assert len([warning for warning in at.warning if "link" in warning.icon and "all" in warning.value]) == 1
    assert counted(lang, 2, OWN) in words(at)


@pytest.mark.parametrize("scope", [{}, {"scope": "case"}], ids=["own", "case"])
def test_every_screen_shows_the_figures_that_a_city_leaves(lang, scope):
    query = {"city": "410100", **scope}
    left = {name_of(row) for row in selected(lang, **query)}
    query["lang"] = lang
    overview = visit("overview", **query)
    shown = {f"{case}.{metric}" for case, metric, _ in figure_links(overview)}
    assert shown and shown <= left
    data = visit("data", **query, kinds="all")
    assert set(table_ids(data)) <= left
    assert f"{len(left)}" in re.search(r'<div class="downloads".*?</b>', bodies(data))[0]
    assert all(("scope=case" in block) == bool(scope) for block in codes(data)[1:])
    offered = visit("compare", **query).selectbox(key="add figures").options
    results = [row for row in ROWS[lang] if name_of(row) in left and row.role in ("outcome", "output")]
    assert sorted(offered) == sorted(f"{row.case_number} · {row.name}" for row in results)


def test_cases_side_by_side_say_which_figures_a_city_leaves_out(lang):
    at = visit("compare", lang=lang, city="419001", cases=f"{WATER},{HEALTH}")
    water, health = re.findall(r"<section>.*?</section>", bodies(at), re.DOTALL)
    assert LEFT_OUT[lang] in html.unescape(water)
    assert LEFT_OUT[lang] not in html.unescape(health)
    assert {name.partition(".")[0] for name in linked(scale_tables(at)[0])} == {WATER, HEALTH}
    assert f"{WATER}.jiaxian-water-efficiency" not in linked(bodies(at))


TITLE_ONLY = {
    "zh": "没有符合的指标（搜索：“郸城县紧密型县域医共体”）。符合的案例：9 ",
    "en": "No figure fits (Search: “郸城县紧密型县域医共体”). Cases that do: 9 ",
}


def test_a_title_that_is_searched_for_shows_the_case_and_none_of_its_figures(lang):
    query, notice = {"lang": lang, "search": DATASET.by_id[HEALTH].title.zh}, TITLE_ONLY[lang]
    overview = visit("overview", **query)
    assert counted(lang, 1, 0) in words(overview)
    (case,) = anchors(re.search(r'<ul class="casehits".*?</ul>', bodies(overview), re.DOTALL)[0])
    assert html.unescape(MARKUP.sub("", case.label)) == f"9 · {DATASET.by_id[HEALTH].title[lang]}"
    assert 'class="hits"' not in bodies(overview)
    data = visit("data", **query)
    assert [info.value.replace("\\", "") for info in data.info] == [
        f"{notice}{DATASET.by_id[HEALTH].title[lang]}{'。' if lang == 'zh' else '.'}"
    ]
    assert 'class="datatable"' not in bodies(data)
    assert visit("case", **query).title[0].value == DATASET.by_id[HEALTH].title[lang]


def test_a_chip_removes_one_value():
    at = open_page("overview", lang="en", city="411600,419001", search="water")
    at.button(key="chip-city-411600").click().run()
    assert at.query_params == {"lang": "en", "city": "419001", "search": "water"}


def test_the_language_switch_keeps_the_view():
    at = open_page("case", lang="zh", case=HEALTH, city="411600")
    at.button_group(key="lang").set_value("en").run()
    assert at.query_params == {"lang": "en", "case": HEALTH, "city": "411600"}
    assert at.title[0].value == DATASET.by_id[HEALTH].title.en


def test_links_between_pages_keep_the_filter():
    at = visit("overview", lang="en", city="411600")
    links = [link.href for link in anchors(bodies(at))]
    assert len(links) >= len(SCREENS) and all("city=411600" in link and "lang=en" in link for link in links)


@pytest.mark.parametrize(("lang", "notice"), [("zh", "较新的修改有误"), ("en", "an update has problems")])
def test_a_broken_edit_is_told_to_readers_without_its_details(lang, notice, monkeypatch):
    problem = Problem("cases/2020-09-dancheng-health.yaml", 41, 12, "metrics[3].after.value", "expected a number")
    monkeypatch.setattr(
        pages.frame.view, "current", lambda: replace(current(), loaded_at=1_700_000_000.0, problems=(problem,))
    )
    (warning,) = open_page("overview", lang=lang).warning
    assert notice in warning.value
    assert "2023" in warning.value
    assert "yaml" not in warning.value


# --- addresses of figures, and the search


def test_a_linked_figure_is_shown_whatever_the_filters_with_a_notice():
    at = open_page("case", lang="en", case=WATER, city="419001", figure="jiaxian-water-efficiency")
    assert drawn(at)[0] == "jiaxian-water-efficiency"
    assert [info.value for info in at.info] == [
        "The filters would hide this figure; it is shown because the link names it."
    ]
    at = open_page("case", lang="en", case=WATER, figure="no-such-figure")
    assert [warning.value for warning in at.warning] == ["The link names a figure that this case does not have."]


def test_the_screen_of_the_cases_opens_the_one_with_most_of_what_is_chosen():
    assert visit("case", lang="en", city=LUOYANG).title[0].value == DATASET.by_id["2020-05-luoyang-valleys"].title.en


def test_a_search_lists_its_figures_with_links_to_them(lang):
    at = visit("overview", lang=lang, search="转诊")
    (row,) = (row for row in selected(lang, search="转诊"))
    hits = re.search(r'<ol class="hits".*?</ol>', bodies(at), re.DOTALL)[0]
    (link,) = anchors(hits)
    assert parse_qsl(urlsplit(link.href).query)[-2:] == [("case", row.case_id), ("figure", row.metric_id)]
    assert html.unescape(MARKUP.sub("", link.label)) == row.name
    assert re.findall("<mark>(.*?)</mark>", hits) == ["转诊"] * (1 if lang == "zh" else hits.count("<mark>"))
    assert row.change_label in hits and f"grade-{row.grade}" in hits


@pytest.mark.parametrize("search", ["water", "时限", "waiting times", "change"])
def test_a_search_shows_its_results_alone_and_each_once(search, lang):
    at = visit("overview", lang=lang, search=search)
    found = [(row.case_id, row.metric_id) for row in selected(lang, search=search)]
    queries = (dict(parse_qsl(urlsplit(link.href).query)) for link in anchors(bodies(at)))
    shown = [(query["case"], query["figure"]) for query in queries if "figure" in query]
    assert len(found) > 1 and len(shown) == min(len(found), MAX_METRICS) == len({*shown}) and {*shown} <= {*found}
    assert not at.header and "<table" not in bodies(at)
    assert ('href="/data?' in bodies(at).partition('class="hits"')[2]) == (len(found) > MAX_METRICS)


@pytest.mark.parametrize(
    ("lang", "search"),
    [*product(LANGS, ["waiting", "shares", "时限", "名次", "变化"]), ("en", "approvals"), ("zh", "审批")],
)
def test_a_hit_has_the_word_that_was_sought_or_one_for_the_same_set_marked(search, lang):
    found = re.search(r'<ol class="hits".*?</ol>', bodies(visit("overview", lang=lang, search=search)), re.DOTALL)[0]
    hits = found.split("<li>")[1:]
    assert len(hits) > 1 and all("<mark>" in hit for hit in hits)


def test_a_search_made_elsewhere_offers_the_way_to_its_results():
    at = visit("data", lang="en", search="转诊", grade="C")
    (link,) = (link for link in anchors(bodies(at)) if link.label.startswith("See the 1 figure found"))
    assert dict(parse_qsl(urlsplit(link.href).query)) == {"lang": "en", "search": "转诊", "grade": "C"}
    assert not [
        link for link in anchors(bodies(visit("overview", lang="en", search="转诊"))) if "See the" in link.label
    ]


def test_a_search_without_a_hit_says_so_and_what_the_other_filters_hide():
    said, links = advice("en", search="zzz")
    assert said == f"Nothing found; try {links[0].label}, {links[1].label} or {links[2].label}."
    said, (*_, link) = advice("en", search="转诊", city="419001")
    assert said.startswith("Nothing found under these filters; try ")
    assert said.endswith(", or drop the other filters (1 figure).")
    assert dict(parse_qsl(urlsplit(link.href).query)) == {"lang": "en", "search": "转诊"}


def advice(lang: str, **query: str) -> tuple[str, list[Anchor]]:
    """The sentence on a search without a hit, and its links."""
    (found,) = re.findall(
        r'<p class="lede wide found".*?</p>', bodies(visit("overview", lang=lang, **query)), re.DOTALL
    )
    return html.unescape(MARKUP.sub("", found)).strip(), [
        link._replace(label=html.unescape(link.label)) for link in anchors(found)
    ]


NOWHERE = {
    "alone": {},
    "city": {"city": "410300"},
    "one-figure": {"city": "419001"},
    "domain-and-grade": {"domain": "finance", "grade": "A,B"},
    "nothing-fits": {"city": "411600", "domain": "trade"},
}


@pytest.mark.parametrize("query", NOWHERE.values(), ids=NOWHERE)
def test_a_search_without_a_hit_names_three_words_that_find_something(query, lang):
    _, links = advice(lang, search="zzz", **query)
    assert len({link.label for link in links}) == 3
    for link in links:
        asked = dict(parse_qsl(urlsplit(link.href).query))
        assert asked.pop("search") == link.label and asked.pop("lang") == lang
        assert asked in (query, {})
        assert len(selected(lang, search=link.label, **asked))
        assert visit("overview", lang=lang, search=link.label, **asked).title[0].value.count("0") == 0
    kept = selected(lang, **query)
    inside = [link for link in links if all(name in link.href for name in query)]
    assert len(inside) == min(3, len({row.short or row.name for row in kept}))


def test_the_example_in_the_field_finds_something(lang):
    example = FILTER_WORDS["search"].placeholder[lang].split("：" if lang == "zh" else "e.g. ")[1]
    assert len(selected(lang, search=example))


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("县外转诊率", ["转诊"], "县外<mark>转诊</mark>率"),
        ("Referral rate", ["ref", "rate"], "<mark>Ref</mark>erral <mark>rate</mark>"),
        ("ＡＢＣ <b>", ["bc"], "Ａ<mark>ＢＣ</mark> &lt;b&gt;"),
        ("aaa", ["aa"], "<mark>aa</mark>a"),
        ("Waiting times, timely", ["time"], "Waiting <mark>times</mark>, <mark>time</mark>ly"),
        ("Countries, a country", ["countr"], "<mark>Countries</mark>, a <mark>country</mark>"),
        ("boxes of glass", ["box", "glass"], "<mark>boxes</mark> of <mark>glass</mark>"),
        ("none", ["x"], "none"),
        ("", ["x"], ""),
    ],
)
def test_the_words_of_a_search_are_marked_where_they_stand(text, words, marked):
    assert render("search", "marked", "en", mark_words(text, words)) == marked


def test_the_switch_of_the_bar_keeps_the_figures_with_a_before_and_an_after():
    at = open_page("data", lang="en")
    at.toggle(key="paired").set_value(True).run()
    assert at.query_params == {"lang": "en", "grade": "A,B"}
    assert pressed(at) == ["A", "B"]
    at.toggle(key="paired").set_value(False).run()
    assert at.query_params == {"lang": "en"}
