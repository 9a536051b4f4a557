"""Fixtures of all tests.

Those in tests/browser, tests/api and tests/deploy need what `bash tests/run` provides; a plain `pytest` without it
leaves them out and says so.
"""

from __future__ import annotations

import gc
import importlib.util
import os
from typing import TYPE_CHECKING

import pytest

from tests import server, warm

if TYPE_CHECKING:
    from data import Dataset
    from data.model.schema import Lang

if hasattr(os, "pidfd_open"):
    server.START = warm.Forked

_BROWSER = "browser tests left out; run them with: bash tests/run"
_API = "tests of the downloads by other programs left out; run them with: bash tests/run"
_DEPLOY = "tests of the deployment left out; run them with: bash tests/run"


def _installed(*modules: str) -> bool:
    return all(importlib.util.find_spec(module) for module in modules)


def _left_out() -> dict[str, str]:
    """The folders whose tests cannot run here, and the line that says so."""
    if "BROWSER_TESTS" in os.environ:
        return {}
    given = {
        "browser": _installed("playwright", "axe_playwright_python", "shapely") and bool(os.environ.get("CHROMIUM")),
        "api": _installed("schemathesis", "frictionless", "openpyxl", "shapely"),
        "deploy": _installed("playwright") and bool(os.environ.get("CHROMIUM") and os.environ.get("NGINX_PROGRAM")),
    }
    return {
        folder: reason
        for folder, reason in (("browser", _BROWSER), ("api", _API), ("deploy", _DEPLOY))
        if not given[folder]
    }


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The dataset of the project's own folder."""
    from data import load_dataset  # not above: a process that only hands out the tests does without
    from data.reading.folder import FOLDER

    return load_dataset(FOLDER)


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Lang:
    """Each of both languages: a test that asks for it is run twice."""
    return request.param


_LEFT_OUT = _left_out()
collect_ignore = list(_LEFT_OUT)
gc.disable()  # until the tests are collected: a third of the time of that


def pytest_collection_finish() -> None:
    """Modules and tests are kept until the end; they are exempt from garbage collection, which goes on for the rest."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason in _LEFT_OUT.values():
        terminalreporter.write_line(reason)
