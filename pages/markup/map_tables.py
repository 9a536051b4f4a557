"""What stands below the map, as HTML: figures of the chosen cities, a table of the cities, one of smaller places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup

from data.model.grades import GRADES
from data.model.schema import Case, Lang
from data.query.filters import PROVINCE, Selection
from data.query.findings import sort_metrics
from data.query.geography import AreaSummary, PlaceCases, count_metrics, find_local_places, name_area
from data.wording.counts import name_cases, name_metrics
from data.wording.labels import GRADE_WORDS, t
from data.wording.rows import MetricRow, Rows
from data.wording.shading import Shading
from pages.markup.environment import tone
from pages.markup.links import Links
from pages.markup.marks import anchor, format_badge, format_flag_words

MAX_TOP = 6
"""Maximum number of metrics shown of a chosen city."""
_NONE = Markup('<span aria-hidden="true">–</span>')
_MAX_NAMED = 5
"""Maximum number of cases named in a row; the table's download names all."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in HTML, and the number of rows that its download has."""

    html: Markup
    rows: int


def format_chosen(selection: Selection, lang: Lang, links: Links) -> Markup:
    """Return the metrics that tell most of each chosen city, and the way to all of them; empty without a city."""
    parts = Markup("").join(_format_city(selection, code, lang, links) for code in links.filters.city)
    return Markup('<div class="map-chosen">{}</div>').format(parts)


def _format_city(selection: Selection, code: str, lang: Lang, links: Links) -> Markup:
    dataset, own = selection.dataset, selection.positions[: selection.own_count]
    inside = own[dataset.table["prefecture_code"].iloc[own].isin([code])]
    name = name_area(dataset, code)[lang]
    alone = replace(links.filters, city=(code,), scope="")
    if not len(inside):
        text = t(lang, "这里没有符合的指标。", "No figure here.")
        return Markup('<section><h2>{}</h2><p class="quiet">{}</p></section>').format(name, text)
    cases = len(np.unique(dataset.case_numbers[inside]))
    counts = t(lang, "，", ", ").join((name_cases(cases, lang), name_metrics(len(inside), lang)))
    rows = Rows(dataset, lang, sort_metrics(dataset, inside, "headline", "kind", "grade")[:MAX_TOP])
    items = Markup("").join(Markup("<li>{}</li>").format(_format_row(row, lang, links.under(alone))) for row in rows)
    count = len(inside)
    all_of_them = t(lang, f"全部{count:,}项指标 →", f"All {count:,} figures →" if count > 1 else "The figure →")
    return Markup('<section><h2>{}{}{}</h2><ul class="hits">{}</ul><p>{}</p></section>').format(
        name,
        t(lang, "：", ": "),
        counts,
        items,
        anchor(links, links.under(alone).screen("data", kinds="all"), all_of_them),
    )


def _format_row(row: MetricRow, lang: Lang, links: Links) -> Markup:
    ends = " → ".join(filter(None, (row.before_label, row.after_label)))
    value = ends if row.before_label and row.after_label or not row.change_label else row.change_label
    return Markup('<div>{}<small>{} · {} {}</small></div><div><b class="{}">{}</b><span>{} {}</span></div>').format(
        anchor(links, links.figure(row.case_id, row.metric_id), row.name),
        row.place,
        row.case_number,
        row.case_title,
        tone(row),
        value,
        format_badge(row.grade, lang),
        format_flag_words(row, lang),
    )


