"""The charts as Plotly specifications: position and form of each mark, which never says more than its row."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import plotly.io as pio
import pytest

from data.model.grades import GRADES
from data.query.filters import Filters, select
from data.query.geography import list_map_units
from data.reading.live import current
from data.wording.colours import IMPROVED, LIGHT, NEUTRAL, SELECTED_OUTLINE, WORSENED, direction_color
from data.wording.findings import list_findings
from data.wording.index_axis import span_axis
from data.wording.rows import Rows
from pages.figures import henan_map as drawing
from pages.figures.dumbbell import dumbbell
from pages.figures.export_figure import export_figure
from pages.figures.findings_chart import findings_chart
from pages.figures.gap_chart import gap_chart
from pages.figures.hover import hover_text
from pages.figures.index_arrows import index_arrows
from pages.figures.level_bars import level_bars
from pages.figures.marks import paired_values
from pages.figures.rank_lines import rank_lines
from pages.figures.rank_slope import rank_slope
from pages.figures.text import escape, text_width, wrap
from pages.markup.geometry import list_arrows
from pages.markup.map_scene import WIDE, build_scene, wrap_label
from pages.markup.palette import GUIDE, MAP_CLASSES, NO_DATA

DATASET = current().dataset
ROWS = {lang: Rows(DATASET, lang) for lang in ("zh", "en")}
LANGS = ("zh", "en")
BY_ID = {(row.case_number, row.metric_id): row for row in ROWS["en"]}
INDEXED = [row for row in ROWS["en"] if row.index is not None]
PAIRED = [row for row in ROWS["en"] if paired_values(row) and row.dimension != "rank"]
RANKED = [row for row in ROWS["en"] if paired_values(row) and row.dimension == "rank"]
ALLOWED = re.compile(r"</?b>|<br>")
EVIL = '<script>x</script> & <a href="y">'
HALVED = BY_ID[6, "approval-time"]
DERIVED = BY_ID[2, "new-debt-limit"]
DOUBTFUL = BY_ID[9, "out-of-county-referral-rate"]


def spec(figure) -> dict[str, Any]:
    return json.loads(figure.to_json())


def named(rows) -> Any:
    return [pytest.param(row, id=f"{row.case_number}-{row.metric_id}") for row in rows]


def strings(part: Any):
    """Every text that a chart shows."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name in ("text", "hovertext", "ticktext", "title"):
                yield from ([inner] if isinstance(inner, str) else inner if isinstance(inner, list) else strings(inner))
            else:
                yield from strings(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from strings(inner)


def plain(text: str) -> str:
    """A label without markup, line breaks, blanks and entities."""
    bare = re.sub(r"\s", "", ALLOWED.sub("", text))
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def each(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """The points of a trace: lists are split into one value per point."""
    marker = {
        name: value if isinstance(value, list) else [value] * len(trace["x"]) for name, value in trace["marker"].items()
    }
    lists = {name: value for name, value in trace.items() if isinstance(value, list)}
    return [
        {
            **{name: value[at] for name, value in lists.items()},
            "marker": {name: value[at] for name, value in marker.items()},
        }
        for at in range(len(trace["x"]))
    ]


def heads(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The arrow heads of an index chart by metric id."""
    return {head["customdata"][1]: head for trace in figure["data"] if "customdata" in trace for head in each(trace)}


def arrow(row: Any) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """The marks of one metric: the lines (shaft and stripes), the baseline mark, the head."""
    *lines, starts, last = spec(index_arrows([row], "en", {row.case_id: ""}))["data"]
    return lines, *each(starts), *each(last)


# --- index_arrows


@pytest.mark.parametrize("lang", LANGS)
def test_every_comparable_figure_ends_at_its_index(lang):
    headings = {case.id: case.title[lang] for case in DATASET.cases}
    figure = spec(index_arrows(ROWS[lang], lang, headings))
    found = heads(figure)
    assert set(found) == {row.metric_id for row in INDEXED}
    assert {name: head["x"] for name, head in found.items()} == {
        row.metric_id: pytest.approx(math.log10(row.index)) for row in INDEXED
    }
    low, high = figure["layout"]["xaxis"]["range"]
    assert all(low < head["x"] < high for head in found.values())
    assert figure["layout"]["xaxis"].get("type", "linear") == "linear"


def test_the_baseline_of_every_arrow_is_100():
    for row in INDEXED:
        (shaft, *_), start, _ = arrow(row)
        assert shaft["x"][0] == start["x"] == 2, row.metric_id
    headings = {row.case_id: row.case_title for row in INDEXED}
    grid, baseline = (shape["path"] for shape in spec(index_arrows(INDEXED, "en", headings))["layout"]["shapes"])
    assert set(re.findall(r"[ML] ([\d.]+),", baseline)) == {"2"}
    assert baseline.count("M") == len(INDEXED)
    assert grid.count("M") % len(INDEXED) == 0 and grid.count("M") > len(INDEXED)


@pytest.mark.parametrize(("lang", "words"), [("zh", ["减半", "持平", "翻番"]), ("en", ["halved", "same", "doubled"])])
def test_the_axis_is_labelled_in_words_at_their_places(lang, words):
    axis = spec(index_arrows([HALVED], lang, {HALVED.case_id: ""}))["layout"]["xaxis"]
    assert axis["ticktext"] == words
    assert axis["tickvals"] == pytest.approx([math.log10(50), 2, math.log10(200)])


SHAPES = {
    "fall": (HALVED, {}, "triangle-left", "circle", "solid", 0),
    "rise": (BY_ID[10, "gdp"], {}, "triangle-right", "circle", "solid", 0),
    "same": (HALVED, {"index": 100.0}, "diamond", "circle", "solid", 0),
    "derived-before": (DERIVED, {}, "triangle-right", "circle-open", "solid", 0),
    "derived-after": (HALVED, {"after_origin": "derived"}, "triangle-left-open", "circle", "solid", 0),
    "over": (HALVED, {"index_bound": "over"}, "triangle-left-open", "circle", "solid", 0),
    "at-least": (HALVED, {"index_bound": "at_least"}, "triangle-left-open", "circle", "solid", 0),
    "nearly": (HALVED, {"index_bound": "nearly"}, "triangle-left", "circle", "dot", 0),
    "about": (HALVED, {"index_bound": "about"}, "triangle-left", "circle", "dot", 0),
    "percent-or-points": (DOUBTFUL, {}, "triangle-left", "circle", "solid", 1),
}


@pytest.mark.parametrize(("row", "other", "head", "start", "dash", "stripes"), SHAPES.values(), ids=SHAPES)
def test_the_marks_say_how_sure_the_figure_is(row, other, head, start, dash, stripes):
    (shaft, *striped), first, last = arrow(replace(row, **other))
    assert (last["marker"]["symbol"], first["marker"]["symbol"], shaft["line"]["dash"], len(striped)) == (
        head,
        start,
        dash,
        stripes,
    )
    assert all(mark["line"]["dash"] == "2px,2px" and mark["x"][1] == last["x"] for mark in striped)


@pytest.mark.parametrize(
    ("direction", "paint"),
    [("improved", IMPROVED), ("worsened", WORSENED), ("unchanged", NEUTRAL), ("unclear", NEUTRAL), (None, NEUTRAL)],
)
def test_the_colour_is_the_direction(direction, paint):
    (shaft, *_), start, head = arrow(replace(HALVED, direction=direction))
    assert (shaft["line"]["color"], head["marker"]["color"], start["marker"]["color"]) == (paint, paint, NEUTRAL)
    assert direction_color(direction) == paint


def test_every_head_carries_its_change_and_nothing_else_does():
    figure = spec(index_arrows(INDEXED, "en", {case.id: "" for case in DATASET.cases}))
    assert [(name, head["text"]) for name, head in heads(figure).items()] == [
        (row.metric_id, f"<b>{escape(row.change_label)}</b>") for row in INDEXED
    ]
    assert ["customdata" in trace for trace in figure["data"] if "text" in trace] == [True]
    assert len({head["y"] for head in heads(figure).values()}) == len(INDEXED)


def test_within_a_case_the_order_is_the_callers_and_never_that_of_size():
    case_id = "2020-09-dancheng-health"
    own = [row for row in INDEXED if row.case_id == case_id]
    for rows in (own, own[::-1], sorted(own, key=lambda row: row.index)):
        found = heads(spec(index_arrows(rows, "en", {case_id: ""})))
        assert list(found) == [row.metric_id for row in rows]
        depths = [head["y"] for head in found.values()]
        assert depths == sorted(depths)


def test_every_case_has_its_heading_and_only_one_with_an_index_a_mark():
    headings = {case.id: f"{case.number}  {case.title.en}" for case in DATASET.cases}
    empty = next(case.id for case in DATASET.cases if case.id not in {row.case_id for row in INDEXED})
    figure = spec(index_arrows(INDEXED, "en", headings))
    texts = [plain(annotation["text"]) for annotation in figure["layout"]["annotations"]]
    assert all(plain(heading) in "".join(texts) for heading in headings.values())
    assert empty not in {head["customdata"][0] for head in heads(figure).values()}


def test_no_line_of_text_lies_on_another_or_on_a_mark():
    headings = {case.id: case.title.en for case in DATASET.cases}
    layout = (figure := spec(index_arrows(INDEXED, "en", headings)))["layout"]
    depths = sorted(
        [annotation["y"] for annotation in layout["annotations"]] + [head["y"] for head in heads(figure).values()]
    )
    assert min(after - before for before, after in pairwise(depths)) >= 18
    bottom, top = layout["yaxis"]["range"]
    assert top == 0 < depths[0] < depths[-1] < bottom


def test_figures_apart_share_an_axis():
    lone = spec(index_arrows([HALVED], "en", {HALVED.case_id: ""}, [12.0, 900.0]))["layout"]["xaxis"]["range"]
    low, high = spec(index_arrows([HALVED], "en", {HALVED.case_id: ""}))["layout"]["xaxis"]["range"]
    assert lone[0] < math.log10(12) < low
    assert lone[1] > math.log10(900) > high


def test_a_fall_to_nothing_is_drawn_at_the_lower_end():
    nothing = replace(HALVED, index=0.0)
    figure = spec(index_arrows([nothing], "en", {HALVED.case_id: ""}))
    assert figure["layout"]["xaxis"]["range"][0] < heads(figure)["approval-time"]["x"] <= 0


# --- dumbbell


@pytest.mark.parametrize("row", named(PAIRED))
def test_dumbbell_from_zero_with_the_values_of_the_table(row):
    figure = spec(dumbbell(row, "en"))
    shaft, before, after = figure["data"]
    assert (shaft["x"], before["x"], after["x"]) == (
        [row.before_value, row.after_value],
        [row.before_value],
        [row.after_value],
    )
    low, high = figure["layout"]["xaxis"]["range"]
    assert low <= 0 < max(row.before_value, row.after_value) < high
    assert -low < 0.05 * high
    assert any(shape["x0"] == shape["x1"] == 0 for shape in figure["layout"]["shapes"])
    assert [annotation["text"] for annotation in figure["layout"]["annotations"]] == [
        escape(row.before_label),
        f"<b>{escape(row.after_label)}</b>",
    ]


ENDS = {
    "both-stated": ({}, "circle", "triangle-left", "solid"),
    "derived-before": ({"before_origin": "derived"}, "circle-open", "triangle-left", "solid"),
    "derived-after": ({"after_origin": "derived"}, "circle", "triangle-left-open", "solid"),
    "after-over": ({"after_bound": "over"}, "circle", "triangle-left-open", "solid"),
    "after-nearly": ({"after_bound": "nearly"}, "circle", "triangle-left", "dot"),
    "before-about": ({"before_bound": "about"}, "circle", "triangle-left", "dot"),
    "rise": ({"before_value": 20.0}, "circle", "triangle-right", "solid"),
    "same": ({"before_value": 50.0}, "circle", "diamond", "solid"),
}


@pytest.mark.parametrize(("other", "start", "end", "dash"), ENDS.values(), ids=ENDS)
def test_the_ends_say_where_they_come_from(other, start, end, dash):
    shaft, before, after = spec(dumbbell(replace(HALVED, **other), "en"))["data"]
    assert (before["marker"]["symbol"], after["marker"]["symbol"], shaft["line"]["dash"]) == (start, end, dash)


UNDRAWABLE = {
    "missing-before": {"before_value": None},
    "missing-after": {"after_value": None},
    "two-units": {"before_unit_id": "month"},
}


@pytest.mark.parametrize("other", UNDRAWABLE.values(), ids=UNDRAWABLE)
def test_ends_that_do_not_share_an_axis_are_not_drawn(other):
    assert paired_values(HALVED)
    assert not paired_values(replace(HALVED, **other))


def test_the_two_ends_of_licence_time_are_not_drawn():
    assert not paired_values(BY_ID[10, "licence-time"])


# --- rank_slope


@pytest.mark.parametrize("row", named(RANKED))
def test_rank_slope_with_the_first_place_on_top(row):
    figure = spec(rank_slope(row, "en"))
    slope, before, after = figure["data"]
    assert (slope["y"], before["y"], after["y"]) == (
        [row.before_value, row.after_value],
        [row.before_value],
        [row.after_value],
    )
    lowest, top = figure["layout"]["yaxis"]["range"]
    assert lowest > max(row.before_value, row.after_value)
    assert top < 1
    assert before["x"] < after["x"]
    assert (plain(before["text"][0]), plain(after["text"][0])) == (plain(row.before_label), plain(row.after_label))
    assert before["marker"]["symbol"] == ("circle-open" if row.before_origin == "derived" else "circle")


def test_a_stated_place_is_solid_and_a_derived_one_hollow():
    row = replace(BY_ID[4, "portal-rank"], before_origin="stated", after_origin="derived")
    _, before, after = spec(rank_slope(row, "en"))["data"]
    assert (before["marker"]["symbol"], after["marker"]["symbol"]) == ("circle", "circle-open")


# --- level_bars


def test_level_bars_start_at_zero_and_carry_their_value():
    rows = [row for row in ROWS["en"] if row.unit_id == "enterprise" and row.after_value is not None][:5]
    sizes = [row.after_value for row in rows]
    figure = spec(level_bars(rows, sizes, "en"))
    assert [(bar["x"], bar.get("base"), bar["text"]) for bar in figure["data"]] == [
        ([size], None, [f"<b>{escape(row.after_label)}</b>"]) for row, size in zip(rows, sizes, strict=True)
    ]
    low, high = figure["layout"]["xaxis"]["range"]
    assert low == 0
    assert high > max(sizes)
    assert len({bar["y"][0] for bar in figure["data"]}) == len(rows)


def test_bars_of_changes_go_to_both_sides_in_the_colour_of_their_direction():
    rise = BY_ID[9, "health-literacy"]
    fall = replace(rise, change_value=-5.0, change_label="−5 pp", direction="worsened")
    figure = spec(level_bars([rise, fall], [7.5, -5.0], "en", changes=True))
    assert [(bar["x"], bar["text"], bar["marker"]["color"]) for bar in figure["data"]] == [
        ([7.5], [f"<b>{rise.change_label}</b>"], IMPROVED),
        ([-5.0], ["<b>−5 pp</b>"], WORSENED),
    ]
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < -5 and high > 7.5


@pytest.mark.parametrize(("bound", "opacity"), [("exact", 1), ("over", 0.55), ("about", 0.55)])
def test_a_bounded_value_has_a_lighter_bar(bound, opacity):
    row = replace(BY_ID[9, "health-literacy"], change_bound=bound)
    (bar,) = spec(level_bars([row], [row.change_value], "en", changes=True))["data"]
    assert bar["marker"]["opacity"] == opacity


# --- rank_lines


def test_a_line_of_a_ranking_goes_from_the_place_before_to_the_one_after():
    rows = [row for row in ROWS["en"] if row.dimension == "rank" and row.after_value is not None and row.grade != "P"]
    drawn = [part for part in spec(rank_lines(rows, "en"))["data"] if part["mode"] == "lines"]
    assert [line["x"] for line in drawn] == [
        [row.after_value if row.before_value is None else row.before_value, row.after_value] for row in rows
    ]
    hollow = [part["marker"]["symbol"] for part in spec(rank_lines(rows, "en"))["data"] if "marker" in part]
    assert hollow.count("circle-open") == sum(row.before_origin == "derived" for row in rows) > 0
    with pytest.raises(ValueError, match="no place in a ranking"):
        rank_lines([replace(rows[0], after_value=None)], "en")


# --- henan_map

PLACES = list_map_units(DATASET)
CHOSEN = "411600"
ADDRESS = "/reform/api/boundaries.geojson"
LEVELS = [None, 0, 1, 2, 3, 4]


def the_areas(chosen: tuple[str, ...] = ()) -> list[drawing.Area]:
    """The areas with every class in turn."""
    levels = zip(PLACES, LEVELS * 3, strict=True)
    return [drawing.Area(place.code, level, place.code in chosen) for place, level in levels]


def draw_areas(areas: list[drawing.Area]) -> Any:
    return drawing.draw_areas(ADDRESS, areas, WIDE.height, {})


def the_map(chosen: tuple[str, ...] = ()) -> dict[str, Any]:
    return spec(draw_areas(the_areas(chosen)))


def choropleths(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """The areas and the outlines above them."""
    return [trace for trace in figure["data"] if trace["type"] == "choropleth"]


@pytest.mark.parametrize("chosen", [(), (CHOSEN,), tuple(place.code for place in PLACES)], ids=["none", "one", "all"])
def test_the_map_has_18_areas_and_a_first_trace_without_any(chosen):
    first, areas, outlines = the_map(chosen)["data"]
    assert (first["type"], first["mode"], first["hoverinfo"]) == ("scattergeo", "text", "skip")
    assert (
        [area for (area,) in areas["customdata"]]
        == areas["locations"]
        == outlines["locations"]
        == [place.code for place in PLACES]
    )
    assert len(areas["locations"]) == 18
    assert (outlines["hoverinfo"], "customdata" in outlines) == ("skip", False)


def test_the_map_is_small_because_the_browser_fetches_the_boundaries_once():
    figure = the_map(chosen=(CHOSEN,))
    assert {trace["geojson"] for trace in choropleths(figure)} == {ADDRESS}
    assert len(json.dumps(figure)) < 10_000


def test_a_chosen_area_has_its_own_outline():
    _, outlines = choropleths(the_map(chosen=(CHOSEN,)))
    assert [
        code for code, width in zip(outlines["locations"], outlines["marker"]["line"]["width"], strict=True) if width
    ] == [CHOSEN]
    assert outlines["marker"]["line"]["color"] == SELECTED_OUTLINE


def test_the_colour_of_an_area_is_its_class_and_no_data_is_unlike_zero():
    trace, _ = choropleths(the_map())
    edges, paints = zip(*trace["colorscale"], strict=True)
    assert (trace["zmin"], edges[0], edges[-1]) == (0, 0, 1)

    def paint(z: float) -> str:
        at = z / trace["zmax"]
        (found,) = {
            one
            for low, high, one, other in zip(edges, edges[1:], paints, paints[1:], strict=False)
            if low < at < high and one == other
        }
        return found

    assert [paint(z) for z in trace["z"]] == [NO_DATA, *MAP_CLASSES] * 3
    assert len({NO_DATA, *MAP_CLASSES}) == 6


def test_a_selection_dims_nothing():
    for trace in choropleths(the_map(chosen=(CHOSEN,))):
        assert trace["selected"] == trace["unselected"] == {"marker": {"opacity": 1}}


@pytest.mark.parametrize("lang", LANGS)
def test_the_map_that_leaves_the_page_has_its_discs_lines_and_labels_inside(lang):
    scene = build_scene(DATASET, Filters(), lang)
    layout = spec(drawing.export_map(ADDRESS, the_areas(), scene))["layout"]
    labelled = [spot for spot in scene.cases.spots if spot.headline]
    kinds = [shape["type"] for shape in layout["shapes"]]
    assert (kinds.count("circle"), kinds.count("line")) == (len(scene.cases.spots), 2 * len(labelled))
    assert all(0 <= shape[end] <= 1 for shape in layout["shapes"] for end in ("x0", "x1", "y0", "y1"))
    written = [annotation["text"] for annotation in layout["annotations"]]
    for spot in labelled:
        for style, line in wrap_label(spot, lang, WIDE):
            assert (f"<b>{escape(line)}</b>" if style == "value" else escape(line)) in written
    for annotation in layout["annotations"]:
        width = text_width(ALLOWED.sub("", annotation["text"])) * annotation["font"]["size"] * 0.9
        start = {"left": 0, "center": -width / 2, "right": -width}[annotation["xanchor"]]
        left = annotation["x"] * layout["width"] + start
        assert left >= -1 and left + width <= layout["width"] + 1, annotation["text"]


def test_the_map_that_leaves_the_page_has_its_legend_with_what_is_not_painted_framed():
    figure = draw_areas([drawing.Area(place.code, None) for place in PLACES])
    legend = spec(
        export_figure(
            figure, "Bonds", "A schematic", ["Source"], [("", NO_DATA, "no data"), ("●", LIGHT["ink"], "county")]
        )
    )["layout"]["annotations"]
    square, words, point, other = legend[2:6]
    assert (square["bgcolor"], square["bordercolor"], square["borderwidth"], words["text"]) == (
        NO_DATA,
        NEUTRAL,
        1,
        "no data",
    )
    assert (point["text"], point["font"]["color"], other["text"]) == ("●", LIGHT["ink"], "county")
    assert square["xshift"] < words["xshift"] < point["xshift"] < other["xshift"]
    subtitle, first_line_above_the_map = legend[1]["yshift"] - 22, square["yshift"] + 8
    assert subtitle > first_line_above_the_map


# --- what stands as a table on the page: findings, gaps


def findings_of(lang: str) -> tuple[Any, ...]:
    return list_findings(select(DATASET, Filters()), range(len(DATASET.cases)), lang)


@pytest.mark.parametrize("lang", LANGS)
def test_the_image_of_the_findings_has_every_line_of_the_table_and_an_arrow_for_every_index(lang):
    cases = findings_of(lang)
    figure = spec(findings_chart(cases, lang))
    shown = plain("".join(annotation["text"] for annotation in figure["layout"]["annotations"]))
    first = [finding for case in cases for finding in case.first]
    for case in cases:
        assert plain(f"{case.number}{case.title}") in shown
        assert plain(case.places) in shown
        assert plain(case.note) in shown
    assert [finding.row.metric_id for finding in first if plain(finding.row.name) not in shown] == []
    assert [finding.change for finding in first if plain(finding.change) not in shown] == []
    ends = [trace for trace in figure["data"] if str(trace.get("marker", {}).get("symbol", "")).startswith("triangle")]
    arrows = [finding for finding in first if finding.arrow]
    axis = span_axis(list_arrows(cases))
    same = 830 + axis.share(100) * 232
    assert len(ends) == len(arrows) > 5
    for trace, finding in zip(ends, arrows, strict=True):
        assert trace["x"] == pytest.approx([830 + axis.share(finding.row.index) * 232])
        assert (trace["x"][0] < same) == (finding.row.index < 100)
        assert trace["marker"]["color"] == direction_color(finding.row.direction)


def test_the_lines_of_the_findings_do_not_touch():
    figure = spec(findings_chart(findings_of("en"), "en"))
    by_left: dict[float, list[float]] = {}
    for annotation in figure["layout"]["annotations"]:
        if annotation.get("xanchor") == "left" and not annotation.get("xshift"):
            by_left.setdefault(annotation["x"], []).append(annotation["y"])
    assert len(by_left) == 5
    for tops in by_left.values():
        assert all(after - before >= 16 for before, after in pairwise(sorted(tops)))


def test_the_image_of_the_gaps_has_a_dot_for_every_count_and_none_for_an_empty_cell():
    rows = {"one": Counter({"A": 1, "E": 100, "P": 2}), "two": Counter({"E": 25})}
    figure = spec(gap_chart(Counter({"A": 1, "E": 110, "P": 2}), rows, {"one": "One", "two": "Two"}, "en"))
    sizes = [trace["marker"]["size"] for trace in figure["data"]]
    assert sizes == [7, 30, 7, 15], "the area grows with the count"
    assert figure["data"][2]["marker"]["symbol"] == "circle-open", "a plan is no evidence"
    texts = [plain(annotation["text"]) for annotation in figure["layout"]["annotations"]]
    assert texts.count("–") == 3 * len(GRADES) - len(sizes) - len("AEP")
    assert {"110", "100", "25", "One", "Two", "Alldomains"} <= set(texts)


# --- every figure


def figures(row: Any, lang: str) -> list[dict[str, Any]]:
    """Each kind of chart, drawn from one row."""
    full = replace(
        row, before_value=3.0, after_value=2.0, change_value=-1.0, index=66.0, before_unit_id="day", after_unit_id="day"
    )
    arrows = index_arrows([full], lang, {row.case_id: row.case_title, "other": row.finding})
    edition = export_figure(dumbbell(full, lang), row.finding, row.place, [row.periods, row.name])
    drawn = [
        arrows,
        dumbbell(full, lang),
        rank_slope(full, lang),
        level_bars([full], [2.0], lang),
        edition,
    ]
    return [spec(figure) for figure in (*drawn, draw_areas(the_areas()))]


def test_a_text_from_the_data_is_never_markup():
    texts = dict.fromkeys(
        (
            "name",
            "finding",
            "place",
            "periods",
            "case_title",
            "grade_word",
            "direction_word",
            "before_label",
            "after_label",
            "change_label",
        ),
        EVIL,
    )
    *drawn, _areas = figures(replace(HALVED, **texts, formula_label=EVIL, phrases=EVIL), "en")
    scene = build_scene(DATASET, Filters(), "en")
    named = replace(scene, names=tuple(replace(name, text=EVIL, value=EVIL) for name in scene.names))
    for figure in (*drawn, spec(drawing.export_map(ADDRESS, the_areas(), named))):
        shown = list(strings({"data": figure["data"], "layout": {**figure["layout"], "template": {}}}))
        assert any("&lt;script" in text for text in shown)
        assert not [
            text for text in shown if re.search(r"[<>]", ALLOWED.sub("", text)) or re.search(r"&(?!lt;|gt;|amp;)", text)
        ]


@pytest.mark.parametrize("lang", LANGS)
def test_pointing_at_a_mark_tells_everything(lang):
    for row in ROWS[lang]:
        text = plain(hover_text(row, lang))
        wanted = [
            row.finding,
            row.place,
            row.periods,
            f"{row.grade} {row.grade_word}",
            row.direction_word,
            row.formula_label,
            *row.phrases.split(" | "),
        ]
        assert not [part for part in wanted if plain(part) not in text], row.metric_id
        assert not ALLOWED.sub("", hover_text(row, lang)).count("<")


COLOURS = {IMPROVED, WORSENED, NEUTRAL, GUIDE, *MAP_CLASSES, "#ffffff", "rgba(0,0,0,0)"}


def painted(part: Any, name: str = ""):
    """Every color in a specification, as (property, color)."""
    if isinstance(part, dict):
        for key, inner in part.items():
            yield from painted(inner, key)
    elif isinstance(part, list):
        for inner in part:
            yield from painted(inner, name)
    elif name in ("color", "bgcolor", "gridcolor", "paper_bgcolor", "plot_bgcolor", "colorscale") and isinstance(
        part, str
    ):
        yield name, part


def test_the_colours_of_a_figure_are_the_shared_ones():
    *drawn, _edition, areas = figures(HALVED, "en")
    for figure in (*drawn, areas):
        assert {paint for _, paint in painted({**figure, "layout": {**figure["layout"], "template": {}}})} <= COLOURS
        assert "font" not in figure["layout"] or "color" not in figure["layout"]["font"]


def test_the_template_has_transparent_grounds_and_leaves_the_text_to_the_theme():
    template = json.loads(json.dumps(pio.templates["henan"].to_plotly_json()))["layout"]
    assert template["paper_bgcolor"] == template["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert "color" not in template["font"]
    assert len(template["colorway"]) >= 10


def test_the_edition_that_leaves_the_page_is_light_wide_and_carries_its_source():
    figure = spec(
        export_figure(dumbbell(HALVED, "en"), HALVED.finding, "Anyang", ["Source: a document", "A caveat " * 40])
    )
    layout = figure["layout"]
    assert (layout["width"], layout["paper_bgcolor"]) == (1200, LIGHT["ground"])
    texts = [plain(annotation["text"]) for annotation in layout["annotations"]]
    for part in (HALVED.finding, "Anyang", "Source: a document", "A caveat " * 40):
        assert plain(part) in "".join(texts)
    assert [trace["x"] for trace in figure["data"]] == [trace["x"] for trace in spec(dumbbell(HALVED, "en"))["data"]]


WRAPPED = {
    "words": ("one two three four", 6, ["one two", "three four"]),
    "full-width": ("一二三四五六", 3, ["一二三", "四五六"]),
    "no-line-begins-with-a-stop": ("一二三。四五六", 3, ["一二三。", "四五六"]),
    "a-number-is-kept-whole": ("由1,452亿元增至2,333亿元", 6, ["由1,452亿元", "增至2,333亿", "元"]),
    "short": ("one", 6, ["one"]),
    "empty": ("", 6, []),
}


@pytest.mark.parametrize(("text", "ems", "lines"), WRAPPED.values(), ids=WRAPPED)
def test_text_is_wrapped_because_plotly_never_does(text, ems, lines):
    assert wrap(text, ems) == lines


@pytest.mark.parametrize("lang", LANGS)
def test_wrapping_loses_nothing(lang):
    for row in ROWS[lang]:
        lines = wrap(row.finding, 25)
        assert plain("".join(lines)) == plain(row.finding)
        assert all(text_width(line) <= 27 or " " not in line for line in lines), row.finding
