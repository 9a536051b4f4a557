"""Containerfile, Compose file, Kubernetes manifest and systemd unit name files, settings and ports that exist, and agree
with each other, nginx, the rollout and the documents.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import kubernetes_validate
import pytest
import yaml
from streamlit import config

from pages.serving.settings import DEFAULTS
from tests.answers import fetch
from tests.deploy.pair import EXAMPLE
from tests.server import PROJECT, free_port, started

FILES = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLE.parent.iterdir()}
UNIT_FILE = "henan-reforms@.service"
COMPOSE = yaml.safe_load(FILES["compose.yaml"])["services"]
CLUSTER = {part["kind"]: part for part in yaml.safe_load_all(FILES["kubernetes.yaml"])}
POD = CLUSTER["Deployment"]["spec"]["template"]["spec"]
(POD_SERVER,) = POD["containers"]
ROOT = "/srv/henan-reforms"
HOSTS = "reforms.example.org localhost"
WANTED_EXPOSURE = 12
"""Maximum exposure of the unit, in tenths of systemd's scale; older versions judge a little differently."""


def steps(name: str) -> list[str]:
    """The arguments of this instruction of the Containerfile, one text per step."""
    return re.findall(rf"^{name} +(.*)$", re.sub(r"\\\n\s*", "", FILES["Containerfile"]), re.MULTILINE)


def unit(name: str) -> str:
    """The values of this option of the unit, with blanks between them."""
    return " ".join(re.findall(rf"^{name}=(.*)$", FILES[UNIT_FILE], re.MULTILINE))


def environment(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(text))


ENVIRONMENTS = {
    "container": environment(" ".join(steps("ENV"))),
    "unit": environment(unit("Environment")),
    "one": COMPOSE["one"]["environment"],
    "two": COMPOSE["two"]["environment"],
    "cluster": {variable["name"]: variable["value"] for variable in POD_SERVER["env"]},
}


@pytest.mark.parametrize("place", ENVIRONMENTS)
def test_settings_exist(place):
    streamlits = {f"STREAMLIT_{re.sub(r'(?=[A-Z])|[.]', '_', key).upper()}" for key in config.get_config_options()}
    others = {"HOME", "PYTHONDONTWRITEBYTECODE"}
    assert ENVIRONMENTS[place].keys() <= streamlits | {*DEFAULTS} | others
    assert ENVIRONMENTS[place].get("HENAN_ALLOWED_HOSTS", HOSTS) == HOSTS


def test_the_container_holds_what_runs_and_is_started_as_the_readme_says():
    copied = {source for step in steps("COPY") for source in step.split()[:-1]}
    assert copied == {
        "requirements.txt",
        ".requirements.production.lock",
        ".streamlit",
        "dashboard.py",
        "pages",
        "data",
    }
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    readme = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    making, installing, starting = next(line for line in readme if line.endswith("run dashboard.py")).split(" && ")
    installing = installing.replace(" -r .requirements.lock", " --no-cache-dir -r .requirements.production.lock")
    assert f"{making} && {installing}" in " && ".join(steps("RUN"))
    assert shlex.join(json.loads(steps("CMD")[-1])) == starting
    assert unit("ExecStart") == f"{ROOT}/current/{starting}"


def test_nobody_is_root_and_nothing_is_written_but_the_cache():
    user, cache = steps("USER")[-1], ENVIRONMENTS["container"]["HENAN_CACHE"]
    assert any(f"--uid {user} " in step for step in steps("RUN"))
    assert (POD["securityContext"]["runAsNonRoot"], str(POD["securityContext"]["runAsUser"])) == (True, user)
    assert steps("VOLUME") == [cache]
    for name in ("one", "two"):
        assert (COMPOSE[name]["read_only"], COMPOSE[name]["volumes"]) == (True, [f"cache-{name}:{cache}"])
    assert POD_SERVER["securityContext"]["readOnlyRootFilesystem"] is True
    assert {mount["mountPath"] for mount in POD_SERVER["volumeMounts"]} == {cache, "/tmp"}
    assert (unit("DynamicUser"), unit("ProtectSystem")) == ("yes", "strict")
    assert ENVIRONMENTS["unit"]["HENAN_CACHE"] == f"/var/cache/{unit('CacheDirectory')}"


