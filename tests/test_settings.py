"""The settings: accepted and refused values, messages, and their description in README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from data.reading.folder import FOLDER
from pages.serving.settings import DEFAULTS, RETIRED, Settings, list_warnings, read

ROOT = Path(__file__).parent.parent
KEPT = {
    "defaults": (
        {},
        {
            "data": FOLDER,
            "allowed_hosts": ("localhost", "127.0.0.1", "[::1]"),
            "frame_ancestors": "'none'",
            "base": "",
        },
    ),
    "empty means unset": ({"HENAN_LOG": "", "HENAN_DATA": " "}, {"log": "info", "data": FOLDER}),
    "nothing kept": ({"HENAN_CACHE": "none"}, {"cache": None}),
    "a folder to be made": ({"HENAN_CACHE": ".cache/new"}, {"cache": ROOT / ".cache/new"}),
    "hosts": (
        {"HENAN_ALLOWED_HOSTS": " Reforms.Example.org  *.example.net\n10.0.0.5 "},
        {"allowed_hosts": ("reforms.example.org", "*.example.net", "10.0.0.5")},
    ),
    "any host": ({"HENAN_ALLOWED_HOSTS": "*"}, {"allowed_hosts": ("*",)}),
    "frames": (
        {"HENAN_FRAME_ANCESTORS": "self example.org *.example.net:8443"},
        {"frame_ancestors": "'self' example.org *.example.net:8443"},
    ),
    "frames with a scheme": (
        {"HENAN_FRAME_ANCESTORS": "'self' https://Example.org"},
        {"frame_ancestors": "'self' https://example.org"},
    ),
    "no frame": ({"HENAN_FRAME_ANCESTORS": "'none'"}, {"frame_ancestors": "'none'"}),
    "any frame": ({"HENAN_FRAME_ANCESTORS": "*"}, {"frame_ancestors": "*"}),
    "log": ({"HENAN_LOG": "Warning"}, {"log": "warning"}),
    "proxies": ({"FORWARDED_ALLOW_IPS": "10.0.0.0/8, ::1"}, {}),
    "any proxy": ({"FORWARDED_ALLOW_IPS": "*"}, {}),
    "the top": ({"STREAMLIT_SERVER_BASE_URL_PATH": "/"}, {"base": ""}),
    "a base path": ({"STREAMLIT_SERVER_BASE_URL_PATH": "/city/Reform_2020.v1~x/"}, {"base": "/city/Reform_2020.v1~x"}),
    "a folder from elsewhere": ({"HENAN_DATA": str(FOLDER)}, {"data": FOLDER}),
    "a setting of an earlier release": ({"HENAN_API_RATE": "ten"}, {"data": FOLDER}),
    "names of a platform": ({"HENAN_PORT_8501_TCP_ADDR": "10.0.0.1", "HENAN_SERVICE_HOST": "10.0.0.1"}, {}),
}


@pytest.mark.parametrize(("environment", "expected"), KEPT.values(), ids=KEPT)
def test_a_setting_is_taken(environment, expected):
    settings, problems = read(environment)
    assert problems == []
    assert {name: getattr(settings, name) for name in expected} == expected


REFUSED = {
    "HENAN_DATA": ["nowhere", "tests", "data/cases", "\0", "x" * 5000],
    "HENAN_CACHE": ["README.md", "\0", "x" * 5000],
    "HENAN_ALLOWED_HOSTS": [
        "https://example.org",
        "example.org:8501",
        "example.org/path",
        "a,b",
        "*example.org",
        "a.*.org",
        "[zz]",
        "例.org",
        "a\0b",
        "-",
    ],
    "HENAN_FRAME_ANCESTORS": [
        "'none' self",
        "none example.org",
        "example.org; script-src *",
        "data:",
        "https://",
        "example.org/path",
        "javascript:alert(1)",
        "a\nb;c",
        '"self"',
    ],
    "HENAN_LOG": ["loud", "0", "info,debug"],
    "HENAN_BROWSER_CACHE": ["yes", "0", "on off", "ｏn"],
    "FORWARDED_ALLOW_IPS": [
        "proxy",
        "127.0.0.1;::1",
        "127.0.0.1 ::1",
        "10.0.0.0/99",
        "127.0.0.1,",
        "127.0.0.1,*",
        "10.0.0.1/8",
        "localhost",
    ],
    "STREAMLIT_SERVER_BASE_URL_PATH": [
        "../x",
        "a b",
        "a//b",
        "a/./b",
        "{x}",
        "?x",
        "#x",
        "https://example.org/x",
        "例",
        "a\\b",
        "a%2fb",
    ],
}


@pytest.mark.parametrize(
    ("name", "text"),
    [(name, text) for name, texts in REFUSED.items() for text in texts],
    ids=lambda value: ascii(value)[:40],
)
def test_a_wrong_value_is_refused_in_one_line(name, text):
    settings, (problem,) = read({name: text})
    assert settings is None
    assert re.fullmatch(rf'{name}: found "[^\0\n]{{1,600}}"\. Write .+', problem)


def test_every_setting_refuses_something():
    assert set(REFUSED) == {*DEFAULTS}


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("HENAN_ALOWED_HOSTS", "HENAN_ALLOWED_HOSTS"),
        ("HENAN_FRAME_ANCESTOR", "HENAN_FRAME_ANCESTORS"),
        ("HENAN_CACH", "HENAN_CACHE"),
    ],
)
def test_a_misspelt_name_is_refused(wrong, meant):
    assert read({wrong: "x"}) == (None, [f"{wrong}: there is no such setting. Write {meant}"])


def test_the_readme_lists_the_settings():
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| `([^`]+)` \| .+ \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [*DEFAULTS.items()]


def test_the_code_reads_no_other_variable():
    code = [ROOT / "dashboard.py", *ROOT.glob("data/**/*.py"), *ROOT.glob("pages/**/*.py")]
    used = {name for path in code for name in re.findall(r"\bHENAN_[A-Z_]+", path.read_text(encoding="utf-8"))}
    assert used - {"HENAN_"} == {name for name in (*DEFAULTS, *RETIRED) if name.startswith("HENAN_")}


def test_a_server_with_wrong_settings_does_not_start():
    wrong = {name: texts[0] for name, texts in REFUSED.items()} | {"HENAN_CACHED": "1"}
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "dashboard.py",
        "--server.headless",
        "true",
        "--server.port",
        "0",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **wrong}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "HENAN_CACHED",
        *DEFAULTS,
    ]


WARNINGS = {
    "nothing": ({}, "localhost", []),
    "a setting of an earlier release": ({"HENAN_API_RATE": "600"}, "::1", ["HENAN_API_RATE has no effect any more: "]),
    "open to others": ({}, "0.0.0.0", ["The server listens at 0.0.0.0, where others reach it, "]),
    "behind a proxy": ({"HENAN_ALLOWED_HOSTS": "reforms.example.org"}, "10.0.0.5", []),
}


@pytest.mark.parametrize(("environment", "address", "begun"), WARNINGS.values(), ids=WARNINGS)
def test_the_log_warns_of_what_has_no_effect_and_of_a_server_without_a_proxy(environment, address, begun):
    warned = [*list_warnings(environment, address)]
    assert [text[: len(start)] for text, start in zip(warned, begun, strict=True)] == begun


def test_settings_cannot_be_changed():
    settings, _ = read({})
    assert isinstance(settings, Settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.log = "debug"  # type: ignore[misc]
