"""What stands above the map, as HTML: what colors it, as links, the cases of the whole province, and the legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.labels import say
from data.wording.shading import OUTCOME, Shading
from pages.markup.links import Links
from pages.markup.map_scene import Scene, format_headline, format_state, link_headline
from pages.markup.marks import anchor

COLOUR = "colour"
"""Query parameter with what colors the map."""


def format_map_head(scene: Scene, shading: Shading, paints: Sequence[str], links: Links, choice: Markup) -> Markup:
    """Return what stands above the map. `paints` are the fills of no data, of zero and of each class.

    `choice` is what `format_colours` returns, or nothing.
    """
    province, legend = _format_province(scene, links), _format_legend(scene, shading, paints)
    return Markup('<div class="map-head">{}{}{}</div>').format(choice, province, legend)


def format_colours(names: Mapping[str, str], chosen: str, lang: Lang, links: Links) -> Markup:
    """Return what can color the map as links; `names` are in words by the value in the address."""
    items = Markup("").join(
        anchor(links, links.screen("map", **({} if key == OUTCOME else {COLOUR: key})), name, current=key == chosen)
        for key, name in names.items()
    )
    return Markup('<nav class="map-colours" aria-label="{0}"><span>{0}</span>{1}</nav>').format(
        say(lang, "着色依据", "Colour by"), items
    )


def _format_province(scene: Scene, links: Links) -> Markup:
    """Return the cases of the whole province in a line, each with its headline; empty without any."""
    if not scene.cases.province:
        return Markup("")
    items = Markup("").join(
        Markup('<li><i class="nr">{}</i> {} <small>{}{}</small></li>').format(
            case.number,
            anchor(links, link_headline(case, links), format_headline(case.headline)),
            case.title,
            format_state(case.headline, scene.lang),
        )
        for case in scene.cases.province
    )
    return Markup('<div class="map-province"><h2>{}</h2><ol>{}</ol></div>').format(
        say(scene.lang, "全省性案例", "Province-wide"), items
    )


def list_classes(shading: Shading, paints: Sequence[str]) -> list[tuple[str, str]]:
    """Return fill and label of each class that occurs."""
    return [(paints[0 if number is None else number + 1], label) for number, label in shading.classes]


def _format_legend(scene: Scene, shading: Shading, paints: Sequence[str]) -> Markup:
    swatch = Markup('<li><span class="sw" style="background:{}"></span>{}</li>')
    entries = [swatch.format(*entry) for entry in list_classes(shading, paints)]
    if scene.cases.spots:
        words = say(scene.lang, "案例编号，位于案例所在地", "number of a case, where it happened")
        disc = Markup('<li><span class="disc" aria-hidden="true">{}</span>{}</li>')
        entries.append(disc.format(scene.cases.spots[0].number, words))
    if scene.cases.crowded:
        entries.append(Markup("<li>{}</li>").format(say(scene.lang, "数字：案例数", "numbers: cases")))
    return Markup('<ul class="legend" aria-label="{}">{}</ul>').format(shading.title, Markup("").join(entries))