def test_ports_and_folders_agree():
    nginx, rollout = FILES["nginx.conf"], FILES["rollout"]
    ports = re.findall(r"server 127\.0\.0\.1:(\d+) ", nginx)
    assert f"${{PORTS:-{' '.join(ports)}}}" in rollout
    assert [str(ENVIRONMENTS[name]["STREAMLIT_SERVER_PORT"]) for name in ("one", "two")] == ports
    assert {COMPOSE[name]["network_mode"] for name in ("one", "two")} == {"service:nginx"}
    assert [str(port["containerPort"]) for port in POD_SERVER["ports"]] == steps("EXPOSE")
    assert f"root=${{ROOT:-{ROOT}}}" in rollout
    assert f"alias {ROOT}/current/.deploy/unavailable.html;" in nginx
    assert (unit("WorkingDirectory"), unit("EnvironmentFile")) == (f"{ROOT}/current", "/etc/henan-reforms")
    for mounted in COMPOSE["nginx"]["volumes"]:
        source, inside, _ = mounted.split(":")
        assert source.removeprefix("./") in FILES
        assert inside in nginx or f"$etc{inside.removeprefix('/etc')}\n" in rollout
    guide = (PROJECT / ".docs" / "deploy.md").read_text(encoding="utf-8")
    assert "systemctl enable " + " ".join(f"henan-reforms@{port}" for port in ports) in guide
    assert f'HENAN_ALLOWED_HOSTS="{HOSTS}"' in guide


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_the_unit_is_hardened(tmp_path):
    one = tmp_path / UNIT_FILE.replace("@", "@8501")
    one.write_text(FILES[UNIT_FILE].replace(unit("ExecStart"), sys.executable))
    for command in (["security", "--no-pager", "--offline=true", f"--threshold={WANTED_EXPOSURE}"], ["verify"]):
        judged = subprocess.run(
            ["systemd-analyze", *command, str(one)], capture_output=True, text=True, timeout=60, check=False
        )
        assert (judged.returncode, judged.stderr) == (0, ""), judged.stdout


def test_the_manifest_is_what_kubernetes_expects_and_its_parts_belong_together():
    """By the schemas of its newest version that the checker brings, which refuse a misspelt field."""
    for part in CLUSTER.values():
        kubernetes_validate.validate(part, kubernetes_validate.latest_version(), strict=True)
    spec, service = CLUSTER["Deployment"]["spec"], CLUSTER["Service"]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"] == service["spec"]["selector"]
    ((rule,), (port,)) = CLUSTER["Ingress"]["spec"]["rules"], service["spec"]["ports"]
    wanted = {"name": service["metadata"]["name"], "port": {"name": port["name"]}}
    assert [path["backend"]["service"] for path in rule["http"]["paths"]] == [wanted]
    assert [exposed["name"] for exposed in POD_SERVER["ports"]] == [port["targetPort"]]
    assert rule["host"] == HOSTS.split()[0]


def test_the_health_checks_tell_a_server_from_none(tmp_path):
    def healthy(port: int, base: str) -> bool:
        own = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_BASE_URL_PATH": base}
        command = [sys.executable, *json.loads(steps("HEALTHCHECK")[0].partition(" CMD ")[2])[1:]]
        asked = subprocess.run(
            command, cwd=PROJECT, env={**os.environ, **own}, capture_output=True, timeout=60, check=False
        )
        return not asked.returncode

    port, base = free_port(), "city/reform"
    with started(tmp_path / "log", port=port, STREAMLIT_SERVER_BASE_URL_PATH=base) as (address, _):
        assert [healthy(port, base), healthy(free_port(), base)] == [True, False]
        for name in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = POD_SERVER[name]["httpGet"]
            headers = {header["name"]: header["value"] for header in probe["httpHeaders"]}
            assert fetch(address + probe["path"], **headers).status == 200
            assert fetch(address + probe["path"], Host="10.1.2.3:8501").status == 421
