"""What all tests share. Those in tests/browser need a browser, which `bash tests/run` provides; a plain `pytest` leaves them out and says so."""

from __future__ import annotations

import importlib.util
import os

import pytest

_browser_given = importlib.util.find_spec("playwright") is not None and "CHROMIUM" in os.environ
_left_out = not _browser_given and "BROWSER_TESTS" not in os.environ
collect_ignore = ["browser"] if _left_out else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        terminalreporter.write_line("browser tests left out; run them with: bash tests/run")
