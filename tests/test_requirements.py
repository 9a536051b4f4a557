"""The lock files hold what the requirements say, whole and with hashes. `bash tests/lock` writes them anew.

No network is asked: a lock is out of date where it differs from requirements.txt, tests/requirements.txt or another lock.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from pages.serving.preflight import FOR_TESTS

ROOT = Path(__file__).parent.parent
OUT_OF_DATE = "the lock is out of date: bash tests/lock"
REQUIREMENTS = ("requirements.txt", "tests/requirements.txt")
WHOLE, RUN, PRODUCTION = "tests/requirements.lock", ".requirements.lock", ".requirements.production.lock"
ENTRY = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: ; (?P<marker>.+?))? \\\n"
    r"(?P<hashes>(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"(?P<via>(?: +#.*\n)*)",
    re.MULTILINE,
)


class Locked(NamedTuple):
    version: str
    marker: str | None
    hashes: frozenset[str]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def required(name: str) -> dict[str, str]:
    """Version and the rest of the line of each requirement of a file."""
    return dict(re.findall(r"^([a-z0-9-]+)==(.+)$", read(name), re.MULTILINE))


def pins(requirements: dict[str, str]) -> dict[str, str]:
    return {name: rest.split()[0] for name, rest in requirements.items()}


@cache
def locked(name: str) -> dict[str, Locked]:
    return {
        found["name"]: Locked(
            found["version"], found["marker"], frozenset(re.findall("sha256:([0-9a-f]+)", found["hashes"]))
        )
        for found in ENTRY.finditer(read(name))
    }


@pytest.mark.parametrize("name", [WHOLE, RUN, PRODUCTION])
def test_a_lock_holds_packages_with_hashes_and_no_address(name):
    text = ENTRY.sub("", read(name))
    assert locked(name)
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == [], "a line of another kind"
    assert not re.search(r"https?:|file:|--(?:extra-)?index|--find-links| @ ", read(name))


@pytest.mark.parametrize("requirements", REQUIREMENTS)
def test_the_whole_lock_was_made_of_these_requirements(requirements):
    """It names for each package what asks for it, so that a requirement that is gone is noticed as well."""
    asked = {
        found["name"]: found["version"]
        for found in ENTRY.finditer(read(WHOLE))
        if re.search(rf"-r {re.escape(requirements)}$", found["via"], re.MULTILINE)
    }
    assert asked == pins(required(requirements)), OUT_OF_DATE


def test_the_locks_agree():
    for name in (RUN, PRODUCTION):
        differing = {package: entry for package, entry in locked(name).items() if locked(WHOLE).get(package) != entry}
        assert not differing, f"{name} differs from {WHOLE}: bash tests/lock"


def test_a_server_does_without_what_only_the_tests_need():
    direct = required("requirements.txt")
    for_tests = {name for name, rest in direct.items() if FOR_TESTS in rest}
    assert {"pytest", "jsonschema"} == for_tests
    assert direct.keys() <= locked(RUN).keys(), OUT_OF_DATE
    assert direct.keys() - for_tests <= locked(PRODUCTION).keys() <= locked(RUN).keys(), OUT_OF_DATE
    assert "pytest" not in locked(PRODUCTION)


def test_whoever_installs_takes_a_lock():
    assert f"-r {WHOLE}" in read("tests/setup")
    assert f"-r {RUN}" in read("README.md")
    assert f"-r {PRODUCTION}" in read(".deploy/Containerfile")
