"""The templates: each macro is written where pages are opened, and an error in one names its line."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, get_args

import pytest
from jinja2 import FileSystemLoader, UndefinedError, nodes
from jinja2.runtime import Macro

from data.downloads.extract import Extract
from data.model.schema import Lang
from data.query.filters import Filters
from data.reading.live import Live
from pages.markup.environment import TEMPLATES, environment, render
from pages.markup.report import write_report
from pages.serving.index_page import write_not_found, write_page
from pages.serving.page_request import PageRequest
from pages.serving.site_map import write_site_map
from tests.app import list_pages, list_requests, open_page, showing
from tests.folders import copy_data

LANGS = get_args(Lang)


def forget_what_is_kept() -> None:
    """Empty the caches of functions without a dataset; the others know nothing of a dataset that is read anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("data.", "pages.")):
            for value in list(vars(module).values()):
                getattr(value, "cache_clear", lambda: None)()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The macros that wrote something when all pages, first views and reports were made, as `template: macro`."""
    found: set[str] = set()

    def note(call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def noting(macro: Macro, *args: Any, **more: Any) -> Any:
            if str(text := call(macro, *args, **more)).strip():
                found.add(f"{Path(macro._func.__code__.co_filename).name}: {macro.name}")
            return text

        return noting

    forget_what_is_kept()
    folder = copy_data(tmp_path_factory.mktemp("templates") / "data")
    with pytest.MonkeyPatch.context() as patch, showing(Live(folder)) as live:
        patch.setattr(Macro, "__call__", note(Macro.__call__))
        dataset = live.current().dataset
        for lang in LANGS:
            for screen, query in list_pages(dataset):
                open_page(screen, lang=lang, **query)
            for request in list_requests(dataset, lang):
                write_page(dataset, replace(request, origin="http://localhost"), "")
            write_page(None, PageRequest("overview", lang, True, is_readable=False), "")
            write_not_found("", lang, True)
            write_site_map(dataset, "http://localhost")
            for filters in (Filters(), Filters(city=("410300",)), Filters(search="zzzz")):
                for address in ("", "https://example.org"):
                    write_report(Extract(dataset, filters, address, lang=lang))
    return found


def test_every_macro_is_written_on_a_page(written):
    declared = {
        f"{path.name}: {macro.name}"
        for path in TEMPLATES.glob("*.html")
        for macro in environment("en").parse(path.read_text(encoding="utf-8")).find_all(nodes.Macro)
    }
    assert len(declared) > 20
    unused = sorted(declared - written)
    assert not unused, f"dead, or list_pages misses the page that has them: {', '.join(unused)}"


BROKEN = "{% macro broken(row) %}\n  <p>\n    {{ row.unknown_name }}\n  </p>\n{% endmacro %}\n"


def test_an_error_names_the_line_of_the_template(tmp_path, monkeypatch):
    (tmp_path / "broken.html").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setattr(environment("en"), "loader", FileSystemLoader([TEMPLATES, tmp_path]))
    with pytest.raises(UndefinedError, match="unknown_name") as raised:
        render("broken", "broken", "en", object())
    places = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert (tmp_path / "broken.html", 3) in places
