"""The first view: what is sent of a page to be read before the app has started, and without JavaScript at all.

The masthead and the filter bar are drawn here as high as those of the app, which has their controls; the words below
are those of `pages.markup.first_view`.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from data.downloads.snippets import build_link
from data.query.dataset import Dataset
from data.query.filters import Filters, select
from data.query.paging import cases_per_page, page_range
from data.wording.citation import credit_documents
from data.wording.counts import count_elsewhere, count_selection, name_elsewhere
from data.wording.filters import CLEAR, FILTERS, MORE, POPOVERS, list_values
from data.wording.labels import say
from pages.markup import first_view as words
from pages.markup.first_view import FirstView
from pages.markup.links import Links
from pages.markup.masthead import ScreenLink, format_navigation, format_site_name
from pages.markup.palette import MAP_PAINTS
from pages.markup.report import FORMATS
from pages.serving.page_request import LANGUAGES, PageRequest
from pages.site.screens import LANGUAGE_NAMES, SCREENS, SITE_NAME, url_path

MAX_LISTED = 30
"""Maximum number of cases that are listed for readers without JavaScript; the overview has all by pages."""


def open_screen(request: PageRequest, dataset: Dataset, base: str) -> FirstView:
    """The first words of the page, whose links keep the language of the address and the filters."""
    links = Links(base, request.lang if request.names_lang else "", request.filters)
    if request.screen == "overview":
        total = len(select(dataset, request.filters).cases)
        shown = page_range(total, cases_per_page(total), request.page)
        return words.first_overview(dataset, request.filters, shown, request.lang, links)
    if request.screen == "case":
        return words.first_case(dataset, dataset.by_id[request.case_id], request.lang, links)
    if request.screen == "map":
        return words.first_map(dataset, request.filters, request.lang, links, MAP_PAINTS)
    return words.first_words(request.screen, request.lang)


def format_first_view(request: PageRequest, dataset: Dataset, base: str, opened: FirstView) -> Markup:
    """The first view of a page as an element that stands before the app's."""
    parts = [
        _format_masthead(request, base),
        *([_format_filters(request, dataset)] if SCREENS[request.screen].has_filters else []),
        Markup("<main>{}</main>").format(opened.html),
        _format_without_script(request, dataset, base),
        Markup('<div class="imprint">{}</div>').format(_credit(request, dataset)),
    ]
    return Markup('<div id="first" class="stApp"><div class="stMainBlockContainer stHtml">{}</div></div>').format(
        Markup("").join(parts)
    )


def _credit(request: PageRequest, dataset: Dataset) -> str:
    position = dataset.index.case_positions.get(request.case_id)
    kept = select(dataset, request.filters).cases.positions
    return credit_documents(dataset.documents_of(kept if position is None else [position]), request.lang)


def _format_masthead(request: PageRequest, base: str) -> Markup:
    links = Links(base, request.lang if request.names_lang else "", request.filters)
    screens = (
        ScreenLink(links.screen(url_path(name)), screen.name[request.lang], name == request.screen)
        for name, screen in SCREENS.items()
    )
    item = Markup('<a href="{}" lang="{}" hreflang="{}" aria-current="{}">{}</a>')
    languages = Markup("").join(
        item.format(
            f"{base}{request.path(lang, keeps_view=True)}",
            *(lang, lang),
            "true" if lang == request.lang else "false",
            LANGUAGE_NAMES[lang],
        )
        for lang in LANGUAGES
    )
    return Markup(
        '<header class="st-key-masthead"><div>{}</div><div>{}</div><nav class="st-key-lang" aria-label="{}">{}</nav>'
        "</header>"
    ).format(
        format_site_name(SITE_NAME[request.lang]),
        format_navigation(screens, request.lang),
        say(request.lang, "语言", "Language"),
        languages,
    )


def _format_filters(request: PageRequest, dataset: Dataset) -> Markup:
    """The filter bar without its controls, which need the app: their names, what is kept, and what is chosen."""
    lang, filters = request.lang, request.filters
    buttons = Markup("").join(map(Markup('<div><span class="opener">{}</span></div>').format, _name_popovers(request)))
    search = FILTERS["search"].placeholder
    kept = count_selection(select(dataset, filters), filters.city, filters.scope, lang)
    bar = Markup(
        '<div class="st-key-filters"><div class="controls" aria-hidden="true">{}</div>'
        '<div class="search" aria-hidden="true"><div class="field">{}</div></div>'
        '<div><p class="status">{}</p></div></div>'
    ).format(buttons, search[lang] if search else "", kept)
    chips = Markup("").join(map(Markup('<span class="chip">{}</span>').format, _name_chosen(request, dataset)))
    chips += _format_switches(request, dataset) if chips else ""
    return bar + (Markup('<div class="st-key-status">{}</div>').format(chips) if chips else "")


def _format_switches(request: PageRequest, dataset: Dataset) -> Markup:
    """What stands in for the button that clears the filters, and for the switch of the scope."""
    words = [CLEAR[request.lang]]
    if request.screen != "case" and (elsewhere := count_elsewhere(dataset, request.filters)):
        cases = len(select(dataset, request.filters).cases)
        words.append(name_elsewhere(elsewhere, cases, request.lang))
    return Markup("").join(map(Markup('<span class="switch" aria-hidden="true">{}</span>').format, words))


def _name_popovers(request: PageRequest) -> Iterator[str]:
    for names in POPOVERS:
        label = (MORE if len(names) > 1 else FILTERS[names[0]].name)[request.lang]
        chosen = sum(len(list_values(request.filters, name)) for name in names)
        yield say(request.lang, f"{label}（{chosen}）", f"{label} ({chosen})") if chosen else label


def _name_chosen(request: PageRequest, dataset: Dataset) -> Iterator[str]:
    for name, entry in FILTERS.items():
        for value in list_values(request.filters, name):
            yield entry.describe(dataset, value, request.lang)


def _format_without_script(request: PageRequest, dataset: Dataset, base: str) -> Markup:
    """What a reader without JavaScript finds here: the cases, and the data as files."""
    lang = request.lang
    links = Links(base, lang if request.names_lang else "")
    listed = dataset.all_cases[:MAX_LISTED]
    cases = Markup("").join(
        Markup("<li>{}</li>").format(links.anchor(f"{base}{PageRequest('case', lang, True, each).path(lang)}", title))
        for each, title in zip(listed.ids, listed.numbered_titles(lang, " · "), strict=True)
    )
    files = Markup(" · ").join(
        links.anchor(build_link(base, form.path, Filters(), **form.parameters(lang)), form.label)
        for form in FORMATS.values()
    )
    return Markup("<noscript><section><h2>{}</h2><p>{}</p><p>{} {}</p><ul>{}</ul></section></noscript>").format(
        say(lang, "没有 JavaScript 时", "Without JavaScript"),
        say(
            lang,
            "筛选和图表需要 JavaScript；概览、案例地图、各案例的开头和数据文件不需要。",
            "Filters and charts need JavaScript; the overview, the map of cases, the first words of each case and the "
            "data do not.",
        ),
        say(lang, "全部数据：", "All data:"),
        files,
        cases,
    )
