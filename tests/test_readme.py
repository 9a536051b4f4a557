"""README and the code agree: every place that README names exists, and the metric it follows arrives."""

from __future__ import annotations

import ast
import csv
import io
import math
import re
from pathlib import Path

import pytest
import yaml

from data.downloads.csv_json import write_csv
from data.wording.rows import Rows
from pages.figures.chart_for import chart_for

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PLACES = re.findall(r"`((?:data|pages|tests)/[\w/.-]+\.py):([\w.]+)`", README)


def section(title: str) -> str:
    """The text of a section of README, without its heading."""
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def definitions(path: str) -> set[str]:
    """The functions, classes, methods and constants of a module, methods as `Class.method`."""
    found: set[str] = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def test_readme_names_places():
    assert len(PLACES) >= 15


@pytest.mark.parametrize(("path", "name"), PLACES)
def test_a_place_that_readme_names_exists(path, name):
    assert name in definitions(path)


def test_where_to_change_what_answers_ten_questions():
    rows = [line for line in section("Where to change what").splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + 10


def test_the_metric_that_readme_follows_arrives(dataset):
    """Its change is in the YAML file, the table, the CSV cell and the mark of its chart."""
    case_id, metric_id = re.findall(r"`data/cases/([\w-]+)\.yaml`.*?`([\w-]+)`", section("How one figure travels"))[0]
    case = yaml.safe_load((ROOT / "data" / "cases" / f"{case_id}.yaml").read_text(encoding="utf-8"))
    change = next(metric for metric in case["metrics"] if metric["id"] == metric_id)["change"]["value"]
    cells = csv.DictReader(io.StringIO(write_csv(dataset.table).decode("utf-8-sig")))
    cell = next(cell for cell in cells if (cell["case_id"], cell["metric_id"]) == (case_id, metric_id))
    row = next(row for row in Rows(dataset, "en") if (row.case_id, row.metric_id) == (case_id, metric_id))
    chart = chart_for(row, "en")
    assert float(cell["change_value"]) == row.change_value == change
    assert chart is not None
    assert row.index is not None
    assert row.index == 100 + change
    assert any(math.log10(row.index) == pytest.approx(x) for trace in chart.data for x in trace.x if x is not None)
