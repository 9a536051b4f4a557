"""What one reader looks at: the language, the filters, and what they leave. The URL holds all of it, as language-neutral ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, figures_of, parse, select
from data.reading.live import State, current
from data.wording.labels import say
from data.wording.rows import Rows, left_out, worded_rows

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
_APPLIED = "filters applied"
_VIEW = "view"
SCOPE = "same cases"
"""The switch of `scope=case` among the controls."""
PART = "page"
"""The parameter that says which part of a long list is shown."""


@dataclass(frozen=True, eq=False)
class View:
    """One reader's view in one run. `dropped` are query parameters that name nothing, as (name, value)."""

    state: State
    lang: Lang
    filters: Filters
    dropped: tuple[tuple[str, str], ...]
    pages: Mapping[str, Any]
    page: Any

    @property
    def dataset(self) -> Dataset:
        return self.state.dataset

    @property
    def selection(self) -> Selection:
        """What the filters leave. No reader keeps it: it is as large as the dataset."""
        return select(self.dataset, self.filters)

    @property
    def elsewhere(self) -> int:
        """How many figures scope=case adds to those of the chosen cities."""
        if not self.filters.city:
            return 0
        both = select(self.dataset, replace(self.filters, scope="case"))
        return len(both.positions) - both.local

    @property
    def printing(self) -> bool:
        """Whether the page is asked for as it goes on paper (`view=print`)."""
        return st.query_params.get("view") == "print"

    @property
    def embedded(self) -> bool:
        """Whether one chart is asked for, for a frame in a page elsewhere (`view=embed&chart=…`)."""
        return st.query_params.get("view") == "embed"

    @property
    def address(self) -> str:
        """The server's address as the reader's browser has it; without a browser only the path under which it serves."""
        base = st.get_option("server.baseUrlPath").strip("/")
        return (st.context.url or "").partition("?")[0].removesuffix("/").removesuffix(f"/{self.page.url_path}") or (
            f"/{base}" if base else ""
        )

    def link(self, page: str = "", **more: str) -> str:
        """The address that opens this view in this language, or another page with these filters."""
        here = {
            name: value for name, value in st.query_params.to_dict().items() if name not in ("view", "chart", "lang")
        }
        query = {**(self.filters.query() if page else here), **more, "lang": self.lang}
        return f"{self.address}/{(self.pages[page] if page else self.page).url_path}?{urlencode(query, safe=',')}"

    def href(self, page: str, **more: str) -> str:
        """The path and query of a page with this view's filters and language, for a link in the HTML.

        `link` gives the address to take away: with the server's, and always with the language.
        """
        return _below_base(self.pages[page], self.query(**more))

    @property
    def location(self) -> str:
        """The path and query of this view, as the browser shows them."""
        return _below_base(self.page, st.query_params.to_dict())

    def words(self, positions: Sequence[int]) -> Rows:
        """The figures at these positions with their words in the reader's language."""
        return worded_rows(self.dataset, self.lang, positions)

    def rows_of(self, case: Case) -> tuple[Any, ...]:
        """The figures of one case that a city filter leaves (`figures_of`): the chosen cities' first, headlines before
        the rest.
        """
        left = self.words(figures_of(self.dataset, self.filters, case))
        return tuple(sorted(left, key=lambda row: (row.prefecture_code not in self.filters.city, row.headline or 99)))

    def elsewhere_of(self, case: Case) -> int:
        """How many figures of one case scope=case adds to those of the chosen cities."""
        return len(case.metrics) - len(figures_of(self.dataset, replace(self.filters, scope=""), case))

    def left_out(self, case: Case) -> str:
        """What a city filter leaves out of a case, as a sentence; empty where nothing."""
        return left_out(self.dataset, self.filters, case, self.lang)

    def headline(self, number: int) -> Any:
        """The most telling figure that the filters leave of a case, by its number: a chosen city's own before others,
        a headline before a result, the better grade first. None where none is left, or the case has no headline.
        """
        index = self.dataset.index
        headline, role, grade = (index.figure(name) for name in ("headline", "role", "grade"))
        own, others = self.selection.of(number)
        left = own if len(own) else others
        if not len(left) or not headline[index.starts[number] : index.starts[number + 1]].any():
            return None
        rank = np.where(headline[left] > 0, headline[left], 99)
        return self.words(left[np.lexsort((grade[left], role[left], rank))])[0]

    def say(self, zh: str, en: str) -> str:
        return say(self.lang, zh, en)

    def query(self, **more: str) -> dict[str, str]:
        """The query parameters of a link that keeps this view."""
        lang = {"lang": self.lang} if "lang" in st.query_params else {}
        return {**self.filters.query(), **lang, **more}


def _below_base(page: Any, query: Mapping[str, str]) -> str:
    base = st.get_option("server.baseUrlPath").strip("/")
    text = urlencode(query, safe=",")
    return f"{f'/{base}' if base else ''}/{page.url_path}{f'?{text}' if text else ''}"


def language() -> Lang:
    """The language of the URL, otherwise the browser's: Chinese for zh*, English for all others."""
    wanted = st.query_params.get("lang")
    if wanted in LANGUAGES:
        return cast(Lang, wanted)
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def open_view(pages: Mapping[str, Any], page: Any) -> View:
    """Reads the URL, sets the controls to it where it changed from outside, and keeps the view for the page.

    The controls are set in another language, too: the browser sends a chosen city by its label, and would go on
    sending that of the language before.
    """
    state = current()
    query = st.query_params.to_dict()
    filters, dropped = parse(query, state.dataset)
    if query.get("lang", "zh") not in LANGUAGES:
        dropped = (*dropped, ("lang", query["lang"]))
    lang = language()
    applied = (filters, lang)
    if st.session_state.get(_APPLIED) != applied:
        for field in fields(Filters):
            value = getattr(filters, field.name)
            st.session_state[field.name] = value if isinstance(value, str) else list(value)
        st.session_state[_APPLIED] = applied
    st.session_state["lang"] = lang
    view = View(state, lang, filters, dropped, pages, page)
    st.session_state[_VIEW] = view
    return view


def the_view() -> View:
    """The view that the frame opened for this run."""
    return cast(View, st.session_state[_VIEW])


def apply_controls() -> None:
    """A control changed: its values go into the URL, which every page reads.

    An unknown value is a label that the page no longer has, sent before the browser knew: the URL's values hold for
    that control, which is set to them.
    """
    dataset = current().dataset
    values = {field.name: st.session_state.get(field.name) for field in fields(Filters)}
    values["scope"] = the_view().filters.scope
    filters, unknown = parse(
        {name: value if isinstance(value, str) else ",".join(value or ()) for name, value in values.items()},
        dataset,
    )
    held, _ = parse(st.query_params.to_dict(), dataset)
    filters = replace(filters, **{name: getattr(held, name) for name, _ in unknown})
    st.session_state[_APPLIED] = None if unknown else (filters, language())
    _write(filters)


def apply_filters(filters: Filters) -> None:
    """Filters set elsewhere than by the controls, which then follow the URL."""
    _write(filters)


def apply_scope() -> None:
    """The switch of `scope=case` changed."""
    _write(replace(the_view().filters, scope="case" if st.session_state[SCOPE] else ""))


def apply_language() -> None:
    st.query_params["lang"] = st.session_state["lang"]


def _write(filters: Filters) -> None:
    names = {PART, *(field.name for field in fields(Filters))}
    kept = {name: value for name, value in st.query_params.to_dict().items() if name not in names}
    st.query_params.from_dict({**kept, **filters.query()})
