"""The map of cases as a whole: discs, names, labels and lines, placed for a wide window, a medium and a narrow one.

`build_scene` places everything once; `format_scene` writes it as HTML above the areas of map_areas.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import atan2, degrees, hypot

from markupsafe import Markup

from data.model.schema import Lang, Place
from data.query.dataset import Dataset, GeoJson, cache_by_dataset
from data.query.filters import Filters, select
from data.query.geography import list_map_units, summarize_areas
from data.wording.labels import t
from data.wording.map_cases import Headline, MapCases, ProvinceCase, Spot, locate_headlines
from pages.markup.environment import tone
from pages.markup.links import Links
from pages.markup.map_layout import STUB, TEXT_GAP, LabelLayout, place_labels, place_names, spread_discs
from pages.markup.marks import anchor, format_badge, format_flag_words, spoken
from pages.markup.outline import trace_areas
from pages.markup.projection import XY, map_height, project
from pages.markup.text_width import text_width, wrap

CACHE_SIZE = 64
"""Maximum number of scenes kept in memory, of about 50 kB each."""
DISC_RADIUS = 9
"""Radius in px of a disc with a number."""
NAME_SIZE = 12
"""Font size of the areas' names in px."""
_DIAMETER = 21.0
"""Distance in px that the middles of two discs keep at least."""
_CHINESE_ROOM = 0.95
"""Share of a line that Chinese text may fill by estimate: its characters are as wide in all fonts."""


@dataclass(frozen=True, slots=True)
class Format:
    """A size of the map: its width, and of its labels the width of each column, font size and line height, in px.

    Without labels beside it `column` is 0. `room` is the share of a line that English may fill by estimate. `inline`
    sets the value and what it is of on the same line.
    """

    letter: str
    width: int
    column: int
    label_size: int = 13
    line_height: int = 18
    room: float = 1.0
    inline: bool = False

    @property
    def height(self) -> int:
        return round(map_height(self.width))

    @property
    def text_width(self) -> float:
        """The width of a label's text in px."""
        return self.column - STUB - TEXT_GAP


WIDE, MEDIUM, NARROW = Format("w", 560, 280), Format("m", 360, 188, 12, 16, room=1.2, inline=True), Format("n", 320, 0)
FORMATS = (WIDE, MEDIUM, NARROW)
"""The sizes of the map. templates/map.css chooses one by the width of the page, and repeats their numbers."""


@dataclass(frozen=True, slots=True)
class AreaName:
    """The name of a unit of the map, with its value below it if it has one."""

    place: Place
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where things stand in one format: discs by spot, names by area if there is room, labels by spot with a headline.

    All count from the upper left corner of the whole, map and labels.
    """

    format: Format
    discs: tuple[XY, ...]
    names: tuple[XY | None, ...]
    labels: LabelLayout

    @property
    def height(self) -> float:
        return self.labels.height

    @property
    def drop(self) -> float:
        """How far the map stands below the upper edge, and above the lower one."""
        return self.labels.drop


@dataclass(frozen=True, slots=True)
class Scene:
    """The map of some cases in one language, placed for each format."""

    lang: Lang
    cases: MapCases
    names: tuple[AreaName, ...]
    placed: tuple[Placed, ...]


def build_scene(dataset: Dataset, filters: Filters, lang: Lang, texts: Mapping[str, str] | None = None) -> Scene:
    """Place what the filters select, once for all readers: discs, headlines and names for each format.

    With `texts` the map shows these values by area instead of cases.
    """
    return _build(dataset, filters, lang, None if texts is None else tuple(texts.items()))


@cache_by_dataset(CACHE_SIZE)
def _build(dataset: Dataset, filters: Filters, lang: Lang, texts: tuple[tuple[str, str], ...] | None) -> Scene:
    selection = select(dataset, filters)
    cases = locate_headlines(selection, lang) if texts is None else MapCases()
    values = dict(texts or ())
    if cases.crowded:
        areas = summarize_areas(selection)
        values = {code: f"{len(area.cases):,}" for code, area in areas.items() if area.cases}
    names = tuple(
        AreaName(
            place, place.name.zh.removesuffix("市") if lang == "zh" else place.name.en, values.get(place.code or "", "")
        )
        for place in list_map_units(dataset)
    )
    placed = tuple(_place(dataset.boundaries, cases, names, lang, size) for size in FORMATS)
    return Scene(lang, cases, names, placed)


def _place(boundaries: GeoJson, cases: MapCases, names: Sequence[AreaName], lang: Lang, size: Format) -> Placed:
    discs = spread_discs([project(*spot.place.point, size.width) for spot in cases.spots], _DIAMETER)
    labelled = [(disc, spot) for disc, spot in zip(discs, cases.spots, strict=True) if spot.headline]
    if size.column and labelled:
        heights = [size.line_height * len(wrap_label(spot, lang, size)) for _, spot in labelled]
        area = (float(size.width), float(size.height))
        labels = place_labels([disc for disc, _ in labelled], heights, area, size.column, DISC_RADIUS)
    else:
        labels = LabelLayout((), size.height, 0)
    moved = [XY(size.column + x, labels.drop + y) for x, y in discs]
    rings = trace_areas(boundaries, size.width)
    shift = XY(size.column, labels.drop)
    middles = place_names(
        [_add(project(*name.place.point, size.width), shift) for name in names],
        [_measure(name) for name in names],
        [[[_add(point, shift) for point in ring] for ring in rings[name.place.code or ""]] for name in names],
        moved,
        DISC_RADIUS,
        [(leader.line[0], leader.line[1]) for leader in labels.leaders],
        (size.column, size.column + size.width),
    )
    return Placed(size, tuple(moved), tuple(middles), labels)


def _add(one: XY, other: XY) -> XY:
    return XY(one.x + other.x, one.y + other.y)


def _measure(name: AreaName) -> tuple[float, float]:
    """The width and height of an area's name in px."""
    lines = [line for line in (name.text, name.value) if line]
    return max(map(text_width, lines)) * NAME_SIZE * 0.9 + 2, len(lines) * (NAME_SIZE + 3)


