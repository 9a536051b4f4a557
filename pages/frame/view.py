"""What one reader looks at: the language, the filters and what they keep. The URL holds all of it, as ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from data.model.schema import Case, Document, Lang
from data.query.dataset import Dataset, Positions, cache_by_dataset
from data.query.filters import Filters, Selection, count_options, parse, select, select_in_case
from data.query.findings import RESULTS as RESULTS
from data.reading.live import State, current
from data.wording.counts import count_elsewhere
from data.wording.filters import FILTERS
from data.wording.labels import t
from data.wording.openings import join_domains, join_places
from data.wording.rows import MetricRow, Rows, describe_omitted
from pages.markup.links import Links

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
SCOPE_KEY = "same cases"
"""Widget key of the switch that sets `scope=case`."""
PAGE_NUMBER = "page"
"""Query parameter with the page number of a long list."""
PAGES_KEPT = 128
"""Maximum number of pages of which parts are kept in memory, at most about 150 kB each."""
MAX_KEPT_ADDRESS = 2000
"""Maximum number of characters of the address of a page that is kept: over its socket a client may send a longer one
than a browser would, and the parts repeat it.
"""
ANNEX = "annex"
"""Query parameter that asks for all figures of a case on paper (`annex=all`)."""
_NOT_LINKED = frozenset({"view", "chart", "share", "lang", ANNEX})
"""Query parameters that the link to a view leaves out or writes itself."""
_APPLIED_KEY = "filters applied"
_ROUNDS_KEY = "rounds of the controls"
_VIEW_KEY = "view"
Part = TypeVar("Part")


@dataclass(frozen=True, eq=False)
class View:
    """One reader's view in one run. `params` are the query parameters of the URL, `dropped` those of their values that
    do not exist, as (parameter, value).
    """

    state: State
    lang: Lang
    filters: Filters
    dropped: tuple[tuple[str, str], ...]
    pages: Mapping[str, StreamlitPage]
    page: StreamlitPage
    params: Mapping[str, str]

    @property
    def dataset(self) -> Dataset:
        return self.state.dataset

    @property
    def selection(self) -> Selection:
        """What the filters keep. It is as large as the dataset; all readers share it and no view stores it."""
        return select(self.dataset, self.filters)

    @cached_property
    def screen(self) -> str:
        """The id of the screen in SCREENS."""
        return next(name for name, page in self.pages.items() if page.url_path == self.page.url_path)

    @property
    def option_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Number of metrics of each value of each filter under the other filters."""
        return count_options(self.dataset, self.filters)

    @property
    def elsewhere(self) -> int:
        """Number of metrics that scope=case adds to those of the chosen cities."""
        return count_elsewhere(self.dataset, self.filters)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The document of the case in the URL, otherwise those of the cases that the filters keep."""
        named = self.dataset.by_id.get(self.params.get("case", ""))
        return tuple(self.dataset.documents_of([named] if named else self.selection.cases))

    @property
    def printing(self) -> bool:
        """Whether the URL asks for the printed edition."""
        return self.params.get("view") == "print"

    @property
    def embedded(self) -> bool:
        """Whether the URL asks for one chart, for a frame in another site's page."""
        return self.params.get("view") == "embed"

    @cached_property
    def address(self) -> str:
        """The site's address as the browser shows it; without a browser the base path alone."""
        shown = (st.context.url or "").partition("?")[0]
        return shown.removesuffix("/").removesuffix(f"/{self.page.url_path}") or base_path()

    @cached_property
    def links(self) -> Links:
        """Where the HTML of this view links to: this site, in a frame beside the page that shows it."""
        if self.embedded:
            return Links(self.address, self.lang, self.filters, leave_frame=True)
        return Links(base_path(), self.query().get("lang", ""), self.filters)

    @property
    def today(self) -> str:
        """The date where the reader is, as the browser tells its time zone; that of UTC without one."""
        zone: tzinfo = UTC
        with suppress(ValueError, KeyError, OSError):  # no such zone, or a computer that has no list of them
            zone = ZoneInfo(st.context.timezone or "UTC")
        return datetime.now(zone).date().isoformat()

    @cached_property
    def location(self) -> str:
        """The path and query of this view, as the browser shows them."""
        return _build_path(self.page, self.params)

    def url(self, screen: str = "", **more: str) -> str:
        """Return the full address of this view, or of another screen with these filters, always with the language."""
        here = {name: value for name, value in self.params.items() if name not in _NOT_LINKED}
        query = {**(self.filters.query() if screen else here), **more, "lang": self.lang}
        return f"{self.address}/{(self.pages[screen] if screen else self.page).url_path}?{urlencode(query, safe=',')}"

    def href(self, screen: str, **more: str) -> str:
        """Return the path and query of a screen with this view's filters and language, for a link in HTML."""
        return _build_path(self.pages[screen], self.query(**more))

    def here(self, **more: str) -> str:
        """Return the path and query of this view with further parameters, for a link in HTML."""
        return _build_path(self.page, {**self.params, **more})

    def query(self, **more: str) -> dict[str, str]:
        """Return the query parameters of a link that keeps this view."""
        lang = {"lang": self.lang} if "lang" in self.params else {}
        return {**self.filters.query(), **lang, **more}

    def rows(self, positions: Positions) -> Rows:
        """Return the metrics at these positions with their words in the reader's language."""
        return Rows(self.dataset, self.lang, positions)

    def case_rows(self, case: Case) -> tuple[MetricRow, ...]:
        """Return the metrics that a city filter keeps of a case: the chosen cities' first, headlines before others."""
        kept = self.rows(select_in_case(self.dataset, self.filters, case))
        return tuple(sorted(kept, key=lambda row: (row.prefecture_code not in self.filters.city, row.rank)))

    def count_elsewhere(self, case: Case) -> int:
        """Return the number of metrics that scope=case adds to those of a case in the chosen cities."""
        return len(case.metrics) - len(select_in_case(self.dataset, replace(self.filters, scope=""), case))

    def describe_omitted(self, case: Case) -> str:
        """Return a sentence on what a city filter omits of a case; empty where it omits nothing."""
        return describe_omitted(self.dataset, self.filters, case, self.lang)

    def case_places(self, case: Case) -> str:
        """Return the names of a case's own places."""
        return join_places(self.dataset, case, self.lang)

    def case_domains(self, case: Case) -> str:
        """Return the names of a case's domains."""
        return join_domains(self.dataset, case, self.lang)

    def remember(self, name: str, write: Callable[[], Part]) -> Part:
        """Return a part of this page, made once for all readers of the same address, language and data.

        It must depend on nothing else: on no state of a control, on no open dialog, and not on today's date. It is not
        kept where the address is longer than MAX_KEPT_ADDRESS.
        """
        location = _build_path(self.page, {name: value for name, value in self.params.items() if name != "share"})
        if len(self.address) + len(location) > MAX_KEPT_ADDRESS:
            return write()
        parts = _keep_parts(self.dataset, self.lang, self.address, location)
        if name not in parts:
            parts[name] = write()
        return cast(Part, parts[name])

    def t(self, zh: str, en: str) -> str:
        """Return the text in the reader's language."""
        return t(self.lang, zh, en)

    def join(self, words: Iterable[str]) -> str:
        """Join words as a list in the reader's language."""
        return self.t("、", ", ").join(words)


