"""The rules of the project's structure: imports, the top level, texts in two languages, nothing fetched from elsewhere."""

from __future__ import annotations

import ast
import html
import importlib
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from jinja2 import nodes

from pages.markup.environment import TEMPLATES, environment

ROOT = Path(__file__).parent.parent
TRACKED = (
    subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    .stdout.decode()
    .rstrip("\0")
    .split("\0")
)
CODE = [
    path.relative_to(ROOT).as_posix()
    for path in sorted([ROOT / "dashboard.py", *(ROOT / "data").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
]
PAGES = [path for path in CODE if path.startswith("pages/")]

IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
LATIN = re.compile(r"[A-Za-z]{2,}")
SAYING = ("t", "show_note", "show_warning")
"""Functions whose last two positional arguments are a text in Chinese and in English."""
LANGUAGE_TAG = re.compile(r"[a-z]{2}(?:[-_][A-Z]{2})?")


@cache
def tree_of(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported module and name as (line, dotted name), at any level of the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def test_the_server_imports_no_screen_and_draws_nothing():
    """.importlinter holds the rooms; dashboard.py is a module, of which it knows nothing."""
    own = [name for _, name in imports(tree_of("dashboard.py")) if name.startswith(("data", "pages", "plotly"))]
    assert own
    assert [
        name
        for name in own
        if not re.match(r"data\.(__version__$|query\.|reading\.|wording\.)|pages\.(markup|serving)\.", name)
    ] == []


def test_data_has_at_most_six_modules_of_its_own():
    assert len([path for path in CODE if re.fullmatch(r"data/\w+\.py", path)]) <= 6


def test_imports_name_their_package_in_full():
    found = [(f"{path}:{line}", name) for path in CODE for line, name in imports(tree_of(path))]
    broken = [
        f"{where} imports {name}: write the package's full name"
        for where, name in found
        if name.startswith((".", "frame.", "figures."))
    ]
    assert not broken, "\n".join(broken)


def test_a_figure_opens_no_file():
    calls = [
        (path, node)
        for path in PAGES
        if path.startswith(("pages/figures/", "pages/plots"))
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
    ]
    assert calls
    assert not [
        f"{path}:{call.lineno}" for path, call in calls if isinstance(call.func, ast.Name) and call.func.id == "open"
    ]


def names_a_grade(node: ast.Compare) -> bool:
    """Whether a comparison is one of a grade with letters: `row.grade in "AB"`, `grade == "P"`."""
    named = getattr(node.left, "attr", getattr(node.left, "id", ""))
    return named == "grade" and any(isinstance(other, ast.Constant) for other in node.comparators)


def test_what_a_grade_allows_is_in_its_rule():
    broken = [
        f"{path}:{node.lineno} compares with letters: write GRADE_RULES[grade] and what it allows"
        for path in CODE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Compare) and names_a_grade(node)
    ]
    assert not broken, "\n".join(broken)


def test_the_top_is_the_owners():
    top = {name.split("/")[0] for name in TRACKED}
    assert {name for name in top if not name.startswith(".")} == {
        "dashboard.py",
        "pages",
        "data",
        "tests",
        "requirements.txt",
        "README.md",
        "LICENSE",
    }


def test_tests_are_flat_files():
    allowed = re.compile(r"tests/(?:(?:api|bench(?:/peer)?|breaks|browser|deploy|snapshots)/)?[\w.-]+")
    assert [name for name in TRACKED if name.startswith("tests/") and not allowed.fullmatch(name)] == []


# --- both languages


def literal(node: ast.AST) -> str | None:
    """The fixed text of a literal or f-string; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    return None


def called(node: ast.AST) -> str:
    """The last name of the called function: `t` of view.t(…)."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def ancestors(node: ast.AST, above: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in above:
        node = above[node]
        yield node


def is_pair(node: ast.AST) -> bool:
    """A (zh, en) tuple or a {"zh": …, "en": …} mapping."""
    if isinstance(node, ast.Dict):
        return {key.value for key in node.keys if isinstance(key, ast.Constant)} == {"zh", "en"}
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        return False
    zh, en = map(literal, node.elts)
    return bool(zh and en and CJK.search(zh) and not CJK.search(en))


def has_its_translation(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether a string is beside its English, or needs none: a docstring, an affix removed from a name."""
    docstring = isinstance(above[node], ast.Expr)
    return docstring or any(
        called(outer) in (*SAYING, "Text", "pairs", "removesuffix") or is_pair(outer)
        for outer in ancestors(node, above)
    )


def test_no_chinese_without_its_english():
    alone = [
        f"{path}:{node.lineno} {node.value!r}: write view.t(zh, en) or a pair of both"
        for path in PAGES
        for above in [parents(tree_of(path))]
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and IDEOGRAPH.search(node.value)
        if not has_its_translation(node, above)
    ]
    assert not alone, "\n".join(alone)


def sayings(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """The (line, zh, en) of all calls in SAYING and of Text(zh=…, en=…) with fixed text in both languages."""
    for node in ast.walk(tree):
        if called(node) in SAYING and not any(isinstance(argument, ast.Starred) for argument in node.args):
            zh, en = map(literal, node.args[-2:])
        elif called(node) == "Text":
            zh, en = (
                literal(keyword.value)
                for keyword in sorted(node.keywords, key=lambda keyword: keyword.arg, reverse=True)
            )
        else:
            continue
        if zh and en:
            yield node.lineno, zh, en


def test_what_is_said_is_said_in_both_languages():
    said = [(f"{path}:{line}", zh, en) for path in CODE for line, zh, en in sayings(tree_of(path))]
    assert said
    broken = [f"{place} the English {en!r} holds Chinese" for place, _, en in said if CJK.search(en)]
    broken += [
        f"{place} the Chinese {zh!r} of {en!r} holds no Chinese"
        for place, zh, en in said
        if not CJK.search(zh) and LATIN.search(zh + en) and not LANGUAGE_TAG.fullmatch(zh)
    ]
    assert not broken, "\n".join(broken)


SHOWN = """
    title header subheader caption markdown write text info warning error success toast Markup show_paragraph
    button link_button download_button page_link expander popover tabs metric spinner
    selectbox multiselect pills segmented_control radio checkbox toggle text_input
"""
"""Functions whose first argument stands on the screen."""
NAMES_IN_ANY_LANGUAGE = {"GB/T 7714", "BibTeX", "Word", "Excel"}
NOT_READ = re.compile(r"<style>.*?</style>|<[^>]*>|\{[^}]*\}|:material/\w+:", re.DOTALL)


def shown_by(node: ast.AST) -> Iterator[str]:
    """The fixed texts that a call shows on the page."""
    if isinstance(node, ast.Call) and called(node) in SHOWN.split():
        arguments = [
            *node.args[:1],
            *(keyword.value for keyword in node.keywords if keyword.arg in ("label", "help", "placeholder", "alt")),
        ]
        yield from filter(None, map(literal, arguments))


def test_no_text_on_screen_in_one_language_only():
    found = [
        (f"{path}:{node.lineno}", NOT_READ.sub(" ", text).strip())
        for path in PAGES
        for node in ast.walk(tree_of(path))
        for text in shown_by(node)
    ]
    assert found
    alone = [
        f"{place} {text!r}: write view.t(zh, en)"
        for place, text in found
        if LATIN.search(text) and text not in NAMES_IN_ANY_LANGUAGE
    ]
    assert not alone, "\n".join(alone)


# --- templates

PAGES_IN_TEMPLATES = {
    path.name: environment("en").parse(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("*.html"))
}
READ_ATTRIBUTE = re.compile(
    r'\b(?:title|alt|aria-label|placeholder|data-(?:saved|copied|shared|failed|barred|refused|tip))="([^"]*)"'
)
FORMAT = re.compile(r"%(?:\(\w+\))?[\d.,]*[sdf]")


def is_called(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == name


def asks_language(test: nodes.Node) -> bool:
    """Whether a condition is `lang == …`."""
    found = [test, *test.find_all(nodes.Compare)]
    return any(isinstance(each, nodes.Compare) and getattr(each.expr, "name", "") == "lang" for each in found)


def own_text(node: nodes.Node) -> Iterator[str]:
    """What a template writes by itself, in order and with its tags; neither `t(…)` nor what one language alone has."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const):
        yield html.escape(str(node.value or ""))
    elif isinstance(node, (nodes.If, nodes.CondExpr)) and asks_language(node.test):
        return
    elif isinstance(node, nodes.Expr) and not isinstance(node, (nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Filter)):
        yield " "
    else:
        parts = ("nodes", "body", "elif_", "else_", "expr1", "expr2", "left", "right", "node")
        for child in node.iter_child_nodes(only=() if isinstance(node, nodes.Assign) else parts):
            yield from own_text(child)


def strings(node: nodes.Node) -> list[str]:
    """The fixed strings in an expression."""
    found = [node, *node.find_all(nodes.Const)]
    return [each.value for each in found if isinstance(each, nodes.Const) and isinstance(each.value, str)]


@pytest.mark.parametrize("name", PAGES_IN_TEMPLATES)
def test_a_template_says_everything_in_both_languages(name):
    tree = PAGES_IN_TEMPLATES[name]
    said = [call for call in tree.find_all(nodes.Call) if is_called(call, "t")]
    assert [f"{name}:{call.lineno}" for call in said if len(call.args) != 2] == [], "write t(zh, en)"
    broken = []
    for call in said:
        zh, en = ("".join(strings(argument)) for argument in call.args)
        alike = FORMAT.sub("", zh) in NAMES_IN_ANY_LANGUAGE or LANGUAGE_TAG.fullmatch(zh)
        if CJK.search(en) or (LATIN.search(FORMAT.sub("", zh)) and not CJK.search(zh) and not alike):
            broken.append(f"{name}:{call.lineno} {zh!r}, {en!r}")
    inside = {id(const) for call in said for const in call.find_all(nodes.Const)}
    for const in tree.find_all(nodes.Const):
        if id(const) not in inside and isinstance(const.value, str) and CJK.search(const.value):
            broken.append(f"{name}:{const.lineno} {const.value!r} without its English")
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", "".join(own_text(tree)), flags=re.DOTALL)
    for part in (*READ_ATTRIBUTE.findall(text), *re.sub(r"<[^>]*>", "\n", text).split("\n")):
        read = html.unescape(part).strip(" ·:,.()“”")
        is_for_programs = read.startswith('{"@context"')
        if read not in NAMES_IN_ANY_LANGUAGE and not is_for_programs and (LATIN.search(read) or CJK.search(read)):
            broken.append(f"{name}: {read!r} in one language only")
    assert not broken, "\n".join(broken)


TAG = re.compile(
    r"(?<!\?P)<!?/?(?:a|article|aside|b|base|blockquote|body|br|button|circle|code|dd|details|div|dl|doctype|dt|em"
    r"|figcaption|figure|footer|form|g|h[1-6]|head|header|hr|html|i|iframe|img|input|label|li|link|main|mark|meta|nav"
    r"|noscript|ol|p|path|pre|q|rect|script|section|small|span|strong|style|sub|summary|sup|svg|table|tbody|td"
    r"|template|text|th|thead|time|title|tr|ul|use)\b(?=[\s/>{]|$)|</?(?:h$|[{%])",
    re.IGNORECASE,
)
WITH_TAGS = {
    "a frame for another site, which is copied as it is": """
        data/downloads/snippets.py
    """,
    "labels of Plotly, whose bold words are tags": """
        pages/plots.py
    """,
}
"""Modules that write tags themselves, and why: one that writes none leaves the list, and none may enter it."""
READING = ("compile", "sub", "findall", "search")
"""Functions that look for a tag and write none."""


def test_every_tag_stands_in_a_template():
    found = {
        path: node.lineno
        for path in CODE
        for above in [parents(tree_of(path))]
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TAG.search(node.value)
        if not isinstance(above[node], ast.Expr) and called(above[node]) not in READING
    }
    listed = {*" ".join(WITH_TAGS.values()).split()}
    assert [f"{path}:{line}" for path, line in found.items() if path not in listed] == [], "write it in a template"
    assert listed - found.keys() == set(), "no tag is left there: take it off the list"


# --- what it is built on, and that it keeps to itself

REQUIREMENT = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\d+(?:\.\d+)+) +# (?P<why>\S.*)")
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
MODULES = {"pyyaml": "yaml", "python-docx": "docx"}
BROUGHT_ALONG = {"pydantic_core": "pydantic", "google": "streamlit", "h11": "uvicorn", "websockets": "streamlit"}


@pytest.mark.parametrize("line", REQUIREMENTS)
def test_a_requirement_is_pinned_installed_and_says_why(line):
    found = REQUIREMENT.fullmatch(line)
    assert found, "write name==version  # why"
    assert importlib.metadata.version(found["name"]) == found["version"]


def test_the_requirements_are_what_is_imported():
    required = {MODULES.get(name, name) for name in (line.split("==")[0] for line in REQUIREMENTS)}
    tests = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").glob("*.py")}
    used = {name.split(".")[0] for tree in (*map(tree_of, CODE), *tests.values()) for _, name in imports(tree)}
    own = {"data", "pages", "dashboard", "tests", *sys.stdlib_module_names}
    assert {BROUGHT_ALONG.get(name, name) for name in used - own} == required


SETTINGS = {
    "server.address": "localhost",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": False,
    "server.maxWidgetStateSize": 1,
    "browser.gatherUsageStats": False,
    "browser.serverAddress": "localhost",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "client.disableDataExport": True,
    "client.allowedOrigins": [],
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
}
CONFIG = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "value"), SETTINGS.items(), ids=SETTINGS)
def test_the_server_stays_private_and_silent(name, value):
    section, key = name.split(".")
    assert tomllib.loads(CONFIG)[section][key] == value