def format_area_table(
    selection: Selection,
    areas: Mapping[str, AreaSummary],
    shading: Shading,
    lang: Lang,
    links: Links,
    **more: str,
) -> Table:
    """Return the cities that have something, those with the highest value first, and below them the others' names.

    A city's name chooses it, or lets it go. `selection` and `areas` are those of all cities; `filters` are the
    reader's, `more` the other parts of the address.
    """
    dataset = selection.dataset
    there = [code for code, area in areas.items() if area.cases or area.metric_count or code in shading.texts]
    ranked = sorted(
        there, key=lambda code: (code == PROVINCE, -(shading.values.get(code) or 0), -areas[code].metric_count)
    )
    measured = bool(shading.texts) and shading.title
    headings = [
        t(lang, "地市", "City"),
        t(lang, "案例", "Cases"),
        t(lang, "指标", "Figures"),
        *([measured] if measured else []),
        *(Markup("{} <small>{}</small>").format(grade, GRADE_WORDS[grade][lang]) for grade in GRADES),
        t(lang, "有哪些案例", "Which cases"),
    ]
    rows = []
    for code in ranked:
        area, name = areas[code], name_area(dataset, code)[lang]
        chosen = code in links.filters.city
        label = t(lang, f"{name}：取消选择", f"{name}: clear") if chosen else ""
        link = anchor(links, links.toggle_city(code, **more), name, label, current=chosen)
        cells = [f"{len(area.cases):,}", f"{area.metric_count:,}"]
        cells += [shading.texts.get(code, t(lang, "无数据", "no data"))] if measured else []
        cells += [f"{area.grades[grade]:,}" if area.grades[grade] else _NONE for grade in GRADES]
        rows.append((link, *cells, _format_cases(area.cases, lang, links)))
    caption = t(lang, "各地市的案例、指标及其完整度", "Cases and figures by city, and how completely these are stated")
    rest = [name_area(dataset, code)[lang] for code in areas if code not in there]
    left = Markup("")
    if rest:
        names = t(lang, "、", ", ").join(rest)
        text = t(lang, f"没有案例，也没有指标：{names}。", f"No case and no figure: {names}.")
        left = Markup('<p class="quiet">{}</p>').format(text)
    return Table(_format_table("areas", headings, rows, caption) + left, len(areas))


def format_place_table(selection: Selection, lang: Lang, links: Links) -> Table:
    """Return the counties, towns and zones that the selected cases name, also those without a point on the map."""
    dataset, counts = selection.dataset, count_metrics(selection)
    places = find_local_places(dataset, selection.cases)
    headings = [
        t(lang, "地点", "Place"),
        t(lang, "所在地市", "Lies in"),
        t(lang, "指标", "Figures"),
        t(lang, "案例", "Cases"),
        t(lang, "说明", "Note"),
    ]
    rows = [
        (
            there.place.name[lang],
            name_area(dataset, dataset.prefecture_code(there.place.id))[lang],
            f"{counts[there.place.id]:,}",
            _format_cases(there.cases, lang, links),
            _describe_place(there, lang),
        )
        for there in places
    ]
    caption = t(lang, "材料提到的县、镇与片区", "The counties, towns and zones that the source names")
    return Table(_format_table("places", headings, rows, caption), len(places))


def _describe_place(there: PlaceCases, lang: Lang) -> str:
    notes = [t(lang, "只被提到", "only named")] if there.named_only else []
    notes += [t(lang, "图上没有位置", "no point on the map")] if there.place.lon is None else []
    notes += [there.place.note[lang]] if there.place.note else []
    return t(lang, "；", "; ").join(notes)


def _format_cases(cases: Sequence[Case], lang: Lang, links: Links) -> Markup:
    """Return links to the first of these cases, and how many more there are."""
    first, more = cases[:_MAX_NAMED], len(cases) - _MAX_NAMED
    named = [anchor(links, links.screen("case", case=case.id), f"{case.number} {case.title[lang]}") for case in first]
    if more > 0:
        named.append(Markup.escape(t(lang, f"另有{more:,}个", f"{more:,} more")))
    return Markup(t(lang, "；", "; ")).join(named)


def _format_table(css_class: str, headings: Collection[str], rows: Iterable[Sequence[str]], caption: str) -> Markup:
    """Return a table that scrolls sideways inside itself; the first cell of each row is its heading."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(heading) for heading in headings)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            first,
            Markup("").join(
                Markup('<td data-label="{}">{}</td>').format(Markup(heading).striptags(), cell)
                for heading, cell in zip(list(headings)[1:], cells, strict=True)
            ),
        )
        for first, *cells in rows
    )
    return Markup(
        '<div class="tablewrap map-table {}" tabindex="0" role="region" aria-label="{}"><table>'
        '<caption class="quiet">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(css_class, caption, caption, head, body)