@cache_by_dataset(PAGES_KEPT)
def _keep_parts(dataset: Dataset, lang: Lang, address: str, location: str) -> dict[str, Any]:
    """Return the parts of a page that were made so far, by name; its caller adds to them."""
    return {}


def base_path() -> str:
    """Return the beginning of every path on this server: "/base", or "" at the root."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}" if base else ""


def _build_path(page: StreamlitPage, query: Mapping[str, str]) -> str:
    text = urlencode(query, safe=",")
    return f"{base_path()}/{page.url_path}{f'?{text}' if text else ''}"


def choose_language() -> Lang:
    """Return the language of the URL, otherwise the browser's: Chinese for zh*, English for all others."""
    requested = st.query_params.get("lang")
    if requested in LANGUAGES:
        return requested
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def open_view(pages: Mapping[str, StreamlitPage], page: StreamlitPage) -> View:
    """Read the URL, set the search to it if it was changed by anything else, and store the view for this run."""
    state = current()
    query = st.query_params.to_dict()
    filters, dropped = parse(query, state.dataset)
    if query.get("lang", "zh") not in LANGUAGES:
        dropped = (*dropped, ("lang", query["lang"]))
    lang = choose_language()
    applied = (filters, lang)
    if st.session_state.get(_APPLIED_KEY) != applied:
        st.session_state["search"] = filters.search
        st.session_state[_APPLIED_KEY] = applied
    st.session_state["lang"] = lang
    view = View(state, lang, filters, dropped, pages, page, query)
    st.session_state[_VIEW_KEY] = view
    return view


def current_view() -> View:
    """Return the view that was opened for this run."""
    return cast(View, st.session_state[_VIEW_KEY])


def set_control(name: str, value: Sequence[str] | bool, lang: Lang) -> str:
    """Give a control in a popover this value and return its widget key, which changes if it had another one.

    A closed popover does not take a value: its control would send its former one in the next run, and so bring back a
    filter that was removed. In another language it would send labels of the former.
    """
    rounds = st.session_state.setdefault(_ROUNDS_KEY, {})
    number, former = rounds.get(name, (0, lang))
    held = st.session_state.get(f"{name}-{number}" if number else name)
    if held is not None and (former != lang or not _is_same(held, value)):
        number += 1
    rounds[name] = (number, lang)
    key = f"{name}-{number}" if number else name
    st.session_state[key] = value if isinstance(value, bool) else list(value)  # in every run: it may be opened later
    return key


def _is_same(held: Sequence[str] | bool, value: Sequence[str] | bool) -> bool:
    """Whether two values of a control are the same, whatever their order."""
    return held is value if isinstance(held, bool) or isinstance(value, bool) else sorted(held) == sorted(value)


def apply_search() -> None:
    """Write the words of the search into the URL, which every page reads; the other filters stay as there."""
    query = st.query_params.to_dict() | {"search": st.session_state["search"]}
    filters, _ = parse(query, current().dataset)
    st.session_state[_APPLIED_KEY] = (filters, choose_language())
    apply_filters(filters)


def apply_paired(key: str, grades: tuple[str, ...]) -> None:
    """Keep these grades alone, or all again, as the switch with this key says."""
    apply_filters(replace(current_view().filters, grade=grades if st.session_state[key] else ()))


def apply_scope() -> None:
    """Write the switch of `scope=case` into the URL."""
    apply_filters(replace(current_view().filters, scope="case" if st.session_state[SCOPE_KEY] else ""))


def apply_choice(name: str) -> None:
    """Write the value of a control into the query parameter of the same name; another case has other figures."""
    query = st.query_params.to_dict() | {name: st.session_state[name]}
    st.query_params.from_dict({key: value for key, value in query.items() if name != "case" or key != "figure"})


def apply_filters(filters: Filters) -> None:
    """Write filters into the URL, which the controls follow in the next run; a long list starts at its first page."""
    kept = {name: value for name, value in st.query_params.items() if name not in (PAGE_NUMBER, *FILTERS)}
    st.query_params.from_dict({**kept, **filters.query()})
