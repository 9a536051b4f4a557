"""The code that the data page offers runs unchanged and reads what the page shows."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from data.downloads.csv_json import write_csv
from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.query.filters import Filters, select
from data.query.table import NUMBERS

CHOSEN = {
    "all": ("/data", Filters()),
    "filtered": ("/data?city=410000,411600&grade=C", Filters(city=("410000", "411600"), grade=("C",))),
    "searched": ("/data?search=%E8%BD%AC%E8%AF%8A+%E7%8E%87", Filters(search="转诊 率")),
}


def snippet(page: Page, language: str) -> str:
    """The code as the copy button gives it; the programs are unfolded one at a time."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    program = page.locator("details[name=program]").filter(has=page.get_by_text(language, exact=True))
    if program.get_attribute("open") is None:
        program.locator("summary").click()
    expect(page.locator("details[name=program][open]")).to_have_count(1)
    program.get_by_role("button", name="Copy").click()
    expect(program.get_by_role("status")).to_have_text("Copied")
    return page.evaluate("() => navigator.clipboard.readText()")


@pytest.mark.parametrize(("path", "filters"), CHOSEN.values(), ids=CHOSEN)
def test_the_python_code_reads_the_table(opened, dataset, path, filters, capsys):
    given: dict[str, Any] = {}
    exec(snippet(opened(path), "Python"), given)
    rows = select(dataset, filters).rows.reset_index(drop=True)
    pd.testing.assert_frame_equal(
        given["table"][list(NUMBERS)].astype("float64"), rows[list(NUMBERS)], check_exact=True
    )
    pd.testing.assert_series_equal(given["table"]["prefecture_code"], rows["prefecture_code"])
    printed = capsys.readouterr().out.splitlines()
    assert rows["metric_en"].iloc[0] in printed[1]
    assert len(printed) == 1 + len(rows)
    if filters == Filters():
        (licences,) = (line.split() for line in printed if "Time limit for licences and certificates" in line)
        assert licences[-8:] == ["2", "month", "3", "working", "days", "not", "stated", "A"]
        assert any("981,430,000,000 CNY" in line for line in printed)


@pytest.mark.parametrize(("path", "filters"), CHOSEN.values(), ids=CHOSEN)
def test_the_curl_command_fetches_the_file(opened, dataset, path, filters, tmp_path: Path):
    subprocess.run(snippet(opened(path), "curl"), shell=True, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    (file,) = tmp_path.iterdir()
    assert file.name == name_extract(Extract(dataset, filters))
    assert file.read_bytes() == write_csv(select(dataset, filters).rows)


@pytest.mark.parametrize("language", ["R", "Excel"])
def test_the_other_code_reads_the_same_address(opened, server, language):
    assert f'"{server}/api/metrics.csv?grade=C"' in snippet(opened("/data?grade=C"), language)
