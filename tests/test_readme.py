"""README, its Chinese edition and the documents in .docs agree with the code, the data and each other.

Every command in them is run here, or is listed with where it is run or why it cannot be.
"""

from __future__ import annotations

import ast
import csv
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from data import __version__, audit, check, draft, export
from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from data.wording.labels import GRADE_WORDS
from data.wording.openings import open_overview
from data.wording.rows import Rows
from pages.markup import geometry
from pages.markup.environment import render
from pages.markup.screens import SCREENS
from pages.plots import draw_metric
from pages.serving.api import api
from tests.folders import copy_data

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        *("README.md", ".docs/README.zh.md", ".docs/deploy.md", ".docs/CONTRIBUTING.md", ".docs/CHANGELOG.md"),
        ".docs/capacity.md",
        "tests/bench/README.md",
    )
}
README, CHINESE, DEPLOY, CONTRIBUTING = list(DOCUMENTS.values())[:4]
PLACES = sorted(set(re.findall(r"`((?:data|pages|tests)/[\w/.-]+\.(?:py|html|yaml)):([\w.]+)`", README + CONTRIBUTING)))
FILES = re.compile(r"(?<![\w/.-])(?:data|pages|tests)/[\w./-]+\.(?:py|html|css|js|json|md|yaml)\b")
EXAMPLE = "-short-name.yaml"


def section(title: str, text: str = README) -> str:
    """The text of a section, without its heading."""
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


# --- what they say


@pytest.mark.parametrize(("text", "lang"), [(README, "en"), (CHINESE, "zh")], ids=["en", "zh"])
def test_the_finding_is_that_of_the_data(text, lang, dataset):
    said = re.search(r"<!-- finding -->\n> (.+)\n<!-- /finding -->", text)[1]
    opening = open_overview(select(dataset, Filters()), lang)
    assert said == opening.lede + (" " if lang == "en" else "") + opening.kinds


def test_the_numbers_of_cases_and_figures_are_those_of_the_data(dataset):
    numbers = {
        int(number)
        for number in re.findall(r"[Oo]f (?:the )?(\d{3}) figures|(\d{3})项指标", README)
        for number in number
        if number
    }
    assert numbers == {len(dataset.table)}
    assert len(dataset.cases) == 10
    assert section("The six screens").count("\n| ") == 1 + len(SCREENS) == 7
    for lang, text in (("en", README), ("zh", CHINESE)):
        assert all(re.search(rf"^\| {screen.name[lang]} \| ", text, re.MULTILINE) for screen in SCREENS.values())


@pytest.mark.parametrize(("text", "lang"), [(README, "en"), (CHINESE, "zh")], ids=["en", "zh"])
def test_the_grades_are_called_as_on_the_screens(text, lang):
    told = re.findall(r"^\| ([A-Z]) ([^|]+) \| ", text, re.MULTILINE)
    assert told == [(grade, word[lang].lower()) for grade, word in GRADE_WORDS.items()]