def wrap_label(spot: Spot, lang: Lang, size: Format) -> list[tuple[str, str]]:
    """Return the lines of a label as (style, text): its value, what it measures, and its place with what to mind."""
    assert spot.headline
    ems = size.text_width * (size.room if lang == "en" else _CHINESE_ROOM) / size.label_size
    value, what = spot.headline.value, spot.headline.what
    if size.inline:
        lines = [("what", line) for line in wrap(f"{value} {what}", ems)]
    else:
        lines = [(style, line) for style, text in (("value", value), ("what", what)) for line in wrap(text, ems)]
    state = f"{_name_place(spot, lang)}{_write_state(spot.headline)}"
    return [*lines, *(("place", line) for line in wrap(state, ems * 1.05))]


def _name_place(spot: Spot, lang: Lang) -> str:
    return spot.place.name[lang]


def _write_state(headline: Headline) -> str:
    """Return the grade and the flags of a headline as text."""
    if not headline.row:
        return ""
    doubts = [word for word, _ in headline.row.word_doubts(decisive=True)]
    flags = [f"⚠ {doubts[0]}", *doubts[1:]] if doubts else []
    return "".join(f"\u00a0· {word}" for word in (headline.row.grade, *flags))


def format_scene(scene: Scene, links: Links, areas: Markup | str = "") -> Markup:
    """Return what stands on the map and beside it, as HTML: a list of headlines, discs, names and lines.

    `areas` are the outlines and links of the areas, if there are any, which lie below all of it.
    The style sheet takes each position from the custom properties of the format that fits the page.
    """
    cases, lang = scene.cases, scene.lang
    numbers = [at for at, spot in enumerate(cases.spots) if spot.headline]
    labels = Markup("").join(_format_label(scene, cases.spots[at], rank, links) for rank, at in enumerate(numbers))
    heads = Markup('<ol class="map-labels" aria-label="{}">{}</ol>').format(
        t(lang, "各案例及其主要数据", "The cases and their main figures"), labels
    )
    field = [
        *(_format_line(scene, rank) for rank in range(len(numbers))),
        *(_format_name(scene, at, scene.names[at].place.code in links.filters.city) for at in range(len(scene.names))),
        *(_format_disc(scene, at, links) for at in range(len(cases.spots))),
    ]
    heights = _properties((placed.format.letter, {"h": placed.height, "d": placed.drop}) for placed in scene.placed)
    return Markup(
        '<div class="map-scene{}" style="{}">{}{}<div class="map-field" aria-hidden="true">{}</div></div>'
    ).format("" if numbers else " bare", heights, areas, heads if numbers else "", Markup("").join(field))


def format_drops(scene: Scene) -> str:
    """Return the custom properties that tell the areas how far above the lower edge they stand."""
    return _properties((placed.format.letter, {"d": placed.drop}) for placed in scene.placed)


