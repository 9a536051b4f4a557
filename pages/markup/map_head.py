"""What stands above the map: what colors it, as links, the cases of the whole province, and the legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.shading import OUTCOME, Shading
from pages.markup.environment import render
from pages.markup.links import Links, NamedLink
from pages.markup.map_scene import Scene, format_headline, format_state, link_headline

COLOUR = "colour"
"""Query parameter with what colors the map."""


class ProvinceLine(NamedTuple):
    """A case of the whole province with its headline, and the state of the headline's metric."""

    number: int
    href: str
    headline: Markup
    title: str
    state: Markup


def format_map_head(scene: Scene, shading: Shading, paints: Sequence[str], links: Links, choice: Markup) -> Markup:
    """Return what stands above the map. `paints` are the fills of no data, of zero and of each class.

    `choice` is what `format_colours` returns, or nothing.
    """
    lines = [
        ProvinceLine(
            case.number,
            link_headline(case, links),
            format_headline(case.headline),
            case.title,
            format_state(case.headline, scene.lang),
        )
        for case in scene.cases.province
    ]
    return render(
        "map",
        "head",
        scene.lang,
        choice,
        lines,
        links,
        scene.cases,
        shading.title,
        list_classes(shading, paints),
    )


def format_colours(names: Mapping[str, str], chosen: str, lang: Lang, links: Links) -> Markup:
    """Return what can color the map as links; `names` are in words by the value in the address."""
    colours = [
        NamedLink(links.screen("map", **({} if key == OUTCOME else {COLOUR: key})), name, key == chosen)
        for key, name in names.items()
    ]
    return render("map", "colours", lang, colours, links)


def list_classes(shading: Shading, paints: Sequence[str]) -> list[tuple[str, str]]:
    """Return fill and label of each class that occurs."""
    return [(paints[0 if number is None else number + 1], label) for number, label in shading.classes]
