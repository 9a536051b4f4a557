"""The pages without a browser: open one as its link does and read what it shows."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import data.reading.live
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.reading.live import Live
from data.wording.rows import Rows
from pages.markup.screens import SCREENS, url_path
from pages.serving.page_request import PageRequest
from tests.warm import find_components_once

SHELL = Path(__file__).parents[1] / "pages" / "shell.py"
TIMEOUT = 60
"""Maximum number of seconds for one run of a page, which takes less than one."""
find_components_once()
MARKUP = re.compile(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", re.DOTALL)
CODE = re.compile(r'<pre data-text="code">.*?</pre>', re.DOTALL)

ALL_COLUMNS = "figure,values,change,state,place,periods,case,kind,direction,index,needed,caveats,formula,words"
VIEWS: tuple[dict[str, str], ...] = (
    *({}, {"city": "410300"}, {"city": "410100,411600", "scope": "case"}, {"domain": "nonsense", "page": "7"}),
    *({"search": "water"}, {"search": "zzzz"}, {"search": "改革 信用"}, {"view": "print"}, {"share": "nonsense"}),
)
"""Views of any screen."""


@contextmanager
def showing(live: Live) -> Iterator[Live]:
    """Context in which the pages show the data of another folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data.reading.live, "_LIVE", live)
        yield live


def new_app(locale: str | None = None, **query: str) -> AppTest:
    """Return the app at its first page with this query, before its first run. `locale` is the browser's language."""
    at = AppTest.from_file(str(SHELL), default_timeout=TIMEOUT)
    at.query_params.update(query)
    at.context = {"locale": locale}
    return at


def open_page(name: str, /, locale: str | None = None, **query: str) -> AppTest:
    """Open a page by its name in the navigation, as its link with this query does."""
    at, path, script = new_app(locale, **query), url_path(name), SCREENS[name].script
    if path != Path(script).stem:  # before its first run an app finds a page by the name of its file alone
        at.run()
    if path:
        at.switch_page(script).run()
    assert not at.exception, at.exception
    return at


visit = cache(open_page)
"""A page of the project's own data that is only read."""


def list_pages(dataset: Dataset) -> Iterator[tuple[str, dict[str, str]]]:
    """Screens and queries: every screen in all its views, and every case."""
    yield from ((screen, view) for screen in SCREENS for view in VIEWS)
    for case in dataset.cases:
        views = (
            {},
            {"view": "print"},
            {"view": "print", "annex": "all"},
            {"city": "410300"},
            {"grade": "E"},
            {"figure": case.metrics[0].id},
        )
        charts = ("timeline", "locator", "findings", case.metrics[0].id)
        yield from (("case", {"case": case.id, **view}) for view in views)
        yield from (("case", {"case": case.id, "view": "embed", "chart": chart}) for chart in charts)
    yield from (("overview", {"view": "print", **filters}) for filters in ({}, {"city": "410300"}))
    yield from (("overview", {"view": "embed", "chart": chart}) for chart in ("findings", "gaps", "none"))
    yield "case", {"case": dataset.cases[0].id, "share": dataset.cases[0].metrics[0].id}
    yield from (("map", {"colour": colour}) for colour in ("cases", "figures", "nonsense"))
    yield from [("case", {"case": "none"}), ("case", {"figure": "none"}), ("map", {"view": "embed", "chart": "map"})]
    some = [case.id for case in dataset.cases[:3]]
    figures = [f"{row.case_id}.{row.metric_id}" for row in Rows(dataset, "en") if row.change_label][:5]
    for query in ({"cases": ",".join(some)}, {"figures": ",".join(figures)}, {"cases": some[0], "figures": figures[0]}):
        yield "compare", query
    yield from (("data", {"columns": ALL_COLUMNS, "kinds": "all", "page": str(page)}) for page in range(1, 15))
    yield from (("data", {"sort": sort}) for sort in ("-index", "nonsense"))


def list_requests(dataset: Dataset, lang: Lang) -> Iterator[PageRequest]:
    """Requests for first views: every screen, whole and filtered, and every case."""
    for filters in (Filters(), Filters(city=("410300",)), Filters(domain=("environment",), grade=("A", "B"))):
        yield from (PageRequest(screen, lang, True, filters=filters) for screen in SCREENS if screen != "case")
    yield from (PageRequest("case", lang, False, case.id) for case in dataset.cases)


def bodies(at: AppTest) -> str:
    """Return all HTML of a page."""
    return "\n".join(element.proto.body for element in at.get("html"))


def codes(at: AppTest) -> list[str]:
    """Return the programs and other texts to copy of a page."""
    return [html.unescape(MARKUP.sub("", block)) for block in CODE.findall(bodies(at))]


def words(at: AppTest) -> str:
    """Return the text of the HTML: without markup, runs of blanks as one."""
    return " ".join(html.unescape(MARKUP.sub(" ", bodies(at))).split())


def popover_labels(at: AppTest) -> list[str]:
    """Return what stands on the buttons of the popovers of a page."""

    def find(block: Any) -> Iterator[str]:
        for child in getattr(block, "children", {}).values():
            if hasattr(child, "children") and child.proto.HasField("popover"):
                yield child.proto.popover.label
            yield from find(child)

    return list(find(at.main))


def charts(at: AppTest) -> dict[str, dict[str, Any]]:
    """Return the specifications of the charts of a page by key, in order."""
    return {chart.key: json.loads(chart.proto.spec) for chart in at.get("plotly_chart")}


def annotations(figure: dict[str, Any]) -> str:
    """Return the annotations of a figure run together, without markup and blanks."""
    written = "".join(MARKUP.sub("", annotation["text"]) for annotation in figure["layout"]["annotations"])
    return re.sub(r"\s", "", html.unescape(written))