def test_both_languages_have_the_same_commands_settings_and_sections():
    assert blocks(CHINESE, "bash|powershell|python") == [
        block.replace("a pandas DataFrame, one row a figure", "pandas DataFrame，每行一项指标")
        for block in blocks(README, "bash|powershell|python")
    ]
    settings = [re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` ", text, re.MULTILINE) for text in (README, CHINESE)]
    assert settings[0] == settings[1] != []
    # "Where things are" is for those who read the code, which is in English.
    assert len(re.findall("^## ", README, re.MULTILINE)) == len(re.findall("^## ", CHINESE, re.MULTILINE)) + 1


# --- what they point at


def anchor(heading: str) -> str:
    """The id that a forge gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_link_leads_to_a_file_or_a_heading(name):
    text, folder = DOCUMENTS[name], (ROOT / name).parent
    headings = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith("#"):
            assert link[1:] in headings, link
        elif not urlsplit(link).scheme:
            assert (folder / link).exists(), link


@pytest.mark.parametrize("name", [*list(DOCUMENTS)[:4], ".docs/capacity.md"])
def test_the_contents_list_every_section(name):
    text = DOCUMENTS[name]
    listed = re.search(r"^\*\*(?:Contents|目录)\*\*[:：](.*?)\n\n", text, re.DOTALL | re.MULTILINE)[1]
    assert re.findall(r"\]\(#([^)]+)\)", listed) == [
        anchor(heading) for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)
    ]


def test_every_file_for_operators_is_named():
    named = {Path(name).name for name in re.findall(r"(?<!\w)\.deploy/[\w@.-]+", DEPLOY)}
    assert named == {path.name for path in (ROOT / ".deploy").iterdir()}


def test_the_data_links_exist():
    known = [re.compile(re.sub(r"\{\w+\}", "[^/]+", f"/api{route.path}")) for route in api.routes]
    links = re.findall(r"(?<![\w.])/api/[\w./-]+", README + CHINESE + DEPLOY)
    assert len(links) > 10
    assert [link for link in links if not any(path.fullmatch(link) for path in known)] == []


def definitions(path: str) -> set[str]:
    """What a file defines: the macros of a template, the sections and entries of a YAML file (`marks.improved`), and of
    a module its functions, classes, methods (`Class.method`) and constants.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".html"):
        return set(re.findall(r"{%-? macro (\w+)\(", text))
    if path.endswith(".yaml"):
        sections = yaml.safe_load(text)
        return {*sections} | {f"{section}.{entry}" for section, entries in sections.items() for entry in entries}
    found: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            names = [part for target in node.targets for part in getattr(target, "elts", [target])]
            found |= {name.id for name in names if isinstance(name, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def test_places_are_named():
    assert len(PLACES) >= 40
    assert {path.rpartition(".")[2] for path, _ in PLACES} == {"py", "html", "yaml"}


@pytest.mark.parametrize(("path", "name"), PLACES)
def test_a_place_that_is_named_exists(path, name):
    assert name in definitions(path)


@pytest.mark.parametrize(
    "path", ["data/model/grades.py", "data/wording/words.yaml", "pages/markup/templates/marks.html"]
)
def test_a_place_that_is_gone_is_noticed(path):
    assert len(definitions(path)) > 5
    assert "gone" not in definitions(path)


def test_where_to_change_what_says_how_many_files():
    rows = [line for line in section("Where to change what", CONTRIBUTING).splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + 19
    assert [row for row in rows[1:] if not re.search(r"\b\d(?: or \d)? product files?\b", row)] == []


def test_a_file_that_is_named_is_there():
    """In the documents, and in the product's comments."""
    texts = {name: text for name, text in DOCUMENTS.items() if name != ".docs/CHANGELOG.md"}
    for path in (path for room in ("data", "pages") for path in sorted((ROOT / room).rglob("*"))):
        if path.suffix in (".py", ".html", ".css", ".js", ".md"):
            texts[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    named = {(where, file) for where, text in texts.items() for file in FILES.findall(text)}
    assert len(named) > 50
    gone = [f"{where} names {file}" for where, file in sorted(named) if not (ROOT / file).exists()]
    assert [line for line in gone if not line.endswith(EXAMPLE)] == []


def test_the_metric_that_is_followed_arrives(dataset):
    """Its change is in the YAML file, the table, the CSV cell, and the charts of the page and of the image."""
    told = section("How one figure travels", CONTRIBUTING)
    case_id, metric_id = re.findall(r"`data/cases/([\w-]+)\.yaml`.*?`([\w-]+)`", told)[0]
    case = yaml.safe_load((ROOT / "data" / "cases" / f"{case_id}.yaml").read_text(encoding="utf-8"))
    change = next(metric for metric in case["metrics"] if metric["id"] == metric_id)["change"]["value"]
    cells = csv.DictReader(io.StringIO(write_csv(dataset.table).decode("utf-8-sig")))
    cell = next(cell for cell in cells if (cell["case_id"], cell["metric_id"]) == (case_id, metric_id))
    row = next(row for row in Rows(dataset, "en") if (row.case_id, row.metric_id) == (case_id, metric_id))
    figure = draw_metric(row, geometry.share_axis([row]), "en", "wide")
    assert f"−{abs(change):g}%" in render("chart", "chart", "en", row)
    assert float(cell["change_value"]) == row.change_value == change
    assert row.index == 100 + change
    assert any(f"−{abs(change):g}%" in note.text for note in figure.layout.annotations)


# --- the release


def test_one_release_is_named_everywhere():
    citation = yaml.safe_load((ROOT / ".docs" / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\S+) \((\S+)\)$", DOCUMENTS[".docs/CHANGELOG.md"], re.MULTILINE)
    cluster = (ROOT / ".deploy" / "kubernetes.yaml").read_text(encoding="utf-8")
    assert (newest[1], newest[2]) == (citation["version"], str(citation["date-released"]))
    assert {__version__} == {newest[1], api.version, re.search(r"image: \S+:(\S+)", cluster)[1]}


# --- the commands


def blocks(text: str, language: str) -> list[str]:
    return [found[1] for found in re.findall(rf"^```({language})\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def commands(text: str) -> set[str]:
    return {line.strip() for block in blocks(text, "bash|powershell") for line in block.splitlines() if line.strip()}


RUN_LINE = (
    "python3 -m venv .venv && .venv/bin/pip install -q -r .requirements.lock && .venv/bin/streamlit run dashboard.py"
)
RUN_HERE = {
    ".venv/bin/python -m data.export metrics.csv",
    ".venv/bin/python -m data.export report_en.html",
    "bash tests/run --no-install",
}
RUN_BY = {
    RUN_LINE: "tests/setup (venv, pip) and every test with a server; tests/deploy/test_recipes.py compares the parts",
    "bash tests/run": "whoever reads this as a result",
    "bash tests/setup": "tests/run",
    ".test-venv/bin/python -m ruff check": "tests/run",
    ".test-venv/bin/python -m ruff format": "tests/run, with --check",
    ".test-venv/bin/python -m mypy": "tests/run",
    ".test-venv/bin/python -m pytest tests/test_house.py tests/test_texts.py tests/test_requirements.py": "tests/run",
    ".venv/bin/python -m pytest": "tests/run, with more programs",
    "henan-reforms-rollout": "tests/deploy/test_rollout.py",
    "nginx -t && systemctl restart nginx": "tests/deploy/test_nginx.py, the first half",
}
"""Commands that are run elsewhere, and where."""
NOT_RUN = {
    r"py -m venv .venv; .venv\Scripts\pip install -q -r .requirements.lock; .venv\Scripts\streamlit run dashboard.py": "Windows",
    "bash tests/lock": "asks a package index",
    "pipx run pre-commit install --hook-type pre-commit --hook-type pre-push": "asks a package index",
    "pipx run pip-audit --disable-pip -r .requirements.production.lock": "asks a database of vulnerabilities",
    "set -a; . .test-venv/programs; set +a; .test-venv/bin/python -m tests.browser.shots --readme": "changes the pictures",
    "apt-get install certbot git libnginx-mod-http-brotli-filter nginx python3-venv": "changes the machine",
    "certbot certonly --webroot -w /var/www/html --cert-name henan-reforms --deploy-hook 'systemctl reload nginx' -d reforms.example.org": "changes the machine",
    "echo 'HENAN_ALLOWED_HOSTS=\"reforms.example.org localhost\"' >/etc/henan-reforms": "changes the machine",
    "mkdir -p /srv/henan-reforms/releases": "changes the machine",
    "git clone REPOSITORY /srv/henan-reforms/repository": "names what only the reader knows",
    "cd /srv/henan-reforms/repository/.deploy": "a folder of the server",
    "cp 'henan-reforms@.service' /etc/systemd/system/": "changes the machine",
    "cp rollout /usr/local/sbin/henan-reforms-rollout": "changes the machine",
    "cp nginx.conf /etc/nginx/conf.d/henan-reforms.conf": "changes the machine",
    "cp tls.conf /etc/nginx/henan-reforms-tls.conf": "changes the machine",
    "rm -f /etc/nginx/sites-enabled/default": "changes the machine",
    "sed -i -e '1i worker_rlimit_nofile 65536;' -e 's/worker_connections 768;/worker_connections 16384;/' /etc/nginx/nginx.conf": "changes the machine",
    "systemctl daemon-reload": "needs systemd as the first process",
    "systemctl enable henan-reforms@8501 henan-reforms@8502": "needs systemd as the first process",
    "kubectl apply -f .deploy/kubernetes.yaml": "needs a cluster; tests/deploy/test_recipes.py validates it",
    "docker compose -f .deploy/compose.yaml up -d --build --wait": "needs an engine",
    "docker compose -f .deploy/compose.yaml build": "needs an engine",
    "docker compose -f .deploy/compose.yaml up -d --no-deps --wait one": "needs an engine",
    "docker compose -f .deploy/compose.yaml up -d --no-deps --wait two": "needs an engine",
}
"""Commands that no test machine can run, and why; their syntax is checked."""


def test_every_command_is_run_or_listed():
    found = set().union(*(commands(text) for text in (README, CHINESE, DEPLOY, CONTRIBUTING)))
    assert found == RUN_HERE | RUN_BY.keys() | NOT_RUN.keys()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_syntax_of_every_command(name):
    text = "\n".join(blocks(DOCUMENTS[name], "bash"))
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_in_a_sentence_names_what_is_there():
    named = [
        found
        for text in DOCUMENTS.values()
        for found in re.findall(r"`(?:\S*python -m|bash) ([\w./]+)[^`]*`", text)
        if not found.endswith("pytest")
    ]
    assert len(named) > 10
    assert [name for name in named if not ((ROOT / name).is_file() or importlib.util.find_spec(name))] == []


def test_the_line_for_windows_is_that_for_the_others():
    (windows,) = blocks(README, "powershell")
    unix = windows.strip().replace(".venv\\Scripts\\", ".venv/bin/").replace("; ", " && ")
    assert re.sub("^py ", "python3 ", unix) == RUN_LINE


def test_the_data_is_exported(tmp_path, dataset):
    assert ".venv/bin/python -m data.export metrics.csv" in commands(README)
    assert export.main([str(tmp_path / "metrics.csv")]) in (0, None)
    assert (tmp_path / "metrics.csv").read_bytes() == write_csv(dataset.table)
    assert export.main([str(tmp_path / "report_en.html")]) in (0, None)
    assert b"<h1>" in (tmp_path / "report_en.html").read_bytes()


def test_the_python_of_the_readme(dataset):
    (code,) = blocks(README, "python")
    names: dict[str, object] = {}
    exec(code, names)
    assert list(names["table"]["metric_id"]) == list(dataset.table["metric_id"])


DOCUMENT = "案例11\n河南某市改革\n建成设施31座，办理时间由20天减少到5天。\n"


def test_a_case_is_added_as_the_readme_says(tmp_path, capsys):
    """Each command of the steps as it stands, on a copy of the data; the check refuses what only a reader can decide."""
    folder = copy_data(tmp_path / "data")
    (tmp_path / "document.txt").write_text(DOCUMENT, encoding="utf-8")
    target = folder / "cases" / "2020-11-short-name.yaml"
    steps = re.findall(r"`\.venv/bin/python -m data\.(\w+) ?([^`]*)`", section("Add a case"))
    assert [name for name, _ in steps] == ["draft", "draft", "check", "audit"]
    codes = []
    for name, arguments in steps:
        given = [
            {"DOCUMENT": str(tmp_path / "document.txt"), f"data/cases/{target.name}": str(target)}.get(word, word)
            for word in arguments.split()
        ]
        given += [] if "--help" in given else [str(folder)]
        try:
            codes.append({"draft": draft, "check": check, "audit": audit}[name].main(given))
        except SystemExit as ended:
            codes.append(ended.code)
        said = capsys.readouterr()
        assert "usage" not in said.err
    assert codes == [0, 0, 1, 1]
    assert target.read_text(encoding="utf-8").count("TODO")
    assert "TODO" in said.out


def test_without_installing_what_is_missing_is_named(tmp_path):
    """`bash tests/run --no-install` where the programs of the system are hidden."""
    hidden = tmp_path / "bin"
    hidden.mkdir()
    for name in ("bash", "cat", "dirname", "sha256sum"):
        (hidden / name).symlink_to(shutil.which(name))
    done = subprocess.run(
        [str(hidden / "bash"), "tests/run", "--no-install"],
        cwd=ROOT,
        env={"PATH": str(hidden), "PYTHON": sys.executable, "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().endswith("as root: apt-get install chromium fontconfig fonts-noto-cjk curl")


def test_another_python_is_refused_by_its_version(tmp_path):
    old = tmp_path / "python3.10"
    old.write_text("#!/bin/sh\necho 3.10\n")
    old.chmod(0o755)
    done = subprocess.run(
        ["bash", "tests/setup", "--no-install"],
        cwd=ROOT,
        env=os.environ | {"PYTHON": str(old)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    advice = "the project needs 3.11, 3.12 or 3.13 (name another: PYTHON=/path/to/python3 bash tests/run)"
    assert (done.returncode, done.stderr) == (1, f"tests/setup: {old} is Python 3.10; {advice}\n")
