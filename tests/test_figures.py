"""The map as a picture, as a Plotly specification, and the lines that text is broken into."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from data.query.filters import Filters
from data.query.geography import list_map_units
from data.reading.live import current
from data.wording.colours import LIGHT, NEUTRAL, SELECTED_OUTLINE
from data.wording.rows import Rows
from pages.figures import henan_map as drawing
from pages.figures.export_figure import export_figure
from pages.figures.style import plain as escape
from pages.markup.map_scene import WIDE, build_scene, wrap_label
from pages.markup.palette import MAP_CLASSES, NO_DATA
from pages.markup.text_width import text_width, wrap

DATASET = current().dataset
LANGS = ("zh", "en")
ROWS = {lang: Rows(DATASET, lang) for lang in LANGS}
ALLOWED = re.compile(r"</?b>|<br>")
EVIL = '<script>x</script> & <a href="y">'


def spec(figure) -> dict[str, Any]:
    return json.loads(figure.to_json())


def plain(text: str) -> str:
    """A label without markup, line breaks, blanks and entities."""
    bare = re.sub(r"\s", "", ALLOWED.sub("", text))
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


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


def test_a_name_on_the_map_is_never_markup():
    scene = build_scene(DATASET, Filters(), "en")
    named = replace(scene, names=tuple(replace(name, text=EVIL, value=EVIL) for name in scene.names))
    figure = spec(drawing.export_map(ADDRESS, the_areas(), named))
    shown = [annotation["text"] for annotation in figure["layout"]["annotations"]]
    assert any("&lt;script" in text for text in shown)
    assert not [text for text in shown if re.search(r"[<>]", ALLOWED.sub("", text))]


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