NAMES_OF_FORMATS = {
    *("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"),
    *("http://www.sitemaps.org/schemas/sitemap/0.9", "https://schema.org"),
}
"""Addresses that are the names of formats and are not fetched."""


def test_nothing_is_fetched_from_elsewhere():
    """The data may contain an address, as of a license; the pages, the server and the settings may not."""
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in (*PAGES, "dashboard.py")} | {
        "config.toml": CONFIG
    }
    found = {
        (path, address) for path, text in texts.items() for address in re.findall(r"(?:https?|wss?)://[\w./-]+", text)
    }
    assert {address for _, address in found} <= NAMES_OF_FORMATS, found


def test_the_readme_points_at_files_that_exist():
    named = re.findall(
        r"\]\((\.?[\w/.-]+)\)|`((?:data|pages|tests)/[\w/.-]+)`", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    assert named
    assert [name for pair in named for name in pair if name and not (ROOT / name).exists()] == []


REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "anaconda" + ".org",
    "proxy.golang" + ".org",
    "index-url",
)
OF_ONE_MACHINE = re.compile(r"(?<![\w.~$}])/(?:work|tmp|root|home|Users|mnt|opt)/[\w.]")


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    found = []
    for name in TRACKED:
        if (path := ROOT / name).is_file() and path.suffix not in (".png", ".ico", ".docx"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if any(host in line for host in REGISTRIES if name != "tests/test_house.py") or OF_ONE_MACHINE.search(
                    line
                ):
                    found.append(f"{name}:{number} {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_every_file_is_utf_8_without_tabs_or_trailing_blanks():
    found = []
    for name in TRACKED:
        if (path := ROOT / name).is_file() and path.suffix in (".py", ".yaml", ".md", ".toml", ".txt", ".ini"):
            text = path.read_bytes().decode("utf-8")
            if (
                "\r" in text
                or "\t" in text
                or (text and not text.endswith("\n"))
                or re.search(r" $", text, re.MULTILINE)
            ):
                found.append(name)
    assert not found


# --- what runs before a commit and on a forge


def test_a_forge_runs_what_a_developer_runs():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yaml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["tests"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert workflow["permissions"] == {"contents": "read"}


def test_a_commit_is_checked_by_what_the_tests_run():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [source["repo"] for source in hooks] == ["local"], "nothing is fetched"
    run = (ROOT / "tests" / "run").read_text(encoding="utf-8").replace("$python", ".test-venv/bin/python")
    for entry in (hook["entry"] for hook in hooks[0]["hooks"]):
        if "pytest" in entry:
            assert all((ROOT / name).is_file() for name in entry.partition(" pytest ")[2].split())
        else:
            assert "data.check" in entry or f"{entry}\n" in run, entry


def test_editors_and_the_formatter_agree_about_the_length_of_a_line():
    length = tomllib.loads((ROOT / ".ruff.toml").read_text(encoding="utf-8"))["line-length"]
    assert f"max_line_length = {length}\n" in (ROOT / ".editorconfig").read_text(encoding="utf-8")
