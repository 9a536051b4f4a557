"""Pictures say what the page says, row by row, in both shapes, and draw each mark where the page has it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from itertools import pairwise
from typing import Any, get_args

import pytest

from data.query.filters import Filters, select
from data.query.findings import count_gaps
from data.reading.live import current
from data.wording.colours import LIGHT
from data.wording.compare import order_group
from data.wording.findings import describe_finding, find_shown_marks, list_findings, list_gaps
from data.wording.labels import LENGTHS_NOTE
from data.wording.marks import say_meaning
from data.wording.ready_sets import list_ready_sets
from data.wording.remarks import list_doubts
from data.wording.rows import Rows
from pages.markup import geometry
from pages.markup.environment import render
from pages.markup.links import Links
from pages.markup.text_width import text_width
from pages.plots import ALONE, COLUMNS, Shape, draw_findings, draw_group, draw_matrix, draw_metric, frame

DATASET = current().dataset
LANGS, SHAPES = ("zh", "en"), get_args(Shape)
ROWS = {lang: Rows(DATASET, lang) for lang in LANGS}
BY_ID = {(row.case_number, row.metric_id): row for row in ROWS["en"]}
SIGNS = re.compile(r"[\s→⚠·○]")
EVIL = '<script>x</script> & <a href="y">'
both = pytest.mark.parametrize(("lang", "shape"), [(lang, shape) for lang in LANGS for shape in SHAPES])


def find_cases(lang: str, **chosen: Any):
    selection = select(DATASET, Filters(**chosen))
    return list_findings(selection, range(len(selection.cases)), lang)


def texts(figure) -> list[dict[str, Any]]:
    return json.loads(figure.to_json())["layout"]["annotations"]


def bare(words: Iterable[str]) -> Counter[str]:
    """The characters of texts without markup, blanks, and the signs between words."""
    return Counter(SIGNS.sub("", unescape(re.sub(r"</?b>|<br>", "", "".join(words)))))


def cells(html: str, name: str) -> list[str]:
    """What is seen in the cells of a class, row by row."""
    found = re.findall(rf'<t[dh][^>]*class="{name}[ "].*?</t[dh]>', html, re.DOTALL)
    return [
        re.sub(r"<[^>]+>", "", re.sub(r'<span class="(spoken|ticks)".*?</span>|<summary>.*?</summary>', "", cell))
        for cell in found
    ]


def rows_of(figure, lang: str) -> list[list[str]]:
    """The texts of each row right of the headings: between the first lines of two rows."""
    data = json.loads(figure.to_json())
    depths = [y - 13 for y in data["data"][0]["y"]]
    inside = [note for note in texts(figure) if note["x"] > COLUMNS["wide"].case[0]]
    return [
        [note["text"] for note in inside if top <= note["y"] < end]
        for top, end in pairwise([*depths, data["layout"]["height"]])
    ]


def shown_rows(html: str) -> list[str]:
    """What the rows of a table of findings show that are not folded, without the titles of cases."""
    rows = [row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if 'class="more"' not in row]
    rows = [re.sub(r'<a class="more-ways".*?</a>', "", row) for row in rows]
    parts = ["".join("".join(cells(row, name)) for name in ("what", "change", "state")) for row in rows[1:]]
    return [part for part in parts if part]


@pytest.mark.parametrize("lang", LANGS)
def test_the_picture_of_the_overview_says_what_its_rows_say(lang):
    cases = find_cases(lang)
    html = render("findings", "overview", lang, None, cases, Links())
    figure = draw_findings(cases, lang, "wide")
    drawn, shown = rows_of(figure, lang), shown_rows(html)
    notes = " ".join(case.note for case in cases)
    assert len(drawn) == len(shown) == sum(len(case.first) for case in cases)
    for picture, page in zip(drawn, shown, strict=True):
        assert bare(text for text in picture if text.replace("<br>", " ") not in notes) == bare([page])
    left = [note["text"] for note in texts(figure) if note["x"] == COLUMNS["wide"].case[0]]
    headings = [text for text in left if text != LENGTHS_NOTE[lang]]
    assert bare(headings) == bare(cells(html, "reform")[1:])


@both
def test_both_shapes_have_the_words_of_the_page_and_no_others(lang, shape):
    cases = find_cases(lang)
    html = render("findings", "overview", lang, None, cases, Links())
    legend = [say_meaning(mark, lang) for mark in find_shown_marks(cases)]
    figure = draw_findings(cases, lang, shape)
    ticks = [words for _, words in geometry.scale_findings(cases, lang).ticks]
    notes = [case.note for case in cases if case.note]
    expected = [*cells(html, "reform")[1:], *shown_rows(html), *notes, *legend, *ticks, LENGTHS_NOTE[lang]]
    assert bare(note["text"] for note in texts(figure)) == bare(expected)
    assert all(words in html for words in (*legend, *ticks, LENGTHS_NOTE[lang]))


@pytest.mark.parametrize("lang", LANGS)
def test_the_picture_of_every_ready_comparison_says_what_its_rows_say(lang):
    for group in (group for ready in list_ready_sets(DATASET, Filters(), lang) for group in ready.found.groups):
        scale = geometry.scale_group(group, DATASET.units, lang)
        pairs = [(describe_finding(group.rows[at], lang), scale.marks[at]) for at in order_group(group)]
        html = render("findings", "group", lang, group.id, [pairs], scale, geometry.list_marks(group, scale), Links())
        drawn = rows_of(draw_group(group, DATASET.units, lang, "wide"), lang)
        assert [bare(row) for row in drawn] == [bare([row]) for row in shown_rows(html)]
        legend = [
            *(say_meaning(name, lang) for name in geometry.list_marks(group, scale)),
            *([LENGTHS_NOTE[lang]] if group.kind == "index" else []),
        ]
        told = {note["text"] for note in texts(draw_group(group, DATASET.units, lang, "square"))}
        assert legend and {*legend} <= told and all(f"{words}</li>" in html for words in legend)


@both
def test_the_picture_of_every_figure_has_its_value_state_and_doubts(lang, shape):
    for row in ROWS[lang]:
        finding, axis = describe_finding(row, lang), geometry.share_axis([row])
        told = bare(note["text"] for note in texts(draw_metric(row, axis, lang, shape)))
        place = geometry.chart_kind(row) in ("line", "index")
        said = [finding.state, *(word for word, _ in finding.doubts)]
        assert not bare([*said, *([finding.label, finding.was] if place else [finding.value])]) - told, row.metric_id


def arrows(figure) -> list[dict[str, Any]]:
    """The shafts of arrows right of the names."""
    shapes = json.loads(figure.to_json())["layout"]["shapes"]
    left = COLUMNS["wide"].axis[0]
    return [each for each in shapes if each["type"] == "line" and each["line"]["width"] == 4 and each["x0"] > left]


@pytest.mark.parametrize("lang", LANGS)
def test_an_arrow_begins_and_ends_where_the_page_has_it_in_its_colour(lang):
    cases = find_cases(lang)
    scale, (left, width) = geometry.scale_findings(cases, lang), COLUMNS["wide"].axis
    found = [finding for case in cases for finding in case.first if finding.arrow]
    drawn = arrows(draw_findings(cases, lang, "wide"))[-len(found) :]
    for finding, shaft in zip(found, drawn, strict=True):
        mark = scale.mark(finding)
        places = [left + width * at / 100 for at in (mark.start, mark.end)]
        head = min(13, 0.65 * abs(places[1] - places[0]))
        assert shaft["x0"] == pytest.approx(places[0])
        assert abs(places[1] - shaft["x1"]) == pytest.approx(head)
        assert shaft["line"]["color"] == LIGHT.get(f"{finding.row.direction}-text", LIGHT["quiet"])
        assert (shaft["line"]["dash"] != "solid") == finding.row.doubtful
        html = render("marks", "mark", lang, finding, mark, scale)
        assert f"--to:{mark.end:.2f}%" in html


@pytest.mark.parametrize(
    ("other", "dash", "hollow", "closed"),
    [
        ({}, "solid", False, True),
        ({"before_origin": "derived"}, "solid", True, True),
        ({"index_bound": "about"}, "dot", False, True),
        ({"index_bound": "over"}, "solid", False, False),
        ({"after_origin": "derived"}, "solid", False, True),
        ({"doubtful": True}, "3px,2px", False, None),
    ],
)
def test_a_mark_says_how_sure_its_figure_is_on_the_page_and_in_the_picture(other, dash, hollow, closed):
    row = replace(BY_ID[9, "primary-care-visits"], **other)
    shapes = json.loads(draw_metric(row, geometry.share_axis([row]), "en", "wide").to_json())["layout"]["shapes"]
    left = ALONE["wide"].axis[0] + 100
    shaft = [each for each in shapes if each["line"]["width"] == 4 and each["x0"] > left][-1]
    dot = next(each for each in reversed(shapes) if each["type"] == "circle")
    paths = (each for each in shapes if each["type"] == "path")
    head = [each for each in paths if float(each["path"].split("L")[1].split(",")[1]) == shaft["y0"]]
    assert shaft["line"]["dash"] == dash
    assert dot["fillcolor"] == LIGHT["ground" if hollow else "quiet"]
    assert [each["path"].endswith("Z") for each in head] == ([] if closed is None else [closed])
    axis = geometry.scale_metric(row, geometry.share_axis([row]), "en")
    classes = re.search(
        r'class="arrow ([^"]*)"', render("marks", "mark", "en", describe_finding(row, "en"), axis.marks[0], axis)
    )[1]
    assert tuple(name in classes.split() for name in ("hollow", "dotted", "open_head", "dashed")) == (
        hollow,
        dash == "dot",
        closed is False,
        closed is None,
    )


def test_a_short_arrow_has_a_short_head_and_a_fall_to_nothing_keeps_inside():
    row = replace(BY_ID[9, "inpatient-cost-per-stay"], index=0.0)
    axis = geometry.share_axis([row])
    assert 0 < geometry.mark_index(row, axis).end < 50
    cases = find_cases("en", grade=("E",))
    assert geometry.scale_findings(cases, "en").axis is None
    assert not arrows(draw_findings(cases, "en", "wide"))


@pytest.mark.parametrize("lang", LANGS)
def test_a_case_without_a_change_is_one_line_that_says_what_it_states(lang):
    cases = find_cases(lang, grade=("E",))
    html = render("findings", "findings", lang, cases, Links())
    lines = [case.say_in_a_line(lang) for case in cases]
    assert [bare([cell]) for cell in cells(html, "note")] == [bare([line]) for line in lines]
    drawn = bare(note["text"] for note in texts(draw_findings(cases, lang, "wide")))
    assert not bare(lines) - drawn


@both
def test_the_picture_of_the_matrix_has_every_count_and_a_dot_for_each(lang, shape):
    rows = list_gaps(count_gaps(DATASET, Filters()), DATASET.domains, lang)
    figure = json.loads(draw_matrix(rows, lang, shape).to_json())
    html = render("matrix", "matrix", lang, rows, Links())
    counts = [f"{cell.count:,}" if cell.count else "–" for row in rows for cell in row.cells]
    labels = [row.label for row in rows] + [cell.words for cell in rows[0].cells]
    assert bare(note["text"] for note in figure["layout"]["annotations"]) == bare([*counts, *labels])
    dots = [each for each in figure["layout"]["shapes"] if each["type"] == "circle"]
    assert len(dots) == html.count('class="bubble') == sum(cell.count > 0 for row in rows[1:] for cell in row.cells)


@both
def test_a_framed_picture_has_title_and_source_in_letters_that_can_be_read(lang, shape):
    title, foot = "A title", ["Source: a document " * 12, "https://example.org/?lang=en"]
    figure = json.loads(frame(draw_findings(find_cases(lang), lang, shape), title, ["A line"], foot, shape).to_json())
    layout = figure["layout"]
    assert not bare([title, "A line", *foot]) - bare(note["text"] for note in layout["annotations"])
    assert layout["width"] == 1200 if shape == "wide" else layout["width"] == layout["height"]
    posted = 1200 if shape == "wide" else 1080
    sizes = [note["font"]["size"] for note in layout["annotations"]]
    assert min(sizes) * posted / layout["width"] >= 12.9
    ends = [note["y"] for note in layout["annotations"] if note.get("yref") == "paper"]
    assert min(ends) > 0
    assert max(ends) <= 1


def boxes(figure) -> list[tuple[str, float, float, float, float]]:
    """Each text of a figure with its left, right, upper and lower edge in px, as wide as letters of Arial are."""
    found = []
    for note in texts(figure):
        lines, size = re.sub(r"</?b>", "", note["text"]).split("<br>"), note["font"]["size"]
        wide, high = max(map(text_width, lines)) * size * 0.92, len(lines) * size * 1.2
        left = note["x"] - {"left": 0, "center": wide / 2, "right": wide}[note["xanchor"]]
        top = note["y"] - (high / 2 if note["yanchor"] == "middle" else 0)
        found.append((note["text"], left, left + wide, top, top + high))
    return found


@both
def test_no_text_lies_on_another_or_leaves_the_picture(lang, shape):
    ready = list_ready_sets(DATASET, Filters(), lang)
    groups = [draw_group(group, DATASET.units, lang, shape) for each in ready for group in each.found.groups]
    metrics = [draw_metric(row, geometry.share_axis([row]), lang, shape) for row in ROWS[lang]]
    of_cities = [
        find_cases(lang, city=(code,)) for code in ("410000", "410300", "410400", "410500", "411200", "411600")
    ]
    findings = [draw_findings(cases, lang, shape) for cases in (find_cases(lang), *of_cities)]
    for figure in (*findings, *groups, *metrics):
        placed = boxes(figure)
        for text, left, right, top, bottom in placed:
            assert left >= 20 and right <= COLUMNS[shape].width, text
            over = [
                other
                for other, start, end, upper, lower in placed
                if other != text and left < end and start < right and top < lower and upper < bottom
            ]
            assert over == [], text


@pytest.mark.parametrize("lang", LANGS)
def test_pointing_at_a_row_tells_its_sentence_its_doubts_and_its_source(lang):
    cases = find_cases(lang)
    hover = json.loads(draw_findings(cases, lang, "wide").to_json())["data"][0]["hovertext"]
    found = [finding.row for case in cases for finding in case.first]
    for row, text in zip(found, hover, strict=True):
        told = [row.finding, row.place, row.periods, *list_doubts(row, lang), *row.phrases.split(" | ")]
        assert not bare(told) - bare([text.replace("<br>", "")]), row.metric_id


@both
def test_a_text_from_the_data_is_never_markup(lang, shape):
    row = replace(
        BY_ID[6, "approval-time"], **dict.fromkeys(("name", "short", "finding", "before_label", "doubt"), EVIL)
    )
    figure = frame(draw_metric(row, geometry.share_axis([row]), lang, shape), EVIL, [EVIL], [EVIL], shape)
    data = json.loads(figure.to_json())
    shown = [note["text"] for note in data["layout"]["annotations"]] + data["data"][0]["hovertext"]
    assert sum("&lt;script" in text for text in shown) >= 5
    assert not [text for text in shown if re.search(r"[<>]", re.sub(r"</?b>|<br>", "", text))]