def _properties(values: Iterable[tuple[str, Mapping[str, float]]]) -> str:
    """Return CSS custom properties, their names beginning with the letter of their format; `r` is an angle."""
    return ";".join(
        f"--{letter}{name}:{f'{value:.1f}deg' if name == 'r' else f'{value:.0f}px'}"
        for letter, pairs in values
        for name, value in pairs.items()
    )


def _format_label(scene: Scene, spot: Spot, rank: int, links: Links) -> Markup:
    """Return a headline as a link to its metric, with its place, completeness and flags."""
    lang, headline = scene.lang, spot.headline
    assert headline
    positions = [
        (placed.format.letter, {"y": placed.labels.leaders[rank].top})
        for placed in scene.placed
        if placed.format.column
    ]
    sides = " ".join(
        f"{placed.format.letter}-{placed.labels.leaders[rank].side}" for placed in scene.placed if placed.format.column
    )
    content = Markup('<i class="disc">{}{}</i> {}').format(
        spoken(t(lang, "案例", "Case ")), spot.number, format_headline(headline)
    )
    return Markup('<li class="{}" style="{}">{} <small>{}{}</small></li>').format(
        sides,
        _properties(positions),
        anchor(links, link_headline(spot, links), content),
        _name_place(spot, lang),
        format_state(headline, lang),
    )


def format_headline(headline: Headline) -> Markup:
    """Return a value and what it is of, the value in the color of its direction."""
    what = Markup('<span class="what">{}</span>').format(headline.what)
    if headline.row is None:
        return what
    if not (color := tone(headline.row)):
        return Markup("<b>{}</b> {}").format(headline.value, what)
    return Markup('<b class="{}">{}</b> {}').format(color, headline.value, what)


def format_state(headline: Headline, lang: Lang) -> Markup:
    """Return the badge and the flags of a headline's metric; nothing for a sentence."""
    if not headline.row:
        return Markup("")
    flags = (
        Markup(" {}").format(format_flag_words(headline.row, lang, decisive=True)) if headline.row.doubt_words else ""
    )
    return Markup(" {}{}").format(format_badge(headline.row.grade, lang), flags)


def link_headline(spot: Spot | ProvinceCase, links: Links) -> str:
    """Return the address of a headline's metric; without a metric that of the case."""
    if spot.headline and spot.headline.row:
        return links.figure(spot.case_id, spot.headline.row.metric_id)
    return links.screen("case", case=spot.case_id)


def _format_line(scene: Scene, rank: int) -> Markup:
    """Return a leader line as two strokes."""
    strokes = []
    for part in (0, 1):
        positions = []
        for placed in scene.placed:
            if placed.format.column:
                start, end = placed.labels.leaders[rank].line[part : part + 2]
                length, angle = hypot(end.x - start.x, end.y - start.y), atan2(end.y - start.y, end.x - start.x)
                positions.append((placed.format.letter, {"x": start.x, "y": start.y, "l": length, "r": degrees(angle)}))
        strokes.append(Markup('<i class="leader" style="{}"></i>').format(_properties(positions)))
    return Markup("").join(strokes)


def _format_name(scene: Scene, at: int, chosen: bool) -> Markup:
    name = scene.names[at]
    value = Markup("<b>{}</b>").format(name.value) if name.value else Markup("")
    places = [(placed.format.letter, placed.names[at]) for placed in scene.placed]
    classes = " ".join([*(f"no-{letter}" for letter, middle in places if not middle), *(["current"] if chosen else [])])
    positions = _properties((letter, middle._asdict()) for letter, middle in places if middle)
    return Markup('<span class="area-name {}" data-area="{}" style="{}">{}{}</span>').format(
        classes, name.place.code, positions, name.text, value
    )


def _format_disc(scene: Scene, at: int, links: Links) -> Markup:
    """Return a disc as a link to its case. Keyboard and screen reader use the labels, which lead to the same."""
    spot = scene.cases.spots[at]
    positions = _properties((placed.format.letter, placed.discs[at]._asdict()) for placed in scene.placed)
    return Markup(
        '<a class="disc" tabindex="-1" href="{}" target="{}" rel="noopener" title="{}" style="{}">{}</a>'
    ).format(
        links.screen("case", case=spot.case_id),
        "_blank" if links.leave_frame else "_self",
        f"{spot.number} {spot.title} · {_name_place(spot, scene.lang)}",
        positions,
        spot.number,
    )
