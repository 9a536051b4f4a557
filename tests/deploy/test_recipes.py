"""Dockerfile and systemd unit name files, commands, settings and ports that exist, and agree with each other, the nginx
example and README.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit import config

from pages.serving.settings import VARIABLES
from tests.deploy.pair import EXAMPLE
from tests.server import PROJECT, free_port, running

CONTAINER = (EXAMPLE.parent / "Containerfile").read_text(encoding="utf-8")
UNIT_FILE = EXAMPLE.parent / "henan-reforms@.service"
README = (PROJECT / "README.md").read_text(encoding="utf-8")
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
).stdout.splitlines()
RUN_LINE = next(line for line in README.splitlines() if line.endswith("streamlit run dashboard.py"))


def steps(name: str) -> list[str]:
    """The arguments of this instruction of the Dockerfile, one text per step."""
    whole = re.sub(r"\\\n\s*", "", CONTAINER)
    return re.findall(rf"^{name} +(.*)$", whole, re.MULTILINE)


def unit() -> ConfigParser:
    """The systemd unit, with its repeated Environment lines joined."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(UNIT_FILE.read_text(encoding="utf-8"))
    return parser


def environment(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(text))


CONTAINER_ENVIRONMENT = environment(" ".join(steps("ENV")))
UNIT_ENVIRONMENT = environment(
    " ".join(re.findall(r"^Environment=(.*)$", UNIT_FILE.read_text(encoding="utf-8"), re.MULTILINE))
)
HEALTH = json.loads(steps("HEALTHCHECK")[0].partition(" CMD ")[2])


def test_what_is_copied_is_in_the_project_and_is_all_that_runs():
    copied = {source for step in steps("COPY") for source in step.split()[:-1]}
    assert copied == {"requirements.txt", ".streamlit", "dashboard.py", "pages", "data"}
    assert [
        source for source in copied if not any(name == source or name.startswith(f"{source}/") for name in TRACKED)
    ] == []


def test_it_is_built_as_the_readme_says_in_the_format_that_keeps_the_health_check():
    building = CONTAINER.splitlines()[0].removeprefix("# ")
    assert building in README.splitlines()
    assert "--format docker" in building


def test_it_is_installed_and_started_as_the_readme_says():
    making, installing, starting = RUN_LINE.split(" && ")
    run = " && ".join(steps("RUN"))
    assert f"{making} && {installing.replace(' -r', ' --no-cache-dir -r')}" in run
    assert shlex.join(json.loads(steps("CMD")[-1])) == starting
    assert unit()["Service"]["ExecStart"] == f"{unit()['Service']['WorkingDirectory']}/{starting}"
    assert steps("WORKDIR") == [unit()["Service"]["WorkingDirectory"]]


@pytest.mark.parametrize("name", [*CONTAINER_ENVIRONMENT, *UNIT_ENVIRONMENT])
def test_a_setting_exists(name):
    streamlits = {f"STREAMLIT_{re.sub(r'(?=[A-Z])|[.]', '_', key).upper()}" for key in config.get_config_options()}
    assert name in {*streamlits, *(variable.name for variable in VARIABLES.values()), "PYTHONDONTWRITEBYTECODE"}


def test_nobody_is_root():
    assert steps("USER")[-1] in next(step for step in steps("RUN") if step.startswith("useradd")).split()
    assert CONTAINER.rindex("\nUSER ") > CONTAINER.rindex("\nRUN ")
    assert unit()["Service"]["DynamicUser"] == "yes"


def test_ports_and_names_agree():
    assert CONTAINER_ENVIRONMENT["STREAMLIT_SERVER_PORT"] == steps("EXPOSE")[0]
    assert f"http://localhost:{steps('EXPOSE')[0]}/healthz" in HEALTH[-1]
    example = EXAMPLE.read_text(encoding="utf-8")
    assert re.findall(r"server 127\.0\.0\.1:(\d+) ", example) == re.findall(r"henan-reforms@(\d+)", README)
    name = re.search(r"server_name (\S+);", example)[1]
    assert UNIT_ENVIRONMENT["HENAN_ALLOWED_HOSTS"].split() == [name, "localhost"]
    assert f"HENAN_ALLOWED_HOSTS={name} localhost" in README


def healthy(port: int) -> bool:
    """Result of the container's health check for a server at this port."""
    code = HEALTH[-1].replace(f":{steps('EXPOSE')[0]}/", f":{port}/")
    return (
        subprocess.run([sys.executable, *HEALTH[1:-1], code], capture_output=True, timeout=60, check=False).returncode
        == 0
    )


def test_the_health_check_tells_a_server_from_none(tmp_path):
    with running(tmp_path / "log") as address:
        assert healthy(urlsplit(address).port)
    assert not healthy(free_port())


def test_the_readme_copies_what_is_there():
    named = re.findall(r"(?<!\w)\.deploy/[\w@.-]+", README)
    assert {Path(name).name for name in named} == {path.name for path in EXAMPLE.parent.iterdir()}
