"""What stands below the title of a case: its key figures, its story, and where it happened on a small map."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from data.model.schema import Case, Lang
from data.query.columns import PROVINCE, all_places, own_places
from data.query.dataset import Dataset
from data.query.geography import list_map_units
from data.wording.key_figures import choose_key_figures
from data.wording.labels import say
from data.wording.rows import MetricRow
from pages.markup.case_page import format_story
from pages.markup.key_figures import format_key_figures
from pages.markup.links import Links
from pages.markup.outline import format_locator


def format_head(
    dataset: Dataset,
    case: Case,
    rows: Sequence[MetricRow],
    lang: Lang,
    links: Links | None,
    unfolded: bool = False,
) -> Markup:
    """Return what stands below the title: key figures with their common doubts, the story, and where it happened.

    On paper there are no `links`. `unfolded` shows what would complete the key figures from the start.
    """
    figures = choose_key_figures(rows, lang)
    note = Markup("")
    if not figures and case.no_headline:
        note = Markup('<p class="no-figures">{}</p>').format(case.no_headline[lang])
    place = format_place(dataset, case, lang)
    return format_key_figures(figures, lang, links, unfolded) + note + format_story(case, lang, place)


def format_place(dataset: Dataset, case: Case, lang: Lang) -> Markup:
    """Return a small map of the places that the case names; nothing for a case of the whole province alone."""
    own, comma = own_places(case), say(lang, "、", ", ")
    codes = {code for name in own if (code := dataset.prefecture_code(name)) and code != PROVINCE}
    places = (dataset.places[name] for name in sorted(all_places(case)))
    points = [place for place in places if place.lon is not None and place.code not in codes]
    if not codes and not points:
        return Markup("")
    areas = [place.name[lang] for place in list_map_units(dataset) if place.code in codes]
    inside = [place.name[lang] for place in points if place.id in own]
    named = [place.name[lang] for place in points if place.id not in own]
    mentions = comma.join(named)
    lines = [
        *([("■", comma.join(areas))] if areas else []),
        *([("●", comma.join(inside))] if inside else []),
        *([("○", say(lang, f"只提到：{mentions}", f"only named: {mentions}"))] if named else []),
    ]
    names = comma.join([*areas, *inside, *named])
    alt = say(lang, f"河南示意图，标出{names}", f"Outline of Henan with {names} marked")
    marks = [(*place.point, place.id not in own) for place in points]
    image = format_locator(dataset.boundaries, codes, marks, alt, lang)
    legend = Markup("").join(Markup("<span>{} {}</span>").format(*line) for line in lines)
    return Markup('<figure class="where">{}<figcaption>{}</figcaption></figure>').format(image, legend)
