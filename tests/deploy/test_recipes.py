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

from pages.serving.settings import VARIABLES
from tests.answers import fetch
from tests.deploy.pair import EXAMPLE
from tests.server import PROJECT, free_port, started

CONTAINER, COMPOSE_FILE, MANIFEST, ROLLOUT, UNIT, NGINX = (
    EXAMPLE.with_name(name).read_text(encoding="utf-8")
    for name in (
        "Containerfile",
        "compose.yaml",
        "kubernetes.yaml",
        "rollout",
        "henan-reforms@.service",
        "nginx.conf",
    )
)
DEPLOY = (PROJECT / ".docs" / "deploy.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(COMPOSE_FILE)
CLUSTER = {part["kind"]: part for part in yaml.safe_load_all(MANIFEST)}
POD = CLUSTER["Deployment"]["spec"]["template"]["spec"]
(POD_SERVER,) = POD["containers"]
ROOT = "/srv/henan-reforms"
NAME = "reforms.example.org"
WANTED_EXPOSURE = 12
"""Maximum exposure of the unit, in tenths of systemd's scale; older versions judge a little differently."""


def steps(name: str) -> list[str]:
    """The arguments of this instruction of the Containerfile, one text per step."""
    return re.findall(rf"^{name} +(.*)$", re.sub(r"\\\n\s*", "", CONTAINER), re.MULTILINE)


def unit(name: str) -> list[str]:
    """The values of this option of the unit."""
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def environment(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(text))


ENVIRONMENTS = {
    "container": environment(" ".join(steps("ENV"))),
    "unit": environment(" ".join(unit("Environment"))),
    "one": COMPOSE["services"]["one"]["environment"],
    "two": COMPOSE["services"]["two"]["environment"],
    "cluster": {variable["name"]: variable["value"] for variable in POD_SERVER["env"]},
}


@pytest.mark.parametrize("place", ENVIRONMENTS)
def test_settings_exist(place):
    streamlits = {f"STREAMLIT_{re.sub(r'(?=[A-Z])|[.]', '_', key).upper()}" for key in config.get_config_options()}
    others = {"HOME", "PYTHONDONTWRITEBYTECODE"}
    assert ENVIRONMENTS[place].keys() <= streamlits | {variable.name for variable in VARIABLES.values()} | others
    assert ENVIRONMENTS[place].get("HENAN_ALLOWED_HOSTS", f"{NAME} localhost") == f"{NAME} localhost"


def test_the_container_holds_all_that_runs_and_starts_it_as_the_readme_says():
    copied = {source for step in steps("COPY") for source in step.split()[:-1]}
    assert copied == {
        "requirements.txt",
        ".requirements.production.lock",
        ".streamlit",
        "dashboard.py",
        "pages",
        "data",
    }
    assert all((PROJECT / source).exists() for source in copied)
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    readme = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    making, installing, starting = next(line for line in readme if line.endswith("run dashboard.py")).split(" && ")
    installing = installing.replace(" -r .requirements.lock", " --no-cache-dir -r .requirements.production.lock")
    assert f"{making} && {installing}" in " && ".join(steps("RUN"))
    assert shlex.join(json.loads(steps("CMD")[-1])) == starting
    assert unit("ExecStart") == [f"{ROOT}/current/{starting}"]


def test_nobody_is_root_and_nothing_is_written_but_the_cache():
    user, cache = steps("USER")[-1], ENVIRONMENTS["container"]["HENAN_CACHE"]
    assert f"--uid {user} " in next(step for step in steps("RUN") if step.startswith("useradd"))
    assert CONTAINER.rindex("\nRUN ") < CONTAINER.rindex("\nUSER ")
    assert (POD["securityContext"]["runAsNonRoot"], str(POD["securityContext"]["runAsUser"])) == (True, user)
    assert steps("VOLUME") == [cache]
    for name in ("one", "two"):
        server = COMPOSE["services"][name]
        assert (server["read_only"], server["tmpfs"], server["volumes"]) == (True, ["/tmp"], [f"cache-{name}:{cache}"])
    assert POD_SERVER["securityContext"]["readOnlyRootFilesystem"] is True
    assert {mount["mountPath"] for mount in POD_SERVER["volumeMounts"]} == {cache, "/tmp"}
    assert {mount["name"] for mount in POD_SERVER["volumeMounts"]} == {volume["name"] for volume in POD["volumes"]}
    assert unit("ProtectSystem") + unit("DynamicUser") == ["strict", "yes"]
    assert [ENVIRONMENTS["unit"]["HENAN_CACHE"]] == [f"/var/cache/{folder}" for folder in unit("CacheDirectory")]


def test_ports_and_folders_agree():
    ports = re.findall(r"server 127\.0\.0\.1:(\d+) ", NGINX)
    assert f"${{PORTS:-{' '.join(ports)}}}" in ROLLOUT
    assert [str(ENVIRONMENTS[name]["STREAMLIT_SERVER_PORT"]) for name in ("one", "two")] == ports
    assert "systemctl enable " + " ".join(f"henan-reforms@{port}" for port in ports) in DEPLOY
    assert all(COMPOSE["services"][name]["network_mode"] == "service:nginx" for name in ("one", "two"))
    assert steps("EXPOSE") == [ENVIRONMENTS["container"]["STREAMLIT_SERVER_PORT"]]
    assert [port["containerPort"] for port in POD_SERVER["ports"]] == [int(steps("EXPOSE")[0])]
    assert f"root=${{ROOT:-{ROOT}}}" in ROLLOUT
    assert f"alias {ROOT}/current/.deploy/unavailable.html;" in NGINX
    assert unit("WorkingDirectory") == [f"{ROOT}/current"]
    assert unit("EnvironmentFile") == ["/etc/henan-reforms"]
    for mounted in COMPOSE["services"]["nginx"]["volumes"]:
        source, inside, _ = mounted.split(":")
        assert (EXAMPLE.parent / source).is_file()
        assert inside.removeprefix("/etc/nginx/") in NGINX or f"{inside[4:]}\n" in ROLLOUT


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_the_unit_is_hardened(tmp_path):
    file = EXAMPLE.with_name("henan-reforms@.service")
    command = ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={WANTED_EXPOSURE}"]
    judged = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=60, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    one = tmp_path / file.name.replace("@", "@8501")
    one.write_text(UNIT.replace(*unit("ExecStart"), sys.executable))
    command = ["systemd-analyze", "verify", str(one)]
    known = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (known.returncode, known.stderr) == (0, "")


def test_the_manifest_is_what_kubernetes_expects_and_its_parts_belong_together():
    """By the schemas of its newest version that the checker brings, which refuse a misspelt field."""
    for part in CLUSTER.values():
        kubernetes_validate.validate(part, kubernetes_validate.latest_version(), strict=True)
    spec, service = CLUSTER["Deployment"]["spec"], CLUSTER["Service"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels == service["selector"]
    assert CLUSTER["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    ((rule,), (port,)) = CLUSTER["Ingress"]["spec"]["rules"], service["ports"]
    (path,) = rule["http"]["paths"]
    name = CLUSTER["Service"]["metadata"]["name"]
    assert path["backend"]["service"] == {"name": name, "port": {"name": port["name"]}}
    assert [port["targetPort"]] == [exposed["name"] for exposed in POD_SERVER["ports"]]
    assert rule["host"] == NAME


def test_the_health_checks_tell_a_server_from_none(tmp_path):
    def healthy(port: int, base: str) -> bool:
        variables = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_BASE_URL_PATH": base}
        command = [sys.executable, *json.loads(steps("HEALTHCHECK")[0].partition(" CMD ")[2])[1:]]
        env = {**os.environ, **variables}
        return not subprocess.run(
            command, cwd=PROJECT, env=env, capture_output=True, timeout=60, check=False
        ).returncode

    port, base = free_port(), "city/reform"
    with started(tmp_path / "log", port=port, STREAMLIT_SERVER_BASE_URL_PATH=base) as (address, _):
        assert [healthy(port, base), healthy(free_port(), base)] == [True, False]
        for name in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = POD_SERVER[name]["httpGet"]
            headers = {header["name"]: header["value"] for header in probe["httpHeaders"]}
            assert fetch(address + probe["path"], **headers).status == 200
            assert fetch(address + probe["path"], Host="10.1.2.3:8501").status == 421
